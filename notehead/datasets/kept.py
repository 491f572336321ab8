"""A page with fewer symbols: what becomes of the masks of those that are left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead.page import Page, Symbols

_IDS = 1 << 16
"""Ids that masks can hold."""


def with_symbols(page: Page, symbols: Symbols) -> Page:
    """The page with these of its symbols alone.

    The pixels of the others become paper; where one of these lay directly under them, it is on top now,
    and its area grows.

    Example:
        >>> symbols = Symbols.build(["stem", "beam"], [[0, 0, 1, 2], [0, 0, 2, 1]], area=[1, 2])
        >>> ids, under = np.array([[2, 2], [1, 0]], np.uint16), np.array([[1, 0], [0, 0]], np.uint16)
        >>> page = Page("p", np.zeros((2, 2), np.uint8), symbols, ids, under)
        >>> alone = with_symbols(page, symbols.named("stem"))
        >>> alone.ids.tolist(), alone.symbols.area.tolist()
        ([[1, 0], [1, 0]], [2])
    """
    page = replace(page, origin=replace(page.origin, bare_ink=True))
    if page.ids is None:
        return replace(page, symbols=symbols)
    in_masks = symbols.id[symbols.id < _IDS]
    known = np.zeros(_IDS, np.uint16)
    known[in_masks] = in_masks
    ids: NDArray[np.uint16] = known[page.ids]
    if page.under is None:
        return replace(page, symbols=symbols, ids=ids)
    under: NDArray[np.uint16] = known[page.under]
    bare = (ids == 0) & (under != 0)
    seen = under[bare]
    ids[bare], under[bare] = seen, 0
    more = np.bincount(seen, minlength=int(symbols.id.max(initial=0)) + 1)[symbols.id]
    area = symbols.area + more.astype(np.int32)
    return replace(page, symbols=symbols.replace(area=area), ids=ids, under=under)
