"""How each class is found: by its centre, or by the pixels of its line.

A glyph is found by its centre. Glyphs that may share a centre (a notehead and the grace note that it is part
of, a dot and the fingering over it) belong to different *families*, each of which has a map of centres of its
own, so that none hides the other.

What is long has a centre that says nothing, and a box that one pixel spoils. It is found by its pixels: each
*trace* has a map of its own, in which symbols are the connected parts. Traces are few, since symbols of one
trace do not cross: barlines are one trace, whatever their kind. Slurs and ties cross or touch each other, but
seldom those of the same kind that are bowed the same way.
"""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from numpy.typing import NDArray

from notehead.vocabulary import VOCABULARY

FAMILIES = ("noteheads", "accidentals", "dots", "marks", "signs", "strokes", "ledgers", "groups", "words")
"""The maps of centres. `marks` stand with notes; `signs` (clefs, rests, digits of time signatures) alone;
`strokes` are short lines; `ledgers`, ledger lines, meet those of the next note in the pixels but not in their
centres; `groups` are symbols that other symbols are part of."""

_STARTS: dict[str, tuple[str, ...]] = {
    "noteheads": ("notehead",),
    "accidentals": ("accidental", "keyFlat", "keyNatural", "keySharp"),
    "dots": ("augmentationDot", "articStacc", "repeatDot"),
    "strokes": ("graceNoteSlash", "lyricHyphen", "otherLine"),
    "ledgers": ("ledgerLine",),
    "groups": ("graceNoteA",),
    "words": ("text",),
    "signs": (
        "brace",
        "clef",
        "timeSig",
        "rest",
        "repeat1",
        "repeat2",
        "repeat4",
        "repeatBar",
        "segno",
        "coda",
    ),
}
"""What class names begin with; all other centred classes are `marks`."""

TRACES: dict[str, tuple[str, ...]] = {
    "staffs": ("staff",),
    "stems": ("stem",),
    "beams": ("beam",),
    "slursAbove": ("slur",),
    "slursBelow": ("slur",),
    "tiesAbove": ("tie",),
    "tiesBelow": ("tie",),
    "hairpins": ("dynamicCrescendoHairpin", "dynamicDiminuendoHairpin"),
    "tuplets": ("tupletBracket",),
    "barlines": (
        "barlineSingle",
        "barlineDouble",
        "barlineFinal",
        "barlineReverseFinal",
        "barlineHeavy",
        "barlineHeavyHeavy",
        "barlineDashed",
        "barlineDotted",
        "barlineShort",
        "barlineTick",
        "barlineSystemic",
        "repeatLeft",
        "repeatRight",
        "repeatRightLeft",
    ),
    "braces": ("brace", "bracket", "bracketSquare"),
    "wiggles": ("arpeggiato", "wiggleTrill", "glissando"),
    "extenders": (
        "ottavaBracket",
        "voltaBracket",
        "pedalLine",
        "lyricExtender",
        "textExtender",
        "bracketSpan",
        "textFrame",
    ),
}
"""The maps of lines, and the classes that each shows."""

BELOW = {"slursAbove": "slursBelow", "tiesAbove": "tiesBelow"}
"""Of traces whose symbols are bowed upwards, the traces of those that are bowed downwards."""

CURVES = tuple(itertools.chain(*BELOW.items()))
"""The traces of curves; a curve is in one of them."""

KINDS = len(FAMILIES) + len(TRACES)
"""Families, then traces: in this order a place says which of them a symbol is of."""


@cache
def kind_of_label() -> NDArray[np.int64]:
    """For each class id its place among families and traces; -1 for ids that are not used.

    A class of two traces has the place of the first.

    Example:
        >>> kind_of_label()[VOCABULARY.id("noteheadWholeOnLine")], kind_of_label()[VOCABULARY.id("staff")]
        (np.int64(0), np.int64(9))
    """
    traced = {name: place for place, names in reversed([*enumerate(TRACES.values())]) for name in names}
    table = np.full(max(VOCABULARY.by_id) + 1, -1, np.int64)
    for row in VOCABULARY.classes:
        place = traced.get(row.name)
        table[row.id] = _family(row.name) if place is None else len(FAMILIES) + place
    return table


@cache
def labels_of_kind() -> NDArray[np.bool_]:
    """Bool (kinds, class ids): which classes each family or trace has."""
    table = np.asarray(kind_of_label()[None, :] == np.arange(KINDS)[:, None])
    for above, below in BELOW.items():
        table[trace_kind(below)] = table[trace_kind(above)]
    return table


def trace_kind(name: str) -> int:
    """The place of a trace among families and traces.

    Example:
        >>> trace_kind("staffs")
        9
    """
    return len(FAMILIES) + list(TRACES).index(name)


def _family(name: str) -> int:
    for family, starts in _STARTS.items():
        if name.startswith(starts):
            return FAMILIES.index(family)
    return FAMILIES.index("marks")
