"""Humdrum kern: records as wide as there are spines, spines that are ended, durations that can be meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notehead.engrave.checks.kern_tokens import interpretation_fault, note_fault
from notehead.engrave.checks.spines import Spines
from notehead.engrave.checks.values import REMEDY, quoted
from notehead.errors import ScoreFormatError, ScoreLimitError

if TYPE_CHECKING:
    from notehead.engrave.checks.limits import ScoreLimits

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ufeff]")
_CUT = "The file is damaged or cut off: fetch or export it again."
_MUSIC = re.compile(r"[A-Ga-gr]")


def looks_like_kern(text: str) -> bool:
    """Whether the first record that is no comment names its spines."""
    for line in text.split("\n"):
        if line and not line.startswith("!!"):
            return line.startswith("**")
    return False


def check_kern(text: str, file: str, limits: ScoreLimits) -> None:
    """Raise where a kern score is cut off, uneven, or holds what cannot be meant.

    Raises:
        ScoreFormatError: records and spines disagree, a spine is not ended, or a token is malformed.
        ScoreLimitError: too many or too long records, or a number out of the range of music.
    """
    lines = text.split("\n")
    _check_sizes(text, lines, file, limits)
    spines = Spines(limits.spines)
    tokens: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("!!"):
            continue
        fields = line.split("\t")
        if fault := spines.take(fields):
            raise fault.error(file, f"line {number}: {fault.cause}", _CUT)
        if line[0] in "*=":
            _check_interpretations(fields, number, file)
        elif line[0] != "!":
            for column in spines.kern:
                tokens.setdefault(fields[column], number)
    if spines.types or not spines.ended:
        raise ScoreFormatError(file, f"{len(spines.types)} spines are not ended by *-", _CUT)
    if lines[-1].startswith("!"):
        raise ScoreFormatError(file, f"line {len(lines)}: it ends in the middle of a line", _CUT)
    _check_notes(tokens, file)


def _check_sizes(text: str, lines: list[str], file: str, limits: ScoreLimits) -> None:
    if len(lines) > limits.records:
        raise ScoreLimitError(file, f"it holds {len(lines):,} lines", "Split the score into movements.")
    if len(text) > limits.record_chars and max(map(len, lines)) > limits.record_chars:
        raise ScoreLimitError(
            file, f"it holds a line of more than {limits.record_chars:,} characters", REMEDY
        )
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise ScoreFormatError(file, f"line {line}: it holds the character {control[0]!r}", "Remove it.")


def _check_interpretations(fields: list[str], number: int, file: str) -> None:
    for field in fields:
        if len(field) > 1 and (fault := interpretation_fault(field)):
            raise fault.error(file, f"line {number}, {quoted(field)}: {fault.cause}", REMEDY)


def _check_notes(tokens: dict[str, int], file: str) -> None:
    """Check each token that occurs once, however often it occurs."""
    for token, number in tokens.items():
        if fault := note_fault(token):
            raise fault.error(file, f"line {number}, {quoted(token)}: {fault.cause}", REMEDY)
    if not any(map(_MUSIC.search, tokens)):
        raise ScoreFormatError(file, "it holds no note and no rest in a **kern spine", "Give a **kern score.")
