"""From DeepScoresV2's annotations of a page to its symbols."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import good_boxes
from notehead.datasets.complaints import Complaints
from notehead.datasets.json_index.scan import as_integer
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import Vocabulary

LARGEST_INSTANCE = 0xFFFF
"""What a mask holds here; no page has so many symbols."""
_LARGEST_AREA = int(np.iinfo(np.int32).max)


class Comments(NamedTuple):
    """What stands in an annotation's `comments`; every part may be missing.

    Example:
        >>> Comments.read("instance:#00001f;onset:4.5;rel_position:-2;")
        Comments(instance=31, onset=4.5, duration=nan, position=-2)
    """

    instance: int = 0
    onset: float = math.nan
    duration: float = math.nan
    position: int = ABSENT

    @classmethod
    def read(cls, text: Any) -> Comments:
        """The parts by name; raises ValueError for one that cannot be read."""
        if not isinstance(text, str) or not text:
            return cls()
        told = {name.strip(): value for name, _, value in [part.partition(":") for part in text.split(";")]}
        number, position = told.get("instance"), told.get("rel_position")
        try:
            found = cls(
                int(number.strip().removeprefix("#"), 16) if number else 0,
                float(told.get("onset", math.nan)),
                float(told.get("duration", math.nan)),
                int(position) if position else ABSENT,
            )
        except ValueError as error:
            message = f"its comments {text!r} cannot be read"
            raise ValueError(message) from error
        endless = math.isinf(found.onset) or math.isinf(found.duration)
        if endless or not 0 <= found.instance <= LARGEST_INSTANCE or abs(found.position) > -ABSENT:
            message = f"a number in its comments {text!r} is out of range"
            raise ValueError(message)
        return found


@dataclass(frozen=True, slots=True)
class Classes:
    """How the classes of annotations are found.

    Attributes:
        vocabulary: of the symbols.
        label_of: class id by the file's category.
        place: of the category in `cat_id`.
    """

    vocabulary: Vocabulary
    label_of: Mapping[int, int]
    place: int

    def label(self, record: Mapping[str, Any]) -> int | None:
        """An annotation's class, None for one that has none in this set; ValueError for no class at all."""
        found = record.get("cat_id")
        if isinstance(found, list):
            found = found[self.place] if len(found) > self.place else None
        elif self.place:
            found = None
        if found is None:
            return None
        identity = as_integer(found)
        if identity is None or identity not in self.label_of:
            message = f"its class {found!r} is not among the categories"
            raise ValueError(message)
        return self.label_of[identity]


def _box(record: Mapping[str, Any]) -> tuple[float, float, float, float]:
    try:
        x0, y0, x1, y1 = map(float, record["a_bbox"])
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        message = "its a_bbox is not four numbers"
        raise ValueError(message) from error
    return x0, y0, x1, y1


def _corners(record: Mapping[str, Any], box: tuple[float, float, float, float]) -> list[float]:
    """The oriented box, from whatever corner it starts; the upright one where there is none."""
    found = record.get("o_bbox")
    if not found:
        x0, y0, x1, y1 = box
        return [x0, y0, x1, y0, x1, y1, x0, y1]
    try:
        corners = [float(number) for number in found]
    except (OverflowError, TypeError, ValueError):
        corners = []
    if len(corners) != 8 or not all(map(math.isfinite, corners)):
        message = "its o_bbox is not eight numbers"
        raise ValueError(message)
    return corners


def _area(record: Mapping[str, Any]) -> int:
    area = record.get("area") or 0
    if not isinstance(area, int | float) or not 0 <= area <= _LARGEST_AREA:
        message = f"its area {area!r} is no number of pixels"
        raise ValueError(message)
    return round(area)


class _Row(NamedTuple):
    """An annotation, read."""

    key: str
    label: int
    box: tuple[float, float, float, float]
    corners: list[float]
    area: int
    comments: Comments


def page_symbols(
    records: Iterable[tuple[str, Any]],
    classes: Classes,
    size: tuple[int, int],
    complaints: Complaints,
    where: tuple[str, str],
) -> tuple[Symbols, NDArray[np.int32]]:
    """The symbols of a page, and the ids of those whose instance number was told.

    Annotations without a class in this set are left out. One that tells no instance gets a number that
    no other one of the page has.

    Args:
        records: the annotations with their keys.
        classes: how classes are found.
        size: (width, height) of the page, 0 where it is not known.
        complaints: told of annotations that cannot be used.
        where: file and page, for complaints.

    Raises:
        DatasetError: an annotation cannot be used, and the complaints are not to be counted.
    """

    def place(key: str) -> tuple[str, str]:
        return where[0], f"{where[1]}: annotation {key}"

    rows = _distinct(_rows(records, classes, complaints, place), complaints, place)
    boxes = np.array([row.box for row in rows], np.float64).reshape(-1, 4)
    good = good_boxes(boxes, size, complaints, lambda at: place(rows[at].key))
    rows, boxes = [row for row, kept in zip(rows, good.tolist(), strict=True) if kept], boxes[good]
    told = np.array([row.comments.instance for row in rows], np.int32)
    symbols = Symbols.build(
        [row.label for row in rows],
        boxes,
        classes.vocabulary,
        id=_numbers(told),
        corners=np.array([row.corners for row in rows], np.float64).reshape(-1, 4, 2),
        area=[row.area for row in rows],
        onset=[row.comments.onset for row in rows],
        duration=[row.comments.duration for row in rows],
        position=[row.comments.position for row in rows],
    )
    return symbols, told[told > 0]


def _rows(
    records: Iterable[tuple[str, Any]],
    classes: Classes,
    complaints: Complaints,
    place: Callable[[str], tuple[str, str]],
) -> Iterator[_Row]:
    """The annotations that can be read, of those that have a class."""
    for number, (key, record) in enumerate(records):
        name = key or str(record.get("id", f"[{number}]"))
        try:
            label = classes.label(record)
            if label is None:
                continue
            box = _box(record)
            row = _Row(
                name, label, box, _corners(record, box), _area(record), Comments.read(record.get("comments"))
            )
        except ValueError as error:
            complaints.symbol(*place(name), str(error))
        else:
            yield row


def _distinct(
    rows: Iterable[_Row], complaints: Complaints, place: Callable[[str], tuple[str, str]]
) -> list[_Row]:
    """The first of all annotations that share a key or an instance."""
    keys: set[str] = set()
    instances: set[int] = set()
    kept = []
    for row in rows:
        if row.key in keys:
            complaints.symbol(*place(row.key), "another annotation has its id")
        elif row.comments.instance in instances:
            cause = f"another annotation has its instance #{row.comments.instance:06x}"
            complaints.symbol(*place(row.key), cause)
        else:
            keys.add(row.key)
            instances |= {row.comments.instance} - {0}
            kept.append(row)
    return kept


def _numbers(told: NDArray[np.int32]) -> NDArray[np.int32]:
    """The instance numbers, with free ones for those that are 0."""
    missing = told == 0
    free = np.setdiff1d(np.arange(1, len(told) + 1), told)
    numbers = told.copy()
    numbers[missing] = free[: missing.sum()]
    return numbers
