"""The dataset card of notehead's Parquet files: `README.md`, with the head that Hugging Face reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from notehead.datasets.formats.parquet.schema import Feature, yaml_features
from notehead.datasets.index import PageEntry

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LICENCES = {
    "cc0": "cc0-1.0", "cc0-1.0": "cc0-1.0", "cc0 1.0": "cc0-1.0", "cc-by-4.0": "cc-by-4.0",
    "cc by 4.0": "cc-by-4.0", "cc-by-3.0": "cc-by-3.0", "cc by 3.0": "cc-by-3.0",
    "cc-by-sa-4.0": "cc-by-sa-4.0", "cc by-sa 4.0": "cc-by-sa-4.0", "cc-by-nc-4.0": "cc-by-nc-4.0",
    "cc by-nc 4.0": "cc-by-nc-4.0", "cc-by-nc-sa-4.0": "cc-by-nc-sa-4.0",
    "cc by-nc-sa 4.0": "cc-by-nc-sa-4.0", "mit": "mit", "apache-2.0": "apache-2.0",
}  # fmt: skip
"""What Hugging Face calls licences that scores state."""

_TITLE = "Pages of music with their symbols"
_BODY = """
# {title}

{description}

For optical music recognition: {pages:,} pages, {symbols:,} symbols of {classes:,} classes, from
{scores:,} scores.

| split | pages | symbols |
| --- | --- | --- |
{splits}

## Columns

| column | what |
| --- | --- |
| `image` | the page, 8-bit grey |
| `instance_mask` | symbol n is the colour number n (red * 65536 + green * 256 + blue); none without masks |
| `covered` | where one symbol covers another, the ids below: first pixel, length, id, and so on, row by row |
| `objects` | the symbols, a list per field, all of one length |
| `links` | (from id, to id): noteheads to stem, beam, flag, accidental, dot, slur, tie, staff |
| `name`, `split`, `width`, `height`, `symbols` | of the page; `symbols` is their number |
| `score`, `score_id`, `number`, `font`, `licence` | of the score: pages of one score share `score_id` |
| `staff_space`, `staff_lines` | pixels between staff lines; staff, x0, y0, x1, y1 of each line's middle |
| `origin` | how the page came to be, as JSON |

`objects` has `id`, `category` (a class label; `classes.csv` has the classes' own ids in the same order),
`bbox` (x, y, width, height in pixels, COCO's form), `obb` (the oriented box's four corners), `area` (visible
pixels), `staff`, `system`, `measure`, `voice`, `position` (half staff spaces above the middle line), `onset`
and `duration` (quarter notes), `diatonic` (7 * octave + step), `alter`, `midi`, `score` (confidence) and
`text`. What a symbol does not have is null.

## Licences

| licence of the score | pages |
| --- | --- |
{licences}
"""


def parquet_card(
    description: str, entries: Sequence[PageEntry], names: Mapping[str, str], columns: Feature
) -> bytes:
    """The card.

    Args:
        description: what the dataset is.
        entries: all pages.
        names: what each split is called in the files.
        columns: the features.
    """
    head = _head(entries, list(dict.fromkeys(names.values())), columns)
    text = _BODY.format(
        title=_TITLE,
        description=_cell(description),
        pages=len(entries),
        symbols=sum(entry.symbols for entry in entries),
        classes=len(columns["objects"]["category"]["feature"]["names"]),
        scores=len({entry.score_id for entry in entries if entry.score_id}),
        splits="\n".join(_splits(entries, names)),
        licences="\n".join(
            f"| {_cell(licence) or 'not stated'} | {count:,} |"
            for licence, count in sorted(Counter(entry.licence for entry in entries).items())
        ),
    )
    front: str = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{front}---\n{text}".encode("utf-8", "backslashreplace")


def _head(entries: Sequence[PageEntry], splits: Sequence[str], columns: Feature) -> dict[str, Any]:
    licences = {
        _LICENCES.get(entry.licence.lower(), "other" if entry.licence else "unknown") for entry in entries
    }
    size = next((name for limit, name in _SIZES if len(entries) < limit), "n>1M")
    files = [{"split": split, "path": f"data/{split}-*.parquet"} for split in splits]
    return {
        "pretty_name": _TITLE,
        "license": sorted(licences) or ["unknown"],
        "task_categories": ["object-detection", "image-segmentation"],
        "tags": ["music", "optical-music-recognition", "sheet-music", "notehead"],
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": yaml_features(columns)},
    }


def _splits(entries: Sequence[PageEntry], names: Mapping[str, str]) -> list[str]:
    pages = Counter(names[entry.split] for entry in entries)
    symbols: Counter[str] = Counter()
    for entry in entries:
        symbols[names[entry.split]] += entry.symbols
    return [f"| `{name}` | {count:,} | {symbols[name]:,} |" for name, count in sorted(pages.items())]


def _cell(text: str) -> str:
    """Text from strangers' files as a cell of a table, and only text."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>|#&~" else letter for letter in plain)
