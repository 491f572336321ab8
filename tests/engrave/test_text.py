"""Letters come from fonts that every machine has, in every face, and never fail."""

from __future__ import annotations

import pytest

from notehead.engrave.text import TEXT_FONTS, Face, letter

FACES = [
    Face(font, bold, italic) for font in TEXT_FONTS for bold in (False, True) for italic in (False, True)
]


@pytest.mark.parametrize("face", FACES, ids=str)
@pytest.mark.parametrize("character", "Agé")
def test_letters_stand_on_the_line_within_their_width(face: Face, character: str) -> None:
    outline = letter(face, character)
    x0, y0, x1, y1 = outline.bounds
    assert 300 < outline.advance < 900
    assert -150 < x0 < x1 < outline.advance + 150
    assert y0 < -300
    below = y1 > 100
    assert below == (character == "g")


@pytest.mark.parametrize("font", TEXT_FONTS)
def test_faces_differ(font: str) -> None:
    shapes = {letter(face, "R").points.tobytes() for face in FACES if face.font == font}
    assert len(shapes) == 4


def test_bold_is_wider_and_a_face_is_read_once() -> None:
    assert letter(Face("DejaVu Sans", bold=True), "m").advance > letter(Face("DejaVu Sans"), "m").advance
    assert letter(Face(), "m") is letter(Face(), "m")


def test_capitals_are_two_thirds_of_an_em_high() -> None:
    for font in TEXT_FONTS:
        _, top, _, bottom = letter(Face(font), "H").bounds
        assert 600 < bottom - top < 740


def test_a_letter_that_the_face_lacks_is_taken_from_another() -> None:
    borrowed = letter(Face("STIX"), "\u0e3f")
    assert borrowed.points.tobytes() == letter(Face("DejaVu Serif"), "\u0e3f").points.tobytes()
    assert len(borrowed.points)


def test_a_space_and_an_unknown_letter_only_move_the_pen() -> None:
    for character in (" ", "\U000e0fff"):
        outline = letter(Face(), character)
        assert not len(outline.points)
        assert outline.advance == pytest.approx(250, abs=1)
