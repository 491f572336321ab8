"""Chords and rests: what begins and ends together, and how long it is written to last.

A chord is the noteheads on one stem; a notehead without a stem is one by itself, with those beside and above
it. Beams and flags at the free end of the stem, dots, and the shape of the heads say how long it lasts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Page, Symbols
from notehead.transcribe.beams import bars_at, shares
from notehead.transcribe.dots import dots_of
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Floats, Staff
from notehead.transcribe.stem_heads import stem_heads

_TOUCHES = 0.35
"""Staff spaces from a stem to a beam or flag at its end, sideways, at most."""
_NEXT, _SHORT_OF = 0.8, 0.2
"""Staff spaces from the end of a stem to its beam at most, and from which on it ends before it."""
_BESIDE, _LEVEL = 1.7, 0.25
"""Staff spaces between the middles of two heads of one pitch, side by side: across and in height, at most."""
_FLAGS = {"8th": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5, "256th": 6, "512th": 7, "1024th": 8}
_RESTS = {
    "restMaxima": Fraction(32), "restLonga": Fraction(16), "restDoubleWhole": Fraction(8),
    "restWhole": Fraction(4), "restHalf": Fraction(2), "restQuarter": Fraction(1),
    **{f"rest{name}": Fraction(1, 2**count) for name, count in _FLAGS.items()},
}  # fmt: skip
_DOT_APART = 0.35
"""Staff spaces sideways between a first and a second dot, at least."""


@dataclass(frozen=True, eq=False)
class Event:
    """A chord, a rest, or a grace note.

    Attributes:
        rows: its noteheads or its rest, among the symbols, from below.
        staff: row of its staff in the page's list.
        x: where its heads, those on the usual side of its stem, or its rest begin, in pixels.
        y: the height of its middle.
        written: length in quarter notes by its shape alone: no dots, no tuplets.
        dots: how many.
        stem: 1 up, -1 down, 0 without.
        beams: rows of its beams.
        rest: whether it is one.
        grace: whether it takes no time of its own.
        whole: whether it is a rest of a whole measure.
        stem_row: row of its stem, -1 without.
        flags: rows of its flags.
        dotted: pairs of rows, of a head or a rest and of a dot of it.
    """

    rows: tuple[int, ...]
    staff: int
    x: float
    y: float
    written: Fraction
    dots: int = 0
    stem: int = 0
    beams: tuple[int, ...] = ()
    rest: bool = False
    grace: bool = False
    whole: bool = False
    stem_row: int = -1
    flags: tuple[int, ...] = ()
    dotted: tuple[tuple[int, int], ...] = ()

    @property
    def length(self) -> Fraction:
        """Its length with dots."""
        return self.written * (2 - Fraction(1, 2**self.dots))


@dataclass(frozen=True, eq=False)
class Stem:
    """A stem: its row, heads, whether it goes up, its beams, how many flags or bars, and rows of flags."""

    row: int
    heads: tuple[int, ...]
    up: bool
    beams: tuple[int, ...]
    flags: int
    flag_rows: tuple[int, ...] = ()


def stems_of(
    image: NDArray[np.uint8], symbols: Symbols, spaces: Floats, staves: Sequence[Staff] = ()
) -> list[Stem]:
    """The stems that have heads, with what hangs at them.

    Args:
        image: of the page, uint8 (height, width), in which the bars of beams are counted.
        symbols: of the page.
        spaces: for each symbol the staff space of its staff, in pixels.
        staves: whose lines are no bars.
    """
    names = symbols.names
    heads = np.flatnonzero(symbols.is_notehead)
    rows = [k for k, name in enumerate(names) if name == "stem"]
    beams = np.array([k for k, name in enumerate(names) if name == "beam"], np.int64)
    flags = np.array([k for k, name in enumerate(names) if name.startswith("flag")], np.int64)
    flag_box = symbols.box[flags]
    flag_up = np.array([names[k].removesuffix("Small").endswith("Up") for k in flags.tolist()], np.bool_)
    lines = _slopes(symbols.corners[beams])
    on_stem = stem_heads(rows, heads, symbols, spaces)
    loose: dict[int, frozenset[int]] = {}
    found = []
    for row in rows:
        own = np.array(on_stem.get(row, ()), np.int64)
        if not len(own):
            continue
        x0, y0, x1, y1 = symbols.box[row].tolist()
        space, x = float(spaces[row]), (x0 + x1) / 2
        reach = _TOUCHES * space
        level = (symbols.box[own, 1] + symbols.box[own, 3]) / 2
        up = bool(level.min() - y0 > y1 - level.max())
        own = _of_one_kind(own, level, names, up=up)
        level = (symbols.box[own, 1] + symbols.box[own, 3]) / 2
        end = y0 if up else y1
        inner = level.max() if not up else level.min()
        near = _at(lines, x, reach)
        half = lines[:, 4] / 2
        beyond = (near - end if up else end - near) / space  # by which the stem goes beyond the middle
        within = (np.abs(beyond) <= half / space + _NEXT) & (near < inner if up else near > inner)
        loose[row] = frozenset(beams[within & (beyond < -half / space - _SHORT_OF)].tolist())
        beside = (flag_box[:, 0] - reach <= x) & (x <= flag_box[:, 2]) & (flag_up == up)
        level = (flag_box[:, 1] - space <= end) & (end <= flag_box[:, 3] + space)
        own_flags = tuple(flags[beside & level].tolist())
        count = max((_flags(names[flag]) for flag in own_flags), default=0)
        hung = tuple(beams[within].tolist())
        found.append(Stem(row, tuple(own.tolist()), bool(up), hung, count, own_flags))
    found = _of_one_size(_without_foreign(found, loose), names)
    known = _Beams(image, dict(zip(beams.tolist(), lines, strict=True)), spaces, staves)
    return _barred(found, known, symbols)


def _without_foreign(stems: Sequence[Stem], loose: Mapping[int, frozenset[int]]) -> list[Stem]:
    """The stems without the beams of another staff, of which those from the other side reach all.

    Args:
        stems: with all beams that they may be at.
        loose: by the row of a stem the beams that it ends before.
    """
    reaching: dict[int, set[bool]] = {}
    for stem in stems:
        for beam in set(stem.beams) - loose[stem.row]:
            reaching.setdefault(beam, set()).add(stem.up)
    foreign = {
        stem.row: {beam for beam in loose[stem.row] if reaching.get(beam) == {not stem.up}} for stem in stems
    }
    return [
        replace(stem, beams=tuple(beam for beam in stem.beams if beam not in foreign[stem.row]))
        for stem in stems
    ]


def _of_one_size(stems: Sequence[Stem], names: Sequence[str]) -> list[Stem]:
    """The stems without beams of notes of the other size: a grace note's may end at a stem of another staff.

    A beam is of the size of most of its stems.
    """
    sizes = [-1 if names[stem.heads[0]].endswith("Small") else 1 for stem in stems]
    balance: Counter[int] = Counter()
    for stem, size in zip(stems, sizes, strict=True):
        balance.update(dict.fromkeys(stem.beams, size))
    return [
        replace(stem, beams=tuple(beam for beam in stem.beams if balance[beam] * size >= 0))
        for stem, size in zip(stems, sizes, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Beams:
    """What is known of beams: the page's image, their lines by row, staff spaces by symbol, staves."""

    image: NDArray[np.uint8]
    lines: Mapping[int, Floats]
    spaces: Floats
    staves: Sequence[Staff]

    def levels(self, x: float) -> Floats:
        """Heights of staff lines at x."""
        here = [staff.lines for staff in self.staves if staff.left <= x <= staff.right]
        if not here:
            return np.empty(0)
        x0, y0, x1, y1 = np.concatenate(here).T
        return np.asarray(y0 + (x - x0) / np.maximum(x1 - x0, 1) * (y1 - y0))


