"""Time signatures."""

from __future__ import annotations

from fractions import Fraction

import pytest

from notehead.transcribe.meters import Meter, meters_of
from tests.transcribe.by_hand import Mark, mark, placed, staff, symbols

STAVES = [staff(120), staff(320)]


def read(*marks: Mark, number: int = 0) -> list[tuple[float, Meter]]:
    there = symbols(*marks)
    return [(one.x, one.meter) for one in meters_of(STAVES[number], number, there, placed(STAVES, there))]


def digits(text: str, upper: bool, x: float = 60, middle: float = 120) -> list[Mark]:  # noqa: FBT001
    """Digits of 12 pixels beside each other, over or under the middle line."""
    return [
        mark(f"timeSig{digit}", x + 12 * k, 2 if upper else -2, (12, 20), middle)
        for k, digit in enumerate(text)
    ]


def number_over(upper: str, lower: str, x: float = 60) -> list[Mark]:
    return [*digits(upper, True, x), *digits(lower, False, x)]


@pytest.mark.parametrize(
    ("upper", "lower", "length"),
    [
        ("4", "4", 4),
        ("3", "4", 3),
        ("6", "8", 3),
        ("2", "2", 4),
        ("5", "16", Fraction(5, 4)),
        ("12", "8", 6),
        ("3", "1", 12),
    ],
)
def test_digits_over_digits(upper: str, lower: str, length: Fraction) -> None:
    (found,) = read(*number_over(upper, lower))
    assert (found[1].beats, found[1].unit, found[1].symbol) == (int(upper), int(lower), "")
    assert found[1].length == length


def test_the_place_of_a_signature_is_its_middle() -> None:
    assert read(*number_over("3", "8"))[0][0] == 66


@pytest.mark.parametrize(
    ("name", "meter"),
    [("timeSigCommon", Meter(4, 4, "common")), ("timeSigCutCommon", Meter(2, 2, "cut"))],
)
def test_signs(name: str, meter: Meter) -> None:
    assert read(mark(name, 60, 0, (16, 20))) == [(68, meter)]


@pytest.mark.parametrize(
    ("upper", "lower"), [("4", ""), ("", "4"), ("0", "4"), ("4", "5"), ("4", "0"), ("4", "3")]
)
def test_numbers_that_are_no_signature(upper: str, lower: str) -> None:
    assert read(*number_over(upper, lower)) == []


def test_signatures_apart_are_two_from_the_left() -> None:
    found = read(*number_over("2", "4", 200), *number_over("3", "4", 60))
    assert [meter for _, meter in found] == [Meter(3, 4), Meter(2, 4)]


def test_digits_of_another_staff_belong_there() -> None:
    marks = [*digits("3", True), *digits("4", False, middle=320)]
    assert read(*marks) == []
    assert read(*digits("3", True, middle=320), *digits("4", False, middle=320), number=1)[0][1] == Meter(
        3, 4
    )
