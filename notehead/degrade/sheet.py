"""`contact_sheet`: what every recipe makes of a page, at several strengths, as one picture to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from notehead.degrade.recipe import Recipe, degrade
from notehead.degrade.recipes import RECIPES
from notehead.page import Page

STRENGTHS = (0.5, 1.0, 1.5)
_GAP = 8
_CAPTION = 22
_BACK = 160


def contact_sheet(
    page: Page,
    recipes: Iterable[Recipe] = tuple(RECIPES.values()),
    strengths: Sequence[float] = STRENGTHS,
    seed: int = 0,
    crop: tuple[int, int] = (480, 360),
) -> NDArray[np.uint8]:
    """A picture RGB uint8 (h, w, 3): one row a recipe, one cell a strength, with captions.

    A cell holds the whole page, small, and beside it a crop, pixel for pixel, about the symbol that most
    others are near to, wherever the recipe has moved it.

    Args:
        page: what to degrade.
        recipes: the rows.
        strengths: the cells of a row.
        seed: of all that is random.
        crop: width and height of a crop in pixels.
    """
    centre = _centre(page)
    rows = []
    for recipe in recipes:
        cells = []
        for strength in strengths:
            done = degrade(page, recipe, seed, strength)
            caption = f"{recipe.name}, strength {strength:g}: {done.width} x {done.height}"
            cells.append(_captioned(_cell(done, centre, crop), caption))
        height = max(cell.shape[0] for cell in cells)
        rows.append(np.hstack([_padded(cell, height, cell.shape[1]) for cell in cells]))
    width = max((row.shape[1] for row in rows), default=1)
    grey = np.vstack([_padded(row, row.shape[0], width) for row in rows] or [np.zeros((1, 1), np.uint8)])
    return np.repeat(grey[..., None], 3, axis=2)


def _centre(page: Page) -> int | None:
    """The id of the notehead with the most symbols within ten staff spaces of it; None on an empty page."""
    symbols = page.symbols
    middles = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2
    rows = np.flatnonzero(symbols.is_notehead)
    rows = rows if len(rows) else np.arange(len(symbols))
    if not len(rows):
        return None
    reach = 10 * (page.staff_space or 16)
    near = [int((np.abs(middles - middles[row]).max(axis=1) < reach).sum()) for row in rows]
    return int(symbols.id[rows[int(np.argmax(near))]])


def _cell(page: Page, centre: int | None, crop: tuple[int, int]) -> NDArray[np.uint8]:
    """The whole page, small, beside a crop about a symbol, or about the middle."""
    width, height = crop
    x, y = page.width / 2, page.height / 2
    found = page.symbols.box[page.symbols.id == (-1 if centre is None else centre)]
    if len(found):
        x, y = (found[0, :2] + found[0, 2:]) / 2
    left = min(max(round(x - width / 2), 0), max(page.width - width, 0))
    top = min(max(round(y - height / 2), 0), max(page.height - height, 0))
    close = page.image[top : top + height, left : left + width]
    narrow = max(round(height * page.width / page.height), 1)
    small = cv2.resize(page.image, (narrow, height), interpolation=cv2.INTER_AREA)
    between = np.full((height, _GAP), _BACK, np.uint8)
    return np.hstack([np.asarray(small, np.uint8), between, _padded(close, height, width)])


def _padded(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """The picture at the upper left of a larger one."""
    return np.pad(image, ((0, height - image.shape[0]), (0, width - image.shape[1])), constant_values=_BACK)


def _captioned(cell: NDArray[np.uint8], text: str) -> NDArray[np.uint8]:
    """The cell with a line of text above and a gap around."""
    head = Image.new("L", (cell.shape[1], _CAPTION), _BACK)
    ImageDraw.Draw(head).text((2, 3), text, fill=0, font=ImageFont.load_default(15))
    return np.pad(np.vstack([np.asarray(head), cell]), _GAP // 2, constant_values=_BACK)
