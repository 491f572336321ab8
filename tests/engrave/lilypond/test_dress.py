"""Heads, feet and small staves as LilyPond code."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.engrave.lilypond.dress import page_texts, resized
from notehead.engrave.style import Style, draw_style

SONG = "\\score { << \\new Staff << a >> \\new PianoStaff << \\new Staff << b >> \\new Staff << c >> >> >> }"


def test_a_page_without_words() -> None:
    assert page_texts(Style(header=False)).split("\n  ") == [
        "oddHeaderMarkup = ##f",
        "evenHeaderMarkup = ##f",
        "oddFooterMarkup = ##f",
        "evenFooterMarkup = ##f",
        "scoreTitleMarkup = ##f",
        "bookTitleMarkup = ##f",
    ]


def test_the_scores_own_title_or_another_one() -> None:
    assert "header:composer" in page_texts(Style())
    assert "header:" not in page_texts(Style(titles="new"))


def test_numbers_and_feet() -> None:
    assert "\u2013" in page_texts(Style(page_numbers="dashes"))
    assert "on-first-page-of-part" in page_texts(Style(foot="note"))
    assert page_texts(Style(foot="plate", page_numbers="foot")).count("page-number-string") == 2


@pytest.mark.parametrize("seed", range(12))
def test_braces_and_quotes_are_paired(seed: int) -> None:
    text = page_texts(draw_style(np.random.default_rng(seed)))
    assert text.count("{") == text.count("}")
    assert text.count('"') % 2 == 0


def test_small_staves() -> None:
    small = Style(small_staves="above", small_staff=0.7)
    assert resized(SONG, small) == SONG.replace("Staff << a", "Staff \\with { \\magnifyStaff #0.7 } << a")
    assert resized(SONG, Style()) == SONG
    assert resized(SONG, Style(small_staves="below")) == SONG  # one voice is no choir
    assert resized(SONG, Style(small_staves="one")).count("magnifyStaff") == 1
