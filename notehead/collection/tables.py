"""The Parquet tables of a collection: a row for each page that was detected, or for each file that was read.

`tables/KEY.parquet` holds the rows of a part, in the order of its files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from notehead.datasets.formats.parquet.schema import Columns, Feature, arrow_schema, features, pyarrow
from notehead.datasets.formats.parquet.table import Table
from notehead.vocabulary import VOCABULARY, Vocabulary

TABLES = "tables"
"""The folder of the tables."""
PAGES, MUSIC = "notehead pages 1", "notehead music 1"
"""The formats, in the tables' own metadata."""
_GROUP = 64
"""Rows in a row group."""


def page_columns(vocabulary: Vocabulary) -> Feature:
    """The columns of pages that were detected."""
    plain = {
        "name": "string", "file": "string", "page": "int32", "pages": "int32", "width": "int32",
        "height": "int32", "staff_space": "float64", "confidence": "float64", "turned": "int32",
        "skew": "float64", "error": "string", "symbols": "int32",
    }  # fmt: skip
    return {
        **{name: _value(kind) for name, kind in plain.items()},
        "notes": _list(_value("string")),
        "staff_lines": _list({**_list(_value("float64")), "length": 5}),
        "objects": features(Columns(vocabulary))["objects"],
    }


def music_columns() -> Feature:
    """The columns of files whose music was read."""
    plain = {
        "name": "string", "file": "string", "pages": "int32", "unread": "int32", "parts": "int32",
        "measures": "int32", "heads": "int32", "doubtful": "int32", "uncertain": "int32", "error": "string",
    }  # fmt: skip
    doubt = {"measure": "int32", "page": "int32", "amount": "float64", "uncertain": "int32"}
    return {
        **{name: _value(kind) for name, kind in plain.items()},
        "notes": _list(_value("string")),
        "doubts": {name: _list(_value(kind)) for name, kind in doubt.items()},
    }


class Rows:
    """A table that grows row by row."""

    def __init__(self, table: Table, schema: Any) -> None:
        self._table, self._schema = table, schema

    def add(self, row: dict[str, Any]) -> None:
        """Append a row, whose texts are Unicode; what it lacks is null."""
        arrow, _ = pyarrow()
        self._table.add(arrow.RecordBatch.from_pylist([row], self._schema))


@contextmanager
def new_table(
    path: Path, columns: Feature, version: str, vocabulary: Vocabulary = VOCABULARY
) -> Iterator[Rows]:
    """A table to add rows to, which is there when all are.

    Raises:
        MissingExtraError: pyarrow is not installed.
        OutputError: it cannot be written.
    """
    schema = arrow_schema(columns, vocabulary, version)
    table = Table.begun(path, schema, _GROUP)
    try:
        yield Rows(table, schema)
        table.finish()
    finally:
        table.discard()


def _value(kind: str) -> Feature:
    return {"dtype": kind, "_type": "Value"}


def _list(feature: Feature) -> Feature:
    return {"feature": feature, "_type": "Sequence"}
