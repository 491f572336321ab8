"""WebDataset in and out: nothing is lost, the same bytes again, others' readers, and bad shards."""

from __future__ import annotations

import gc
import io
import pickle
import shutil
import tarfile
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import webdataset
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import ConvertOptions, convert
from notehead.datasets.formats import FORMATS, WriteOptions
from notehead.datasets.formats.webdataset.layout import PAGES, SHARDS, page_key
from notehead.datasets.formats.webdataset.writer import WebDatasetWriter
from notehead.datasets.slicing import SliceOptions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError, NoteheadError
from notehead.images import encode_png
from notehead.page import Origin
from tests.support.pages import NAMES, MemorySource, blank_page, disc_page, random_symbols
from tests.support.parts import CLASSES, SPLIT, full_page, surviving
from tests.support.same_page import assert_same_page

GOING = ReadOptions(keep_going=True)
EMPTY = Symbols(vocabulary=CLASSES)


def written(
    folder: Path, *pages: Page, split: str = "train", options: WriteOptions | None = None, **how: Any
) -> Path:
    vocabulary = pages[0].symbols.vocabulary if pages else VOCABULARY
    source = Dataset(MemorySource(pages, vocabulary, split))
    to = ConvertOptions(options or WriteOptions(), **how)
    return convert(source, folder / "shards", "webdataset", to).folder


def files_of(shard: Path) -> dict[str, bytes]:
    with tarfile.open(shard) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]


def samples_of(shard: Path, decode: str | None = None) -> list[dict[str, Any]]:
    """What WebDataset itself makes of a shard; it leaves the file to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        dataset = webdataset.WebDataset(str(shard), shardshuffle=False)
        samples = list(dataset if decode is None else dataset.decode(decode))
        del dataset
        gc.collect()
    return samples


def rewrite(shard: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Change the files of a shard."""
    files = files_of(shard)
    change(files)
    with tarfile.open(shard, "w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def edit(folder: Path, change: Callable[[dict[str, Any]], object], page: str = "discs") -> None:
    """Change a page's JSON."""

    def changed(files: dict[str, bytes]) -> None:
        document = orjson.loads(files[f"{page}.json"])
        change(document)
        files[f"{page}.json"] = orjson.dumps(document)

    rewrite(folder / "train-000000.tar", changed)


# Round trips.


def test_everything_that_a_page_holds_survives(tmp_path: Path) -> None:
    page = full_page()
    folder = written(tmp_path, page, split=SPLIT)
    assert surviving(page, SPLIT, Dataset(folder)) == FORMATS["webdataset"].holds
    assert_same_page(Dataset(folder)[0], page)


@settings(max_examples=25)
@given(name=NAMES, symbols=random_symbols(vocabulary=CLASSES), split=st.sampled_from(["", "train", "a b.ü"]))
def test_random_symbols_survive(name: str, symbols: Symbols, split: str) -> None:
    page = blank_page(name, symbols)
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(written(Path(folder), page, split=split))
        assert_same_page(dataset[0], page)
        assert dataset.entries[0].split == split
        assert dataset.vocabulary == CLASSES


@pytest.mark.parametrize("name", ["op. 1.2", "größe ♯", "%2E", ".a", "~", "n" * 200, "a\tb", "caf\udce9"])
def test_names_of_pages_are_no_names_of_files(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path, blank_page(name, EMPTY), blank_page("b", EMPTY))
    plain = name.replace("\udce9", "\\udce9")
    dataset = Dataset(folder)
    assert [entry.name for entry in dataset.entries] == [plain, "b"]
    assert dataset[plain].name == plain
    sample, _ = samples_of(folder / "train-000000.tar")
    assert sample["__key__"] == page_key(name)
    assert "." not in sample["__key__"]
    assert "/" not in sample["__key__"]
    assert set(sample) >= {"png", "json"}


def test_the_entries_survive(tmp_path: Path, dataset_folder: Path) -> None:
    """So a dataset may be divided by score after it was converted, and says whose scores it has."""
    dataset = Dataset(dataset_folder)
    folder = convert(dataset, tmp_path / "shards", "webdataset").folder
    back = Dataset(folder)
    assert [replace(entry, key="") for entry in back.entries] == list(dataset.entries)
    for page in dataset:
        assert_same_page(back[page.name], page)
        assert back.staff_space(page.name) == dataset.staff_space(page.name)
        assert back.vocabulary is VOCABULARY
        assert np.array_equal(back[page.name].classes, page.classes)


def test_without_masks(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page(), options=WriteOptions(masks=False))
    assert list(files_of(folder / "train-000000.tar")) == ["discs.png", "discs.json"]
    page = Dataset(folder)[0]
    assert page.ids is None
    assert page.under is None


def test_slices_with_whole_symbols_survive(tmp_path: Path) -> None:
    """Their boxes lie outside of the image."""
    slicing = SliceOptions(50, cut="whole")
    folder = written(tmp_path, disc_page(), slicing=slicing)
    boxes = np.concatenate([page.symbols.box for page in Dataset(folder)])
    assert (boxes < -1).any()


def test_no_pages(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert len(Dataset(folder)) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["classes.csv", PAGES, SHARDS]


# What is written.


def test_pages_go_into_shards_of_their_split(tmp_path: Path) -> None:
    pages = [blank_page(f"p{number}", EMPTY) for number in range(5)]
    train, test = MemorySource(pages, CLASSES), MemorySource([blank_page("t", EMPTY)], CLASSES, "test")
    both = Dataset.merge(Dataset(train), Dataset(test))
    options = ConvertOptions(WriteOptions(shard_pages=2))
    folder = convert(both, tmp_path / "shards", "webdataset", options).folder
    index = orjson.loads((folder / SHARDS).read_bytes())
    assert [(row["name"], row["split"], row["pages"]) for row in index["shards"]] == [
        ("test-000000.tar", "test", 1),
        ("train-000000.tar", "train", 2),
        ("train-000001.tar", "train", 2),
        ("train-000002.tar", "train", 1),
    ]
    for row in index["shards"]:
        assert (folder / row["name"]).stat().st_size == row["bytes"]
    assert [entry.name for entry in Dataset(folder).entries] == [entry.name for entry in both.entries]
    assert len(Dataset(folder, "test")) == 1
    assert [page.name for page in Dataset(folder)] == [entry.name for entry in both.entries]


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, full_page(), disc_page("b", CLASSES)) for name in "ab")
    for path in one.iterdir():
        assert path.read_bytes() == (two / path.name).read_bytes()
    with tarfile.open(one / "train-000000.tar") as archive:
        for member in archive:
            assert (member.mtime, member.uid, member.gid, member.uname, member.mode) == (0, 0, 0, "", 0o644)


