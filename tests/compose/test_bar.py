"""A bar adds up, whatever is put into it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from notehead.compose.bar import Bar, Staff, length_of, written
from notehead.compose.clef import Clef, key_alterations
from notehead.compose.ideas import MUSIC_IDEAS
from tests.compose.lengths import length_of_events

_CLEFS = (Clef(), Clef("F", 4), Clef("C", 3), Clef("G", 2, -1))


def _bar(length: Fraction = Fraction(1), seed: int = 0, clef: Clef = Clef()) -> Bar:  # noqa: B008 (frozen)
    return Bar(Staff(1, clef), length, np.random.default_rng(seed))


@given(st.integers(1, 2**31), st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_any_bar_can_be_filled_to_its_end(seed: int, count: int, unit: int) -> None:
    bar = _bar(Fraction(count, unit), seed)
    bar.fill()
    assert bar.room == 0
    assert length_of_events("".join(bar.events)) == Fraction(count, unit)


@pytest.mark.parametrize("name", MUSIC_IDEAS)
def test_every_idea_keeps_to_its_length(name: str) -> None:
    idea = MUSIC_IDEAS[name]
    for seed in range(6):
        bar = _bar(idea.length * 2, seed, _CLEFS[seed % 4])
        idea.write(bar)
        assert 0 < bar.filled <= idea.length
        assert length_of_events("".join(bar.events)) == bar.filled
        bar.fill()
        assert length_of_events("".join(bar.events)) == bar.length


@given(st.integers(-8, 8), st.sampled_from(_CLEFS))
def test_a_place_is_a_pitch(position: int, clef: Clef) -> None:
    step, octave = clef.pitch(position)
    above_step, above_octave = clef.pitch(position + 7)
    assert (above_step, above_octave) == (step, octave + 1)


def test_known_pitches() -> None:
    assert Clef().pitch(-4) == ("E", 4)
    assert Clef("F", 4).pitch(4) == ("A", 3)
    assert Clef("C", 4).pitch(2) == ("C", 4)
    assert Clef(octaves=-1).pitch(-4) == ("E", 3)


def test_accidentals_stay_in_force_for_the_measure() -> None:
    bar = _bar()
    bar.note("4", position=0, accid="x")
    bar.note("4", position=0)
    bar.note("4", position=1)
    notes = [etree.fromstring(event) for event in bar.events]
    signs = [dict(sign.attrib) for note in notes for sign in note.iter("accid")]
    assert signs == [{"accid": "x"}, {"accid.ges": "ss"}]


def test_the_key_alters_notes_silently() -> None:
    bar = Bar(Staff(1, Clef(), key="3f"), Fraction(1), np.random.default_rng(0))
    bar.note("4", position=0)
    (note,) = bar.events
    assert 'pname="b"' in note
    assert 'accid.ges="f"' in note
    assert ' accid="' not in note


def test_key_alterations_follow_the_circle_of_fifths() -> None:
    assert set(key_alterations("7s")) == set(key_alterations("7f")) == set("ABCDEFG")
    assert list(key_alterations("3f")) == ["B", "E", "A"]


@given(st.integers(0, 10))
def test_names_of_lengths(power: int) -> None:
    assert length_of(written(Fraction(1, 2**power))) == Fraction(1, 2**power)


def test_long_names_of_lengths() -> None:
    assert [written(Fraction(n)) for n in (1, 2, 4, 8)] == ["1", "breve", "long", "maxima"]
    assert length_of("4", 2) == Fraction(7, 16)


def test_a_clef_in_force_is_not_repeated() -> None:
    bar = _bar()
    bar.clef(Clef())
    assert bar.events == []
    bar.clef(Clef("C", 1))
    assert bar.events == ['<clef shape="C" line="1"/>']


def test_words_are_escaped() -> None:
    bar = _bar()
    bar.words("dir", bar.note("4"), "a < b & c")
    assert etree.fromstring(bar.controls[0]).text == "a < b & c"
