"""Kernels that find values in JSON text without making objects of them, compiled by numba.

They work on a buffer that holds a part of a file. Each takes a position and gives the position after
what it read, `MORE` where the buffer ends before that does, or `bad(position)` where there is no JSON.
What is nested inside of an element is only searched for its end: whoever parses it sees the rest.
"""

# mypy: disallow-untyped-decorators=False
# ruff: noqa: C901, PLR0911, PLR0913, PLR0917
from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

FULL, OVER, OTHER = range(3)
MORE = -1
NO_VALUE = np.iinfo(np.int64).min
"""The image or class of an element that names none."""
ODD = NO_VALUE + 1
"""The image or class of an element whose own bytes must be parsed to tell."""

START, END, KEY_START, KEY_END, IMAGE, LABEL = range(6)
COLUMNS = 6
"""Of the table that `elements` fills, a row for each element; `SCRATCH` more are its own."""
SCRATCH = 4
BEYOND = 3

_PLAIN, _QUOTE, _OPEN, _CLOSE = range(4)
_DEEPEST = 62
"""So many levels remember by which bracket they were opened; those below are only counted."""
_MOST_DIGITS = 18
"""Of an integer that surely fits into 64 bits."""


def _kinds() -> Bytes:
    table = np.full(256, _PLAIN, np.uint8)
    table[ord('"')] = _QUOTE
    table[[ord("{"), ord("[")]] = _OPEN
    table[[ord("}"), ord("]")]] = _CLOSE
    return table


def _ends() -> NDArray[np.bool_]:
    table = np.zeros(256, np.bool_)
    table[np.frombuffer(b',:]}[{" \t\r\n', np.uint8)] = True
    return table


_KIND, _ENDS_SCALAR = _kinds(), _ends()


@njit(cache=True, nogil=True)
def bad(at: int) -> int:
    """What a kernel gives that met no JSON at a position; the same function leads back."""
    return -2 - at


@njit(cache=True, nogil=True)
def space(text: Bytes, at: int, size: int) -> int:
    """After white space; `size` where nothing else follows."""
    while at < size and (text[at] == 32 or text[at] == 10 or text[at] == 13 or text[at] == 9):
        at += 1
    return at


@njit(cache=True, nogil=True)
def string_end(text: Bytes, at: int, size: int) -> int:
    """After the string that begins at a quotation mark."""
    at += 1
    while at < size:
        if text[at] == 34:
            return at + 1
        at += 2 if text[at] == 92 else 1
    return MORE


@njit(cache=True, nogil=True)
def nested_end(text: Bytes, at: int, size: int, state: Numbers) -> int:
    """After the array or object that begins at a bracket.

    `state` holds levels, brackets of the levels as bits, whether a string is open, and how far behind
    the buffer's end to go on: where that comes first, a call with the next buffer does.
    """
    depth, brackets, inside = state[0], state[1], state[2]
    while at < size:
        if inside:
            if text[at] == 34:
                inside = 0
            elif text[at] == 92:
                at += 1
            at += 1
            continue
        kind = _KIND[text[at]]
        if kind == _QUOTE:
            inside = 1
        elif kind == _OPEN:
            if depth < _DEEPEST:
                brackets = brackets << 1 | (text[at] == 123)
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
            if depth < _DEEPEST:
                if (brackets & 1) != (text[at] == 125):
                    return bad(at)
                brackets >>= 1
            if depth == 0:
                state[:] = 0
                return at + 1
        at += 1
    state[0], state[1], state[2], state[BEYOND] = depth, brackets, inside, at - size
    return MORE


@njit(cache=True, nogil=True)
def value_end(text: Bytes, at: int, size: int, state: Numbers) -> int:
    """After any value; a number or a word must have something after it. `state` is for `nested_end`."""
    first = text[at]
    if first == 34:
        return string_end(text, at, size)
    if _KIND[first] == _OPEN:
        state[:] = 0
        return nested_end(text, at, size, state)
    begin = at
    while at < size and not _ENDS_SCALAR[text[at]]:
        at += 1
    if at == size:
        return MORE
    return at if at > begin else bad(at)


@njit(cache=True, nogil=True)
def integer(text: Bytes, at: int, end: int) -> int:
    """The value from `at` to `end` as an integer: a number or a string of digits."""
    if end - at == 4 and text[at] == 110 and text[at + 1] == 117:  # null
        return NO_VALUE
    if text[at] == 34:
        at, end = at + 1, end - 1
    negative = at < end and text[at] == 45
    at += negative
    if not 0 < end - at <= _MOST_DIGITS:
        return ODD
    value = 0
    for place in range(at, end):
        digit = int(text[place]) - 48
        if not 0 <= digit <= 9:
            return ODD
        value = 10 * value + digit
    return -value if negative else value


