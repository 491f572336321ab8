"""`overlay`: a page with its symbols drawn over it, each class in its own colour."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.errors import DatasetError, NoteheadError
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from notehead.page import Page, Symbols
    from notehead.vocabulary import Vocabulary

Colours: TypeAlias = NDArray[np.uint8]
"""uint8 (..., 3), red, green, blue."""

_GOLDEN_ANGLE = 137.50776405003785
_LIGHTNESS = np.array([0.58, 0.66, 0.50])
_CHROMA = 0.15
_INK = 0.4  # how much of the page's darkness stays under the boxes
_UNDER = 0.4  # how much the covered symbol's colour shows where two lie on each other
_FAINTEST = 0.35  # how strongly a mask colours a white pixel
_SCALES = 0.01, 10.0
_FONT, _FONT_SCALE = cv2.FONT_HERSHEY_SIMPLEX, 0.36


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """What `overlay` draws.

    Attributes:
        classes: names of the classes to draw, empty for all.
        oriented: oriented boxes in place of upright ones.
        masks: colour the pixels of each symbol too.
        labels: write the classes' names, as many as fit.
        links: lines between the centres of linked symbols.
        instances: every symbol in a colour of its own, not every class: the instance view.
        scale: size of the drawing; 0.5 halves the page.

    Raises:
        NoteheadError: the scale is out of range.
    """

    classes: tuple[str, ...] = ()
    oriented: bool = False
    masks: bool = False
    labels: bool = True
    links: bool = False
    instances: bool = False
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not _SCALES[0] <= self.scale <= _SCALES[1]:
            message = f"the scale must be {_SCALES[0]:g} to {_SCALES[1]:g}"
            raise NoteheadError(message)


def overlay(page: Page, options: OverlayOptions | None = None) -> Colours:
    """The page in pale grey under the boxes of its symbols: uint8 (height, width, 3), RGB.

    Raises:
        DatasetError: there is no class of such a name, or masks are wanted of a page without any.
    """
    options = options or OverlayOptions()
    symbols = _chosen(page.symbols, options.classes)
    colours = symbol_colours(symbols, instances=options.instances)
    canvas = _scaled(_paper(page, symbols, colours if options.masks else None), options.scale)
    size = np.prod(symbols.box[:, 2:] - symbols.box[:, :2], axis=1)
    order = np.argsort(-size, kind="stable")  # large boxes first, small ones stay in sight
    symbols, colours = symbols[order], colours[order]
    thickness = max(1, round(page.staff_space * options.scale / 14))
    if options.links:
        _draw_links(canvas, symbols, colours, options.scale)
    _draw_boxes(canvas, symbols, colours, options, thickness)
    if options.labels:
        _draw_labels(canvas, symbols, colours, options.scale)
    return canvas


@cache
def class_colours() -> Colours:
    """The colour of each class by its id: uint8 (ids, 3), far apart for neighbouring ids.

    The hues are multiples of the golden angle in OKLCH, where equal steps look equally large.
    """
    number = np.arange(max(VOCABULARY.by_id) + 1)
    hue = np.deg2rad(number * _GOLDEN_ANGLE)
    lightness = _LIGHTNESS[number % len(_LIGHTNESS)]
    colours = _from_oklab(lightness, _CHROMA * np.cos(hue), _CHROMA * np.sin(hue))
    colours.setflags(write=False)
    return colours


def symbol_colours(symbols: Symbols, *, instances: bool = False) -> Colours:
    """The colour of each symbol, that of its class or its own: uint8 (n, 3)."""
    number = symbols.id if instances else symbols.label
    return class_colours()[number % len(class_colours())]


def _from_oklab(lightness: NDArray[np.float64], a: NDArray[np.float64], b: NDArray[np.float64]) -> Colours:
    """Björn Ottosson's OKLab to sRGB; what lies outside of sRGB is clipped."""
    to_cones = np.array(
        [[0.3963377774, 0.2158037573], [-0.1055613458, -0.0638541728], [-0.0894841775, -1.2914855480]]
    )
    cones = (lightness[:, None] + np.stack([a, b], axis=1) @ to_cones.T) ** 3
    to_linear = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = (cones @ to_linear.T).clip(0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colours: Colours = np.rint(255 * encoded).astype(np.uint8)
    return colours


def _chosen(symbols: Symbols, names: tuple[str, ...]) -> Symbols:
    known = symbols.vocabulary
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 3) or _containing(name, known)
            remedy = f"Did you mean {', '.join(close)}?" if close else "See the vocabulary for the classes."
            message = f"there is no class {name!r}"
            raise DatasetError(message, remedy)
    return symbols.named(*names) if names else symbols


def _containing(part: str, known: Vocabulary) -> list[str]:
    return [name for name in known if part and part.lower() in name.lower()][:3]


