"""`verify` finds each kind of damage, says where it is, and finds nothing where there is none."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from notehead import Dataset
from notehead.datasets.index import MANIFEST, read_manifest, write_manifest
from notehead.datasets.verify import Verification, verify_files, verify_pages
from notehead.errors import DatasetError
from notehead.files import sha256_of
from notehead.images import encode_png, instance_ids, instance_image, read_png


def files(folder: Path) -> set[tuple[str, str]]:
    """(check, file) of each problem with the files."""
    found = Verification()
    yielded = list(verify_files(folder, found))
    assert yielded == [path for path, *_ in read_manifest(folder)]
    assert found.files == len(yielded)
    return {(problem.check, problem.page) for problem in found.problems}


def pages(folder: Path) -> set[tuple[str, str]]:
    """(check, page) of each problem with the pages."""
    found = Verification()
    dataset = Dataset(folder)
    assert list(verify_pages(dataset, found)) == [entry.name for entry in dataset.entries]
    assert found.pages == len(dataset)
    assert found.exceptions == []
    return {(problem.check, problem.page) for problem in found.problems}


@pytest.fixture(name="name")
def first_page(own_dataset: Path) -> str:
    return Dataset(own_dataset).entries[0].name


def test_nothing_is_wrong_with_what_was_built(dataset_folder: Path) -> None:
    assert files(dataset_folder) == set()
    assert pages(dataset_folder) == set()


def test_everything_is_counted(dataset_folder: Path) -> None:
    found = Verification()
    dataset = Dataset(dataset_folder)
    list(verify_pages(dataset, found))
    whole = list(dataset)
    assert found.counts == {
        "symbols": sum(len(page.symbols) for page in whole),
        "links": sum(len(page.symbols.links) for page in whole),
        "dark pixels": sum(int((page.image < 128).sum()) for page in whole),
        "noteheads": 4,
        "noteheads with onset": 4,
        "noteheads compared with pitch and clef": 4,
    }
    assert found.counts["links"] > 0


# Files.


@pytest.mark.parametrize(
    "pattern",
    [
        "images/*.png",
        "segmentation/*.png",
        "instance/*.png",
        "pages/*.json.gz",
        "pages.csv",
        "statistics.json",
        "README.md",
        "index.html",
        "report/*.svg",
        "deepscores_test.json",
        "deepscores_v1/*/xml_annotations/*.xml",
        "deepscores_v1/*/class_names.csv",
        "deepscores_v1/DeepScores_classification/*/*.png",
    ],
)
def test_files_of_every_kind_are_watched(own_dataset: Path, pattern: str) -> None:
    """One changed byte, then a missing file."""
    path = min(own_dataset.glob(pattern))
    name = path.relative_to(own_dataset).as_posix()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert files(own_dataset) == {("files unchanged", name)}
    path.write_bytes(data[:-1])
    assert files(own_dataset) == {("files unchanged", name)}
    path.unlink()
    assert files(own_dataset) == {("files present", name)}
    path.mkdir()
    assert files(own_dataset) == {("files present", name)}


@pytest.mark.parametrize("name", ["extra.txt", "images/extra.png", "new/folder/extra", "images/.build/extra"])
def test_files_besides_are_found(own_dataset: Path, name: str) -> None:
    path = own_dataset / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    assert files(own_dataset) == {("files listed", name)}


def test_the_state_of_the_build_is_no_part_of_the_dataset(own_dataset: Path) -> None:
    (own_dataset / ".build").mkdir(exist_ok=True)
    (own_dataset / ".build" / "extra").write_bytes(b"")
    assert files(own_dataset) == set()


def test_a_list_that_is_damaged_condemns_what_it_lists(own_dataset: Path) -> None:
    rows = read_manifest(own_dataset)
    path, size, digest = rows[0]
    write_manifest(own_dataset, [(path, size + 1, digest), (rows[1][0], rows[1][1], "0" * 64), *rows[3:]])
    assert files(own_dataset) == {
        ("files unchanged", path),
        ("files unchanged", rows[1][0]),
        ("files listed", rows[2][0]),
    }


def test_without_the_list_nothing_can_be_said(own_dataset: Path) -> None:
    (own_dataset / MANIFEST).unlink()
    with pytest.raises(DatasetError, match=r"manifest\.csv: No such file"):
        list(verify_files(own_dataset, Verification()))


def test_a_file_that_cannot_be_read_is_one_problem(
    own_dataset: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> str:
        if path.name == f"{name}.json.gz":
            raise OSError(5, "Input/output error")
        return sha256_of(path)

    monkeypatch.setattr("notehead.datasets.verify.sha256_of", broken)
    assert files(own_dataset) == {("files readable", f"pages/{name}.json.gz")}


# Pages.


def repaint(path: Path, change: Callable[[np.ndarray[Any, np.dtype[np.uint8]]], object]) -> None:
    pixels = read_png(path)
    change(pixels)
    path.write_bytes(encode_png(pixels))


def rewrite(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = orjson.loads(gzip.decompress(path.read_bytes()))
    change(document)
    path.write_bytes(gzip.compress(orjson.dumps(document)))


def test_a_wrong_class_in_the_mask_is_found(own_dataset: Path, name: str) -> None:
    repaint(own_dataset / "segmentation" / f"{name}_seg.png", lambda pixels: pixels.__setitem__((3, 5), 42))
    assert pages(own_dataset) == {("semantic mask agrees", name)}


def test_a_mask_of_another_size_is_found(own_dataset: Path, name: str) -> None:
    path = own_dataset / "segmentation" / f"{name}_seg.png"
    path.write_bytes(encode_png(read_png(path)[:-1]))
    assert pages(own_dataset) == {("semantic mask agrees", name)}


@pytest.mark.parametrize("number", [999, 65535])
def test_a_symbol_that_is_not_there_is_found(own_dataset: Path, name: str, number: int) -> None:
    path = own_dataset / "instance" / f"{name}_inst.png"
    ids = instance_ids(read_png(path))
    ids[:40] = number
    path.write_bytes(encode_png(instance_image(ids)))
    assert ("mask ids known", name) in pages(own_dataset)


def test_swapped_symbols_are_found(own_dataset: Path, name: str) -> None:
    path = own_dataset / "instance" / f"{name}_inst.png"
    ids = instance_ids(read_png(path))
    symbols = Dataset(own_dataset).symbols(name)
    one, other = (int(symbols.named(cls).id[0]) for cls in ("clefG", "clefF"))
    swapped = np.where(ids == one, other, np.where(ids == other, one, ids)).astype(np.uint16)
    path.write_bytes(encode_png(instance_image(swapped)))
    assert pages(own_dataset) == {("semantic mask agrees", name), ("boxes contain masks", name)}


def test_ink_without_a_symbol_is_found(own_dataset: Path, name: str) -> None:
    repaint(own_dataset / "images" / f"{name}.png", lambda pixels: pixels.__setitem__((3, 5), 0))
    assert pages(own_dataset) == {("dark pixels labelled", name)}


def narrower(symbols: dict[str, Any], row: int) -> None:
    symbols["box"][4 * row] = symbols["box"][4 * row + 2] - 1


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (narrower, "boxes contain masks"),
        (lambda symbols, head: symbols["corners"].__setitem__(8 * head, -50), "oriented boxes"),
        (lambda symbols, head: symbols["onset"].__setitem__(head, None), "noteheads have onsets"),
        (lambda symbols, head: symbols["label"].__setitem__(head, 42), "semantic mask agrees"),
        (lambda symbols, head: symbols["label"].__setitem__(head, 9999), "page readable"),
        (lambda symbols, head: symbols["links"].extend([60000, 60001]), "page readable"),
        (lambda symbols, head: symbols.pop("voice"), "page readable"),
    ],
)
def test_damage_in_the_page_file_is_found(
    own_dataset: Path, name: str, change: Callable[[dict[str, Any], int], object], check: str
) -> None:
    heads = np.flatnonzero(Dataset(own_dataset).symbols(name).is_notehead)
    rewrite(
        own_dataset / "pages" / f"{name}.json.gz",
        lambda document: change(document["symbols"], int(heads[0])),
    )
    assert (check, name) in pages(own_dataset)


def test_a_head_off_its_place_is_an_exception_not_a_problem(own_dataset: Path, name: str) -> None:
    """Some engravers mean it; it is listed, and fails nothing."""
    heads = np.flatnonzero(Dataset(own_dataset).symbols(name).is_notehead)
    row = int(heads[0])

    def move(document: dict[str, Any]) -> None:
        document["symbols"]["position"][row] += 1

    rewrite(own_dataset / "pages" / f"{name}.json.gz", move)
    found = Verification()
    list(verify_pages(Dataset(own_dataset), found))
    assert found.problems == []
    assert [problem.page for problem in found.exceptions] == [name]


@pytest.mark.parametrize(
    "file", ["images/{}.png", "instance/{}_inst.png", "segmentation/{}_seg.png", "pages/{}.json.gz"]
)
def test_a_page_whose_file_is_gone_or_damaged_is_one_problem(own_dataset: Path, name: str, file: str) -> None:
    path = own_dataset / file.format(name)
    path.write_bytes(path.read_bytes()[:100])
    assert pages(own_dataset) == {("page readable", name)}
    path.unlink()
    assert pages(own_dataset) == {("page readable", name)}
