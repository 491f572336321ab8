"""What a value in a score may be: rules that say what is wrong with a text, if anything is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from notehead.errors import ScoreError, ScoreFormatError, ScoreLimitError

REMEDY = "Correct it in a notation editor, or leave this score out."

_WHOLE = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]*)?|\.[0-9]+)", re.ASCII)
_SPACE = " \t\n"


class Fault(NamedTuple):
    """What is wrong with a value: the error to raise, and its cause without a place."""

    error: type[ScoreError]
    cause: str


class Rule(Protocol):
    """A rule for one kind of value."""

    def fault(self, text: str) -> Fault | None:
        """What is wrong with `text`; None where it follows the rule."""


def quoted(text: str) -> str:
    """A value as an error shows it, cut to a readable length."""
    return repr(text if len(text) <= 24 else text[:21] + "...")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    def fault(self, text: str) -> Fault | None:
        """What is wrong with `text`."""
        if not _WHOLE.fullmatch(text.strip(_SPACE)):
            return Fault(ScoreFormatError, f"{quoted(text)} is not a whole number")
        return _out_of_range(text, int(text), self.low, self.high)


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number from `low` to `high`."""

    low: float
    high: float

    def fault(self, text: str) -> Fault | None:
        """What is wrong with `text`."""
        if not _NUMBER.fullmatch(text.strip(_SPACE)):
            return Fault(ScoreFormatError, f"{quoted(text)} is not a number")
        return _out_of_range(text, float(text), self.low, self.high)


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: frozenset[str]

    def fault(self, text: str) -> Fault | None:
        """What is wrong with `text`."""
        if text.strip(_SPACE) in self.words:
            return None
        return Fault(ScoreFormatError, f"{quoted(text)} is none of the known values")


@dataclass(frozen=True, slots=True)
class Form:
    """A text of one form, a regular expression; `what` says in words which."""

    form: re.Pattern[str]
    what: str

    def fault(self, text: str) -> Fault | None:
        """What is wrong with `text`."""
        if self.form.fullmatch(text.strip(_SPACE)):
            return None
        return Fault(ScoreFormatError, f"{quoted(text)} is not {self.what}")


@dataclass(frozen=True, slots=True)
class Each:
    """At least one value, with `separator` (a regular expression) between values, each after one rule."""

    rule: Rule
    separator: str

    def fault(self, text: str) -> Fault | None:
        """What is wrong with the first bad value of `text`."""
        faults = map(self.rule.fault, re.split(self.separator, text.strip(_SPACE)))
        return next((fault for fault in faults if fault is not None), None)


def words(text: str) -> Word:
    """The rule for one of the words in `text`."""
    return Word(frozenset(text.split()))


def _out_of_range(text: str, value: float, low: float, high: float) -> Fault | None:
    if low <= value <= high:
        return None
    return Fault(ScoreLimitError, f"{quoted(text)} is not between {low:,} and {high:,}")
