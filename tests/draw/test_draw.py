"""A drawing becomes a page: scaled, numbered, without what is not on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead.draw import Canvas, draw
from notehead.engrave.drawing import Drawing, ShapeCollector
from notehead.page import Origin, Symbols
from tests.support.shapes import drawing_of, rectangle

SIZE = (40, 30)
SQUARE = rectangle(5, 6, 15, 16)


def test_the_drawing_is_scaled_to_the_page() -> None:
    drawing = replace(
        drawing_of([rectangle(50, 60, 150, 160)], size=(400, 300)),
        staff_lines=np.array([[1.0, 10, 20, 390, 20]]),
        staff_space=80.0,
    )
    page = draw(drawing, SIZE, name="a", origin=Origin(score="a.mei"))
    assert (page.width, page.height) == SIZE
    assert page.symbols[0].box == (5.0, 6.0, 15.0, 16.0)
    assert page.staff_lines.tolist() == [[1, 1, 2, 39, 2]]
    assert drawing.staff_lines[0, 1] == 10
    assert (page.staff_space, page.name, page.origin.score) == (8, "a", "a.mei")


def test_ids_of_masks_and_symbols_agree() -> None:
    page = draw(drawing_of([SQUARE], [rectangle(20, 6, 30, 16)], names=["stem", "beam"]), SIZE)
    assert page.symbols.id.tolist() == [1, 2]
    assert page.symbols.area.tolist() == [100, 100]
    for symbol in page.symbols:
        x0, y0, x1, y1 = map(int, symbol.box)
        assert page.mask(symbol)[y0:y1, x0:x1].all()
        assert page.mask(symbol).sum() == 100


def test_symbols_off_the_page_are_left_out_with_their_links() -> None:
    away = [
        rectangle(-30, 5, -10, 15),
        rectangle(10, 30, 20, 50),
        rectangle(40, 0, 60, 30),
        rectangle(0, -9, 9, -1),
    ]
    drawing = drawing_of([SQUARE], *([shape] for shape in away), [SQUARE], links=[(1, 2), (1, 6), (3, 6)])
    page = draw(drawing, SIZE)
    assert page.symbols.id.tolist() == [1, 6]
    assert page.symbols.links.tolist() == [[1, 6]]


def test_symbols_without_a_shape_are_left_out() -> None:
    assert draw(drawing_of([], [SQUARE]), SIZE).symbols.id.tolist() == [2]


def test_symbols_half_off_the_page_are_cut() -> None:
    page = draw(drawing_of([rectangle(-10, -10, 5, 5)], [rectangle(30, 20, 70, 70)]), SIZE)
    assert page.symbols.box.tolist() == [[0, 0, 5, 5], [30, 20, 40, 30]]
    assert page.symbols.area.tolist() == [25, 100]


def test_covered_symbols_stay_without_an_area() -> None:
    page = draw(drawing_of([SQUARE], [rectangle(0, 0, 30, 30)]), SIZE)
    assert page.symbols[0].area == 0
    assert page.mask(1).sum() == 100


def test_lines_too_pale_to_be_drawn_have_the_box_of_their_outline() -> None:
    hairline = rectangle(5.5, 10.1, 20.5, 10.1015)
    away, long = rectangle(2, 31, 20, 31.001), rectangle(-5, 3.1, 60, 3.101)
    page = draw(drawing_of([hairline], [away], [long]), SIZE)
    assert page.symbols.id.tolist() == [1, 3]
    assert page.symbols.box.tolist() == [[5, 10, 21, 11], [0, 3, 40, 4]]
    assert page.symbols.area.tolist() == [0, 0]
    assert page.symbols[0].corners.tolist() == [[5, 10], [21, 10], [21, 11], [5, 11]]
    assert (page.image == 255).all()


GRACE = ("noteheadBlackOnLineSmall", "stem", "graceNoteAppoggiaturaStemUp")


def test_compounds_extend_over_their_parts() -> None:
    drawing = drawing_of(
        [SQUARE], [rectangle(14, 1, 16, 10)], [], names=GRACE, links=[(3, 1), (3, 2), (1, 2)]
    )
    page = draw(drawing, SIZE)
    grace = page.symbols[2]
    assert grace.box == (5.0, 1.0, 16.0, 16.0)
    assert grace.corners.tolist() == [[5, 1], [16, 1], [16, 16], [5, 16]]
    assert grace.area == page.symbols.area[:2].sum() == np.count_nonzero(np.asarray(page.ids))
    assert not (np.asarray(page.ids) == grace.id).any()


def test_compounds_of_parts_off_the_page_are_left_out() -> None:
    away = rectangle(50, 5, 60, 15)
    drawing = drawing_of([away], [away], [], names=GRACE, links=[(3, 1), (3, 2)])
    assert len(draw(drawing, SIZE).symbols) == 0
    half = drawing_of([SQUARE], [away], [], names=GRACE, links=[(3, 1), (3, 2)])
    assert draw(half, SIZE).symbols.named("graceNoteAppoggiaturaStemUp").box.tolist() == [[5, 6, 15, 16]]


def test_an_empty_drawing_is_white_paper() -> None:
    shapes = ShapeCollector().finish(np.empty(0, np.int64))
    page = draw(Drawing(40, 30, Symbols(), shapes, np.empty((0, 5)), 8.0), SIZE)
    assert (page.image == 255).all()
    assert len(page.symbols) == 0
    assert not np.any(page.ids)


def test_one_canvas_serves_pages_of_all_sizes() -> None:
    canvas = Canvas()
    for size in ((40, 30), (20, 50), (60, 60), (9, 9), (40, 30)):
        drawing = drawing_of([SQUARE], [rectangle(3.3, 3.3, 8.6, 40.7)], size=size)
        used, fresh = draw(drawing, size, canvas=canvas), draw(drawing, size)
        for name in ("image", "ids", "under"):
            assert getattr(used, name).tobytes() == getattr(fresh, name).tobytes(), (size, name)
        assert used.symbols.box.tobytes() == fresh.symbols.box.tobytes()
    assert canvas.pages == 5


def test_pages_on_a_canvas_share_its_memory_and_others_do_not() -> None:
    canvas = Canvas()
    first, second = (draw(drawing_of([SQUARE]), SIZE, canvas=canvas) for _ in range(2))
    assert np.shares_memory(first.image, second.image)
    apart = [draw(drawing_of([SQUARE]), SIZE) for _ in range(2)]
    assert not np.shares_memory(apart[0].image, apart[1].image)


@pytest.mark.parametrize("pages", [0, 5, 32766])
def test_page_numbers_start_again_when_they_run_out(pages: int) -> None:
    canvas = Canvas()
    canvas.pages = pages
    tentative = canvas.array("tentative", (3, 3), np.int32)
    tentative[:] = -1
    assert [canvas.next_page(), canvas.next_page()] == (
        [32767, 1] if pages == 32766 else [pages + 1, pages + 2]
    )
    assert tentative.any() == (pages != 32766)
