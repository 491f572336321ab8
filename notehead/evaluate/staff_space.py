"""How large a page is, in its own unit: pixels between two staff lines, told by its symbols."""

from __future__ import annotations

import numpy as np

from notehead.page import Symbols

_SPACES_OF_A_STAFF = 4
_BLACK = ("noteheadBlack", "noteheadFull")


def estimate_staff_space(symbols: Symbols) -> float:
    """Pixels between staff lines: a fourth of the staffs' height, else that of full-size black noteheads.

    Both are medians over the page, the staffs' of the short sides of their oriented boxes. Staffs (of five
    lines) give a few hundredths too much, as lines have a thickness, heads up to a third too much, as those
    of some fonts are large. 0.0 where a page has neither.

    Example:
        >>> estimate_staff_space(Symbols.build(["staff"], [[10, 100, 900, 140]]))
        10.0
    """
    corners = symbols.corners[_is_named(symbols, [name for name in symbols.vocabulary if name == "staff"])]
    if len(corners):
        sides = np.linalg.norm(corners[:, 1:3] - corners[:, 0:2], axis=2)
        return float(np.median(sides.min(axis=1)) / _SPACES_OF_A_STAFF)
    heads = [name for name in symbols.vocabulary if name.startswith(_BLACK) and not name.endswith("Small")]
    boxes = symbols.box[_is_named(symbols, heads)]
    return float(np.median(boxes[:, 3] - boxes[:, 1])) if len(boxes) else 0.0


def _is_named(symbols: Symbols, names: list[str]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.isin(symbols.label, [symbols.vocabulary.id(name) for name in names])
