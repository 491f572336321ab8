"""A small page of music drawn by hand, with masks: one staff, notes with stems, half notes."""

from __future__ import annotations

from dataclasses import fields

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead import Page, Symbols
from notehead.degrade.recipe import Step

SPACE = 16
SEED = 5


def music_page(name: str = "music", staves: int = 3, width: int = 420) -> Page:
    """A page with staves of ten notes; every other one is a half note."""
    height = 140 * staves
    image = np.full((height, width), 255, np.uint8)
    ids = np.zeros((height, width), np.uint16)
    names: list[str] = []
    boxes: list[tuple[int, int, int, int]] = []
    staff_of: list[int] = []
    lines: list[tuple[float, ...]] = []

    def add(kind: str, shape: NDArray[np.bool_], staff: int) -> None:
        rows, columns = np.nonzero(shape)
        names.append(kind)
        boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        staff_of.append(staff)
        image[shape], ids[shape] = 0, len(names)

    for staff in range(staves):
        top = 30 + 140 * staff
        five = np.zeros((height, width), np.bool_)
        for line in range(5):
            y = top + line * SPACE
            five[y : y + 2, 30 : width - 30] = True
            lines.append((staff, 30.0, y + 1.0, width - 30.0, y + 1.0))
        add("staff", five, staff)
        for number, x in enumerate(range(60, width - 60, 36)):
            y = top + SPACE * (1 + number % 3)
            stem = np.zeros((height, width), np.bool_)
            stem[max(y - 40, 0) : y, x + 8 : x + 10] = True
            add("stem", stem, staff)
            head = np.zeros((height, width), np.uint8)
            half = number % 2 == 1
            cv2.ellipse(head, (x, y), (9, 7), -20, 0, 360, 1, 3 if half else cv2.FILLED)
            add("noteheadHalfOnLine" if half else "noteheadBlackOnLine", head > 0, staff)
    symbols = Symbols.build(names, boxes, staff=staff_of)
    return Page(
        name, image, symbols, ids, np.zeros_like(ids), np.array(lines, np.float64), staff_space=float(SPACE)
    )


def run(step: Step, page: Page, strength: float = 1.0, seed: int = SEED) -> Page:
    """The page after a step with a fixed seed."""
    return step(page, np.random.default_rng(seed), strength)


def check_step(step: Step, page: Page) -> Page:
    """What every step that leaves pixels in place must hold; gives the page at strength 1."""
    before = page.image.copy()
    still = run(step, page, 0.0)
    assert still is page
    once, again = run(step, page), run(step, page)
    assert once.image.tobytes() == again.image.tobytes()
    assert once.image.dtype == np.uint8
    assert once.image.shape == page.image.shape
    assert once.image.flags["C_CONTIGUOUS"]
    np.testing.assert_array_equal(page.image, before)
    for item in fields(page):
        if item.name != "image":
            assert getattr(once, item.name) is getattr(page, item.name), item.name
    worst = run(step, page, 2.0)
    assert worst.image.shape == page.image.shape
    return once


def dark(page: Page) -> float:
    """The share of dark pixels."""
    return float((page.image < 128).mean())
