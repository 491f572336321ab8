"""What must hold on every true page: checks that need nothing but the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import VOCABULARY

DARK = 128
_REFERENCE = {"clefG": 32, "clefF": 24, "clefCAlto": 28, "clefCTenor": 28, "clefC": 28}
"""Diatonic number of the note on the line that a clef names: G4, F3, C4."""
_DIGIT_SHIFT = {"clef8": 7, "clef15": 14}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: which check, on which page, of which symbol (0: the page)."""

    check: str
    page: str
    symbol: int
    detail: str

    def __str__(self) -> str:
        at = f" symbol {self.symbol}" if self.symbol else ""
        return f"{self.page}{at}: {self.check}: {self.detail}"


def check_page(page: Page) -> Iterator[Problem]:
    """All problems of a page; none on a page that `notehead build` made."""
    broken = list(_links(page))
    if broken:  # the other checks follow links and look classes up
        yield from broken
        return
    yield from _dark_pixels(page)
    yield from _masks_in_boxes(page)
    yield from _oriented_boxes(page)
    yield from _notes(page)


def _dark_pixels(page: Page) -> Iterator[Problem]:
    if page.ids is None or page.origin.bare_ink:
        return
    bare = (page.image < DARK) & (page.ids == 0)
    count = int(np.count_nonzero(bare))
    if count:
        y, x = np.argwhere(bare)[0].tolist()
        yield Problem("dark pixels labelled", page.name, 0, f"{count} are not, the first at ({x}, {y})")


def mask_boxes(layer: NDArray[np.uint16], count: int) -> NDArray[np.int64]:
    """Boxes (count + 1, 4) of the pixels of each id; x1 < x0 for ids without a pixel."""
    ys, xs = np.nonzero(layer)
    ids = layer[ys, xs]
    boxes = np.empty((count + 1, 4), np.int64)
    boxes[:, :2], boxes[:, 2:] = np.iinfo(np.int64).max, -1
    np.minimum.at(boxes[:, 0], ids, xs)
    np.minimum.at(boxes[:, 1], ids, ys)
    np.maximum.at(boxes[:, 2], ids, xs + 1)
    np.maximum.at(boxes[:, 3], ids, ys + 1)
    return boxes


def _masks_in_boxes(page: Page) -> Iterator[Problem]:
    if page.ids is None:
        return
    symbols = page.symbols
    top = int(symbols.id.max(initial=0))
    for layer in (page.ids, page.under):
        if layer is None:
            continue
        unknown = np.setdiff1d(np.unique(layer), np.append(symbols.id, 0))
        if len(unknown):
            yield Problem("mask ids known", page.name, 0, f"ids without a symbol: {unknown[:5].tolist()}")
            continue
        seen = mask_boxes(layer, top)[symbols.id]
        out = (seen[:, :2] < symbols.box[:, :2]).any(1) | (seen[:, 2:] > symbols.box[:, 2:]).any(1)
        out &= seen[:, 2] >= 0
        for row in np.flatnonzero(out).tolist():
            detail = f"mask {seen[row].tolist()} leaves box {symbols.box[row].tolist()}"
            yield Problem("boxes contain masks", page.name, int(symbols.id[row]), detail)


def _oriented_boxes(page: Page) -> Iterator[Problem]:
    """An oriented box is a rectangle, no larger than the box; files hold thousandths of a pixel."""
    symbols = page.symbols
    sides = np.roll(symbols.corners, -1, axis=1) - symbols.corners
    turn = np.abs((sides[:, 0] * sides[:, 1]).sum(axis=1))
    lengths = np.hypot(sides[..., 0], sides[..., 1])
    size = lengths[:, 0] * lengths[:, 1]
    box_size = np.prod(symbols.box[:, 2:] - symbols.box[:, :2], axis=1)
    rounding = 2e-3 * (lengths[:, 0] + lengths[:, 1] + 1)
    wrong = (turn > rounding) | (size > box_size + rounding)
    for row in np.flatnonzero(wrong).tolist():
        detail = f"corners {symbols.corners[row].round(2).tolist()} around {symbols.box[row].tolist()}"
        yield Problem("oriented boxes", page.name, int(symbols.id[row]), detail)


def _notes(page: Page) -> Iterator[Problem]:
    symbols = page.symbols
    heads = np.flatnonzero(symbols.is_notehead)
    # MuseScore's drawings do not say which note a head is; where that is not certain, nothing is said.
    untold = np.isnan(symbols.onset[heads]) & (not page.origin.engraver.startswith("MuseScore"))
    for row in heads[untold].tolist():
        yield Problem("noteheads have onsets", page.name, int(symbols.id[row]), "no onset")
    expected = expected_positions(symbols)
    compared = heads[expected[heads] != ABSENT]
    for row in compared[expected[compared] != symbols.position[compared]].tolist():
        detail = f"drawn at {symbols.position[row]}, pitch and clef say {expected[row]}"
        yield Problem("staff positions agree with pitch and clef", page.name, int(symbols.id[row]), detail)


def expected_positions(symbols: Symbols) -> NDArray[np.int32]:
    """Staff position of each notehead by its pitch and the clef in force, `ABSENT` where either lacks.

    The clef in force is the last one on the same staff to the left of the head.
    """
    expected = np.full(len(symbols), ABSENT, np.int32)
    middles = _middle_lines(symbols)
    heads = np.flatnonzero(symbols.is_notehead & (symbols.diatonic != ABSENT) & (symbols.staff != ABSENT))
    for staff in np.unique(symbols.staff[heads]).tolist():
        clefs = [row for row in middles if symbols.staff[row] == staff]
        if not clefs:
            continue
        clefs.sort(key=lambda row: float(symbols.box[row, 0]))
        edges = symbols.box[clefs, 0]
        middle = np.array([middles[row] for row in clefs])
        rows = heads[symbols.staff[heads] == staff]
        force = np.searchsorted(edges, symbols.box[rows, 0], side="right") - 1
        known = rows[force >= 0]
        expected[known] = symbols.diatonic[known] - middle[force[force >= 0]]
    return expected


def _middle_lines(symbols: Symbols) -> dict[int, int]:
    """Diatonic number of the middle line under each clef, by the clef's row."""
    names = symbols.names
    row_of = {int(identity): row for row, identity in enumerate(symbols.id)}
    shift: dict[int, int] = {}
    for source, target in symbols.links.tolist():
        clef, digit = row_of[source], row_of[target]
        if names[digit] in _DIGIT_SHIFT:
            below = symbols.box[digit, 1] > symbols.box[clef, 1]
            shift[clef] = _DIGIT_SHIFT[names[digit]] * (-1 if below else 1)
    return {
        row: _REFERENCE[name] - int(symbols.position[row]) + shift.get(row, 0)
        for row, name in enumerate(names)
        if name in _REFERENCE and symbols.position[row] != ABSENT
    }


def _links(page: Page) -> Iterator[Problem]:
    symbols = page.symbols
    unknown = ~np.isin(symbols.links, symbols.id).all(axis=1)
    if unknown.any():
        yield Problem("links lead to symbols", page.name, 0, f"{int(unknown.sum())} do not")
    if len(symbols) and not np.isin(symbols.label, [row.id for row in VOCABULARY.classes]).all():
        yield Problem("classes known", page.name, 0, "a label is not in the vocabulary")
