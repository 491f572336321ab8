"""Chords and rests: what begins and ends together, and how long it is written to last.

A chord is the noteheads on one stem; a notehead without a stem is one by itself, with those beside and above
it. Beams and flags at the free end of the stem, dots, and the shape of the heads say how long it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from notehead.page import ABSENT, Page, Symbols
from notehead.transcribe.dots import dots_of
from notehead.transcribe.placing import Places
from notehead.transcribe.score import dotted
from notehead.transcribe.staves import Floats, Staff
from notehead.transcribe.stem import Stem
from notehead.transcribe.stems import FLAGS, head_length, stems_of

_BESIDE, _LEVEL = 1.7, 0.25
"""Staff spaces between the middles of two heads of one pitch, side by side: across and in height, at most."""
_RESTS = {
    "restMaxima": Fraction(32), "restLonga": Fraction(16), "restDoubleWhole": Fraction(8),
    "restWhole": Fraction(4), "restHalf": Fraction(2), "restQuarter": Fraction(1),
    **{f"rest{name}": Fraction(1, 2**count) for name, count in FLAGS.items()},
}  # fmt: skip
_LONG_REST = 4
"""Quarter notes from which on a rest may stand in the middle of its time."""
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
        return dotted(self.written, self.dots)

    @property
    def centred(self) -> bool:
        """Whether it is a rest that may stand in the middle of its time: a long one or a measure."""
        return self.rest and (self.whole or self.written >= _LONG_REST)


def under_beams(events: Mapping[int, Event]) -> list[list[int]]:
    """The numbers of the events under each beam, the outermost where there are several, from the left.

    Args:
        events: by their numbers; grace notes are left out.
    """
    rows: dict[int, list[int]] = {}
    for k, event in events.items():
        if event.beams and not event.grace:
            rows.setdefault(event.beams[0], []).append(k)
    return [sorted(row, key=lambda k: events[k].x) for row in rows.values()]


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
    black = {(row, stem.up) for stem in stems if head_length(names[stem.heads[0]]) == 1 for row in stem.beams}
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
    first = min(head_length(names[row]) for row in heads)
    written = first
    if first == 1 or (first == 2 and shared and stem.flags):
        written = Fraction(1, 2**stem.flags)
    staffs = places.staff[heads].tolist()
    staff = max(set(staffs), key=staffs.count)
    middle = (symbols.box[heads, :2] + symbols.box[heads, 2:]) / 2
    # the heads on the usual side of the stem, not those that seconds push to the other
    at = stem.x
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
            same = (
                head_length(names[row]) == head_length(names[last])
                and places.staff[row] == places.staff[last]
            )
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
                float(middle[:, 1].mean()), head_length(names[group[0]]),
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
