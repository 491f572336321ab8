"""`warp_page`: a page through a `Warp`, its labels with it.

- The image: bilinear; where it shrinks it is blurred first, as every pixel of a scanner sees an area, so that
  thin lines do not alias.
- The id layers: each pixel has what its middle shows. Where the page shrinks, staff lines and stems would
  fall between the middles, and so a pixel looks at all that it covers, by the rules by which `draw` would
  have labelled it at that resolution (`shrunk_layers`). As in `draw`, no pixel that ink makes dark is left
  without a label. Two layers hold two symbols: of three that meet in one coarse pixel, one is not there,
  and its mask may end before its box does.
- Boxes: the extent of the moved outline, in both layers; and all pixels that the symbol has afterwards, as
  boxes contain masks. What two layers do not show (a symbol covered twice) moves with the outermost pixels;
  a symbol that has none moves by its oriented box.
- Oriented boxes: the rectangle of least area around the moved outline.
- Areas: counted anew.
- Staff lines: their end points. A line that a curl bends is the straight one between them.
- The staff space: scaled as the plane is across the staff lines, the median of them.
- What leaves the page stays, or not, as `notehead.datasets.slicing` has it with its usual options.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import ROUNDING
from notehead.datasets.slicing import SliceOptions, slices
from notehead.degrade.outlines import boxes_of_points, outlines
from notehead.degrade.warp import Floats, Warp
from notehead.degrade.warp_kernels import counted_layers, label_dark, shrunk_layers
from notehead.draw.raster import DARK
from notehead.page import Page, Symbols

_SHRINKS = 0.95
"""Scales below this one need a low-pass, and masks that look at areas."""
_BLUR = 0.5
"""Of the low-pass, in destination pixels: of lines a pixel apart about half of the contrast is left."""
_HIDDEN = 0.01
"""Pixels by which the oriented box of what shows is off, of symbols that do not show all; files round."""
_SPARSE = 16
"""Every so many pixels of a page tell how light its paper is."""
_FINEST = 8
"""Samples along a pixel's side at most."""

Maps: TypeAlias = tuple[NDArray[np.float32], NDArray[np.float32]]
Layers: TypeAlias = tuple[NDArray[np.uint16], NDArray[np.uint16]]


def warp_page(page: Page, warp: Warp, background: int = 255) -> Page:
    """The page as the warp's destination shows it.

    Args:
        page: of the size of the warp's source. Without masks, symbols move by their oriented boxes.
        warp: how.
        background: grey value of what lies beyond the page.

    Raises:
        ValueError: the warp is one for pages of another size.

    Example:
        >>> page = Page("p", np.zeros((80, 100), np.uint8), Symbols.build(["stem"], [[10, 10, 14, 50]]))
        >>> warp = Warp.of(lambda points: points - (20.0, 5.0), size=(140, 90), source=(100, 80))
        >>> warp_page(page, warp).symbols.box.round(3).tolist()
        [[30.0, 15.0, 34.0, 55.0]]
    """
    if (page.width, page.height) != warp.source:
        message = f"a page of {page.width} x {page.height} pixels and a warp of {warp.source}"
        raise ValueError(message)
    maps = warp.maps()
    image = _image(page.image, warp.scale, maps, background)
    layers = _layers(page, warp.scale, maps, image)
    symbols = _symbols(page, warp, layers)
    moved = replace(
        page,
        image=image,
        symbols=symbols,
        ids=None if layers is None else layers[0],
        under=None if layers is None else layers[1],
        staff_lines=_staff_lines(page.staff_lines, warp),
        staff_space=page.staff_space * _across(page, warp),
    )
    return _clipped(moved)


def _image(image: NDArray[np.uint8], scale: float, maps: Maps, background: int) -> NDArray[np.uint8]:
    if scale < _SHRINKS:
        sigma = _BLUR * np.sqrt(scale**-2 - 1)
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE), np.uint8)
    return np.asarray(
        cv2.remap(
            image, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=float(background)
        ),
        np.uint8,
    )


def _layers(page: Page, scale: float, maps: Maps, image: NDArray[np.uint8]) -> Layers | None:
    """Both id layers at the destination, whose image this is."""
    if page.ids is None:
        return None
    under = np.zeros_like(page.ids) if page.under is None else page.under
    dark = round(DARK * float(np.median(page.image[::_SPARSE, ::_SPARSE])) / 255)
    if scale >= _SHRINKS:
        top = _nearest(page.ids, maps)
        label_dark(image, dark, top, page.ids, *maps)
        return top, _nearest(under, maps)
    reach = 2 * int(np.ceil(0.75 / scale)) + 1  # half a pixel's diagonal, at any angle
    ink = cv2.dilate((page.ids != 0).astype(np.uint8), np.ones((reach, reach), np.uint8))
    finer = min(int(np.ceil(2 / scale)), _FINEST)
    ids, below = shrunk_layers(page.ids, under, *maps, _nearest(np.asarray(ink), maps), finer, image, dark)
    return ids, below


