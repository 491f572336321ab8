"""Ultralytics' `data.yaml`: the classes of a YOLO dataset, and where its images lie.

`names` is a list or a map from number to name; `train`, `val` and `test` are each a folder of images, a
text file that lists images, or a list of these, relative to `path`, or to the file where that is not
there. The labels of `.../images/.../NAME.png` are in `.../labels/.../NAME.txt`, those of an image whose
path has no folder `images` beside it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from notehead.errors import DatasetError
from notehead.vocabulary import Vocabulary

YAML = "data.yaml"
CLASSES_TXT = "classes.txt"
SPLITS = ("train", "val", "validation", "test", "minival")
NO_SPLITS = ("path", "names", "nc", "task", "channels", "download", "kpt_shape", "flip_idx")
"""Keys of `data.yaml` that mean something else."""
WHOLE = "all"
"""The folder of images that belong to no split."""
MOST_BYTES = 2**18
"""Of a `data.yaml`; one with 1,000 classes has 30 kB."""

_LIKE_YOLO = re.compile(rb"""^["']?(train|val|test|nc)["']?[ \t]*:""", re.MULTILINE)
_NAMES = re.compile(rb"""^["']?names["']?[ \t]*:""", re.MULTILINE)
_NOTHING = ("", "~", "null", "Null", "NULL")
_REMEDY = "Compare it with the layout in Ultralytics' documentation, or export the dataset again."


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of images or a text file that lists some, and the split that they are."""

    path: Path
    split: str


@dataclass(frozen=True, slots=True)
class YoloConfig:
    """What `data.yaml` says.

    Attributes:
        file: itself.
        base: what its paths are relative to.
        vocabulary: the classes under the numbers that the labels use.
        places: where images lie.
        task: `obb`, `detect`, ... where it says so.
        keypoints: numbers after the box in labels of poses.
    """

    file: Path
    base: Path
    vocabulary: Vocabulary
    places: tuple[Place, ...]
    task: str = ""
    keypoints: int = 0


def find_config(path: Path) -> Path | None:
    """The `data.yaml` of a folder (or another such file, or `classes.txt`), None where there is none."""
    if path.is_file():
        return path if path.suffix in (".yaml", ".yml") and _is_config(path) else None
    if not path.is_dir():
        return None
    if (path / YAML).is_file() and _is_config(path / YAML):
        return path / YAML
    for file in (*sorted(path.glob("*.yaml")), *sorted(path.glob("*.yml"))):
        if file.is_file() and _is_config(file):
            return file
    plain = path / CLASSES_TXT
    return plain if plain.is_file() and (path / "labels").is_dir() else None


def _is_config(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(MOST_BYTES)
    if path.name == YAML:
        return bool(_NAMES.search(head) or _LIKE_YOLO.search(head))
    return bool(_NAMES.search(head) and _LIKE_YOLO.search(head))


def read_config(file: Path) -> YoloConfig:
    """Read `data.yaml`, or `classes.txt` of a dataset without one.

    Raises:
        DatasetError: the file is missing, damaged or hostile, or leads out of its folder.
    """
    file = file.parent.resolve() / file.name  # labels are found by the folder `images` in the whole path
    text = _read(file)
    if file.name == CLASSES_TXT:
        return _plain_config(file, text)
    document = _parse(file, text)
    base = _base(file, document.get("path"))
    return YoloConfig(
        file=file,
        base=base,
        vocabulary=_vocabulary(file, document.get("names")),
        places=tuple(_places(file, base, document)),
        task=task if isinstance(task := document.get("task"), str) else "",
        keypoints=_keypoints(document.get("kpt_shape")),
    )


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise _bad(file, f"it is larger than {MOST_BYTES:,} bytes")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"{file}: {error.strerror or error}"
        raise DatasetError(message, "Check that you may read it.") from error
    except UnicodeDecodeError as error:
        raise _bad(file, "it is not text in UTF-8") from error


def _bad(file: Path, cause: object) -> DatasetError:
    return DatasetError(f"{file}: {cause}", _REMEDY)


class _Loader(yaml.BaseLoader):
    """Makes text, lists and maps only; without aliases, whose copies can be without end, and double keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(problem="aliases are not used here", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # as PyYAML has it
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        for key, count in keys.most_common(1):
            if count > 1:
                raise yaml.MarkedYAMLError(problem=f"{key!r} is there twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _parse(file: Path, text: str) -> dict[str, Any]:
    try:
        document = yaml.load(text, _Loader)  # noqa: S506  # it makes no objects
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise _bad(file, f"{line}{error.problem}") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _bad(file, f"it is no YAML ({error})") from error
    if not isinstance(document, dict):
        raise _bad(file, "it is no map of names and values")
    return document


def _vocabulary(file: Path, names: object) -> Vocabulary:
    rows: list[tuple[object, object]] = []
    if isinstance(names, dict | list):
        rows = list(names.items() if isinstance(names, dict) else enumerate(names))
    if not rows:
        raise _bad(file, "it has no names of classes")
    try:
        return Vocabulary.of(sorted((int(str(number)), _text(name)) for number, name in rows))
    except ValueError as error:
        raise _bad(file, f"names: {error}") from error


def _text(name: object) -> str:
    if not isinstance(name, str):
        message = f"{name!r} is no name"
        raise ValueError(message)  # noqa: TRY004  # told to the user as the others
    return name


def _keypoints(shape: object) -> int:
    numbers = shape if isinstance(shape, list) else []
    if len(numbers) != 2 or not all(isinstance(number, str) and number.isdecimal() for number in numbers):
        return 0
    return int(numbers[0]) * int(numbers[1])


def _base(file: Path, path: object) -> Path:
    """What paths are relative to: `path` as the user wrote it, where it is there and not outside."""
    if not isinstance(path, str) or path in _NOTHING:
        return file.parent
    base = Path(os.path.normpath(file.parent / path))
    inside = Path(path).is_absolute() or base.is_relative_to(file.parent)
    return base if inside and base.is_dir() else file.parent


def _places(file: Path, base: Path, document: dict[str, Any]) -> Iterator[Place]:
    """Each place once. One that several splits name is the split that its folder is called after."""
    named: dict[Path, list[str]] = {}
    for key, value in document.items():
        if key in SPLITS or value == f"images/{key}":
            for entry in value if isinstance(value, list) else [value]:
                if entry not in _NOTHING:
                    named.setdefault(_resolved(file, base, key, entry), []).append(key)
    for path, keys in named.items():
        split = path.name if path.name in keys or path.name == WHOLE else keys[0] if len(keys) == 1 else ""
        yield Place(path, "" if split == WHOLE else split)


def _resolved(file: Path, base: Path, key: str, entry: object) -> Path:
    if not isinstance(entry, str) or "\0" in entry:
        raise _bad(file, f"{key}: {entry!r} is no path")
    path = Path(os.path.normpath(base / entry))
    if Path(entry).is_absolute():
        return path
    if not path.exists() and entry.startswith("../"):  # exports of Roboflow's mean the folder itself
        path = Path(os.path.normpath(base / entry[3:]))
    if not path.is_relative_to(base):
        message = f"{file}: {key}: {entry} leads out of the dataset's folder"
        raise DatasetError(message, "Write the whole path if you mean it.")
    return path


def _plain_config(file: Path, text: str) -> YoloConfig:
    """A folder with `classes.txt`, `images/` and `labels/`, as tools for annotation export it."""
    names = dict(enumerate(line.strip() for line in text.splitlines() if line.strip()))
    images = file.parent / "images"
    folders = sorted(path for path in images.iterdir() if path.is_dir()) if images.is_dir() else []
    places = [Place(path, "" if path.name == WHOLE else path.name) for path in folders]
    return YoloConfig(file, file.parent, _vocabulary(file, names), tuple(places or [Place(images, "")]))
