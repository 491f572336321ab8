"""What Verovio does with music, in a child process: `typeset.py` calls it there."""

from __future__ import annotations

import re

import verovio

from notehead.errors import EngraverError

_DATE = re.compile(r' isodate="[^"]*"')
_MUSIC, _REPORT = "the music", "Please report it with the pages."
_MARGIN = 50
_TALLEST = 60_000
_PLAIN = {"breaks": "none", "xmlIdSeed": 1}


def mei(musicxml: str) -> str:
    """The music as MEI; of the same music always the same, so that no date is in it."""
    return _DATE.sub("", str(_loaded(musicxml, _PLAIN).getMEI({})), count=1)


def midi(musicxml: str) -> str:
    """The music as a MIDI file in base64, with its repeats played."""
    return str(_loaded(musicxml, _PLAIN).renderToMIDI())


def engraved(musicxml: str, width: int, breaks: bool) -> list[str]:  # noqa: FBT001  # of a call in JSON
    """The music as SVG, page by page.

    Args:
        musicxml: with marks of new pages and systems, if these are to be kept.
        width: of a page; a staff space is 18 of it.
        breaks: whether new pages and systems are where marks say so.
    """
    toolkit = _loaded(
        musicxml,
        {
            "breaks": "encoded" if breaks else "auto", "pageWidth": width, "pageHeight": _TALLEST,
            "adjustPageHeight": True, "svgViewBox": True, "svgFormatRaw": True, "svgRemoveXlink": True,
            "header": "none", "footer": "none", "smuflTextFont": "none", "xmlIdSeed": 1,
            "pageMarginLeft": _MARGIN, "pageMarginRight": _MARGIN, "pageMarginTop": _MARGIN,
            "pageMarginBottom": _MARGIN,
        },
    )  # fmt: skip
    return [str(toolkit.renderToSVG(page)) for page in range(1, toolkit.getPageCount() + 1)]


def _loaded(musicxml: str, options: dict[str, object]) -> verovio.toolkit:
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(options)
    toolkit.setInputFrom("musicxml")
    toolkit.resetXmlIdSeed(1)
    if not toolkit.loadData(musicxml):
        cause = "Verovio cannot read it"
        raise EngraverError(_MUSIC, cause, _REPORT)
    return toolkit
