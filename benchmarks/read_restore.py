"""Which errors of a detector cost most notes: one kind of its symbols is made true, and F1 rises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead import Page
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

GROUPS: dict[str, tuple[str, ...]] = {
    "noteheads": ("notehead",), "stems": ("stem",), "beams": ("beam",), "flags": ("flag",),
    "rests": ("rest",), "dots": ("augmentationDot",), "accidentals": ("accidental",), "keys": ("key",),
    "clefs": ("clef",), "time signatures": ("timeSig",), "tuplets": ("tuplet",),
    "ties and slurs": ("tie", "slur"), "ledger lines": ("ledgerLine",),
    "barlines": ("barline", "repeat"), "braces and brackets": ("brace", "bracket"),
    "grace notes": ("graceNote",), "tremolos": ("tremolo",),
}  # fmt: skip
"""Beginnings of the names of the classes of each kind."""
_NOT_KEYS = ("keyboard",)
STAVES = "staff lines"
ALL = "all of these"


def restored(found: Page, truth: Page, kind: str) -> Page:
    """What was found on a page with all symbols of one kind as they truly are.

    Args:
        found: the detected page, in the pixels of the true one.
        truth: the page as it is.
        kind: of `GROUPS`, `STAVES`, or `ALL`.
    """
    if kind in {STAVES, ALL}:
        found = replace(found, staff_lines=truth.staff_lines, staff_space=truth.staff_space)
    if kind == STAVES:
        return found
    names = tuple(start for starts in GROUPS.values() for start in starts) if kind == ALL else GROUPS[kind]
    kept = found.symbols[~_of(found.symbols, names)]
    return replace(found, symbols=joined(kept, truth.symbols[_of(truth.symbols, names)]))


def _of(symbols: Symbols, names: tuple[str, ...]) -> NDArray[np.bool_]:
    asked = np.array(
        [one.name.startswith(names) and not one.name.startswith(_NOT_KEYS) for one in VOCABULARY.classes]
    )
    ids = np.array([one.id for one in VOCABULARY.classes])
    return np.isin(symbols.label, ids[asked])


def joined(first: Symbols, second: Symbols) -> Symbols:
    """The symbols of both with new ids and no links, as a detector has none."""
    columns = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("label", "box", "corners", "area", "score", "text")
    }
    return Symbols.build(columns.pop("label").tolist(), columns.pop("box"), **columns)
