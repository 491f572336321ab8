"""Whether a page came back as it was, from a format that holds all of it."""

from __future__ import annotations

import numpy as np

from notehead import Page
from notehead.page import COLUMNS

THOUSANDTH = 5.1e-4


def assert_same_page(found: Page, page: Page) -> None:
    """All of a page; lengths to a thousandth of a pixel, and no second layer is an empty one."""
    assert (found.name, found.origin) == (page.name, page.origin)
    assert [(row.id, row.name) for row in found.symbols.vocabulary.classes] == [
        (row.id, row.name) for row in page.symbols.vocabulary.classes
    ]
    for column in COLUMNS:
        one, other = getattr(found.symbols, column), getattr(page.symbols, column)
        assert one.dtype == other.dtype, column
        assert one.shape == other.shape, column
        if column in ("box", "corners"):
            assert np.allclose(one, other, rtol=0, atol=THOUSANDTH), column
        elif one.dtype == np.float64:
            assert np.array_equal(one, other, equal_nan=True), column
        else:
            assert one.tolist() == other.tolist(), column
    for layer in ("image", "ids"):
        one, other = getattr(found, layer), getattr(page, layer)
        assert np.array_equal(one, other), layer
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None), layer
    assert (found.under is None) == (found.ids is None)
    if found.under is not None:
        assert np.array_equal(found.under, page.under if page.under is not None else np.zeros_like(found.ids))
    assert np.allclose(found.staff_lines, page.staff_lines, rtol=0, atol=THOUSANDTH)
    assert abs(found.staff_space - page.staff_space) < 1e-4
