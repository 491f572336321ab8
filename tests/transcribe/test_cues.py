"""Small notes that take time, and those that are grace notes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from notehead.transcribe.chords import Event
from notehead.transcribe.cues import with_cues
from notehead.transcribe.stems import stems_of
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
