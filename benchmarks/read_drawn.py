"""Whether a page says the pitch of a note: sources leave out accidentals, engravers misplace clefs.

Told from true links, staves and measures, not from geometry: the last clef on the note's staff, the
accidental that the note is linked to, one before it in its measure, a tie, or the key.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.read_signs_drawn import CLEFS, KEYS, clef_among, key_among
from notehead import Page
from notehead.page import ABSENT, Symbols

_NAMED = {"G": 32, "F": 24, "C": 28, "percussion": 34}
_ALTER = {
    "accidentalFlat": -1, "accidentalNatural": 0, "accidentalSharp": 1, "accidentalDoubleSharp": 2,
    "accidentalDoubleFlat": -2, "accidentalSharpSharp": 2, "accidentalTripleSharp": 3,
    "accidentalTripleFlat": -3,
    "accidentalNaturalFlat": -1, "accidentalNaturalSharp": 1,
}  # fmt: skip
_SHARPS = (3, 0, 4, 1, 5, 2, 6)


class _Staff:
    """What a staff has said so far, from system to system."""

    def __init__(self) -> None:
        self.clef: tuple[str, int, int] | None = None
        self.key = 0

    def alter(self, step: int) -> int:
        """What the key does to a step, 0 for C."""
        if self.key >= 0:
            return int(step in _SHARPS[: self.key])
        return -int(step in _SHARPS[::-1][: -self.key])


def said_pitches(pages: Sequence[Page]) -> list[set[int]]:
    """For each page the ids of the noteheads whose true pitch is what the page says."""
    before: list[_Staff] = []
    found: list[set[int]] = []
    for page in pages:
        symbols, said = page.symbols, set[int]()
        linked = _linked(symbols)
        for system in np.unique(symbols.system[symbols.system != ABSENT]).tolist():
            staves = np.unique(symbols.staff[(symbols.system == system) & (symbols.staff != ABSENT)]).tolist()
            if len(staves) != len(before):
                before = [_Staff() for _ in staves]
            for staff, state in zip(staves, before, strict=True):
                said |= _said(symbols[symbols.staff == staff], linked, page.staff_space, state)
        found.append(said)
    return found


def _linked(symbols: Symbols) -> dict[int, list[str]]:
    """Of each id the names of the symbols that it is linked to."""
    names = dict(zip(symbols.id.tolist(), symbols.names, strict=True))
    found: dict[int, list[str]] = {}
    for first, second in symbols.links.tolist():
        found.setdefault(first, []).append(names[second])
    return found


def _said(own: Symbols, linked: dict[int, list[str]], space: float, state: _Staff) -> set[int]:
    """The heads of one staff of one system."""
    x = (own.box[:, 0] + own.box[:, 2]) / 2
    names = own.names
    order = sorted(range(len(own)), key=lambda k: float(x[k]))
    said, here, altered = set[int](), ABSENT, dict[int, int]()
    signs: list[int] = []
    for place, k in enumerate(order):
        if names[k] in CLEFS or names[k] in KEYS or names[k].startswith("clef"):
            signs.append(k)
        elif own.is_notehead[k] and own.diatonic[k] != ABSENT:
            _heed(own[signs], space, state, first=place == len(signs))
            signs = []
            measure, diatonic = int(own.measure[k]), int(own.diatonic[k])
            if measure != here:
                here, altered = measure, {}
            if _clef_says(own, k, state) and _alter_says(own, k, linked, altered, state.alter(diatonic % 7)):
                said.add(int(own.id[k]))
    _heed(own[signs], space, state, first=False)
    return said


def _heed(signs: Symbols, space: float, state: _Staff, *, first: bool) -> None:
    """Change what is in force; a system that begins with a clef and no signature has none."""
    clef, key = clef_among(signs, space), key_among(signs)
    state.clef = clef or state.clef
    if key is not None or (first and clef):
        state.key = key or 0


def _clef_says(own: Symbols, row: int, state: _Staff) -> bool:
    if state.clef is None or own.position[row] == ABSENT:
        return False
    sign, line, octaves = state.clef
    return _NAMED[sign] + int(own.position[row]) - line + 7 * octaves == int(own.diatonic[row])


def _alter_says(
    own: Symbols, row: int, linked: dict[int, list[str]], altered: dict[int, int], key: int
) -> bool:
    """Whether accidentals, or a tie, or the key say a head's alteration; its own accidental is remembered."""
    names = linked.get(int(own.id[row]), [])
    diatonic = int(own.diatonic[row])
    true = max(int(own.alter[row]), -9) if own.alter[row] != ABSENT else 0
    marks = [_ALTER[plain] for name in names if (plain := name.removesuffix("Small")) in _ALTER]
    if marks:
        altered[diatonic] = marks[-1]
        return marks[-1] == true
    return altered.get(diatonic, key) == true or "tie" in names
