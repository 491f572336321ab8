"""MuseScore's SVG is read: paths, strokes, transforms."""

from __future__ import annotations

import numpy as np

from notehead.engrave.musescore.svg import read_svg
from tests.engrave.musescore.snippets import glyph, line, path, svg


def test_the_page_has_its_size() -> None:
    page = read_svg(svg(width=640, height=480))
    assert (page.width, page.height, page.drawn) == (640, 480, [])


def test_a_glyph_keeps_its_own_coordinates_and_stands_where_its_transform_says() -> None:
    (drawn,) = read_svg(svg(glyph("Note", "noteheadBlack", 100, 200, 0.5))).drawn
    assert drawn.element == "Note"
    assert drawn.placed
    np.testing.assert_allclose(drawn.contours[0], [(0, 0), (16, -13), (32, 0), (16, 13)])
    np.testing.assert_allclose(drawn.on_page()[0][1], (108, 193.5))


def test_a_turned_glyph_is_turned() -> None:
    text = '<path class="Arpeggio" transform="matrix(0,-1,1,0,50,60)" d="M0,0 L10,0 L10,4 L0,0"/>'
    (drawn,) = read_svg(svg(text)).drawn
    np.testing.assert_allclose(drawn.on_page()[0], [(50, 60), (50, 50), (54, 50)])


def test_a_turned_stroke_is_turned() -> None:
    (drawn,) = read_svg(
        svg(line("GlissandoSegment", (0, 0), (10, 0), more='transform="matrix(0,1,-1,0,7,8)"'))
    ).drawn
    np.testing.assert_allclose(drawn.points, [(7, 8), (7, 18)])


def test_strokes_have_width_cap_and_dashes() -> None:
    more = 'stroke-linecap="square" stroke-dasharray="6.5,3"'
    (drawn,) = read_svg(svg(line("VoltaSegment", (0, 0), (10, 0), width=3, more=more))).drawn
    assert (drawn.width, drawn.cap, drawn.dashes) == (3, 1.5, (6.5, 3))


def test_curves_become_chords_that_end_where_the_curve_ends() -> None:
    (drawn,) = read_svg(svg('<path class="TieSegment" d="M0,0 C0,10 20,10 20,0 C20,5 0,5 0,0"/>')).drawn
    (contour,) = drawn.contours
    assert len(contour) == 48
    assert contour[:, 1].max() == 7.5
    assert (20, 0) in [tuple(point) for point in contour.tolist()]


def test_an_unfilled_path_is_its_stroke_alone_and_stays_open() -> None:
    text = (
        '<path class="ChordLine" fill="none" stroke="#000000" stroke-width="0.15" '
        'transform="matrix(20,0,0,20,5,5)" d="M0,0 L1,0 L1,1"/>'
    )
    (drawn,) = read_svg(svg(text)).drawn
    assert not drawn.filled
    assert drawn.width == 3.0
    assert len(drawn.contours[0]) == 3


def test_white_and_empty_things_are_left_out() -> None:
    white = path("Text", (0, 0), (1, 0), (1, 1), more='fill="#ffffff"')
    assert read_svg(svg(white, '<path class="Text" d=""/>', line("Stem", (0, 0)))).drawn == []
