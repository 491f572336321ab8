"""Parquet in and out: nothing is lost, Hugging Face reads it, and bad files are said to be bad."""

from __future__ import annotations

import builtins
import pickle
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import ConvertOptions, convert
from notehead.datasets.formats import FORMATS, WriteOptions
from notehead.datasets.formats.parquet.schema import GROUP, METADATA, Columns, features, schema, yaml_features
from notehead.datasets.formats.parquet.writer import ParquetWriter
from notehead.datasets.slicing import SliceOptions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError, MissingExtraError, NoteheadError, OutputError
from notehead.files import GrowingFile
from notehead.images import encode_png
from notehead.page import Origin
from notehead.vocabulary import Vocabulary
from tests.support.pages import NAMES, MemorySource, blank_page, disc_page, random_symbols
from tests.support.parts import CLASSES, SPLIT, full_page, surviving
from tests.support.same_page import assert_same_page

GOING = ReadOptions(keep_going=True)
EMPTY = Symbols(vocabulary=CLASSES)
FILE = "data/train-00000-of-00001.parquet"


def written(
    folder: Path, *pages: Page, split: str = "train", options: WriteOptions | None = None, **how: Any
) -> Path:
    vocabulary = pages[0].symbols.vocabulary if pages else VOCABULARY
    source = Dataset(MemorySource(pages, vocabulary, split))
    to = ConvertOptions(options or WriteOptions(), **how)
    return convert(source, folder / "tables", "parquet", to).folder


def rewrite(path: Path, change: Callable[[dict[str, Any]], object], row: int = 0) -> None:
    """Change a row of a file."""
    table = pq.read_table(path)
    rows = table.to_pylist()
    change(rows[row])
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path)


# Round trips.


def test_everything_that_a_page_holds_survives(tmp_path: Path) -> None:
    page = full_page()
    folder = written(tmp_path, page, split=SPLIT)
    assert surviving(page, SPLIT, Dataset(folder)) == FORMATS["parquet"].holds
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


def test_the_entries_survive(tmp_path: Path, dataset_folder: Path) -> None:
    dataset = Dataset(dataset_folder)
    folder = convert(dataset, tmp_path / "tables", "parquet").folder
    back = Dataset(folder)
    found = {entry.name: replace(entry, key="") for entry in back.entries}
    assert found == {entry.name: entry for entry in dataset.entries}
    assert back.vocabulary is VOCABULARY
    for page in dataset:
        assert_same_page(back[page.name], page)
        assert back.staff_space(page.name) == dataset.staff_space(page.name)


def test_without_masks(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page(), options=WriteOptions(masks=False))
    assert not {"instance_mask", "covered"} & set(pq.read_schema(folder / FILE).names)
    page = Dataset(folder)[0]
    assert page.ids is None
    assert page.under is None


def test_slices_with_whole_symbols_survive(tmp_path: Path) -> None:
    """Their boxes lie outside of the image."""
    folder = written(tmp_path, disc_page(), slicing=SliceOptions(50, cut="whole"))
    boxes = np.concatenate([page.symbols.box for page in Dataset(folder)])
    assert (boxes < -1).any()


@pytest.mark.parametrize("name", ["op. 1.2", "größe ♯", "%2E", "caf\udce9", "a:b", "n" * 250])
def test_names_of_any_kind(tmp_path: Path, name: str) -> None:
    folder = written(tmp_path, blank_page(name, EMPTY), blank_page("b", EMPTY))
    plain = name.replace("\udce9", "\\udce9")
    dataset = Dataset(folder)
    assert [page.name for page in dataset] == [plain, "b"]
    assert [entry.name for entry in dataset.entries] == [plain, "b"]


def test_an_origin_survives(tmp_path: Path) -> None:
    style: dict[str, float | str | bool] = {"paper": "tall", "scale": 0.1, "header": True}
    origin = Origin("a.xml", "012", 2, "Verovio", "Leland", 400.0, 2**63 - 1, style, "CC0")
    page = replace(disc_page(), origin=origin)
    assert Dataset(written(tmp_path, page))[0].origin == origin


