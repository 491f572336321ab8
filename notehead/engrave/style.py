"""`Style`: how a score is engraved, drawn at random from a seed within what publishers do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from notehead.engrave.text import TEXT_WIDTHS, TextFont

_T = TypeVar("_T")

MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Paper:
    """A page format in millimetres.

    The default is DeepScores' own page: 1960 x 2772 pixels at 400 dots per inch, a study score of
    A4's proportion.
    """

    name: str = "study"
    width: float = 124.46
    height: float = 176.022

    def pixels(self, resolution: float) -> tuple[int, int]:
        """(width, height) of a page in pixels."""
        return round(self.width / MM_PER_INCH * resolution), round(self.height / MM_PER_INCH * resolution)


Density = Literal["usual", "dense", "sparse"]
PageNumbers = Literal["none", "left", "middle", "right", "dashes", "foot"]
Foot = Literal["none", "score", "plate", "rights", "note"]
Script = Literal["as written", "accented", "Cyrillic", "Greek", "Hebrew"]
SmallStaves = Literal["none", "above", "below", "one"]

PAPERS = (
    Paper(),
    Paper("letter-like", 129.5, 167.6),
    Paper("quarto", 136.0, 172.0),
    Paper("tall", 118.0, 184.0),
    Paper("landscape", 176.022, 124.46),
)
PAPER_ODDS = dict(zip((paper.name for paper in PAPERS), (0.55, 0.15, 0.12, 0.12, 0.06), strict=True))
"""How often each format is drawn."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a score is engraved. Lengths are millimetres, widths of lines are in half staff spaces.

    Attributes that no name explains:
        text_width: of letters, 1 as their font has them.
        titles: the head of the first page as the score has it, or titles made up (`wording.py`).
        page_numbers: where they stand, from the second page on.
        foot: what stands below the music: the score's own line, a plate number, a notice of rights,
            a footnote.
        lyric_script: lyrics as the score has them, or put into other letters.
        small_staves: which staves are small where the score allows it: all above a keyboard, the
            keyboard below voices, or one alone.
        small_staff: their size.
        ossias: measures with an alternative above, at most so many.
        hide_empty: leave out staves that are empty for a whole system.
        systems_per_page: at most so many, 0 for as many as there is room for.
        details: seed of all that is chosen within the score: words, and measures with an ossia.

    Example:
        >>> Style().paper.pixels(400)
        (1960, 2772)
        >>> draw_style(np.random.default_rng(7)) == draw_style(np.random.default_rng(7))
        True
    """

    font: str = "Leipzig"
    text_font: TextFont = "STIX"
    head_font: TextFont = "STIX"
    text_width: float = 1.0
    paper: Paper = Paper()  # frozen
    density: Density = "usual"
    staff_space: float = 1.067
    margin_top: float = 3.0
    margin_side: float = 3.5
    spacing_linear: float = 0.25
    spacing_non_linear: float = 0.6
    spacing_staff: float = 12.0
    spacing_system: float = 4.0
    measure_width: float = 15.0
    systems_per_page: int = 0
    staff_line: float = 0.15
    stem: float = 0.20
    barline: float = 0.30
    thick_barline: float = 1.0
    ledger_line: float = 0.25
    ledger_reach: float = 0.54
    slur_end: float = 0.1
    slur_middle: float = 0.6
    tie_end: float = 0.1
    tie_middle: float = 0.5
    slur_curve: float = 1.0
    slur_slope: float = 60.0
    hairpin: float = 3.0
    hairpin_line: float = 0.2
    lyric: float = 4.5
    lyric_line: float = 0.25
    beam_slope: float = 10.0
    french_beams: bool = False
    grace: float = 0.75
    fingering: float = 0.75
    bar_spacing: float = 0.8
    bracket: float = 1.0
    brace_glyph: bool = False
    tuplet_line: float = 0.2
    octave_line: float = 0.2
    octave_letters: bool = False
    ending_line: float = 0.15
    pedal: Literal["auto", "line", "pedstar", "altpedstar"] = "auto"
    multi_rest: Literal["auto", "default", "block", "symbols"] = "auto"
    multi_rest_line: float = 2.0
    system_divider: Literal["none", "auto", "left"] = "auto"
    dash: float = 1.14
    repeat_dots: float = 0.36
    staccato_centre: bool = False
    measure_numbers: Literal["none", "system", "every"] = "system"
    upright_numbers: bool = False
    light_fingering: bool = False
    light_tempo: bool = False
    header: bool = True
    titles: Literal["score", "new"] = "score"
    page_numbers: PageNumbers = "none"
    foot: Foot = "none"
    lyric_script: Script = "as written"
    small_staves: SmallStaves = "none"
    small_staff: float = 0.75
    ossias: int = 0
    ossia_staff: float = 0.75
    hide_empty: bool = False
    justify: bool = False
    details: int = 0

    def options(self) -> dict[str, float | str | bool]:
        """All values by name, the paper by its name."""
        return {**asdict(self), "paper": self.paper.name}


TEXT_FONT_ODDS: dict[TextFont, float] = {
    "STIX": 0.5,
    "DejaVu Serif": 0.13,
    "DejaVu Sans": 0.09,
    "Computer Modern": 0.18,
    "Computer Modern Sans": 0.1,
}
"""How often each text font is drawn; most printed music has a Times or a Modern."""
DENSITY_ODDS: dict[Density, float] = {"usual": 0.72, "dense": 0.2, "sparse": 0.08}


def draw_style(
    rng: np.random.Generator, fonts: tuple[str, ...] = ("Leipzig",), papers: tuple[str, ...] = ()
) -> Style:
    """A style at random: the font evenly among `fonts`, sizes and widths within engravers' habits.

    `papers` names the page formats to draw from; all, if it is empty. Raises KeyError for an unknown one.
    """
    odds = {paper: PAPER_ODDS[paper.name] for paper in PAPERS if not papers or paper.name in papers}
    if papers and not set(papers) <= set(PAPER_ODDS):
        raise KeyError(*(set(papers) - set(PAPER_ODDS)))
    draw = _Draw(rng)
    text_font = draw.one(TEXT_FONT_ODDS)
    return Style(
        font=fonts[int(rng.integers(len(fonts)))],
        text_font=text_font,
        head_font=text_font if draw.yes(0.75) else draw.one(TEXT_FONT_ODDS),
        text_width=TEXT_WIDTHS[int(rng.choice(len(TEXT_WIDTHS), p=(0.15, 0.25, 0.6)))],
        paper=draw.one(odds),
        **_spacing(draw),
        **_lines(draw),
        **_habits(draw),
        **_page_text(draw),
        **_sizes(draw),
        justify=draw.yes(0.3),
        details=int(rng.integers(1 << 31)),
    )


class _Draw:
    """Draws values with few digits, so that a style can be read."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def between(self, low: float, high: float, digits: int = 2) -> float:
        return round(float(self._rng.uniform(low, high)), digits)

    def yes(self, share: float) -> bool:
        return bool(self._rng.random() < share)

    def one(self, odds: dict[_T, float]) -> _T:
        weights = np.array(list(odds.values()))
        return list(odds)[int(self._rng.choice(len(odds), p=weights / weights.sum()))]


