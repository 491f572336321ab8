"""The pitch of each notehead: its place, the clef, the key, and the accidentals of its measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from notehead.page import STEPS, Pitch, Symbols
from notehead.transcribe.accidentals import ALTER
from notehead.transcribe.clefs import TREBLE, Clef, PlacedClef, clefs_of
from notehead.transcribe.keys import Key, PlacedKey, keys_of
from notehead.transcribe.measures import Span
from notehead.transcribe.placing import Places
from notehead.transcribe.staves import Staff
from notehead.transcribe.systems import System
from notehead.transcribe.ties import Tie

_START = 6.0
"""Staff spaces from the left edge of a staff in which the clef of the system stands."""


@dataclass(slots=True)
class StaffState:
    """What goes on from one system to the next on the same staff of a part.

    Attributes:
        clef: in force.
        key: in force.
        altered: alterations that ties carry over, by pitch as 7 * octave + step.
    """

    clef: Clef = TREBLE
    key: Key = field(default_factory=Key)
    altered: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class StaffSigns:
    """The clefs and keys of a staff in a system.

    Attributes:
        clefs: from the left.
        keys: from the left.
        unsure_clef: whether the first clef is perhaps another one.
        other_key: what the first key may be instead; None where it is sure.
    """

    clefs: list[PlacedClef]
    keys: list[PlacedKey]
    unsure_clef: bool = False
    other_key: Key | None = None

    def is_unsure(self, x: float, diatonic: int) -> bool:
        """Whether the pitch of a note without an accidental, at a place, is doubtful."""
        if self.unsure_clef and not any(one.x <= x for one in self.clefs[1:]):
            return True
        if self.other_key is None or any(one.x <= x for one in self.keys[1:]):
            return False
        return self.other_key.alter(diatonic) != self.keys[0].key.alter(diatonic)


def signs_of(
    staff: Staff, number: int, marks: tuple[Symbols, Places], state: StaffState, spans: Sequence[Span]
) -> StaffSigns:
    """The clefs and keys of a staff of a system; what goes on from the one before stands at its edge.

    A staff that begins with a clef and no signature has no accidentals; one that begins with neither goes on
    as the one before.

    Args:
        staff: of the system.
        number: of it on the page.
        marks: the page's symbols and where they stand.
        state: of the staff as the system before has left it.
        spans: the measures of the system.
    """
    symbols, places = marks
    clefs = clefs_of(staff, number, symbols, places)
    begins = bool(clefs) and clefs[0].x - staff.left <= _START * staff.space
    in_force = clefs if begins else [PlacedClef(staff.left, -1, state.clef), *clefs]
    keys = keys_of(staff, number, symbols, places, in_force)
    begun = bool(keys) and bool(clefs) and keys[0].x - clefs[0].x <= 2.5 * _START * staff.space
    begun = begun and not (spans and keys[0].x > spans[0].right)
    if not begins:
        keys = [PlacedKey(staff.left, state.key), *keys]
    elif not begun:
        keys = [PlacedKey(staff.left, Key()), *keys]
    return StaffSigns(in_force, keys)


def pitches_of(
    system: System,
    spans: Sequence[Span],
    marks: tuple[Symbols, Places, NDArray[np.int64]],
    beside: tuple[Mapping[int, str], Sequence[Tie]],
    signs: Mapping[int, StaffSigns],
    states: Sequence[StaffState],
) -> tuple[dict[int, Pitch], set[int]]:
    """The pitches of a system's noteheads, by their rows, and which of them are doubtful.

    The states are left as they are at the system's end.

    Args:
        system: whose staves are read.
        spans: the measures of the system.
        marks: the page's symbols, where they stand, and the positions of noteheads.
        beside: by row of a notehead the class of its accidental; the ties of the page.
        signs: clefs and keys, by staff.
        states: of each staff of the system as the one before has left it.
    """
    symbols, places, position = marks
    accidentals, ties = beside
    tied_from = {tie.last: tie.first for tie in ties if tie.last is not None}
    left_open = {tie.first for tie in ties if tie.last is None and tie.first is not None}
    found: dict[int, Pitch] = {}
    unsure: set[int] = set()
    for state, number in zip(states, system.staves, strict=True):
        own = signs[number]
        heads = np.flatnonzero(symbols.is_notehead & (places.staff == number))
        x = (symbols.box[heads, 0] + symbols.box[heads, 2]) / 2
        heads, x = heads[np.argsort(x, kind="stable")], np.sort(x, kind="stable")
        measure = np.searchsorted([span.right for span in spans], x)
        now: dict[int, int] = {}
        here = -1
        for head, at, which in zip(heads.tolist(), x.tolist(), measure.tolist(), strict=True):
            if which != here:
                now, here = {}, which
            clef = [one.clef for one in own.clefs if one.x <= at]
            key = [one.key for one in own.keys if one.x <= at]
            diatonic = (clef or [state.clef])[-1].diatonic(int(position[head]))
            if head in accidentals:
                alter = now[diatonic] = ALTER[accidentals[head].removesuffix("Small")]
            elif head in tied_from:
                source = tied_from[head]
                alter = found[source].alter if source in found else state.altered.get(diatonic, 0)
                if source is None and diatonic not in state.altered:
                    alter = now.get(diatonic, (key or [state.key])[-1].alter(diatonic))
            else:
                alter = now.get(diatonic, (key or [state.key])[-1].alter(diatonic))
            octave, step = divmod(diatonic, 7)
            found[head] = Pitch(STEPS[step], alter, octave)
            if own.is_unsure(at, diatonic):
                unsure.add(head)
        state.clef = own.clefs[-1].clef if own.clefs else state.clef
        state.key = own.keys[-1].key if own.keys else state.key
        state.altered = {
            7 * found[head].octave + STEPS.index(found[head].step): found[head].alter
            for head in heads.tolist() if head in left_open
        }  # fmt: skip
    return found, unsure