def test_the_json_is_as_documented(tmp_path: Path) -> None:
    page = disc_page()
    symbols = page.symbols.replace(
        diatonic=np.array([28, -32768, 35, 0, 1], np.int32), onset=np.array([0.5, np.nan, 1, 2, 3])
    )
    folder = written(tmp_path, replace(page, symbols=symbols))
    document = orjson.loads(files_of(folder / "train-000000.tar")["discs.json"])
    columns = document["symbols"]
    assert columns["class"] == page.symbols.names
    assert columns["class_id"] == page.symbols.label.tolist()
    assert columns["box"] == page.symbols.box.tolist()
    assert columns["oriented_box"][0] == page.symbols.corners[0].ravel().tolist()
    assert columns["onset"] == [0.5, None, 1, 2, 3]
    assert columns["midi"] == [60, None, 72, 12, 14]
    assert columns["voice"] == [None] * 5
    assert document["links"] == page.symbols.links.tolist()
    assert document["origin"]["score"] == "disc.mei"
    assert {len(values) for values in columns.values()} == {5}


def test_webdataset_reads_and_decodes_the_shards(tmp_path: Path) -> None:
    pages = [full_page("a"), disc_page("b", CLASSES)]
    folder = written(tmp_path, *pages)
    samples = samples_of(folder / "train-000000.tar", "pil")
    assert [sample["__key__"] for sample in samples] == ["a", "b"]
    for sample, page in zip(samples, pages, strict=True):
        assert page.ids is not None
        assert np.array_equal(np.asarray(sample["png"].convert("L")), page.image)
        red, green, blue = np.moveaxis(np.asarray(sample["instance.png"].convert("RGB")).astype(int), -1, 0)
        assert np.array_equal(red * 65536 + green * 256 + blue, page.ids)
        assert sample["json"]["symbols"]["class"] == page.symbols.names
        assert sample["json"]["symbols"]["box"] == page.symbols.box.tolist()


