"""The page of music of the tests of degradation, with areas, and a third of its heads in spaces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from notehead import Page
from notehead.vocabulary import VOCABULARY
from tests.degrade.pages import music_page


def page_with_areas(width: int = 420) -> Page:
    page = music_page(width=width, staves=3)
    assert page.ids is not None
    symbols = page.symbols
    label = symbols.label.copy()
    heads = np.flatnonzero(label == VOCABULARY.id("noteheadBlackOnLine"))
    label[heads[::3]] = VOCABULARY.id("noteheadBlackInSpace")
    area = np.bincount(page.ids.ravel(), minlength=len(symbols) + 1)[symbols.id].astype(np.int32)
    return replace(page, symbols=replace(symbols, label=label, area=area))
