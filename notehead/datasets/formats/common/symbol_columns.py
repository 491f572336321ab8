"""The columns of `Symbols` as plain lists, for formats that have a place for each of them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from notehead.datasets.complaints import Complaints
from notehead.page import ABSENT, COLUMNS, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary

DECIMALS = 3
"""Boxes and oriented boxes are kept to a thousandth of a pixel."""
_EMPTY = {column: getattr(Symbols(), column) for column in COLUMNS}


def plain_columns(symbols: Symbols) -> dict[str, list[Any]]:
    """All columns and the links, with None for what is absent: 4 numbers a box, 8 an oriented box.

    Example:
        >>> plain_columns(Symbols.build(["stem"], [[1, 2, 3, 9]], staff=[0]))["voice"]
        [None]
    """
    columns: dict[str, list[Any]] = {}
    for column, empty in _EMPTY.items():
        values: NDArray[Any] = getattr(symbols, column)
        if column in ("box", "corners"):
            values = values.round(DECIMALS).reshape(len(symbols), 4 if column == "box" else 8)
        columns[column] = values.tolist()
        if empty.ndim == 1 and empty.dtype == np.int32 and (values == ABSENT).any():
            columns[column] = [None if value == ABSENT else value for value in columns[column]]
        elif column in ("onset", "duration") and np.isnan(values).any():
            columns[column] = [None if value != value else value for value in columns[column]]  # noqa: PLR0124
    return columns


def symbols_of(
    columns: Mapping[str, Any], vocabulary: Vocabulary, complaints: Complaints, file: str
) -> Symbols:
    """The symbols of such columns, lists or arrays.

    Args:
        columns: by their names in `Symbols`; all of them.
        vocabulary: what the labels mean.
        complaints: told of symbols that cannot be used.
        file: where they come from, for complaints.

    Raises:
        DatasetError: a symbol cannot be used, and the complaints are not to be counted.
        ValueError: the columns themselves cannot be.
    """
    arrays: dict[str, NDArray[Any]] = {}
    count = len(columns["id"])
    for column, empty in _EMPTY.items():
        values = columns[column]
        if isinstance(values, list) and empty.dtype == np.int32 and empty.ndim == 1:
            values = [ABSENT if value is None else value for value in values]
        rows = -1 if column == "links" else count
        arrays[column] = np.asarray(values, empty.dtype).reshape(rows, *empty.shape[1:])
    if not all(text is None or isinstance(text, str) for text in arrays["text"]):
        message = "a text is no text"
        raise ValueError(message)
    if not np.isin(arrays["links"], arrays["id"]).all():
        message = "a link leads to no symbol"
        raise ValueError(message)
    symbols = Symbols(**arrays, vocabulary=vocabulary)
    good = _good(symbols, complaints, file)
    return symbols if good.all() else symbols[np.flatnonzero(good)]


def _good(symbols: Symbols, complaints: Complaints, file: str) -> NDArray[np.bool_]:
    """Which symbols can be used. Boxes may lie outside of the page, as those of slices can."""
    first = np.zeros(len(symbols), np.bool_)
    first[np.unique(symbols.id, return_index=True)[1]] = True
    box = symbols.box
    with np.errstate(invalid="ignore"):
        causes = {
            "its id is 0 or less": symbols.id < 1,
            "another symbol has its id": ~first,
            "its class is unknown": ~np.isin(symbols.label, list(symbols.vocabulary.by_id)),
            "its box is not made of numbers": ~(
                np.isfinite(box).all(axis=1) & np.isfinite(symbols.corners).all(axis=(1, 2))
            ),
            "its box has a negative width or height": (box[:, 2:] < box[:, :2]).any(axis=1),
        }
    bad = np.zeros(len(symbols), np.bool_)
    for cause, rows in causes.items():
        for row in np.flatnonzero(rows & ~bad).tolist():
            complaints.symbol(file, f"symbol {symbols.id[row]}", cause)
        bad |= rows
    return ~bad


def json_bytes(document: Any) -> bytes:
    """JSON of a document. Names of files need not be Unicode; what is not is written as `\\udce9`."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return orjson.dumps(unicode(document))


def unicode(document: Any) -> Any:
    """The document with texts that are Unicode alone.

    Example:
        >>> unicode({"score": ["caf\\udce9", 3]})
        {'score': ['caf\\\\udce9', 3]}
    """
    if isinstance(document, str):
        return document.encode("utf-8", "backslashreplace").decode()
    if isinstance(document, dict):
        return {unicode(key): unicode(value) for key, value in document.items()}
    return [unicode(item) for item in document] if isinstance(document, list | tuple) else document


def own_or(vocabulary: Vocabulary) -> Vocabulary:
    """Take notehead's own vocabulary, with its greys, for a list of the same classes; else the list."""
    same = [(row.id, row.name) for row in vocabulary.classes] == [
        (row.id, row.name) for row in VOCABULARY.classes
    ]
    return VOCABULARY if same else vocabulary
