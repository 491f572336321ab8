"""`notehead verify`: 0 where all is well, 4 and a list where something is not."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import orjson

from notehead import Dataset
from notehead.datasets.index import read_manifest
from notehead.images import encode_png, read_png
from tests.cli.conftest import Call


def test_a_good_dataset(notehead: Call, dataset_folder: Path) -> None:
    outcome = notehead("verify", dataset_folder)
    assert (outcome.code, outcome.err) == (0, "")
    first, *counts = outcome.out.splitlines()
    assert first == f"{len(read_manifest(dataset_folder)):,} files and 2 pages checked"
    told = {name: int(number.replace(",", "")) for number, name in (line.split(None, 1) for line in counts)}
    symbols = sum(len(page.symbols) for page in Dataset(dataset_folder))
    assert (told["symbols"], told["noteheads"], told["of them agree"]) == (symbols, 4, 4)


def test_each_problem_is_named(notehead: Call, own_dataset: Path) -> None:
    name = Dataset(own_dataset).entries[0].name
    image = own_dataset / "images" / f"{name}.png"
    pixels = read_png(image)
    pixels[2, 3] = 0
    image.write_bytes(encode_png(pixels, 150.0))
    (own_dataset / "extra").write_bytes(b"")
    (own_dataset / "index.html").unlink()
    outcome = notehead("verify", own_dataset)
    assert outcome.code == 4
    assert "2 pages checked" in outcome.out
    assert "problem" not in outcome.out
    *problems, last = outcome.err.splitlines()
    assert sorted(problems) == [
        "problem: extra: files listed: not in the manifest",
        f"problem: images/{name}.png: files unchanged: differs from the manifest",
        "problem: index.html: files present: missing",
        f"problem: {name}: dark pixels labelled: 1 are not, the first at (3, 2)",
    ]
    assert last.startswith(f"notehead: {own_dataset}: 4 problems. ")


def test_files_alone(notehead: Call, own_dataset: Path) -> None:
    """Fast, and blind to what the files show."""
    outcome = notehead("verify", own_dataset, "--files-only")
    assert outcome.code == 0
    assert outcome.out == f"{len(read_manifest(own_dataset)):,} files and 0 pages checked\n"
    name = Dataset(own_dataset).entries[0].name
    path = own_dataset / "segmentation" / f"{name}_seg.png"
    path.write_bytes(encode_png(np.zeros_like(read_png(path))))
    outcome = notehead("verify", own_dataset, "--files-only")
    assert outcome.code == 4
    assert [line for line in outcome.err.splitlines() if line.startswith("problem: ")] == [
        f"problem: segmentation/{name}_seg.png: files unchanged: differs from the manifest"
    ]


def test_heads_off_their_place_are_listed_but_no_failure(notehead: Call, own_dataset: Path) -> None:
    name = Dataset(own_dataset).entries[0].name
    row = int(np.flatnonzero(Dataset(own_dataset).symbols(name).is_notehead)[0])
    path = own_dataset / "pages" / f"{name}.json.gz"
    document = orjson.loads(gzip.decompress(path.read_bytes()))
    document["symbols"]["position"][row] = 9
    path.write_bytes(gzip.compress(orjson.dumps(document)))
    outcome = notehead("verify", own_dataset)
    assert outcome.code == 4, "the file is not the one that was built"
    assert "3 of them agree" in outcome.out
    (exception,) = [line for line in outcome.err.splitlines() if line.startswith("exception: ")]
    assert exception.startswith(f"exception: {name} symbol ")
    assert "drawn at 9, pitch and clef say" in exception


def test_no_dataset_and_half_a_dataset(notehead: Call, own_dataset: Path, tmp_path: Path) -> None:
    outcome = notehead("verify", tmp_path / "nowhere")
    assert (outcome.code, outcome.out) == (4, "")
    assert "no dataset here" in outcome.err
    (own_dataset / "manifest.csv").unlink()
    outcome = notehead("verify", own_dataset)
    assert (outcome.code, outcome.out) == (4, "")
    assert "manifest.csv: No such file or directory" in outcome.err
