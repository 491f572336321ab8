"""DeepScores v1 as a format: what is written comes back, what is published is read, bad files are told of."""

from __future__ import annotations

import pickle
import random
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import ConvertOptions, LossWarning, convert
from notehead.datasets.formats import WriteOptions, find_format, parts_of
from notehead.datasets.formats.deepscores_v1 import layout as v1
from notehead.datasets.formats.deepscores_v1.source import DeepScoresV1Source
from notehead.datasets.formats.deepscores_v1.writer import FORMAT
from notehead.datasets.formats.patch_folder import read_patches
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.images import encode_png, read_png
from notehead.page import ABSENT
from notehead.vocabulary import Vocabulary, named_vocabulary
from tests.support.mutate import mutate
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols

V1 = named_vocabulary("deepscores_v1")
OWN = Vocabulary.of([(900, "stem"), (3, 'a & "b", <c>'), (0, "größe")])
SPLIT_OF = {"a": "train", "b": "", "c": "val"}


@contextmanager
def converted(
    *pages: Page, vocabulary: Vocabulary = VOCABULARY, options: WriteOptions | None = None
) -> Iterator[Path]:
    """The pages as DeepScores v1 in a folder of their own."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        place = Path(folder) / "v1"
        source = Dataset(MemorySource(pages, vocabulary))
        convert(source, place, "deepscores_v1", ConvertOptions(options or WriteOptions()))
        yield place


# Round trips.


@settings(max_examples=40)
@given(data=st.data(), vocabulary=st.sampled_from([VOCABULARY, V1, named_vocabulary("muscima++"), OWN]))
def test_symbols_come_back(data: st.DataObject, vocabulary: Vocabulary) -> None:
    wanted = data.draw(random_symbols(vocabulary=vocabulary))
    page = blank_page("a", wanted)
    with converted(page, vocabulary=vocabulary) as folder:
        dataset = Dataset(folder)
        found = dataset[0]
        assert dataset.symbols(0).box.tolist() == found.symbols.box.tolist()
    assert np.array_equal(found.image, page.image)
    if vocabulary is VOCABULARY:
        assert dataset.vocabulary == V1
        assert found.symbols.names == [v1.v1_name(label) for label in wanted.label.tolist()]
    else:
        assert [(row.id, row.name) for row in dataset.vocabulary.classes] == [
            (row.id, row.name) for row in vocabulary.classes
        ]
        assert found.symbols.label.tolist() == wanted.label.tolist()
    assert found.symbols.id.tolist() == wanted.id.tolist()
    np.testing.assert_allclose(found.symbols.box, wanted.box, rtol=0, atol=1e-3)
    for column in ("onset", "duration", "position"):
        np.testing.assert_array_equal(getattr(found.symbols, column), getattr(wanted, column))


def test_a_part_of_notehead_s_classes_has_v1_s_names(dataset_folder: Path, tmp_path: Path) -> None:
    dataset = Dataset(dataset_folder).only("clefG", "noteheadBlackInSpace")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        convert(dataset, tmp_path / "v1", "deepscores_v1")
    found = Dataset(tmp_path / "v1")
    assert found.vocabulary == V1
    assert {name for _, symbols in found.annotations() for name in symbols.names} == {
        "gClef",
        "noteheadBlack",
    }


def test_it_holds_what_it_says_it_holds(tmp_path: Path) -> None:
    page = disc_page()
    symbols = page.symbols.replace(
        onset=np.arange(5.0), duration=np.full(5, 0.5), position=np.arange(-2, 3, dtype=np.int32)
    )
    page = replace(page, symbols=symbols)
    assert parts_of(page) >= FORMAT.holds - {"split"}
    with pytest.warns(
        LossWarning, match="deepscores_v1 cannot hold areas, covered pixels, links, masks, origin$"
    ):
        convert(Dataset(MemorySource([page])), tmp_path / "v1", "deepscores_v1")
    assert parts_of(Dataset(tmp_path / "v1")[0]) == parts_of(page) & FORMAT.holds


def test_splits_come_back(tmp_path: Path) -> None:
    source = MemorySource([blank_page(name, Symbols()) for name in SPLIT_OF])
    source.entries = [replace(entry, split=SPLIT_OF[entry.name]) for entry in source.entries]
    convert(Dataset(source), tmp_path / "v1", "deepscores_v1")
    for folder in (tmp_path / "v1", tmp_path / "v1" / "segmentation_detection"):
        assert [(entry.name, entry.split) for entry in Dataset(folder).entries] == [*SPLIT_OF.items()]


def test_classes_of_pixels_are_written_where_a_byte_holds_them() -> None:
    small = Vocabulary.of([(255, "stem"), (7, "beam")])
    for vocabulary, there in ((VOCABULARY, True), (small, True), (OWN, False)):
        page = disc_page(vocabulary=vocabulary)
        with converted(page, vocabulary=vocabulary) as folder:
            dataset = Dataset(folder)
            path = folder / "segmentation_detection" / "pix_annotations_png" / "discs.png"
            assert path.exists() == there
            if there:
                source = DeepScoresV1Source(folder, ReadOptions())
                image = source.class_image(source.entries[0])
                labels = dict(zip(page.symbols.id.tolist(), dataset.symbols(0).label.tolist(), strict=True))
                assert page.ids is not None
                assert image.tolist() == [
                    [labels.get(number, 0) for number in row] for row in page.ids.tolist()
                ]
    with converted(disc_page(), options=WriteOptions(masks=False)) as folder:
        assert not list(folder.rglob("pix_annotations_png/*"))


def test_the_same_pages_give_the_same_bytes() -> None:
    with converted(disc_page()) as one, converted(disc_page()) as other:
        files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
        assert len(files) == 5
        for path in files:
            assert (one / path).read_bytes() == (other / path).read_bytes()


def test_names_that_no_file_can_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="XML cannot hold the name of the class"):
        convert(Dataset(MemorySource([], Vocabulary.of([(1, "\x02")]))), tmp_path / "a", "deepscores_v1")
    with pytest.raises(DatasetError, match="cannot be the name of a page's file"):
        convert(Dataset(MemorySource([blank_page("../a", Symbols())])), tmp_path / "b", "deepscores_v1")
    source = MemorySource([blank_page("a", Symbols())], split="../x")
    with pytest.raises(DatasetError, match="cannot be the name of a split's file"):
        convert(Dataset(source), tmp_path / "c", "deepscores_v1")


# What a build leaves.


def test_a_build_is_read_as_v1_where_it_is_asked_for(dataset_folder: Path) -> None:
    wanted = Dataset(dataset_folder)
    assert wanted.vocabulary is VOCABULARY
    assert find_format("notehead").here(dataset_folder)
    for found in (
        Dataset(dataset_folder, format="deepscores_v1"),
        Dataset(dataset_folder / "deepscores_v1"),
        Dataset(dataset_folder / v1.DETECTION),
    ):
        assert found.vocabulary == V1
        assert len(found) == len(wanted)
        for page in wanted:
            other = found[page.name]
            assert np.array_equal(other.image, page.image)
            assert other.symbols.id.tolist() == page.symbols.id.tolist()
            assert other.symbols.names == [v1.v1_name(label) for label in page.symbols.label.tolist()]
            np.testing.assert_allclose(other.symbols.box, page.symbols.box, rtol=0, atol=1e-3)
            np.testing.assert_array_equal(other.symbols.onset, page.symbols.onset.round(6))
            heads = page.symbols.is_notehead
            np.testing.assert_array_equal(other.symbols.position[heads], page.symbols.position[heads])


def test_patches_of_a_build(dataset_folder: Path) -> None:
    folders = (dataset_folder, dataset_folder / "deepscores_v1", dataset_folder / v1.CLASSIFICATION)
    patches, *others = map(read_patches, folders)
    assert patches.classes == tuple(V1)
    assert len(patches) == len(list((dataset_folder / v1.CLASSIFICATION).glob("*/*.png"))) > 20
    assert [list(other) for other in others] == [list(patches)] * 2
    assert patches[-1] == list(patches)[-1]
    assert patches[1:3] == list(patches)[1:3]
    for path, name in patches:
        assert path.parent.name == name
        assert read_png(path).shape == (170, 45)
    places = [patches.classes.index(name) for _, name in patches]
    assert places == sorted(places)


def test_patches_without_a_list_of_classes(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.JPG", "b/notes.txt", "a/1.png", ".git/1.png", "__MACOSX/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    patches = read_patches(tmp_path)
    assert patches.classes == ("a", "b")
    assert [(path.name, name) for path, name in patches] == [("1.png", "a"), ("1.JPG", "b"), ("2.png", "b")]
    (tmp_path / "class_names.csv").write_text("0,c\n5,b\n")
    with pytest.raises(DatasetError, match=r"the folder a is of no class that class_names\.csv lists"):
        read_patches(tmp_path)
    (tmp_path / "class_names.csv").write_text("0,c\n5,b\n3,a\n")
    patches = read_patches(tmp_path)
    assert patches.classes == ("c", "b", "a")
    assert [name for _, name in patches] == ["b", "b", "a"]


def test_no_patches(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(DatasetError, match="there are no folders of patches"):
            read_patches(folder)


# What others have.

BOX = "<bndbox><xmin>0.1</xmin><xmax>0.5</xmax><ymin>0.25</ymin><ymax>0.75</ymax></bndbox>"


def item(name: str = "stem", box: str = BOX, more: str = "") -> str:
    return f"<object><name>{name}</name>{box}{more}</object>"


SIZE = "<size><width>20</width><height>10</height></size>"


def write_page(folder: Path, name: str, *items: str, size: str = SIZE) -> Path:
    """An annotation of a page of 20 x 10 pixels and its image."""
    for sub in ("xml_annotations", "images_png"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    path = folder / "xml_annotations" / f"{name}.xml"
    path.write_text(f"<annotation>{size}{''.join(items)}</annotation>")
    (folder / "images_png" / f"{name}.png").write_bytes(encode_png(np.zeros((10, 20), np.uint8)))
    return path


def read_one(folder: Path, *items: str) -> Symbols:
    write_page(folder, "p", *items)
    return Dataset(folder).symbols(0)


def test_v1_as_published(tmp_path: Path) -> None:
    """The layout that v1's own detector reads."""
    detection, lists = tmp_path / "segmentation_detection", tmp_path / "train_val_test"
    for name in ("a", "b", "c"):
        write_page(detection, name, item("flag8thUp"), item("gClef"))
    lists.mkdir()
    (lists / "train.txt").write_text("0,a\n1,gone\n")
    (lists / "test.txt").write_text("0,c \n")
    (tmp_path / "DeepScores_classification").mkdir()
    (tmp_path / "DeepScores_classification" / "class_names.csv").write_text("0,gClef\n117,flag8thUp\n")
    dataset = Dataset(tmp_path)
    assert [(entry.name, entry.split) for entry in dataset.entries] == [
        ("a", "train"),
        ("b", ""),
        ("c", "test"),
    ]
    symbols = dataset[0].symbols
    assert symbols.label.tolist() == [117, 0]
    assert symbols.box.tolist() == [[2, 2.5, 10, 7.5]] * 2
    assert symbols.id.tolist() == [1, 2]
    assert symbols.position.tolist() == [ABSENT, ABSENT]
    assert np.isnan(symbols.onset).all()