def _spacing(draw: _Draw) -> dict[str, Any]:
    """Sizes and distances: a usual page, a crowded one, or one with room to spare."""
    density = draw.one(DENSITY_ODDS)
    if density == "dense":
        return {
            "density": density,
            "staff_space": draw.between(0.68, 0.95, 3),
            "margin_top": draw.between(1.5, 4.0, 1),
            "margin_side": draw.between(2.0, 4.5, 1),
            "spacing_linear": draw.between(0.13, 0.22, 3),
            "spacing_non_linear": draw.between(0.5, 0.58, 3),
            "spacing_staff": draw.between(6, 9, 1),
            "spacing_system": draw.between(1, 4, 1),
            "measure_width": draw.between(8, 15, 0),
        }
    if density == "sparse":
        return {
            "density": density,
            "staff_space": draw.between(1.0, 1.4, 3),
            "margin_top": draw.between(5.0, 14.0, 1),
            "margin_side": draw.between(5.0, 14.0, 1),
            "spacing_linear": draw.between(0.3, 0.5, 3),
            "spacing_non_linear": draw.between(0.55, 0.72, 3),
            "spacing_staff": draw.between(12, 22, 1),
            "spacing_system": draw.between(8, 24, 1),
            "measure_width": draw.between(14, 26, 0),
            "systems_per_page": draw.one({0: 0.55, 2: 0.1, 3: 0.15, 4: 0.2}),
        }
    return {
        "density": density,
        "staff_space": draw.between(0.86, 1.26, 3),
        "margin_top": draw.between(2.0, 9.0, 1),
        "margin_side": draw.between(2.5, 9.0, 1),
        "spacing_linear": draw.between(0.2, 0.32, 3),
        "spacing_non_linear": draw.between(0.52, 0.66, 3),
        "spacing_staff": draw.between(9, 14, 1),
        "spacing_system": draw.between(3, 9, 1),
        "measure_width": draw.between(12, 18, 0),
    }


