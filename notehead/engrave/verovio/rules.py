"""How each kind of SVG group becomes marks: one row per element of the score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_NO_NAMES: Mapping[str, str] = {}
HYPHEN_PROPORTION = 8.0
"""A lyric line longer than this many of its thicknesses is an extender, else a hyphen."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What the drawables directly inside a group become.

    Attributes:
        name: the element.
        line: class of strokes, polygons and curves; all of a group are one symbol ...
        lines_apart: ... unless each is one of its own.
        stroke: class of straight strokes, where it is another than that of curves.
        dot: class of filled ellipses.
        frame: class of outlined rectangles and ellipses.
        text: class of letters.
        digits: classes of single digits, where text is one symbol per digit.
        number: class of digits (and frets) that are glyphs; all of a group are one number, with its text.
        glyphs_join: glyphs that are part of one symbol: SMuFL name (or `*`) -> class.
        bold, italic: how Verovio's style sheet sets the group's text.
    """

    name: str
    line: str = "otherLine"
    lines_apart: bool = False
    stroke: str = ""
    dot: str = "otherGlyph"
    frame: str = "textFrame"
    rect: str = ""
    text: str = "textOther"
    digits: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    glyphs_join: Mapping[str, str] = field(default_factory=dict)
    bold: bool = False
    italic: bool = False

    def rect_name(self, width: float, height: float) -> str:
        """Class of a filled rectangle."""
        if self.name == "syl":
            return "lyricExtender" if width > HYPHEN_PROPORTION * height else "lyricHyphen"
        return self.rect or self.line


_FINGERS = {str(digit): f"fingering{digit}" for digit in range(6)}
_FIGURE = {"text": "textFigure"}

_ALL = (
    Rule(""),
    Rule("staff", line="staff"),
    Rule("system", line="barlineSystemic"),
    Rule("systemDivider"),
    Rule(
        "grpSym",
        line="brace",
        stroke="bracket",
        glyphs_join={"brace": "brace", "*": "bracket"},
        rect="bracket",
    ),
    Rule("barLine", line="barline", dot="repeatDot"),
    Rule("ledgerLines", line="ledgerLine", lines_apart=True),
    Rule("stem", line="stem", lines_apart=True),
    Rule("beam", line="beam"),
    Rule("beamSpan", line="beam"),
    Rule("flag"),
    Rule("notehead", line="noteheadOther", frame="noteheadOther"),
    Rule("note", text="textOther", number="textOther"),
    Rule("dots", dot="augmentationDot"),
    Rule("accid"),
    Rule("artic"),
    Rule("rest"),
    Rule("mRest"),
    Rule("multiRest", line="restHBar", rect="restHBar"),
    Rule("multiRestNum"),
    Rule("mRpt"),
    # Repeats of two measures stand on a barline that is drawn with them.
    Rule("mRpt2", line="barlineSingle", number="textOther"),
    Rule("multiRpt", line="barlineSingle", number="textOther"),
    Rule("halfmRpt"),
    Rule("beatRpt"),
    Rule("mRptNum", number="textOther"),
    Rule("clef"),
    Rule("keyAccid"),
    Rule("keySig"),
    Rule("meterSig"),
    Rule("meterSigGrp"),
    Rule("mensur"),
    Rule("bTrem"),
    Rule("fTrem", line="tremoloTwoNote"),
    Rule("tupletNum"),
    Rule("tupletBracket", line="tupletBracket"),
    Rule("slur", line="slur"),
    Rule("phrase", line="slur"),
    Rule("tie", line="tie"),
    Rule("lv", line="tie"),
    Rule("hairpin", line="hairpin", dot="dynamicN", frame="hairpin"),
    Rule("octave", line="ottavaBracket", glyphs_join={"*": "ottavaBracket"}),
    Rule("arpeg", line="arpeggiato", glyphs_join={"*": "arpeggiato"}),
    Rule("gliss", line="glissando", glyphs_join={"*": "glissando"}, text="textDirection"),
    Rule(
        "trill",
        line="wiggleTrill",
        glyphs_join={
            "ornamentZigZagLineNoRightEnd": "wiggleTrill",
            "ornamentZigZagLineWithRightEnd": "wiggleTrill",
            "wiggleTrill": "wiggleTrill",
        },
    ),
    Rule("mordent"),
    Rule("turn"),
    Rule("ornam", text="textOther"),
    Rule("fermata"),
    Rule("breath"),
    Rule("caesura"),
    Rule("repeatMark", text="textDirection"),
    Rule("pedal", line="pedalLine", text="textDirection"),
    Rule("bracketSpan", line="bracketSpan", text="textDirection"),
    Rule("voltaBracket", line="voltaBracket", text="textVolta", bold=True),
    Rule("ending", line="voltaBracket", text="textVolta", bold=True),
    Rule("dynam", line="textExtender", text="textDynamic", italic=True),
    Rule("dir", line="textExtender", text="textDirection", italic=True),
    Rule("tempo", line="textExtender", text="textTempo", bold=True),
    Rule("harm", line="textExtender", text="textChordSymbol"),
    Rule("fb", line="textExtender", text="textFigure"),
    Rule("f", line="textExtender", text="textFigure"),
    Rule("fing", text="textFingering", digits=_FINGERS, bold=True),
    Rule("reh", text="textRehearsalMark", bold=True),
    Rule("syl", line="lyricExtender", lines_apart=True, text="textLyrics"),
    Rule("verse", text="textLyrics"),
    Rule("label", text="textPartName"),
    Rule("labelAbbr", text="textPartName"),
    Rule("mNum", text="textMeasureNumber", italic=True),
    Rule("pgHead", text="textTitle"),
    Rule("pgHead2", text="textTitle"),
    Rule("pgFoot", text="textTitle"),
    Rule("pgFoot2", text="textTitle"),
    Rule("custos"),
    Rule("tabGrp"),
    Rule("tabDurSym"),
    Rule("cpMark", line="bracketSpan"),
    Rule("annot", text="textOther"),
)
_OSSIA = {"oStaff": next(rule for rule in _ALL if rule.name == "staff")}
RULES: Mapping[str, Rule] = {rule.name: rule for rule in _ALL} | _OSSIA
"""The rules by element; an element without one keeps the rule of the group around it."""