def test_v1_extended_as_published(tmp_path: Path) -> None:
    tags = "<onset> 1.5</onset><duration>0.25</duration><rel_position>-3</rel_position>"
    tags += "<instance>#00010a</instance>"
    write_page(tmp_path, "a", item("noteheadBlackOnline", more=tags), item(more="<instance>3</instance>"))
    (tmp_path / "pix_annotations_png").mkdir()
    (tmp_path / "pix_annotations_png" / "a_seg.png").write_bytes(encode_png(np.full((10, 20), 5, np.uint8)))
    (tmp_path / "class_names.csv").write_text(
        "id,name,blacklist\n35,noteheadBlackOnline,FALSE\n52,stem,FALSE\n"
    )
    (tmp_path / "train_names.csv").write_text("0,b\n")
    (tmp_path / "test_names.csv").write_text("0,a\n")
    dataset = Dataset(tmp_path)
    symbols = dataset[0].symbols
    assert dataset.entries[0].split == "test"
    assert symbols.label.tolist() == [35, 52]
    assert symbols.id.tolist() == [0x10A, 3]
    assert (symbols.onset[0], symbols.duration[0], symbols.position[0]) == (1.5, 0.25, -3)
    source = DeepScoresV1Source(tmp_path, ReadOptions())
    assert (source.class_image(source.entries[0]) == 5).all()


