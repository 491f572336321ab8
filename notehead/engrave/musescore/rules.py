"""How each kind of MuseScore's elements becomes symbols: one row per element."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """What the drawables of an element become.

    Attributes:
        element: MuseScore's name of it.
        glyphs: which SMuFL names come into question for its paths; empty where they are letters.
        other: class of a path that is none of these glyphs.
        line: class of its strokes.
        spelt: its paths are rows of glyphs in a text's size, one symbol each.
        united: of dynamics, whose letters may run into one another.
    """

    element: str
    glyphs: str = ""
    other: str = "textOther"
    line: str = "otherLine"
    spelt: bool = False
    united: bool = False

    def names(self, every: Iterable[str]) -> frozenset[str]:
        """The names of a font's glyphs that come into question."""
        return frozenset(name for name in every if self.glyphs and re.match(self.glyphs, name))


_ANY = r"(?!figbass|metNote|fingering|tuplet|timeSig|note(?!head)|mensural|chant|medRen|fretboard|harp).+"
_METRONOME = (
    r"met(Note|Aug).*|note(DoubleWhole|Whole|HalfUp|QuarterUp|8thUp|16thUp|32ndUp|64thUp)$|augmentationDot$"
)
_LETTERS = r"dynamic(Piano|Mezzo|Forte|Rinforzando|Sforzando|Z|Niente)$"

_ALL = (
    Rule("Note", r"notehead.*", "noteheadOther"),
    Rule("Symbol", _ANY, "otherGlyph"),
    Rule("Rest", r"rest.*", "otherGlyph", "ledgerLine"),
    Rule("RepeatMeasure", r"repeat.*", "otherGlyph"),
    Rule("Accidental", r"accidental.*", "accidentalOther"),
    Rule("KeySig", r"accidental.*", "accidentalOther"),
    Rule("Clef", r".*(C|c)lef.*", "otherGlyph"),
    Rule("TimeSig", r"timeSig.*", "timeSigOther"),
    Rule("NoteDot", r"augmentationDot", "augmentationDot"),
    Rule("Hook", r"flag.*", "otherGlyph"),
    Rule("BarLine", r"repeatDot$", "otherGlyph", "barline"),
    Rule("Stem", line="stem"),
    Rule("StemSlash", line="graceNoteSlash"),
    Rule("LedgerLine", line="ledgerLine"),
    Rule("Beam", other="beam", line="beam"),
    Rule("Tremolo", r"tremolo\d|buzzRoll", "tremolo"),
    Rule("TremoloBar", other="otherLine"),
    Rule("SlurSegment", other="slur", line="slur"),
    Rule("TieSegment", other="tie", line="tie"),
    Rule("HairpinSegment", _LETTERS, "textDynamic", "hairpin", spelt=True, united=True),
    Rule("Bracket", r"brac.*", "brace", "bracket"),
    Rule("Articulation", _ANY, "articOther", "otherLine"),
    Rule("Fermata", r"fermata.*", "otherGlyph"),
    Rule("Breath", r"breath.*|caesura.*|chantCaesura", "otherGlyph"),
    Rule("Arpeggio", r"wiggleArpegg.*|arpeggi.*", "arpeggiato", "arpeggiato"),
    Rule("ChordLine", other="glissando", line="glissando"),
    Rule("GlissandoSegment", r"wiggleGliss.*", "textDirection", "glissando"),
    Rule("TrillSegment", r"ornament.*|wiggle.*", "textDirection", "wiggleTrill"),
    Rule("VibratoSegment", r"wiggle.*|guitar.*", "otherGlyph", "otherLine"),
    Rule("OttavaSegment", r"ottava.*|quindicesima.*|ventiduesima.*", "ottavaBracket", "ottavaBracket"),
    Rule("PedalSegment", r"keyboardPedal.*", "textDirection", "pedalLine", spelt=True),
    Rule("VoltaSegment", other="textVolta", line="voltaBracket"),
    Rule("TextLineSegment", other="textDirection", line="textExtender"),
    Rule("LetRingSegment", other="textDirection", line="textExtender"),
    Rule("PalmMuteSegment", other="textDirection", line="textExtender"),
    Rule("Tuplet", r"tuplet\d|tupletColon", "textOther", "tupletBracket", spelt=True),
    Rule("Dynamic", _LETTERS, "textDynamic", spelt=True, united=True),
    Rule("Lyrics", other="textLyrics"),
    Rule("LyricsLineSegment", line="lyricExtender"),
    Rule("StaffText", other="textDirection", line="textFrame"),
    Rule("SystemText", other="textDirection", line="textFrame"),
    Rule("Tempo", _METRONOME, "textTempo", "textFrame", spelt=True),
    Rule("Harmony", other="textChordSymbol"),
    Rule("RehearsalMark", other="textRehearsalMark", line="textFrame"),
    Rule("MeasureNumber", other="textMeasureNumber"),
    Rule("InstrumentName", other="textPartName"),
    Rule("InstrumentChange", other="textDirection"),
    Rule("Fingering", r"fingering[0-5]$", "textFingering", "textFrame", spelt=True),
    Rule("FiguredBass", other="textFigure", line="textExtender"),
    Rule("Text", other="textTitle"),
    Rule("Page", other="textTitle"),
    Rule("Jump", other="textDirection"),
    Rule("Marker", r"segno.*|coda.*", "textDirection", spelt=True),
    Rule("SystemDivider", other="otherLine", line="otherLine"),
    Rule("FretDiagram", other="otherGlyph", line="otherLine"),
)
RULES: Mapping[str, Rule] = {rule.element: rule for rule in _ALL}
UNKNOWN = Rule("", _ANY, "otherGlyph")
"""The rule of an element that is not known."""
