"""Rare symbols pasted into a page's top margin, cut from other pages: `CropBank`, `paste_margin`.

This is how the authors of DeepScores fought the imbalance of classes: twelve crops of 130 x 80 pixels a page.
It belongs before all other steps, while paper is still white.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.errors import NoteheadError
from notehead.page import ABSENT, COLUMNS, Page, Symbols, upright_corners

SIZE = (130, 80)
"""Width and height of a crop in pixels, at 400 dots per inch and 16 pixels a staff space."""
MOST = 12
GAP = 8
"""White pixels around a crop."""
_STRIDE = 6
_NEAR = 1.4
"""Crops are pasted on pages whose staves are at most so much larger or smaller."""
_LAST_ID = 65535
_HALO = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, eq=False)
class Crop:
    """A piece of a page: one symbol in its middle, with all else that is whole within.

    Attributes:
        name: the class in the middle.
        image: uint8 (height, width).
        ids, under: its masks.
        symbols: places are in the crop; they belong to no staff, system or measure.
        staff_space: of the page that it is from, in pixels.
    """

    name: str
    image: NDArray[np.uint8]
    ids: NDArray[np.uint16]
    under: NDArray[np.uint16]
    symbols: Symbols
    staff_space: float


@dataclass(frozen=True, eq=False)
class CropBank:
    """Crops by class, and how often each class stood on the pages that they are from.

    Example:
        >>> bank = CropBank.of(dataset_pages, np.random.default_rng(0))  # doctest: +SKIP
        >>> page = paste_margin(page, bank, np.random.default_rng(1))  # doctest: +SKIP
    """

    crops: dict[str, tuple[Crop, ...]]
    counts: dict[str, int]

    @classmethod
    def of(
        cls,
        pages: Iterable[Page],
        rng: np.random.Generator,
        per_class: int = 24,
        size: tuple[int, int] = SIZE,
    ) -> CropBank:
        """Cut crops from pages, one of each class a page, at most `per_class` of a class in the end.

        Raises:
            NoteheadError: a page has no masks, so that what stands in a crop cannot be known.
        """
        counts: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        crops: dict[str, list[Crop]] = {}
        for page in pages:
            names = page.symbols.names
            counts.update(names)
            for row in _one_of_each(names, rng):
                name, kept = names[row], crops.setdefault(names[row], [])
                # Every crop that was seen has the same chance to be kept.
                place = int(rng.integers(seen[name] + 1)) if len(kept) == per_class else len(kept)
                seen[name] += 1
                if place < per_class and (crop := cut(page, row, size)) is not None:
                    kept[place : place + 1] = [crop]
        found = {name: tuple(crops[name]) for name in sorted(crops) if crops[name]}
        return cls(found, {name: counts[name] for name in found})

    def draw(self, rng: np.random.Generator, count: int, staff_space: float) -> list[Crop]:
        """Crops at random for a page with such a staff space: the rarer a class, the more often."""
        fitting = {
            name: [crop for crop in crops if 1 / _NEAR <= crop.staff_space / staff_space <= _NEAR]
            for name, crops in self.crops.items()
            if staff_space > 0
        }
        names = [name for name, crops in fitting.items() if crops]
        if not names:
            return []
        odds = np.array([1 / self.counts[name] for name in names])
        drawn = rng.choice(len(names), count, p=odds / odds.sum())
        return [fitting[names[at]][int(rng.integers(len(fitting[names[at]])))] for at in drawn.tolist()]


def cut(page: Page, row: int, size: tuple[int, int] = SIZE) -> Crop | None:
    """The crop around a symbol; None where it is larger than a crop, or nothing of it is to be seen.

    Staves go on at the crop's edges, as they do at a page's; all else that is not whole within is taken
    out, with its ink.

    Raises:
        NoteheadError: the page has no masks.
    """
    if page.ids is None:
        message = f"page {page.name} has no masks: crops of its symbols would not be exact"
        raise NoteheadError(message, "Use pages that `notehead build` made.")
    width, height = size
    x0, y0, x1, y1 = page.symbols.box[row].tolist()
    if x1 - x0 > width or y1 - y0 > height or page.width < width or page.height < height:
        return None
    left = int(np.clip(round((x0 + x1 - width) / 2), 0, page.width - width))
    top = int(np.clip(round((y0 + y1 - height) / 2), 0, page.height - height))
    window = np.s_[top : top + height, left : left + width]
    image, ids = page.image[window].copy(), page.ids[window].copy()
    under = np.zeros_like(ids) if page.under is None else page.under[window].copy()
    symbols = _inside(page.symbols, (left, top, left + width, top + height), ids, under)
    _erase(image, ids, under, symbols.id)
    symbols = _whole_again(_measured(symbols, ids, under, (left, top)))
    if not np.isin(page.symbols.id[row], symbols.id):
        return None
    return Crop(page.symbols[row].name, image, ids, under, symbols, page.staff_space)


def _one_of_each(names: list[str], rng: np.random.Generator) -> Iterator[int]:
    """A row of every class of a page, at random."""
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows.setdefault(name, []).append(row)
    for name in sorted(rows):
        yield rows[name][int(rng.integers(len(rows[name])))]


def _inside(
    symbols: Symbols,
    window: tuple[int, int, int, int],
    ids: NDArray[np.uint16],
    under: NDArray[np.uint16],
) -> Symbols:
    """The symbols whole in a window, and the staves that run through it."""
    x0, y0, x1, y1 = window
    box = symbols.box
    whole = (box[:, :2] >= (x0, y0)).all(1) & (box[:, 2:] <= (x1, y1)).all(1)
    staff = np.array([name == "staff" for name in symbols.names], np.bool_)
    seen = np.isin(symbols.id, np.union1d(ids, under))
    return symbols[whole | (staff & seen)]


def _erase(
    image: NDArray[np.uint8], ids: NDArray[np.uint16], under: NDArray[np.uint16], kept: NDArray[np.int32]
) -> None:
    """Take out the ink of all other symbols; what they covered comes to light."""
    under[~np.isin(under, kept)] = 0
    strange = (ids != 0) & ~np.isin(ids, kept)
    ids[strange], under[strange] = under[strange], 0
    bare = strange & (ids == 0)
    image[bare] = 255
    # The pale edges of what went go with it, unless they may be the edges of what stays.
    edge = (ids == 0) & (cv2.dilate(strange.astype(np.uint8), _HALO) > 0)
    stays = cv2.dilate((ids != 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    image[edge & ~stays] = 255
    image[(ids == 0) & (image < 128)] = 255


def _measured(
    symbols: Symbols, ids: NDArray[np.uint16], under: NDArray[np.uint16], origin: tuple[int, int]
) -> Symbols:
    """The symbols in a crop's own place and time, with the area that is to be seen now."""
    box = symbols.box - (*origin, *origin)
    corners = symbols.corners - origin
    for row in np.flatnonzero(np.array(symbols.names) == "staff").tolist():
        ys, xs = np.nonzero((ids == symbols.id[row]) | (under == symbols.id[row]))
        box[row] = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1) if len(xs) else (0, 0, 0, 0)
        corners[row] = upright_corners(box[row])
    area = np.bincount(ids.ravel(), minlength=int(symbols.id.max(initial=0)) + 1)[symbols.id]
    of_id = dict(zip(symbols.id.tolist(), area.tolist(), strict=True))
    for row, kind in enumerate(symbols.vocabulary.by_id[label].kind for label in symbols.label.tolist()):
        if kind == "compound":
            parts = symbols.links[symbols.links[:, 0] == symbols.id[row], 1]
            area[row] = sum(of_id[part] for part in parts.tolist())
    nowhere = np.full(len(symbols), ABSENT, np.int32)
    start = np.nanmin(symbols.onset) if np.isfinite(symbols.onset).any() else 0.0
    return symbols.replace(
        box=box,
        corners=corners,
        area=area.astype(np.int32),
        onset=symbols.onset - start,
        **dict.fromkeys(("staff", "system", "measure", "voice", "diatonic", "alter"), nowhere),
    )


