"""Scores as MusicXML 4.0, written and read.

The order of elements is that of the schema (https://www.w3.org/2021/06/musicxml40/). Nothing in a file
depends on anything but the score: ids are numbers, and no date is written.
"""

from notehead.transcribe.musicxml.reader import from_musicxml
from notehead.transcribe.musicxml.writer import to_musicxml

__all__ = ["from_musicxml", "to_musicxml"]
