"""Parquet: pages as rows of tables that Hugging Face `datasets`, Spark, Ray and pandas read.

```
data/train-00000-of-00002.parquet    so many pages each (`WriteOptions.shard_pages`)
data/train-00001-of-00002.parquet
data/test-00000-of-00001.parquet
classes.csv                          id and name of each class, in the order of the class labels
README.md                            the dataset card
```

`notehead build --layout parquet` writes `data/SPLIT-STYLE-STRETCH.parquet` and `pages.parquet`, the list of
all pages with file and row of each.

`card.py` tells the columns, `schema.py` has their types. The images are PNG files, not compressed again. A
row group holds 8 pages (in what is built, one), so that one page is read without the whole file.
"""

from __future__ import annotations

from notehead.datasets.formats.format import PARTS, Format
from notehead.datasets.formats.parquet.source import ParquetSource, is_empty, parquet_files
from notehead.datasets.formats.parquet.writer import ParquetWriter

FORMAT = Format(
    name="parquet",
    title="Parquet for Hugging Face datasets",
    holds=frozenset(PARTS),
    here=lambda path: bool(parquet_files(path)) or is_empty(path) or (path / ".build" / "shards").is_dir(),
    read=ParquetSource,
    writer=ParquetWriter,
)
