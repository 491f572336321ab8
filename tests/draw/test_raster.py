"""The kernel is exact: coverage, both id layers and areas, on the page and over its borders."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.draw import Canvas, draw
from notehead.draw.raster import DARK
from notehead.engrave.outlines import Outline, signed_area
from tests.support.shapes import convex_polygons, drawing_of, rectangle

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from notehead.page import Page
    from tests.support.shapes import Polygon

SIZE = (40, 30)
WIDTH, HEIGHT = SIZE
ROUNDING = 0.53
"""Grey values are whole, and what covers less than 0.002 of a pixel is not drawn."""
inside = convex_polygons(14, 16)
anywhere = convex_polygons(-15, 50, radius=30)
piles = st.lists(convex_polygons(10, 20), min_size=1, max_size=8)
sixteenths = st.integers(0, 16 * 30).map(lambda n: n / 16)


def drawn(*symbols: list[Polygon], canvas: Canvas | None = None) -> Page:
    return draw(drawing_of(*symbols, size=SIZE), SIZE, canvas=canvas)


def inked(image: NDArray[np.uint8]) -> float:
    return float((255.0 - image).sum() / 255)


def clipped(polygon: Polygon, axis: int, border: float, sign: int) -> list[tuple[float, float]]:
    """The part of a polygon on one side of a border (Sutherland and Hodgman)."""
    kept = []
    for before, point in zip([polygon[-1], *polygon[:-1]], polygon, strict=True):
        one, two = sign * (before[axis] - border), sign * (point[axis] - border)
        if one * two < 0:
            share = one / (one - two)
            kept.append(
                (before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1]))
            )
        if two >= 0:
            kept.append(point)
    return kept


def coverage(polygon: Polygon) -> NDArray[np.float64]:
    """How much of each pixel a convex polygon covers, by clipping it to each."""
    cover = np.zeros((HEIGHT, WIDTH))
    for y in range(HEIGHT):
        row = clipped(polygon, 1, y, 1)
        row = clipped(row, 1, y + 1, -1) if row else row
        for x in range(WIDTH):
            part = clipped(row, 0, x, 1) if row else row
            part = clipped(part, 0, x + 1, -1) if part else part
            cover[y, x] = abs(signed_area(np.array(part))) if len(part) > 2 else 0.0
    return cover


@given(inside)
def test_ink_is_the_area_of_the_polygon(polygon: Polygon) -> None:
    page = drawn([polygon])
    touched = np.count_nonzero(page.image < 255) + 2 * (WIDTH + HEIGHT)
    assert inked(page.image) == pytest.approx(
        abs(signed_area(np.array(polygon))), abs=touched * ROUNDING / 255
    )


@settings(max_examples=25)
@given(anywhere)
def test_every_pixel_is_as_dark_as_it_is_covered(polygon: Polygon) -> None:
    expected = 255 * (1 - coverage(polygon))
    assert np.abs(drawn([polygon]).image - expected).max() <= ROUNDING


def test_an_edge_across_the_border_is_cut_there() -> None:
    """Clamping the edge's ends to the border instead would turn its slope."""
    polygon = [(-9.0, 10.0), (5.0, 10.0), (-9.0, 11.0)]
    np.testing.assert_allclose(
        drawn([polygon]).image[10, :6], 255 * (1 - coverage(polygon)[10, :6]), atol=ROUNDING
    )
    mirrored = [(WIDTH - x, y) for x, y in polygon]
    assert np.array_equal(drawn([mirrored]).image[:, ::-1], drawn([polygon]).image)


@given(inside)
def test_the_winding_does_not_matter(polygon: Polygon) -> None:
    assert np.array_equal(drawn([polygon]).image, drawn([polygon[::-1]]).image)


@given(piles)
def test_ids_are_the_top_and_the_second_symbol_that_covers_half(pile: list[Polygon]) -> None:
    page = drawn(*([polygon] for polygon in pile))
    top = np.zeros((HEIGHT, WIDTH), np.uint16)
    second = top.copy()
    for number, polygon in enumerate(pile, 1):
        mask = drawn([polygon]).ids == 1
        second[mask] = top[mask]
        top[mask] = number
    assert page.ids is not None
    assert page.under is not None
    claimed = (page.ids > 0) & (top == 0)
    assert (page.image[claimed] < DARK).all()
    assert np.array_equal(page.ids[~claimed], top[~claimed])
    assert np.array_equal(page.under, second)


@given(piles)
def test_every_dark_pixel_has_a_symbol_that_darkens_it(pile: list[Polygon]) -> None:
    page = drawn(*([polygon] for polygon in pile))
    assert page.ids is not None
    assert (page.ids[page.image < DARK] > 0).all()
    for symbol in page.symbols:
        alone = drawn([pile[symbol.id - 1]]).image
        assert (alone[page.ids == symbol.id] < 255).all()


@given(piles)
def test_areas_count_the_pixels_of_the_top_layer(pile: list[Polygon]) -> None:
    page = drawn(*([polygon] for polygon in pile))
    assert page.ids is not None
    counts = np.bincount(page.ids.ravel(), minlength=len(pile) + 1)
    assert page.symbols.area.tolist() == counts[page.symbols.id].tolist()


def test_a_pixel_that_two_darken_together_belongs_to_one_of_them() -> None:
    left, right = rectangle(2, 10, 10.4, 11), rectangle(10.6, 10, 18, 11)
    page = drawn([left], [right])
    assert page.ids is not None
    assert page.image[10, 10] == round(255 * 0.6 * 0.6)
    assert page.ids[10, 10] in {1, 2}
    assert page.symbols.area.sum() == 8 + 1 + 7
    alone = drawn([left])
    assert alone.ids is not None
    assert not alone.ids[10, 10]


