"""The class of a mark, from its glyph, its element, its size against its staff, and its place on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from notehead.engrave.verovio.marks import Bar, Mark
from notehead.vocabulary import VOCABULARY

SMALL = 0.85
"""Glyphs below this share of their STAFF's usual scale are small (cue, grace); an absolute limit would
mislabel every head of an ossia staff."""
GLYPH_SCALE = 0.72 / 180
"""Scale of a full-size glyph for each unit of staff space."""
HEAVY = 0.32
"""Strokes of barlines wider than this many staff spaces are heavy; styles keep thin ones below 0.22."""
SHORT = 3.0
"""Barlines shorter than this many staff spaces are short ones or ticks."""

_PLAIN_HEADS = frozenset({"noteheadBlack", "noteheadHalf", "noteheadWhole", "noteheadDoubleWhole"})
_IN_KEY = {"accidentalFlat": "keyFlat", "accidentalNatural": "keyNatural", "accidentalSharp": "keySharp"}
_GROUPS = {"brace": "brace", "bracket": "bracket", "bracketsq": "bracketSquare", "line": "bracket"}
_HAVE_SMALL = frozenset({"accid", "flag", "stem", "trill", "mordent", "turn"})
"""Elements whose glyphs, or whose accidentals, have a class of their own where they are small."""
_FALLBACK = {
    "accid": "accidentalOther", "keyAccid": "accidentalOther", "notehead": "noteheadOther",
    "artic": "articOther", "mordent": "ornamentOther", "turn": "ornamentOther", "trill": "ornamentOther",
    "ornam": "ornamentOther", "meterSig": "timeSigOther", "mensur": "timeSigOther",
}  # fmt: skip


@cache
def _class_of_glyph() -> Mapping[str, str]:
    """Class by SMuFL name, for glyphs that mean one class wherever they stand."""
    classes: dict[str, str] = {}
    for row in VOCABULARY.classes:
        for glyph in row.smufl:
            classes.setdefault(glyph, row.name)
    for row in VOCABULARY.classes:  # a glyph of a class's own name is that class
        if row.name in row.smufl:
            classes[row.name] = row.name
    for size in ("DoubleWhole", "Whole", "HalfUp", "QuarterUp", "8thUp", "16thUp", "32ndUp", "64thUp"):
        classes[f"note{size}"] = "metronomeNote"
    return classes


def class_name(  # noqa: PLR0911  # one per kind of element
    mark: Mark, position: int, staff_space: float, form: str
) -> str:
    """The class of a mark.

    Args:
        mark: what was drawn.
        position: half staff spaces above the middle line of its staff.
        staff_space: of its staff.
        form: what the score says of it: form of a hairpin, symbol of a group.
    """
    name, element = mark.name, mark.rule.name
    if name in VOCABULARY and mark.scale == 0:
        if element == "grpSym":
            return _GROUPS.get(form, name)
        return name
    if name == "hairpin":
        return "dynamicDiminuendoHairpin" if form == "dim" else "dynamicCrescendoHairpin"
    small = 0 < mark.scale < SMALL * GLYPH_SCALE * staff_space
    if element == "notehead":
        return _head(name, position, small=small)
    if element == "keyAccid" and name in _IN_KEY:
        return _IN_KEY[name]
    if element == "clef" and name.startswith("cClef"):
        return {0: "clefCAlto", 2: "clefCTenor"}.get(position, "clefC")
    if element == "multiRestNum":
        return "restHNr"
    found = _class_of_glyph().get(name)
    if found is None:
        return _FALLBACK.get(element, "otherGlyph")
    if small and element in _HAVE_SMALL and f"{found}Small" in VOCABULARY:
        return f"{found}Small"
    return found


def _head(name: str, position: int, *, small: bool) -> str:
    base = "noteheadDoubleWhole" if name.startswith("noteheadDoubleWhole") else name
    if base in _PLAIN_HEADS:
        place = "InSpace" if position % 2 else "OnLine"
        return f"{base}{place}{'Small' if small else ''}"
    if name.startswith("accidentalParens"):
        return "noteheadParenthesis"
    return _class_of_glyph().get(name, "noteheadOther")


def barline_class(bars: Sequence[Bar], staff_space: float, middle: float | None, *, dots: bool) -> str:
    """The class of the strokes of one barline.

    Args:
        bars: its strokes, or its dots where it is dotted.
        staff_space: of the page.
        middle: y of the middle of the staff that a short barline stands on, None where it has none.
        dots: whether repeat dots stand beside it.
    """
    if all(bar.style == "dot" for bar in bars):
        return "barlineDotted"
    widths = {round(bar.x): bar.width for bar in bars}
    pattern = "".join("H" if widths[x] > HEAVY * staff_space else "t" for x in sorted(widths))
    if dots:
        repeats = {"tH": "repeatRight", "Ht": "repeatLeft"}
        return repeats.get(pattern, "repeatRightLeft")
    if pattern == "t":
        return _thin_barline(bars, staff_space, middle)
    plain = {"H": "barlineHeavy", "tt": "barlineDouble", "tH": "barlineFinal", "Ht": "barlineReverseFinal"}
    return plain.get(pattern, "barlineHeavyHeavy")


def _thin_barline(bars: Sequence[Bar], staff_space: float, middle: float | None) -> str:
    if bars[0].style:
        return "barlineDashed"
    heights = [y for bar in bars for y in (bar.y0, bar.y1)]
    low, high = min(heights), max(heights)
    if middle is None or high - low > SHORT * staff_space:
        return "barlineSingle"
    return "barlineShort" if abs((low + high) / 2 - middle) < staff_space else "barlineTick"
