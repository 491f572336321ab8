"""Small heads are told by the heads around them."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.detect.small import told_by_size
from notehead.detect.staff_curves import StaffCurve
from notehead.page import Symbols

X = np.array([0.0, 900.0])
STAVES = [StaffCurve(X, np.full(2, y), 10.0) for y in (100.0, 300.0)]
Head = tuple[str, float, float, int]


def page(*heads: Head, second: float = 11.0, score: float = 0.9) -> Symbols:
    """Twelve heads of the first staff and eight of the second one, and others: name, size, x, staff."""
    usual: list[Head] = [("noteheadBlackOnLine", 11.0, 60.0 * k, 0) for k in range(12)]
    usual += [("noteheadBlackInSpace", second, 60.0 * k, 1) for k in range(8)]
    rows = [*usual, *heads]
    middle = np.array([(x + size / 2, 200.0 * staff + 100) for _, size, x, staff in rows])
    half = np.array([size / 2 for _, size, _, _ in rows])[:, None]
    made = Symbols.build(
        [name for name, *_ in rows],
        np.hstack((middle - half, middle + half)),
        score=np.array([0.9] * len(usual) + [score] * len(heads)),
    )
    return made.replace(staff=np.array([staff for *_, staff in rows], np.int32))


def told(*heads: Head, score: float = 0.9) -> list[str]:
    return told_by_size(page(*heads, score=score), STAVES).names[20:]


def test_a_small_head_is_small() -> None:
    assert told(("noteheadBlackInSpace", 8.0, 100.0, 0)) == ["noteheadBlackInSpaceSmall"]
    assert told(("noteheadBlackOnLineSmall", 8.0, 100.0, 0)) == ["noteheadBlackOnLineSmall"]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("noteheadBlackOnLine", 10.0),  # hardly smaller
        ("noteheadHalfOnLine", 8.0),  # another form
        ("noteheadBlackOnLineSmall", 11.0),  # what is said to be small stays so
        ("accidentalSharp", 24.0),  # hardly lower than any font has it, and before no small head
    ],
)
def test_what_stays(name: str, size: float) -> None:
    assert told((name, size, 100.0, 0)) == [name]


@pytest.mark.parametrize("staff", [0, 1])
def test_heads_of_a_small_staff_stay_though_another_is_nearer(staff: int) -> None:
    heads = page(("noteheadBlackOnLine", 7.7, 100.0, staff), second=7.7)
    small = StaffCurve(X, STAVES[1].y, 7.0)
    assert told_by_size(heads, [STAVES[0], small]).names[20:] == ["noteheadBlackOnLine"]


def test_accidentals_before_small_heads_are_small() -> None:
    sharps: list[Head] = [("accidentalSharp", 28.0, 300.0 + 60 * k, 0) for k in range(3)]
    names = told(("noteheadBlackOnLine", 8.0, 100.0, 0), ("accidentalSharp", 25.0, 72.0, 0), *sharps)
    assert names == ["noteheadBlackOnLineSmall", "accidentalSharpSmall", *["accidentalSharp"] * 3]
    names = told(("noteheadBlackOnLine", 8.0, 100.0, 0), ("accidentalSharp", 28.0, 70.0, 0), *sharps)
    assert names[1] == "accidentalSharp", "as large as all others"


def test_few_or_unsure_heads_say_nothing() -> None:
    few = page(("noteheadBlackOnLine", 8.0, 100.0, 0))[np.array([0, 1, 2, 20])]
    assert told_by_size(few, STAVES).names == few.names
    assert told(("noteheadBlackOnLine", 8.0, 100.0, 0), score=0.1) == ["noteheadBlackOnLine"]
    assert len(told_by_size(Symbols(), [])) == 0


@pytest.mark.parametrize(("size", "name"), [(20.0, "accidentalFlatSmall"), (22.0, "accidentalFlat")])
def test_an_accidental_without_a_head_is_small_where_it_is_much_lower(size: float, name: str) -> None:
    usual: list[Head] = [("accidentalFlat", 25.0, 60.0 * k, 0) for k in range(4)]
    found = told(*usual, ("accidentalFlat", size, 850.0, 0))
    assert found == ["accidentalFlat"] * 4 + [name]


def test_accidentals_of_a_page_whose_notes_are_mostly_small_are_small() -> None:
    found = told(
        *[("accidentalNatural", 20.0, 60.0 * k, 0) for k in range(4)], ("accidentalNatural", 27.0, 850.0, 0)
    )
    assert found == ["accidentalNaturalSmall"] * 4 + ["accidentalNatural"]


def test_accidentals_of_a_small_staff_are_as_large_as_theirs_are() -> None:
    usual: list[Head] = [("accidentalSharp", 28.0, 60.0 * k, 0) for k in range(4)]
    heads = page(*usual, *[("accidentalSharp", 19.6, 60.0 * k, 1) for k in range(3)], second=7.7)
    small = StaffCurve(X, STAVES[1].y, 7.0)
    assert set(told_by_size(heads, [STAVES[0], small]).names[20:]) == {"accidentalSharp"}


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("tuplet3", 8.8, "fingering3"),
        ("tuplet3", 9.6, "tuplet3"),
        ("tuplet6", 8.8, "tuplet6"),
        ("fingering3", 12.0, "fingering3"),
    ],
)
def test_low_numbers_are_fingerings(name: str, size: float, expected: str) -> None:
    assert told((name, size, 100.0, 0)) == [expected]
    few = page((name, size, 100.0, 0))[20:]
    assert told_by_size(few, STAVES).names == [expected]