def _lines(draw: _Draw) -> dict[str, Any]:
    """Widths and shapes of lines and curves."""
    return {
        "staff_line": draw.between(0.12, 0.2),
        "stem": draw.between(0.16, 0.28),
        "barline": draw.between(0.24, 0.44),
        "thick_barline": draw.between(0.85, 1.15),
        "ledger_line": draw.between(0.2, 0.34),
        "ledger_reach": draw.between(0.4, 0.7),
        "slur_end": draw.between(0.06, 0.2),
        "slur_middle": draw.between(0.45, 0.8),
        "tie_end": draw.between(0.06, 0.18),
        "tie_middle": draw.between(0.4, 0.7),
        "slur_curve": draw.between(0.6, 1.6),
        "slur_slope": draw.between(45, 70, 0),
        "hairpin": draw.between(2.2, 3.8),
        "hairpin_line": draw.between(0.16, 0.3),
        "lyric_line": draw.between(0.2, 0.3),
        "tuplet_line": draw.between(0.14, 0.3),
        "octave_line": draw.between(0.14, 0.3),
        "ending_line": draw.between(0.12, 0.3),
        "multi_rest_line": draw.between(1.2, 2.6),
        "bracket": draw.between(0.8, 1.4),
        "bar_spacing": draw.between(0.6, 1.1),
        "repeat_dots": draw.between(0.26, 0.5),
        "dash": draw.between(0.7, 1.6),
    }


def _habits(draw: _Draw) -> dict[str, Any]:
    """What houses do one way or the other."""
    return {
        "beam_slope": draw.between(4, 16, 1),
        "french_beams": draw.yes(0.12),
        "brace_glyph": draw.yes(0.3),
        "octave_letters": draw.yes(0.3),
        "pedal": draw.one({"auto": 0.5, "pedstar": 0.2, "altpedstar": 0.1, "line": 0.2}),
        "multi_rest": draw.one({"auto": 0.5, "default": 0.2, "block": 0.2, "symbols": 0.1}),
        "system_divider": draw.one({"auto": 0.5, "none": 0.35, "left": 0.15}),
        "staccato_centre": draw.yes(0.4),
        "hide_empty": draw.yes(0.3),
    }


def _page_text(draw: _Draw) -> dict[str, Any]:
    """Heads, feet, numbers and the look of words."""
    return {
        "measure_numbers": draw.one({"none": 0.25, "system": 0.6, "every": 0.15}),
        "upright_numbers": draw.yes(0.5),
        "light_fingering": draw.yes(0.5),
        "light_tempo": draw.yes(0.25),
        "header": draw.yes(0.85),
        "titles": draw.one({"score": 0.6, "new": 0.4}),
        "page_numbers": draw.one(
            {"none": 0.35, "left": 0.13, "middle": 0.15, "right": 0.15, "dashes": 0.1, "foot": 0.12}
        ),
        "foot": draw.one({"none": 0.4, "score": 0.1, "plate": 0.25, "rights": 0.17, "note": 0.08}),
        "lyric_script": draw.one(
            {"as written": 0.7, "accented": 0.1, "Cyrillic": 0.1, "Greek": 0.06, "Hebrew": 0.04}
        ),
    }


def _sizes(draw: _Draw) -> dict[str, Any]:
    """Sizes of what is smaller than the rest."""
    return {
        "lyric": draw.between(3.8, 5.2),
        "grace": draw.between(0.62, 0.8),
        "fingering": draw.between(0.6, 0.85),
        "small_staves": draw.one({"none": 0.55, "above": 0.3, "below": 0.08, "one": 0.07}),
        "small_staff": draw.between(0.6, 0.86),
        "ossias": draw.one({0: 0.85, 1: 0.1, 3: 0.05}),
        "ossia_staff": draw.between(0.6, 0.8),
    }
