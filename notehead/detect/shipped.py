"""The model that comes with the package, and others in folders: checked before they are used.

A folder holds `page.onnx`, `symbol.onnx`, `refine.onnx`, `tips.onnx` and `weights.json`:

- `name`, `version`: of the model;
- `staff_space`: pixels of a staff space in pages as the network sees them;
- `classes`: SHA-256 of the table of classes, which say what the network's numbers mean;
- `files`: the SHA-256 of each of the other files;
- `calibration`, where there is one: from scores to probabilities, as `ScoreMap` has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from notehead.detect.classes import FAMILIES, TRACES
from notehead.detect.model_files import FILES
from notehead.detect.one_pass import STAFF_SPACE
from notehead.detect.score_map import ScoreMap
from notehead.errors import DatasetError, MissingExtraError
from notehead.files import sha256_of, write_file
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from notehead.detect.model import OnnxModel

WEIGHTS = Path(__file__).parent / "weights"
"""The model that comes with the package."""

DESCRIPTION = "weights.json"
_INSTALL = "Install notehead again, or give a model with --model."
_EXPORT = "Export it again with `notehead export`."


def load_model(folder: str | PathLike[str] | None = None, threads: int = 0) -> OnnxModel:
    """The model of a folder, or the one of the package.

    A folder of one's own may lack `weights.json`; then nothing is compared.

    Raises:
        MissingExtraError: the package came without its model.
        DatasetError: a file is missing, damaged, or of a version of notehead with other classes.
    """
    from notehead.detect.model import OnnxModel  # noqa: PLC0415  # loads ONNX Runtime

    place, calibration = _checked(folder)
    try:
        return OnnxModel(place, threads, ScoreMap(calibration))
    except Exception as error:
        message = f"{place}: the model cannot be loaded ({_first_line(error)})"
        raise DatasetError(message, _INSTALL if folder is None else _EXPORT) from error


def model_hash(folder: str | PathLike[str] | None = None) -> str:
    """SHA-256 of all that decides what a model finds; it need not be loaded.

    Raises:
        MissingExtraError, DatasetError: as `load_model`.
    """
    place, calibration = _checked(folder)
    hashes = [sha256_of(place / name) for name in FILES]
    return hashlib.sha256(orjson.dumps([hashes, calibration])).hexdigest()


def model_folder(folder: str | PathLike[str] | None = None) -> Path:
    """Where a model lies whose files are what its description says.

    Raises:
        MissingExtraError, DatasetError: as `load_model`.
    """
    return _checked(folder)[0]


def _checked(folder: str | PathLike[str] | None) -> tuple[Path, Any]:
    """Where a model lies, and its calibration; raises as `load_model`."""
    own = folder is None
    place = WEIGHTS if folder is None else Path(folder)
    if own and not (place / DESCRIPTION).is_file():
        message = f"{place}: the detector's model is not installed"
        raise MissingExtraError(message, _INSTALL)
    for name in FILES:
        if not (place / name).is_file():
            message = f"{place / name}: there is no such file, so this is no model"
            raise DatasetError(message, _INSTALL if own else "Give a folder that `notehead export` wrote.")
    remedy = _INSTALL if own else _EXPORT
    return place, _check(place, remedy) if (place / DESCRIPTION).exists() else None


def describe_model(
    folder: Path, name: str, version: str, calibration: Mapping[str, Sequence[Sequence[float]]] | None = None
) -> None:
    """Write `weights.json` beside the networks of a folder.

    Raises:
        OutputError: it cannot be written.
    """
    description = {
        "name": name,
        "version": version,
        "staff_space": STAFF_SPACE,
        "classes": classes_hash(),
        "files": {file: sha256_of(folder / file) for file in FILES},
        "calibration": calibration or {},
    }
    data = orjson.dumps(description, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_file(folder / DESCRIPTION, data)


def classes_hash() -> str:
    """SHA-256 of what the network's numbers mean: ids and names of classes, families, traces."""
    rows = [[row.id, row.name] for row in VOCABULARY.classes]
    return hashlib.sha256(orjson.dumps([rows, FAMILIES, TRACES])).hexdigest()


def _check(place: Path, remedy: str) -> Any:
    """Compare what the description says; the calibration."""
    description = _description(place / DESCRIPTION, remedy)
    if description["classes"] != classes_hash() or description["staff_space"] != STAFF_SPACE:
        message = f"{place}: the model was made for other classes than this version of notehead has"
        raise DatasetError(message, remedy)
    for name in FILES:
        if sha256_of(place / name) != description["files"].get(name):
            message = f"{place / name}: it is damaged: its SHA-256 is not the one in {DESCRIPTION}"
            raise DatasetError(message, remedy)
    return description.get("calibration")


def _description(path: Path, remedy: str) -> dict[str, Any]:
    try:
        description = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path}: it is damaged ({_first_line(error)})"
        raise DatasetError(message, remedy) from error
    keys = {"classes", "staff_space", "files"}
    if (
        not isinstance(description, dict)
        or not keys <= description.keys()
        or not isinstance(description["files"], dict)
    ):
        message = f"{path}: it describes no model"
        raise DatasetError(message, remedy)
    return description


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
