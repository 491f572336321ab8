"""DeepScores v1 and v1-extended: `layout.py` as builds write it, `source.py` reads, `writer.py` writes."""

from notehead.datasets.formats.deepscores_v1.writer import FORMAT

__all__ = ["FORMAT"]
