"""WebDataset: pages in tar files, which training at scale reads in one stream; all that a page knows.

```
train-000000.tar      so many pages each, one after the other (`WriteOptions.shard_pages`):
    KEY.png               the page, 8-bit grey
    KEY.json              its symbols as columns, see below
    KEY.instance.png      of pages with masks: symbol n is the colour number n, as in DeepScoresV2
test-000000.tar
classes.csv           id and name of each class
pages.jsonl           a line per page: its name, where it lies, and where it comes from
shards.json           the shards, with their pages and bytes
```

`KEY` is the page's name, with what is no letter, digit, `-`, `_` or `~` as in web addresses: `%2E` for a dot.

`KEY.json` holds `name`, `width`, `height`, `staff_space`, `staff_lines` (staff, x0, y0, x1, y1), `origin`,
`links` (from id, to id), and

- `symbols`, a list per column, all of one length, null for what is absent: `id`, `class`, `class_id`, `box`
  (x0, y0, x1, y1 in pixels), `oriented_box` (4 corners, 8 numbers), `area`, `staff`, `system`, `measure`,
  `voice`, `position`, `onset`, `duration`, `diatonic`, `alter`, `midi`, `score`, `text`;
- `masks`, whether the page has any;
- `covered`, the second layer of ids, of the symbols directly below others, as runs in one list: first pixel,
  length, id, and so on, pixels numbered row by row.
"""

from __future__ import annotations

from notehead.datasets.formats.format import PARTS, Format
from notehead.datasets.formats.webdataset.layout import SHARDS
from notehead.datasets.formats.webdataset.source import WebDatasetSource
from notehead.datasets.formats.webdataset.writer import WebDatasetWriter

FORMAT = Format(
    name="webdataset",
    title="WebDataset",
    holds=frozenset(PARTS),
    here=lambda path: (path / SHARDS).is_file(),
    read=WebDatasetSource,
    writer=WebDatasetWriter,
)
