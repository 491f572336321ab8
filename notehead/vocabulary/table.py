"""The vocabulary as a table of `SymbolClass` rows, looked up by name or by id."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["glyph", "line", "text", "compound"]
"""What draws a class: one glyph of a music font; strokes, polygons and curves (thin and long symbols);
letters; or, for `compound`, other symbols that stand on the page in their own right."""

FIRST_OWN_ID = 209
"""DeepScoresV2 uses the ids 1-136, its MUSCIMA++ set 137-208; classes that it lacks start here."""

LARGEST_ID = 999_999
"""Of a class; tables are looked up by id."""

_MOST_GREY = 255


@dataclass(frozen=True, slots=True)
class SymbolClass:
    """One class of music symbols.

    Attributes:
        id: 1-136 as in DeepScoresV2, from `FIRST_OWN_ID` for the classes that it lacks.
        name: the name used everywhere in notehead.
        kind: what draws it, see `Kind`.
        grey: its value in semantic masks, 1-255, unique; DeepScoresV2's `color`.
        smufl: names of the SMuFL glyphs that draw it; several where fonts have variants.
        deepscores_v2: its name there, None where V2 lacks it.
        muscima_id: id in DeepScoresV2's second annotation set, None where it has none.
        muscima: name in that set.
        deepscores_v1: its name in DeepScores v1 (2018), None where v1 lacks it.
        mung: its name in MUSCIMA++ 2.0 and its MuNG files, None where these lack it.
    """

    id: int
    name: str
    kind: Kind
    grey: int
    smufl: tuple[str, ...]
    deepscores_v2: str | None
    muscima_id: int | None
    muscima: str | None
    deepscores_v1: str | None
    mung: str | None

    @property
    def is_notehead(self) -> bool:
        """Whether symbols of this class are heads of notes, with a staff position and a pitch."""
        return self.name.startswith("notehead") and self.name != "noteheadParenthesis"


class Vocabulary(Mapping[str, SymbolClass]):
    """All classes, by name; `by_id` by id. Iterates over the names in the table's order.

    Example:
        >>> VOCABULARY["keySharp"].id
        70
        >>> VOCABULARY.by_id[42].name
        'stem'
        >>> VOCABULARY["barlineFinal"].deepscores_v2 is None
        True

    A dataset may bring a vocabulary of its own, with its ids and their order:

        >>> own = Vocabulary.of([(7, "stem"), (3, "smudge")])
        >>> list(own), own.id("smudge"), own["stem"].kind
        (['stem', 'smudge'], 3, 'line')
    """

    def __init__(self, classes: tuple[SymbolClass, ...]) -> None:
        self.classes = classes
        self._by_name = {row.name: row for row in classes}
        self.by_id: Mapping[int, SymbolClass] = {row.id: row for row in classes}

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str]], greys: Sequence[int] = ()) -> Vocabulary:
        """A vocabulary of (id, name) in their order; what `VOCABULARY` knows of a name is kept.

        Without greys these are 1, 2, ... and 0, which is no value, from the 256th class on.

        Raises:
            ValueError: two classes share an id or a name, or an id or a grey is out of range.
        """
        listed = list(rows)
        greys = greys or [grey if grey <= _MOST_GREY else 0 for grey in range(1, len(listed) + 1)]
        classes = tuple(_plain_class(*row, grey) for row, grey in zip(listed, greys, strict=True))
        for what in ("id", "name"):
            counts = Counter(getattr(row, what) for row in classes)
            if len(counts) < len(classes):
                message = f"two classes have the {what} {counts.most_common(1)[0][0]!r}"
                raise ValueError(message)
        if any(not 0 <= row.id <= LARGEST_ID for row in classes):
            message = f"the id of a class is not from 0 to {LARGEST_ID:,}"
            raise ValueError(message)
        if any(not 0 <= row.grey <= _MOST_GREY for row in classes):
            message = f"the grey value of a class is not from 0 to {_MOST_GREY}"
            raise ValueError(message)
        return cls(classes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and (self is other or self.classes == other.classes)

    def __hash__(self) -> int:
        return hash(tuple(self.by_id))

    def __getitem__(self, name: str) -> SymbolClass:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self.classes)

    def id(self, name: str) -> int:
        """The id of the class called `name`; raises KeyError where there is none."""
        return self._by_name[name].id

    @cached_property
    def grey_of_id(self) -> NDArray[np.uint8]:
        """Grey value by class id, 0 where no class has the id: a look-up table for masks."""
        table = np.zeros(max(self.by_id, default=0) + 1, np.uint8)
        for row in self.classes:
            table[row.id] = row.grey
        return table

    @cached_property
    def notehead_ids(self) -> NDArray[np.int32]:
        """The ids of all notehead classes."""
        return np.array([row.id for row in self.classes if row.is_notehead], np.int32)


def _read_table() -> Vocabulary:
    text = resources.files(__package__).joinpath("classes.csv").read_text(encoding="utf-8")
    return Vocabulary(tuple(_row(record) for record in csv.DictReader(text.splitlines())))


def _row(record: dict[str, str]) -> SymbolClass:
    return SymbolClass(
        id=int(record["id"]),
        name=record["name"],
        kind=record["kind"],  # type: ignore[arg-type]  # a test holds the table's values
        grey=int(record["grey"]),
        smufl=tuple(record["smufl"].split()),
        deepscores_v2=record["deepscores_v2"] or None,
        muscima_id=int(record["muscima_id"]) if record["muscima_id"] else None,
        muscima=record["muscima"] or None,
        deepscores_v1=record["deepscores_v1"] or None,
        mung=record["mung"] or None,
    )


def _plain_class(identity: int, name: str, grey: int) -> SymbolClass:
    known = VOCABULARY.get(_V2_SPELLS.get(name, name))
    if known is not None:
        return replace(known, id=identity, name=name, grey=grey)
    return SymbolClass(identity, name, "glyph", grey, (), None, None, None, None, None)


_V2_SPELLS = {"legerLine": "ledgerLine"}

VOCABULARY = _read_table()
"""The one vocabulary of the project."""
