"""The pitch of each notehead: its place, the clef, the key, and the accidentals of its measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, STEPS, Pitch, Symbols
from notehead.transcribe.accidentals import ALTER, altered_heads
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
    """The clefs and keys of a staff, from the left."""

    clefs: list[PlacedClef]
    keys: list[PlacedKey]


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
    keys = keys_of(staff, number, symbols, places)
    begins = bool(clefs) and clefs[0].x - staff.left <= _START * staff.space
    begun = bool(keys) and bool(clefs) and keys[0].x - clefs[0].x <= 2.5 * _START * staff.space
    begun = begun and not (spans and keys[0].x > spans[0].right)
    if not begins:
        clefs = [PlacedClef(staff.left, -1, state.clef), *clefs]
        keys = [PlacedKey(staff.left, state.key), *keys]
    elif not begun:
        keys = [PlacedKey(staff.left, Key()), *keys]
    return StaffSigns(clefs, keys)


def pitches_of(
    system: System,
    staves: Sequence[Staff],
    spans: Sequence[Span],
    marks: tuple[Symbols, Places, NDArray[np.int64]],
    ties: Sequence[Tie],
    states: Sequence[StaffState],
) -> dict[int, Pitch]:
    """The pitches of a system's noteheads, by their rows; the states are left as they are at its end.

    Args:
        system: whose staves are read.
        staves: all staves of the page.
        spans: the measures of the system.
        marks: the page's symbols, where they stand, and the positions of noteheads.
        ties: of the page.
        states: of each staff of the system as the one before has left it.
    """
    symbols, places, position = marks
    accidental = {}
    for mark, head in zip(*altered_heads(list(staves), symbols, places), strict=True):
        accidental[int(head)] = ALTER[symbols[int(mark)].name.removesuffix("Small")]
    tied_from = {tie.last: tie.first for tie in ties if tie.last is not None}
    left_open = {tie.first for tie in ties if tie.last is None and tie.first is not None}
    found: dict[int, Pitch] = {}
    for state, number in zip(states, system.staves, strict=True):
        staff = staves[number]
        signs = signs_of(staff, number, (symbols, places), state, spans)
        heads = np.flatnonzero(symbols.is_notehead & (places.staff == number))
        x = (symbols.box[heads, 0] + symbols.box[heads, 2]) / 2
        heads, x = heads[np.argsort(x, kind="stable")], np.sort(x, kind="stable")
        measure = np.searchsorted([span.right for span in spans], x)
        now: dict[int, int] = {}
        here = -1
        for head, at, which in zip(heads.tolist(), x.tolist(), measure.tolist(), strict=True):
            if which != here:
                now, here = {}, which
            clef = [one.clef for one in signs.clefs if one.x <= at]
            key = [one.key for one in signs.keys if one.x <= at]
            diatonic = (clef or [state.clef])[-1].diatonic(int(position[head]))
            if head in accidental:
                alter = now[diatonic] = accidental[head]
            elif head in tied_from:
                source = tied_from[head]
                alter = found[source].alter if source in found else state.altered.get(diatonic, 0)
                if source is None and diatonic not in state.altered:
                    alter = now.get(diatonic, (key or [state.key])[-1].alter(diatonic))
            else:
                alter = now.get(diatonic, (key or [state.key])[-1].alter(diatonic))
            octave, step = divmod(diatonic, 7)
            found[head] = Pitch(STEPS[step], alter, octave)
        state.clef = signs.clefs[-1].clef if signs.clefs else state.clef
        state.key = signs.keys[-1].key if signs.keys else state.key
        state.altered = {
            7 * found[head].octave + STEPS.index(found[head].step): found[head].alter
            for head in heads.tolist() if head in left_open
        }  # fmt: skip
    return found


__all__ = ["ABSENT", "StaffState", "pitches_of", "signs_of"]
