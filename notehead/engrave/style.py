"""`Style`: how a score is engraved, drawn at random from a seed within what publishers do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from notehead.engrave.text import TextFont

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

    Example:
        >>> Style().paper.pixels(400)
        (1960, 2772)
        >>> draw_style(np.random.default_rng(7)) == draw_style(np.random.default_rng(7))
        True
    """

    font: str = "Leipzig"
    text_font: TextFont = "STIX"
    paper: Paper = Paper()  # frozen
    staff_space: float = 1.067
    margin_top: float = 3.0
    margin_side: float = 3.5
    spacing_linear: float = 0.25
    spacing_non_linear: float = 0.6
    spacing_staff: float = 12.0
    spacing_system: float = 4.0
    staff_line: float = 0.15
    stem: float = 0.20
    barline: float = 0.30
    thick_barline: float = 1.0
    ledger_line: float = 0.25
    slur_end: float = 0.1
    slur_middle: float = 0.6
    tie_middle: float = 0.5
    slur_curve: float = 1.0
    hairpin: float = 3.0
    hairpin_line: float = 0.2
    lyric: float = 4.5
    lyric_line: float = 0.25
    beam_slope: float = 10.0
    grace: float = 0.75
    bar_spacing: float = 0.8
    measure_numbers: Literal["none", "system", "every"] = "system"
    header: bool = True
    justify: bool = False

    def options(self) -> dict[str, float | str | bool]:
        """All values by name, the paper by its name."""
        return {**asdict(self), "paper": self.paper.name}


def draw_style(
    rng: np.random.Generator, fonts: tuple[str, ...] = ("Leipzig",), papers: tuple[str, ...] = ()
) -> Style:
    """A style at random: the font evenly among `fonts`, sizes and widths within engravers' habits.

    `papers` names the page formats to draw from; all, if it is empty. Raises KeyError for an unknown one.
    """
    odds = np.array(
        [PAPER_ODDS[paper.name] if not papers or paper.name in papers else 0.0 for paper in PAPERS]
    )
    if papers and not set(papers) <= set(PAPER_ODDS):
        raise KeyError(*(set(papers) - set(PAPER_ODDS)))

    def between(low: float, high: float, digits: int = 2) -> float:
        return round(float(rng.uniform(low, high)), digits)

    return Style(
        font=fonts[int(rng.integers(len(fonts)))],
        text_font=("STIX", "DejaVu Serif", "DejaVu Sans")[int(rng.choice(3, p=(0.7, 0.2, 0.1)))],
        paper=PAPERS[int(rng.choice(len(PAPERS), p=odds / odds.sum()))],
        staff_space=between(0.86, 1.26, 3),
        margin_top=between(2.0, 9.0, 1),
        margin_side=between(2.5, 9.0, 1),
        spacing_linear=between(0.2, 0.32, 3),
        spacing_non_linear=between(0.52, 0.66, 3),
        spacing_staff=between(9, 14, 1),
        spacing_system=between(3, 9, 1),
        staff_line=between(0.12, 0.2),
        stem=between(0.16, 0.28),
        barline=between(0.24, 0.44),
        thick_barline=between(0.85, 1.15),
        ledger_line=between(0.2, 0.34),
        slur_end=between(0.06, 0.2),
        slur_middle=between(0.45, 0.8),
        tie_middle=between(0.4, 0.7),
        slur_curve=between(0.6, 1.6),
        hairpin=between(2.2, 3.8),
        hairpin_line=between(0.16, 0.3),
        lyric=between(3.8, 5.2),
        lyric_line=between(0.2, 0.3),
        beam_slope=between(4, 16, 1),
        grace=between(0.62, 0.8),
        bar_spacing=between(0.6, 1.1),
        measure_numbers=("none", "system", "every")[int(rng.choice(3, p=(0.25, 0.6, 0.15)))],
        header=bool(rng.random() < 0.8),
        justify=bool(rng.random() < 0.3),
    )
