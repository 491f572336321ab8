"""DeepScoresV2's layout (2020), which its public loader reads: what its JSON files hold.

`images/NAME.png`, `segmentation/NAME_seg.png` (grey value of the class), `instance/NAME_inst.png`
(instance n is the colour number n), and one JSON file for train and one for test: `info`,
`annotation_sets`, `categories`, `images`, `annotations`. As in the published set, more than 2,000
pages of a split are cut into `deepscores-complete-{i}_train.json`.

Classes that V2 lacks have ids from 209 and no MUSCIMA++ class. A vocabulary that notehead does not know
stands as it is in the set `deepscores`. `writer.py` writes any dataset so,
`source.py` reads it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from notehead.datasets.formats.deepscores_v2.index import SETS
from notehead.files import write_stream
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary

PAGES_PER_FILE = 2000


def json_names(split: str, pages: int) -> list[str]:
    """File names for a split of that many pages.

    Example:
        >>> json_names("train", 12), json_names("test", 2001)[-1]
        (['deepscores_train.json'], 'deepscores-complete-1_test.json')
    """
    if pages <= PAGES_PER_FILE:
        return [_json_name("", split)]
    return [_json_name(f"-complete-{i}", split) for i in range(math.ceil(pages / PAGES_PER_FILE))]


def _json_name(part: str, split: str) -> str:
    return f"deepscores{part}_{split}.json" if split else f"deepscores{part}.json"


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
        yield json_head(info)
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


def json_head(info: dict[str, Any], vocabulary: Vocabulary = VOCABULARY) -> bytes:
    """All that stands in a file before its annotations."""
    head = {"info": info, "annotation_sets": SETS, "categories": categories(vocabulary)}
    return orjson.dumps(head)[:-1] + b',"annotations":{'


def categories(vocabulary: Vocabulary = VOCABULARY) -> dict[str, dict[str, str | int]]:
    """All categories by id: the classes, then, with notehead's own, MUSCIMA++'s."""
    own = vocabulary == VOCABULARY
    found: dict[str, dict[str, str | int]] = {}
    for row in vocabulary.classes:
        name = (row.deepscores_v2 if own else None) or row.name
        found[str(row.id)] = {"name": name, "annotation_set": SETS[0], "color": row.grey}
    if not own:
        return found
    for row in VOCABULARY.classes:
        if row.muscima_id is not None and row.muscima is not None:
            # As in the published set, a shared class has the colour of the last class that maps to it.
            found[str(row.muscima_id)] = {"name": row.muscima, "annotation_set": SETS[1], "color": row.grey}
    return {key: found[key] for key in sorted(found, key=int)}


def records(symbols: Symbols, image_id: int, *, every: bool = False) -> Iterator[dict[str, Any]]:
    """One record per symbol; `every` tells duration and position of all symbols, not of noteheads alone."""
    image, category_ids = str(image_id), _category_ids(symbols.vocabulary)
    columns = zip(
        symbols.box.tolist(),
        symbols.corners.reshape(-1, 8).round(2).tolist(),
        symbols.label.tolist(),
        symbols.area.tolist(),
        _comments(symbols, every=every),
        strict=True,
    )
    for box, corners, label, area, comments in columns:
        yield {
            "a_bbox": box,
            "o_bbox": corners,
            "cat_id": category_ids[label],
            "area": area,
            "img_id": image,
            "comments": comments,
        }


@cache
def _category_ids(vocabulary: Vocabulary) -> dict[int, list[str | None]]:
    """Both categories of each class id, as the records name them."""
    own = vocabulary == VOCABULARY
    return {
        row.id: [str(row.id), str(row.muscima_id) if own and row.muscima_id is not None else None]
        for row in vocabulary.classes
    }


def _comments(symbols: Symbols, *, every: bool) -> list[str]:
    """`instance:#RRGGBB;onset:..;` of each symbol, and `duration:..;rel_position:..;` of noteheads."""
    columns = zip(
        symbols.id.tolist(),
        symbols.onset.round(6).tolist(),
        symbols.duration.round(6).tolist(),
        symbols.position.tolist(),
        (symbols.is_notehead | every).tolist(),
        strict=True,
    )
    comments = []
    for identity, onset, duration, position, told in columns:
        text = f"instance:#{identity:06x};"
        if onset == onset:  # not NaN  # noqa: PLR0124
            text += f"onset:{onset};"
        if told:
            if duration == duration:  # noqa: PLR0124
                text += f"duration:{duration};"
            if position != ABSENT:
                text += f"rel_position:{position};"
        comments.append(text)
    return comments


def grey_table(symbols: Symbols) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Grey value by symbol id, for the semantic mask."""
    return symbols.mask_values(symbols.vocabulary.grey_of_id)
