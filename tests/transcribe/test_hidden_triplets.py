"""Triplets that neither a number nor a time signature tells."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from notehead.page import Page, Symbols
from notehead.transcribe.chords import Event
from notehead.transcribe.hidden_triplets import Votes, beat_of, votes_of, votes_of_beat, with_triplets
from tests.support.engraved import measure, mei, notes
from tests.support.engraved import page as engraved
from tests.transcribe.test_undrawn import onsets, read, without

SPACE = 10.0
SIXTEENTH, EIGHTH, QUARTER, HALF = Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2)


def beamed(count: int = 12, each: int = 3) -> dict[int, Event]:
    """Eighths under beams of so many, on staff 0."""
    return {k: Event((k,), 0, 30.0 * k, 0.0, EIGHTH, stem=1, beams=(100 + k // each,)) for k in range(count)}


def beside(*rows: tuple[int, Fraction, int]) -> dict[int, Event]:
    """Notes on staff 1: the column that each begins with, its shape, and its dots."""
    return {
        50 + k: Event((50 + k,), 1, 30.0 * column, 100.0, written, dots, stem=1)
        for k, (column, written, dots) in enumerate(rows)
    }


def quarters(dots: int = 0) -> dict[int, Event]:
    return beside(*((3 * k, QUARTER, dots) for k in range(4)))


@pytest.mark.parametrize(
    ("other", "votes"),
    [
        (quarters(), Votes(4, 0)),
        (quarters(dots=1), Votes(0, 4)),
        (beside((0, HALF, 0), (6, HALF, 0)), Votes(2, 0)),
        (beside((0, QUARTER, 0), (2, EIGHTH, 0), (3, QUARTER, 0), (5, EIGHTH, 0)), Votes(0, 0)),
        ({}, Votes(0, 0)),
    ],
)
def test_what_lasts_as_long_as_a_beam_says_whether_it_is_a_triplet(
    other: dict[int, Event], votes: Votes
) -> None:
    """Quarters, or halves over two beams; dotted quarters; and quarters with an eighth, as in 6/8."""
    assert votes_of({**beamed(), **other}, {}, SPACE) == votes


def test_what_has_a_number_says_nothing() -> None:
    marked = dict.fromkeys(beamed(), Fraction(2, 3))
    assert votes_of({**beamed(), **quarters()}, marked, SPACE) == Votes()
    assert with_triplets(beamed(), marked) == marked


@pytest.mark.parametrize(("votes", "won"), [((2, 0), False), ((3, 0), True), ((6, 3), False), ((7, 3), True)])
def test_several_must_say_so_and_few_otherwise(votes: tuple[int, int], won: bool) -> None:  # noqa: FBT001
    assert Votes(*votes).won is won
    assert Votes(*reversed(votes)).lost is won


def test_a_beat_says_what_beams_are() -> None:
    assert votes_of_beat(beamed(), {}, QUARTER) == Votes(4, 0)
    assert votes_of_beat(beamed(), {}, Fraction(3, 2)) == Votes(0, 4)
    assert votes_of_beat(beamed(each=2), {}, QUARTER) == Votes(0, 6)
    assert votes_of_beat(beamed(), {}, None) == Votes()


def mark(*, hollow: bool = False, dotted: bool = False, flagged: bool = False) -> Page:
    """A page with a metronome mark, drawn by hand."""
    image = np.full((100, 100), 255, np.uint8)
    image[20:50, 40:42] = 0
    image[42:50, 30:42] = 0
    if hollow:
        image[44:48, 32:40] = 255
    boxes = [(30, 20, 52 if flagged else 42, 50)] + [(46, 44, 49, 47)] * dotted
    return Page("page", image, Symbols.build(["metronomeNote"] * len(boxes), np.array(boxes, float)))


@pytest.mark.parametrize(
    ("page", "beat"),
    [
        (mark(), QUARTER),
        (mark(hollow=True), HALF),
        (mark(dotted=True), Fraction(3, 2)),
        (mark(hollow=True, dotted=True), Fraction(3)),
        (mark(flagged=True), None),
        (Page("page", np.full((9, 9), 255, np.uint8), Symbols.build([], np.empty((0, 4)))), None),
    ],
)
def test_the_beat_of_a_metronome_mark(page: Page, beat: Fraction | None) -> None:
    assert beat_of(page) == beat


def test_a_mark_that_the_page_ends_before_is_none() -> None:
    page = mark()
    cut = Page("page", page.image[:20], page.symbols)
    assert beat_of(cut) is None


THREE = f"<beam>{notes('c5:8 d5:8 e5:8')}</beam>"
TRIPLET = f'<tuplet num="3" numbase="2" num.visible="false" bracket.visible="false">{THREE}</tuplet>'


@pytest.mark.parametrize(
    ("above", "below", "third"),
    [(TRIPLET, "c4:4 d4:4 e4:4 f4:4", Fraction(1, 3)), (THREE, "c4:4. d4:4. e4:4. f4:4.", EIGHTH)],
)
def test_a_second_voice_tells_triplets_from_compound_time(above: str, below: str, third: Fraction) -> None:
    meter = 'meter.count="4" meter.unit="4"' if third < EIGHTH else 'meter.count="12" meter.unit="8"'
    bars = [measure((4 * above, notes(below))) for _ in range(3)]
    found = read(without(engraved(mei(*bars, meter=meter)), "timeSig"))
    assert {bar.length for bar in found} == {12 * third}
    assert {onset for bar in found for onset in onsets(bar)} == {k * third for k in range(12)}
