"""Models in folders: whole, missing, damaged, or of other classes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import orjson
import pytest

from notehead.detect import Detector, shipped
from notehead.detect.maps import CELL, DOT
from notehead.detect.model_files import FILES
from notehead.detect.shipped import DESCRIPTION, describe_model, load_model, model_hash
from notehead.errors import DatasetError, MissingExtraError
from tests.detect.stand_in import tiny_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tiny_model(tmp_path / "model")
    describe_model(folder, "tiny", "1")
    return folder


def test_a_whole_model(folder: Path) -> None:
    description = orjson.loads((folder / DESCRIPTION).read_bytes())
    assert (description["name"], description["version"], description["staff_space"]) == ("tiny", "1", 12)
    maps = load_model(folder, threads=1).maps(np.zeros((64, 96), np.float32))
    assert maps.centres.shape[1:] == (64 // CELL, 96 // CELL)
    assert maps.traces.shape[1:] == (64 // DOT, 96 // DOT)


def test_a_folder_of_ones_own_needs_no_description(folder: Path) -> None:
    (folder / DESCRIPTION).unlink()
    assert Detector(folder).model is not None


def test_the_model_of_the_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "WEIGHTS", folder)
    assert load_model() is not None
    (folder / "symbol.onnx").unlink()
    with pytest.raises(DatasetError, match="Install notehead again"):
        load_model()
    (folder / DESCRIPTION).unlink()
    with pytest.raises(MissingExtraError, match=r"model is not installed\. Install notehead again"):
        load_model()


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"page\.onnx: there is no such file, so this is no model"):
        load_model(tmp_path)


@pytest.mark.parametrize("name", ["page.onnx", "symbol.onnx", "refine.onnx", "tips.onnx"])
def test_a_damaged_file(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(
        DatasetError, match=rf"{name}: it is damaged: its SHA-256 is not the one in weights.json"
    ):
        load_model(folder)


@pytest.mark.parametrize(("key", "value"), [("classes", "0" * 64), ("staff_space", 10.0)])
def test_a_model_of_another_version(folder: Path, key: str, value: object) -> None:
    description = orjson.loads((folder / DESCRIPTION).read_bytes())
    (folder / DESCRIPTION).write_bytes(orjson.dumps({**description, key: value}))
    with pytest.raises(DatasetError, match="made for other classes"):
        load_model(folder)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"classes":1,"staff_space":2,"files":3}', b"\xff"])
def test_a_description_that_is_none(folder: Path, text: bytes) -> None:
    (folder / DESCRIPTION).write_bytes(text)
    with pytest.raises(DatasetError, match=r"weights\.json: it (is damaged|describes no model)"):
        load_model(folder)


def test_the_hash_of_a_model_is_that_of_its_files(folder: Path, tmp_path: Path) -> None:
    before = model_hash(folder)
    (folder / DESCRIPTION).unlink(missing_ok=True)
    assert model_hash(folder) != model_hash()
    (folder / FILES[0]).write_bytes(b"another network")
    assert model_hash(folder) != before
    with pytest.raises(DatasetError, match="so this is no model"):
        model_hash(tmp_path)


def test_a_file_that_is_no_network(folder: Path) -> None:
    (folder / DESCRIPTION).unlink()
    (folder / "page.onnx").write_bytes(b"no network")
    with pytest.raises(DatasetError, match="the model cannot be loaded"):
        load_model(folder)


@pytest.mark.parametrize("name", FILES)
def test_the_package_names_no_folder_of_its_makers(name: str) -> None:
    data = (shipped.WEIGHTS / name).read_bytes()
    assert b"site-packages" not in data
    assert not re.search(rb"\w/\w+\.py\b", data)
