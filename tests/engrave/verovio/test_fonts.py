"""The music fonts: names, outlines, and what stands in for glyphs that a font lacks."""

from __future__ import annotations

from itertools import pairwise

import pytest

from notehead.engrave.outlines import signed_area
from notehead.engrave.verovio.fonts import DATA, FONTS, glyph_names, glyph_outline

CODES = {name: code for code, name in glyph_names().items()}
BLACK, SHARP, CLEF = (CODES[name] for name in ("noteheadBlack", "accidentalSharp", "gClef"))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("E050", "gClef"),
        ("E0A4", "noteheadBlack"),
        ("E262", "accidentalSharp"),
        ("E07D", "clef8"),
        ("E883", "tuplet3"),
    ],
)
def test_code_points_have_their_smufl_names(code: str, name: str) -> None:
    assert glyph_names().get(code, name) == name


@pytest.mark.parametrize("font", FONTS)
def test_a_notehead_is_a_staff_space_high(font: str) -> None:
    outline = glyph_outline(font, BLACK)
    x0, y0, x1, y1 = outline.bounds
    assert 220 < y1 - y0 < 340
    assert abs(y0 + y1) < 20
    assert x1 - x0 == pytest.approx(outline.advance, rel=0.2)


@pytest.mark.parametrize("font", FONTS)
def test_a_clef_stands_upright_on_its_line(font: str) -> None:
    _, y0, _, y1 = glyph_outline(font, CLEF).bounds
    assert -1300 < y0 < -900
    assert 500 < y1 < 800


@pytest.mark.parametrize("font", FONTS)
def test_a_whole_note_has_a_hole(font: str) -> None:
    outline = glyph_outline(font, CODES["noteheadWhole"])
    areas = [signed_area(outline.points[a:b]) for a, b in pairwise(outline.starts.tolist())]
    assert max(areas) > 0 > min(areas)
    assert sum(areas) > 0


def test_fonts_differ() -> None:
    assert len({glyph_outline(font, SHARP).points.tobytes() for font in FONTS}) == len(FONTS)


def test_a_glyph_is_read_once() -> None:
    assert glyph_outline("Leland", BLACK) is glyph_outline("Leland", BLACK)


def test_a_glyph_that_a_font_lacks_is_bravuras() -> None:
    ours, theirs = ({file.stem for file in (DATA / font).iterdir()} for font in ("Gootville", "Bravura"))
    code = min(theirs - ours)
    assert len(glyph_outline("Bravura", code).points)
    assert (
        glyph_outline("Gootville", code).points.tobytes() == glyph_outline("Bravura", code).points.tobytes()
    )
    assert glyph_outline("Gootville", code).advance == glyph_outline("Bravura", code).advance > 0


def test_a_glyph_that_no_font_has_is_empty() -> None:
    outline = glyph_outline("Leipzig", "F8FF")
    assert not len(outline.points)
    assert outline.advance == 0


@pytest.mark.parametrize("font", FONTS)
def test_every_glyph_of_a_font_has_an_area(font: str) -> None:
    wanted = (
        "fClef",
        "cClef",
        "restQuarter",
        "rest8th",
        "flag8thUp",
        "timeSig4",
        "dynamicForte",
        "fermataAbove",
        "brace",
    )
    for name in wanted:
        outline = glyph_outline(font, CODES[name])
        assert sum(signed_area(outline.points[a:b]) for a, b in pairwise(outline.starts.tolist())) > 0, name
