"""LilyPond as an engraver: score + style -> Drawings."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from notehead.engrave.drawing import Drawing
from notehead.engrave.lilypond import program
from notehead.engrave.lilypond.annotate import Annotator
from notehead.engrave.lilypond.fonts import FONTS, font_folder
from notehead.engrave.lilypond.layout import with_layout
from notehead.engrave.lilypond.letters import Letters
from notehead.engrave.lilypond.musicxml import Unsafe, check_code, harmless, true_spanners
from notehead.engrave.lilypond.program import ProgramFailed, ProgramLimits
from notehead.engrave.lilypond.svg import SvgPage, read_svg
from notehead.engrave.score import Score
from notehead.engrave.style import Style
from notehead.errors import EngraverError

_VEROVIO = "Engrave it with Verovio."
_NUMBER = re.compile(r"-(\d+)\.svg$")
_SHRINK = 0.85
MOST_LAYOUTS = 4
"""How often staves are made smaller for a system that is higher than its page."""


class LilyPondEngraver:
    """Engraves MusicXML scores, each with a LilyPond process of its own.

    Raises:
        MissingExtraError: LilyPond is not installed, or too old.
    """

    name = "lilypond"
    fonts = FONTS

    def __init__(self, limits: ProgramLimits | None = None, *, work: Path | None = None) -> None:
        self.limits = limits or ProgramLimits()
        self._work = work
        self.version = f"LilyPond {program.version()}"
        font_folder()

    def engrave(self, score: Score, style: Style) -> Iterator[Drawing]:
        """The pages of a score, one by one; the music font is Emmentaler, whatever the style says.

        Raises:
            EngraverError: the score is no MusicXML, or musicxml2ly or LilyPond fails on it.
        """
        if score.format != "musicxml":
            raise EngraverError(score.name, f"LilyPond reads MusicXML only, not {score.format}", _VEROVIO)
        with _folder(self._work) as name:
            folder = Path(name)
            code = self._code(score, style, folder)
            pages = self._fitting_pages(score, code, style, folder)
        if not any(page.groups for page in pages):
            raise EngraverError(score.name, "LilyPond draws nothing of it", "Check that it holds music.")
        annotator = Annotator(pages, Letters.of(style))
        for number, page in enumerate(pages, start=1):
            yield annotator.drawing(page, number)

    def _code(self, score: Score, style: Style, folder: Path) -> str:
        """The score as LilyPond code."""
        (folder / "score.xml").write_bytes(harmless(score.text, style.lyric_script))
        arguments = ["--npl", "--absolute", "--loglevel=ERROR", "-o", "score.ly", "score.xml"]
        try:
            program.run("musicxml2ly", arguments, folder, self.limits)
            code = (folder / "score.ly").read_text(encoding="utf-8")
            check_code(code)
            code = true_spanners(code, score.text)
        except (ProgramFailed, OSError, UnicodeDecodeError) as error:
            raise EngraverError(score.name, f"musicxml2ly {error}", _VEROVIO) from None
        except Unsafe as error:
            cause = f"as LilyPond code it would hold {error}, which could run commands"
            raise EngraverError(score.name, cause, _VEROVIO) from None
        return code

    def _fitting_pages(self, score: Score, code: str, style: Style, folder: Path) -> list[SvgPage]:
        """All pages; staves get smaller until every system fits its page."""
        pages: list[SvgPage] = []
        shrink, anywhere = 1.0, False
        for _ in range(MOST_LAYOUTS):
            layout = with_layout(code, style, shrink, break_anywhere=anywhere)
            pages = self._pages(score, layout, folder)
            too_wide = any(page.staff_reach[0] > page.width for page in pages)
            if too_wide and not anywhere:  # no barline goes through all staves
                anywhere = True
                continue
            if too_wide:
                cause = "LilyPond finds no place to break a line: musicxml2ly takes its measures for unequal"
                raise EngraverError(score.name, cause, _VEROVIO)
            if all(page.staff_reach[1] <= page.height for page in pages):
                break
            shrink *= _SHRINK
        return pages

    def _pages(self, score: Score, code: str, folder: Path) -> list[SvgPage]:
        for old in folder.glob("page*.svg"):
            old.unlink()
        (folder / "page.ly").write_text(code, encoding="utf-8")
        arguments = ["-dbackend=svg", "-dno-point-and-click", "--loglevel=ERROR", "-o", "page", "page.ly"]
        try:
            program.run("lilypond", arguments, folder, self.limits)
            files = sorted(folder.glob("page*.svg"), key=_page_number)
            return [read_svg(path.read_bytes()) for path in files]
        except (ProgramFailed, OSError) as error:
            raise EngraverError(score.name, f"LilyPond {error}", _VEROVIO) from None
        except ValueError as error:
            raise EngraverError(score.name, f"LilyPond drew what cannot be read: {error}", _VEROVIO) from None


def _folder(work: Path | None) -> tempfile.TemporaryDirectory[str]:
    """A folder for the files of one score, in `work` or where the system has such."""
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="notehead-lilypond-", dir=work)


def _page_number(path: Path) -> int:
    found = _NUMBER.search(path.name)
    return int(found[1]) if found is not None else 0