def _barred(stems: Sequence[Stem], beams: _Beams, symbols: Symbols) -> list[Stem]:
    """The stems with the bars of their beams counted."""
    lines, spaces = beams.lines, beams.spaces
    tips: dict[int, list[tuple[float, float, bool]]] = {}
    for stem in stems:
        x0, y0, x1, y1 = symbols.box[stem.row].tolist()
        for beam in stem.beams:
            tips.setdefault(beam, []).append(((x0 + x1) / 2, y0 if stem.up else y1, stem.up))
    parts = {beam: shares(lines[beam], own, float(spaces[beam])) for beam, own in tips.items()}
    found = []
    for stem in stems:
        x, space = float(symbols.box[stem.row, [0, 2]].mean()), float(spaces[stem.row])
        levels = beams.levels(x) if stem.beams else np.empty(0)
        bars = [
            bars_at(beams.image, lines[beam], x, space, parts[beam][stem.up], levels) for beam in stem.beams
        ]
        found.append(replace(stem, flags=max((stem.flags, *bars))))
    return found


def _of_one_kind(heads: NDArray[np.int64], level: Floats, names: list[str], *, up: bool) -> NDArray[np.int64]:
    """Of the heads at a stem, those as long as the one where it begins; others are of other voices."""
    first = int(heads[level.argmax() if up else level.argmin()])
    kind = _head(names[first])
    return heads[[_head(names[row]) == kind for row in heads.tolist()]]


