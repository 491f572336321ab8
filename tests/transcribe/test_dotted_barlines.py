"""Barlines that divide a measure into groups."""

from __future__ import annotations

from fractions import Fraction

import pytest

from notehead.transcribe import transcribe
from notehead.transcribe.musicxml import from_musicxml, to_musicxml
from tests.support.engraved import measure, mei, notes
from tests.support.engraved import page as engraved

DOTTED = 'right="dotted"'


def lengths(*measures: str) -> list[Fraction]:
    (part,) = transcribe(engraved(mei(*measures))).parts
    return [one.length for one in part.measures]


@pytest.mark.parametrize("kind", ["dotted", "dashed"])
def test_groups_that_add_up_together_are_one_measure(kind: str) -> None:
    halves = (measure(notes("c5:4 d5:4"), attributes=f'right="{kind}"'), measure(notes("e5:2")))
    assert lengths(*halves, measure(notes("c5:1"))) == [4, 4]


def test_the_barline_is_kept() -> None:
    halves = (measure(notes("c5:4 d5:4"), attributes=DOTTED), measure(notes("e5:2")))
    score = transcribe(engraved(mei(*halves, measure(notes("c5:1")))))
    assert [one.within for one in score.parts[0].measures] == [((Fraction(2), "barlineDotted"),), ()]
    assert from_musicxml(to_musicxml(score), "score").parts[0].measures[0].within == (
        (Fraction(2), "barlineDotted"),
    )


def test_three_groups_are_one_measure() -> None:
    groups = [measure(notes("c5:4"), attributes=DOTTED), measure(notes("d5:4"), attributes=DOTTED)]
    assert lengths(*groups, measure(notes("e5:2")), measure(notes("c5:1"))) == [4, 4]


def test_measures_that_are_whole_stay_apart() -> None:
    assert lengths(measure(notes("c5:2 d5:2"), attributes=DOTTED), measure(notes("e5:1"))) == [4, 4]


def test_other_barlines_divide_whatever_adds_up() -> None:
    assert lengths(measure(notes("c5:4 d5:4")), measure(notes("e5:2"))) == [2, 2]
