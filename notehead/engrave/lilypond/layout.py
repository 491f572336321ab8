"""A style as LilyPond code: page size, margins, staff size, widths of lines, spacing."""

from __future__ import annotations

import math
import re
from importlib.util import find_spec
from pathlib import Path

from notehead.engrave.lilypond.dress import page_texts, resized, scheme_string
from notehead.engrave.style import Style

POINTS_PER_MM = 72.27 / 25.4
_FAMILY = "STIXGeneral"
"""What LilyPond makes room for; all text fonts are about as wide (`notehead.engrave.text`)."""
_TAGS = Path(__file__).with_name("tags.ily")
_LETTERS = Path(getattr(find_spec("matplotlib"), "origin", "")).parent / "mpl-data" / "fonts" / "ttf"
_MEASURE_NUMBERS = {
    "none": "\\omit BarNumber",
    "system": "",
    "every": "\\override BarNumber.break-visibility = #end-of-line-invisible "
    "barNumberVisibility = #all-bar-numbers-visible",
}
STAVES_WITHOUT_MUSIC = "\\context { \\Staff \\RemoveEmptyStaves }"
BREAKS_ANYWHERE = "\\context { \\Voice \\remove Forbid_line_break_engraver \\override Beam.breakable = ##t }"
_SCORE = "% The score definition"


def with_layout(code: str, style: Style, shrink: float = 1.0, *, break_anywhere: bool = False) -> str:
    """What musicxml2ly wrote, with the style and the tags put before its score.

    Args:
        code: a LilyPond program.
        style: how to engrave it.
        shrink: factor of the staff size, for systems that are too high for the page.
        break_anywhere: whether lines may break within measures, for scores whose staves disagree.

    Raises:
        ValueError: the program has no score.
    """
    before, found, after = code.rpartition(_SCORE)
    if not found:
        message = "no score in the LilyPond code"
        raise ValueError(message)
    settings = _settings(style, shrink, code, break_anywhere=break_anywhere)
    score = resized(after, style)
    return f"{before}\n{_TAGS.read_text(encoding='utf-8')}\n{settings}\n{found}{score}"


def _settings(style: Style, shrink: float, code: str, *, break_anywhere: bool) -> str:
    space = style.staff_space * shrink
    return f"""
#(ly:font-config-add-directory {scheme_string(_LETTERS)})
#(set-global-staff-size {4 * space * POINTS_PER_MM:.4f})
\\paper {{
  #(define fonts (set-global-fonts #:roman {scheme_string(_FAMILY)}
     #:factor (/ staff-height pt 20)))
  paper-width = {style.paper.width:.4f}\\mm
  paper-height = {style.paper.height:.4f}\\mm
  left-margin = {style.margin_side:.2f}\\mm
  right-margin = {style.margin_side:.2f}\\mm
  top-margin = {style.margin_top:.2f}\\mm
  bottom-margin = {style.margin_top:.2f}\\mm
  indent = {_indent(code, "instrumentName", style, space):.2f}\\mm
  short-indent = {_indent(code, "shortInstrumentName", style, space):.2f}\\mm
  print-page-number = {_flag(on=style.page_numbers != "none")}
  print-first-page-number = ##f
  {page_texts(style)}
  tagline = ##f
  ragged-bottom = {_flag(on=not style.justify)}
  ragged-last-bottom = ##t
  {f"max-systems-per-page = {style.systems_per_page}" if style.systems_per_page else ""}
  {"system-separator-markup = " + chr(92) + "slashSeparator" if style.system_divider == "left" else ""}
  system-system-spacing.padding = {style.spacing_system / 4:.3f}
}}
\\layout {{
  line-thickness = {0.1 * space:.4f}\\mm
  \\context {{
    \\Score
    \\consists #notehead-tagger
    {_MEASURE_NUMBERS[style.measure_numbers]}
    {_widths(style)}
    {_habits(style)}
    {"forbidBreakBetweenBarLines = ##f" if break_anywhere else ""}
  }}
  {STAVES_WITHOUT_MUSIC if style.hide_empty else ""}
  {BREAKS_ANYWHERE if break_anywhere else ""}
}}
"""


def _indent(code: str, name: str, style: Style, space: float) -> float:
    """Room in millimetres for the longest name of an instrument, and for a brace."""
    names = re.findall(rf"\b{name} = (.*)", code)
    if not names:
        return 2 * space
    longest = max(len(re.sub(r"\\\\markup|\\\\[a-z-]+|[{}\"]", "", text).strip()) for text in names)
    return min((4 + 1.15 * longest) * space, 0.35 * style.paper.width)


def _widths(style: Style) -> str:
    """Widths that a style gives in half staff spaces, in LilyPond's unit of a tenth of a staff space."""
    values = {
        "StaffSymbol.thickness": style.staff_line * 5,
        "Stem.thickness": style.stem * 5,
        "BarLine.hair-thickness": style.barline * 5,
        "BarLine.thick-thickness": style.thick_barline * 5,
        "BarLine.kern": style.bar_spacing * 5,
        "SpanBar.hair-thickness": style.barline * 5,
        "SpanBar.thick-thickness": style.thick_barline * 5,
        "SpanBar.kern": style.bar_spacing * 5,
        "Slur.line-thickness": style.slur_end * 5,
        "Slur.thickness": style.slur_middle * 2.2,
        "Tie.line-thickness": style.tie_end * 5,
        "Tie.thickness": style.tie_middle * 2.2,
        "TupletBracket.thickness": style.tuplet_line * 5,
        "OttavaBracket.thickness": style.octave_line * 5,
        "VoltaBracket.thickness": style.ending_line * 5,
        "LedgerLineSpanner.length-fraction": style.ledger_reach * 0.46,
        "Hairpin.height": style.hairpin / 4.5,
        "Hairpin.thickness": style.hairpin_line * 5,
        "LyricText.font-size": 1 + 6 * math.log2(style.lyric / 4.5),
        "LyricExtender.thickness": style.lyric_line * 4,
        "SpacingSpanner.spacing-increment": 4.8 * style.spacing_linear,
        "VerticalAxisGroup.default-staff-staff-spacing.basic-distance": style.spacing_staff / 2 + 3,
        "StaffGrouper.staff-staff-spacing.basic-distance": style.spacing_staff / 2 + 3,
    }
    lines = [f"\\override {name} = #{value:.4f}" for name, value in values.items()]
    ledger = style.ledger_line / 2
    lines.append(f"\\override StaffSymbol.ledger-line-thickness = #'(0 . {ledger:.4f})")
    return "\n    ".join(lines)


def _habits(style: Style) -> str:
    """What houses do one way or the other."""
    lines = [
        f"\\override Beam.damping = #{10 / style.beam_slope:.3f}",
        f"\\override Fingering.font-size = #{-5 + 6 * math.log2(style.fingering / 0.75):.3f}",
        f"\\override BarNumber.font-shape = #'{'upright' if style.upright_numbers else 'italic'}",
        f"\\override Slur.ratio = #{0.25 * style.slur_curve:.3f}",
    ]
    if style.light_tempo:
        lines.append("\\override MetronomeMark.font-series = #'medium")
    pedal = {"line": "bracket", "pedstar": "text", "altpedstar": "mixed"}.get(style.pedal)
    if pedal:
        lines.append(f"pedalSustainStyle = #'{pedal}")
    return "\n    ".join(lines)


def _flag(*, on: bool) -> str:
    return "##t" if on else "##f"
