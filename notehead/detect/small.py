"""Grace notes and cues are told from other notes by their size, which the network sees less surely.

Small heads measure about seven tenths of the others around them. The accidental before a small head is small,
and one that is lower than any font has it on such a staff.
Fingerings are lower than the numbers of tuplets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.detect.staff_curves import StaffCurve
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

_SMALL = "Small"
_SURE = 0.3
"""Score from which a head says what is usual."""
_RATIO = 0.72
"""Of small heads to others, in music fonts."""
_NEAR = 16
"""Heads of a staff around one that say what is usual: on photographs that differs from place to place."""
_FEW = 4
"""Heads around one that are enough to say what is usual."""
_ENOUGH = 8
"""Heads of a page from which on anything is said."""
_HERE, _PAGE = 0.84, 0.9
"""A head is small below both shares of what is usual: around it, and on the page."""
_ACCIDENTAL = 0.93
"""The same of accidentals on the page, before small heads."""
_LOW = 0.85
"""The height of an accidental to that of others on the page, below which it is small, whatever it stands at,
as those above trills, in figures and on pages where most notes are small."""
_NUMBER = 0.92
"""Staff spaces that the number of a tuplet is high at least: of 3,858 by Verovio and MuseScore one in a
hundred is lower than 1.08; of 346 fingerings by Verovio half are lower than 0.9."""
_BEFORE = 2.5
"""Sides of a head from an accidental to its head, at most."""

Floats = NDArray[np.float64]


def _small_of(prefix: str) -> NDArray[np.int64]:
    """For each class id the id of its small form, -1 where the class has none, or another prefix."""
    table = np.full(max(VOCABULARY.by_id) + 1, -1)
    names = {row.name for row in VOCABULARY.classes}
    for row in VOCABULARY.classes:
        if row.name.startswith(prefix) and row.name + _SMALL in names:
            table[row.id] = VOCABULARY.id(row.name + _SMALL)
    return table


_HEADS, _ACCIDENTALS = _small_of("noteheadBlack"), _small_of("accidental")
_FINGERS = {VOCABULARY.id(f"tuplet{number}"): VOCABULARY.id(f"fingering{number}") for number in range(1, 6)}
_HEIGHTS = {"accidentalFlat": 2.37, "accidentalNatural": 2.54, "accidentalSharp": 2.63}
"""Staff spaces that accidentals are high at least, in the fonts of Verovio, MuseScore and LilyPond."""
_PLAIN = {VOCABULARY.id(name): height for name, height in _HEIGHTS.items()}


def told_by_size(symbols: Symbols, staves: Sequence[StaffCurve]) -> Symbols:
    """The symbols of a page, of which what is clearly smaller than others is what such small ones are.

    Args:
        symbols: boxes in pixels, the column `staff` the number of their staff.
        staves: by those numbers.
    """
    space, least = _spaces(staves)
    symbols = _with_fingerings(symbols, least)
    label = symbols.label.copy()
    size = np.sqrt(np.prod(np.maximum(symbols.box[:, 2:] - symbols.box[:, :2], 1e-6), axis=1))
    sure = (symbols.score >= _SURE) & (symbols.staff != ABSENT)
    heads = np.flatnonzero(((_HEADS[label] >= 0) | np.isin(label, _HEADS)) & sure)
    if len(heads) < _ENOUGH:
        return symbols
    large, staff = _HEADS[label[heads]] >= 0, symbols.staff[heads]
    usual = np.where(large, size[heads], size[heads] / _RATIO)  # what they would measure if they were large
    on_page = np.median(usual / space[staff]) * least[staff]
    small = large & (size[heads] < _PAGE * on_page)
    x = symbols.box[heads, 0]
    for place in np.flatnonzero(small).tolist():
        own = np.flatnonzero(staff == staff[place])
        around = own[np.argsort(np.abs(x[own] - x[place]), kind="stable")[1 : _NEAR + 1]]
        small[place] = len(around) >= _FEW and size[heads[place]] < _HERE * np.median(usual[around])
    label[heads[small]] = _HEADS[label[heads[small]]]
    return symbols.replace(label=_with_accidentals(label, symbols, size, (space, least)))


def _with_fingerings(symbols: Symbols, least: Floats) -> Symbols:
    """The symbols, of which numbers that are too low for a tuplet are fingerings."""
    height = symbols.box[:, 3] - symbols.box[:, 1]
    numbers = np.flatnonzero(np.isin(symbols.label, list(_FINGERS)) & (symbols.staff != ABSENT))
    low = numbers[height[numbers] < _NUMBER * least[symbols.staff[numbers]]]
    label = symbols.label.copy()
    label[low] = [_FINGERS[number] for number in label[low].tolist()]
    return symbols.replace(label=label)


def _spaces(staves: Sequence[StaffCurve]) -> tuple[Floats, Floats]:
    """The staff space of each staff, and the least of it and the staves above and below: (n,) each.

    High notes of a small staff are nearer to the one above it.
    """
    space = np.array([one.space for one in staves])
    padded = np.pad(space, 1, constant_values=np.inf)
    return space, np.minimum(space, np.minimum(padded[:-2], padded[2:]))


def _with_accidentals(
    label: NDArray[np.int32], symbols: Symbols, size: Floats, spaces: tuple[Floats, Floats]
) -> NDArray[np.int32]:
    """Labels: accidentals are small that stand before small heads, or are much smaller than others."""
    heads = symbols.box[np.isin(label, _HEADS[_HEADS >= 0])]
    for kind in np.unique(label[_ACCIDENTALS[label] >= 0]).tolist():
        own = np.flatnonzero(label == kind)
        usual = np.median(size[own])
        for row in own[size[own] < _ACCIDENTAL * usual].tolist() if len(own) > 2 else own.tolist():
            if _is_before(symbols.box[row], heads):
                label[row] = _ACCIDENTALS[kind]
        own = own[(symbols.staff[own] != ABSENT) & (symbols.score[own] >= _SURE)]
        if kind in _PLAIN and len(own):
            space, least = (one[symbols.staff[own]] for one in spaces)
            height = symbols.box[own, 3] - symbols.box[own, 1]
            tallest = max(float(np.median(height / space)), _PLAIN[kind])
            label[own[height < _LOW * tallest * least]] = _ACCIDENTALS[kind]
    return label


def _is_before(box: Floats, heads: Floats) -> bool:
    """Whether an accidental is of one of the heads, boxes (n, 4): the next to the right, at its height."""
    height = heads[:, 3] - heads[:, 1]
    gap = heads[:, 0] - box[2]
    level = np.abs((heads[:, 1] + heads[:, 3]) - (box[1] + box[3])) / 2 <= height
    return bool((level & (gap >= -0.5 * height) & (gap <= _BEFORE * height)).any())
