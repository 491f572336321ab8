"""Pencil, stamps and numbers over print."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead import Page
from notehead.degrade.marks import _KINDS, PencilMarks, _clearest, _pencil
from notehead.degrade.recipe import Step
from notehead.degrade.stamps import ShelfNumber, Stamp
from tests.degrade.pages import check_step, music_page, run

STEPS: list[Step] = [PencilMarks(count=20), Stamp(), ShelfNumber()]


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_every_mark_keeps_the_rules_and_darkens(step: Step) -> None:
    page = music_page(staves=4, width=600)
    done = check_step(step, page)
    seen = [run(step, page, 1.0, seed).image for seed in range(5)]
    paper = page.image == 255
    assert any((image[paper] < 200).sum() > 20 for image in seen)
    assert done.image[page.image == 0].max() <= 50  # graphite on black ink shines a little


@pytest.mark.parametrize("step", STEPS, ids=repr)
@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2), (41, 59)])
def test_odd_pages_are_taken(step: Step, shape: tuple[int, int]) -> None:
    page = Page("odd", np.full(shape, 255, np.uint8))
    for seed in range(5):
        assert run(step, page, 2.0, seed).image.shape == shape


def test_marks_stand_near_notes_where_there_are_some() -> None:
    page = music_page(staves=6, width=900)
    heads = page.symbols.box[page.symbols.is_notehead]
    for seed in range(10):
        done = run(PencilMarks(count=3), page, 1.0, seed)
        y, x = np.nonzero(done.image != page.image)
        for row, column in zip(y[::50].tolist(), x[::50].tolist(), strict=True):
            away = np.hypot(heads[:, 0] - column, heads[:, 1] - row).min()
            assert away < 12 * page.staff_space


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("place", [(200.0, 200.0), (0.0, 0.0), (400.0, 400.0), (-300.0, 900.0)])
def test_every_kind_of_stroke_at_and_beyond_the_edges(kind: object, place: tuple[float, float]) -> None:
    assert callable(kind)
    image = np.full((400, 400), 255, np.uint8)
    strokes = [stroke * 16 + place for stroke in kind(np.random.default_rng(2))]
    _pencil(image, strokes, 2.0, 0.7, np.random.default_rng(3))
    assert (image.min() < 200) == (place[0] >= 0 and image.min() < 255)
    if place == (200.0, 200.0):
        assert image.min() < 160
    if place == (-300.0, 900.0):
        assert (image == 255).all()


def test_marks_are_drawn_at_their_place() -> None:
    image = np.full((100, 100), 255, np.uint8)
    line = np.array([[20.5, 60.5], [50.5, 60.5], [80.5, 60.5]])
    _pencil(image, [line], 3.0, 0.9, np.random.default_rng(1))
    y, x = np.nonzero(image < 250)
    assert y.mean() == pytest.approx(60, abs=0.3)
    assert x.mean() == pytest.approx(50, abs=1.0)


def test_marks_are_no_more_than_the_notes_allow() -> None:
    page = music_page(staves=1, width=160)
    notes = int(page.symbols.is_notehead.sum())
    one, many = (run(PencilMarks(count=count), page, 1.0, 3).image for count in (1000, 2000))
    assert notes < 5
    assert (one < 250).mean() < 0.5
    assert (many < 250).mean() < 0.5


def test_players_write_where_there_is_room() -> None:
    image = np.full((100, 100), 255, np.uint8)
    image[:50] = 0
    stroke = [np.array([[0.0, 0.0], [5.0, 5.0]])]
    assert _clearest(image, stroke, [(20.0, 20.0), (20.0, 70.0), (20.0, 45.0)]) == (20.0, 70.0)
    assert _clearest(image, stroke, [(-200.0, 20.0), (20.0, 20.0)]) == (20.0, 20.0)


def test_a_bar_code_is_glued_where_no_symbol_is() -> None:
    page = music_page(staves=2, width=1200)
    tall = np.full((page.height + 300, page.width), 255, np.uint8)
    tall[: page.height] = page.image
    page = replace(page, image=tall, ids=None, under=None)
    low = page.symbols.box[:, 3].max()
    seen = 0
    for seed in range(6):
        done = run(ShelfNumber(barcodes=1.0), page, 1.0, seed).image
        y, _ = np.nonzero(done != page.image)
        assert y.min() > low
        seen += int((done[int(low) :] < 60).sum() > 100)
    assert seen == 6


def test_a_stamp_keeps_its_size() -> None:
    page = Page("white", np.full((1000, 1000), 255, np.uint8), staff_space=16.0)
    seen = 0
    for seed in range(12):
        y, x = np.nonzero(run(Stamp(size=(8, 8)), page, 1.0, seed).image < 250)
        if len(y):
            seen += 1
            assert max(np.ptp(y), np.ptp(x)) < 60 * 16
    assert seen > 6
