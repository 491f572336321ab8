"""Scores to pages and back: what is drawn is read."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from notehead.transcribe import transcribe
from notehead.transcribe.musicxml import to_musicxml
from tests.support.engraved import pages
from tests.support.written import CLEFS, Ways, scores

if TYPE_CHECKING:
    from notehead.transcribe.score import Measure, Score

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
DRAWN = Ways(parts=2, staves=2, measures=3, marked=False, clefs=CLEFS, shortest=Fraction(1, 16))

Sound = tuple[Fraction, Fraction, int, str, int, int]


def sounds(measure: Measure) -> Counter[Sound]:
    """Onset, length, staff and pitch of all notes of a measure."""
    return Counter(
        (chord.onset, chord.length, chord.staff, note.pitch.step, note.pitch.alter, note.pitch.octave)
        for chord in measure.chords
        for note in chord.notes
    )


def read_again(score: Score) -> Score:
    """The score after it was engraved and read from its pages."""
    return transcribe(list(pages(to_musicxml(score).decode())))


def check(score: Score) -> None:
    """Fail where what was read differs from what was drawn."""
    read = read_again(score)
    assert [part.staves for part in read.parts] == [part.staves for part in score.parts]
    for part, again in zip(score.parts, read.parts, strict=True):
        assert len(again.measures) == len(part.measures)
        for measure, other in zip(part.measures, again.measures, strict=True):
            assert other.meter == measure.meter
            assert [sign.clef for sign in other.signs] == [sign.clef for sign in measure.signs]
            assert [sign.key for sign in other.signs] == [sign.key for sign in measure.signs]
            assert sounds(other) == sounds(measure)


@given(scores(DRAWN))
@settings(
    max_examples=40,
    derandomize=True,
    phases=[Phase.generate],  # engraving is slow: a counterexample is shown as it was found
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_what_is_drawn_is_read(score: Score) -> None:
    check(score)