def test_of_three_that_share_a_pixel_the_least_does_not_get_it() -> None:
    parts = [
        [rectangle(2, 10, 10.1, 11)],
        [rectangle(10.1, 10, 10.55, 11), rectangle(9, 5, 12, 10)],
        [rectangle(10.55, 10, 18, 11)],
    ]
    for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0), (1, 2, 0)):
        page = drawn(*(parts[i] for i in order))
        assert page.ids is not None
        assert order[page.ids[10, 10] - 1] != 0


def test_parts_of_one_symbol_show_no_seam() -> None:
    whole = drawn([rectangle(5.25, 4.5, 20.75, 12.5)])
    halves = drawn([rectangle(5.25, 4.5, 11.375, 12.5), rectangle(11.375, 4.5, 20.75, 12.5)])
    assert np.array_equal(whole.image, halves.image)
    assert (
        drawn([rectangle(5.25, 4.5, 11.375, 12.5)], [rectangle(11.375, 4.5, 20.75, 12.5)]).image
        != whole.image
    ).any()


@given(
    st.lists(st.tuples(sixteenths, sixteenths, sixteenths, sixteenths), min_size=2, max_size=6), st.randoms()
)
def test_the_order_of_a_symbols_parts_does_not_matter(
    corners: list[tuple[float, ...]], random: object
) -> None:
    parts = [rectangle(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in corners]
    shuffled = parts[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis's own
    one, two = drawn(parts), drawn(shuffled)
    assert np.array_equal(one.image, two.image)
    assert np.array_equal(np.asarray(one.ids), np.asarray(two.ids))
    assert one.symbols.corners.tobytes() == two.symbols.corners.tobytes()


def test_holes_stay_empty() -> None:
    points = np.array([*rectangle(5, 5, 25, 25), *reversed(rectangle(10, 10, 20, 20))], np.float64)
    page = draw(drawing_of([Outline(points, np.array([0, 4, 8]))], size=SIZE), SIZE)
    assert page.ids is not None
    assert (page.image[10:20, 10:20] == 255).all()
    assert not page.ids[10:20, 10:20].any()
    assert inked(page.image) == 20 * 20 - 10 * 10


@given(st.lists(convex_polygons(-300, 300, radius=400), min_size=1, max_size=4))
def test_whatever_is_beyond_the_page_leaves_the_working_memory_clean(pile: list[Polygon]) -> None:
    canvas = Canvas()
    page = drawn(*([polygon] for polygon in pile), canvas=canvas)
    assert not canvas.array("buffer", (HEIGHT, WIDTH + 2), np.float32).any()
    assert (page.symbols.box[:, :2] >= 0).all()
    assert (page.symbols.box[:, 2:] <= SIZE).all()


@given(st.lists(piles, min_size=2, max_size=4))
def test_a_used_canvas_gives_the_same_bytes_as_a_fresh_one(books: list[list[Polygon]]) -> None:
    canvas = Canvas()
    canvas.pages = 32765  # numbers run out on the way
    for pile in books:
        symbols = [[polygon] for polygon in pile]
        used, fresh = drawn(*symbols, canvas=canvas), drawn(*symbols)
        for name in ("image", "ids", "under"):
            assert getattr(used, name).tobytes() == getattr(fresh, name).tobytes(), name
        for name in ("id", "area", "box", "corners"):
            assert getattr(used.symbols, name).tobytes() == getattr(fresh.symbols, name).tobytes(), name
    assert 0 < canvas.pages <= 32767


def test_notes_of_the_page_before_are_forgotten() -> None:
    """Three symbols darken a pixel together, none much; on the page before, a fourth one stood there."""
    parts = [[rectangle(2, 8, 10.28, 12)], [rectangle(8, 2, 12, 10.28)], [rectangle(8, 10.72, 12, 18)]]
    canvas = Canvas()
    drawn([], [], [], [rectangle(10, 10, 10.2, 11)], canvas=canvas)
    used, fresh = drawn(*parts, canvas=canvas), drawn(*parts)
    assert used.ids is not None
    assert used.image[10, 10] < DARK
    assert used.ids[10, 10] == np.asarray(fresh.ids)[10, 10] in {1, 2, 3}


_BOUNDS = """
import numpy as np
from notehead.draw.extents import boxes
from notehead.draw.raster import raster

def draw(ring, width, height, spare=2):
    contours, zero, one = np.array([0, len(ring)]), np.array([0]), np.array([0, 1])
    return raster(ring, contours, one, zero, zero, np.array([[0.0, 0, 1]]), 1,
        np.full((height, width), 255, np.uint8), np.zeros((height, width), np.uint16),
        np.zeros((height, width), np.uint16), np.zeros((height, width + spare), np.float32),
        np.zeros((height, width), np.int32), 1)

rng = np.random.default_rng(5)
for trial in range(3000):
    width, height = rng.integers(1, 9, 2).tolist()
    ring = rng.uniform(-6, 14, (rng.integers(3, 7), 2))
    ring = ring.round() if trial % 3 == 0 else ring
    ring = ring * 1e6 if trial % 7 == 0 else ring
    boxes(*draw(ring, width, height)[1:])
try:
    draw(np.array([[0.0, 0], [7, 0], [7, 4]]), 7, 7, spare=0)
except IndexError:
    print("bounds are checked")
"""


def test_no_shape_writes_out_of_bounds(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_OPT": "0", "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-c", _BOUNDS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("bounds are checked", "", 0)
