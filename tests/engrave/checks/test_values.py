from __future__ import annotations

import pytest

from notehead.engrave.checks.values import Each, Number, Rule, Whole, words
from notehead.errors import ScoreFormatError, ScoreLimitError

WHOLE = Whole(-2, 8)
NUMBER = Number(0, 2.5)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        *((WHOLE, text) for text in ("8", "-2", " 3\n", "+1", "007")),
        *((NUMBER, text) for text in ("0", "2.5", ".5", "1.", " 1 ")),
        *((Each(Whole(1, 9), r"\+"), text) for text in ("3", "3+2", "1 + 2")),
        (words("breve long"), "long"),
    ],
)
def test_good_values(rule: Rule, text: str) -> None:
    assert rule.fault(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "x", "1.5", "1e1", "0x1", "NaN", "1_0", "٣", "- 1", "1 2", "9" * 5000]
)
def test_no_whole_number(text: str) -> None:
    fault = WHOLE.fault(text)
    assert fault is not None
    assert fault.error is ScoreFormatError
    assert len(fault.cause) < 80


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e1", "1,5", ".", "--1", "1..2"])
def test_no_number(text: str) -> None:
    fault = NUMBER.fault(text)
    assert fault is not None
    assert fault.error is ScoreFormatError


@pytest.mark.parametrize(
    ("rule", "text"), [(WHOLE, "9"), (WHOLE, "-3"), (WHOLE, "99999999999"), (NUMBER, "2.51")]
)
def test_out_of_range(rule: Rule, text: str) -> None:
    fault = rule.fault(text)
    assert fault is not None
    assert fault.error is ScoreLimitError
    assert "is not between" in fault.cause


@pytest.mark.parametrize("text", ["3+", "+", "", "3+0", "3++2"])
def test_bad_sums(text: str) -> None:
    assert Each(Whole(1, 9), r"\+").fault(text) is not None
