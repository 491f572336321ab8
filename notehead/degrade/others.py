"""Other music: what shows through a leaf, stands on the facing page, or lies below.

A page is degraded alone, so its neighbours are made of its own systems, in another order and at other
heights: they look like more of the same piece, and match the page nowhere.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.page import Page

_LEAST = 64
"""Pixels of a page's height below which it has nothing to cut."""


def other_music(page: Page, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A page of music like this one, uint8 (height, width), without its title.

    Args:
        page: where systems are known they are cut apart; else the page is cut where it is palest.
        size: (height, width) of the picture.
        rng: source of chance.

    Example:
        >>> page = Page("p", np.full((80, 60), 200, np.uint8))
        >>> float(other_music(page, (40, 30), np.random.default_rng(1)).mean())
        200.0
    """
    height, width = size
    image = np.asarray(cv2.resize(page.image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if page.height < _LEAST:
        return image
    paper = int(np.median(image[::4, ::4]))
    cuts = np.rint(_cuts(page) * height / page.height).astype(int).clip(0, height)
    pieces = [image[a:b] for a, b in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True) if b > a]
    other = np.full_like(image, paper)
    space = height - sum(len(piece) for piece in pieces)
    first, order = int(rng.uniform(0.1, 0.9) * space), rng.permutation(len(pieces))
    if len(pieces) > 1 and (order == np.arange(len(pieces))).all():
        order = np.roll(order, 1)
    if len(pieces) == 1:  # it shall not stand beside itself
        first = (first + space // 2) % max(space, 1)
    for number in order.tolist():
        piece = pieces[number]
        other[first : first + len(piece)] = piece
        first += len(piece)
    return other


def _cuts(page: Page) -> NDArray[np.float64]:
    """Heights at which to cut a page: above, between and below its systems, in pixels."""
    system, box = page.symbols.system, page.symbols.box
    known = system >= 0
    if not known.any():
        rows = cv2.reduce(page.image, 1, cv2.REDUCE_AVG).ravel()
        parts = np.array_split(np.arange(page.height), 8)
        palest = [float(part[int(np.argmax(rows[part]))]) for part in parts[1::2][:3]]
        return np.array([0.0, *palest, page.height])
    numbers = np.unique(system[known])
    top = np.array([box[system == number, 1].min() for number in numbers])
    end = np.array([box[system == number, 3].max() for number in numbers])
    order = np.argsort(top)
    top, end = top[order], end[order]
    between = (end[:-1] + top[1:]) / 2
    pad = (page.staff_space or 0.0) / 2
    cuts = np.concatenate([[top[0] - pad], between, [end.max() + pad]])
    return np.maximum.accumulate(cuts)
