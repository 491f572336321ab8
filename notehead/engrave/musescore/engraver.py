"""MuseScore 3 as an engraver: score + style -> Drawings.

MuseScore is a program of its own; it runs in a folder of its own, under limits, once to read the score and
once, or more often where systems must get smaller, to draw it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from notehead.engrave.drawing import Drawing
from notehead.engrave.musescore.annotate import Annotator
from notehead.engrave.musescore.classify import Namer
from notehead.engrave.musescore.dress import dressed
from notehead.engrave.musescore.fonts import (
    FONTS,
    USUAL_FONTS,
    embedded_fonts,
    font_glyphs,
    text_digits,
    text_faces,
)
from notehead.engrave.musescore.letters import Reader, needs_wide
from notehead.engrave.musescore.music import read_music, written_words
from notehead.engrave.musescore.program import RunLimits, find_program, program_version, run_program
from notehead.engrave.musescore.staves import Measure, read_measures
from notehead.engrave.musescore.styles import (
    prepared,
    staff_space,
    style_file,
    style_values,
    with_space,
)
from notehead.engrave.musescore.svg import read_svg
from notehead.engrave.score import Score
from notehead.engrave.style import MM_PER_INCH, Style
from notehead.errors import EngraverError

UNITS_PER_MM = 360 / MM_PER_INCH
"""Units of MuseScore's SVG in a millimetre."""
MAX_PAGES = 2000
SMALLEST_SPACE = 0.5
"""The least staff space in millimetres that a score is set in to fit its pages."""
MOST_LAYOUTS = 4
_FALLBACK = "Bravura"
"""Glyphs that a font lacks MuseScore takes from this one."""
_PAGE = re.compile(r"-(\d+)\.svg$")


class MuseScoreEngraver:
    """Engraves scores with the MuseScore 3 that is installed.

    Attributes:
        fonts: of the class, those that every MuseScore 3 holds; of an engraver, those of its program.

    Raises:
        MissingExtraError: MuseScore 3 is not installed.
    """

    name = "musescore"
    fonts: tuple[str, ...] = USUAL_FONTS

    def __init__(self, limits: RunLimits | None = None, *, work: Path | None = None) -> None:
        self._work = work
        self._program = find_program()
        self._limits = limits or RunLimits()
        held = embedded_fonts(self._program)
        self.fonts = tuple(font for font in FONTS if font in held)
        self.version = f"MuseScore {program_version(self._program)}".strip()

    def engrave(self, score: Score, style: Style) -> Iterator[Drawing]:
        """The pages of a score, one by one.

        Raises:
            EngraverError: MuseScore refuses the score, crashes on it or takes too long, or has not the
                style's font.
        """
        if score.format != "musicxml":
            cause = f"MuseScore reads MusicXML, and this is {score.format}"
            raise EngraverError(score.name, cause, "Export it as MusicXML, or engrave it with Verovio.")
        if style.font not in self.fonts:
            cause = f"MuseScore has no music font {style.font}"
            raise EngraverError(score.name, cause, f"Use one of {', '.join(self.fonts)}.")
        with _folder(self._work) as name:
            yield from self._pages(score, style, Path(name))

    def _pages(self, score: Score, style: Style, folder: Path) -> Iterator[Drawing]:
        read = self._read(score, style, folder)
        music = read_music(read)
        measures, space = self._fitting(score, style, folder, read)
        files = _page_files(folder)
        if not 0 < len(files) <= MAX_PAGES:
            cause = f"MuseScore makes {len(files)} pages of it"
            raise EngraverError(score.name, cause, "Check that it holds music.")
        words = {*written_words(read), *map(str, range(1, len(measures) + 10))}
        reader = Reader(text_faces(self._program, style, wide=needs_wide(words)), words)
        namer = _namer(self._program, style.font)
        annotator = Annotator(music, measures, namer, reader, space * UNITS_PER_MM)
        for number, file in enumerate(files, start=1):
            yield annotator.drawing(read_svg(file.read_bytes()), number)

    def _read(self, score: Score, style: Style, folder: Path) -> bytes:
        """The score as MuseScore understands it, in our style."""
        (folder / "score.musicxml").write_text(score.text, encoding="utf-8")
        values = style_values(style, embedded_fonts(self._program))
        (folder / "style.mss").write_bytes(style_file(values))
        self._run(["-S", "style.mss", "-o", "read.mscx", "score.musicxml"], folder, score.name)
        saved = prepared(self._output(folder / "read.mscx", score.name), header=style.header)
        return dressed(saved, style)

    def _fitting(self, score: Score, style: Style, folder: Path, read: bytes) -> tuple[list[Measure], float]:
        """Draw the score, in smaller staves until every system fits its page.

        Returns:
            Where its measures stand, and the staff space in millimetres.
        """
        space, measures = staff_space(style), list[Measure]()
        foot = (style.paper.height - style.margin_top) * UNITS_PER_MM
        for _ in range(MOST_LAYOUTS):
            for file in _page_files(folder):
                file.unlink()
            (folder / "job.mscx").write_bytes(with_space(read, space))
            (folder / "job.json").write_text('[{"in": "job.mscx", "out": ["page.svg", "page.mpos"]}]')
            self._run(["-j", "job.json"], folder, score.name)
            measures = read_measures(self._output(folder / "page.mpos", score.name))
            lowest = max((measure.y1 for measure in measures), default=0.0)
            pushed = min((measure.page for measure in measures), default=0) > 0
            if (lowest <= foot + 1 and not pushed) or space <= SMALLEST_SPACE:
                break
            # A first system that fits the page, but not below the title, leaves a page without music.
            space = max(SMALLEST_SPACE, space * min(foot / lowest * 0.96, 0.85 if pushed else 1.0))
        return measures, space

    def _run(self, arguments: list[str], folder: Path, name: str) -> None:
        run_program(self._program, arguments, folder, name, self._limits)

    def _output(self, file: Path, score: str) -> bytes:
        if not file.exists():
            raise EngraverError(score, "MuseScore wrote nothing", "Open and save it with a score editor.")
        return file.read_bytes()


def _folder(work: Path | None) -> tempfile.TemporaryDirectory[str]:
    """A folder for the files of one score, in `work` or where the system has such."""
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="notehead-musescore-", dir=work)


def _page_files(folder: Path) -> list[Path]:
    """The pages that were drawn, in order."""
    found = [(match, path) for path in folder.glob("page-*.svg") if (match := _PAGE.search(path.name))]
    return [path for _, path in sorted(found, key=lambda pair: int(pair[0][1]))]


@lru_cache(maxsize=8)
def _namer(program: Path, font: str) -> Namer:
    return Namer(font_glyphs(program, font), font_glyphs(program, _FALLBACK), text_digits())
