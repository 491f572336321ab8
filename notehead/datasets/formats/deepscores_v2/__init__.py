"""DeepScoresV2: `layout.py` is what a build writes; `source.py` reads lazily, `writer.py` writes.

`index.py` finds the annotations of a page in files of any size, `records.py` reads them, `classes.py` says
what classes they mean, `masks.py` reads instance and semantic masks.
"""

from notehead.datasets.formats.deepscores_v2.writer import FORMAT

__all__ = ["FORMAT"]
