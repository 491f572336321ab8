"""Words are made up from a seed alone, differ, and every letter of them can be drawn."""

from __future__ import annotations

import numpy as np

from notehead.engrave.text import TEXT_FONTS, Face, letter
from notehead.engrave.wording import Titles, Wording


def made(seed: int) -> tuple[Titles, str, str, str]:
    words = Wording(np.random.default_rng(seed))
    return words.titles(), words.plate(), words.rights(), words.note()


def test_a_seed_gives_the_same_words() -> None:
    assert made(3) == made(3)


def test_seeds_give_different_words() -> None:
    assert len({made(seed)[0].title for seed in range(100)}) > 60
    assert len({made(seed)[1] for seed in range(100)}) > 90
    assert {bool(made(seed)[0].opus) for seed in range(30)} == {True, False}


def test_every_letter_can_be_drawn() -> None:
    letters = {
        character
        for seed in range(300)
        for text in (*vars_of(made(seed)[0]), *made(seed)[1:])
        for character in text
        if character != " "
    }
    for font in TEXT_FONTS:
        for character in sorted(letters):
            assert len(letter(Face(font), character).points), (font, character)


def vars_of(titles: Titles) -> tuple[str, ...]:
    return (titles.title, titles.subtitle, titles.dedication, titles.composer, titles.words, titles.opus)
