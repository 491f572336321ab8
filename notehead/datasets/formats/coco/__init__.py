"""COCO: `source.py` reads, `writer.py` writes, `records.py` has annotations, `masks.py` their run lengths."""

from notehead.datasets.formats.coco.source import FORMAT

__all__ = ["FORMAT"]
