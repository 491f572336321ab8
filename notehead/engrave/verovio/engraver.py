"""Verovio as an engraver: score + style -> Drawings.

Verovio is native code and dies on some scores: call it in a child process only (`notehead.sandbox`),
and only with a `Score` that passed the checks.
"""

from __future__ import annotations

import ctypes
import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import verovio

from notehead.engrave.drawing import Drawing
from notehead.engrave.score import Score
from notehead.engrave.style import Style
from notehead.engrave.verovio.annotate import Annotator
from notehead.engrave.verovio.dress import dress
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
LARGE = 12
"""Pages of a score beyond which freed memory goes back to the system, which takes milliseconds."""
_NOTHING = (
    '<mei xmlns="http://www.music-encoding.org/ns/mei"><music><body><mdiv><score><scoreDef><staffGrp>'
    '<staffDef n="1" lines="5"/></staffGrp></scoreDef><section><measure><staff n="1"><layer/></staff>'
    "</measure></section></score></mdiv></body></music></mei>"
)
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
        self._load(score, style)
        unit, pages = self._fitting_pages(score, style)
        reader = SvgReader(style.font, _text_runs(style))
        with _no_search_for_cycles():
            # Only after drawing does the export name every element that the pages name.
            music = read_music(self._toolkit.getMEI({"removeIds": False}))
        self._forget(len(pages))
        annotator = Annotator(music, 2 * unit * DRAWING_UNITS)
        pages.reverse()
        for number in range(1, len(pages) + 1):
            with _no_search_for_cycles():
                drawing = annotator.drawing(reader.read(pages.pop()), number)
            yield drawing

    def _forget(self, pages: int) -> None:
        """Give the memory of a score back once all is drawn: a symphony's takes hundreds of megabytes."""
        self._toolkit.setOptions({"breaks": "none"})
        self._toolkit.setInputFrom("mei")
        self._toolkit.loadData(_NOTHING)
        if pages > LARGE:
            with suppress(OSError, AttributeError):  # only glibc keeps what is freed, and has this
                ctypes.CDLL(None).malloc_trim(0)

    def _load(self, score: Score, style: Style) -> None:
        """Load a score as its style dresses it; the first load lays nothing out and costs little."""
        toolkit = self._toolkit
        toolkit.setOptions(_options(style) | {"breaks": "none"})
        toolkit.setInputFrom({"musicxml": "musicxml", "mei": "mei", "kern": "humdrum"}[score.format])
        toolkit.resetXmlIdSeed(1)
        read = toolkit.loadData(score.text)
        if read:
            dressed = dress(toolkit.getMEI({"removeIds": False}), style)
            toolkit.setOptions({"breaks": "auto"})
            toolkit.setInputFrom("mei")
            toolkit.resetXmlIdSeed(2)
            read = toolkit.loadData(dressed)
        if not read:
            raise EngraverError(score.name, "Verovio cannot read it", "Open and save it with a score editor.")

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
        if highest > foot + 1:  # then the foot, which stays where the paper ends, stands in the music
            toolkit.setOptions({"footer": "none"})
            toolkit.redoLayout()
            pages = [toolkit.renderToSVG(number) for number in range(1, toolkit.getPageCount() + 1)]
        return unit, pages


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Garbage collection put off: the many small objects of a page form no cycles, and none outlive it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _height(svg: str) -> float:
    """Height of a page's drawing, in drawing units."""
    found = _DEFINITION.search(svg)
    return float(found[1]) if found is not None else 0.0


def _unit(style: Style) -> float:
    """Half a staff space in Verovio's units."""
    return round(style.staff_space * UNITS_PER_MM / 2, 2)


def _text_runs(style: Style) -> TextRuns:
    """Fonts of letters, and which elements are set otherwise than Verovio's style sheet says."""
    faces = {}
    if style.upright_numbers:
        faces["mNum"] = (False, False)
    if style.light_fingering:
        faces["fing"] = (False, False)
    if style.light_tempo:
        faces["tempo"] = (False, False)
    return TextRuns(style.font, style.text_font, style.text_width, style.head_font, faces)


