"""Letters come from fonts that every machine has, in every face, and never fail."""

from __future__ import annotations

import pytest

from notehead.engrave.text import TEXT_FONTS, TEXT_WIDTHS, Face, TextFont, has_letter, letter

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


@pytest.mark.parametrize("character", ["\u66f2", "\u0e01", "\u3042", "\uac00", "\ufffe"])
@pytest.mark.parametrize("font", TEXT_FONTS)
def test_what_no_font_has_becomes_no_box(font: TextFont, character: str) -> None:
    assert not has_letter(Face(font), character)
    assert not len(letter(Face(font), character).points)


@pytest.mark.parametrize("character", ["\u200b", "\u200d", "\ufeff", "\u2060", "\ufe0f"])
def test_what_nobody_sees_takes_no_room(character: str) -> None:
    outline = letter(Face(), character)
    assert (len(outline.points), outline.advance) == (0, 0.0)


@pytest.mark.parametrize("text", ["äöüßéèêëçñčřžőåø", "жщЯ", "ωΣ", "\u2019\u201c\u201d\u2013"])
@pytest.mark.parametrize("face", FACES, ids=str)
def test_european_letters_are_drawn_in_every_face(face: Face, text: str) -> None:
    for character in text:
        assert len(letter(face, character).points), character


def test_scripts_that_run_to_the_left_are_drawn() -> None:
    for character in "\u05d0\u05ea\u0627\ufefb\ufee3":
        assert len(letter(Face(), character).points)


@pytest.mark.parametrize(
    ("whole", "base"), [("\u011b", "e"), ("\u00dc", "U"), ("\u00e7", "c"), ("\u00ee", "\u0131")]
)
def test_accents_are_put_over_letters_that_the_font_has_only_in_parts(whole: str, base: str) -> None:
    face = Face("Computer Modern")
    plain, accented = letter(face, base), letter(face, whole)
    assert accented.advance == plain.advance
    assert accented.points[: len(plain.points)].tobytes() == plain.points.tobytes()
    accent = accented.points[len(plain.points) :]
    above = accent[:, 1].max() < plain.bounds[1] + 5
    assert above != (whole == "\u00e7")
    middle = (accent[:, 0].min() + accent[:, 0].max()) / 2
    assert middle == pytest.approx((plain.bounds[0] + plain.bounds[2]) / 2, abs=1)


def test_letters_of_tex_fonts_stand_at_their_own_places() -> None:
    """Their files number some letters as TeX does: a Phi where Unicode has the sign of rights."""
    face = Face("Computer Modern")
    assert not has_letter(face, "\u00a9")
    assert has_letter(face, "\u00df")
    assert letter(face, "\u00df").points.tobytes() != letter(Face(), "\u00df").points.tobytes()


@pytest.mark.parametrize("width", TEXT_WIDTHS)
def test_narrow_letters_are_as_high(width: float) -> None:
    usual, narrow = letter(Face(), "H"), letter(Face(width=width), "H")
    assert narrow.advance == pytest.approx(usual.advance * width)
    assert narrow.bounds[1] == usual.bounds[1]
    assert narrow.bounds[2] == pytest.approx(usual.bounds[2] * width)
