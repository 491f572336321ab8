"""Files of music: MusicXML, MusicXML compressed, MEI, MIDI; which of them, the ending says."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from notehead.errors import OutputError
from notehead.reading.container import compressed
from notehead.reading.typeset import Typesetter

Kind: TypeAlias = Literal["musicxml", "mxl", "mei", "midi"]

KINDS: dict[str, Kind] = {
    ".musicxml": "musicxml", ".xml": "musicxml", ".mxl": "mxl", ".mei": "mei",
    ".mid": "midi", ".midi": "midi",
}  # fmt: skip
"""By ending."""


def kind_of_file(path: Path) -> Kind:
    """What a file of music is to be.

    Raises:
        OutputError: its ending tells nothing.

    Example:
        >>> kind_of_file(Path("piece.MXL"))
        'mxl'
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        message = f"{path}: its ending tells no kind of music file"
        raise OutputError(message, f"Choose among {', '.join(KINDS)}.")
    return kind


def music_file(musicxml: bytes, kind: Kind, typesetter: Typesetter) -> bytes:
    """The bytes of a file of music.

    Raises:
        EngraverError: Verovio cannot make it.
    """
    if kind == "mxl":
        return compressed(musicxml)
    if kind == "mei":
        return typesetter.mei(musicxml)
    return typesetter.midi(musicxml) if kind == "midi" else musicxml