def test_a_writer_may_be_sent_to_workers(tmp_path: Path) -> None:
    writer = WebDatasetWriter(tmp_path, CLASSES, WriteOptions())
    again = pickle.loads(pickle.dumps(writer))
    page = disc_page(vocabulary=CLASSES)
    (entry,) = MemorySource([page]).entries
    assert again.page(entry, page) == writer.page(entry, page)


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    source = MemorySource([disc_page("a"), disc_page("b")])
    del source._pages["b"]
    with pytest.raises(DatasetError, match=r"^b$"):
        convert(Dataset(source), tmp_path / "shards", "webdataset")
    assert list(tmp_path.iterdir()) == []


# Reading.


def test_opening_reads_no_shard_and_a_page_no_other(tmp_path: Path) -> None:
    pages = [blank_page(f"p{number}", EMPTY) for number in range(3)]
    folder = written(tmp_path, *pages, options=WriteOptions(shard_pages=1))
    (folder / "train-000001.tar").unlink()
    (folder / "train-000002.tar").write_bytes(b"damaged")
    dataset = Dataset(folder)
    assert dataset[0].name == "p0"
    with pytest.raises(DatasetError, match=r"train-000001\.tar: No such file or directory\. Fetch"):
        dataset[1]
    with pytest.raises(DatasetError, match=r"train-000002\.tar: damaged"):
        dataset.symbols(2)


def test_symbols_need_no_image(tmp_path: Path) -> None:
    page = full_page()
    folder = written(tmp_path, page)
    rewrite(folder / "train-000000.tar", lambda files: files.pop("full.png"))
    assert Dataset(folder).symbols(0).names == page.symbols.names
    assert Dataset(folder).staff_space(0) == page.staff_space


def test_a_source_may_be_sent_to_workers(tmp_path: Path) -> None:
    folder = written(tmp_path, full_page())
    dataset = Dataset(folder)
    assert dataset[0].name == "full"
    assert_same_page(pickle.loads(pickle.dumps(dataset))[0], full_page())


def test_many_shards_are_not_all_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notehead.datasets.formats.webdataset.source._MOST_SHARDS", 2)
    pages = [blank_page(f"p{number}", EMPTY) for number in range(4)]
    dataset = Dataset(written(tmp_path, *pages, options=WriteOptions(shard_pages=1)))
    for _ in range(2):
        assert [page.name for page in dataset] == ["p0", "p1", "p2", "p3"]
    assert len(dataset._source._pages_of) <= 2  # type: ignore[attr-defined]


# Bad files.


def white(width: int, height: int, channels: tuple[int, ...] = ()) -> bytes:
    return encode_png(np.full((height, width, *channels), 255, np.uint8))


FILES: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "no image": (lambda files: files.pop("discs.png"), "discs.png: not there"),
    "no json": (lambda files: files.pop("discs.json"), "discs.json: not there"),
    "half an image": (
        lambda files: files.update({"discs.png": files["discs.png"][:-30]}),
        "discs.png: damaged image",
    ),
    "no image at all": (
        lambda files: files.update({"discs.png": b"GIF89a"}),
        "discs.png: not a readable image",
    ),
    "an empty image": (lambda files: files.update({"discs.png": b""}), "discs.png: not a readable image"),
    "an image of another size": (
        lambda files: files.update({"discs.png": white(201, 120)}),
        "discs.png: 201 x 120 pixels, its annotation says 200 x 120",
    ),
    "a coloured image": (
        lambda files: files.update({"discs.png": white(200, 120, (3,))}),
        "discs.png: not an image of a page, but of kind RGB",
    ),
    "masks of another size": (
        lambda files: files.update({"discs.instance.png": white(200, 119, (3,))}),
        "discs.instance.png: 200 x 119 pixels",
    ),
    "grey masks": (
        lambda files: files.update({"discs.instance.png": white(200, 120)}),
        "discs.instance.png: not an image of a page, but of kind L",
    ),
    "half a json": (
        lambda files: files.update({"discs.json": files["discs.json"][:100]}),
        "discs.json: damaged",
    ),
    "another json": (lambda files: files.update({"discs.json": b"[1, 2]"}), "discs.json: damaged"),
}


