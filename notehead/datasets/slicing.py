"""Slices: a page cut into overlapping squares, with the symbols, masks and links of each.

A page of five million pixels is more than most networks are trained on. `slices` cuts it into a grid of
squares that overlap; the last row and the last column are shifted back to end at the page's edge, so
nothing is padded, and every pixel is in some slice.

A symbol that a slice shows whole is as it was, only moved. One that the slice's edge cuts stays if enough
of it is there to tell what it is:

- `min_visible` of its box's area (or of its length, if the box has no area);
- or, for classes drawn as lines, any piece that is half a staff space long and `min_visible` of the whole
  thickness: a piece of a beam is a beam, and a network cannot see where the rest went, while a piece of a
  clef is no clef, and one line of five is no staff.

What stays gets the box, the area and the oriented box of its pixels in the slice; without masks, of the
part of its oriented box there, and so do staves always: lines thinner than a pixel have gaps in the masks.
What does not stay leaves the masks; its ink remains in the image.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import ROUNDING
from notehead.datasets.pieces import (
    Piece,
    clip_polygon,
    length_and_thickness,
    piece_of_pixels,
    piece_of_polygon,
)
from notehead.errors import NoteheadError
from notehead.page import Page, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary, class_map

Cut = Literal["clip", "drop", "whole"]
_SHORTEST_LINE = 0.5
"""In staff spaces: a piece of a line that is shorter is not told from dirt."""
_PLAIN_SPACE = 16.0
"""Pixels that a staff space is taken for where the page does not tell; DeepScoresV2's pages have 14-20."""


@dataclass(frozen=True, slots=True)
class SliceOptions:
    """How pages are cut.

    Attributes:
        size: width and height of a slice in pixels; pages that are smaller stay as they are.
        overlap: share of a slice that the next one shows again, from 0 to less than 1.
        cut: what becomes of symbols that a slice's edge cuts. "clip": what is left of them stays, if it
            is enough. "whole": the same symbols stay, with box and oriented box beyond the slice's edge.
            "drop": none of them stays.
        min_visible: the least share of a cut symbol's box that must be in the slice, from 0 to 1.
        empty: keep slices without symbols: all, none, or this share of them, from 0 to 1, which depends on
            their names alone.

    Raises:
        NoteheadError: a value is out of range.
    """

    size: int = 640
    overlap: float = 0.2
    cut: Cut = "clip"
    min_visible: float = 0.3
    empty: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be cut."""
        for good, message in (
            (self.size >= 1, "the size of slices must be 1 pixel or more"),
            (0 <= self.overlap < 1, "the overlap must be 0 or more, and less than 1"),
            (0 <= self.min_visible <= 1, "the least visible share must be 0 to 1"),
            (0 <= self.empty <= 1, "the share of empty slices must be 0 to 1"),
        ):
            if not good:
                raise NoteheadError(message)


def slices(page: Page, options: SliceOptions) -> Iterator[Page]:
    """The slices of a page, row by row: pages called `NAME-xLEFT-yTOP`, after their place on the page.

    Ids, staves, measures, onsets and what else the symbols know stay those of the page; links between
    symbols that are both there stay, too.

    Example:
        >>> page = Page("p", np.zeros((100, 150), np.uint8))
        >>> [part.name for part in slices(page, SliceOptions(size=100))]
        ['p-x0-y0', 'p-x50-y0']
    """
    tops, lefts = starts(page.height, options), starts(page.width, options)
    for top, left in itertools.product(tops, lefts):
        part = _slice(page, left, top, options)
        if len(part.symbols) or _drawn(part.name, options.empty):
            yield part


def _drawn(name: str, share: float) -> bool:
    """Whether a slice of this name is among a share of them."""
    return zlib.crc32(name.encode("utf-8", "surrogateescape")) < share * 2**32


def starts(length: int, options: SliceOptions) -> list[int]:
    """Where slices start along a side of so many pixels.

    Example:
        >>> starts(1960, SliceOptions(640, 0.2))
        [0, 512, 1024, 1320]
    """
    stride = max(1, round(options.size * (1 - options.overlap)))
    last = max(0, length - options.size)
    return [*range(0, last, stride), last]


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A part of a page while it is cut out.

    Attributes:
        image: the part's.
        layers: the id layers there, the top one first; none for pages without masks.
        symbols: what it shows at least some of, moved.
        whole: bool (n,), whether it shows all of a symbol.
        share: float64 (n,), the share of each box that it shows.
        shortest: the shortest piece of a line that counts, in pixels.
    """

    image: NDArray[np.uint8]
    layers: list[NDArray[np.uint16]]
    symbols: Symbols
    whole: NDArray[np.bool_]
    share: NDArray[np.float64]
    shortest: float

    @property
    def size(self) -> tuple[int, int]:
        return int(self.image.shape[1]), int(self.image.shape[0])


