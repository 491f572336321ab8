"""Crops bent a little, with their truth: glyphs of shapes that no font has, as hands and worn plates give."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.warp import Warp
from notehead.degrade.warp_image import fill_maps, moved_image
from notehead.detect.maps import DOT
from notehead.models.data.cutting import cropped, paper
from notehead.models.data.prepare import TrainingPage

_STEP = 16
"""Pixels between the nodes that tremble."""
_WAVE = 6
"""Nodes from one drawn wave to the next."""
_MARGIN = 64
"""Pixels around a crop that are bent with it, so that no paper comes in at its edges."""


@dataclass(frozen=True, slots=True)
class WarpOptions:
    """How far a crop is bent; each is the most, what is used is drawn evenly up to it.

    Attributes:
        share: share of the crops that are bent at all.
        stretch: growth or loss of width, and of height, as shares of them.
        shear: slant of upright strokes, as a share of their height.
        waves: standard deviation, in pixels, of what bends staffs and curves.
        tremble: the same of what bends the strokes of single glyphs.
    """

    share: float = 0.3
    stretch: float = 0.08
    shear: float = 0.06
    waves: float = 1.5
    tremble: float = 0.5


_AS_USUAL = WarpOptions()


def warped_crop(
    page: TrainingPage,
    corner: tuple[int, int],
    size: int,
    rng: np.random.Generator,
    options: WarpOptions = _AS_USUAL,
) -> TrainingPage:
    """A square of a page, as `cropped` gives it, perhaps bent; a bent one has no instances.

    Args:
        page: what is cut.
        corner: x and y where the square begins.
        size: pixels of its side.
        rng: draws whether it is bent, and how.
        options: how far.
    """
    if rng.random() >= options.share:
        return cropped(page, corner, size)
    wide = cropped(page, (corner[0] - _MARGIN, corner[1] - _MARGIN), size + 2 * _MARGIN)
    return cropped(_bent(wide, draw_bend(len(wide.image), options, rng)), (_MARGIN, _MARGIN), size)


def draw_bend(size: int, options: WarpOptions, rng: np.random.Generator) -> Warp:
    """A warp of a square: stretched and slanted about its middle, with waves and trembling."""
    count = size // _STEP + 3
    waves, tremble = rng.uniform(0, options.waves), rng.uniform(0, options.tremble)
    coarse = rng.normal(0, waves, (count // _WAVE + 4, count // _WAVE + 4, 2))
    wave = cv2.resize(coarse, None, fx=_WAVE, fy=_WAVE, interpolation=cv2.INTER_CUBIC)
    begin, end = _WAVE, _WAVE + count
    drawn = wave[begin:end, begin:end] + rng.normal(0, tremble, (count, count, 2))
    grown = rng.uniform(-options.stretch, options.stretch, 2)
    linear = np.array([[1 + grown[0], rng.uniform(-options.shear, options.shear)], [0, 1 + grown[1]]])
    places = (np.mgrid[:count, :count][::-1].transpose(1, 2, 0) - 0.5) * _STEP
    grid = (places - size / 2) @ linear.T + size / 2 + drawn
    return Warp(np.ascontiguousarray(grid, np.float64), (size, size), (size, size), _STEP)


def _bent(crop: TrainingPage, bend: Warp) -> TrainingPage:
    box, corners = crop.box.copy(), crop.corners.copy()
    here = (box[:, 2:] > 0).all(axis=1) & (box[:, :2] < len(crop.image)).all(axis=1)
    box[here] = _moved_boxes(box[here].astype(np.float64), bend)
    corners[here] = bend.forward(corners[here]).reshape(-1, 4, 2)
    image = moved_image(crop.image, bend, paper(crop.image))
    traces = _bent_traces(crop.traces, bend)
    return replace(crop, image=image, traces=traces, box=box, corners=corners, instances=None)


def _moved_boxes(box: NDArray[np.float64], bend: Warp) -> NDArray[np.float64]:
    """Boxes (n, 4) through where the middles of their sides come to lie."""
    (x0, y0, x1, y1), (x, y) = box.T, ((box[:, :2] + box[:, 2:]) / 2).T
    sides = np.stack([np.stack(side, axis=-1) for side in ((x0, y), (x, y0), (x1, y), (x, y1))])
    left, top, right, bottom = bend.forward(sides).reshape(sides.shape)
    return np.stack((left[:, 0], top[:, 1], right[:, 0], bottom[:, 1]), axis=-1)


def _bent_traces(traces: NDArray[np.uint16], bend: Warp) -> NDArray[np.uint16]:
    """Bits that any pixel of a dot shows, so that no line of one dot's width is lost."""
    height, width = traces.shape
    x, y = np.empty((2, height * DOT, width * DOT), np.float32)
    fill_maps(bend.grid, bend.step, 0, x, y)
    fine = traces.repeat(DOT, axis=0).repeat(DOT, axis=1)
    bent = np.asarray(cv2.remap(fine, x, y, cv2.INTER_NEAREST), np.uint16)
    dots = bent.reshape(height, DOT, width, DOT)
    return np.asarray(np.bitwise_or.reduce(dots, axis=(1, 3)), np.uint16)
