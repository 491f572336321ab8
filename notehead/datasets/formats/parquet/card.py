"""The dataset card of notehead's Parquet files: `README.md`, with the head that Hugging Face reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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

_MORE = {
    "class_mask": "| `class_mask` | classes by grey, DeepScoresV2's |\n",
    "sha256": "| `sha256` | of all else in the row, as `notehead verify` computes it |\n",
}
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
{more}
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


@dataclass(slots=True)
class Counts:
    """What the card tells of the pages: counted one by one, so that it takes no memory.

    Attributes:
        pages: by what their split is called in the files.
        symbols: likewise.
        scores: ids of all of them.
        licences: pages by the licence of their score.
    """

    pages: Counter[str] = field(default_factory=Counter)
    symbols: Counter[str] = field(default_factory=Counter)
    scores: set[str] = field(default_factory=set)
    licences: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, entries: Iterable[PageEntry], names: Mapping[str, str]) -> Counts:
        """Of pages, with what each split is called."""
        counts = cls()
        for entry in entries:
            counts.add(names[entry.split], entry.symbols, entry.score_id, entry.licence)
        return counts

    def add(self, split: str, symbols: int, score_id: str, licence: str) -> None:
        """Count a page."""
        self.pages[split] += 1
        self.symbols[split] += symbols
        self.licences[licence] += 1
        if score_id:
            self.scores.add(score_id)


def parquet_card(description: str, counts: Counts, columns: Feature) -> bytes:
    """The card.

    Args:
        description: what the dataset is.
        counts: of the pages.
        columns: the features.
    """
    head = _head(counts, columns)
    text = _BODY.format(
        title=_TITLE,
        description=_cell(description),
        pages=counts.pages.total(),
        symbols=counts.symbols.total(),
        classes=len(columns["objects"]["category"]["feature"]["names"]),
        scores=len(counts.scores),
        splits="\n".join(
            f"| `{name}` | {pages:,} | {counts.symbols[name]:,} |"
            for name, pages in sorted(counts.pages.items())
        ),
        more="".join(_MORE[name] for name in columns if name in _MORE),
        licences="\n".join(
            f"| {_cell(licence) or 'not stated'} | {count:,} |"
            for licence, count in sorted(counts.licences.items())
        ),
    )
    front: str = yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=100)
    return f"---\n{front}---\n{text}".encode("utf-8", "backslashreplace")


def _head(counts: Counts, columns: Feature) -> dict[str, Any]:
    licences = {
        _LICENCES.get(licence.lower(), "other" if licence else "unknown") for licence in counts.licences
    }
    size = next((name for limit, name in _SIZES if counts.pages.total() < limit), "n>1M")
    files = [{"split": split, "path": f"data/{split}-*.parquet"} for split in counts.pages]
    return {
        "pretty_name": _TITLE,
        "license": sorted(licences) or ["unknown"],
        "task_categories": ["object-detection", "image-segmentation"],
        "tags": ["music", "optical-music-recognition", "sheet-music", "notehead"],
        "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": yaml_features(columns)},
    }


def _cell(text: str) -> str:
    """Text from strangers' files as a cell of a table, and only text."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>|#&~" else letter for letter in plain)