def _options(style: Style) -> dict[str, object]:
    return _fixed_options() | _page_options(style) | _line_options(style) | _habit_options(style)


def _fixed_options() -> dict[str, object]:
    return {
        "breaks": "auto",
        "expandNever": True,
        "svgViewBox": True,
        "svgFormatRaw": True,
        "smuflTextFont": "none",
        "dynamSingleGlyphs": True,
        "xmlIdSeed": 1,
        "shrinkToFit": True,
        # Heads and feet are those that `dress` writes; without one there is none.
        "header": "encoded",
        "footer": "encoded",
    }


def _page_options(style: Style) -> dict[str, object]:
    """The paper, and how far things are apart on it."""
    return {
        "pageWidth": round(style.paper.width * UNITS_PER_MM),
        "pageHeight": round(style.paper.height * UNITS_PER_MM),
        "pageMarginTop": round(style.margin_top * UNITS_PER_MM),
        "pageMarginBottom": round(style.margin_top * UNITS_PER_MM),
        "pageMarginLeft": round(style.margin_side * UNITS_PER_MM),
        "pageMarginRight": round(style.margin_side * UNITS_PER_MM),
        "unit": _unit(style),
        "spacingLinear": style.spacing_linear,
        "spacingNonLinear": style.spacing_non_linear,
        "spacingStaff": round(style.spacing_staff),
        "spacingBraceGroup": round(style.spacing_staff),
        "spacingBracketGroup": round(style.spacing_staff),
        "spacingSystem": round(style.spacing_system),
        "measureMinWidth": round(style.measure_width),
        "systemMaxPerPage": style.systems_per_page,
        "justifyVertically": style.justify,
    }


def _line_options(style: Style) -> dict[str, object]:
    """Widths and shapes of lines and curves."""
    return {
        "staffLineWidth": style.staff_line,
        "stemWidth": style.stem,
        "barLineWidth": style.barline,
        "barLineSeparation": style.bar_spacing,
        "thickBarlineThickness": style.thick_barline,
        "repeatBarLineDotSeparation": style.repeat_dots,
        "dashedBarLineDashLength": style.dash,
        "dashedBarLineGapLength": style.dash,
        "bracketThickness": style.bracket,
        "ledgerLineThickness": style.ledger_line,
        "ledgerLineExtension": style.ledger_reach,
        "slurEndpointThickness": style.slur_end,
        "slurMidpointThickness": style.slur_middle,
        "slurCurveFactor": style.slur_curve,
        "slurMaxSlope": round(style.slur_slope),
        "tieEndpointThickness": style.tie_end,
        "tieMidpointThickness": style.tie_middle,
        "hairpinSize": style.hairpin,
        "hairpinThickness": style.hairpin_line,
        "lyricLineThickness": style.lyric_line,
        "tupletBracketThickness": style.tuplet_line,
        "octaveLineThickness": style.octave_line,
        "repeatEndingLineThickness": style.ending_line,
        "multiRestThickness": style.multi_rest_line,
    }


def _habit_options(style: Style) -> dict[str, object]:
    """Fonts, sizes, and what houses do one way or the other."""
    return {
        "font": style.font,
        "lyricSize": style.lyric,
        "graceFactor": style.grace,
        "fingeringScale": style.fingering,
        "ossiaStaffSize": style.ossia_staff,
        "beamMaxSlope": round(style.beam_slope),
        "beamFrenchStyle": style.french_beams,
        "useBraceGlyph": style.brace_glyph,
        "octaveAlternativeSymbols": style.octave_letters,
        "pedalStyle": style.pedal,
        "multiRestStyle": style.multi_rest,
        "systemDivider": style.system_divider,
        "staccatoCenter": style.staccato_centre,
        "condense": "encoded" if style.hide_empty else "none",
        "mnumInterval": {"none": 64, "system": 0, "every": 1}[style.measure_numbers],
    }
