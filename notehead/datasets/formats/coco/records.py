"""COCO's annotations: the columns of `Symbols` as JSON objects, and back.

Boxes are x, y, width, height. What COCO has no key for stands in `attributes`, if a symbol has it:

- `instance`: the symbol's id on its page; `links`: those of the symbols that it leads to;
- `onset`, `duration`, `position`, `diatonic`, `alter`, `staff`, `system`, `measure`, `voice`, `text`;
- `obb`: the oriented box as 8 numbers; `covered`: the covered pixels, packed like the whole mask;
- `area`: the visible pixels, where `area` has the box's because they are not known.

Attributes of other tools, and ours with values that they cannot have, are not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import ArrayLike, NDArray

from notehead.datasets.boxes import good_boxes
from notehead.datasets.complaints import REMEDY, Complaints
from notehead.datasets.formats.coco.masks import NO_RUNS, Runs, packed_masks, runs_of
from notehead.page import ABSENT, Page, Symbols
from notehead.vocabulary import Vocabulary

WHOLE = ("position", "diatonic", "alter", "staff", "system", "measure", "voice")
TIMES = ("onset", "duration")
CROWD = "Mark symbols with iscrowd 0 (supervision marks those whose mask has holes), leave out regions."
_LARGEST = np.iinfo(np.int32).max
_FINEST = 6
"""Decimals of a sum of two decimal numbers that are meant."""


def page_records(page: Page, *, masks: bool) -> list[bytes]:
    """Each symbol of a page as a JSON object that lacks its head, `{"id":1,"image_id":1,`."""
    symbols = page.symbols
    boxes = symbols.box.round(3)
    sizes = (boxes[:, 2:] - boxes[:, :2]).round(3)
    records: list[dict[str, Any]] = [
        {
            "category_id": label,
            "bbox": [*corner, *size],
            "area": area or round(size[0] * size[1], 3),
            "iscrowd": 0,
            "segmentation": [],
        }
        for label, corner, size, area in zip(
            symbols.label.tolist(), boxes[:, :2].tolist(), sizes.tolist(), symbols.area.tolist(), strict=True
        )
    ]
    attributes = _attributes(symbols)
    if page.ids is not None and masks:
        layers = [page.ids] if page.under is None else [page.ids, page.under]
        for record, counts in zip(records, packed_masks(layers, symbols.id), strict=True):
            record["segmentation"] = {"size": [page.height, page.width], "counts": counts}
        if page.under is not None:
            *packed, nothing = packed_masks([page.under], np.append(symbols.id, 0))
            for more, counts in zip(attributes, packed, strict=True):
                if counts != nothing:
                    more["covered"] = counts
    for row in np.flatnonzero(symbols.score != 1).tolist():
        records[row]["score"] = symbols.score[row].item()
    return [
        orjson.dumps({**record, "attributes": more})[1:]
        for record, more in zip(records, attributes, strict=True)
    ]


def _attributes(symbols: Symbols) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"instance": identity} for identity in symbols.id.tolist()]
    for name in (*TIMES, *WHOLE):
        values = getattr(symbols, name)
        known = np.isfinite(values) if name in TIMES else values != ABSENT
        for row in np.flatnonzero(known).tolist():
            found[row][name] = values[row].item()
    for row, text in enumerate(symbols.text):
        if text is not None:
            found[row]["text"] = text
    oriented = symbols.corners.round(3).reshape(-1, 8)
    for row in np.flatnonzero((oriented != _upright(symbols.box.round(3))).any(axis=1)).tolist():
        found[row]["obb"] = oriented[row].tolist()
    for row in np.flatnonzero(symbols.area == 0).tolist():
        found[row]["area"] = 0
    row_of = {identity: row for row, identity in enumerate(symbols.id.tolist())}
    for source, target in symbols.links.tolist():
        if source in row_of:
            found[row_of[source]].setdefault("links", []).append(target)
    return found


def _upright(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where annotations stand: the file, the page, and its width and height."""

    file: str
    page: str
    size: tuple[int, int]


@dataclass(slots=True)
class Annotated:
    """What the annotations of a page say: the symbols, and row by row all and covered pixels."""

    symbols: Symbols
    runs: list[Runs]
    covered: list[Runs]


@dataclass(slots=True)
class _Usable:
    """The annotations that can be used."""

    rows: list[int] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    runs: list[Runs] = field(default_factory=list)


def read_annotations(
    records: Sequence[Any], place: Place, vocabulary: Vocabulary, complaints: Complaints
) -> Annotated:
    """The symbols that the annotations of one page describe, in their order.

    Raises:
        DatasetError: an annotation cannot be used, and the complaints are not to be counted.
    """

    def where(row: int) -> tuple[str, str]:
        return place.file, f"page {place.page}: {_called(records[row], row)}"

    usable = _Usable()
    seen: set[Any] = set()
    for row, record in enumerate(records):
        try:
            runs = _checked(record, place.size, vocabulary, seen)
        except ValueError as error:
            crowd = isinstance(record, dict) and record.get("iscrowd") == 1
            complaints.symbol(*where(row), str(error), CROWD if crowd else REMEDY)
        else:
            usable.rows.append(row)
            usable.records.append(record)
            usable.runs.append(runs)
    found = np.array([record["bbox"] for record in usable.records], np.float64).reshape(-1, 4)
    with np.errstate(over="ignore"):
        boxes = np.hstack((found[:, :2], found[:, :2] + found[:, 2:])).round(_FINEST)
    good = good_boxes(boxes, place.size, complaints, lambda row: where(usable.rows[row]))
    symbols = _symbols(usable, boxes, vocabulary)
    covered = [_covered(record, place.size) for record in usable.records]
    kept = np.flatnonzero(good).tolist()
    return Annotated(symbols[good], [usable.runs[row] for row in kept], [covered[row] for row in kept])


