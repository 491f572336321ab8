"""Slices: a page cut into overlapping squares, with the symbols, masks and links of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from notehead.page import Page

Cut = Literal["clip", "drop", "whole"]


@dataclass(frozen=True, slots=True)
class SliceOptions:
    """How pages are cut.

    Attributes:
        size: width and height of a slice in pixels; pages that are smaller stay as they are.
        overlap: share of a slice that the next one shows again, from 0 to less than 1.
        cut: what becomes of symbols that a slice's edge cuts.
        min_visible: the least share of a cut symbol's box that must be in the slice.
        empty: keep slices without symbols.
    """

    size: int = 640
    overlap: float = 0.2
    cut: Cut = "clip"
    min_visible: float = 0.3
    empty: bool = True


def slices(page: Page, options: SliceOptions) -> Iterator[Page]:
    """The slices of a page, row by row."""
    raise NotImplementedError
