"""Heads whose stems were not seen, drawn by hand: ten pixels are a staff space."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.transcribe.stem import Stem
from notehead.transcribe.stems import stems_of
from tests.transcribe.by_hand import BLACK_LINE, SPACE, symbols

HALF_LINE = "noteheadHalfOnLine"
BLANK = np.full((300, 300), 255, np.uint8)
Mark = tuple[str, float, float, float, float]
BEAM: Mark = ("beam", 50, 90, 150, 95)


def stems(*marks: Mark, image: NDArray[np.uint8] = BLANK) -> list[Stem]:
    return stems_of(image, symbols(*marks), np.full(len(marks), SPACE))


def up(x: float, y: float = 130, kind: str = BLACK_LINE) -> Mark:
    """A head whose stem would go up at x."""
    return (kind, x - 12, y - 5, x, y + 5)


def stem(x: float, top: float = 92, bottom: float = 130) -> Mark:
    return ("stem", x - 1, top, x + 1, bottom)


def said(found: list[Stem]) -> list[tuple[int, tuple[int, ...], bool, tuple[int, ...], int]]:
    return sorted((one.row, one.heads, one.up, one.beams, one.flags) for one in found)


def test_a_head_without_a_stem_hangs_at_the_beam_above() -> None:
    found = stems(BEAM, stem(60), up(60), up(100), stem(149), up(149))
    assert said(found) == [(-1, (3,), True, (0,), 1), (1, (2,), True, (0,), 1), (4, (5,), True, (0,), 1)]


def test_a_head_without_a_stem_hangs_at_the_beam_below() -> None:
    (found,) = stems(BEAM, (BLACK_LINE, 100, 45, 112, 55))
    assert (found.up, found.beams, found.x, found.row) == (False, (0,), 100.0, -1)


def test_heads_above_each_other_are_on_one_stem() -> None:
    found = stems(BEAM, up(100), up(100, 150), up(120))
    assert said(found) == [(-1, (1, 2), True, (0,), 1), (-1, (3,), True, (0,), 1)]


def test_a_head_beyond_a_part_of_a_stem_is_on_it() -> None:
    """The upper part of a stem was seen with its upper head: the lower head is of the same chord."""
    found = stems(BEAM, stem(100, 92, 121), up(100, 121), up(100, 160))
    assert said(found) == [(1, (2, 3), True, (0,), 1)]


def test_a_stem_that_ends_too_soon_goes_on_to_its_beam() -> None:
    found = stems(BEAM, stem(100, 115), up(100))
    assert said(found) == [(1, (2,), True, (0,), 1)]


@pytest.mark.parametrize(("ink", "beams"), [(0, (0,)), (255, ())])
def test_a_long_stem_goes_on_where_there_is_ink(ink: int, beams: tuple[int, ...]) -> None:
    image = BLANK.copy()
    image[90:130, 99:102] = ink
    (found,) = stems(BEAM, stem(100, 108, 145), up(100, 145), image=image)
    assert found.beams == beams


@pytest.mark.parametrize(
    "head",
    [
        up(100, kind=HALF_LINE),  # may be a whole note
        up(100, kind=f"{BLACK_LINE}Small"),
        up(100, 200),  # too far away
        up(170),  # beside it
        (BLACK_LINE, 88, 88, 100, 98),  # in it
    ],
)
def test_other_heads_hang_at_nothing(head: Mark) -> None:
    assert not stems(BEAM, head)


def test_ink_says_which_of_two_beams() -> None:
    image = BLANK.copy()
    image[150:203, 88] = 0
    marks = (BEAM, ("beam", 50, 200, 150, 205), up(100, 145))
    assert [one.beams for one in stems(*marks, image=image)] == [(1,)]
    assert [one.beams for one in stems(*marks)] == [(0,)]


def test_the_other_stems_say_from_which_side() -> None:
    """A head between two beams, of which the nearer has stems from the other side alone."""
    upper, lower = BEAM, ("beam", 50, 160, 150, 165)
    above = [("stem", x - 1, 60, x + 1, 93) for x in (60, 140)]
    heads = [(BLACK_LINE, x, 55, x + 12, 65) for x in (60, 140)]
    low = [("stem", x - 1, 122, x + 1, 163) for x in (60, 140)]
    tops = [(BLACK_LINE, x, 117, x + 12, 127) for x in (60, 140)]
    found = stems(upper, lower, *above, *heads, *low, *tops, (BLACK_LINE, 94, 120, 106, 130))
    (lost,) = [one for one in found if one.row < 0]
    assert (lost.beams, lost.up) == ((1,), False)


def test_without_beams_stems_are_as_they_are() -> None:
    assert said(stems(stem(60), up(60), up(100))) == [(0, (1,), True, (), 0)]


def test_a_stem_at_a_beam_keeps_its_only_head() -> None:
    """Two voices share a head; a photograph bends the second stem a little away from it."""
    found = stems(
        up(100, 100), stem(100, 65, 100), stem(86, 100, 140), ("beam", 84, 136, 150, 141),
        stem(149, 100, 140), (BLACK_LINE, 150, 95, 162, 105),
    )  # fmt: skip
    assert (2, (0,), False, (3,), 1) in said(found)
    assert (1, (0,), True, (), 0) in said(found)
