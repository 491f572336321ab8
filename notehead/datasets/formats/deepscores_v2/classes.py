"""The classes that a DeepScoresV2 file lists, and what they are called here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from notehead.datasets.json_index.scan import as_integer
from notehead.datasets.source import AnnotationSet
from notehead.errors import DatasetError
from notehead.vocabulary import VOCABULARY, Vocabulary, named_vocabulary

_REMEDY = "Mend the categories, or fetch the file again."


def read_categories(path: Path, found: Any, wanted: AnnotationSet) -> dict[int, str]:
    """Name by id of the categories of one annotation set, in the file's order.

    Args:
        path: the file, for messages.
        found: its `categories`.
        wanted: the annotation set; categories that name none are of the first.

    Raises:
        DatasetError: they are no categories, or there is none of this set.
    """
    names: dict[int, str] = {}
    if not isinstance(found, dict):
        message = f"{path}: there are no categories in it"
        raise DatasetError(message, _REMEDY)
    for key, row in found.items():
        identity, name = as_integer(key), row.get("name") if isinstance(row, dict) else None
        if identity is None or not isinstance(name, str):
            message = f"{path}: category {key!r}: {'its id is no integer' if identity is None else 'no name'}"
            raise DatasetError(message, _REMEDY)
        if row.get("annotation_set", "deepscores") == wanted:
            names[identity] = name
    if not names:
        message = f"{path}: there are no categories of the annotation set {wanted!r}"
        raise DatasetError(message, "Choose another with `annotation_set`, or --annotation-set.")
    return names


def united_categories(files: list[tuple[Path, dict[int, str]]]) -> dict[int, str]:
    """The categories of several files; raises DatasetError where one id means different things."""
    names: dict[int, str] = {}
    for path, own in files:
        for identity, name in own.items():
            if names.setdefault(identity, name) != name:
                message = f"{path}: category {identity} is {name!r}, and {names[identity]!r} in {files[0][0]}"
                raise DatasetError(message, "Open these files one by one.")
    return names


def classes_of(path: Path, names: dict[int, str], wanted: AnnotationSet) -> tuple[Vocabulary, dict[int, int]]:
    """The vocabulary for some categories, and the class id of each category.

    Categories that notehead has classes for are these classes, whatever their ids are; `legerLine` and
    `ledgerLine` are one. Where one is unknown, all stay as the file has them.

    Raises:
        DatasetError: the categories cannot be told apart.
    """
    vocabulary = VOCABULARY if wanted == "deepscores" else named_vocabulary("muscima++")
    called = {row.deepscores_v2: row.name for row in VOCABULARY.classes if row.deepscores_v2 is not None}
    if wanted == "muscima++":
        called = {"ledgerLine": "legerLine"}
    known = {identity: called.get(name, name) for identity, name in names.items()}
    if all(name in vocabulary for name in known.values()):
        return vocabulary, {identity: vocabulary.id(name) for identity, name in known.items()}
    try:
        return Vocabulary.of(names.items()), {identity: identity for identity in names}
    except ValueError as error:
        message = f"{path}: the categories cannot be: {error}"
        raise DatasetError(message, _REMEDY) from error