@pytest.mark.parametrize("case", FILES)
def test_bad_files_in_a_shard(tmp_path: Path, case: str) -> None:
    change, cause = FILES[case]
    folder = written(tmp_path, disc_page(), disc_page("good"))
    rewrite(folder / "train-000000.tar", change)
    with pytest.raises(DatasetError) as caught:
        Dataset(folder)[0]
    assert str(folder / "train-000000.tar") in caught.value.message
    assert cause in caught.value.message
    assert caught.value.remedy
    dataset = Dataset(folder, options=GOING)
    assert [page.name for page in dataset] == ["good"]
    assert dataset.complaints.counts["pages"] == 1


def column(name: str, place: int, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["symbols"][name].__setitem__(place, value)


DOCUMENTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no symbols": lambda document: document.pop("symbols"),
    "no column": lambda document: document["symbols"].pop("voice"),
    "a short column": lambda document: document["symbols"]["voice"].pop(),
    "a short box": lambda document: document["symbols"]["box"][0].pop(),
    "a word for a number": column("staff", 0, "one"),
    "a number too large": column("staff", 0, 2**40),
    "a number for a text": column("text", 0, 7),
    "a link to nothing": lambda document: document["links"].append([2, 999]),
    "half a link": lambda document: document["links"].append([2]),
    "no width": lambda document: document.pop("width"),
    "a width that is a word": lambda document: document.update(width="wide"),
    "an origin that is a list": lambda document: document.update(origin=[]),
    "staff lines of four numbers": lambda document: document.update(staff_lines=[[1, 2, 3, 4]]),
    "covered pixels beyond the page": lambda document: document.update(covered=[200 * 120 - 1, 2, 7]),
    "covered pixels of no id": lambda document: document.update(covered=[0, 2, 70000]),
    "covered pixels before the page": lambda document: document.update(covered=[-1, 2, 7]),
    "half a run": lambda document: document.update(covered=[1, 2]),
    "runs of words": lambda document: document.update(covered=["a", "b", "c"]),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_bad_documents(tmp_path: Path, case: str) -> None:
    folder = written(tmp_path, disc_page())
    edit(folder, DOCUMENTS[case])
    with pytest.raises(DatasetError, match=r"train-000000\.tar: discs\.json: damaged"):
        Dataset(folder)[0]


SYMBOLS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "an unknown class": (column("class_id", 1, 999), "symbol 5: its class is unknown"),
    "a negative width": (column("box", 1, [60, 10, 50, 20]), "symbol 5: its box has a negative width"),
    "a box without numbers": (column("box", 1, [None] * 4), "symbol 5: its box is not made of numbers"),
    "corners without numbers": (column("oriented_box", 1, [None] * 8), "symbol 5: its box is not made"),
    "an id twice": (column("id", 1, 2), "symbol 2: another symbol has its id"),
    "no id": (column("id", 1, 0), "symbol 0: its id is 0 or less"),
}


@pytest.mark.parametrize("case", SYMBOLS)
def test_bad_symbols(tmp_path: Path, case: str) -> None:
    change, cause = SYMBOLS[case]
    page = disc_page()
    folder = written(tmp_path, replace(page, symbols=page.symbols.replace(links=page.symbols.links[:0])))
    edit(folder, change)
    with pytest.raises(DatasetError) as caught:
        Dataset(folder)[0]
    assert caught.value.message.startswith(f"{folder / 'train-000000.tar'}: discs.json: {cause}")
    dataset = Dataset(folder, options=GOING)
    assert dataset[0].symbols.id.tolist() == [2, 8, 11, 14]
    assert dataset.complaints.counts["symbols"] == 1


def test_a_symbol_that_is_left_out_takes_its_links_along(tmp_path: Path) -> None:
    page = disc_page()
    folder = written(tmp_path, page)
    edit(folder, column("class_id", 1, 999))
    assert page.symbols.links.tolist() == [[2, 5], [8, 5]]
    assert Dataset(folder, options=GOING)[0].symbols.links.tolist() == []