def events_of(page: Page, staves: Sequence[Staff], places: Places) -> list[Event]:
    """The chords, rests and grace notes of a page."""
    symbols = page.symbols
    names = symbols.names
    usual = float(np.median([staff.space for staff in staves])) if staves else 1.0
    spaces = np.array([staves[k].space if k != ABSENT else usual for k in places.staff.tolist()])
    events: list[Event] = []
    stemmed: set[int] = set()
    stems = stems_of(page.image, symbols, spaces, staves)
    doubled = _doubled(stems, symbols, spaces)
    black = {(row, stem.up) for stem in stems if _head(names[stem.heads[0]]) == 1 for row in stem.beams}
    for stem in stems:
        stemmed.update(stem.heads)
        shared = not doubled.isdisjoint(stem.heads) or any((row, stem.up) in black for row in stem.beams)
        events += _chord(stem, symbols, names, places, shared=shared)
    alone = [k for k in np.flatnonzero(symbols.is_notehead).tolist() if k not in stemmed]
    events += _stemless(alone, symbols, names, places, spaces)
    for row, name in enumerate(names):
        if name in _RESTS and places.staff[row] != ABSENT:
            x0, y0, _, y1 = symbols.box[row].tolist()
            staff = int(places.staff[row])
            events.append(Event((row,), staff, x0, (y0 + y1) / 2, _RESTS[name], rest=True))
    return _dotted(events, symbols, spaces)


def _doubled(stems: Sequence[Stem], symbols: Symbols, spaces: Floats) -> set[int]:
    """Heads that two voices have: with a stem up and one down, or two heads side by side, one for each."""
    ups = {row for stem in stems if stem.up for row in stem.heads}
    downs = {row for stem in stems if not stem.up for row in stem.heads}
    middle = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2
    one, other = np.array(sorted(ups), np.int64), np.array(sorted(downs), np.int64)
    apart = np.abs(middle[one, None] - middle[None, other]) / spaces[one, None, None]
    there = (apart[..., 0] <= _BESIDE) & (apart[..., 1] <= _LEVEL)
    return {*one[there.any(axis=1)].tolist(), *other[there.any(axis=0)].tolist()}


def _chord(stem: Stem, symbols: Symbols, names: list[str], places: Places, *, shared: bool) -> list[Event]:
    """What hangs at a stem; where two voices share a head, a white one may stand for a short note."""
    heads = [row for row in stem.heads if places.staff[row] != ABSENT]
    if not heads:
        return []
    heads.sort(key=lambda row: -symbols.box[row, 1])
    first = min(_head(names[row]) for row in heads)
    written = first
    if first == 1 or (first == 2 and shared and stem.flags):
        written = Fraction(1, 2**stem.flags)
    staffs = places.staff[heads].tolist()
    staff = max(set(staffs), key=staffs.count)
    middle = (symbols.box[heads, :2] + symbols.box[heads, 2:]) / 2
    # the heads on the usual side of the stem, not those that seconds push to the other
    at = float(symbols.box[stem.row, [0, 2]].mean())
    usual = [row for row, x in zip(heads, middle[:, 0].tolist(), strict=True) if (x < at) == stem.up]
    left = float(np.median(symbols.box[usual or heads, 0]))
    return [
        Event(
            tuple(heads), int(staff), left, float(middle[:, 1].mean()), written, 0, 1 if stem.up else -1,
            stem.beams, grace=all(names[row].endswith("Small") for row in heads),
            stem_row=stem.row, flags=stem.flag_rows,
        )
    ]  # fmt: skip


