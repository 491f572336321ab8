"""A page whose symbols say how long and how high notes are."""

from __future__ import annotations

import numpy as np

from notehead import Page, Symbols
from notehead.page import ABSENT
from tests.degrade.pages import SPACE, music_page


def known_page(width: int = 420, staves: int = 3) -> Page:
    """`music_page` with durations and positions: quarter notes and half notes by turns."""
    page = music_page(width=width, staves=staves)
    return Page(
        page.name, page.image, known(page.symbols), page.ids, page.under, page.staff_lines, page.staff_space
    )


def known(symbols: Symbols) -> Symbols:
    """The symbols with positions and durations, of which heads and staffs show enough."""
    heads = symbols.is_notehead
    top = np.zeros(len(symbols))
    for staff in symbols.named("staff"):
        top[symbols.staff == staff.staff] = staff.box[1]
    away = (symbols.box[:, 1] + symbols.box[:, 3]) / 2 - top - 2 * SPACE
    position = np.where(heads, np.rint(-away / (SPACE / 2)), ABSENT).astype(np.int32)
    half = np.array([name.startswith("noteheadHalf") for name in symbols.names])
    duration = np.where(heads, np.where(half, 2.0, 1.0), np.nan)
    return symbols.replace(position=position, duration=duration)
