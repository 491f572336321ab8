"""How surely a note is read right."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.transcribe import transcribe
from notehead.transcribe.chords import Event
from notehead.transcribe.confidence import Marks, Regularity, doubt, sure
from notehead.transcribe.evidence import marks_of_note
from notehead.transcribe.repairs import Repair
from notehead.transcribe.rhythm import MeasureTimes, Timed
from notehead.transcribe.sheet import Sheet
from tests.transcribe.by_hand import SPACE, Mark, head, page, staff

COSTS = st.floats(0, 100)
QUARTER = Fraction(1)
LEDGER: Mark = ("ledgerLine", 76, 89, 96, 91)


@given(COSTS, COSTS)
def test_what_costs_more_is_less_sure(first: float, second: float) -> None:
    less, more = (Regularity(cost, 0, {0: [QUARTER]}) for cost in sorted((first, second)))
    assert less.evidence(0, QUARTER) >= more.evidence(0, QUARTER)
    assert doubt(less.cost) <= doubt(more.cost) < 1


def test_a_measure_that_adds_up_leaves_no_doubt() -> None:
    assert doubt(0.0) == 0
    assert doubt(6.0) > 0.4
    assert Regularity().evidence(0, QUARTER) == 0


@pytest.mark.parametrize(
    "trouble",
    [
        {"off": 0.6},
        {"ledgers": 1},
        {"aside": 0.3},
        {"stemless": True},
        {"unseen": True},
        {"mended": True},
        {"unsure": True},
        {"score": 0.6},
    ],
)
def test_each_sign_of_trouble_makes_a_note_less_sure(trouble: dict[str, Any]) -> None:
    assert 0 < sure(Marks(**trouble)) < sure(Marks()) < 1
    assert sure(Marks(**trouble), -3.0) < sure(Marks(**trouble))


def test_without_a_time_signature_notes_are_less_sure() -> None:
    assert Regularity(unmetered=True).evidence(0, QUARTER) < 0


@pytest.mark.parametrize(("count", "threes"), [(2, False), (3, True), (4, False), (6, True)])
def test_threes_under_a_beam_may_be_triplets_where_no_time_signature_says(
    count: int,
    threes: bool,  # noqa: FBT001
) -> None:
    half = Fraction(1, 2)
    events = {k: Event((k,), 0, 30.0 * k, 0.0, half, beams=(9,)) for k in range(count)}
    times = MeasureTimes({k: Timed(k * half, half) for k in range(count)}, count * half, 0.0)
    found = Regularity.of(events, times, None, unmetered=True)
    assert found.threes == threes
    assert not Regularity.of(events, times, count * half).threes
    assert not Regularity.of(events, times, count * half, unmetered=True, settled=True).threes
    if threes:
        assert found.evidence(0, QUARTER) < Regularity(unmetered=True).evidence(0, QUARTER)


def test_a_mended_chord_is_less_sure_than_one_that_is_read_as_it_is_seen() -> None:
    events = {k: Event((k,), 0, 30.0 * k, 0.0, QUARTER) for k in range(2)}
    times = {k: Timed(Fraction(k), QUARTER) for k in range(2)}
    found = Regularity.of(events, MeasureTimes(times, Fraction(2), 2.0, {1: Repair(QUARTER, 1, 2.0)}), None)
    assert found.mended == {1}


def test_gaps_of_a_staff_are_where_its_events_do_not_join() -> None:
    """The second event begins half a quarter after the first has ended; the other staff has no gap."""
    events = {k: Event((k,), k // 2, 30.0 * k, 0.0, QUARTER) for k in range(4)}
    half = Fraction(1, 2)
    times = {
        0: Timed(Fraction(0), QUARTER), 1: Timed(QUARTER + half, half),
        2: Timed(Fraction(0), QUARTER), 3: Timed(QUARTER, QUARTER),
    }  # fmt: skip
    found = Regularity.of(events, MeasureTimes(times, Fraction(2), 2.2), Fraction(3))
    assert found.gaps == {0: [QUARTER, QUARTER + half], 1: []}
    assert found.longer == -1
    assert found.evidence(0, Fraction(0)) < found.evidence(1, Fraction(0))
    assert found.evidence(1, QUARTER) < found.evidence(1, Fraction(0))


def marks(*more: Mark, of: Mark) -> Marks:
    sheet = Sheet.of(page([staff(120)], of, *more))
    (event,) = sheet.events
    return marks_of_note(sheet, event, event.rows[0], unsure=False)


def test_a_note_as_it_should_be_has_no_trouble() -> None:
    found = marks(("stem", 91.5, 85, 92.5, 120), of=head(80, 0))
    assert found == Marks(plain=True)


def test_a_head_off_its_position_is_seen() -> None:
    name, x0, y0, x1, y1 = head(80, 0)
    assert marks(of=(name, x0, y0 + 4, x1, y1 + 4)).off == pytest.approx(0.8)


@pytest.mark.parametrize(("found", "missing"), [((), 1), ((LEDGER,), 0)])
def test_ledger_lines_that_are_not_there_are_counted(found: tuple[Mark, ...], missing: int) -> None:
    assert marks(*found, of=head(80, 6)).ledgers == missing
    assert marks(*found, of=head(80, 8)).ledgers == missing + 1


def test_black_heads_without_stems_and_stems_aside_are_seen() -> None:
    assert marks(of=head(80, 0)).stemless
    assert not marks(of=head(80, 0, name="noteheadWholeOnLine")).stemless
    assert marks(("stem", 93.5, 85, 94.5, 120), of=head(80, 0)).aside == pytest.approx(2 / SPACE)


def test_detected_marks_are_as_sure_as_their_scores() -> None:
    one = page(
        [staff(120)],
        head(80, 0),
        ("stem", 91.5, 85, 92.5, 120),
        head(150, 0),
        ("stem", 161.5, 85, 162.5, 120),
    )
    one.symbols.score[:] = [0.9, 0.5, 1.0, np.nan]
    (bar,) = transcribe(one).parts[0].measures
    first, second = (chord.notes[0].confidence for chord in bar.chords)
    assert first < 0.9 < second
