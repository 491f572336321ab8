"""Letters that run to the left stand in the right order and form; nothing is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.scripts import visual_order

SHIN, LAMED, VAV, MEM = "\u05e9\u05dc\u05d5\u05dd"
LETTERS = st.text(st.sampled_from(f"ab 1(-){SHIN}{LAMED}\u05b8\u0633\u0644\u0627\u0645\u064e"), max_size=12)


def forms(text: str) -> str:
    return "".join(sign.form for sign in visual_order(text))


@given(LETTERS)
def test_every_letter_is_drawn_once(text: str) -> None:
    signs = sorted(visual_order(text), key=lambda sign: sign.place)
    assert "".join(sign.letter for sign in signs) == text


@given(st.text(st.characters(codec="latin-1"), max_size=20))
def test_latin_stays_as_it_is(text: str) -> None:
    assert forms(text) == text
    assert [sign.place for sign in visual_order(text)] == list(range(len(text)))


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (SHIN + LAMED, LAMED + SHIN),
        (f"a {SHIN}{LAMED} b", f"a {LAMED}{SHIN} b"),
        (f"{SHIN}{LAMED} {VAV}{MEM}", f"{MEM}{VAV} {LAMED}{SHIN}"),
        (f"{SHIN}({LAMED}){VAV}", f"{VAV}({LAMED}){SHIN}"),
    ],
)
def test_hebrew_runs_to_the_left(text: str, drawn: str) -> None:
    assert forms(text) == drawn


def test_a_mark_stays_behind_its_letter() -> None:
    """Fonts draw marks over what stands before them."""
    assert forms(f"{SHIN}\u05b8{LAMED}") == f"{LAMED}{SHIN}\u05b8"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("\u0628", "\ufe8f"),  # beh alone
        ("\u0628\u0628", "\ufe90\ufe91"),  # final to the left of initial
        ("\u0628\u0628\u0628", "\ufe90\ufe92\ufe91"),
        ("\u0631\u0628", "\ufe8f\ufead"),  # reh never joins what follows
        ("\u0644\u0627", "\ufefb"),  # lam and alef are one sign
    ],
)
def test_arabic_letters_join(text: str, drawn: str) -> None:
    assert forms(text) == drawn
