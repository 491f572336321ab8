"""Scores to MusicXML and back."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from notehead.transcribe.musicxml import from_musicxml, to_musicxml
from notehead.transcribe.score import Score
from tests.support.written import as_drawn, scores
from tests.support.xsd import complaints

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
quick = settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(scores())
@quick
def test_what_is_written_is_read_again(score: Score) -> None:
    assert as_drawn(from_musicxml(to_musicxml(score), "score")) == as_drawn(score)


@given(scores())
@quick
def test_what_is_written_is_valid_and_always_the_same(score: Score) -> None:
    data = to_musicxml(score)
    assert complaints(data) == []
    assert to_musicxml(score) == data
