"""Small notes in rows that are too long for grace notes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from notehead.transcribe.cadenzas import cadenzas
from notehead.transcribe.chords import Event
from notehead.transcribe.cues import with_cues
from notehead.transcribe.measures import Span
from notehead.transcribe.systems import System


def small(count: int, x: float = 0.0, beam: int = 1, staff: int = 0) -> list[Event]:
    """Small sixteenths under a beam, ten pixels apart."""
    return [
        Event((0,), staff, x + 10 * k, 0.0, Fraction(1, 4), stem=1, beams=(beam,), grace=True)
        for k in range(count)
    ]


def large(x: float, staff: int = 0, *, rest: bool = False) -> Event:
    return Event((0,), staff, x, 0.0, Fraction(1), rest=rest)


def found(*events: Event) -> int:
    """How many of them are of a cadenza."""
    return len(set(cadenzas(dict(enumerate(events)))))


@pytest.mark.parametrize(("groups", "expected"), [(2, 0), (3, 12)])
def test_many_groups_in_a_row_are_a_cadenza(groups: int, expected: int) -> None:
    row = [event for beam in range(groups) for event in small(4, 100.0 * beam, beam)]
    assert found(large(-10), *row) == expected


def test_groups_before_notes_of_their_own_are_grace_notes() -> None:
    row = [event for beam in range(4) for event in small(3, 100.0 * beam, beam)]
    assert not found(*row, *(large(100.0 * beam + 50) for beam in range(4)))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (small(6), 6),
        ([*small(6), large(70, rest=True)], 6),
        ([*small(6), large(70, staff=1)], 6),
        (small(5), 0),
        ([*small(13), large(140)], 0),
        ([replace(event, beams=()) for event in small(8)], 0),
    ],
    ids=["six", "before a rest", "above another staff", "five", "before a note", "without beams"],
)
def test_many_at_the_end_of_a_measure_are_a_run(events: list[Event], expected: int) -> None:
    assert found(large(-10), *events) == expected


def test_a_run_under_one_beam_may_rise_from_a_staff_to_the_next() -> None:
    low, high = small(4, staff=1), small(8, 40.0)
    assert found(*low, *high, large(0, staff=1), large(60, staff=1)) == 12


def test_they_take_time() -> None:
    events = with_cues([large(-10), *small(8)], [System((0,), (0,))], [[Span(-20, 100, None, None)]])
    assert not any(event.grace for event in events)
