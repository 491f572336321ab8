"""Lyrics in other letters: as long as they were, in one script, marks and capitals kept."""

# ruff: noqa: RUF001  # letters that look alike are what this file is about

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.text import Face, letter
from notehead.engrave.transliterate import SCRIPTS, transliterate

WORDS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCXYZéüçß ,.!-'"), max_size=20)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_letter_is_of_the_script_and_can_be_drawn(script: str) -> None:
    found = transliterate("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ", script)
    name = {"Cyrillic": "CYRILLIC", "Greek": "GREEK", "Hebrew": "HEBREW", "accented": "LATIN"}[script]
    for character in found.replace(" ", ""):
        assert unicodedata.name(character).startswith(name)
        assert len(letter(Face(), character).points), character


@given(WORDS, st.sampled_from(SCRIPTS))
def test_what_is_no_letter_stays(text: str, script: str) -> None:
    found = transliterate(text, script)
    assert len(found) <= len(text)
    assert [c for c in found if not c.isalpha()] == [c for c in text if not c.isalpha()]


@pytest.mark.parametrize(
    ("text", "script", "expected"),
    [
        ("Schön", "Cyrillic", "Шон"),
        ("vox", "Greek", "βοξ"),
        ("Rose", "accented", "Řóšé"),
        ("shalom", "Hebrew", "שאלום"),
    ],
)
def test_words(text: str, script: str, expected: str) -> None:
    assert transliterate(text, script) == expected


def test_a_syllable_that_goes_on_has_no_last_letter() -> None:
    assert transliterate("nos", "Greek") == "νος"
    assert transliterate("nos", "Greek", word_ends=False) == "νοσ"
    assert transliterate("nos tos", "Greek", word_ends=False) == "νος τοσ"
