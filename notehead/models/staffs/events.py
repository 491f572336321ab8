"""What stands on one staff, from left to right, each with its tokens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead.models.staffs.tokens import (
    BARLINE,
    HEAD,
    KEY,
    SIGN,
    TIME,
    key_token,
    length_token,
    place_token,
    roles,
    sign_token,
)
from notehead.page import ABSENT
from notehead.vocabulary import VOCABULARY

_CHORD, _DIGITS, _RUN = 1.3, 1.0, 2.0
"""Staff spaces: heads whose left sides are no farther apart stand above one another; digits, and accidentals
of a key, belong together where no more is between them."""


class Columns(NamedTuple):
    """What must be known of symbols, as `Symbols` has it."""

    label: NDArray[np.int32]
    box: NDArray[np.floating[Any]]
    staff: NDArray[np.int32]
    position: NDArray[np.int32]
    duration: NDArray[np.floating[Any]]


class Middle(NamedTuple):
    """The middle line of a staff, from its left end to its right, and its staff space, in pixels."""

    x0: float
    y0: float
    x1: float
    y1: float
    space: float

    def height(self, x: float) -> float:
        """The line's y at an x."""
        return self.y0 + (x - self.x0) * (self.y1 - self.y0) / max(self.x1 - self.x0, 1e-6)


@dataclass(frozen=True, slots=True)
class Event:
    """Something on a staff: a clef, a key signature, a chord ...

    Attributes:
        left: where it begins, in pixels.
        right: where it ends.
        tokens: what it says.
    """

    left: float
    right: float
    tokens: tuple[str, ...]


def staff_events(symbols: Columns, staff: int, middle: Middle) -> list[Event] | None:
    """What stands on a staff, from left to right; None where it is not known of all its notes.

    Args:
        symbols: of the page.
        staff: its number.
        middle: its middle line; what bars belong to it depends on it.
    """
    own = symbols.staff == staff
    role = roles()[symbols.label]
    heads = np.flatnonzero(own & (role == HEAD))
    if (symbols.position[heads] == ABSENT).any() or np.isnan(symbols.duration[heads]).any():
        return None
    events = [
        *_chords(symbols, heads, middle.space),
        *_keys(symbols, np.flatnonzero(own & (role == KEY)), middle.space),
        *_times(symbols, np.flatnonzero(own & (role == TIME)), middle.space),
        *_bars(symbols, np.flatnonzero(role == BARLINE), middle),
    ]
    for row in np.flatnonzero(own & (role == SIGN)).tolist():
        token = sign_token(_name(symbols, row), float(symbols.duration[row]))
        events.append(_event(symbols, [row], (token,)))
    return sorted(events, key=lambda event: (event.left, event.right, event.tokens))


def _chords(symbols: Columns, heads: NDArray[np.int64], space: float) -> Iterable[Event]:
    for rows in _joined(symbols, heads, lambda row, group: _left(symbols, row, group[0]) <= _CHORD * space):
        lengths: dict[str, set[int]] = {}
        for row in rows:
            length = length_token(_name(symbols, row), float(symbols.duration[row]))
            lengths.setdefault(length, set()).add(int(symbols.position[row]))
        tokens: list[str] = []
        for length, positions in sorted(lengths.items(), key=lambda item: (-max(item[1]), item[0])):
            places = [place_token(position) for position in sorted(positions)]
            tokens += [length, *dict.fromkeys(places)]
        yield _event(symbols, rows, tuple(tokens))


def _keys(symbols: Columns, keys: NDArray[np.int64], space: float) -> Iterable[Event]:
    def same(row: int, group: list[int]) -> bool:
        return _gap(symbols, row, group) <= _RUN * space and symbols.label[row] == symbols.label[group[0]]

    for rows in _joined(symbols, keys, same):
        yield _event(symbols, rows, (key_token(_name(symbols, rows[0]), len(rows)),))


def _times(symbols: Columns, digits: NDArray[np.int64], space: float) -> Iterable[Event]:
    for rows in _joined(symbols, digits, lambda row, group: _gap(symbols, row, group) <= _DIGITS * space):
        middle = symbols.box[rows][:, [1, 3]].mean(axis=1)
        lower = middle - middle.min() > space  # of a single row of digits none is
        order = sorted(range(len(rows)), key=lambda k: (bool(lower[k]), float(symbols.box[rows[k], 0])))
        yield _event(symbols, rows, tuple(_name(symbols, rows[k]) for k in order))


def _bars(symbols: Columns, bars: NDArray[np.int64], middle: Middle) -> Iterable[Event]:
    for row in bars.tolist():
        x0, top, x1, bottom = symbols.box[row].tolist()
        x = (x0 + x1) / 2
        y = middle.height(x)
        across = top < y + middle.space and bottom > y - middle.space
        if across and middle.x0 - middle.space < x < middle.x1 + middle.space:
            yield _event(symbols, [row], (_name(symbols, row),))


def _joined(symbols: Columns, rows: NDArray[np.int64], belongs: Any) -> list[list[int]]:
    """Rows from left to right, in groups: each begins where one does not belong to that before."""
    groups: list[list[int]] = []
    for row in rows[np.argsort(symbols.box[rows, 0], kind="stable")].tolist():
        if groups and belongs(row, groups[-1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def _left(symbols: Columns, row: int, other: int) -> float:
    return float(symbols.box[row, 0] - symbols.box[other, 0])


def _gap(symbols: Columns, row: int, group: list[int]) -> float:
    return float(symbols.box[row, 0] - symbols.box[group, 2].max())


def _name(symbols: Columns, row: int) -> str:
    return VOCABULARY.by_id[int(symbols.label[row])].name


def _event(symbols: Columns, rows: list[int], tokens: tuple[str, ...]) -> Event:
    box = symbols.box[rows]
    return Event(float(box[:, 0].min()), float(box[:, 2].max()), tokens)
