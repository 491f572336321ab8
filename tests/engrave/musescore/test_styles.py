"""Our style as MuseScore's."""

from __future__ import annotations

import numpy as np
import pytest
from lxml import etree

from notehead.engrave.musescore.styles import (
    OWN_SPACE,
    prepared,
    staff_space,
    style_file,
    style_values,
    with_space,
)
from notehead.engrave.style import Style, draw_style
from tests.engrave.musescore.snippets import mscx, rest

FONTS = {"Emmentaler": 1, "Gonville": 1, "Bravura": 1}


def test_values_are_those_of_the_style() -> None:
    values = style_values(Style(font="Gonville", staff_line=0.18, header=False), FONTS)
    assert values["musicalTextFont"] == "Gootville Text"
    assert values["pageWidth"] == pytest.approx(4.9)
    assert values["staffLineWidth"] == pytest.approx(0.09)
    assert values["showHeader"] == 0


@pytest.mark.parametrize("seed", range(8))
def test_every_drawn_style_can_be_written(seed: int) -> None:
    style = draw_style(np.random.default_rng(seed), fonts=tuple(FONTS))
    root = etree.fromstring(style_file(style_values(style, FONTS)))
    found = {node.tag: node.text for node in root.iterfind("Style/*")}
    assert float(found["Spatium"] or 0) == pytest.approx(style.staff_space)
    assert float(found["pagePrintableWidth"] or 0) > 0


def test_a_font_that_the_program_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        style_values(Style(font="Leipzig"), FONTS)


def test_the_staff_space_dodges_the_size_at_which_glyphs_lose_their_origin() -> None:
    assert staff_space(Style(staff_space=OWN_SPACE)) != OWN_SPACE
    assert staff_space(Style(staff_space=1.1)) == 1.1


def test_breaks_titles_and_long_rests_go() -> None:
    data = mscx([[rest("measure")], [rest("measure")]])
    data = data.replace(b"<voice>", b"<LayoutBreak/><voice>", 1).replace(
        b'<Staff id="1">', b'<Staff id="1"><VBox/><Measure><multiMeasureRest>2</multiMeasureRest></Measure>'
    )
    text = prepared(data, header=False)
    assert b"LayoutBreak" not in text
    assert b"VBox" not in text
    assert text.count(b"<Measure>") == 2
    assert b"VBox" in prepared(data, header=True)


def test_staves_are_made_smaller() -> None:
    assert b"<Spatium>0.9</Spatium>" in with_space(mscx(), 0.9)