def _stemless(
    rows: list[int],
    symbols: Symbols,
    names: list[str],
    places: Places,
    spaces: Floats,
) -> list[Event]:
    """Noteheads without stems: those of one shape above each other are a chord."""
    rows = [row for row in rows if places.staff[row] != ABSENT]
    rows.sort(key=lambda row: (int(places.staff[row]), float(symbols.box[row, 0])))
    groups: list[list[int]] = []
    for row in rows:
        if groups:
            last = groups[-1][-1]
            first = groups[-1][0]
            near = abs(symbols.box[row, 0] - symbols.box[first, 0]) <= 1.9 * spaces[row]
            same = _head(names[row]) == _head(names[last]) and places.staff[row] == places.staff[last]
            if near and same:
                groups[-1].append(row)
                continue
        groups.append([row])
    events = []
    for group in groups:
        group.sort(key=lambda row: -symbols.box[row, 1])
        middle = (symbols.box[group, :2] + symbols.box[group, 2:]) / 2
        events.append(
            Event(
                tuple(group), int(places.staff[group[0]]), float(symbols.box[group, 0].min()),
                float(middle[:, 1].mean()), _head(names[group[0]]),
                grace=all(names[row].endswith("Small") for row in group),
            )
        )  # fmt: skip
    return events


def _dotted(events: list[Event], symbols: Symbols, spaces: Floats) -> list[Event]:
    """The events with their dots."""
    owners = [(row, k) for k, event in enumerate(events) for row in event.rows]
    dotted: dict[int, list[tuple[int, int]]] = {}
    for place, dot in dots_of([row for row, _ in owners], symbols, spaces):
        row, k = owners[place]
        dotted.setdefault(k, []).append((row, dot))
    result = list(events)
    for k, pairs in dotted.items():
        middle = sorted(float(symbols.box[dot, [0, 2]].mean() / spaces[dot]) for _, dot in pairs)
        count = 1 + int((np.diff(middle) > _DOT_APART).sum())
        result[k] = replace(events[k], dots=min(count, 4), dotted=tuple(pairs))
    return result


def _head(name: str) -> Fraction:
    """How long a notehead is by its shape: a black one a quarter note, before beams and flags."""
    if "DoubleWhole" in name or "Square" in name:
        return Fraction(8)
    if "Whole" in name:
        return Fraction(4)
    return Fraction(2) if "Half" in name else Fraction(1)


def _flags(name: str) -> int:
    plain = name.removeprefix("flag").removesuffix("Small").removesuffix("Up").removesuffix("Down")
    return _FLAGS.get(plain, 0)


def _slopes(corners: Floats) -> Floats:
    """The middle lines of beams, and how high they are: x0, y0, x1, y1, height (n, 5)."""
    order = corners[..., 0].argsort(axis=1)
    ranked = np.take_along_axis(corners, order[..., None], axis=1)
    height = np.abs(np.diff(ranked[..., 1].reshape(-1, 2, 2), axis=2)).mean(axis=(1, 2))
    return np.column_stack((ranked[:, :2].mean(axis=1), ranked[:, 2:].mean(axis=1), height))


def _at(lines: Floats, x: float, reach: float) -> Floats:
    """Heights of lines at x; NaN where they do not go there."""
    x0, y0, x1, y1, _ = lines.T
    height = y0 + (x - x0) / np.maximum(x1 - x0, 1) * (y1 - y0)
    return np.where((x >= x0 - reach) & (x <= x1 + reach), height, np.nan)
