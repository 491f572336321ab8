"""Glyphs are known by their shape."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.engrave.musescore.shapes import GlyphMatcher, measures
from tests.engrave.musescore.snippets import contours, glyphs

MATCHER = GlyphMatcher(glyphs())
UNIQUE = sorted(set(glyphs()) - {"repeatDot", "augmentationDot"})


@given(st.sampled_from(UNIQUE), st.floats(-4, 4), st.floats(-4, 4))
@settings(max_examples=60, deadline=None)
def test_a_placed_glyph_is_found_though_its_edges_moved(name: str, dx: float, dy: float) -> None:
    assert MATCHER.placed([contour + np.array((dx, dy)) for contour in contours(name)]) == name


def test_the_place_tells_a_half_rest_from_a_whole_one() -> None:
    assert MATCHER.placed(contours("restWhole")) == "restWhole"
    assert MATCHER.placed(contours("restHalf")) == "restHalf"


@given(st.sampled_from(["dynamicMezzo", "dynamicForte"]), st.floats(0.02, 5), st.floats(-900, 900))
@settings(max_examples=60, deadline=None)
def test_a_letter_is_found_in_any_size_anywhere(name: str, size: float, shift: float) -> None:
    names = frozenset({"dynamicMezzo", "dynamicForte"})
    assert MATCHER.free([contour * size + shift for contour in contours(name)], names) == name


def test_winding_and_start_do_not_matter() -> None:
    (contour,) = contours("gClef")
    np.testing.assert_allclose(measures([contour]), measures([np.roll(contour, 2, axis=0)[::-1]]))


def test_what_is_no_glyph_is_none() -> None:
    strange = [np.array([(0.0, 0.0), (900, 0), (900, 30), (0, 30)])]
    assert MATCHER.placed(strange) is None
    assert MATCHER.free(strange, frozenset(glyphs())) is None
    assert MATCHER.placed(contours("gClef"), frozenset({"fClef"})) is None
    assert GlyphMatcher({}).placed(strange) is None


def test_a_row_of_letters_is_spelt() -> None:
    names = frozenset({"dynamicMezzo", "dynamicForte"})
    row = [*contours("dynamicMezzo"), *(contour + np.array((450, 0)) for contour in contours("dynamicForte"))]
    spelt = MATCHER.spell(row, names)
    assert spelt is not None
    assert [name for name, _ in spelt] == ["dynamicMezzo", "dynamicForte"]
    assert MATCHER.spell([*row, *contours("gClef")], names) is None


def test_a_contour_without_area_has_measures() -> None:
    assert np.isfinite(measures([np.array([(0.0, 0.0), (5.0, 0.0), (9.0, 0.0)])])).all()