def _nearest(layer: NDArray[Any], maps: Maps) -> NDArray[Any]:
    """Of each pixel what its middle shows."""
    return np.asarray(cv2.remap(layer, *maps, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT))


def _symbols(page: Page, warp: Warp, layers: Layers | None) -> Symbols:
    symbols = page.symbols
    if not len(symbols):
        return symbols
    nothing = np.zeros((0, 0), np.uint16)
    ids = nothing if page.ids is None else page.ids
    under = np.zeros_like(ids) if page.ids is None or page.under is None else page.under
    points, offset = outlines(ids, under, symbols.id, symbols.box, symbols.corners)
    near = warp.forward(symbols.corners).reshape(-1, 4, 2)
    box, corners = boxes_of_points(warp.forward(points), offset, near)
    _, seen_corners = boxes_of_points(points, offset, symbols.corners)
    hidden = np.flatnonzero((abs(seen_corners - symbols.corners) > _HIDDEN).any(axis=(1, 2)))
    corners[hidden] = _by_corners(near[hidden], corners[hidden], box[hidden])
    if layers is None:
        area = np.round(symbols.area * warp.scale**2)
    else:
        counted, seen = counted_layers(*layers)
        known = np.where(symbols.id < len(counted), symbols.id, 0)
        area, seen = counted[known], seen[known].astype(np.float64)
        there = seen[:, 2] > 0
        box[there, :2] = np.minimum(box[there, :2], seen[there, :2])
        box[there, 2:] = np.maximum(box[there, 2:], seen[there, 2:])
    moved = symbols.replace(box=box, corners=corners, area=area.astype(np.int32))
    return _with_compounds(moved, symbols)


def _by_corners(near: Floats, corners: Floats, box: Floats) -> Floats:
    """Oriented boxes of symbols whose pixels do not show all: moved as such, if the boxes allow it."""
    offset = np.arange(len(near) + 1) * 4
    _, moved = boxes_of_points(near.reshape(-1, 2), offset, near)
    sides = np.linalg.norm(moved[:, [1, 2]] - moved[:, [0, 1]], axis=2)
    fits = sides.prod(axis=1) <= (box[:, 2:] - box[:, :2]).prod(axis=1)
    return np.where(fits[:, None, None], moved, corners)


def _with_compounds(moved: Symbols, before: Symbols) -> Symbols:
    """Symbols that consist of others, to which they are linked, have the box and the area of their parts."""
    kinds = {row.id for row in before.vocabulary.classes if row.kind == "compound"}
    rows = np.flatnonzero(np.isin(before.label, list(kinds)))
    box, corners, area = moved.box.copy(), moved.corners.copy(), moved.area.copy()
    for row in rows.tolist():
        parts = np.flatnonzero(np.isin(before.id, before.links[before.links[:, 0] == before.id[row], 1]))
        if not len(parts) or not np.allclose(_union(before.box[parts]), before.box[row], atol=ROUNDING):
            continue
        box[row] = _union(moved.box[parts])
        corners[row] = box[row][[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2)
        area[row] = moved.area[parts].sum()
    return moved.replace(box=box, corners=corners, area=area)


def _union(box: Floats) -> Floats:
    return np.concatenate([box[:, :2].min(axis=0), box[:, 2:].max(axis=0)])


def _staff_lines(lines: Floats, warp: Warp) -> Floats:
    ends = warp.forward(lines[:, 1:].reshape(-1, 2)).reshape(-1, 4)
    return np.hstack([lines[:, :1], ends])


def _across(page: Page, warp: Warp) -> float:
    """How much larger distances across the staff lines get: the median of the lines."""
    lines = page.staff_lines
    if not len(lines):
        lines = np.array([[0.0, 0.0, page.height / 2, page.width, page.height / 2]])
    start, end = lines[:, 1:3], lines[:, 3:5]
    forward = np.linalg.inv(warp.jacobian(warp.forward((start + end) / 2)))
    along = end - start
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    moved = np.einsum("nij,nj->ni", forward, along / length[:, None])
    stretched = np.maximum(np.hypot(moved[:, 0], moved[:, 1]), 1e-9)
    return float(np.median(np.abs(np.linalg.det(forward)) / stretched))


def _clipped(page: Page) -> Page:
    """The page without what has left it; a page that nothing has left is returned as it is."""
    limits = np.array([page.width, page.height] * 2, np.float64)
    box, ends = page.symbols.box, page.staff_lines[:, 1:]
    inside = (box >= -ROUNDING) & (box <= limits + ROUNDING)
    if inside.all() and ((ends >= 0) & (ends <= limits)).all():
        return page
    options = SliceOptions(size=max(page.width, page.height), overlap=0.0)
    return replace(next(slices(page, options)), name=page.name)
