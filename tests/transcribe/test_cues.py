"""Small notes that take time, and those that are grace notes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from notehead.transcribe.chords import Event
from notehead.transcribe.cues import with_cues
from notehead.transcribe.measures import Span
from notehead.transcribe.stems import stems_of
from notehead.transcribe.systems import System
from tests.transcribe.by_hand import BLACK_LINE, SPACE, Mark, symbols

SMALL = f"{BLACK_LINE}Small"


def under(beam: int, *sizes: str) -> list[Event]:
    """Sixteenths under a beam, large (L) or small (s)."""
    return [
        Event((0,), 0, 10.0 * k, 0.0, Fraction(1, 4), stem=1, beams=(beam,), grace=size == "s")
        for k, size in enumerate("".join(sizes))
    ]


def graces(events: list[Event]) -> list[bool]:
    return [event.grace for event in with_cues(events, [], [])]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (under(1, "Lssss"), [False] * 5),
        (under(1, "ssss"), [True] * 4),
        ([*under(1, "Lss"), *under(2, "ss")], [False] * 3 + [True] * 2),
        ([event for beam in range(4) for event in under(beam, "Ls")] + under(9, "ss"), [False] * 10),
    ],
    ids=["accompaniment", "grace notes", "of one beam alone", "of a page that does so often"],
)
def test_small_notes_under_beams_with_large_ones_take_time(events: list[Event], expected: list[bool]) -> None:
    assert graces(events) == expected


@pytest.mark.parametrize(("groups", "grace"), [(2, True), (3, False)])
def test_many_groups_of_small_notes_in_a_row_are_a_cadenza(groups: int, *, grace: bool) -> None:
    beams = range(1, groups + 1)
    row = [replace(one, x=100.0 * beam + one.x) for beam in beams for one in under(beam, "ssss")]
    events = [Event((0,), 0, 0.0, 0.0, Fraction(4)), *row]
    found = with_cues(events, [System((0,), (0,))], [[Span(0, 1000, None, None)]])
    assert [event.grace for event in found] == [False] + [grace] * len(row)


def test_groups_before_notes_of_their_own_are_grace_notes() -> None:
    row = [replace(one, x=100.0 * beam + one.x) for beam in range(1, 5) for one in under(beam, "ss")]
    notes = [Event((0,), 0, 100.0 * beam + 50, 0.0, Fraction(1)) for beam in range(1, 5)]
    found = with_cues([*row, *notes], [System((0,), (0,))], [[Span(0, 1000, None, None)]])
    assert [event.grace for event in found] == [True] * 8 + [False] * 4


def heads(*sizes: str) -> list[Mark]:
    """A level beam, and stems down to it from heads of such sizes, ten pixels apart."""
    marks: list[Mark] = [("beam", 50, 90, 50 + 10 * len(sizes), 95)]
    for k, size in enumerate(sizes):
        x = 51 + 10 * k
        marks += [("stem", x - 1, 55, x + 1, 94), (size, x, 50, x + 8, 60)]
    return marks


@pytest.mark.parametrize(
    ("sizes", "hung"),
    [
        ([BLACK_LINE, SMALL, SMALL, SMALL], 4),  # an accompaniment
        ([BLACK_LINE, BLACK_LINE, SMALL], 2),  # a grace note whose stem ends at a beam by chance
    ],
)
def test_a_beam_is_of_one_size_but_for_accompaniments(sizes: list[str], hung: int) -> None:
    marks = heads(*sizes)
    image = np.full((200, 200), 255, np.uint8)
    found = stems_of(image, symbols(*marks), np.full(len(marks), SPACE))
    assert sum(bool(one.beams) for one in found) == hung
