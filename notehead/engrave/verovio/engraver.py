"""Verovio as an engraver: score + style -> Drawings.

Verovio is native code and dies on some scores: call it in a child process only (`notehead.sandbox`),
and only with a `Score` that passed the checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import verovio

from notehead.engrave.drawing import Drawing
from notehead.engrave.score import Score
from notehead.engrave.style import Style
from notehead.engrave.verovio.annotate import Annotator
from notehead.engrave.verovio.fonts import FONTS
from notehead.engrave.verovio.music import read_music
from notehead.engrave.verovio.svg import SvgReader
from notehead.engrave.verovio.textlayout import TextRuns
from notehead.errors import EngraverError

UNITS_PER_MM = 2100 / 124.46
"""Verovio's page units in a millimetre of our paper; 2100 x 2970 of them make the default page."""
DRAWING_UNITS = 10
"""Units of the drawing in one page unit."""
MAX_PAGES = 2000
SMALLEST_UNIT = 4.5
"""Verovio's least half staff space: staves of 3 mm on the default page."""
MOST_LAYOUTS = 4
_DEFINITION = re.compile(r'class="definition-scale"[^>]*viewBox="0 0 \d+ (\d+)"')


class VerovioEngraver:
    """Engraves scores one after the other with one toolkit."""

    name = "verovio"
    fonts = FONTS

    def __init__(self) -> None:
        verovio.enableLog(verovio.LOG_OFF)
        self._toolkit = verovio.toolkit()
        self.version = f"Verovio {self._toolkit.getVersion()}"

    def engrave(self, score: Score, style: Style) -> Iterator[Drawing]:
        """The pages of a score, one by one.

        Raises:
            EngraverError: Verovio refuses the score, or finds nothing to draw in it.
        """
        toolkit = self._toolkit
        toolkit.setOptions(_options(style))
        toolkit.setInputFrom({"musicxml": "musicxml", "mei": "mei", "kern": "humdrum"}[score.format])
        toolkit.resetXmlIdSeed(1)
        if not toolkit.loadData(score.text):
            raise EngraverError(score.name, "Verovio cannot read it", "Open and save it with a score editor.")
        unit, pages = self._fitting_pages(score, style)
        reader = SvgReader(style.font, TextRuns(style.font, style.text_font))
        # Only after drawing does the export name every element that the pages name.
        music = read_music(toolkit.getMEI({"removeIds": False}))
        annotator = Annotator(music, 2 * unit * DRAWING_UNITS)
        for number, svg in enumerate(pages, start=1):
            yield annotator.drawing(reader.read(svg), number)

    def _fitting_pages(self, score: Score, style: Style) -> tuple[float, list[str]]:
        """Half the staff space, and all pages as SVG; staves get smaller until every system fits its page.

        Verovio lets a system of many staves run over the foot of the page. As engravers do, the music is
        then set smaller. What is too high even for the smallest staves is left to Verovio's `shrinkToFit`,
        which makes the drawing higher than the page; `draw` scales that down.
        """
        toolkit, unit = self._toolkit, _unit(style)
        foot = round(style.paper.height * UNITS_PER_MM) * DRAWING_UNITS
        for layout in range(MOST_LAYOUTS):
            count = toolkit.getPageCount()
            if not 0 < count <= MAX_PAGES:
                cause = f"Verovio makes {count} pages of it"
                raise EngraverError(score.name, cause, "Check that it holds music.")
            pages = [toolkit.renderToSVG(number) for number in range(1, count + 1)]
            highest = max(_height(svg) for svg in pages)
            if highest <= foot + 1 or unit <= SMALLEST_UNIT or layout == MOST_LAYOUTS - 1:
                break
            unit = max(SMALLEST_UNIT, round(unit * foot / highest * 0.97, 2))
            toolkit.setOptions({"unit": unit})
            toolkit.redoLayout()
        return unit, pages


def _height(svg: str) -> float:
    """Height of a page's drawing, in drawing units."""
    found = _DEFINITION.search(svg)
    return float(found[1]) if found is not None else 0.0


def _unit(style: Style) -> float:
    """Half a staff space in Verovio's units."""
    return round(style.staff_space * UNITS_PER_MM / 2, 2)


def _options(style: Style) -> dict[str, object]:
    return {
        "breaks": "auto",
        "expandNever": True,
        "footer": "none",
        "header": "auto" if style.header else "none",
        "svgViewBox": True,
        "svgFormatRaw": True,
        "smuflTextFont": "none",
        "dynamSingleGlyphs": True,
        "xmlIdSeed": 1,
        "font": style.font,
        "pageWidth": round(style.paper.width * UNITS_PER_MM),
        "pageHeight": round(style.paper.height * UNITS_PER_MM),
        "pageMarginTop": round(style.margin_top * UNITS_PER_MM),
        "pageMarginBottom": round(style.margin_top * UNITS_PER_MM),
        "pageMarginLeft": round(style.margin_side * UNITS_PER_MM),
        "pageMarginRight": round(style.margin_side * UNITS_PER_MM),
        "unit": _unit(style),
        "shrinkToFit": True,
        "spacingLinear": style.spacing_linear,
        "spacingNonLinear": style.spacing_non_linear,
        "spacingStaff": round(style.spacing_staff),
        "spacingSystem": round(style.spacing_system),
        "staffLineWidth": style.staff_line,
        "stemWidth": style.stem,
        "barLineWidth": style.barline,
        "barLineSeparation": style.bar_spacing,
        "thickBarlineThickness": style.thick_barline,
        "ledgerLineThickness": style.ledger_line,
        "slurEndpointThickness": style.slur_end,
        "slurMidpointThickness": style.slur_middle,
        "tieMidpointThickness": style.tie_middle,
        "slurCurveFactor": style.slur_curve,
        "hairpinSize": style.hairpin,
        "hairpinThickness": style.hairpin_line,
        "lyricSize": style.lyric,
        "lyricLineThickness": style.lyric_line,
        "beamMaxSlope": round(style.beam_slope),
        "graceFactor": style.grace,
        "mnumInterval": {"none": 64, "system": 0, "every": 1}[style.measure_numbers],
        "justifyVertically": style.justify,
    }