INDEXES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "another version": (SHARDS, lambda data: data.replace(b"webdataset 1", b"webdataset 2")),
    "no index": (SHARDS, lambda data: data[:40]),
    "another index": (SHARDS, lambda _: b"[]"),
    "a shard somewhere else": (SHARDS, lambda data: data.replace(b"train-000000.tar", b"../a.tar")),
    "a shard that is no name": (SHARDS, lambda data: data.replace(b'"train-000000.tar"', b"3")),
    "a page in no shard": (PAGES, lambda data: data.replace(b"train-000000.tar", b"/etc/passwd")),
    "a page in a number": (PAGES, lambda data: data.replace(b'"train-000000.tar"', b"3")),
    "a page without a name": (PAGES, lambda data: data.replace(b'"name":"discs"', b'"name":3')),
    "no lines": (PAGES, lambda _: b"3\n"),
    "half a line": (PAGES, lambda data: data[:20]),
    "a page twice": (PAGES, lambda data: data + data),
    "a width that is a word": (PAGES, lambda data: data.replace(b'"width":200', b'"width":"wide"')),
}


@pytest.mark.parametrize("case", INDEXES)
def test_bad_lists(tmp_path: Path, case: str) -> None:
    name, change = INDEXES[case]
    folder = written(tmp_path, disc_page())
    before = (folder / name).read_bytes()
    (folder / name).write_bytes(change(before))
    assert (folder / name).read_bytes() != before
    with pytest.raises(DatasetError) as caught:
        Dataset(folder)
    assert caught.value.message.startswith(f"{folder / name}: damaged")
    assert caught.value.remedy


@pytest.mark.parametrize("name", [PAGES, "classes.csv"])
def test_missing_lists(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path, disc_page())
    (folder / name).unlink()
    with pytest.raises(DatasetError, match=f"{name}: No such file or directory"):
        Dataset(folder)


def test_facts_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page())
    (folder / PAGES).write_bytes((folder / PAGES).read_bytes().replace(b'{"name"', b'{"ink":3,"name"'))
    edit(folder, lambda document: document["origin"].update(ink="black"))
    assert_same_page(Dataset(folder)[0], disc_page())


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_shards_hold_files_alone(tmp_path: Path, kind: bytes) -> None:
    folder = written(tmp_path, disc_page())
    link = tarfile.TarInfo("discs.png")
    link.type, link.linkname = kind, "/etc/passwd"
    with tarfile.open(folder / "train-000000.tar", "w") as archive:
        archive.addfile(link)
    with pytest.raises(DatasetError, match=r"train-000000\.tar: damaged \('discs\.png' is no file"):
        Dataset(folder)[0]


def test_files_that_are_there_twice(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page())
    with tarfile.open(folder / "train-000000.tar", "w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("discs.png"))
    with pytest.raises(DatasetError, match=r"'discs\.png' occurs twice"):
        Dataset(folder)[0]


@settings(max_examples=40)
@given(st.floats(0, 0.999))
def test_shards_that_are_cut_off(share: float) -> None:
    page = disc_page()
    with tempfile.TemporaryDirectory() as parent:
        folder = written(Path(parent), page)
        shard = folder / "train-000000.tar"
        data = shard.read_bytes()
        end = data.rindex(b"IEND") + 8
        shard.write_bytes(data[: int(share * end)])
        with pytest.raises(DatasetError, match=r"train-000000\.tar"):
            Dataset(folder)[0]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5))
def test_any_damage_is_an_error_of_ours_or_none(places: list[tuple[float, int]]) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = written(Path(parent), disc_page())
        shard = folder / "train-000000.tar"
        data = bytearray(shard.read_bytes())
        for share, value in places:
            data[int(share * len(data))] = value
        shard.write_bytes(bytes(data))
        try:
            page = Dataset(folder)[0]
        except NoteheadError as error:
            said = str(error)
            assert str(shard) in said  # or there is no error
        else:
            assert page.image.shape == (120, 200)


def test_a_folder_of_other_shards_is_none_of_ours(tmp_path: Path) -> None:
    shutil.copy(written(tmp_path, disc_page()) / "train-000000.tar", tmp_path)
    with pytest.raises(DatasetError, match="no dataset here"):
        Dataset(tmp_path)
    with pytest.raises(DatasetError, match=r"(classes\.csv|shards\.json): No such file"):
        Dataset(tmp_path, format="webdataset")


def test_an_origin_survives(tmp_path: Path) -> None:
    style: dict[str, float | str | bool] = {"paper": "tall", "scale": 0.1, "header": True}
    origin = Origin("a.xml", "012", 2, "Verovio", "Leland", 400.0, 2**63 - 1, style, "CC0")
    page = replace(disc_page(), origin=origin)
    assert Dataset(written(tmp_path, page))[0].origin == origin
