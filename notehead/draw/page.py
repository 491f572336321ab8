"""`draw`: Drawing -> Page."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.draw.canvas import Canvas
from notehead.draw.extents import boxes
from notehead.draw.raster import raster
from notehead.engrave.drawing import Drawing
from notehead.errors import NoteheadError
from notehead.page import Origin, Page, Symbols
from notehead.vocabulary import VOCABULARY

_MOST_SYMBOLS = 65535
_COMPOUNDS = [row.id for row in VOCABULARY.classes if row.kind == "compound"]


def draw(
    drawing: Drawing,
    size: tuple[int, int],
    name: str = "",
    origin: Origin | None = None,
    canvas: Canvas | None = None,
) -> Page:
    """Draw a page with all its ground truth, exact to the pixel.

    Symbols that lie wholly outside the page are left out; those that other symbols cover stay, with
    `area` 0.

    Args:
        drawing: what to draw.
        size: (width, height) of the page in pixels.
        name: the page's name in its dataset.
        origin: how it came to be.
        canvas: working memory to use again; the page then holds the canvas's own arrays, which the next
            page drawn on it overwrites.
    """
    if len(drawing.symbols) > _MOST_SYMBOLS:
        message = f"a page with {len(drawing.symbols)} symbols; masks number {_MOST_SYMBOLS} at most"
        raise NoteheadError(message, "Engrave the score on smaller pages.")
    scale, left = _fit(drawing, size)
    place = drawing.shapes.place * scale
    place[:, 0] += left
    layers, found = _raster(drawing, place, size, canvas or Canvas())
    lines = drawing.staff_lines.copy()
    lines[:, 1:] *= scale
    lines[:, [1, 3]] += left
    return Page(
        name=name,
        image=layers["grey"],
        symbols=_symbols(drawing, place, size, found),
        ids=layers["ids"],
        under=layers["under"],
        staff_lines=lines,
        staff_space=drawing.staff_space * scale,
        origin=origin or Origin(),
    )


def _fit(drawing: Drawing, size: tuple[int, int]) -> tuple[float, float]:
    """Scale, and shift to the right; a drawing higher than its page is made smaller, in the middle."""
    width, height = size
    scale = min(width / drawing.width, height / drawing.height)
    if abs(scale * drawing.width - width) < 1:  # page sizes in pixels are rounded
        return width / drawing.width, 0.0
    return scale, (width - drawing.width * scale) / 2


def _raster(
    drawing: Drawing, place: NDArray[np.float64], size: tuple[int, int], canvas: Canvas
) -> tuple[dict[str, NDArray[Any]], tuple[NDArray[Any], ...]]:
    """The page's layers by name, and what `raster` found."""
    width, height = size
    layers: dict[str, NDArray[Any]] = {}
    for layer, dtype, paper in (("grey", np.uint8, 255), ("ids", np.uint16, 0), ("under", np.uint16, 0)):
        layers[layer] = canvas.array(layer, (height, width), dtype)
        layers[layer].fill(paper)
    shapes = drawing.shapes
    found: tuple[NDArray[Any], ...] = raster(
        shapes.points,
        shapes.contours,
        shapes.outlines,
        shapes.symbol,
        shapes.outline,
        place,
        len(drawing.symbols),
        layers["grey"],
        layers["ids"],
        layers["under"],
        canvas.array("buffer", (height, width + 2), np.float32),
        canvas.array("tentative", (height, width), np.int32),
        canvas.next_page(),
    )
    return layers, found


def _symbols(
    drawing: Drawing, place: NDArray[np.float64], size: tuple[int, int], found: tuple[NDArray[Any], ...]
) -> Symbols:
    """The symbols that are on the page, with their boxes, oriented boxes and areas."""
    area, offset, extent, claims = found
    box, corners = boxes(offset, extent, claims)
    count = len(drawing.symbols)
    compound = np.isin(drawing.symbols.label, _COMPOUNDS)
    empty = np.flatnonzero((box[:, 2] < box[:, 0]) & ~compound)
    kept = np.ones(count, np.bool_)
    if len(empty):
        kept[empty] = _hairlines(drawing, place, empty, box, corners, size)
    for row in np.flatnonzero(compound).tolist():
        kept[row] = _compound(drawing.symbols, row, box, corners, area)
    identities = np.arange(1, count + 1, dtype=np.int32)
    symbols = drawing.symbols.replace(id=identities, area=area, box=box, corners=corners)
    return symbols if kept.all() else symbols[kept]


def _compound(
    symbols: Symbols,
    row: int,
    box: NDArray[np.float64],
    corners: NDArray[np.float64],
    area: NDArray[np.int32],
) -> bool:
    """Give a compound symbol the extent of its parts; whether any of them is on the page."""
    parts = symbols.links[symbols.links[:, 0] == symbols.id[row], 1] - 1
    parts = parts[box[parts, 2] > box[parts, 0]]
    if not len(parts):
        return False
    box[row] = (*box[parts, :2].min(axis=0), *box[parts, 2:].max(axis=0))
    corners[row] = _corners_of(box[row])
    area[row] = area[parts].sum()
    return True


def _corners_of(box: NDArray[np.float64]) -> NDArray[np.float64]:
    return box[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2)


def _hairlines(
    drawing: Drawing,
    place: NDArray[np.float64],
    rows: NDArray[np.int64],
    box: NDArray[np.float64],
    corners: NDArray[np.float64],
    size: tuple[int, int],
) -> list[bool]:
    """Give symbols too thin to fill half of any pixel the box of their outline; which are on the page."""
    shapes = drawing.shapes
    on_page = []
    for row in rows.tolist():
        points = []
        for at in np.flatnonzero(shapes.symbol == row).tolist():
            first, after = shapes.outlines[shapes.outline[at] : shapes.outline[at] + 2]
            x, y, scale = place[at]
            points.append(shapes.points[shapes.contours[first] : shapes.contours[after]] * scale + (x, y))
        if not points:
            on_page.append(False)
            continue
        every = np.concatenate(points)
        low = np.floor(np.maximum(every.min(axis=0), 0))
        high = np.ceil(np.minimum(every.max(axis=0), size))
        on_page.append(bool((high > low).all()))
        box[row] = (*low, *high)
        corners[row] = _corners_of(box[row])
    return on_page
