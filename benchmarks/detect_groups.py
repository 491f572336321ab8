"""What the detector is judged by: glyphs by their boxes, groups of lines by distance, text by itself."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, TRACES, kind_of_label
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

LINES: dict[str, tuple[str, ...]] = {
    "staffs": ("staff",),
    "ledger lines": ("ledgerLine",),
    "stems": ("stem",),
    "beams": ("beam",),
    "barlines": TRACES["barlines"],
    "slurs": ("slur",),
    "ties": ("tie",),
    "hairpins": TRACES["hairpins"],
    "tuplet brackets": TRACES["tuplets"],
    "arpeggios": ("arpeggiato",),
    "slurs and ties": ("slur", "tie"),
    "braces and brackets": TRACES["braces"],
    "other lines": (*TRACES["wiggles"][1:], *TRACES["extenders"]),
}
"""Classes that count as one, under the name of the first; the first ten have bars to meet."""

TRACED = frozenset(name for names in LINES.values() for name in names)
"""Classes of lines, judged by distance."""

KINDS = (*FAMILIES, *TRACES)


@cache
def glyph_ids() -> NDArray[np.bool_]:
    """For each class id, whether it is found by its centre, and neither text nor a line."""
    kind = kind_of_label()
    lines = [FAMILIES.index(name) for name in ("words", "ledgers")]
    return np.asarray((kind >= 0) & (kind < len(FAMILIES)) & ~np.isin(kind, lines))


def glyphs(symbols: Symbols) -> Symbols:
    """The glyphs among symbols."""
    some: Symbols = symbols[glyph_ids()[symbols.label]]
    return some


def text(symbols: Symbols) -> Symbols:
    """The text among symbols, all of one class: what is asked is where words are, not what they are for."""
    words: Symbols = symbols[kind_of_label()[symbols.label] == FAMILIES.index("words")]
    return words.replace(label=np.full(len(words), VOCABULARY.id("textOther"), np.int32))


def group(symbols: Symbols, name: str) -> Symbols:
    """The lines of a group, all of its first class.

    Example:
        >>> group(Symbols.build(["barlineFinal", "stem"], [[0, 0, 1, 9], [5, 5, 6, 9]]), "barlines").names
        ['barlineSingle']
    """
    some = symbols.named(*LINES[name])
    return some.replace(label=np.full(len(some), VOCABULARY.id(LINES[name][0]), np.int32))