def _slice(page: Page, left: int, top: int, options: SliceOptions) -> Page:
    place = np.s_[top : top + options.size, left : left + options.size]
    window = _window(page, left, top, place)
    symbols, whole = _with_pieces(window, options)
    ids, under, revealed = _labelled(window.layers, symbols)
    if ids is not None:
        changed = ~whole | np.isin(symbols.id, revealed)
        symbols = symbols.replace(area=_recounted(symbols, ids, np.flatnonzero(changed)))
    return replace(
        page,
        name=f"{page.name}-x{left}-y{top}",
        image=window.image,
        symbols=symbols,
        ids=ids,
        under=under,
        staff_lines=_clipped_lines(page.staff_lines, (left, top), window.size),
        origin=replace(page.origin, bare_ink=True),  # of the pieces that do not stay
    )


def _window(page: Page, left: int, top: int, place: tuple[slice, slice]) -> _Window:
    image = page.image[place].copy()
    layers = [
        layer[place].copy() for layer in (page.ids, page.under) if layer is not None and page.ids is not None
    ]
    height, width = image.shape
    box = page.symbols.box
    seen = box.clip(0, (page.width, page.height) * 2)
    seen = np.where(abs(seen - box) <= ROUNDING, seen, box)
    inside = seen.clip((left, top) * 2, (left + width, top + height) * 2)
    whole = (inside == seen).all(axis=1)
    share = _share(seen, inside)
    near = np.flatnonzero(whole | (share > 0))
    symbols = page.symbols[near]
    symbols = symbols.replace(box=symbols.box - (left, top, left, top), corners=symbols.corners - (left, top))
    shortest = _SHORTEST_LINE * (page.staff_space or _PLAIN_SPACE)
    return _Window(image, layers, symbols, whole[near], share[near], shortest)


