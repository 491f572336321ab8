"""What stands on a staff is told from left to right."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.models.staffs.events import Columns, Middle, staff_events
from notehead.models.staffs.tokens import HIGHEST, NUMBERS, TOKENS, length_token, place_token, roles
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

MIDDLE = Middle(10, 100, 900, 100, 12)
Mark = tuple[str, float, float]
"""A class, the x and y of its middle."""


def columns(marks: list[Mark], staff: int = 0, **given: list[float]) -> Columns:
    boxes = [[x - 5, y - 6, x + 5, y + 6] for _, x, y in marks]
    symbols = Symbols.build([name for name, _, _ in marks], boxes, staff=[staff] * len(marks), **given)
    return Columns(symbols.label, symbols.box, symbols.staff, symbols.position, symbols.duration)


def told(symbols: Columns, staff: int = 0) -> str | None:
    events = staff_events(symbols, staff, MIDDLE)
    return None if events is None else " ".join(token for event in events for token in event.tokens)


def test_tokens_are_all_there_once() -> None:
    assert len(set(TOKENS)) == len(TOKENS)
    assert sorted(NUMBERS.values()) == list(range(1, len(TOKENS) + 1))


def test_every_class_that_counts_has_a_token() -> None:
    """Whatever stands on a page, nothing is told that is no token."""
    for row in VOCABULARY.classes:
        if roles()[row.id]:
            symbols = columns([(row.name, 50, 100)], position=[3], duration=[0.2])
            events = staff_events(symbols, 0, MIDDLE)
            assert events
            assert all(token in NUMBERS for event in events for token in event.tokens), row.name


def test_a_beginning() -> None:
    marks = [
        ("clefF", 30.0, 95.0), ("keyFlat", 55, 90), ("keyFlat", 66, 110), ("keyNatural", 78, 95),
        ("timeSig8", 105, 112), ("timeSig1", 100, 88), ("timeSig2", 110, 88), ("restQuarter", 140, 100),
        ("barlineSingle", 170, 100), ("accidentalSharpSmall", 185, 90), ("augmentationDot", 150, 100),
    ]  # fmt: skip
    duration = [np.nan] * 7 + [1.5] + [np.nan] * 3
    assert told(columns(marks, duration=duration)) == (
        "clefF keyFlat2 keyNatural1 timeSig1 timeSig2 timeSig8 restQuarter. barlineSingle accidentalSharp"
    )


def test_chords_are_joined_from_the_lowest_head_up() -> None:
    marks = [
        ("noteheadBlackOnLine", 50.0, 76.0), ("noteheadBlackInSpace", 62, 82),
        ("noteheadHalfOnLine", 51, 124), ("noteheadBlackOnLine", 80, 100),
    ]  # fmt: skip
    symbols = columns(marks, position=[4, 3, -4, 0], duration=[0.5, 0.5, 2, 1])
    assert told(symbols) == "8th at3 at4 half at-4 quarter at0"


def test_only_what_is_on_the_staff() -> None:
    marks = [("restHalf", 60.0, 100.0), ("barlineSingle", 90, 100), ("barlineSingle", 120, 220)]
    symbols = columns(marks, staff=ABSENT, duration=[2.0, np.nan, np.nan])
    assert told(symbols) == "barlineSingle"
    assert told(columns(marks, staff=1, duration=[2.0, np.nan, np.nan]), 1) == "restHalf barlineSingle"


@pytest.mark.parametrize("unknown", [{"position": [ABSENT]}, {"duration": [np.nan]}])
def test_a_note_of_which_too_little_is_known(unknown: dict[str, list[float]]) -> None:
    given = {"position": [2.0], "duration": [1.0]} | unknown
    assert told(columns([("noteheadBlackOnLine", 50, 100)], 0, **given)) is None


@pytest.mark.parametrize(
    ("head", "duration", "token"),
    [
        ("noteheadBlackInSpace", 1.0, "quarter"), ("noteheadBlackOnLine", 1.75, "quarter.."),
        ("noteheadBlackOnLine", 1 / 6, "16th"), ("noteheadBlackOnLine", 1 / 5, "16th"),
        ("noteheadHalfOnLine", 3.0, "half."), ("noteheadHalfOnLine", 0.5, "half"),
        ("noteheadBlackOnLine", 4.0, "quarter"), ("noteheadWholeOnLine", 6.0, "whole."),
        ("noteheadDoubleWholeOnLine", 8.0, "breve"), ("noteheadBlackOnLine", 1e-4, "128th"),
    ],
)  # fmt: skip
def test_lengths(head: str, duration: float, token: str) -> None:
    assert length_token(head, duration) == token


def test_far_away_is_far_away() -> None:
    assert place_token(-40) == f"at{-HIGHEST}"
    assert place_token(HIGHEST + 1) == f"at{HIGHEST}"
