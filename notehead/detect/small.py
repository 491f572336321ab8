"""Grace notes and cues are told from other notes by their size, which the network sees less surely.

Small heads measure about seven tenths of the others around them. The accidental before a small head is small.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

_SMALL = "Small"
_SURE = 0.3
"""Score from which a head says what is usual."""
_RATIO = 0.72
"""Of small heads to others, in music fonts."""
_NEAR = 16
"""Heads of a staff around one that say what is usual: on photographs that differs from place to place."""
_FEW = 4
"""Heads around one that are enough to say what is usual there; else the height of its staff does."""
_ENOUGH = 8
"""Heads of a page from which on anything is said."""
_HERE, _PAGE = 0.84, 0.9
"""A head is small below both shares of what is usual: around it, and on the page."""
_ACCIDENTAL = 0.93
"""The same of accidentals on the page, before small heads."""
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


_STAFF = VOCABULARY.id("staff")
_HEADS, _ACCIDENTALS = _small_of("noteheadBlack"), _small_of("accidental")


def told_by_size(symbols: Symbols) -> Symbols:
    """The symbols of a page, of which heads that are clearly smaller than those around them are small.

    Args:
        symbols: boxes in pixels.
    """
    label = symbols.label.copy()
    size = np.sqrt(np.prod(np.maximum(symbols.box[:, 2:] - symbols.box[:, :2], 1e-6), axis=1))
    heads = np.flatnonzero(((_HEADS[label] >= 0) | np.isin(label, _HEADS)) & (symbols.score >= _SURE))
    if len(heads) < _ENOUGH:
        return symbols
    large = _HEADS[label[heads]] >= 0
    usual = np.where(large, size[heads], size[heads] / _RATIO)  # what they would measure if they were large
    staff, height = _staffs(symbols, heads)
    of_staff = usual / height
    small = large & (size[heads] / height < _PAGE * np.median(of_staff))
    middle = (symbols.box[heads, :2] + symbols.box[heads, 2:]) / 2
    for place in np.flatnonzero(small).tolist():
        own = np.flatnonzero(staff == staff[place])
        away = np.square(middle[own] - middle[place]).sum(axis=1)
        around = own[np.argsort(away, kind="stable")[1 : _NEAR + 1]]
        here = np.median(usual[around]) if len(around) >= _FEW else np.median(of_staff) * height[place]
        small[place] = size[heads[place]] < _HERE * here
    label[heads[small]] = _HEADS[label[heads[small]]]
    return symbols.replace(label=_with_accidentals(label, symbols, size))


def _staffs(symbols: Symbols, heads: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats]:
    """The staff that is nearest to each head, by number, and its height; 0 and 1 where there are none."""
    staff = symbols.box[(symbols.label == _STAFF) & (symbols.score >= _SURE)]
    if not len(staff):
        return np.zeros(len(heads), np.intp), np.ones(len(heads))
    middle = (symbols.box[heads, :2] + symbols.box[heads, 2:]) / 2
    away = np.zeros((len(heads), len(staff)))
    for axis in (0, 1):
        at = middle[:, axis, None]
        away += np.maximum(np.maximum(staff[:, axis] - at, at - staff[:, axis + 2]), 0)
    nearest = away.argmin(axis=1)
    return nearest, (staff[:, 3] - staff[:, 1])[nearest]


def _with_accidentals(label: NDArray[np.int64], symbols: Symbols, size: Floats) -> NDArray[np.int64]:
    """Labels of which accidentals before small heads are small, too."""
    heads = symbols.box[np.isin(label, _HEADS[_HEADS >= 0])]
    for kind in np.unique(label[_ACCIDENTALS[label] >= 0]).tolist():
        own = np.flatnonzero(label == kind)
        usual = np.median(size[own])
        for row in own[size[own] < _ACCIDENTAL * usual].tolist() if len(own) > 2 else own.tolist():
            if _is_before(symbols.box[row], heads):
                label[row] = _ACCIDENTALS[kind]
    return label


def _is_before(box: Floats, heads: Floats) -> bool:
    """Whether an accidental is of one of the heads, boxes (n, 4): the next to the right, at its height."""
    height = heads[:, 3] - heads[:, 1]
    gap = heads[:, 0] - box[2]
    level = np.abs((heads[:, 1] + heads[:, 3]) - (box[1] + box[3])) / 2 <= height
    return bool((level & (gap >= -0.5 * height) & (gap <= _BEFORE * height)).any())
