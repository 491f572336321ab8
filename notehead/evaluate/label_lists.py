"""Files and their classes: lists (CSV) of them, and folders with one folder of images per class."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from notehead.errors import DatasetError
from notehead.images import ENDINGS

_LIST = "A list has the columns file and class, and score if you want."


@dataclass(frozen=True, slots=True)
class Labelled:
    """A row of a list: a file, its class, how sure that is (None: not said), and the line."""

    file: str
    label: str
    score: float | None
    line: int


def read_list(path: Path) -> Iterator[Labelled]:
    """The rows of a CSV file with the columns `file`, `class` and perhaps `score`.

    Raises:
        DatasetError: it is missing or no such list; a row has no file, no class, or a score that is no
            finite number.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in ("file", "class") if name not in (table.fieldnames or ())]
            if missing:
                message = f"{path}: there is no column {missing[0]!r}"
                raise DatasetError(message, _LIST)
            for row in table:
                yield _labelled(row, path, table.line_num)
    except OSError as error:
        message = f"{path}: {error.strerror or error}"
        raise DatasetError(message, "Check the path of the list.") from error
    except csv.Error as error:
        message = f"{path}: damaged ({error})"
        raise DatasetError(message, _LIST) from error


def _labelled(row: dict[str, str], path: Path, line: int) -> Labelled:
    name, label, score = ((row.get(column) or "").strip() for column in ("file", "class", "score"))
    if not name or not label:
        message = f"{path}: line {line}: it names no {'class' if name else 'file'}"
        raise DatasetError(message, _LIST)
    try:
        value = float(score) if score else None
    except ValueError:
        value = math.nan
    if value is not None and not math.isfinite(value):
        message = f"{path}: line {line}: {score!r} is no score"
        raise DatasetError(message, "A score is a number; the higher, the surer.")
    return Labelled(name, _text(label), value, line)


def _text(name: str) -> str:
    """A class's name as text, even where it was no UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def read_truth(path: Path) -> dict[str, str]:
    """The class of each file, from a list, or from a folder: there files are named `CLASS/NAME.png`.

    Raises:
        DatasetError: as `read_list`; a file is listed twice; there is no file at all.
    """
    truth: dict[str, str] = {}
    if path.is_dir():
        truth.update(_files_below(path))
    else:
        for row in read_list(path):
            if row.file in truth:
                message = f"{path}: line {row.line}: {row.file} is listed twice"
                raise DatasetError(message, "A file has one true class.")
            truth[row.file] = row.label
    if not truth:
        message = f"{path}: there is no labelled file"
        raise DatasetError(message, "Give a list (CSV), or a folder with one folder of images per class.")
    return truth


def _files_below(path: Path) -> Iterator[tuple[str, str]]:
    try:
        for folder in sorted(path.iterdir()):
            if folder.is_dir():
                for file in sorted(folder.iterdir()):
                    if file.suffix.lower() in ENDINGS:
                        yield f"{folder.name}/{file.name}", _text(folder.name)
    except OSError as error:
        message = f"{error.filename or path}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error


class Files:
    """Files that are found by their path, or by as much of its end as tells them apart.

    Example:
        >>> files = Files(["stem/1.png", "stem/2.png", "beam/2.png"])
        >>> files.find("1.png"), files.find("/data/beam/2.png"), files.find("2.png")
        (['stem/1.png'], ['beam/2.png'], ['stem/2.png', 'beam/2.png'])
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self._by_name: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._by_parts = {_parts(path): path for path in paths}
        for parts in self._by_parts:
            self._by_name[parts[-1]].append(parts)

    def find(self, path: str) -> list[str]:
        """The files that a path may mean: one, none, or several that it does not tell apart."""
        parts = _parts(path)
        if parts in self._by_parts:
            return [self._by_parts[parts]]
        near = self._by_name.get(parts[-1], [])
        return [self._by_parts[other] for other in near if _ends_alike(parts, other)]


def _parts(path: str) -> tuple[str, ...]:
    return PurePosixPath(path).parts or (path,)


def _ends_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the shorter path is the end of the longer one."""
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]
