"""Single tokens of kern: durations of notes, and the numbers in interpretations and barlines."""

from __future__ import annotations

import re

from notehead.engrave.checks.values import Each, Fault, Whole
from notehead.errors import ScoreFormatError, ScoreLimitError

_DURATION = re.compile(r"([0-9]+)(?:%([0-9]+))?")
_ZEROS = ("0", "00", "000")
"""Breve, long and maxima."""
_PART = Whole(1, 2_048)
"""What a whole note may be divided by; and, after a percent sign, multiplied by."""

_FAR = re.compile(r"([A-Ga-g.])\1{8}")
"""A ninth octave, or a ninth dot."""

_METER = re.compile(r"\*M(?P<count>[0-9+]*[0-9])/(?P<unit>[0-9]+)(?:%(?P<part>[0-9]+))?")
_METER_START = re.compile(r"\*M[0-9]")
_COUNT = Each(Whole(1, 1_000), r"\+")
_RHYTHM_SCALE = re.compile(r"\*rscale:(auto|0*[1-9][0-9]{0,3}(/0*[1-9][0-9]{0,3})?)")
_LONG_NUMBER = re.compile(r"[0-9]{8}")
_FREE_TEXT = ('*I"', "*I'", "*>", "*mI", "*S/", "*oI")


def note_fault(token: str) -> Fault | None:
    """What is wrong with a token of notes, rests or a chord in a kern spine."""
    notes = token.split(" ")
    durations = _DURATION.findall(token)
    if "" in notes:
        return Fault(ScoreFormatError, "it has a space too many")
    if len(durations) > 2 * len(notes):
        return Fault(ScoreFormatError, "it holds more durations than notes")
    if far := _FAR.search(token):
        return Fault(ScoreLimitError, f"it repeats {far[0][0]!r} more than 8 times")
    for first, second in durations:
        if first not in _ZEROS and (fault := _PART.fault(first)):
            return fault
        if second and (fault := _PART.fault(second)):
            return fault
    return None


def interpretation_fault(token: str) -> Fault | None:
    """What is wrong with an interpretation or a barline that is more than a placeholder."""
    if _METER_START.match(token):
        meter = _METER.fullmatch(token)
        if meter is None:
            return Fault(ScoreFormatError, "it is no meter")
        return (
            _COUNT.fault(meter["count"])
            or Whole(0, 256).fault(meter["unit"])
            or _PART.fault(meter["part"] or "1")
        )
    if token.startswith("*rscale:") and not _RHYTHM_SCALE.fullmatch(token):
        return Fault(ScoreFormatError, "it scales rhythm by nothing")
    if _LONG_NUMBER.search(token) and not token.startswith(_FREE_TEXT):
        return Fault(ScoreLimitError, "it holds a number of more than 7 digits")
    return None
