"""A page with fewer symbols: their pixels go, and what lay under them comes to light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead import Page, Symbols
from notehead.datasets.kept import with_symbols
from tests.support.pages import blank_page, disc_page

Layer = NDArray[np.uint16]
IDS = [3, 5, 65535]


def page_of(ids: Layer, under: Layer | None) -> Page:
    area = [int((ids == number).sum()) for number in IDS]
    symbols = Symbols.build(["stem", "beam", "tie"], [[0, 0, 5, 5]] * 3, id=IDS, area=area)
    return Page("p", np.zeros(ids.shape, np.uint8), symbols, ids, under)


layer = arrays(np.uint16, (5, 5), elements=st.sampled_from([0, *IDS]))


@given(ids=layer, under=layer, kept=st.lists(st.booleans(), min_size=3, max_size=3))
def test_each_pixel_shows_the_first_of_its_symbols_that_is_left(
    ids: Layer, under: Layer, kept: list[bool]
) -> None:
    page = page_of(ids, under)
    before = ids.copy(), under.copy()
    found = with_symbols(page, page.symbols[np.array(kept)])
    assert found.ids is not None
    assert found.under is not None
    left = {number for number, keep in zip(IDS, kept, strict=True) if keep}
    for y, x in np.ndindex(5, 5):
        stack = [number for number in (int(ids[y, x]), int(under[y, x])) if number in left]
        assert [int(found.ids[y, x]), int(found.under[y, x])] == [*stack, 0, 0][:2]
    assert found.symbols.area.tolist() == [int((found.ids == number).sum()) for number in found.symbols.id]
    assert found.ids.dtype == found.under.dtype == np.uint16
    assert np.array_equal(ids, before[0]), "the page itself stays as it was"
    assert np.array_equal(under, before[1])


@given(ids=layer)
def test_without_a_second_layer_pixels_become_paper(ids: Layer) -> None:
    page = page_of(ids, None)
    found = with_symbols(page, page.symbols[:1])
    assert found.under is None
    assert found.ids is not None
    assert np.array_equal(found.ids, np.where(ids == IDS[0], ids, 0))
    assert found.symbols.area.tolist() == page.symbols.area[:1].tolist()


def test_masks_are_those_of_the_symbols_that_are_left() -> None:
    page = disc_page()
    one = page.symbols[1]
    found = with_symbols(page, page.symbols[1:2])
    assert np.array_equal(found.mask(one), page.mask(one))
    assert found.ids is not None
    assert np.array_equal(found.classes > 0, page.mask(one)), "nothing else is on the page"
    assert (found.image is page.image, found.name) == (True, page.name)
    assert found.origin == replace(page.origin, bare_ink=True)


def test_no_symbol_is_left() -> None:
    found = with_symbols(disc_page(), Symbols())
    assert found.ids is not None
    assert found.under is not None
    assert not found.ids.any()
    assert not found.under.any()


@pytest.mark.parametrize("identity", [7, 70_000])
def test_pages_without_masks_have_any_ids(identity: int) -> None:
    symbols = Symbols.build(["stem"], [[1, 2, 3, 4]], id=[identity])
    found = with_symbols(blank_page("p", symbols), symbols)
    assert found.ids is None
    assert found.symbols is symbols
    masked = replace(blank_page("p", symbols), ids=np.zeros((200, 300), np.uint16))
    for under in (None, np.zeros((200, 300), np.uint16)):
        assert with_symbols(replace(masked, under=under), symbols).symbols.area.tolist() == [0]
