"""MUSCIMA++ and MuNG: `source.py` reads, `writer.py` writes, `nodes.py` has the XML, `masks.py` its runs."""

from notehead.datasets.formats.mung.source import FORMAT

__all__ = ["FORMAT"]
