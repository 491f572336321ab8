"""A page as a row of a Parquet table."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson

from notehead.datasets.formats.common.embedded import runs_of_layer
from notehead.datasets.formats.common.symbol_columns import DECIMALS, json_bytes, plain_columns, unicode
from notehead.datasets.formats.parquet.schema import (
    DIGEST,
    FACTS,
    PICTURES,
    RENAMED,
    SYMBOLS,
    Columns,
    pyarrow,
    schema,
)
from notehead.datasets.index import PageEntry
from notehead.images import encode_png, instance_image
from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import Vocabulary


def pictures_of(page: Page, columns: Columns) -> dict[str, bytes | None]:
    """PNG files of a page by column: the image, and the masks where the columns have them."""
    pictures: dict[str, bytes | None] = {"image": encode_png(page.image, page.origin.resolution)}
    if columns.masks:
        pictures["instance_mask"] = None if page.ids is None else encode_png(instance_image(page.ids))
    return pictures


def page_row(entry: PageEntry, page: Page, columns: Columns, pictures: Mapping[str, bytes | None]) -> Any:
    """A record batch of one row.

    Args:
        entry: facts of the page.
        page: symbols, staff lines, origin.
        columns: of the table.
        pictures: the images, as `pictures_of` gives them.
    """
    arrow, _ = pyarrow()
    row: dict[str, Any] = {
        "objects": objects_of(page.symbols, columns.vocabulary),
        "links": page.symbols.links.tolist(),
        **{name: getattr(entry, name) for name in FACTS},
        "staff_space": round(page.staff_space, 4),
        "staff_lines": page.staff_lines.round(3).tolist(),
        "origin": json_bytes(asdict(page.origin)).decode(),
    }
    if columns.masks:
        row["covered"] = runs_of_layer(None if page.ids is None else page.under)
    row = {**unicode(row), **{name: _picture(entry.name, data) for name, data in pictures.items()}}
    if columns.digests:
        row[DIGEST] = ""  # of what will be read, so it is taken from what is written
    batch = arrow.RecordBatch.from_pylist([row], schema(columns))
    if columns.digests:
        found = arrow.array([digest(batch.to_pylist()[0])], batch.schema.field(DIGEST).type)
        batch = batch.set_column(batch.schema.get_field_index(DIGEST), batch.schema.field(DIGEST), found)
    return batch


def digest(row: dict[str, Any]) -> str:
    """SHA-256 of all that a row holds, but its own digest.

    Args:
        row: as `to_pylist` gives it.
    """
    found = hashlib.sha256()
    for name in PICTURES:
        if row.get(name) is not None:
            found.update(row[name]["bytes"])
    plain = {name: value for name, value in row.items() if name not in PICTURES and name != DIGEST}
    found.update(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS))
    return found.hexdigest()


def objects_of(symbols: Symbols, vocabulary: Vocabulary) -> dict[str, list[Any]]:
    """Symbols as the nested column `objects` has them: a list per field."""
    columns = plain_columns(symbols)
    box = symbols.box.round(DECIMALS)
    sizes = (box[:, 2:] - box[:, :2]).round(DECIMALS)
    place = {row.id: place for place, row in enumerate(vocabulary.classes)}
    columns["label"] = [place[label] for label in columns["label"]]
    columns["box"] = np.hstack([box[:, :2], sizes]).tolist()
    columns["midi"] = [None if key == ABSENT else key for key in symbols.midi.tolist()]
    return {name: columns[RENAMED.get(name, name)] for name in SYMBOLS}


def _picture(name: str, data: bytes | None) -> dict[str, Any] | None:
    return None if data is None else {"bytes": data, "path": unicode(f"{name}.png")}
