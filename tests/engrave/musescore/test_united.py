"""Letters of dynamics that run into one another are told all the same, each whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.engrave.musescore.united import WORDS, spell_united
from notehead.engrave.outlines import Outline
from tests.engrave.musescore.snippets import contours, glyphs

LETTERS = {"m": "dynamicMezzo", "f": "dynamicForte"}


def run(word: str, kerning: float, size: float, shift: float) -> list[NDArray[np.float64]]:
    """The contours of a word's letters as one shape, each letter so much nearer to the one before."""
    room = np.zeros((1400, 400 + 500 * len(word)), np.uint8)
    for number, letter in enumerate(word):
        for contour in contours(LETTERS[letter]):
            left = 200 + number * (300 - kerning)
            cv2.fillPoly(room, [np.rint(contour + (left, 700)).astype(np.int32)], 1)  # noqa: RUF005  # adds
    found, _ = cv2.findContours(room, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    return [contour[:, 0].astype(np.float64) * size + shift for contour in found]


@given(
    st.sampled_from(["ff", "mf", "fff", "ffff"]), st.floats(0, 80), st.floats(0.03, 2), st.floats(-500, 500)
)
@settings(max_examples=30, deadline=None)
def test_united_letters_are_told_in_any_size(word: str, kerning: float, size: float, shift: float) -> None:
    spelt = spell_united(run(word, kerning, size, shift), glyphs())
    assert spelt is not None
    assert [name for name, _ in spelt] == [LETTERS[letter] for letter in word]


def test_letters_are_whole_and_where_they_are_drawn() -> None:
    spelt = spell_united(run("mff", 40, 0.1, 0), glyphs())
    assert spelt is None, "no such word"
    spelt = spell_united(run("fff", 60, 0.1, 0), glyphs())
    assert spelt is not None
    for number, (name, shapes) in enumerate(spelt):
        assert name == "dynamicForte"
        expected = (contours(name)[0] + np.array((200 + number * 240, 700))) * 0.1
        np.testing.assert_allclose(shapes[0], expected, atol=0.3)


def test_a_letter_between_others_is_looked_for() -> None:
    """Kerning is not the same between all letters: the middle one is not where it would be without it."""
    wide = Outline(glyphs()["dynamicForte"].points, glyphs()["dynamicForte"].starts, 380.0)
    font = {**glyphs(), "dynamicForte": wide, "dynamicSforzando": glyphs()["accidentalFlat"]}
    font["dynamicZ"] = glyphs()["accidentalSharp"]
    room = np.zeros((1400, 1400), np.uint8)
    for left, name in ((200, "dynamicSforzando"), (360, "dynamicForte"), (700, "dynamicZ")):
        points = font[name].points + np.array((left, 700))
        cv2.fillPoly(room, [np.rint(points).astype(np.int32)], 1)
    found, _ = cv2.findContours(room, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    spelt = spell_united([contour[:, 0].astype(np.float64) for contour in found], font)
    assert spelt is not None
    assert [name for name, _ in spelt] == ["dynamicSforzando", "dynamicForte", "dynamicZ"]
    assert abs(spelt[1][1][0][:, 0].min() - (360 - 120)) < 12


@pytest.mark.parametrize("name", ["gClef", "restWhole", "accidentalSharp"])
def test_what_is_no_dynamic_is_none(name: str) -> None:
    assert spell_united(contours(name), glyphs()) is None


def test_a_run_without_height_is_none() -> None:
    assert spell_united([np.array([(0.0, 0.0), (9.0, 0.0), (4.0, 0.0)])], glyphs()) is None


def test_words_are_of_letters_that_there_are() -> None:
    assert {letter for word in WORDS for letter in word} == set("pmfrsz")