def _called(record: Any, row: int) -> str:
    """What to call an annotation."""
    identity = record.get("id") if isinstance(record, dict) else None
    return f"annotation number {row + 1}" if identity is None else f"annotation {identity!r:.40}"


def _checked(record: Any, size: tuple[int, int], vocabulary: Vocabulary, seen: set[Any]) -> Runs:
    """The mask of an annotation that can be used; raises ValueError with what is wrong with another."""
    if not isinstance(record, dict):
        message = "it is no object"
        raise ValueError(message)  # noqa: TRY004  # one kind for all that can be wrong
    identity, category = record.get("id"), whole_number(record.get("category_id"))
    causes = (
        (isinstance(identity, int | str) and identity in seen, "its id occurs twice"),
        (record.get("iscrowd") == 1, "it is a region with many symbols (iscrowd 1), no symbol"),
        (category not in vocabulary.by_id, f"there is no category {record.get('category_id')!r:.40}"),
        (numbers(record.get("bbox"), 4) is None, "its bbox is not made of 4 numbers"),
        (not 0 <= number(record.get("score", 1)) <= 1, "its score is not from 0 to 1"),
        (not 0 <= number(record.get("area") or 0) < math.inf, "its area is no area"),
    )
    for wrong, message in causes:
        if wrong:
            raise ValueError(message)
    if isinstance(identity, int | str):
        seen.add(identity)
    segmentation = record.get("segmentation")
    return runs_of(segmentation, size) if segmentation else NO_RUNS


def number(value: object) -> float:
    """A JSON value as a number, NaN where it is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan


def numbers(value: object, count: int) -> list[float] | None:
    """A JSON value as a list of so many finite numbers, None where it is none."""
    if not isinstance(value, list) or len(value) != count:
        return None
    found = [number(item) for item in value]
    return found if all(map(math.isfinite, found)) else None


def whole_number(value: object) -> int | None:
    """A JSON value as an integer, None where it is none; some tools write ids as strings."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def attributes_of(record: Any) -> dict[str, Any]:
    """What stands in the attributes of an annotation or an image."""
    found = record.get("attributes") if isinstance(record, dict) else None
    return found if isinstance(found, dict) else {}


def _symbols(usable: _Usable, boxes: NDArray[np.float64], vocabulary: Vocabulary) -> Symbols:
    records = usable.records
    attributes = [attributes_of(record) for record in records]
    text = np.full(len(records), None, object)
    text[:] = [letters if isinstance(letters := more.get("text"), str) else None for more in attributes]
    identities = _identities(attributes)
    links = np.empty((0, 2)) if identities is None else _links(attributes, identities)
    if identities is None:
        identities = np.array(usable.rows, np.int64) + 1
    columns: dict[str, ArrayLike] = {
        "id": identities,
        "corners": _corners(attributes, boxes),
        "area": [_area(record, more) for record, more in zip(records, attributes, strict=True)],
        "score": [number(record.get("score", 1)) for record in records],
        "text": text,
        "links": links,
        **{name: [number(more.get(name)) for more in attributes] for name in TIMES},
        **{name: [_int32(more.get(name)) for more in attributes] for name in WHOLE},
    }
    labels = [whole_number(record["category_id"]) or 0 for record in records]
    return Symbols.build(labels, boxes, vocabulary, **columns)


def _identities(attributes: list[dict[str, Any]]) -> NDArray[np.int64] | None:
    """The symbols' ids, None unless each annotation has one of its own."""
    found = [whole_number(more.get("instance")) or 0 for more in attributes]
    good = len(set(found)) == len(found) and all(1 <= identity <= _LARGEST for identity in found)
    return np.array(found, np.int64) if good else None


def _corners(attributes: list[dict[str, Any]], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    corners = _upright(boxes)
    for row, more in enumerate(attributes):
        oriented = numbers(more.get("obb"), 8)
        if oriented is not None:
            corners[row] = oriented
    return corners.reshape(-1, 4, 2)


def _area(record: dict[str, Any], more: dict[str, Any]) -> int:
    """Visible pixels, 0 where they are not known."""
    known = more.get("area") == 0
    return 0 if known else min(round(number(record.get("area") or 0)), _LARGEST)


def _int32(value: object) -> int:
    found = whole_number(value)
    return ABSENT if found is None or abs(found) > _LARGEST else found


def _links(attributes: list[dict[str, Any]], identities: NDArray[np.int64]) -> NDArray[np.int64]:
    there = set(identities.tolist())
    pairs = []
    for source, more in zip(identities.tolist(), attributes, strict=True):
        targets = more.get("links")
        if isinstance(targets, list):
            pairs += [(source, target) for target in targets if isinstance(target, int) and target in there]
    return np.array(pairs, np.int64).reshape(-1, 2)


def _covered(record: dict[str, Any], size: tuple[int, int]) -> Runs:
    counts = attributes_of(record).get("covered")
    if not isinstance(counts, str):
        return NO_RUNS
    try:
        return runs_of({"counts": counts}, size)
    except ValueError:
        return NO_RUNS
