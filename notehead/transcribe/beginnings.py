"""What the staves of systems begin with, and what is wrong with it by what those around begin with.

Clefs and keys are printed again in each system, and a change is announced at the end of the one before. So a
staff that begins otherwise than the same staff in the systems around it was probably misread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from notehead.transcribe.clefs import Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.pitches import StaffSigns, StaffState, signs_of
from notehead.transcribe.sheet import Sheet

_AROUND = 2
"""Systems before and after one that are looked at."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a staff of a system begins with.

    Attributes:
        clef: its first one, None where there is none at its left edge.
        key: its first one, None where there is no clef.
        steady: whether nothing else comes after them in the system.
    """

    clef: Clef | None
    key: Key | None
    steady: bool


Beginnings = Sequence[Mapping[int, Beginning]]
"""For each system of a score, by staff of the score."""


def beginnings_of(sheet: Sheet, number: int, lines: Mapping[int, int]) -> dict[int, Beginning]:
    """What the staves of a system begin with, by staff of the score.

    Args:
        sheet: of the page.
        number: of the system on it.
        lines: by staff of the page that of the score.
    """
    marks, spans = (sheet.page.symbols, sheet.places), sheet.measures(number)
    found = {}
    for row, line in lines.items():
        signs = signs_of(sheet.staves[row], row, marks, StaffState(), spans)
        drawn = signs.clefs[0].row >= 0
        found[line] = Beginning(
            signs.clefs[0].clef if drawn else None,
            signs.keys[0].key if drawn and signs.keys else None,
            len(signs.clefs) == 1 and len(signs.keys) <= 1,
        )
    return found


def corrected(signs: StaffSigns, beginnings: Beginnings, system: int, line: int) -> StaffSigns:
    """The clefs and keys of a staff, the first ones as the systems around it have them where those agree.

    What is doubtful is marked so: a clef, or a key, that one of them has otherwise.

    Args:
        signs: as they were read.
        beginnings: of all systems.
        system: number of this one.
        line: the staff of the score.
    """
    own = beginnings[system].get(line)
    near = _around(beginnings, system, line)
    if own is None or not near:
        return signs
    clefs = [one.clef for one in near if one.clef is not None]
    keys = [one.key for one in near if one.key is not None]
    clef, key = signs.clefs[0], signs.keys[0] if signs.keys else None
    if own.steady and len(clefs) > 1 and len(set(clefs)) == 1:
        signs = replace(signs, clefs=[replace(clef, clef=clefs[0])])
    if own.steady and key is not None and len(keys) > 1 and len(set(keys)) == 1:
        signs = replace(signs, keys=[replace(key, key=keys[0])])
    others = [one for one in [own.key, *keys] if one is not None and signs.keys and one != signs.keys[0].key]
    return replace(
        signs, unsure_clef=bool(clefs) and set(clefs) != {own.clef}, other_key=others[0] if others else None
    )


def _around(beginnings: Beginnings, system: int, line: int) -> list[Beginning]:
    """The beginnings of a staff in the systems before and after one, as far as nothing changes between them.

    Two at most: one of each side, or both of one where there is none on the other. Systems without the same
    staffs say nothing: where parts come and go, their staffs are told apart by their clefs.
    """
    lines = beginnings[system].keys()
    before, after = [], []
    for number in range(system - 1, max(system - _AROUND, 0) - 1, -1):
        one = beginnings[number].get(line)
        if one is None or not one.steady or beginnings[number].keys() != lines:
            break
        before.append(one)
    for number in range(system + 1, min(system + _AROUND + 1, len(beginnings))):
        one = beginnings[number].get(line)
        if one is None or beginnings[number].keys() != lines:
            break
        after.append(one)
        if not one.steady:
            break
    if before and after:
        return [before[0], after[0]]
    return before or after
