"""Text is read back from outlines."""

# ruff: noqa: RUF001  # letters of several scripts that look alike are the matter here

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.engrave.musescore.fonts import LETTERS
from notehead.engrave.musescore.letters import Face, Reader, face_of, needs_wide
from notehead.engrave.musescore.shapes import split
from notehead.engrave.text import Face as TextFace
from notehead.engrave.text import letter

UPRIGHT = LETTERS / "STIXGeneral.ttf"
ITALIC = LETTERS / "STIXGeneralItalic.ttf"


def run(text: str, size: float = 0.04, *, italic: bool = False) -> list[NDArray[np.float64]]:
    """The contours of a text as a program would draw it, `size` pixels in a thousandth of an em."""
    x, found = 300.0, []
    for sign in text:
        outline = letter(TextFace("STIX", italic=italic), sign)
        found += [contour * size + (x, 700.0) for contour in split(outline)] if len(outline.points) else []
        x += outline.advance * size
    return found


def reader(*words: str) -> Reader:
    return Reader([partial(face_of, UPRIGHT), partial(face_of, ITALIC)], words)


@pytest.mark.parametrize("text", ["Andante", "dol - ce", "Ständchen, D. 957", "il più forte!", "12", "fi"])
def test_text_is_read_as_it_was_written(text: str) -> None:
    assert reader().read(run(text), "Text") == text


def test_another_face_is_found() -> None:
    assert reader().read(run("espressivo", italic=True), "StaffText") == "espressivo"


@given(st.text("abcdefghmnrstuyABDEGHKQR", min_size=4, max_size=12), st.floats(0.02, 0.3))
def test_the_size_does_not_matter(text: str, size: float) -> None:
    assert reader(text).read(run(text, size), "Text") == text


def test_words_of_the_score_decide_between_letters_that_look_alike() -> None:
    assert reader("o").read(run("o"), "Lyrics") == "o"
    narrow = Reader([partial(face_of, UPRIGHT)])
    assert narrow.read(run("жди"), "Lyrics") is None  # narrow faces have Latin letters only
    wide = Reader([partial(face_of, UPRIGHT, wide=True)], ["оса"])
    assert wide.read(run("оса"), "Lyrics") == "оса"


def test_what_is_no_text_is_none() -> None:
    shape = np.array([(0.0, 0.0), (90.0, 7.0), (13.0, 40.0)])
    assert reader().read([shape], "Text") is None
    assert reader().read([], "Text") is None
    assert Reader(()).read(run("a"), "Text") is None


def test_letters_that_look_the_same_are_one() -> None:
    face = face_of(UPRIGHT, wide=True)
    assert face.seen("Аож") == "Aoж"
    assert face.wide
    assert not face_of(UPRIGHT).wide
    assert not Face.of({}).letters


def test_other_scripts_need_wide_faces() -> None:
    assert needs_wide(["a", "ж"])
    assert needs_wide(["λ"])
    assert not needs_wide(["é", "a – b"])