# What is written.


def test_files_are_named_by_their_number(tmp_path: Path) -> None:
    pages = [blank_page(f"p{number}", EMPTY) for number in range(5)]
    train, test = MemorySource(pages, CLASSES), MemorySource([blank_page("t", EMPTY)], CLASSES, "test")
    both = Dataset.merge(Dataset(train), Dataset(test))
    options = ConvertOptions(WriteOptions(shard_pages=2))
    folder = convert(both, tmp_path / "tables", "parquet", options).folder
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == [
        "README.md",
        "classes.csv",
        "data/test-00000-of-00001.parquet",
        "data/train-00000-of-00003.parquet",
        "data/train-00001-of-00003.parquet",
        "data/train-00002-of-00003.parquet",
    ]
    assert {page.name for page in Dataset(folder)} == {entry.name for entry in both.entries}
    assert [page.name for page in Dataset(folder, "train")] == [page.name for page in pages]


def test_row_groups_are_small(tmp_path: Path) -> None:
    pages = [blank_page(f"p{number}", EMPTY) for number in range(2 * GROUP + 1)]
    folder = written(tmp_path, *pages)
    metadata = pq.read_metadata(folder / FILE)
    assert [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)] == [
        GROUP,
        GROUP,
        1,
    ]
    assert [page.name for page in Dataset(folder)] == [page.name for page in pages]


