"""A dataset as shards: Parquet files of about so many pages each, in a folder or an object store.

A shard is planned by content alone (`plan.py`), made by one worker wherever it stands (`make.py`; engravers
in a child of their own, `rows.py`), and done when its record stands beside it (`record.py`). `ground.py`
finds what a build stands on, `build.py` has shards made until there are pages enough, `finish.py` writes
what needs all of them.
"""

from notehead.builder.shards.build import build_shards

__all__ = ["build_shards"]