def _scaled(image: Colours, scale: float) -> Colours:
    if scale == 1:
        return image
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def _paper(page: Page, symbols: Symbols, colours: Colours | None) -> Colours:
    pale = cv2.convertScaleAbs(page.image, alpha=_INK, beta=255 * (1 - _INK))
    paper = np.asarray(cv2.cvtColor(pale, cv2.COLOR_GRAY2RGB), np.uint8)
    if colours is not None:
        _colour_pixels(paper, page, symbols, colours)
    return paper


def _colour_pixels(paper: Colours, page: Page, symbols: Symbols, colours: Colours) -> None:
    """Colour each symbol's pixels; where two lie on each other, their colours mix."""
    if page.ids is None:
        message = f"page {page.name} has no masks"
        raise DatasetError(message, "Draw it without masks, or build the dataset with them.")
    table = np.full((np.iinfo(np.uint16).max + 1, 3), np.nan, np.float32)
    table[symbols.id] = colours
    top = table[page.ids]
    if page.under is not None:
        below = table[page.under]
        both = (1 - _UNDER) * top + _UNDER * below
        top = np.where(np.isnan(top), below, np.where(np.isnan(both), top, both))
    inside = ~np.isnan(top[:, :, 0])
    ink = 1 - page.image[inside, None] / 255
    paper[inside] = np.rint(255 + (top[inside] - 255) * (_FAINTEST + (1 - _FAINTEST) * ink))


def _draw_links(canvas: Colours, symbols: Symbols, colours: Colours, scale: float) -> None:
    row_of = {number: row for row, number in enumerate(symbols.id.tolist())}
    centres = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2 * scale
    for source, target in symbols.links.tolist():
        ends = centres[[row_of[source], row_of[target]]]
        _line(canvas, ends, colours[row_of[target]].tolist(), 1)


def _draw_boxes(
    canvas: Colours, symbols: Symbols, colours: Colours, options: OverlayOptions, thickness: int
) -> None:
    if options.oriented:
        for corners, colour in zip(symbols.corners * options.scale, colours.tolist(), strict=True):
            _line(canvas, corners[[0, 1, 2, 3, 0]], colour, thickness)
        return
    # Crisp lines around the extent, not upon it: a stem is hardly wider than a line.
    low = np.floor(symbols.box[:, :2] * options.scale).astype(int) - 1
    high = np.ceil(symbols.box[:, 2:] * options.scale).astype(int)
    for start, end, colour in zip(low, high, colours.tolist(), strict=True):
        for step in range(thickness):
            cv2.rectangle(canvas, (start - step).tolist(), (end + step).tolist(), colour)


def _line(canvas: Colours, points: NDArray[np.float64], colour: list[int], thickness: int) -> None:
    fixed = np.rint((points - 0.5) * 16).astype(np.int32)  # OpenCV puts whole numbers on pixel centres
    cv2.polylines(
        canvas, [fixed], isClosed=False, color=colour, thickness=thickness, lineType=cv2.LINE_AA, shift=4
    )


def _draw_labels(canvas: Colours, symbols: Symbols, colours: Colours, scale: float) -> None:
    """Write names beside their boxes, rare classes first, where they cover no name and no solid symbol."""
    boxes = symbols.box * scale
    lines = [row.id for row in symbols.vocabulary.classes if row.kind == "line"]
    solid = ~np.isin(symbols.label, lines)  # a line's box is mostly empty
    taken = np.zeros(canvas.shape[:2], np.bool_)
    for x0, y0, x1, y1 in (
        np.hstack([np.floor(boxes[solid, :2]), np.ceil(boxes[solid, 2:])]).astype(int).clip(0)
    ):
        taken[y0:y1, x0:x1] = True
    often = np.bincount(symbols.label, minlength=1)[symbols.label]
    names = symbols.names
    for row in np.lexsort((boxes[:, 0], boxes[:, 1], symbols.label, often)).tolist():
        text = names[row]
        place = _free_place(taken, np.rint(boxes[row]).astype(int).tolist(), text)
        if place is not None:
            colour = (colours[row] * 0.8).tolist()
            cv2.putText(canvas, text, place, _FONT, _FONT_SCALE, colour, 1, cv2.LINE_AA)


def _free_place(taken: NDArray[np.bool_], box: list[int], text: str) -> tuple[int, int] | None:
    """Where a name may start: above its box, below, to the right or to the left; takes the place."""
    (width, ascent), descent = cv2.getTextSize(text, _FONT, _FONT_SCALE, 1)
    height = ascent + descent
    x0, y0, x1, y1 = box
    middle = (y0 + y1 - height) // 2
    for left, top in ((x0, y0 - height - 2), (x0, y1 + 3), (x1 + 4, middle), (x0 - width - 4, middle)):
        if min(left, top) < 0 or top + height > len(taken) or left + width > len(taken[0]):
            continue
        place = taken[top : top + height, left : left + width]
        if not place.any():
            place[:] = True
            return left, top + ascent
    return None