def _whole_again(symbols: Symbols) -> Symbols:
    """Without staves of which nothing is left."""
    return symbols[(symbols.box[:, 2] > symbols.box[:, 0]) & (symbols.box[:, 3] > symbols.box[:, 1])]


def paste_margin(
    page: Page, bank: CropBank, rng: np.random.Generator, most: int = MOST, *, grow: bool = True
) -> Page:
    """A page with crops of rare symbols in the white above its first staff.

    Crops cover no ink. Their symbols get new ids after those of the page; they have no staff, system,
    measure, voice or pitch; `position` stays, and onsets count from the first in the crop.

    Args:
        page: white where nothing is printed.
        bank: where crops come from.
        rng: which crops, and where.
        most: how many, unless there is no room for them.
        grow: make the page higher, at the top, where its margin has no room for all of them.

    Raises:
        NoteheadError: the crops' symbols have another vocabulary than the page's.
    """
    crops = bank.draw(rng, most, page.staff_space)
    if not crops:
        return page
    if any(crop.symbols.vocabulary != page.symbols.vocabulary for crop in crops):
        message = f"the crops for the margin of page {page.name} have other classes than the page"
        raise NoteheadError(message, "Make the bank of pages of the same dataset.")
    height, width = crops[0].image.shape
    places = _places(page, (width, height), len(crops), rng)
    if grow and len(places) < len(crops):
        across = max((page.width - GAP) // (width + GAP), 0)
        missing = len(crops) - len(places)
        rows = -(-missing // across) if across else 0
        page = _higher(page, rows * (height + GAP))
        places = [(x, y + rows * (height + GAP)) for x, y in places]
        places += _row_places(page.width, (width, height), rows, missing, rng)
    return _pasted(page, list(zip(crops, places, strict=False)))


@dataclass(frozen=True)
class MarginCrops:
    """`paste_margin` as a step of a recipe; a strength below 1 pastes fewer."""

    bank: CropBank
    most: int = MOST
    grow: bool = True

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with crops in its margin."""
        count = round(self.most * min(strength, 1.0))
        return paste_margin(page, self.bank, rng, count, grow=self.grow) if count else page


def _places(page: Page, size: tuple[int, int], count: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """At most `count` free places (x, y) above the first staff, which keep apart."""
    width, height = size
    first = page.staff_lines[:, [2, 4]].min() if len(page.staff_lines) else page.height / 8
    band = int(np.clip(first, 0, page.height))
    busy = page.image[:band] < 255
    if page.ids is not None:
        busy |= page.ids[:band] > 0
    found: list[tuple[int, int]] = []
    # A place's gap may reach over the edges of the page, but not over ink.
    taken = np.pad(busy.astype(np.uint8), ((GAP, 0), (GAP, GAP)))
    while len(found) < count:
        sums = cv2.integral(taken)
        high, wide = height + 2 * GAP, width + 2 * GAP
        if taken.shape[0] < high or taken.shape[1] < wide:
            break
        ink = sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
        free = np.argwhere(ink[::_STRIDE, ::_STRIDE] == 0)
        if not len(free):
            break
        y, x = (free[int(rng.integers(len(free)))] * _STRIDE).tolist()
        found.append((x, y))
        taken[y + GAP : y + GAP + height, x + GAP : x + GAP + width] = 1
    return found


def _row_places(
    page_width: int, size: tuple[int, int], rows: int, count: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Places in rows at the very top of a page, evenly spread with some play."""
    width, height = size
    found: list[tuple[int, int]] = []
    for row in range(rows):
        here = -(-(count - len(found)) // (rows - row))
        cell = page_width / max(here, 1)
        play = max(cell - width - GAP, 0.0)
        found += [
            (int(at * cell + rng.uniform(0, play) + GAP / 2), row * (height + GAP) + GAP // 2)
            for at in range(here)
        ]
    return found


def _higher(page: Page, more: int) -> Page:
    """The page with so many white rows above it."""

    def grown(layer: NDArray[np.uint16] | None) -> NDArray[np.uint16] | None:
        return None if layer is None else np.pad(layer, ((more, 0), (0, 0)))

    symbols, down = page.symbols, np.array([0, more, 0, more])
    return replace(
        page,
        image=np.pad(page.image, ((more, 0), (0, 0)), constant_values=255),
        ids=grown(page.ids),
        under=grown(page.under),
        symbols=symbols.replace(box=symbols.box + down, corners=symbols.corners + down[:2]),
        staff_lines=page.staff_lines + np.append(0, down),
    )


def _pasted(page: Page, placed: list[tuple[Crop, tuple[int, int]]]) -> Page:
    image = page.image.copy()
    ids = None if page.ids is None else page.ids.copy()
    under = np.zeros_like(ids) if ids is not None and page.under is None else page.under
    under = None if under is None else under.copy()
    parts, last = [page.symbols], int(page.symbols.id.max(initial=0))
    for crop, (x, y) in placed:
        count = len(crop.symbols)
        if last + count > _LAST_ID:
            break
        table = np.zeros(int(crop.symbols.id.max()) + 1, np.int32)
        table[crop.symbols.id] = np.arange(last + 1, last + count + 1)
        window = np.s_[y : y + crop.image.shape[0], x : x + crop.image.shape[1]]
        image[window] = crop.image
        if ids is not None and under is not None:
            ids[window], under[window] = table[crop.ids], table[crop.under]
        right_down = np.array([x, y, x, y])
        parts.append(
            crop.symbols.replace(
                id=table[crop.symbols.id],
                box=crop.symbols.box + right_down,
                corners=crop.symbols.corners + right_down[:2],
                links=table[crop.symbols.links],
            )
        )
        last += count
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return replace(page, image=image, ids=ids, under=under, symbols=page.symbols.replace(**joined))
