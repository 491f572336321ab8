"""A page as notation sees it."""

from __future__ import annotations

import pytest

from notehead.transcribe import transcribe
from notehead.transcribe.sheet import Sheet
from tests.transcribe.by_hand import Mark, head, mark, page, staff

BARS: list[Mark] = [("barlineSingle", x - 1, 100, x + 1, 140) for x in (100, 200, 300, 400)]
HEADS = [head(x, 0, name="noteheadWholeOnLine") for x in (40, 140, 240, 340)]


def barred(*more: Mark) -> Sheet:
    """Four measures of a whole note each, with more symbols."""
    return Sheet.of(page([staff(120)], *BARS, *HEADS, *more))


def test_measures_lie_between_barlines() -> None:
    sheet = barred()
    assert [len(spans) for spans in sheet.spans] == [4]
    assert [len(sheet.in_span(sheet.systems[0], span)) for span in sheet.measures(0)] == [1, 1, 1, 1]


def test_what_holds_only_signs_is_no_measure() -> None:
    sheet = Sheet.of(
        page([staff(120)], *BARS[:3], *HEADS[:3], mark("timeSig4", 305, 2), mark("timeSig3", 305, -2))
    )
    assert len(sheet.spans[0]) == 4
    assert len(sheet.measures(0)) == 3


def test_an_empty_measure_is_one_where_a_barline_closes_it() -> None:
    assert len(Sheet.of(page([staff(120)], *BARS, *HEADS[:2])).measures(0)) == 4


def test_a_short_staff_without_barlines_is_an_ossia() -> None:
    short = staff(40, 100, 200)
    sheet = Sheet.of(page([short, staff(120, number=1)], *BARS, *HEADS, head(140, 0, 40)))
    assert [len(one.staves) for one in sheet.systems] == [1]
    assert len(transcribe(sheet.page).parts[0].measures) == 4


def test_heads_of_no_usual_shape_are_named() -> None:
    sheet = Sheet.of(page([staff(120)], head(100, 0), head(200, 0, name="noteheadX")))
    assert [sheet.head(row) for row in (0, 1)] == ["", "noteheadX"]


def test_a_page_without_anything_has_nothing() -> None:
    sheet = Sheet.of(page([]))
    assert (sheet.systems, sheet.events, sheet.slurs, sheet.signs) == ([], [], [], [])
    assert transcribe(sheet.page).parts == ()
    assert transcribe([]).parts == ()


@pytest.mark.parametrize("name", ["restDoubleWhole", "restLonga"])
def test_a_long_rest_alone_on_its_staff_fills_the_measure(name: str) -> None:
    """It goes on through the measures after it, as old music counts, and does not make this one longer."""
    sheet = Sheet.of(page([staff(120)], *BARS, mark(name, 40, 1), *HEADS[1:], mark(name, 150, 1)))
    first, second = (sheet.in_span(sheet.systems[0], span) for span in sheet.measures(0)[:2])
    assert [event.whole for event in first.values()] == [True]
    assert [event.whole for event in second.values()] == [False, False]


def test_a_rest_that_is_wider_than_its_measure_is_in_it() -> None:
    """It begins before the barline, and was a whole note's rest of the measure before."""
    bars: list[Mark] = [("barlineSingle", x - 1, 100, x + 1, 140) for x in (200, 216, 300)]
    sheet = Sheet.of(page([staff(120)], *bars, *HEADS[:2], ("restWhole", 198, 109, 218, 115), HEADS[2]))
    measures = [sheet.in_span(sheet.systems[0], span) for span in sheet.measures(0)]
    assert [[event.whole for event in one.values()] for one in measures] == [[False, False], [True], [False]]
