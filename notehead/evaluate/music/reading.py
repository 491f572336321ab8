"""Scores to be compared: MusicXML files of strangers, read by the checks that engravers' input passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from notehead.engrave.checks.limits import ScoreLimits
from notehead.engrave.checks.xml import parse_xml
from notehead.engrave.score import find_scores, read_score
from notehead.errors import ScoreFormatError

SUFFIXES = frozenset({".musicxml", ".xml", ".mxl"})
"""What is looked for in folders."""

_MUSICXML = "Give MusicXML (.musicxml, .xml, .mxl)."


@dataclass(frozen=True, slots=True)
class MusicFile:
    """A MusicXML score that has passed every check.

    Attributes:
        file: what errors call it.
        text: the score, without declaration and document type.
        root: its `score-partwise`.
    """

    file: str
    text: str = field(repr=False)
    root: etree._Element = field(repr=False)

    @property
    def parts(self) -> list[etree._Element]:
        """Its parts, as they stand in the file."""
        return list(self.root.iterchildren("part"))


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which prediction belongs to which truth.

    Attributes:
        pairs: name, prediction (None where there is none) and truth.
        unmatched: predictions that have no truth.
    """

    pairs: tuple[tuple[str, Path | None, Path], ...]
    unmatched: tuple[Path, ...]


def read_music_file(path: Path) -> MusicFile:
    """Read a MusicXML file; nothing is fetched, no entity is expanded, sizes are limited.

    Args:
        path: the file, packed (.mxl) or not.

    Raises:
        ScoreFormatError: it is missing, damaged or no MusicXML.
        ScoreLimitError: it asks for more than a score can mean.
    """
    score = read_score(path)
    if score.format != "musicxml":
        raise ScoreFormatError(str(path), f"it is {score.format}, which cannot be compared", _MUSICXML)
    return MusicFile(str(path), score.text, parse_xml(score.text, str(path), ScoreLimits()))


def pair_files(predictions: Path, truth: Path) -> Pairing:
    """Bring files together: two files as they are, those of two folders by path and name without suffix.

    Raises:
        ScoreFormatError: a path does not exist, one is a folder and the other is not, a folder holds no
            MusicXML, or two of its files have one name.
    """
    for path in (predictions, truth):
        if not path.exists():
            raise ScoreFormatError(str(path), "it does not exist", "Check the path.")
    if predictions.is_dir() != truth.is_dir():
        folder = predictions if predictions.is_dir() else truth
        cause = "it is a folder, and what it is compared with is not"
        raise ScoreFormatError(str(folder), cause, "Give two files, or two folders.")
    if not truth.is_dir():
        return Pairing(((truth.name, predictions, truth),), ())
    true, found = _by_name(truth), _by_name(predictions)
    if not true:
        raise ScoreFormatError(str(truth), "it holds no MusicXML file", _MUSICXML)
    pairs = tuple((name, found.get(name), path) for name, path in true.items())
    return Pairing(pairs, tuple(path for name, path in found.items() if name not in true))


def _by_name(folder: Path) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for path in _music_below(folder):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in named:
            cause = f"it has the same name as {named[name].name}"
            raise ScoreFormatError(str(path), cause, "Keep one of them.")
        named[name] = path
    return named


def _music_below(folder: Path) -> Iterable[Path]:
    return (path for path in find_scores([folder]) if path.suffix.lower() in SUFFIXES)