@njit(cache=True, nogil=True)
def item_integer(text: Bytes, at: int, end: int, number: int, state: Numbers) -> int:
    """The same of one item of a list (the value itself where it is no list)."""
    if text[at] != 91:
        return integer(text, at, end) if number == 0 else NO_VALUE
    for _ in range(number + 1):
        begin = space(text, at + 1, end)
        if begin == end or text[begin] == 93:
            return NO_VALUE
        after = value_end(text, begin, end, state)
        if after < 0:
            return ODD
        at = space(text, after, end)
        if at == end:
            return ODD
    return integer(text, begin, after)


@njit(cache=True, nogil=True)
def same(text: Bytes, at: int, end: int, other: Bytes) -> bool:
    """Whether the bytes from `at` to `end` are those of another array."""
    if end - at != len(other):
        return False
    for place in range(len(other)):  # noqa: SIM110  # numba
        if text[at + place] != other[place]:
            return False
    return True


@njit(cache=True, nogil=True)
def pair(text: Bytes, at: int, size: int) -> tuple[int, int]:
    """After the key that stands at a position, and at the value behind its colon."""
    if text[at] != 34:
        return bad(at), MORE
    key_end = string_end(text, at, size)
    if key_end < 0:
        return MORE, MORE
    colon = space(text, key_end, size)
    if colon < size and text[colon] != 58:
        return bad(colon), MORE
    value = space(text, colon + 1, size)
    return (key_end, value) if value < size else (MORE, MORE)


@njit(cache=True, nogil=True)
def has_escape(text: Bytes, at: int, end: int) -> bool:
    """Whether there is a backslash."""
    for place in range(at, end):  # noqa: SIM110  # numba
        if text[place] == 92:
            return True
    return False


@njit(cache=True, nogil=True)
def element(
    text: Bytes, at: int, size: int, image_key: Bytes, label_key: Bytes, label_at: int, row: Numbers
) -> int:
    """After the object that begins at a position; its image and class come into `row`."""
    row[IMAGE] = row[LABEL] = NO_VALUE
    state = row[COLUMNS:]
    escaped = False
    at = space(text, at + 1, size)
    if at < size and text[at] == 125:
        return at + 1
    while at < size:
        key_end, value = pair(text, at, size)
        if key_end < 0:
            return key_end
        after = value_end(text, value, size, state)
        if after < 0:
            return after
        if same(text, at + 1, key_end - 1, image_key):
            row[IMAGE] = integer(text, value, after)
        elif same(text, at + 1, key_end - 1, label_key):
            row[LABEL] = item_integer(text, value, after, label_at, state)
        elif has_escape(text, at + 1, key_end - 1):
            escaped = True
        at = space(text, after, size)
        if at < size:
            if text[at] == 125:
                if escaped:
                    row[IMAGE] = row[LABEL] = ODD
                return at + 1
            if text[at] != 44:
                return bad(at)
            at = space(text, at + 1, size)
    return MORE


@njit(cache=True, nogil=True)
def elements(
    text: Bytes,
    at: int,
    size: int,
    keyed: bool,  # noqa: FBT001  # numba
    first: bool,  # noqa: FBT001
    image_key: Bytes,
    label_key: Bytes,
    label_at: int,
    rows: Numbers,
) -> tuple[int, int, int]:
    """The elements of an array, or of an object (`keyed`), as far as buffer and table reach.

    Returns:
        How many were entered into `rows`; the position after the last of them; and `FULL` where the
        table is, `OVER` where the container has ended before that position, `OTHER` where the next
        element is no object, else `MORE` or `bad`.
    """
    closing = 125 if keyed else 93
    count = 0
    while count < len(rows):
        row = rows[count]
        begin = space(text, at, size)
        if begin < size and text[begin] == closing:
            return count, begin + 1, OVER
        if begin < size and not (first and count == 0):
            if text[begin] != 44:
                return count, at, bad(begin)
            begin = space(text, begin + 1, size)
        if begin >= size:
            return count, at, MORE
        row[KEY_START] = row[KEY_END] = row[START] = begin
        if keyed:
            row[KEY_END], row[START] = pair(text, begin, size)
            if row[KEY_END] < 0:
                return count, at, row[KEY_END]
        if text[row[START]] != 123:
            return count, row[START], OTHER
        row[END] = element(text, row[START], size, image_key, label_key, label_at, row)
        if row[END] < 0:
            return count, at, row[END]
        at = row[END]
        count += 1
    return count, at, FULL