def _share(box: NDArray[np.float64], inside: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of each box that is inside: of its area, or of its length where it has no area."""
    sides, left = box[:, 2:] - box[:, :2], inside[:, 2:] - inside[:, :2]
    thin = sides == 0
    there = (inside[:, :2] == box[:, :2]).astype(np.float64)
    area: NDArray[np.float64] = np.where(thin, 1.0, sides).prod(axis=1)
    visible: NDArray[np.float64] = np.where(thin, there, left).prod(axis=1)
    return visible / area


def _with_pieces(window: _Window, options: SliceOptions) -> tuple[Symbols, NDArray[np.bool_]]:
    """The symbols that stay, those that are cut with what is left of them; and which are whole."""
    symbols, kept = window.symbols, window.whole.copy()
    enough = window.share >= options.min_visible
    box, corners, area = symbols.box.copy(), symbols.corners.copy(), symbols.area.copy()
    cut = ~window.whole & (enough | np.isin(symbols.label, _lines(symbols.vocabulary)))
    for row in np.flatnonzero(cut & (options.cut != "drop")).tolist():
        piece = _piece(window, row, enough=bool(enough[row]), options=options)
        if piece is None:
            continue
        kept[row] = True
        if options.cut == "clip":
            box[row], corners[row] = piece.box, piece.corners
            area[row] = round(area[row] * window.share[row])  # without masks nothing better is known
    found = symbols.replace(box=box, corners=corners, area=area)
    return found[np.flatnonzero(kept)], window.whole[kept]


def _piece(window: _Window, row: int, *, enough: bool, options: SliceOptions) -> Piece | None:
    """What is left of a cut symbol; None where it is nothing, or a piece of a line that does not count."""
    whole, corners = window.symbols.box[row], window.symbols.corners[row]
    visible = whole.clip(0, window.size * 2)
    polygon = clip_polygon(corners, window.size)
    piece: Piece | None
    if window.layers and window.symbols.label[row] not in _lines(window.symbols.vocabulary, only="staff"):
        piece = piece_of_pixels(window.layers, int(window.symbols.id[row]), visible)
    else:
        piece = piece_of_polygon(polygon, visible) if len(polygon) else None
    if piece is None or enough:
        return piece
    if not len(polygon):
        return None
    length, thickness = length_and_thickness(polygon, corners)
    length = min(length, (piece.box[2:] - piece.box[:2]).max())
    return piece if length >= window.shortest and thickness >= options.min_visible else None


@lru_cache(maxsize=16)
def _lines(vocabulary: Vocabulary, only: str = "") -> tuple[int, ...]:
    """The ids of the classes drawn as lines, or of one of ours, whatever the vocabulary calls them."""
    ours = {name: VOCABULARY[known] for name, known in class_map(vocabulary, VOCABULARY).names.items()}
    return tuple(
        vocabulary.id(name)
        for name, row in ours.items()
        if (row.name == only if only else row.kind == "line")
    )


def _labelled(
    layers: list[NDArray[np.uint16]], symbols: Symbols
) -> tuple[NDArray[np.uint16] | None, NDArray[np.uint16] | None, NDArray[np.uint16]]:
    """Both id layers with these symbols alone; and the ids that come to light under others that went."""
    nothing = np.empty(0, np.uint16)
    if not layers:
        return None, None, nothing
    table = np.zeros(np.iinfo(np.uint16).max + 1, np.uint16)
    known = symbols.id[symbols.id < len(table)]
    table[known] = known
    ids = np.take(table, layers[0])
    if len(layers) == 1:
        return ids, None, nothing
    under = np.take(table, layers[1])
    bare = (ids == 0) & (under != 0)
    revealed = under[bare]
    ids[bare], under[bare] = revealed, 0
    return ids, under, np.unique(revealed)


def _recounted(symbols: Symbols, ids: NDArray[np.uint16], rows: NDArray[np.intp]) -> NDArray[np.int32]:
    """The symbols' areas, in these rows their visible pixels."""
    area = symbols.area.copy()
    low = np.floor(symbols.box[:, :2]).clip(0).astype(int)
    high = np.ceil(symbols.box[:, 2:]).clip(0).astype(int)
    for row in rows.tolist():
        (left, top), (right, bottom) = low[row], high[row]
        area[row] = np.count_nonzero(ids[top:bottom, left:right] == symbols.id[row])
    return area


def _clipped_lines(
    lines: NDArray[np.float64], corner: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float64]:
    """Staff lines (n, 5) in a window: of each the stretch between where it enters and where it leaves."""
    start, end = lines[:, 1:3] - corner, lines[:, 3:5] - corner
    step = end - start
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        near, far = (0 - start) / step, (np.array(size) - start) / step
    level = step == 0  # never enters nor leaves: there, or not
    there = np.where((start >= 0) & (start <= size), -np.inf, np.inf)
    enters = np.where(level, there, np.minimum(near, far)).max(axis=1, initial=0.0)
    leaves = np.where(level, np.inf, np.maximum(near, far)).min(axis=1, initial=1.0)
    kept = enters < leaves
    enters, leaves, start, step = enters[kept, None], leaves[kept, None], start[kept], step[kept]
    return np.hstack([lines[kept, :1], start + enters * step, start + leaves * step])
