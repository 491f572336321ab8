"""All engravers, one line each: programs that make drawings of scores."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Protocol

from notehead.engrave.drawing import Drawing
from notehead.engrave.score import Score
from notehead.engrave.style import Style
from notehead.errors import NoteheadError


class Engraver(Protocol):
    """A program that engraves scores.

    Attributes:
        name: what the command line calls it.
        fonts: its music fonts.
        version: its name and version.
    """

    name: str
    fonts: tuple[str, ...]
    version: str

    def engrave(self, score: Score, style: Style) -> Iterator[Drawing]:
        """The pages of a score; raises EngraverError for one that it cannot do."""


_PLACES = {
    "verovio": "notehead.engrave.verovio:VerovioEngraver",
    "lilypond": "notehead.engrave.lilypond:LilyPondEngraver",
    "musescore": "notehead.engrave.musescore:MuseScoreEngraver",
}
ENGRAVERS = tuple(_PLACES)
"""Their names; each is loaded when it is asked for."""


class EngraverClass(Protocol):
    """The class of an engraver."""

    fonts: tuple[str, ...]

    def __call__(self) -> Engraver:
        """An engraver that is ready; raises MissingExtraError where the program is not installed."""


def engraver_class(name: str) -> EngraverClass:
    """The class of an engraver; raises NoteheadError where there is none of this name."""
    if name not in _PLACES:
        message = f"unknown engraver {name or '(none)'}"
        raise NoteheadError(message, f"Choose among {', '.join(ENGRAVERS)}.")
    module, _, kind = _PLACES[name].partition(":")
    found: EngraverClass = getattr(import_module(module), kind)
    return found
