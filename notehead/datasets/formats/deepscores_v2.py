"""DeepScoresV2's layout (2020), which its public loader reads.

`images/NAME.png`, `segmentation/NAME_seg.png` (grey value of the class), `instance/NAME_inst.png`
(instance n is the colour number n), and one JSON file for train and one for test: `info`,
`annotation_sets`, `categories`, `images`, `annotations`. As in the published set, more than 2,000
pages of a split are cut into `deepscores-complete-{i}_train.json`.

Classes that V2 lacks have ids from 209 and no MUSCIMA++ class.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.files import write_stream
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

PAGES_PER_FILE = 2000
_SETS = ("deepscores", "muscima++")


def json_names(split: str, pages: int) -> list[str]:
    """File names for a split of that many pages.

    Example:
        >>> json_names("train", 12), json_names("test", 2001)[-1]
        (['deepscores_train.json'], 'deepscores-complete-1_test.json')
    """
    if pages <= PAGES_PER_FILE:
        return [f"deepscores_{split}.json"]
    return [f"deepscores-complete-{i}_{split}.json" for i in range(math.ceil(pages / PAGES_PER_FILE))]


def write_json(
    path: Path, pages: Iterable[tuple[int, str, int, int, Symbols]], info: dict[str, Any], first: int
) -> int:
    """Write one JSON file; returns the number after its last annotation.

    Args:
        path: where.
        pages: (image id, name, width, height, symbols) of each page.
        info: description, version, year, contributor, date_created, url.
        first: number of the first annotation.
    """
    images: list[bytes] = []

    def parts() -> Iterator[bytes]:
        nonlocal first
        head = {"info": info, "annotation_sets": _SETS, "categories": categories()}
        yield orjson.dumps(head)[:-1] + b',"annotations":{'
        lead = b""
        for image_id, name, width, height, symbols in pages:
            last = first + len(symbols)
            identities = [str(number) for number in range(first, last)]
            image = {"id": image_id, "filename": f"{name}.png", "width": width, "height": height}
            images.append(orjson.dumps({**image, "ann_ids": identities}))
            if len(symbols):
                found = dict(zip(identities, records(symbols, image_id), strict=True))
                yield lead + orjson.dumps(found)[1:-1]
                lead = b","
            first = last
        yield b'},"images":[' + b",".join(images) + b"]}"

    write_stream(path, parts())
    return first


def categories() -> dict[str, dict[str, str | int]]:
    """All categories by id: the classes, then MUSCIMA++'s."""
    found: dict[str, dict[str, str | int]] = {}
    for row in VOCABULARY.classes:
        name = row.deepscores_v2 or row.name
        found[str(row.id)] = {"name": name, "annotation_set": _SETS[0], "color": row.grey}
    for row in VOCABULARY.classes:
        if row.muscima_id is not None and row.muscima is not None:
            # As in the published set, a shared class has the colour of the last class that maps to it.
            found[str(row.muscima_id)] = {"name": row.muscima, "annotation_set": _SETS[1], "color": row.grey}
    return {key: found[key] for key in sorted(found, key=int)}


def records(symbols: Symbols, image_id: int) -> Iterator[dict[str, Any]]:
    """One record per symbol."""
    boxes = symbols.box.tolist()
    corners = symbols.corners.reshape(-1, 8).round(2).tolist()
    for row, label in enumerate(symbols.label.tolist()):
        kind = VOCABULARY.by_id[label]
        yield {
            "a_bbox": boxes[row],
            "o_bbox": corners[row],
            "cat_id": [str(label), None if kind.muscima_id is None else str(kind.muscima_id)],
            "area": int(symbols.area[row]),
            "img_id": str(image_id),
            "comments": _comments(symbols, row, is_notehead=kind.is_notehead),
        }


def _comments(symbols: Symbols, row: int, *, is_notehead: bool) -> str:
    parts: list[str] = [f"instance:#{symbols.id[row]:06x}"]
    onset, duration = float(symbols.onset[row]), float(symbols.duration[row])
    if not math.isnan(onset):
        parts.append(f"onset:{round(onset, 6):g}" if abs(onset) < 1e5 else f"onset:{onset}")
    if is_notehead and not math.isnan(duration):
        parts.append(f"duration:{round(duration, 6):g}")
    if is_notehead and symbols.position[row] != ABSENT:
        parts.append(f"rel_position:{symbols.position[row]}")
    return ";".join(parts) + ";"


def grey_table(symbols: Symbols) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Grey value by symbol id, for the semantic mask."""
    table = np.zeros(int(symbols.id.max(initial=0)) + 1, np.uint8)
    table[symbols.id] = VOCABULARY.grey_of_id[symbols.label]
    return table


def chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The pages of each JSON file of a split."""
    for start in range(0, max(len(names), 1), PAGES_PER_FILE):
        yield names[start : start + PAGES_PER_FILE]