def test_images_are_not_compressed_again(tmp_path: Path) -> None:
    metadata = pq.read_metadata(written(tmp_path, disc_page()) / FILE).row_group(0)
    for number in range(metadata.num_columns):
        column = metadata.column(number)
        image = column.path_in_schema in ("image.bytes", "instance_mask.bytes")
        assert column.compression == ("UNCOMPRESSED" if image else "ZSTD"), column.path_in_schema


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, full_page(), disc_page("b", CLASSES)) for name in "ab")
    for name in (FILE, "README.md", "classes.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_boxes_are_in_cocos_form(tmp_path: Path) -> None:
    symbols = Symbols.build(["stem"], [[1.1, 2.2, 3.3, 9.9]], CLASSES)
    folder = written(tmp_path, blank_page("a", symbols))
    (row,) = pq.read_table(folder / FILE).to_pylist()
    assert row["objects"]["bbox"] == [[1.1, 2.2, 2.2, 7.7]]
    assert row["objects"]["category"] == [0]
    assert Dataset(folder).symbols(0).box.tolist() == [[1.1, 2.2, 3.3, 9.9]]


def test_a_writer_may_be_sent_to_workers(tmp_path: Path) -> None:
    writer = ParquetWriter(tmp_path, CLASSES, WriteOptions())
    again = pickle.loads(pickle.dumps(writer))
    page = disc_page(vocabulary=CLASSES)
    (entry,) = MemorySource([page]).entries
    record = pickle.loads(pickle.dumps(again.page(entry, page)))
    assert record.equals(writer.page(entry, page))


def test_an_error_leaves_nothing_behind(tmp_path: Path) -> None:
    source = MemorySource([disc_page(name) for name in "abcdefghij"])
    del source._pages["j"]
    with pytest.raises(DatasetError, match=r"^j$"):
        convert(Dataset(source), tmp_path / "tables", "parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error goes through pyarrow and comes out as it was."""
    write = GrowingFile.write

    def full(self: GrowingFile, data: bytes) -> None:
        if self.path.suffix == ".parquet" and self.size > 2000:
            message = f"{self.path}: cannot be written: No space left on device"
            raise OutputError(message, "Make space.")
        write(self, data)

    monkeypatch.setattr(GrowingFile, "write", full)
    with pytest.raises(OutputError, match=r"No space left on device\. Make space\."):
        written(tmp_path, *[disc_page(name) for name in "abcdefghij"])
    assert list(tmp_path.iterdir()) == []


# Hugging Face.


@pytest.fixture(name="load")
def offline(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path], Any]:
    """`datasets.load_dataset` of a folder, without network and with a cache of its own."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    cache = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("HF_HOME", str(cache))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import datasets  # noqa: PLC0415  # after the environment

    datasets.disable_progress_bars()

    def load(folder: Path, **options: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            return datasets.load_dataset(str(folder), cache_dir=str(cache), **options)

    return load


def test_hugging_face_reads_the_folder(tmp_path: Path, load: Callable[..., Any]) -> None:
    page, other = full_page(), replace(blank_page("bare", EMPTY), origin=Origin(score="b"))
    source = Dataset.merge(
        Dataset(MemorySource([page, other], CLASSES)),
        Dataset(MemorySource([disc_page("t", CLASSES)], CLASSES, "test")),
    )
    folder = convert(source, tmp_path / "tables", "parquet").folder
    loaded = load(folder)
    assert {name: len(part) for name, part in loaded.items()} == {"train": 2, "test": 1}
    row, bare = loaded["train"]
    assert np.array_equal(np.asarray(row["image"]), page.image)
    assert page.ids is not None
    red, green, blue = np.moveaxis(np.asarray(row["instance_mask"]).astype(int), -1, 0)
    assert np.array_equal(red * 65536 + green * 256 + blue, page.ids)
    assert bare["instance_mask"] is None
    label = loaded["train"].features["objects"]["category"].feature
    assert label.names == list(CLASSES)
    objects = row["objects"]
    assert [label.int2str(category) for category in objects["category"]] == page.symbols.names
    x, y, width, height = objects["bbox"][0]
    assert [x, y, x + width, y + height] == page.symbols.box[0].tolist()
    assert objects["id"] == page.symbols.id.tolist()
    assert objects["onset"] == page.symbols.onset.tolist()
    assert objects["text"] == page.symbols.text.tolist()
    assert (row["name"], row["staff_space"], bare["score"]) == ("full", page.staff_space, "b")
    assert bare["objects"]["id"] == []


def test_hugging_face_streams_the_folder(tmp_path: Path, load: Callable[..., Any]) -> None:
    pages = [disc_page(f"p{number}") for number in range(GROUP + 2)]
    folder = written(tmp_path, *pages)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        names = [row["name"] for row in load(folder, streaming=True, split="train")]
    assert names == [page.name for page in pages]


@pytest.mark.parametrize(
    ("split", "name"),
    [("", "pages"), ("all", "all_"), ("complete-0_train", "complete_0_train"), ("ü b", "ü_b")],
)
def test_splits_have_names_that_hugging_face_takes(
    tmp_path: Path, load: Callable[..., Any], split: str, name: str
) -> None:
    folder = written(tmp_path, disc_page(), split=split)
    assert (folder / "data" / f"{name}-00000-of-00001.parquet").exists()
    assert list(load(folder)) == [name]
    assert Dataset(folder).entries[0].split == split


@pytest.mark.parametrize(
    "columns",
    [Columns(CLASSES), Columns(CLASSES, masks=False), Columns(CLASSES, classes=True, digests=True)],
)
def test_the_features_are_those_of_hugging_face(columns: Columns) -> None:
    """What stands in the files, in the card and in the types is one thing."""
    from datasets import Features  # noqa: PLC0415

    every = features(columns)
    known = Features.from_dict(every)
    assert known.arrow_schema.equals(schema(columns))
    assert Features.from_arrow_schema(schema(columns)) == known
    assert Features._from_yaml_list(yaml_features(every)) == known


# The card.


def head_of(folder: Path) -> dict[str, Any]:
    _, head, _ = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    found: dict[str, Any] = yaml.safe_load(head)
    return found


def test_the_card_counts_and_says_what_hubs_want_to_know(tmp_path: Path) -> None:
    pages = [
        replace(disc_page(name), origin=Origin(score=name, score_id=name, licence=licence))
        for name, licence in (("a", "CC0-1.0"), ("b", "CC0-1.0"), ("c", ""), ("d", "By | *kind* permission"))
    ]
    folder = written(tmp_path, *pages, options=WriteOptions(description="Songs | of\nNone"))
    head, text = head_of(folder), (folder / "README.md").read_text("utf-8")
    assert head["license"] == ["cc0-1.0", "other", "unknown"]
    assert head["size_categories"] == ["n<1K"]
    assert head["task_categories"] == ["object-detection", "image-segmentation"]
    assert head["configs"] == [
        {
            "config_name": "default",
            "data_files": [{"split": "train", "path": "data/train-*.parquet"}],
        }
    ]
    assert "4 pages, 20 symbols" in text.replace("\n", " ")
    assert "| `train` | 4 | 20 |" in text
    assert "| CC0-1.0 | 2 |" in text
    assert "| not stated | 1 |" in text
    assert "| By \\| \\*kind\\* permission | 1 |" in text
    assert "\n\nSongs \\| of None\n\n" in text


def test_the_card_of_no_pages(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert "0 pages, 0 symbols" in (folder / "README.md").read_text("utf-8").replace("\n", " ")


@pytest.mark.parametrize("classes", [VOCABULARY, CLASSES])
def test_a_dataset_without_pages_is_one(tmp_path: Path, classes: Vocabulary) -> None:
    folder = convert(Dataset(MemorySource([], classes)), tmp_path / "tables", "parquet").folder
    dataset = Dataset(folder)
    assert (len(dataset), dataset.format, dataset.vocabulary) == (0, "parquet", classes)
    (folder / "README.md").unlink()
    with pytest.raises(DatasetError, match="no Parquet files here"):
        Dataset(folder, format="parquet")


# Reading.


def test_symbols_need_no_image(tmp_path: Path) -> None:
    page = full_page()
    folder = written(tmp_path, page)
    rewrite(folder / FILE, lambda row: row["image"].update(bytes=b""))
    assert Dataset(folder).symbols(0).names == page.symbols.names
    assert Dataset(folder).staff_space(0) == page.staff_space
    with pytest.raises(DatasetError):
        Dataset(folder)[0]


def test_a_source_may_be_sent_to_workers(tmp_path: Path) -> None:
    dataset = Dataset(written(tmp_path, full_page()))
    assert dataset[0].name == "full"
    assert_same_page(pickle.loads(pickle.dumps(dataset))[0], full_page())


def test_files_alone_are_a_dataset(tmp_path: Path) -> None:
    """As they are when only some were fetched."""
    folder = written(tmp_path, full_page())
    (tmp_path / "some").mkdir()
    (folder / FILE).rename(tmp_path / "some" / "a.parquet")
    assert_same_page(Dataset(tmp_path / "some")[0], full_page())


def test_without_pyarrow_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path, disc_page())
    known = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return known(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    said = r"^Parquet needs pyarrow, which is not installed\. Run `pip install 'notehead\[parquet\]'`\.$"
    with pytest.raises(MissingExtraError, match=said):
        Dataset(folder)
    with pytest.raises(MissingExtraError, match=said):
        written(tmp_path / "again", disc_page())
    assert list((tmp_path / "again").iterdir()) == []


# Bad files.


def white(width: int, height: int, channels: tuple[int, ...] = ()) -> bytes:
    return encode_png(np.full((height, width, *channels), 255, np.uint8))


def image(data: bytes | None, column: str = "image") -> Callable[[dict[str, Any]], object]:
    return lambda row: row[column].update(bytes=data)


ROWS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no image": (lambda row: row.update(image=None), "discs: damaged"),
    "no bytes": (image(None), "discs: image: not a readable image"),
    "an empty image": (image(b""), "discs: image: not a readable image"),
    "half an image": (
        lambda row: row["image"].update(bytes=row["image"]["bytes"][:-30]), "discs: image: damaged image"
    ),
    "no image at all": (image(b"GIF89a"), "discs: image: not a readable image"),
    "another size": (image(white(201, 120)), "discs: image: 201 x 120 pixels, its annotation says 200 x 120"),
    "colours": (image(white(200, 120, (3,))), "discs: image: not an image of a page, but of kind RGB"),
    "masks of another size": (
        image(white(200, 119, (3,)), "instance_mask"), "discs: instance_mask: 200 x 119 pixels"
    ),
    "grey masks": (image(white(200, 120), "instance_mask"), "discs: instance_mask: not an image of a page"),
    "no symbols": (lambda row: row.update(objects=None), "discs: damaged"),
    "no column": (lambda row: row["objects"].update(voice=None), "discs: damaged"),
    "a short column": (lambda row: row["objects"]["voice"].pop(), "discs: damaged"),
    "a link to nothing": (lambda row: row["links"].append([2, 999]), "discs: damaged (a link leads to no"),
    "no links": (lambda row: row.update(links=None), "discs: damaged"),
    "no staff space": (lambda row: row.update(staff_space=None), "discs: damaged"),
    "no staff lines": (lambda row: row.update(staff_lines=None), "discs: damaged"),
    "no origin": (lambda row: row.update(origin="{"), "discs: damaged"),
    "another origin": (lambda row: row.update(origin="[]"), "discs: damaged"),
    "covered pixels beyond the page": (
        lambda row: row.update(covered=[200 * 120 - 1, 2, 7]), "discs: damaged (a run of covered pixels"
    ),
    "half a run": (lambda row: row.update(covered=[1, 2]), "discs: damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_bad_rows(tmp_path: Path, case: str) -> None:
    change, cause = ROWS[case]
    folder = written(tmp_path, disc_page(), disc_page("good"))
    rewrite(folder / FILE, change)
    with pytest.raises(DatasetError) as caught:
        Dataset(folder)[0]
    assert caught.value.message.startswith(f"{folder / FILE}: {cause}")
    assert caught.value.remedy
    dataset = Dataset(folder, options=GOING)
    assert [page.name for page in dataset] == ["good"]
    assert dataset.complaints.counts["pages"] == 1


def entry(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda row: row["objects"][name].__setitem__(1, value)


SYMBOLS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "an unknown class": (entry("category", 999), "symbol 5: its class is unknown"),
    "a negative class": (entry("category", -1), "symbol 5: its class is unknown"),
    "no class": (entry("category", None), "symbol 5: its class is unknown"),
    "a negative width": (entry("bbox", [60, 10, -10, 20]), "symbol 5: its box has a negative width"),
    "a box without numbers": (entry("bbox", [np.nan] * 4), "symbol 5: its box is not made of numbers"),
    "an endless box": (entry("bbox", [0, 0, np.inf, 1]), "symbol 5: its box is not made of numbers"),
    "corners without numbers": (entry("obb", [np.nan] * 8), "symbol 5: its box is not made of numbers"),
    "an id twice": (entry("id", 2), "symbol 2: another symbol has its id"),
    "no id": (entry("id", None), "symbol -32768: its id is 0 or less"),
}


@pytest.mark.parametrize("case", SYMBOLS)
def test_bad_symbols(tmp_path: Path, case: str) -> None:
    change, cause = SYMBOLS[case]
    page = disc_page()
    folder = written(tmp_path, replace(page, symbols=page.symbols.replace(links=page.symbols.links[:0])))
    rewrite(folder / FILE, change)
    with pytest.raises(DatasetError) as caught:
        Dataset(folder)[0]
    assert caught.value.message.startswith(f"{folder / FILE}: discs: {cause}")
    dataset = Dataset(folder, options=GOING)
    assert dataset[0].symbols.id.tolist() == [2, 8, 11, 14]
    assert dataset.complaints.counts["symbols"] == 1


@pytest.mark.parametrize("change", [{"name": None}, {"width": None}, {"split": None}])
def test_bad_facts(tmp_path: Path, change: dict[str, Any]) -> None:
    folder = written(tmp_path, disc_page())
    rewrite(folder / FILE, lambda row: row.update(change))
    with pytest.raises(DatasetError, match=r"damaged \(row group 0, row 0: a fact of the page is missing\)"):
        Dataset(folder)


def test_a_page_that_is_there_twice(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page("a"), disc_page("b"))
    rewrite(folder / FILE, lambda row: row.update(name="b"))
    with pytest.raises(DatasetError, match="two pages have one name"):
        Dataset(folder)


def test_files_of_different_datasets(tmp_path: Path) -> None:
    folder = written(tmp_path / "a", disc_page("a"))
    other = written(tmp_path / "b", disc_page("b", Vocabulary.of([(1, "stem"), (2, "beam")])))
    (other / FILE).rename(folder / "data" / "z.parquet")
    with pytest.raises(DatasetError, match="the files have different classes"):
        Dataset(folder)


def test_files_that_notehead_did_not_write(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": [b"1"]}), tmp_path / "a.parquet")
    with pytest.raises(DatasetError, match=r"a\.parquet: damaged \(it is not 'notehead parquet 1'\)"):
        Dataset(tmp_path)


@pytest.mark.parametrize("metadata", [b"", b"[]", b"{}", b'{"format":"notehead parquet 1"}'])
def test_metadata_that_is_none(tmp_path: Path, metadata: bytes) -> None:
    folder = written(tmp_path, disc_page())
    table = pq.read_table(folder / FILE)
    pq.write_table(table.replace_schema_metadata({METADATA: metadata}), folder / FILE)
    with pytest.raises(DatasetError, match="damaged"):
        Dataset(folder)


def test_classes_that_are_there_twice(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page())
    table = pq.read_table(folder / FILE)
    own = orjson.loads(table.schema.metadata[METADATA])
    own["classes"].append(own["classes"][0])
    pq.write_table(table.replace_schema_metadata({METADATA: orjson.dumps(own)}), folder / FILE)
    with pytest.raises(DatasetError, match="two classes have the id"):
        Dataset(folder)


def test_a_row_group_larger_than_pages_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notehead.datasets.formats.parquet.source._LARGEST_GROUP", 1000)
    with pytest.raises(DatasetError, match="a row group is larger than pages can be"):
        Dataset(written(tmp_path, disc_page()))[0]


@settings(max_examples=25)
@given(st.floats(0, 0.999))
def test_files_that_are_cut_off(share: float) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = written(Path(parent), disc_page())
        data = (folder / FILE).read_bytes()
        (folder / FILE).write_bytes(data[: int(share * len(data))])
        with pytest.raises(DatasetError, match=r"train-00000-of-00001\.parquet: damaged"):
            Dataset(folder)


@settings(max_examples=60)
@example([(0.97, 49)])  # pyarrow: "Integers with less than 8 bits not implemented"
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=5))
def test_any_damage_is_an_error_of_ours_or_none(places: list[tuple[float, int]]) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = written(Path(parent), disc_page())
        data = bytearray((folder / FILE).read_bytes())
        for share, value in places:
            data[int(share * len(data))] = value
        (folder / FILE).write_bytes(bytes(data))
        try:
            page = Dataset(folder)[0]
        except NoteheadError as error:
            said = str(error)
            assert "parquet" in said  # or there is no error
        else:
            assert page.image.ndim == 2


def test_a_missing_file(tmp_path: Path) -> None:
    folder = written(tmp_path, disc_page())
    dataset = Dataset(folder)
    (folder / FILE).unlink()
    with pytest.raises(DatasetError, match=r"train-00000-of-00001\.parquet"):
        dataset[0]