@pytest.mark.parametrize("instances", [("1", "70000"), ("1", ""), ("#000000", "#000001"), ("-5", "3")])
def test_instances_that_are_no_ids_are_not_used(tmp_path: Path, instances: tuple[str, str]) -> None:
    items = (item(more=f"<instance>{instance}</instance>") for instance in instances)
    assert read_one(tmp_path, *items).id.tolist() == [1, 2]


@pytest.mark.parametrize(("name", "text"), [("classes.csv", "id,name\n4,x\n"), ("class_names.csv", "4,x\n")])
def test_classes_beside(tmp_path: Path, name: str, text: str) -> None:
    write_page(tmp_path, "p", item("x"))
    (tmp_path / name).write_text(text)
    assert Dataset(tmp_path).symbols(0).label.tolist() == [4]
    wanted = Vocabulary.of([(9, "x")])
    assert Dataset(tmp_path, options=ReadOptions(vocabulary=wanted)).symbols(0).label.tolist() == [9]


def test_a_page_without_a_size_has_its_image_s(tmp_path: Path) -> None:
    write_page(tmp_path, "p", item(), size="")
    assert Dataset(tmp_path).symbols(0).box.tolist() == [[2, 2.5, 10, 7.5]]


def test_a_source_can_be_sent_to_a_worker(tmp_path: Path) -> None:
    write_page(tmp_path, "p", item())
    source = pickle.loads(pickle.dumps(DeepScoresV1Source(tmp_path, ReadOptions())))
    assert len(source.page(source.entries[0]).symbols) == 1


