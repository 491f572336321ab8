"""The class of what LilyPond draws, from its grob and its glyph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from notehead.engrave.lilypond.svg import Tags
from notehead.vocabulary import VOCABULARY

SMALL = 0.85
"""Glyphs below this share of their staff's usual size are small (cue, grace)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the drawables of a grob become.

    Attributes:
        line: class of strokes and areas; all of a grob are one symbol ...
        apart: ... unless each is one of its own.
        text: class of letters, and of digits of the music font.
        digit: start of the classes of single digits, where each digit is a symbol.
        glyph: class of all glyphs, which are then one symbol.
        joined: whether lines, letters and glyphs are one symbol, of the class `line`.
        whole: whether all letters are one symbol, wherever they stand.
    """

    line: str = "otherLine"
    apart: bool = False
    text: str = "textOther"
    digit: str = ""
    glyph: str = ""
    joined: bool = False
    whole: bool = False


_DIRECTION = Rule("textExtender", text="textDirection")
_FINGER = Rule("textFrame", text="textFingering", digit="fingering")
RULES: Mapping[str, Rule] = {
    "": Rule("otherLine", text="textTitle"),
    "Stem": Rule("stem"),
    "Beam": Rule("beam"),
    "LedgerLineSpanner": Rule("ledgerLine", apart=True),
    "Slur": Rule("slur"),
    "PhrasingSlur": Rule("slur"),
    "Tie": Rule("tie"),
    "LaissezVibrerTie": Rule("tie"),
    "RepeatTie": Rule("tie"),
    "Hairpin": Rule("dynamicCrescendoHairpin"),
    "TupletBracket": Rule("tupletBracket"),
    "TupletNumber": Rule("metronomeNote", text="textOther", digit="tuplet"),
    "TimeSignature": Rule(text="timeSigOther", digit="timeSig"),
    "MultiMeasureRest": Rule("restHBar"),
    "MultiMeasureRestNumber": Rule(text="restHNr", glyph="restHNr"),
    "MultiMeasureRestText": _DIRECTION,
    "OttavaBracket": Rule("ottavaBracket", joined=True),
    "TrillSpanner": Rule("wiggleTrill"),
    "Arpeggio": Rule("arpeggiato", joined=True),
    "ChordBracket": Rule("arpeggiato", joined=True),
    "ChordSlur": Rule("arpeggiato", joined=True),
    "SystemStartBrace": Rule("brace", joined=True),
    "SystemStartBracket": Rule("bracket", joined=True),
    "SystemStartSquare": Rule("bracketSquare", joined=True),
    "SystemStartBar": Rule("barlineSystemic"),
    "VoltaBracket": Rule("voltaBracket", text="textVolta", glyph="textVolta"),
    "SustainPedal": Rule("pedalLine", text="textDirection"),
    "SostenutoPedal": Rule("pedalLine", text="textDirection"),
    "UnaCordaPedal": Rule("pedalLine", text="textDirection"),
    "PianoPedalBracket": Rule("pedalLine", text="textDirection"),
    "Glissando": Rule("glissando", text="textDirection"),
    "VoiceFollower": Rule("glissando"),
    "DynamicText": Rule("textExtender", text="textDynamic"),
    "DynamicTextSpanner": Rule("textExtender", text="textDynamic"),
    "TextSpanner": _DIRECTION,
    "TextScript": Rule("textFrame", text="textDirection"),
    "CombineTextScript": _DIRECTION,
    "MetronomeMark": Rule("metronomeNote", text="textTempo"),
    "RehearsalMark": Rule("textFrame", text="textRehearsalMark"),
    "SectionLabel": Rule("textFrame", text="textDirection"),
    "JumpScript": Rule("textFrame", text="textDirection"),
    "TextMark": Rule("textFrame", text="textDirection"),
    "BarNumber": Rule("textFrame", text="textMeasureNumber"),
    "CenteredBarNumber": Rule("textFrame", text="textMeasureNumber"),
    "LyricText": Rule(text="textLyrics"),
    "StanzaNumber": Rule(text="textLyrics"),
    "LyricHyphen": Rule("lyricHyphen", apart=True),
    "LyricSpace": Rule("lyricHyphen", apart=True),
    "LyricExtender": Rule("lyricExtender", apart=True),
    "InstrumentName": Rule(text="textPartName"),
    "ChordName": Rule(text="textChordSymbol", glyph="textChordSymbol", whole=True),
    "BassFigure": Rule(text="textFigure", glyph="textFigure"),
    "BassFigureContinuation": Rule("textExtender"),
    "Fingering": _FINGER,
    "StringNumber": Rule("textFrame", text="textFingering", glyph="textFingering"),
    "StrokeFinger": Rule("textFrame", text="textFingering"),
    "HorizontalBracket": Rule("bracketSpan"),
}
_DEFAULT = Rule()
_TEMPO = frozenset({"MetronomeMark", "TextScript", "TextMark", "TupletNumber"})
"""Grobs with notes among their words."""
BARLINES = frozenset({"BarLine", "SpanBar"})

_NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS = {
    word: str(digit)
    for digit, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    )
}
_SIGNS = {"plus": "+", "hyphen": "-", "period": ".", "comma": ","}
_ACCIDENTALS = {
    "flat": "Flat", "natural": "Natural", "sharp": "Sharp", "doublesharp": "DoubleSharp",
    "flatflat": "DoubleFlat", "leftparen": "ParensLeft", "rightparen": "ParensRight",
    "mirroredflat": "QuarterToneFlat", "mirroredflat.flat": "ThreeQuarterTonesFlat",
    "sharp.slashslash.stem": "QuarterToneSharp", "sharp.slashslash.stemstemstem": "ThreeQuarterTonesSharp",
}  # fmt: skip
_IN_KEY = {f"accidental{sign}": f"key{sign}" for sign in ("Flat", "Natural", "Sharp")}
_HEADS = {
    "s0": "noteheadWhole", "s1": "noteheadHalf", "s2": "noteheadBlack", "sM1": "noteheadDoubleWhole",
    "sM1double": "noteheadDoubleWhole", "s0cross": "noteheadX",
    "s1cross": "noteheadX", "s2cross": "noteheadX",
    "s2xcircle": "noteheadCircleX", "s2diamond": "noteheadDiamondBlack", "s1diamond": "noteheadDiamondHalf",
    "s0diamond": "noteheadDiamondHalf",
    "s2harmonic": "noteheadDiamondBlack", "s0harmonic": "noteheadDiamondHalf",
    "s0slash": "noteheadSlash", "s1slash": "noteheadSlash", "s2slash": "noteheadSlash",
}  # fmt: skip
_PLACED_HEADS = frozenset({"noteheadWhole", "noteheadHalf", "noteheadBlack", "noteheadDoubleWhole"})
_RESTS = {
    "M3": "Maxima", "M2": "Longa", "M1": "DoubleWhole", "M1o": "DoubleWhole", "0": "Whole", "0o": "Whole",
    "1": "Half", "1o": "Half", "2": "Quarter", "2classical": "Quarter", "2z": "Quarter", "3": "8th",
    "4": "16th", "5": "32nd", "6": "64th", "7": "128th", "8": "256th", "9": "512th", "10": "1024th",
}  # fmt: skip
_CLEFS = {
    "clefs.G": "clefG", "clefs.GG": "clefG", "clefs.tenorG": "clefG", "clefs.F": "clefF", "clefs.C": "clefC",
    "clefs.varC": "clefC", "clefs.percussion": "clefUnpitchedPercussion",
    "clefs.varpercussion": "clefUnpitchedPercussion", "clefs.tab": "clefTab",
}  # fmt: skip
_SCRIPTS_BY_SIDE = {
    "sforzato": "articAccent", "espr": "articSoftAccent", "staccato": "articStaccato",
    "staccatissimo": "articStaccatissimo", "tenuto": "articTenuto", "marcato": "articMarcato",
}  # fmt: skip
_SCRIPTS = {
    "portato": "articOther", "stopped": "brassMute", "halfopen": "brassMute", "halfopenvertical": "brassMute",
    "open": "stringsHarmonic", "flageolet": "stringsHarmonic", "upbow": "stringsUpBow",
    "downbow": "stringsDownBow",
    "reverseturn": "ornamentTurnInverted", "turn": "ornamentTurn", "slashturn": "ornamentTurnSlash",
    "haydnturn": "ornamentHaydn", "trill": "ornamentTrill", "prall": "ornamentShortTrill",
    "mordent": "ornamentMordent", "prallprall": "ornamentTremblement", "segno": "segno", "varsegno": "segno",
    "coda": "coda", "varcoda": "coda", "trill_element": "wiggleTrill", "arpeggio": "arpeggiato",
    "snappizzicato": "pluckedSnapPizzicato", "rcomma": "breathMark", "lcomma": "breathMark",
    "rvarcomma": "breathMark",
    "lvarcomma": "breathMark", "raltcomma": "breathMark", "laltcomma": "breathMark",
    "tickmark": "breathMark", "caesura.straight": "caesura", "caesura.curved": "caesura",
}  # fmt: skip
_OTHER_GLYPHS = {
    "timesig.C44": "timeSigCommon", "timesig.C22": "timeSigCutCommon",
    "pedal.*": "keyboardPedalUp", "brackettips.up": "bracket", "brackettips.down": "bracket",
}  # fmt: skip
_FLAG_LENGTHS = {
    3: "8th", 4: "16th", 5: "32nd", 6: "64th", 7: "128th", 8: "256th", 9: "512th", 10: "1024th",
}  # fmt: skip


def rule_of(grob: str) -> Rule:
    """The rule of a grob; a plain one for those that are not listed."""
    return RULES.get(grob, _DEFAULT)


def letter_of(glyph: str) -> str:
    """The letter that a glyph of the music font stands for; empty for other glyphs."""
    name = glyph.removeprefix("fattened.").removeprefix("fixedwidth.").removesuffix(".alt")
    return _DIGITS.get(name) or _SIGNS.get(name, "")


def line_class(tags: Tags, areas: int) -> str:
    """The class of the strokes and areas of a grob; `areas` is how many it has."""
    if tags.grob == "Hairpin" and tags.grow < 0:
        return "dynamicDiminuendoHairpin"
    if tags.grob == "Beam" and tags.gap > 0:
        return "tremoloTwoNote"
    if tags.grob == "StemTremolo":
        return f"tremolo{min(max(areas, 1), 5)}"
    return rule_of(tags.grob).line


def glyph_class(tags: Tags, glyph: str, position: int, *, small: bool, above: bool) -> str:  # noqa: PLR0911
    """The class of a glyph.

    Args:
        tags: of the grob that draws it.
        glyph: its name in Emmentaler.
        position: half staff spaces above the middle line of its staff.
        small: whether it is smaller than its staff's usual glyphs.
        above: whether it stands above its note.
    """
    rule = rule_of(tags.grob)
    if rule.joined:
        return rule.line
    if rule.glyph:
        return rule.glyph
    letter = letter_of(glyph)
    if letter:
        return letter_class(rule, letter)
    family, _, name = glyph.partition(".")
    if family == "noteheads":
        return _head(tags, name, position, small=small)
    if family == "clefs":
        return _clef(glyph, position)
    if family == "scripts":
        return _script(name, tags.direction, above=above)
    return _plain(tags, glyph, small=small)


def _plain(tags: Tags, glyph: str, *, small: bool) -> str:
    """The class of a glyph that means the same wherever it stands."""
    family, _, name = glyph.partition(".")
    by_family = {
        "accidentals": lambda: _accidental(tags, name, small=small),
        "rests": lambda: f"rest{_RESTS[name]}" if name in _RESTS else "otherGlyph",
        "flags": lambda: _flag(name, small=small),
        "dots": lambda: _dot(tags),
        "pedal": lambda: _OTHER_GLYPHS.get(glyph, "keyboardPedalPed"),
    }
    if family in by_family and name:
        return by_family[family]()
    if len(glyph) == 1 and f"dynamic{glyph.upper()}" in VOCABULARY:
        return f"dynamic{glyph.upper()}"
    return "brace" if glyph.startswith("brace") else _OTHER_GLYPHS.get(glyph, "otherGlyph")


def letter_class(rule: Rule, letter: str) -> str:
    """The class of a digit or sign under a rule."""
    if rule.digit:
        name = {"+": "timeSigPlus", ":": "tupletColon"}.get(letter, f"{rule.digit}{letter}")
        if name in VOCABULARY:
            return name
    return rule.text


_LOUDNESS = re.compile(
    r"((poco|molto|più|piu|sempre|un poco|subito|sub\.?) +)*"
    r"(cresc|dim\b|dimin|decresc|mezza voce|sotto voce|smorz|calando|morendo|([mpf]+|[sr]fz?)\b)"
)
_SPEED = re.compile(
    r"((un|poco|molto|più|piu|meno|non troppo|sempre|a|in|assez|très|sehr|etwas|tempo di) +)*"
    r"(allegr|andant|adagio|larg|lent|lento|presto|prestissimo|vivace|vivo|moderat|modéré|mäßig|langsam|schnell"
    r"|lebhaft|ruhig|bewegt|grave|tempo|mosso|vite|animato|animé|slow|fast)"
)


def word_class(name: str, words: str) -> str:
    """The class of a direction's words: of loudness, of speed, or any other.

    Example:
        >>> word_class("textDirection", "Poco cresc."), word_class("textDirection", "arco")
        ('textDynamic', 'textDirection')
    """
    if name != "textDirection":
        return name
    said = words.strip().lower()
    if _LOUDNESS.match(said):
        return "textDynamic"
    return "textTempo" if _SPEED.match(said) else name


def clef_digit(letters: str) -> str:
    """The class of the digits at a clef."""
    return "clef15" if "15" in letters else "clef8" if "8" in letters else "textOther"


def _dot(tags: Tags) -> str:
    if tags.grob in BARLINES:
        return "repeatDot"
    return "metronomeNote" if tags.grob in _TEMPO else "augmentationDot"


def _head(tags: Tags, name: str, position: int, *, small: bool) -> str:
    if tags.grob not in {"NoteHead", "AmbitusNoteHead", "TrillPitchHead"}:
        return "metronomeNote"
    base = _HEADS.get(name, "noteheadOther")
    if base not in _PLACED_HEADS:
        return base
    return f"{base}{'InSpace' if position % 2 else 'OnLine'}{'Small' if small else ''}"


def _accidental(tags: Tags, name: str, *, small: bool) -> str:
    found = f"accidental{_ACCIDENTALS.get(name.removesuffix('.figbass'), 'Other')}"
    if tags.grob in {"KeySignature", "KeyCancellation"}:
        return _IN_KEY.get(found, found)
    return f"{found}Small" if small and f"{found}Small" in VOCABULARY else found


def _flag(name: str, *, small: bool) -> str:
    if name in {"ugrace", "dgrace"}:
        return "graceNoteSlash"
    length = _FLAG_LENGTHS.get(int(name[1:])) if name[1:].isdigit() else None
    if name[:1] not in {"u", "d"} or length is None:
        return "otherGlyph"
    found = f"flag{length}{'Up' if name[0] == 'u' else 'Down'}"
    return f"{found}Small" if small and f"{found}Small" in VOCABULARY else found


def _clef(glyph: str, position: int) -> str:
    found = _CLEFS.get(glyph.removesuffix("_change"), "otherGlyph")
    if found == "clefC":
        return {0: "clefCAlto", 2: "clefCTenor"}.get(position, "clefC")
    return found


def _script(name: str, direction: int, *, above: bool) -> str:
    up = above if direction == 0 else direction > 0
    if "fermata" in name:
        return "fermataAbove" if name.startswith("u") else "fermataBelow"
    if name.startswith("arpeggio"):
        return "arpeggiato"
    for bare in (name, name[1:]):  # some have a form for each side: `umarcato`, `dmarcato`
        if bare in _SCRIPTS_BY_SIDE:
            return f"{_SCRIPTS_BY_SIDE[bare]}{'Above' if up else 'Below'}"
        if bare == "ictus":
            return f"articStress{'Above' if up else 'Below'}"
        if bare in _SCRIPTS:
            return _SCRIPTS[bare]
    return "ornamentOther" if "prall" in name or "mordent" in name else "articOther"
