"""The bookkeeping of Humdrum spines: which columns there are, and how interpretations change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notehead.engrave.checks.values import Fault
from notehead.errors import ScoreFormatError, ScoreLimitError

if TYPE_CHECKING:
    from collections.abc import Callable

_TOGETHER = {"*v": "one *v joins nothing", "*x": "one *x exchanges nothing"}
"""Interpretations that change several columns at once, and what is wrong where one stands alone."""

_CHANGES: dict[str, Callable[[list[str]], list[str]]] = {
    "*-": lambda _: [],
    "*^": lambda old: old * 2,
    "*v": lambda old: old[:1],
    "*x": lambda old: old[::-1],
    "*+": lambda old: [*old, ""],
}


class Spines:
    """The spines at one place of a file, changed record by record.

    Attributes:
        types: what each column holds, such as `**kern`; empty before the first and after the last record.
        kern: the columns that hold notes.
        ended: whether all spines have been ended by `*-`.
    """

    def __init__(self, most: int) -> None:
        self.types: list[str] = []
        self.kern: list[int] = []
        self.ended = False
        self._most = most
        self._unnamed = False

    def take(self, fields: list[str]) -> Fault | None:
        """Take in one record, a line that is no global comment; what is wrong with it, if anything is."""
        if not self.types:
            return self._start(fields)
        if len(fields) != len(self.types):
            return _fault(f"{len(fields)} fields stand in {len(self.types)} spines")
        if "" in fields:
            return _fault("a field is empty")
        kind = fields[0][0]
        if kind not in "*!":
            mixed = any(field[0] in "*!" for field in fields)
        else:
            mixed = any(field[0] != kind for field in fields)
        if mixed:
            return _fault("notes, interpretations and comments stand in one line")
        if kind == "*":
            return self._interpret(fields)
        return _fault("an added spine is not named") if self._unnamed else None

    def _start(self, fields: list[str]) -> Fault | None:
        if self.ended:
            return _fault("something follows after all spines have ended")
        if not all(field.startswith("**") and len(field) > 2 for field in fields):
            return _fault("the spines are not named")
        return self._become(fields)

    def _interpret(self, fields: list[str]) -> Fault | None:
        if fault := self._naming_fault(fields):
            return fault
        types: list[str] = []
        column = 0
        while column < len(fields):
            field = fields[column]
            run = _run(fields, column)
            if run == 1 and field in _TOGETHER:
                return _fault(_TOGETHER[field])
            types += _changed(field, self.types[column : column + run])
            column += run
        return self._become(types)

    def _naming_fault(self, fields: list[str]) -> Fault | None:
        """Spines are named where they begin, and nowhere else."""
        if any(field.startswith("**") == bool(old) for field, old in zip(fields, self.types, strict=True)):
            return _fault("a spine is named late, or twice")
        return None

    def _become(self, types: list[str]) -> Fault | None:
        if len(types) > self._most:
            return Fault(ScoreLimitError, f"more than {self._most} spines")
        self.types = types
        self.kern = [column for column, name in enumerate(types) if name.startswith("**kern")]
        self.ended = not types
        self._unnamed = "" in types
        return None


def _run(fields: list[str], column: int) -> int:
    """How many columns change together from this one on."""
    if fields[column] not in _TOGETHER:
        return 1
    run = 1
    while column + run < len(fields) and fields[column + run] == fields[column]:
        run += 1
    return min(run, 2) if fields[column] == "*x" else run


def _changed(field: str, old: list[str]) -> list[str]:
    """The spines that come out of columns that change together; a new spine has no name yet."""
    if field.startswith("**"):
        return [field]
    return _CHANGES[field](old) if field in _CHANGES else old


def _fault(cause: str) -> Fault:
    return Fault(ScoreFormatError, cause)