# Bad files.


def bad_box(**sides: Any) -> str:
    values = {"xmin": 0.1, "xmax": 0.5, "ymin": 0.25, "ymax": 0.75, **sides}
    return f"<bndbox>{''.join(f'<{tag}>{value}</{tag}>' for tag, value in values.items())}</bndbox>"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (item("smudge"), "its class 'smudge' is unknown"),
        (item(""), "its class '' is unknown"),
        (item(box=""), "it has no xmin"),
        (item(box=bad_box(ymax="x")), "its ymax is no number ('x')"),
        (item(box=bad_box(xmin="nan")), "its box is not made of numbers (nan, 2.5, 10, 7.5)"),
        (item(box=bad_box(xmin="-inf")), "its box is not made of numbers (-inf, 2.5, 10, 7.5)"),
        (item(box=bad_box(xmax=0.05)), "its box has a negative width or height (2, 2.5, 1, 7.5)"),
        (item(box=bad_box(ymin=-0.5)), "its box lies outside of the page (2, -5, 10, 7.5)"),
        (item(box=bad_box(xmax=1.2)), "its box lies outside of the page (2, 2.5, 24, 7.5)"),
        (item(box=bad_box(xmax=12)), "its box is not made of fractions of the page (0.1, 0.25, 12, 0.75)"),
        (item(more="<onset>soon</onset>"), "its onset is no number ('soon')"),
        (item(more="<onset>inf</onset>"), "its onset is no number (inf)"),
        (item(more="<rel_position>0.5</rel_position>"), "its rel_position is no whole number (0.5)"),
        (item(more="<rel_position>99999</rel_position>"), "its rel_position is no whole number (99999)"),
        (item(more="<instance>#red</instance>"), "its instance is neither a colour nor a number ('#red')"),
    ],
)  # fmt: skip
def test_bad_objects_are_told_of_or_left_out(tmp_path: Path, bad: str, message: str) -> None:
    path = write_page(tmp_path, "p", item(), bad)
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path)[0]
    assert caught.value.message == f"{path}: object 2: {message}"
    assert caught.value.remedy
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    assert len(dataset[0].symbols) == 1
    assert dataset.complaints.counts == {"symbols": 1}


