"""Measures from barlines."""

from __future__ import annotations

import pytest

from notehead.transcribe.measures import Barline, Span, barlines_of, spans_of
from notehead.transcribe.systems import System
from tests.transcribe.by_hand import Mark, staff, symbols

STAVES = [staff(120), staff(220), staff(320)]
ALL = System((0, 1, 2), (0, 1, 2))


def bar(x: float, top: float = 100, bottom: float = 340, name: str = "barlineSingle") -> Mark:
    return (name, x - 1, top, x + 1, bottom)


def barlines(*marks: Mark, system: System = ALL) -> list[tuple[float, str]]:
    return [(one.x, one.name) for one in barlines_of(system, STAVES, symbols(*marks))]


def test_barlines_of_several_staves_are_one() -> None:
    assert barlines(bar(200, 100, 140), bar(201, 200, 240), bar(202, 300, 340)) == [(201, "barlineSingle")]
    assert [x for x, _ in barlines(bar(300), bar(100), bar(200))] == [100, 200, 300]


def test_a_barline_of_less_than_half_of_the_staves_is_none() -> None:
    assert barlines(bar(200, 100, 140)) == []
    assert len(barlines(bar(200, 100, 240))) == 1
    assert len(barlines(bar(200, 100, 140), system=System((0,), (0,)))) == 1


def test_a_barline_goes_through_most_of_its_staff() -> None:
    """A detector takes an arpeggio for a barline now and then: it hangs out of the staff, and covers half."""
    one = System((0,), (0,))
    assert barlines(bar(200, 122, 165), system=one) == []
    assert len(barlines(bar(200, 112, 150), system=one)) == 1


def test_where_barlines_go_through_both_staves_one_on_a_single_staff_is_none() -> None:
    piano = System((0, 1), (0, 0))
    through = [bar(x, 100, 240) for x in (100, 200, 300)]
    assert [x for x, _ in barlines(*through, bar(250, 200, 240), system=piano)] == [100, 200, 300]
    apart = [bar(x, *edges) for x in (100, 200, 300) for edges in ((100, 140), (200, 240))]
    assert [x for x, _ in barlines(*apart, bar(250, 200, 240), system=piano)] == [100, 200, 250, 300]


def test_stems_without_heads_on_one_staff_of_a_piano_divide_nothing() -> None:
    """More than there are barlines, one of which a dynamic mark parts."""
    piano = System((0, 1), (0, 0))
    through = [bar(x, 100, 240) for x in (100, 200, 300)]
    parted = [bar(400, 100, 165), bar(400, 190, 240)]
    lone = [bar(x, 200, 240) for x in (120, 150, 220, 250, 350, 370)]
    found = barlines(*through, *parted, *lone, system=piano)
    assert [x for x, _ in found] == [100, 200, 300, 400]
    assert len(barlines(bar(100, 100, 240), bar(200, 200, 240), system=piano)) == 2, "one says too little"


@pytest.mark.parametrize(
    ("names", "parted"),
    [
        (("barlineSingle", "barlineSingle"), False),
        ((None, "barlineSingle"), False),
        (("barlineSingle", None), True),
        (("repeatLeft", "barlineSingle"), True),
        (("barlineSingle", "barlineDouble"), True),
    ],
)
def test_parts_of_measures_stand_at_repeats_and_where_lines_end(
    *, names: tuple[str | None, str | None], parted: bool
) -> None:
    opening, closing = (None if name is None else Barline(100.0, name) for name in names)
    assert Span(0.0, 100.0, opening, closing).parted == parted


@pytest.mark.parametrize("name", ["barlineSystemic", "barlineTick", "barlineShort", "stem", "repeatDot"])
def test_other_lines_are_none(name: str) -> None:
    assert barlines(bar(200, name=name)) == []


def test_those_of_other_staves_are_not_counted() -> None:
    assert barlines(bar(200, 300, 340), system=System((0, 1), (0, 1))) == []
    assert barlines(bar(500), bar(-50)) == []


def test_a_repeat_sign_wins_over_the_barlines_beside_it() -> None:
    found = barlines(bar(200, 100, 140, "repeatRight"), bar(200, 200, 240), bar(200, 300, 340))
    assert found == [(200, "repeatRight")]
    found = barlines(bar(200, 100, 140, "barlineDouble"), bar(200, 200, 240), bar(200, 300, 340))
    assert found == [(200, "barlineSingle")]


def test_measures_lie_between_barlines() -> None:
    marks = symbols(bar(0), bar(150), bar(398, name="barlineFinal"))
    spans = spans_of(ALL, STAVES, barlines_of(ALL, STAVES, marks))
    assert [(span.left, span.right) for span in spans] == [(0, 150), (150, 398)]
    assert [span.opening.name if span.opening else "" for span in spans] == ["barlineSingle", "barlineSingle"]
    assert [span.closing.name if span.closing else "" for span in spans] == ["barlineSingle", "barlineFinal"]


def test_a_system_may_begin_and_end_without_a_barline() -> None:
    spans = spans_of(ALL, STAVES, barlines_of(ALL, STAVES, symbols(bar(150))))
    assert [(span.left, span.right, span.closing is None) for span in spans] == [
        (0, 150, False),
        (150, 400, True),
    ]
    assert spans[0].opening is None
    assert len(spans_of(ALL, STAVES, [])) == 1


def test_a_repeat_at_the_left_edge_opens_the_first_measure() -> None:
    marks = symbols(bar(12, name="repeatLeft"), bar(200))
    first = spans_of(ALL, STAVES, barlines_of(ALL, STAVES, marks))[0]
    assert first.left == 12
    assert first.opening is not None
    assert first.opening.name == "repeatLeft"


def test_a_short_rest_of_a_staff_behind_the_last_barline_is_no_measure() -> None:
    spans = spans_of(ALL, STAVES, barlines_of(ALL, STAVES, symbols(bar(385))))
    assert [(span.left, span.right) for span in spans] == [(0, 385)]
