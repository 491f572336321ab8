"""The columns of notehead's Parquet files: their Arrow types, and their features for Hugging Face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from notehead.datasets.formats.common.symbol_columns import unicode
from notehead.errors import MissingExtraError
from notehead.vocabulary import Vocabulary

VERSION = "notehead parquet 1"
DATA = "data"
"""The folder of the files."""
INDEX = "pages.parquet"
"""The list of all pages, where a dataset has so many files that opening each would take too long."""
CARD = "README.md"
GROUP = 8
"""Pages in a row group: what is read for one page."""
METADATA = b"notehead"
"""Key of the files' own metadata: version and classes."""
FACTS = {
    "name": "string", "split": "string", "width": "int32", "height": "int32", "symbols": "int32",
    "score": "string", "score_id": "string", "number": "int32", "font": "string", "licence": "string",
}  # fmt: skip
"""What `PageEntry` tells of a page."""
SYMBOLS: dict[str, str | int] = {
    "id": "int32", "category": "category", "bbox": 4, "obb": 8, "area": "int32", "staff": "int32",
    "system": "int32", "measure": "int32", "voice": "int32", "position": "int32", "onset": "float64",
    "duration": "float64", "diatonic": "int32", "alter": "int32", "midi": "int32", "score": "float64",
    "text": "string",
}  # fmt: skip
"""A list per page each; a number stands for so many lengths."""

RENAMED = {"category": "label", "bbox": "box", "obb": "corners"}
"""What `Symbols` calls them."""

PICTURES = ("image", "instance_mask", "class_mask")
"""Columns that hold PNG files."""
DIGEST = "sha256"
"""The column that tells whether a row is as it was written."""

Feature = dict[str, Any]
"""A feature as `datasets` writes it into metadata. `Sequence` is what old and new versions read."""


def pyarrow() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet; raises MissingExtraError where they are not installed."""
    try:
        import pyarrow as arrow  # noqa: ICN001, PLC0415  # an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        message = "Parquet needs pyarrow, which is not installed"
        raise MissingExtraError(message, "Run `pip install 'notehead[parquet]'`.") from error
    return arrow, parquet


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns a table has beside those that each has.

    Attributes:
        vocabulary: what the labels mean.
        masks: of instances.
        classes: a mask of classes, whose greys are DeepScoresV2's.
        digests: a digest of each row.
    """

    vocabulary: Vocabulary
    masks: bool = True
    classes: bool = False
    digests: bool = False


def features(columns: Columns) -> Feature:
    """All columns with their features."""
    label = {"names": unicode(list(columns.vocabulary)), "_type": "ClassLabel"}
    objects = {name: _list(_feature_of(kind, label)) for name, kind in SYMBOLS.items()}
    return {
        "image": {"_type": "Image"},
        **({"instance_mask": {"_type": "Image"}, "covered": _list(_value("int32"))} if columns.masks else {}),
        **({"class_mask": {"_type": "Image"}} if columns.classes else {}),
        "objects": objects,
        "links": _list(_list(_value("int32"), 2)),
        **{name: _value(kind) for name, kind in FACTS.items()},
        "staff_space": _value("float64"),
        "staff_lines": _list(_list(_value("float64"), 5)),
        "origin": _value("string"),
        **({DIGEST: _value("string")} if columns.digests else {}),
    }


def _feature_of(kind: str | int, label: Feature) -> Feature:
    if isinstance(kind, int):
        return _list(_value("float64"), kind)
    return label if kind == "category" else _value(kind)


def _value(kind: str) -> Feature:
    return {"dtype": kind, "_type": "Value"}


def _list(feature: Feature, length: int | None = None) -> Feature:
    return {"feature": feature, **({} if length is None else {"length": length}), "_type": "Sequence"}


def schema(columns: Columns) -> Any:
    """The Arrow schema, with the features for `datasets`, and the classes with their ids for `notehead`."""
    return arrow_schema(features(columns), columns.vocabulary, VERSION)


def arrow_schema(every: Feature, vocabulary: Vocabulary, version: str) -> Any:
    """The Arrow schema of any features, whose metadata name the format and its classes."""
    arrow, _ = pyarrow()
    classes = [{"id": row.id, "name": row.name} for row in vocabulary.classes]
    metadata = {
        b"huggingface": orjson.dumps({"info": {"features": every}}),
        METADATA: orjson.dumps(unicode({"format": version, "classes": classes})),
    }
    fields = [arrow.field(name, _arrow_type(arrow, feature)) for name, feature in every.items()]
    return arrow.schema(fields, metadata=metadata)


def _arrow_type(arrow: Any, feature: Feature) -> Any:
    match feature.get("_type"):
        case "Value":
            return {"string": arrow.string, "int32": arrow.int32, "float64": arrow.float64}[
                feature["dtype"]
            ]()
        case "ClassLabel":
            return arrow.int64()
        case "Image":
            return arrow.struct({"bytes": arrow.binary(), "path": arrow.string()})
        case "Sequence":
            return arrow.list_(_arrow_type(arrow, feature["feature"]), feature.get("length", -1))
        case _:
            return arrow.struct({name: _arrow_type(arrow, part) for name, part in feature.items()})


def yaml_features(columns: Feature) -> list[dict[str, Any]]:
    """The features as the head of a dataset card has them.

    Example:
        >>> yaml_features({"number": {"dtype": "int32", "_type": "Value"}})
        [{'name': 'number', 'dtype': 'int32'}]
    """
    return [{"name": name, **_yaml(feature)} for name, feature in columns.items()]


def _yaml(feature: Feature) -> dict[str, Any]:
    match feature.get("_type"):
        case "Value":
            return {"dtype": feature["dtype"]}
        case "ClassLabel":
            names = {str(place): name for place, name in enumerate(feature["names"])}
            return {"dtype": {"class_label": {"names": names}}}
        case "Image":
            return {"dtype": "image"}
        case "Sequence":
            inner = _yaml(feature["feature"])
            length = {"length": feature["length"]} if "length" in feature else {}
            return {"sequence": inner["dtype"] if set(inner) == {"dtype"} else inner, **length}
        case _:
            return {"struct": yaml_features(feature)}
