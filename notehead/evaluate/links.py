"""Links between symbols: found ones against true ones, per pair of classes.

A link is right where the true page has one between the same two symbols. Symbols are the same by their id, on
pages whose symbols were given; found symbols by their box: glyphs by IoU, thin symbols (stems, beams, ledger
lines, curves) by the distance of their centre lines, both within classes of one family (`family`), so that a
link counts as right whose notehead stands half a staff space too high. Symbols of one family that are drawn
at one place, as the heads of two voices in unison, count as one: no image says which is whose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.evaluate.matching import match
from notehead.evaluate.overlap import DISTANCE, UPRIGHT, Ints, Shapes, find_pairs, side_middles
from notehead.evaluate.records import DetectionOptions, thin_classes
from notehead.evaluate.staff_space import estimate_staff_space
from notehead.page import Symbols

_FAMILIES = (
    "flag", "accidental", "artic", "rest", "fermata", "fingering", "timeSig", "tuplet", "tremolo", "clefC",
    "key", "graceNoteAcciaccatura", "graceNoteAppoggiatura",
)  # fmt: skip


_ONE_PLACE = 0.15
"""Staff spaces by which the sides of two boxes at one place may differ."""
_TWINS = 40
"""Symbols that begin next to the right of one, and are looked at as drawn at its place."""


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """How found links are compared with true ones.

    Attributes:
        by_box: match symbols by their boxes; otherwise those with one id are the same.
        overlap: the least IoU of two glyphs that are the same.
        tolerance: the same of thin symbols: the largest distance, in staff spaces.
    """

    by_box: bool = False
    overlap: float = 0.5
    tolerance: float = 0.5


@dataclass(frozen=True, slots=True)
class LinkCount:
    """The links from one family of classes to another.

    Attributes:
        source: family of the symbols that they lead from, "noteheadBlack".
        target: family of those that they lead to, "stem".
        right: links that are found and true.
        found: all that are found.
        true: all that are true.
    """

    source: str
    target: str
    right: int
    found: int
    true: int

    @property
    def name(self) -> str:
        """As "noteheadBlack->stem"."""
        return f"{self.source}->{self.target}"

    @property
    def precision(self) -> float:
        """Share of the found links that are true; NaN without any."""
        return self.right / self.found if self.found else np.nan

    @property
    def recall(self) -> float:
        """Share of the true links that are found; NaN without any."""
        return self.right / self.true if self.true else np.nan

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall: 2 right / (found + true); NaN where both are 0."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else np.nan


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """The figures of links over some pages.

    Attributes:
        pages: how many.
        kinds: one count for each pair of families, those with the most true links first.
    """

    pages: int
    kinds: tuple[LinkCount, ...]

    @property
    def total(self) -> LinkCount:
        """All links together."""
        return self._sum("all", "all", self.kinds)

    def of(self, source: str, target: str) -> LinkCount:
        """The links from all families whose names begin with `source` to those that begin with `target`.

        Example:
            >>> stems = LinkCount("noteheadBlack", "stem", 9, 10, 9)
            >>> heads = LinkFigures(1, (stems, LinkCount("noteheadHalf", "stem", 1, 1, 1)))
            >>> heads.of("notehead", "stem").recall, heads.of("noteheadBlack", "stem").precision
            (1.0, 0.9)
        """
        kinds = [one for one in self.kinds if one.source.startswith(source) and one.target.startswith(target)]
        return self._sum(source, target, kinds)

    @staticmethod
    def _sum(source: str, target: str, kinds: Sequence[LinkCount]) -> LinkCount:
        right, found, true = (
            sum(getattr(one, column) for one in kinds) for column in ("right", "found", "true")
        )
        return LinkCount(source, target, right, found, true)


def link_figures(pages: Iterable[tuple[Symbols, Symbols]], options: LinkOptions | None = None) -> LinkFigures:
    """Compare links.

    Args:
        pages: true symbols and found ones with their links, page by page; both in the same classes.
        options: how.

    Example:
        >>> boxes = [[0, 0, 10, 10], [10, 0, 11, 40], [30, 0, 31, 40]]
        >>> names = ["noteheadBlackOnLine", "stem", "stem"]
        >>> true = Symbols.build(names, boxes, links=[[1, 2]])
        >>> found = Symbols.build(names, boxes, links=[[1, 2], [1, 3]])
        >>> [(one.name, one.precision, one.recall) for one in link_figures([(true, found)]).kinds]
        [('noteheadBlack->stem', 0.5, 1.0)]
    """
    options = options or LinkOptions()
    counts: dict[str, Counter[tuple[str, str]]] = {"right": Counter(), "found": Counter(), "true": Counter()}
    number = 0
    for truth, found in pages:
        number += 1
        same = _same_box(truth, found, options) if options.by_box else _same_id(truth, found)
        there = _rows(truth)
        seen = _rows(found)
        once = _drawn_once(truth, estimate_staff_space(truth))
        known = {(int(once[a]), int(once[b])) for a, b in there.tolist()}
        names, found_names = [[family(name) for name in one.names] for one in (truth, found)]
        counts["true"].update((names[a], names[b]) for a, b in known)
        pairs = {(int(once[a]), int(once[b])) for a, b in same[seen].tolist() if min(a, b) >= 0}
        unknown = [(a, b) for a, b in seen.tolist() if min(same[a], same[b]) < 0]
        counts["right"].update((names[a], names[b]) for a, b in pairs & known)
        counts["found"].update((names[a], names[b]) for a, b in pairs)
        counts["found"].update((found_names[a], found_names[b]) for a, b in unknown)
    kinds = {*counts["true"], *counts["found"]}
    ordered = sorted(kinds, key=lambda kind: (-counts["true"][kind], -counts["found"][kind], kind))
    return LinkFigures(
        number,
        tuple(
            LinkCount(*kind, *(counts[one][kind] for one in ("right", "found", "true"))) for kind in ordered
        ),
    )


def family(name: str) -> str:
    """What a class is counted with: without the place on the staff, the size, the direction.

    Example:
        >>> family("noteheadBlackInSpaceSmall"), family("flag8thUp"), family("accidentalFlat"), family("slur")
        ('noteheadBlackSmall', 'flag', 'accidental', 'slur')
    """
    if name.startswith("notehead"):
        return name.replace("OnLine", "").replace("InSpace", "")
    return next((one for one in _FAMILIES if name.startswith(one)), name)


def _rows(symbols: Symbols) -> Ints:
    """Links as rows of symbols, int64 (n, 2), each once; links to ids that there are not are left out."""
    links = symbols.links[np.isin(symbols.links, symbols.id).all(axis=1)]
    order = np.argsort(symbols.id, kind="stable")
    rows = order[np.searchsorted(symbols.id, links, sorter=order)]
    return np.unique(rows, axis=0).astype(np.int64).reshape(-1, 2)


def _drawn_once(symbols: Symbols, space: float) -> Ints:
    """For each symbol the first row of those of its family that are drawn where it is."""
    rows = np.arange(len(symbols))
    kinds = [family(name) for name in symbols.names]
    order = sorted(rows.tolist(), key=lambda row: (kinds[row], float(symbols.box[row, 0])))
    for place, row in enumerate(order):
        for other in order[place + 1 : place + 1 + _TWINS]:
            off = np.abs(symbols.box[other] - symbols.box[row]).max()
            if kinds[other] == kinds[row] and off <= _ONE_PLACE * space:
                one, two = sorted((int(rows[row]), int(rows[other])))
                rows[rows == two] = one
    return rows


def _same_id(truth: Symbols, found: Symbols) -> Ints:
    """For each found symbol the row of the true one with its id, -1 for none."""
    row_of = {int(number): row for row, number in enumerate(truth.id)}
    return np.array([row_of.get(int(number), -1) for number in found.id], np.int64)


def _same_box(truth: Symbols, found: Symbols, options: LinkOptions) -> Ints:
    """For each found symbol the row of the true one at its place, -1 for none."""
    same = np.full(len(found), -1, np.int64)
    kind_of = {kind: number for number, kind in enumerate({family(n) for n in (*truth.names, *found.names)})}
    kinds = [np.array([kind_of[family(n)] for n in one.names], np.int64) for one in (truth, found)]
    space = estimate_staff_space(truth)
    thin = thin_classes(truth.vocabulary, DetectionOptions())
    is_thin = dict(zip((row.id for row in truth.vocabulary.classes), thin.tolist(), strict=True))
    thin_found = np.array([is_thin[label] and space > 0 for label in found.label.tolist()], np.bool_)
    there = np.argsort(kinds[0], kind="stable")
    for measure, least in ((UPRIGHT, options.overlap), (DISTANCE, -options.tolerance)):
        rows = np.flatnonzero(thin_found == (measure == DISTANCE))
        rows = rows[np.lexsort((-found.score[rows], kinds[1][rows]))]
        if len(rows):
            chosen = _matched(
                measure, least, (truth[there], kinds[0][there]), (found[rows], kinds[1][rows]), space
            )
            same[rows[chosen >= 0]] = there[chosen[chosen >= 0]]
    return same


def _matched(
    measure: int, least: float, truth: tuple[Symbols, Ints], found: tuple[Symbols, Ints], space: float
) -> NDArray[np.int64]:
    """For each found symbol the true one of its family that it matches, -1 for none; both by family."""
    shapes = [
        side_middles(one.corners, space) if measure == DISTANCE else np.ascontiguousarray(one.box)
        for one, _ in (truth, found)
    ]
    first, last = (np.searchsorted(truth[1], found[1], side) for side in ("left", "right"))
    pairs = find_pairs(measure, Shapes(shapes[1], first, last), shapes[0], least)
    return np.asarray(match(pairs, np.array([least]), len(truth[0]))[0])
