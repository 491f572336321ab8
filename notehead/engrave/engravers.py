"""All engravers, one line each: programs that make drawings of scores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
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


@dataclass(frozen=True, slots=True)
class EngraverLimits:
    """What an engraver may take for one score in one style, where nobody says otherwise.

    Attributes:
        seconds: wall-clock time, of all that it runs.
        cpu_seconds: processor time of the calling process; programs of its own have limits of their own.
    """

    seconds: float = 600.0
    cpu_seconds: int = 240


@dataclass(frozen=True, slots=True)
class _Row:
    """An engraver: where its class is, its limits, whether it runs a program, which needs a work folder."""

    place: str
    limits: EngraverLimits = EngraverLimits()  # frozen
    program: bool = False


_ROWS = {
    "verovio": _Row("notehead.engrave.verovio:VerovioEngraver"),
    # One run of LilyPond takes 3 s to some minutes; staves that are too high for their page take four.
    "lilypond": _Row("notehead.engrave.lilypond:LilyPondEngraver", EngraverLimits(2400.0), program=True),
    # One run of MuseScore takes 1 to 20 s, a score two runs to five.
    "musescore": _Row("notehead.engrave.musescore:MuseScoreEngraver", EngraverLimits(900.0), program=True),
}
ENGRAVERS = tuple(_ROWS)
"""Their names; each is loaded when it is asked for."""


class EngraverClass(Protocol):
    """The class of an engraver."""

    fonts: tuple[str, ...]

    def __call__(self, *, work: Path | None = None) -> Engraver:
        """An engraver that is ready; raises MissingExtraError where the program is not installed.

        `work` is given to engravers that run a program, and holds their files while it runs.
        """


def engraver_class(name: str) -> EngraverClass:
    """The class of an engraver; raises NoteheadError where there is none of this name."""
    module, _, kind = _row(name).place.partition(":")
    found: EngraverClass = getattr(import_module(module), kind)
    return found


def open_engraver(name: str, work: Path | None = None) -> Engraver:
    """An engraver that is ready.

    Args:
        name: of `ENGRAVERS`.
        work: folder for the files of a program while it runs, which need not exist; by default the
            system's. Whoever may kill the calling process gives one, and removes it afterwards.

    Raises:
        NoteheadError: there is no engraver of this name.
        MissingExtraError: its program is not installed.

    Example:
        >>> open_engraver("verovio").name
        'verovio'
    """
    kind = engraver_class(name)
    return kind(work=work) if _row(name).program else kind()


def engraver_limits(name: str) -> EngraverLimits:
    """What an engraver may take; raises NoteheadError where there is none of this name.

    Example:
        >>> engraver_limits("lilypond").seconds > engraver_limits("verovio").seconds
        True
    """
    return _row(name).limits


def _row(name: str) -> _Row:
    if name not in _ROWS:
        message = f"unknown engraver {name or '(none)'}"
        raise NoteheadError(message, f"Choose among {', '.join(ENGRAVERS)}.")
    return _ROWS[name]