def test_two_objects_are_not_one_instance(tmp_path: Path) -> None:
    one = item(more="<instance>#000007</instance>")
    path = write_page(tmp_path, "p", one, one)
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path)[0]
    assert caught.value.message == f"{path}: object 2: object 1 is the same instance"
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    assert dataset[0].symbols.id.tolist() == [7]


BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY c "&a;&a;">]><annotation>&c;</annotation>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<annotation><object>", "it is no well-formed XML"),
        ("", "it is no well-formed XML"),
        (BOMB, "it defines a document type of its own"),
        (
            "<annotation><size><width>0</width><height>9</height></size></annotation>",
            "its size is none (0 x 9)",
        ),
        ("<annotation><size><width>nan</width><height>9</height></size></annotation>", "its size is none"),
    ],
)
def test_bad_files_are_told_of_or_left_out(tmp_path: Path, text: str, message: str) -> None:
    write_page(tmp_path, "a", item())
    path = write_page(tmp_path, "b")
    path.write_text(text)
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path)[1]
    assert caught.value.message.startswith(f"{path}: ")
    assert message in caught.value.message
    assert caught.value.remedy
    dataset = Dataset(tmp_path, options=ReadOptions(keep_going=True))
    assert [page.name for page in dataset] == ["a"]
    assert dataset.complaints.counts == {"pages": 1}


def symbols_or_error(folder: Path, options: ReadOptions) -> Symbols | DatasetError:
    try:
        return Dataset(folder, options=options).symbols(0)
    except DatasetError as error:
        return error


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_read_or_told_of(tmp_path: Path, seed: int) -> None:
    tags = (
        "<onset>1.5</onset><duration>1</duration><rel_position>3</rel_position><instance>#000003</instance>"
    )
    path = write_page(tmp_path, "p", item(), item("gClef", more=tags), item(more="<instance>7</instance>"))
    path.write_text(mutate(path.read_text(), "musicxml", random.Random(seed)), errors="surrogatepass")
    for keep_going in (False, True):
        found = symbols_or_error(tmp_path, ReadOptions(keep_going))
        if isinstance(found, DatasetError):
            assert str(tmp_path) in found.message
            assert found.remedy
        else:
            assert len(set(found.id.tolist())) == len(found) <= 6


def test_images_that_are_missing_or_of_another_size(tmp_path: Path) -> None:
    write_page(tmp_path, "p", item())
    image = tmp_path / "images_png" / "p.png"
    image.write_bytes(encode_png(np.zeros((10, 21), np.uint8)))
    with pytest.raises(DatasetError) as caught:
        Dataset(tmp_path)[0]
    assert caught.value.message == f"{image}: 21 x 10 pixels, its annotation says 20 x 10"
    image.unlink()
    with pytest.raises(DatasetError, match=f"^{image}: No such file"):
        Dataset(tmp_path)[0]
    assert len(Dataset(tmp_path).symbols(0)) == 1
    source = DeepScoresV1Source(tmp_path, ReadOptions())
    with pytest.raises(DatasetError, match="No such file"):
        source.class_image(source.entries[0])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("class_names.csv", "1,a\n1,b\n", "no list of classes"),
        ("class_names.csv", "1,a\nb\n", "no list of classes"),
        ("classes.csv", "1,a\n2,b\n", "no list of classes"),
        ("train_names.csv", "0,a\n" + "x" * 200_000, "no list of pages"),
    ],
)
def test_damaged_lists(tmp_path: Path, name: str, text: str, message: str) -> None:
    write_page(tmp_path, "p", item())
    (tmp_path / name).write_text(text)
    with pytest.raises(DatasetError, match=message) as caught:
        Dataset(tmp_path)
    assert str(tmp_path / name) in caught.value.message


def test_a_folder_without_annotations_is_none(tmp_path: Path) -> None:
    (tmp_path / "images_png").mkdir()
    assert not FORMAT.here(tmp_path)
    with pytest.raises(DatasetError, match="this is not DeepScores v1"):
        Dataset(tmp_path, format="deepscores_v1")
