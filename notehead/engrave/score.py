"""Score files: found, read and checked, so that nothing malformed reaches an engraver."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from notehead.engrave.checks.archive import MAGIC, read_archive
from notehead.engrave.checks.decode import decode_text
from notehead.engrave.checks.kern import check_kern, looks_like_kern
from notehead.engrave.checks.limits import ScoreLimits
from notehead.engrave.checks.mei import check_mei
from notehead.engrave.checks.musicxml import check_musicxml
from notehead.engrave.checks.xml import local_name, parse_xml, xml_text
from notehead.errors import ScoreFormatError, ScoreLimitError

ScoreFormat = Literal["musicxml", "mei", "kern"]

SUFFIXES = frozenset({".musicxml", ".mxl", ".xml", ".mei", ".krn", ".kern"})
"""What `find_scores` looks for in folders; a file's content alone decides its format."""

_KNOWN = "Give MusicXML (.musicxml, .mxl), MEI (.mei) or kern (.krn)."
_EXPORT = "Open it in its editor and export it as MusicXML."
_NOTES = re.compile(r"<(?:note|rest|mRest)[\s/>]")
_SKIPPED_FOLDERS = frozenset({"META-INF", "__MACOSX"})
_OTHERS = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"%PDF", "a PDF document"),
    (b"MThd", "a MIDI file"),
    (b"\x1f\x8b", "a gzip archive"),
)
_OTHER_ROOTS = {
    "score-timewise": ("timewise MusicXML, which no engraver here reads", _EXPORT),
    "opus": ("a list of scores", "Give the scores that it lists."),
    "museScore": ("a MuseScore file", _EXPORT),
}


@dataclass(frozen=True, slots=True)
class Score:
    """A score that has passed every check.

    Attributes:
        name: the file's name without its folders.
        format: the language that `text` is written in.
        text: the score itself: no byte order mark, no XML declaration, no document type.
        sha256: of `text` as UTF-8, in hexadecimal digits.
    """

    name: str
    format: ScoreFormat
    text: str = field(repr=False)
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.text.encode()).hexdigest())

    @property
    def score_id(self) -> str:
        """15 digits that depend on the content alone, not on the file's name or packing."""
        return f"{int(self.sha256[:12], 16):015d}"


def read_score(path: Path, limits: ScoreLimits = ScoreLimits()) -> Score:  # noqa: B008 (immutable)
    """Read and check a score file; its content decides which format it is.

    Raises:
        ScoreFormatError: it cannot be read, is no score, or is damaged.
        ScoreLimitError: it asks for more than a score can mean.
    """
    return score_from_bytes(_read_file(path, limits), path.name, limits, file=str(path))


def count_notes(path: Path, limits: ScoreLimits = ScoreLimits()) -> int:  # noqa: B008 (immutable)
    """About how many notes and rests a score file has, found in a tenth of the time of checking it.

    Raises:
        ScoreFormatError: it cannot be read.
        ScoreLimitError: it is too large.
    """
    data = _read_file(path, limits)
    if data.startswith(MAGIC):
        data = read_archive(data, str(path), limits)
    text = decode_text(data, str(path))
    if text.lstrip().startswith("<"):
        return len(_NOTES.findall(text))
    fields = (line.split("\t") for line in text.splitlines() if line[:1] not in ("*", "!", "=", ""))
    return sum(len(field.split(" ")) for row in fields for field in row if field != ".")


def score_from_bytes(
    data: bytes, name: str, limits: ScoreLimits = ScoreLimits(), *, file: str = ""  # noqa: B008 (immutable)
) -> Score:  # fmt: skip
    """Check a score that is already in memory; `file` is what errors call it, by default `name`.

    Raises:
        ScoreFormatError: it is no score, or is damaged.
        ScoreLimitError: it asks for more than a score can mean.
    """
    file = file or name
    if data.startswith(MAGIC):
        data = read_archive(data, file, limits)
    if not data.strip():
        raise ScoreFormatError(file, "it is empty", _KNOWN)
    for start, what in _OTHERS:
        if data.startswith(start):
            raise ScoreFormatError(file, f"it is {what}, no score", _KNOWN)
    text = decode_text(data, file)
    if text.lstrip().startswith("<"):
        return _xml_score(text, name, file, limits)
    if looks_like_kern(text):
        check_kern(text, file, limits)
        return Score(name, "kern", text)
    raise ScoreFormatError(file, "it is no score", _KNOWN)


def find_scores(paths: Iterable[Path]) -> list[Path]:
    """All score files among files and folders, sorted within each folder, each file once.

    A file that is given itself is kept whatever it is called; in folders the suffix decides.

    Raises:
        ScoreFormatError: a path does not exist, or a folder cannot be read.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if stat.S_ISDIR(_mode(path)):
            found.update(dict.fromkeys(_scores_below(path)))
        else:
            found[path] = None
    return list(found)


def _scores_below(folder: Path) -> Iterator[Path]:
    """Score files in a folder and below; links to folders are not followed, so no loop can trap it."""
    for parent, folders, names in os.walk(folder, onerror=_raise_unreadable):
        folders[:] = sorted(
            name for name in folders if name not in _SKIPPED_FOLDERS and not name.startswith(".")
        )
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                yield Path(parent, name)


def _raise_unreadable(error: OSError) -> None:
    raise _unreadable(Path(error.filename), error) from None


def _mode(path: Path) -> int:
    """What kind of file a path leads to."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | ValueError) -> ScoreFormatError:
    if isinstance(error, FileNotFoundError):
        return ScoreFormatError(str(path), "it does not exist", "Check the path.")
    reason = getattr(error, "strerror", None) or error
    return ScoreFormatError(str(path), f"it cannot be read ({reason})", "Check the path and its permissions.")


def _read_file(path: Path, limits: ScoreLimits) -> bytes:
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        raise ScoreFormatError(str(path), "it is a folder", "Give a score file, or use `find_scores`.")
    if not stat.S_ISREG(mode):
        raise ScoreFormatError(str(path), "it is no regular file", "Give a score file.")
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    if len(data) > limits.file_bytes:
        raise ScoreLimitError(str(path), f"it is larger than {limits.file_bytes:,} bytes", "Split the score.")
    return data


def _xml_score(text: str, name: str, file: str, limits: ScoreLimits) -> Score:
    root = parse_xml(text, file, limits)
    tag = local_name(root)
    if tag == "score-partwise":
        check_musicxml(root, text, file, limits)
        return Score(name, "musicxml", xml_text(root))
    if tag == "mei":
        check_mei(root, file)
        return Score(name, "mei", xml_text(root))
    what, remedy = _OTHER_ROOTS.get(tag, (f"an XML document of the kind <{tag[:40]}>, no score", _KNOWN))
    raise ScoreFormatError(file, f"it is {what}", remedy)
