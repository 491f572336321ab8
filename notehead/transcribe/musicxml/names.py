"""What symbols are called in MusicXML: tables from our classes, and back."""

from __future__ import annotations

from fractions import Fraction

TYPES = {
    Fraction(32): "maxima", Fraction(16): "long", Fraction(8): "breve", Fraction(4): "whole",
    Fraction(2): "half", Fraction(1): "quarter", Fraction(1, 2): "eighth", Fraction(1, 4): "16th",
    Fraction(1, 8): "32nd", Fraction(1, 16): "64th", Fraction(1, 32): "128th", Fraction(1, 64): "256th",
    Fraction(1, 128): "512th", Fraction(1, 256): "1024th",
}  # fmt: skip
"""Name of a note by its length in quarter notes."""
LENGTHS = {name: length for length, name in TYPES.items()}

ACCIDENTALS = {
    "accidentalFlat": "flat", "accidentalNatural": "natural", "accidentalSharp": "sharp",
    "accidentalDoubleSharp": "double-sharp", "accidentalDoubleFlat": "flat-flat",
    "accidentalTripleSharp": "triple-sharp", "accidentalTripleFlat": "triple-flat",
    "accidentalSharpSharp": "sharp-sharp", "accidentalNaturalFlat": "natural-flat",
    "accidentalNaturalSharp": "natural-sharp", "accidentalQuarterToneFlat": "quarter-flat",
    "accidentalQuarterToneSharp": "quarter-sharp", "accidentalThreeQuarterTonesFlat": "three-quarters-flat",
    "accidentalThreeQuarterTonesSharp": "three-quarters-sharp", "accidentalOther": "other",
}  # fmt: skip
"""Small ones have the same name and a size of their own."""
ACCIDENTAL_OF = {name: ours for ours, name in ACCIDENTALS.items()}

HEADS = {
    "noteheadX": ("x", {}), "noteheadCircleX": ("circle-x", {}), "noteheadPlus": ("cross", {}),
    "noteheadDiamondBlack": ("diamond", {"filled": "yes"}),
    "noteheadDiamondHalf": ("diamond", {"filled": "no"}),
    "noteheadSlash": ("slash", {}), "noteheadSquare": ("square", {}),
    "noteheadParenthesis": ("normal", {"parentheses": "yes"}), "noteheadOther": ("other", {}),
}  # fmt: skip
"""Heads of unusual shape: name and attributes."""

BAR_STYLES = {
    "barlineDouble": "light-light", "barlineFinal": "light-heavy", "barlineReverseFinal": "heavy-light",
    "barlineHeavy": "heavy", "barlineHeavyHeavy": "heavy-heavy", "barlineDashed": "dashed",
    "barlineDotted": "dotted", "barlineShort": "short", "barlineTick": "tick",
}  # fmt: skip
"""A plain one needs no words."""
BARLINE_OF = {style: ours for ours, style in BAR_STYLES.items()}

DYNAMICS = frozenset(
    [
        "p",
        "pp",
        "ppp",
        "pppp",
        "ppppp",
        "pppppp",
        "f",
        "ff",
        "fff",
        "ffff",
        "fffff",
        "ffffff",
        "mp",
        "mf",
        "sf",
        "sfp",
        "sfpp",
        "fp",
        "rf",
        "rfz",
        "sfz",
        "sffz",
        "fz",
        "n",
        "pf",
        "sfzp",
    ]
)
"""Rows of letters that MusicXML has a name for."""

_SIDED = {
    "articAccent": "accent", "articStaccato": "staccato", "articTenuto": "tenuto",
    "articStaccatissimo": "staccatissimo", "articSoftAccent": "soft-accent", "articStress": "stress",
}  # fmt: skip
Mark = tuple[str, str, tuple[tuple[str, str], ...], str]
"""The group of a mark among the notations ("" for none), its element, attributes, and text."""


def _mark(group: str, name: str, attributes: dict[str, str] | None = None, text: str = "") -> Mark:
    return group, name, tuple((attributes or {}).items()), text


MARKS: dict[str, Mark] = {
    **{
        f"{ours}{side}": _mark("articulations", name, {"placement": side.lower()})
        for ours, name in _SIDED.items()
        for side in ("Above", "Below")
    },
    "articMarcatoAbove": _mark("articulations", "strong-accent", {"type": "up", "placement": "above"}),
    "articMarcatoBelow": _mark("articulations", "strong-accent", {"type": "down", "placement": "below"}),
    "caesura": _mark("articulations", "caesura"),
    "breathMark": _mark("articulations", "breath-mark"),
    "fermataAbove": _mark("", "fermata", {"type": "upright"}),
    "fermataBelow": _mark("", "fermata", {"type": "inverted"}),
    "ornamentTrill": _mark("ornaments", "trill-mark"),
    "ornamentTurn": _mark("ornaments", "turn"),
    "ornamentTurnInverted": _mark("ornaments", "inverted-turn"),
    "ornamentTurnSlash": _mark("ornaments", "turn", {"slash": "yes"}),
    "ornamentMordent": _mark("ornaments", "mordent"),
    "ornamentShortTrill": _mark("ornaments", "inverted-mordent"),
    "ornamentTremblement": _mark("ornaments", "inverted-mordent", {"long": "yes"}),
    "ornamentHaydn": _mark("ornaments", "haydn"),
    "ornamentSchleifer": _mark("ornaments", "schleifer"),
    **{
        f"tremolo{bars}": _mark("ornaments", "tremolo", {"type": "single"}, str(bars)) for bars in range(1, 6)
    },
    "buzzRoll": _mark("ornaments", "tremolo", {"type": "unmeasured"}, "0"),
    "stringsDownBow": _mark("technical", "down-bow"),
    "stringsUpBow": _mark("technical", "up-bow"),
    "stringsHarmonic": _mark("technical", "harmonic"),
    "pluckedSnapPizzicato": _mark("technical", "snap-pizzicato"),
    "pluckedLeftHandPizzicato": _mark("technical", "stopped"),
}
"""Marks at chords; what is not here is written as another notation under the name of its class."""
ARPEGGIO, TREMOLO = "arpeggiato", "tremoloTwoNote"
"""The two that are more than an element of one note."""
