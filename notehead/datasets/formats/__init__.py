"""Formats of datasets on disk, one file each; `FORMATS` lists them.

`notehead.py` holds all that a `Page` knows; the others are the layouts of published datasets and of
others' tools. A format is a `Format`: how to recognise it, a `Source` that reads, a `Writer` that writes.
"""

from notehead.datasets.formats.format import PARTS, Format, Part, WriteOptions, Writer, parts_of
from notehead.datasets.formats.registry import FORMATS, find_format, open_source

__all__ = [
    "FORMATS",
    "PARTS",
    "Format",
    "Part",
    "WriteOptions",
    "Writer",
    "find_format",
    "open_source",
    "parts_of",
]
