"""`notehead unpack`: prints where the dataset is; 4 and a line where it is refused."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from tests.cli.conftest import Call


def test_a_dataset_is_unpacked_and_read(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "data"), "gztar", dataset_folder.parent, dataset_folder.name)
    packed = notehead("stats", archive)
    assert (packed.code, packed.out) == (4, "")
    assert f"Unpack it first: `notehead unpack {archive} -o FOLDER`" in packed.err
    outcome = notehead("unpack", archive, "-o", tmp_path / "out")
    assert outcome.err == ""
    place = tmp_path / "out" / dataset_folder.name
    assert outcome.out == f"{place}\n"
    assert notehead("verify", place).code == 0


def test_a_refused_archive(notehead: Call, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as zipped:
        zipped.writestr("../a", b"1")
    outcome = notehead("unpack", tmp_path / "data.zip", "-o", tmp_path / "out")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"notehead: {tmp_path / 'data.zip'}: '../a': its name leads out of the folder. "
        "Do not use this archive, or unpack it by hand with care.\n"
    )


def test_a_place_that_is_taken(notehead: Call, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as zipped:
        zipped.writestr("a", b"1")
    outcome = notehead("unpack", tmp_path / "data.zip", "-o", tmp_path)
    assert (outcome.code, outcome.out) == (6, "")
    assert "there is something already" in outcome.err
