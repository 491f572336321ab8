"""`warp_page`: a page through a `Warp`, its labels with it.

- The image: bilinear (`warp_image`).
- The id layers: each pixel has what its middle shows, or, where the page shrinks and staff lines and stems
  would fall between the middles, what has most of it (`warp_layers`). As in `draw`, no pixel that ink makes
  dark is left without a label. Two layers hold two symbols: of three that meet in one coarse pixel, one is
  not there, but each keeps a pixel at the sides of its box.
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
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import ROUNDING
from notehead.datasets.slicing import SliceOptions, slices
from notehead.degrade.outlines import boxes_of_points, filled_boxes, inked_blocks, outlines
from notehead.degrade.warp import Floats, Warp
from notehead.degrade.warp_extents import counted_layers
from notehead.degrade.warp_extremes import keep_edges
from notehead.degrade.warp_image import moved_image
from notehead.degrade.warp_layers import label_runs
from notehead.degrade.warp_reach import inked_squares, reach, spans
from notehead.degrade.warp_ridges import drop_blurs
from notehead.draw.raster import DARK
from notehead.page import Page, Symbols, upright_corners

_HIDDEN = 0.01
"""Pixels by which the oriented box of what shows is off, of symbols that do not show all; files round."""
_SPARSE = 16
"""Every so many pixels of a page tell how light its paper is."""
_NOWHERE = 2**30
"""Beyond every page."""

Blocks: TypeAlias = NDArray[np.bool_]
Image: TypeAlias = NDArray[np.uint8]
Counted: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32]]
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
    image = moved_image(page.image, warp, background)
    nothing = np.zeros((0, 0), np.bool_)
    blocks = nothing if page.ids is None else inked_blocks(_words(page.ids), page.ids.shape)
    box, corners = _moved_outlines(page, warp, blocks)
    layers, counted = _layers(page, warp, blocks, image, box) or (None, None)
    symbols = _symbols(page, warp, box, corners, counted)
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


def _layers(
    page: Page, warp: Warp, blocks: Blocks, image: Image, box: Floats
) -> tuple[Layers, Counted] | None:
    """Both id layers at the destination, whose image this is, and what they show of each id.

    `box` is where the symbols' outlines are there.
    """
    if page.ids is None:
        return None
    ids = page.ids
    under = np.zeros_like(ids) if page.under is None else page.under
    dark = round(DARK * float(np.median(page.image[::_SPARSE, ::_SPARSE])) / 255)
    size, edge = _by_id(page, box)
    seen_by = spans(warp)
    tall = 2 * reach(warp, seen_by) + 1
    near = cv2.dilate(blocks.view(np.uint8), np.ones((tall, 1), np.uint8)).view(np.bool_)
    found, share = np.zeros((2, *image.shape), np.uint16), np.zeros(image.shape, np.uint8)
    widest = seen_by.max(axis=(0, 1))
    runs, thin, best, place = label_runs(
        ids, under, near, inked_squares(near), warp.grid, warp.step, seen_by, widest,
        image, dark, size, edge, found, share,
    )  # fmt: skip
    drop_blurs(found[0].reshape(-1), found[1].reshape(-1), share.reshape(-1), image.shape[1], thin)
    area, seen = counted_layers(found[0], found[1], runs)
    numbers = page.symbols.id[np.argsort(-size[page.symbols.id], kind="stable")]
    keep_edges(found, area, seen, edge, best, place, numbers)
    return (found[0], found[1]), (area, seen)


def _by_id(page: Page, box: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By id, pixels (n,), and the first and the last pixel of each axis (n, 4): x, y, x, y."""
    symbols = page.symbols
    most = int(page.ids.max()) if page.ids is not None and page.ids.size else 0
    highest = max(int(symbols.id.max(initial=0)), most)
    size = np.zeros(highest + 1, np.int64)
    size[symbols.id] = symbols.area
    edge = np.tile(np.array([-_NOWHERE, -_NOWHERE, _NOWHERE, _NOWHERE]), (highest + 1, 1))
    edge[symbols.id] = np.floor(box + 0.5).astype(np.int64) - (0, 0, 1, 1)
    return size, edge


def _words(layer: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """The pixels of a layer four by four, without the last ones that are not four."""
    flat = np.ascontiguousarray(layer).reshape(-1)
    return flat[: len(flat) // 4 * 4].view(np.uint64)


def _moved_outlines(page: Page, warp: Warp, blocks: Blocks) -> tuple[Floats, Floats]:
    """Boxes (n, 4) and oriented boxes (n, 4, 2) of the symbols' outlines at the destination."""
    symbols = page.symbols
    nothing = np.zeros((0, 0), np.uint16)
    ids = nothing if page.ids is None else page.ids
    under = np.zeros_like(ids) if page.ids is None or page.under is None else page.under
    points, offset = outlines(ids, under, blocks, symbols.id, symbols.box, symbols.corners)
    near = warp.forward(symbols.corners).reshape(-1, 4, 2)
    box, corners = boxes_of_points(warp.forward(points), offset, near)
    hidden = np.flatnonzero(~filled_boxes(points, offset, symbols.corners, _HIDDEN))
    corners[hidden] = _by_corners(near[hidden], corners[hidden], box[hidden])
    return box, corners


def _symbols(page: Page, warp: Warp, box: Floats, corners: Floats, counted: Counted | None) -> Symbols:
    symbols = page.symbols
    if not len(symbols):
        return symbols
    if counted is None:
        area = np.round(symbols.area * warp.scale**2)
    else:
        known = np.where(symbols.id < len(counted[0]), symbols.id, 0)
        area, seen = counted[0][known], counted[1][known].astype(np.float64)
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
        corners[row] = upright_corners(box[row])
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
