"""Which note of the score each drawn notehead is, and which rest each drawn rest.

Both lists are in the same order; the score's also holds what is not drawn (hidden notes, heads that two
voices share). A pair counts only if measure, step on its staff and length agree; what finds no partner
stays without a time, so that nothing is said that is not certain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from notehead.engrave.musescore.marks import Mark
from notehead.engrave.musescore.music import Event, Head, Music
from notehead.engrave.musescore.staves import Measure, Staff

LOOK_AHEAD = 64
"""So many notes of the score in a row may have no head on the page."""
FARTHEST = 40
"""Half staff spaces from the middle line that a head may be."""

_HEADS = {
    "long": "noteheadDoubleWhole", "breve": "noteheadDoubleWhole", "whole": "noteheadWhole",
    "half": "noteheadHalf",
}  # fmt: skip
_PLAIN = frozenset({*_HEADS.values(), "noteheadBlack"})
_RESTS = {
    "long": "restLonga", "breve": "restDoubleWhole", "whole": "restWhole", "half": "restHalf",
    "quarter": "restQuarter", "eighth": "rest8th",
}  # fmt: skip

Note = tuple[Event, Head | None]


class Matcher:
    """Matches the heads and rests of one page."""

    def __init__(self, music: Music, staves: Sequence[Staff], measures: Sequence[Measure]) -> None:
        self._music = music
        self._staves = {(staff.system, staff.number): staff for staff in staves}
        self._measures = {measure.number: measure for measure in measures}
        tops = sorted({round(measure.y0, 1) for measure in measures})
        self._system = {m.number: tops.index(round(m.y0, 1)) for m in measures}
        self._numbers = sorted(self._measures)

    def heads(self, marks: list[Mark]) -> None:
        """Give heads their notes."""
        events = self._music.track_events(self._numbers)
        notes: list[Note] = [(event, head) for event in events for head in event.heads if head.visible]
        _pair(marks, notes, self._is_head)

    def rests(self, marks: list[Mark]) -> None:
        """Give rests theirs."""
        events = self._music.track_events(self._numbers)
        rests: list[Note] = [(event, None) for event in events if not event.heads and event.visible]
        _pair(marks, rests, self._is_rest)

    def _place(self, mark: Mark, event: Event) -> tuple[Staff, Measure] | None:
        """Staff and measure of an event, if a mark may stand there."""
        staff = self._staves.get((self._system[event.measure], event.staff))
        measure = self._measures[event.measure]
        if staff is None or not measure.x0 - staff.space < mark.x < measure.x1 + staff.space:
            return None
        return staff, measure

    def _is_head(self, mark: Mark, note: Note) -> bool:
        event, head = note
        place = self._place(mark, event)
        if place is None or head is None:
            return False
        if mark.name in _PLAIN and mark.name != _HEADS.get(event.kind, "noteheadBlack"):
            return False
        staff, measure = place
        position, off = staff_position(staff, mark.y)
        middle = staff.middle_line(mark.x)
        if off > 0.3 or abs(position) > FARTHEST:
            return False
        if middle is not None and (middle + position) % 7 != head.step:
            return False
        mark.staff, mark.measure, mark.event, mark.head = staff, measure, event, head
        mark.position = position
        mark.diatonic = middle + position if middle is not None else mark.diatonic
        return True

    def _is_rest(self, mark: Mark, note: Note) -> bool:
        event, _ = note
        place = self._place(mark, event)
        if place is None or _RESTS.get(event.kind, mark.name) != mark.name:
            return False
        if place[0].distance(mark.y) > 10 * place[0].space:
            return False
        mark.staff, mark.measure = place
        mark.event = event
        return True


def staff_position(staff: Staff, y: float) -> tuple[int, float]:
    """Half staff spaces above the middle line, and how far from there y is, in the same unit."""
    exact = 2 * (staff.middle - y) / staff.space
    position = round(exact)
    return position, abs(exact - position)


def _pair(marks: list[Mark], notes: list[Note], agree: Callable[[Mark, Note], bool]) -> None:
    """Walk both lists together; a mark takes the next note that agrees with it."""
    at = 0
    for mark in marks:
        for ahead in range(at, min(at + LOOK_AHEAD, len(notes))):
            if agree(mark, notes[ahead]):
                at = ahead + 1
                break
