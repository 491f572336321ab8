"""The tokens of a staff, all in one place, and which of them a page's symbols stand for.

From left to right: `clefG`, a key signature as one token (`keyFlat3`), the digits of a time signature, upper
ones first, `accidentalSharp`, `restQuarter.`, `barlineSingle`. A note is two tokens, how long it is as
written and where its head is: `8th. at-3`. A chord is joined: `half at-3 at-1 at4`, from its lowest head up.
Heads above one another that are not of one length are two chords, the higher one first.

A note's two tokens are learnt from all notes of its length and all notes at its place; one token for both
would be learnt from few. Nor does any note repeat the token before it, which CTC needs a blank for.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import TRACES
from notehead.vocabulary import VOCABULARY

HIGHEST = 15
"""Half staff spaces from the middle line; what is farther away is told as if it were there."""
GRACE = "grace"
_LENGTHS = {
    "breve": 8.0, "whole": 4.0, "half": 2.0, "quarter": 1.0, "8th": 0.5, "16th": 0.25, "32nd": 0.125,
    "64th": 0.0625, "128th": 0.03125,
}  # fmt: skip
_RESTS = {
    "restHalf": 2.0, "restQuarter": 1.0, "rest8th": 0.5, "rest16th": 0.25, "rest32nd": 0.125,
    "rest64th": 0.0625, "rest128th": 0.03125,
}  # fmt: skip
"""Those that may be dotted; a whole rest is of any length."""
_DOTS = {"": 1.0, ".": 1.5, "..": 1.75}
_HEADS = {"noteheadDoubleWhole": 8.0, "noteheadWhole": 4.0, "noteheadHalf": 2.0}
"""The lengths of heads that have one of their own; others are quarter notes or shorter."""
_KEYS = ("keyFlat", "keyNatural", "keySharp")
_MOST_KEYS = 7
_BARLINES = tuple(name for name in TRACES["barlines"] if name != "barlineSystemic")

NOTHING, HEAD, KEY, TIME, BARLINE, SIGN = range(6)
"""What a class is to a staff."""


def _is_sign(name: str) -> bool:
    if name.startswith(("clef", "rest")):
        return name not in ("clef8", "clef15", "restHNr")
    return name.startswith("accidental") and not any(part in name for part in ("Small", "Parens", "Bracket"))


TOKENS: tuple[str, ...] = (
    *(name for name in VOCABULARY if _is_sign(name)),
    *(f"{name}{dots}" for name in _RESTS for dots in (".", "..")),
    *(f"{name}{count}" for name in _KEYS for count in range(1, _MOST_KEYS + 1)),
    *(name for name in VOCABULARY if name.startswith("timeSig")),
    *_BARLINES,
    *(f"{name}{dots}" for name in _LENGTHS for dots in _DOTS),
    GRACE,
    *(f"at{position}" for position in range(-HIGHEST, HIGHEST + 1)),
)
"""All tokens; a token's number is 1 + its place, and 0 is the blank of CTC."""

NUMBERS = {token: number for number, token in enumerate(TOKENS, 1)}


@cache
def roles() -> NDArray[np.int64]:
    """For each class id what it is to a staff."""
    table = np.full(max(VOCABULARY.by_id) + 1, NOTHING, np.int64)
    for row in VOCABULARY.classes:
        table[row.id] = (
            HEAD if row.is_notehead
            else KEY if row.name in _KEYS
            else TIME if row.name.startswith("timeSig")
            else BARLINE if row.name in _BARLINES
            else SIGN if _is_sign(row.name) or _is_sign(row.name.removesuffix("Small"))
            else NOTHING
        )  # fmt: skip
    return table


def length_token(head: str, duration: float) -> str:
    """How long a note is as written, from its head's class and its length in quarter notes as it sounds.

    Notes of tuplets sound shorter than written: what is no written length is told as the next longer one
    without a dot.

    Example:
        >>> length_token("noteheadBlackOnLine", 0.75), length_token("noteheadBlackOnLine", 1 / 3)
        ('8th.', '8th')
        >>> length_token("noteheadHalfInSpace", 4 / 3), length_token("noteheadBlackOnLineSmall", 0)
        ('half', 'grace')
    """
    if duration <= 0:
        return GRACE
    length, dots = _written(duration)
    own = next((value for start, value in _HEADS.items() if head.startswith(start)), None)
    length = min(length, 1.0) if own is None else own
    shortest = min(_LENGTHS.values())
    name = next(name for name, value in _LENGTHS.items() if value <= max(length, shortest))
    return name + dots


def sign_token(name: str, duration: float) -> str:
    """A clef, an accidental or a rest; the size does not matter, the dots of a rest do.

    Example:
        >>> sign_token("accidentalFlatSmall", float("nan")), sign_token("restQuarter", 1.5)
        ('accidentalFlat', 'restQuarter.')
    """
    length = _RESTS.get(name)
    if length is None:
        return name.removesuffix("Small")
    return name + next((dots for dots, times in _DOTS.items() if abs(duration / length - times) < 0.01), "")


def key_token(name: str, count: int) -> str:
    """So many accidentals of one kind in a row."""
    return f"{name}{min(count, _MOST_KEYS)}"


def place_token(position: int) -> str:
    """Where a head is, in half staff spaces above the middle line."""
    return f"at{max(-HIGHEST, min(HIGHEST, position))}"


def _written(duration: float) -> tuple[float, str]:
    for dots, times in _DOTS.items():
        power = math.log2(duration / times)
        if abs(power - round(power)) < 0.01:
            return 2.0 ** round(power), dots
    return 2.0 ** math.ceil(math.log2(duration)), ""
