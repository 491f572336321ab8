"""`ClassMap`: from one vocabulary to another, class by class; `Symbols.mapped` goes that way."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.errors import DatasetError
from notehead.vocabulary.table import VOCABULARY, SymbolClass, Vocabulary

_ELSEWHERE = ("deepscores_v2", "deepscores_v1", "mung", "muscima")
"""The columns of `VOCABULARY` with names in other sets."""

_V1_EXTENDED = {"combStaff": "staff", "OttavaBracket": "ottavaBracket"}
"""DeepScores v1-extended has these for ours, and `Online` and `Offline` in its noteheads."""


@dataclass(frozen=True, eq=False)
class ClassMap:
    """A map from the classes of one vocabulary to those of another; `Symbols.mapped` applies it.

    Attributes:
        source: the vocabulary of the symbols that it takes.
        target: the vocabulary of the symbols that it gives.
        names: target's name by source's name; classes that are not in it have none.
        told: whether symbols without a class in the target are worth a word: not where it is a choice.
    """

    source: Vocabulary
    target: Vocabulary
    names: dict[str, str]
    told: bool = True

    @cached_property
    def label_of(self) -> NDArray[np.int32]:
        """The target's class id by the source's, -1 for those that have none."""
        table = np.full(max(self.source.by_id, default=0) + 1, -1, np.int32)
        for name, becomes in self.names.items():
            table[self.source.id(name)] = self.target.id(becomes)
        return table

    @property
    def dropped(self) -> list[str]:
        """Names of the source's classes that have no class in the target."""
        return [name for name in self.source if name not in self.names]


def class_map(source: Vocabulary, target: Vocabulary) -> ClassMap:
    """The map between two vocabularies by name, or by what `VOCABULARY` says a class is called elsewhere.

    A class that is finer than the target's falls under it: `keySharp` under MUSCIMA++'s
    `accidentalSharp`. A class that is coarser than all of the target's has none there: nothing is guessed.
    Where several of ours share a name elsewhere, what they agree in is known: v1's `noteheadBlack` is no
    one of ours, but one of MUSCIMA++'s.

    Example:
        >>> from notehead.vocabulary.sets import named_vocabulary
        >>> names = class_map(VOCABULARY, named_vocabulary("muscima++")).names
        >>> names["keySharp"], names["ledgerLine"], names.get("barlineSingle")
        ('accidentalSharp', 'legerLine', None)
        >>> back = class_map(named_vocabulary("muscima++"), VOCABULARY).names
        >>> back["legerLine"], back.get("noteheadFullSmall")
        ('ledgerLine', None)
    """
    names = {}
    for name in source:
        found = next((other for other in _called(name) if other in target), None)
        if found is not None:
            names[name] = found
    return ClassMap(source, target, names)


def _called(name: str) -> list[str]:
    """What a class may be called elsewhere, the surest first."""
    ours = _V1_EXTENDED.get(name, name.replace("Online", "OnLine").replace("Offline", "InSpace"))
    rows = [VOCABULARY[ours]] if ours in VOCABULARY else _aliases().get(name, [])
    others = [{getattr(row, column) for row in rows} for column in ("name", *_ELSEWHERE)]
    return [name, *(other for found in others if len(found) == 1 for other in found if other is not None)]


@cache
def _aliases() -> dict[str, list[SymbolClass]]:
    """Our classes under the names that other sets have for them."""
    found: dict[str, list[SymbolClass]] = {}
    for row in VOCABULARY.classes:
        for name in {getattr(row, column) for column in _ELSEWHERE} - {None, row.name}:
            found.setdefault(name, []).append(row)
    return found


def read_class_map(path: Path, source: Vocabulary) -> ClassMap:
    """A map from a table of the user's: CSV with the columns `class` and `becomes`, and `id` if wanted.

    Classes that the table does not name, or that become nothing, are left out. Without ids the classes
    are numbered from 0 in the order in which they first appear.

    Raises:
        DatasetError: the file is missing or no such table; it names a class twice, or one that the
            source lacks.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = _rows(csv.DictReader(file))
        target = _targets(rows)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check the path of the table of classes.") from error
    except (ValueError, csv.Error) as error:
        message = f"{path}: no table of classes ({error})"
        raise DatasetError(message, "It has the columns class and becomes, and id if you want.") from error
    for name, _, _ in rows:
        if name not in source:
            message = f"{path}: there is no class {name!r} in the dataset"
            raise DatasetError(message, "`notehead stats` lists the dataset's classes.")
    return ClassMap(source, target, {name: becomes for name, becomes, _ in rows if becomes})


def _rows(table: csv.DictReader[str]) -> list[tuple[str, str, str]]:
    """Class, what it becomes, and id, as they stand there; raises ValueError where a column is missing."""
    for column in ("class", "becomes"):
        if column not in (table.fieldnames or ()):
            message = f"there is no column {column!r}"
            raise ValueError(message)
    return [
        ((row["class"] or "").strip(), (row["becomes"] or "").strip(), row.get("id") or "") for row in table
    ]


def _targets(rows: list[tuple[str, str, str]]) -> Vocabulary:
    """The classes that such rows lead to; raises ValueError where they contradict each other."""
    ids: dict[str, int] = {}
    seen: set[str] = set()
    for name, becomes, number in rows:
        if name in seen:
            message = f"{name} is in it twice"
            raise ValueError(message)
        seen.add(name)
        if becomes and ids.setdefault(becomes, int(number or len(ids))) != int(number or ids[becomes]):
            message = f"{becomes} has two ids"
            raise ValueError(message)
    return Vocabulary.of((identity, name) for name, identity in ids.items())
