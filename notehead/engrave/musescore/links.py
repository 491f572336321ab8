"""Links from noteheads to stem, flag, beam, dot, accidental and ledger lines, by where these stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.musescore.groups import height_at
from notehead.engrave.musescore.marks import Mark

_TO_STAFF = ("Note", "Rest", "Clef", "KeySig", "TimeSig")


def find_links(marks: Sequence[Mark], space: float) -> NDArray[np.int64]:
    """Pairs (from, to) of indices into `marks`, int64 (n, 2). What belongs to a head takes its event."""
    finder = _Finder(marks, space)
    finder.stems()
    finder.on_stems()
    finder.beside()
    finder.ledgers()
    finder.to_staves()
    return np.array(finder.found, np.int64).reshape(-1, 2)


class _Finder:
    def __init__(self, marks: Sequence[Mark], space: float) -> None:
        self.found: list[tuple[int, int]] = []
        self._marks = marks
        self._space = space
        self._heads = [i for i, m in enumerate(marks) if m.element == "Note" and m.scale]
        self._of_stem: dict[int, list[int]] = {}
        every = [marks[i] for i in self._heads]
        self._boxes = np.array([mark.box for mark in every]).reshape(-1, 4)
        self._y = np.array([mark.y for mark in every])

    def _link(self, head: int, other: int) -> None:
        self.found.append((head, other))
        source, target = self._marks[head], self._marks[other]
        if target.event is None and source.event is not None:
            target.event, target.staff, target.measure = source.event, source.staff, source.measure

    def stems(self) -> None:
        """A stem touches the side of its heads."""
        for i, mark in enumerate(self._marks):
            if mark.name != "stem":
                continue
            x, slack = mark.x, 0.15 * self._space
            beside = (np.abs(self._boxes[:, 0] - x) < slack) | (np.abs(self._boxes[:, 2] - x) < slack)
            high = (self._y > mark.box[1] - self._space / 2) & (self._y < mark.box[3] + self._space / 2)
            heads = [self._heads[k] for k in np.flatnonzero(beside & high).tolist()]
            self._of_stem[i] = _one_chord([self._marks[head] for head in heads], heads)
            for head in self._of_stem[i]:
                self._link(head, i)

    def on_stems(self) -> None:
        """Flags, beams and tremolos stand on stems; slashes cross them."""
        for i, mark in enumerate(self._marks):
            if mark.element not in {"Hook", "Tremolo"} and mark.name not in {"beam", "graceNoteSlash"}:
                continue
            for stem, heads in self._of_stem.items():
                if self._stands_on(mark, self._marks[stem]):
                    for head in heads:
                        self._link(head, i)

    def _stands_on(self, mark: Mark, stem: Mark) -> bool:
        slack = 0.2 * self._space
        x0, y0, x1, y1 = mark.box
        if not (x0 - slack <= stem.x <= x1 + slack):
            return False
        if mark.name == "graceNoteSlash":
            return y0 - slack <= stem.box[3] and y1 + slack >= stem.box[1]
        if mark.element == "Hook":
            return stem.x < x0 + 2 * slack and y0 <= stem.box[3] + slack and y1 >= stem.box[1] - slack
        if mark.name == "beam":
            if len(mark.drawn) == 1:
                y = height_at(mark, stem.x)
                return min(abs(y - stem.box[1]), abs(y - stem.box[3])) < 0.6 * self._space
            return y0 - slack <= stem.box[3] and y1 + slack >= stem.box[1]
        return y0 >= stem.box[1] - slack and y1 <= stem.box[3] + slack

    def beside(self) -> None:
        """Accidentals stand left of their head, dots right of it."""
        for i, mark in enumerate(self._marks):
            dot = mark.element == "NoteDot"
            if not dot and mark.element != "Accidental":
                continue
            gap = mark.box[0] - self._boxes[:, 2] if dot else self._boxes[:, 0] - mark.box[2]
            level = np.abs(self._y - mark.y) < (0.7 if dot else 0.2) * self._space
            near = np.flatnonzero(level & (gap > -0.3 * self._space) & (gap < 8 * self._space))
            if len(near):
                self._link(self._heads[int(near[gap[near].argmin()])], i)

    def ledgers(self) -> None:
        """Ledger lines lie between a head beyond the staff and the staff."""
        lines = [i for i, mark in enumerate(self._marks) if mark.name == "ledgerLine"]
        boxes = np.array([self._marks[i].box for i in lines]).reshape(-1, 4)
        for head in self._heads:
            mark, staff = self._marks[head], self._marks[head].staff
            if staff is None or not lines or staff.distance(mark.y) < 0.9 * staff.space:
                continue
            low, high = sorted((mark.y, staff.lines[0] if mark.y < staff.middle else staff.lines[-1]))
            middle, slack = (mark.box[0] + mark.box[2]) / 2, 0.1 * staff.space
            fits = (boxes[:, 0] <= middle) & (middle <= boxes[:, 2])
            fits &= (boxes[:, 1] >= low - slack) & (boxes[:, 1] <= high + slack)
            for k in np.flatnonzero(fits).tolist():
                self._link(head, lines[k])

    def to_staves(self) -> None:
        """Heads, rests and signs to their staff; clefs to their digits."""
        staff_of = {id(mark.staff): i for i, mark in enumerate(self._marks) if mark.name == "staff"}
        index = {id(mark): i for i, mark in enumerate(self._marks)}
        for i, mark in enumerate(self._marks):
            if mark.element in _TO_STAFF and id(mark.staff) in staff_of:
                self.found.append((i, staff_of[id(mark.staff)]))
            self.found += [(i, index[id(part)]) for part in mark.parts]


def whole_grace_notes(
    marks: Sequence[Mark], names: Sequence[str], links: NDArray[np.int64]
) -> tuple[list[Mark], NDArray[np.int64]]:
    """DeepScoresV2's whole grace notes, for single, flagged ones, which nothing draws.

    Returns:
        Their marks, to stand behind `marks`; and links from each to its parts.
    """
    heads: dict[int, list[int]] = {}
    for head, other in links.tolist():
        if names[other] in {"stem", "graceNoteSlash"} or names[other].startswith("flag"):
            heads.setdefault(head, []).append(other)
    wholes: list[Mark] = []
    extra: list[tuple[int, int]] = []
    done: set[int] = set()
    for head, parts in heads.items():
        stem = next((i for i in parts if names[i] == "stem"), None)
        if stem is None or stem in done or not names[head].endswith("Small"):
            continue
        if not any(names[i].startswith("flag") for i in parts):
            continue
        done.add(stem)
        kind = "Acciaccatura" if any(names[i] == "graceNoteSlash" for i in parts) else "Appoggiatura"
        way = "Up" if marks[stem].y < marks[head].y else "Down"
        source = marks[head]
        whole = Mark(source.element, f"graceNote{kind}Stem{way}", [], staff=source.staff, event=source.event)
        whole.measure = source.measure
        chord = {other for other, of in heads.items() if stem in of}
        extra += [(len(marks) + len(wholes), part) for part in sorted(chord | set(parts))]
        wholes.append(whole)
    return wholes, np.array(extra, np.int64).reshape(-1, 2)


def _one_chord(heads: list[Mark], indices: list[int]) -> list[int]:
    """Of heads at a stem those of one chord: of the event that most of them have."""
    events = [id(head.event) for head in heads if head.event is not None]
    if len(set(events)) <= 1:
        return indices
    most = max(set(events), key=lambda event: (events.count(event), -events.index(event)))
    return [i for i, head in zip(indices, heads, strict=True) if id(head.event) == most]
