"""YOLO in and out: boxes to a thousandth of a pixel, others' folders, others' readers, and bad files."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import supervision
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.ultralytics_check import check
from notehead import Dataset, Page, Symbols
from notehead.datasets.complaints import Complaints
from notehead.datasets.convert import ConvertOptions, LossWarning, convert
from notehead.datasets.formats import FORMATS
from notehead.datasets.formats.format import PARTS, parts_of
from notehead.datasets.formats.yolo.config import YoloConfig, read_config
from notehead.datasets.formats.yolo.labels import label_lines, read_labels
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError
from notehead.images import encode_png
from notehead.vocabulary import VOCABULARY, Vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols
from tests.support.parts import CLASSES, SPLIT, full_page, surviving

SIZE = (200, 100)
GOING = ReadOptions(keep_going=True)
FORMS = pytest.mark.parametrize("form", ["yolo", "yolo-obb"])


@contextmanager
def silent() -> Iterator[None]:
    """What a format cannot hold is said by a test of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        yield


def written(folder: Path, form: str, *pages: Page, split: str = "train") -> Path:
    vocabulary = pages[0].symbols.vocabulary if pages else VOCABULARY
    with silent():
        return convert(Dataset(MemorySource(pages, vocabulary, split)), folder / form, form).folder


def by_hand(folder: Path, labels: str = "", config: str = "", image: bytes | None = None) -> Path:
    """A dataset of one page of 200 x 100 pixels as anybody may have one: `a.png` and its labels."""
    for place in ("images/train", "labels/train"):
        (folder / place).mkdir(parents=True)
    pixels = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    (folder / "images/train/a.png").write_bytes(encode_png(pixels) if image is None else image)
    (folder / "labels/train/a.txt").write_text(labels)
    config = config or "train: images/train\nval: images/train\nnames: [stem, beam]\n"
    (folder / "data.yaml").write_text(config)
    return folder


def hull(symbols: Symbols, size: tuple[int, int]) -> NDArray[np.float64]:
    """The upright boxes that turned ones fill, on the page."""
    corners = symbols.corners
    box = np.hstack((corners.min(axis=1, initial=1e9), corners.max(axis=1, initial=-1e9)))
    cut: NDArray[np.float64] = np.clip(box.reshape(-1, 4), 0, (*size, *size))
    return cut


# There and back.


@FORMS
@given(data=st.data())
@settings(max_examples=25)
def test_pages_come_back(form: str, data: st.DataObject) -> None:
    vocabulary = data.draw(st.sampled_from([VOCABULARY, CLASSES]))
    symbols = data.draw(random_symbols(vocabulary=vocabulary))
    scores = data.draw(st.lists(st.integers(0, 10**6), min_size=len(symbols), max_size=len(symbols)))
    page = blank_page("page", symbols.replace(score=np.array(scores, np.float64) / 1e6))
    with tempfile.TemporaryDirectory() as folder:
        (back,) = Dataset(written(Path(folder), form, page))
    boxes = hull(symbols, (300, 200)) if form == "yolo-obb" else symbols.box
    assert np.abs(back.symbols.box - boxes).max(initial=0) < 1e-3
    assert back.symbols.label.tolist() == symbols.label.tolist()
    assert back.symbols.names == symbols.names
    assert [(row.id, row.name) for row in back.symbols.vocabulary.classes] == [
        (row.id, row.name) for row in vocabulary.classes
    ]
    assert back.symbols.score.tolist() == pytest.approx(page.symbols.score.tolist(), abs=1e-6)
    assert np.array_equal(back.image, page.image)
    if form == "yolo-obb":
        assert np.abs(back.symbols.corners - symbols.corners).max(initial=0) < 1e-3


@given(symbols=random_symbols(size=(6000, 6000), most=30), oriented=st.booleans())
@settings(max_examples=40)
def test_boxes_of_large_pages_come_back_to_a_thousandth(*, symbols: Symbols, oriented: bool) -> None:
    size = (6000, 6000)
    config = YoloConfig(Path("data.yaml"), Path(), VOCABULARY, ())
    index = np.arange(max(VOCABULARY.by_id) + 1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.txt")
        file.write_bytes(label_lines(symbols, size, index, oriented=oriented))
        back = read_labels(file, size, config, Complaints(), oriented=oriented)
    wanted = hull(symbols, size) if oriented else symbols.box
    assert np.abs(back.box - wanted).max(initial=0) < 1e-3


@FORMS
def test_what_is_said_to_come_back_does_and_nothing_else(form: str, tmp_path: Path) -> None:
    page = full_page()
    assert parts_of(page) == set(PARTS) - {"split", "class ids"}
    dataset = Dataset(written(tmp_path, form, page, split=SPLIT))
    assert surviving(page, SPLIT, dataset) == set(FORMATS[form].holds)


def test_what_is_lost_is_said(tmp_path: Path) -> None:
    with pytest.warns(LossWarning, match="yolo cannot hold .*ids.*oriented boxes"):
        convert(Dataset(MemorySource([full_page()], CLASSES)), tmp_path / "yolo", "yolo")


@FORMS
def test_the_same_pages_give_the_same_bytes(form: str, tmp_path: Path) -> None:
    pages = [disc_page(f"page{number}") for number in range(3)]
    one, other = written(tmp_path / "1", form, *pages), written(tmp_path / "2", form, *pages)
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert len(files) == 8
    assert all((one / file).read_bytes() == (other / file).read_bytes() for file in files)


def test_workers_write_the_same(tmp_path: Path) -> None:
    pages = [disc_page(f"page{number}") for number in range(3)]
    one = written(tmp_path / "1", "yolo", *pages)
    with silent():
        other = convert(
            Dataset(MemorySource(pages)), tmp_path / "2", "yolo", ConvertOptions(workers=2)
        ).folder
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert all((one / file).read_bytes() == (other / file).read_bytes() for file in files)


@FORMS
def test_a_dataset_can_be_sent_to_a_worker(form: str, tmp_path: Path) -> None:
    dataset = Dataset(written(tmp_path, form, disc_page()))
    sent = pickle.loads(pickle.dumps(dataset))
    assert np.array_equal(sent[0].symbols.box, dataset[0].symbols.box)


@pytest.mark.parametrize(
    ("splits", "places"),
    [
        (["train", "test"], {"train": "train", "val": "test", "test": "test"}),
        (["train", "val", "test"], {"train": "train", "val": "val", "test": "test"}),
        (["train"], {"train": "train", "val": "train"}),
        (["test"], {"train": "test", "val": "test", "test": "test"}),
        ([""], {"train": "all", "val": "all", "all": "all"}),
        (["", "fold 1", "train"], {"train": "train", "val": "train", "all": "all", "fold 1": "fold 1"}),
        ([], {"train": "train", "val": "train"}),
    ],
)
def test_splits_come_back_and_ultralytics_finds_its_keys(
    splits: list[str], places: dict[str, str], tmp_path: Path
) -> None:
    pages = [disc_page(f"page{number}") for number in range(len(splits))]
    source = MemorySource(pages)
    source.entries = [
        type(entry)(entry.name, split) for entry, split in zip(source.entries, splits, strict=True)
    ]
    with silent():
        folder = convert(Dataset(source), tmp_path / "yolo", "yolo").folder
    document = yaml.safe_load((folder / "data.yaml").read_text())
    names = document.pop("names")
    assert names == dict(enumerate(VOCABULARY))
    assert document == {key: f"images/{place}" for key, place in places.items()}
    back = Dataset(folder)
    assert sorted(entry.split for entry in back.entries) == sorted(splits)
    assert len({entry.name for entry in back.entries}) == len(splits)


def test_a_page_without_symbols_has_an_empty_file(tmp_path: Path) -> None:
    folder = written(tmp_path, "yolo", blank_page("white", Symbols()))
    assert (folder / "labels/train/white.txt").read_bytes() == b""
    assert len(Dataset(folder)[0].symbols) == 0


def test_class_names_that_yaml_could_mistake_come_back(tmp_path: Path) -> None:
    names = ["no", "null", "1", "1.5", "a: b", "# c", "ß", "", " d ", "[e", "2020-01-01", "'f'"]
    vocabulary = Vocabulary.of(enumerate(names, start=3))
    page = disc_page("page", vocabulary, len(names) and 5)
    folder = written(tmp_path, "yolo", page)
    assert list(yaml.safe_load((folder / "data.yaml").read_text())["names"].values()) == names
    (folder / "classes.csv").unlink()
    assert list(Dataset(folder).vocabulary) == names


def test_thin_boxes_survive_and_boxes_are_cut_at_the_edge(tmp_path: Path) -> None:
    boxes = [[10, 10, 10, 40], [5, 7, 5, 7], [-1, -50, 30, 40], [180, 20, 203, 101]]
    page = blank_page("page", Symbols.build(["stem"] * 4, np.array(boxes)), SIZE)
    (back,) = Dataset(written(tmp_path, "yolo", page))
    cut = [[10, 10, 10, 40], [5, 7, 5, 7], [0, 0, 30, 40], [180, 20, 200, 100]]
    assert back.symbols.box == pytest.approx(np.array(cut), abs=1e-5)
    assert "-" not in (tmp_path / "yolo/labels/train/page.txt").read_text()


def test_turned_boxes_may_leave_the_page_at_their_corners_only(tmp_path: Path) -> None:
    near = [[[-4, 10], [6, 0], [16, 10], [6, 20]], [[150, 50], [300, 50], [300, 60], [150, 60]]]
    boxes = [[0, 2, 12, 18], [150, 50, 200, 60]]
    page = blank_page("page", Symbols.build(["beam"] * 2, np.array(boxes), corners=near), SIZE)
    (back,) = Dataset(written(tmp_path, "yolo-obb", page))
    assert back.symbols.corners[0] == pytest.approx(np.array(near[0]), abs=1e-5)
    assert back.symbols.box == pytest.approx(np.array([[0, 0, 16, 20], [150, 50, 200, 60]]), abs=1e-5)


# Others' readers.


def some_pages() -> list[Page]:
    """Pages with straight and turned boxes, and one without any."""
    boxes = [[10, 20, 60, 45.5], [0, 0, 200, 100], [150.25, 3, 151.5, 90], [10, 20, 60, 45.5]]
    corners = Symbols.build(["stem"] * 4, np.array(boxes)).corners.copy()
    corners[0] = [[20, 20], [60, 40], [50, 45], [10, 25]]
    symbols = Symbols.build(
        ["noteheadBlackOnLine", "beam", "stem", "flag8thUp"], np.array(boxes), corners=corners
    )
    return [blank_page("a", symbols, SIZE), disc_page("b"), blank_page("c", Symbols(), SIZE)]


@FORMS
def test_supervision_reads_the_same(form: str, tmp_path: Path) -> None:
    pages = some_pages()
    folder = written(tmp_path, form, *pages)
    found = supervision.DetectionDataset.from_yolo(
        images_directory_path=str(folder / "images/train"),
        annotations_directory_path=str(folder / "labels/train"),
        data_yaml_path=str(folder / "data.yaml"),
        is_obb=form == "yolo-obb",
    )
    assert found.classes == list(VOCABULARY)
    assert len(found) == 3
    for page in pages:
        path, image, detections = next(item for item in found if Path(item[0]).stem == page.name)
        assert image.shape[:2] == page.image.shape, path
        boxes = hull(page.symbols, (page.width, page.height)) if form == "yolo-obb" else page.symbols.box
        assert detections.xyxy == pytest.approx(boxes, abs=1e-3)
        if len(page.symbols):
            assert [found.classes[number] for number in np.asarray(detections.class_id)] == page.symbols.names
            if form == "yolo-obb":
                turned = detections.data["xyxyxyxy"]
                assert turned == pytest.approx(page.symbols.corners, abs=1e-3)


ULTRALYTICS = os.environ.get("NOTEHEAD_ULTRALYTICS", "")


@pytest.mark.skipif(not ULTRALYTICS, reason="NOTEHEAD_ULTRALYTICS names no Python that has Ultralytics")
@FORMS
def test_ultralytics_takes_it(form: str, tmp_path: Path) -> None:
    pages = some_pages()
    source = MemorySource(pages)
    source.entries = [
        type(entry)(entry.name, split)
        for entry, split in zip(source.entries, ["train", "test", "train"], strict=True)
    ]
    with silent():
        folder = convert(Dataset(source), tmp_path / form, form).folder
    found = check(folder, ULTRALYTICS)
    assert found["task"] == ("obb" if form == "yolo-obb" else "detect")
    assert list(found["names"].values()) == list(VOCABULARY)
    assert found["splits"]["val"] == found["splits"]["test"]
    for split, images, boxes in (("train", 2, 4), ("test", 1, 5)):
        said = found["splits"][split]
        assert (said["images"], said["boxes"]) == (images, boxes)
        assert said["outlines"] == (boxes if form == "yolo-obb" else 0)
        assert said["background"] == images - 1
        assert (said["corrupt"], said["messages"]) == (0, [])


@pytest.mark.skipif(not ULTRALYTICS, reason="NOTEHEAD_ULTRALYTICS names no Python that has Ultralytics")
@FORMS
def test_ultralytics_takes_engraved_pages(form: str, dataset_folder: Path, tmp_path: Path) -> None:
    dataset = Dataset(dataset_folder)
    with silent():
        folder = convert(dataset, tmp_path / form, form).folder
    found = check(folder, ULTRALYTICS)["splits"]
    counts = {split: said["boxes"] for split, said in found.items()}
    names = {"val": "test"} if "val" not in {entry.split for entry in dataset.entries} else {}
    for split, said in found.items():
        symbols = [
            symbols for entry, symbols in dataset.annotations() if entry.split == names.get(split, split)
        ]
        assert said["corrupt"] == 0
        # It takes symbols of one class in one place for one.
        assert said["images"] == len(symbols)
        assert 0.9 * sum(map(len, symbols)) < counts[split] <= sum(map(len, symbols))


# Others' folders.


def test_a_folder_of_ultralytics(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "1 0.5 0.5 0.25 0.5\n0 0.25 0.1 0.1 0.2 0.875\n")
    dataset = Dataset(folder)
    page = dataset["a"]
    assert page.symbols.names == ["beam", "stem"]
    assert page.symbols.label.tolist() == [1, 0]
    assert page.symbols.box == pytest.approx(np.array([[75, 25, 125, 75], [40, 0, 60, 20]]))
    assert page.symbols.score.tolist() == [1.0, 0.875]
    assert dataset.symbols("a").box.tolist() == page.symbols.box.tolist()
    assert [entry.split for entry in dataset.entries] == ["train"]


def test_the_file_may_be_given_itself(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "0 0.5 0.5 0.25 0.5\n")
    (folder / "data.yaml").rename(folder / "other.yml")
    assert len(Dataset(folder / "other.yml")[0].symbols) == 1
    assert len(Dataset(folder)[0].symbols) == 1


@pytest.mark.parametrize(
    "names",
    [
        "[stem, beam]",
        "{0: stem, 1: beam}",
        "\n- stem\n- beam",
        '\n  "1": beam\n  "0": stem',
        "[stem , beam]",
    ],
)
def test_names_are_a_list_or_a_map(names: str, tmp_path: Path) -> None:
    folder = by_hand(
        tmp_path, "1 0.5 0.5 0.1 0.1\n", f"train: images/train\nval:\ntest: null\nnames: {names}\n"
    )
    dataset = Dataset(folder)
    assert [(row.id, row.name) for row in dataset.vocabulary.classes] == [(0, "stem"), (1, "beam")]
    assert dataset[0].symbols.names == ["beam"]


@pytest.mark.parametrize("path", ["", "path: .\n", "path: /nowhere/at/all\n", "path: ../datasets/coco8\n"])
@pytest.mark.parametrize(
    "train", ["images/train", "./images/train", "../images/train", "[images/train]", "images"]
)
def test_where_images_are(path: str, train: str, tmp_path: Path) -> None:
    folder = by_hand(
        tmp_path / "set", "0 0.5 0.5 0.25 0.5\n", f"{path}train: {train}\nval: null\nnames: [stem]\n"
    )
    (entry,) = Dataset(folder).entries
    assert (entry.name, entry.split) == ("a", "train")
    assert len(Dataset(folder)[0].symbols) == 1


def test_images_may_lie_wherever_the_user_wrote(tmp_path: Path) -> None:
    there = by_hand(tmp_path / "there", "0 0.5 0.5 0.25 0.5\n")
    here = tmp_path / "here.yaml"
    here.write_text(f"path: {there}\ntrain: images/train\nval: {there}/images/train\nnames: [stem]\n")
    assert len(Dataset(here)[0].symbols) == 1
    assert len(Dataset(here)) == 1


@pytest.mark.parametrize("start", ["./", "", "{folder}/", "../"])
def test_a_text_file_may_list_the_images(start: str, tmp_path: Path) -> None:
    config = "train: lists/train.txt\nval: lists/train.txt\nnames: [stem]\n"
    folder = by_hand(tmp_path, "0 0.5 0.5 0.25 0.5\n", config)
    (folder / "lists").mkdir()
    (folder / "lists/train.txt").write_text(f"{start.format(folder=folder)}images/train/a.png\n\n")
    assert len(Dataset(folder)["a"].symbols) == 1


def test_images_and_labels_may_lie_side_by_side(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "0 0.5 0.5 0.25 0.5\n", "train: train\nval: train\nnames: [stem]\n")
    (folder / "images/train").rename(folder / "train")
    shutil.move(folder / "labels/train/a.txt", folder / "train/a.txt")
    (folder / "train/README.txt").write_text("read me")
    assert [entry.name for entry in Dataset(folder).entries] == ["a"]
    assert len(Dataset(folder)[0].symbols) == 1


def test_a_folder_without_yaml_has_its_classes_in_a_list(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "1 0.5 0.5 0.25 0.5\n")
    (folder / "data.yaml").unlink()
    (folder / "classes.txt").write_text("stem\nbeam\n")
    (entry,) = Dataset(folder).entries
    assert (entry.name, entry.split) == ("a", "train")
    assert Dataset(folder)[0].symbols.names == ["beam"]
    for kind in ("images", "labels"):
        for file in (folder / kind / "train").iterdir():
            file.rename(folder / kind / file.name)
        (folder / kind / "train").rmdir()
    (entry,) = Dataset(folder).entries
    assert (entry.name, entry.split) == ("a", "")


def test_pages_of_one_name_get_a_number(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, config="train: images/train\nval: images/val\nnames: [stem]\n")
    shutil.copytree(folder / "images/train", folder / "images/val")
    shutil.copy(folder / "images/train/a.png", folder / "images/train/a-2.png")
    assert [(entry.name, entry.split) for entry in Dataset(folder).entries] == [
        ("a-2", "train"), ("a", "train"), ("a-3", "val"),
    ]  # fmt: skip


def test_outlines_count_by_their_boxes_and_poses_by_theirs(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "0 0.1 0.2 0.3 0.1 0.2 0.6\n1 0.1 0.2 0.3 0.1 0.2 0.6 0.5 0.5 0.75\n")
    symbols = Dataset(folder)[0].symbols
    assert symbols.box == pytest.approx(np.array([[20, 10, 60, 60], [20, 10, 100, 60]]))
    assert symbols.score.tolist() == [1, 0.75]
    posed = "kpt_shape: [2, 3]\ntrain: images/train\nval: images/train\nnames: [stem]\n"
    folder = by_hand(tmp_path / "pose", "0 0.5 0.5 0.2 0.2 0.4 0.4 2 0.6 0.6 1\n", posed)
    assert Dataset(folder)[0].symbols.box == pytest.approx(np.array([[80, 40, 120, 60]]))


def test_classes_may_be_written_as_fractions_are(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "1.000000e+00 0.5 0.5 0.25 0.5\n")
    assert Dataset(folder)[0].symbols.names == ["beam"]


def test_an_image_without_labels_is_a_blank_page(tmp_path: Path) -> None:
    folder = by_hand(tmp_path)
    (folder / "labels/train/a.txt").unlink()
    assert len(Dataset(folder)[0].symbols) == 0


CORNERS = "0 0.1 0.1 0.2 0.1 0.2 0.3 0.1 0.3"


@pytest.mark.parametrize(
    ("labels", "config", "form"),
    [
        (CORNERS, "", "yolo-obb"),
        (f"{CORNERS} 0.5", "", "yolo-obb"),
        ("0 0.5 0.5 0.1 0.1", "", "yolo"),
        ("", "", "yolo"),
        ("0 0.1 0.2 0.3 0.1 0.2 0.6", "", "yolo"),
        (CORNERS, "task: segment\n", "yolo"),
        ("", "task: obb\n", "yolo-obb"),
    ],
)
def test_oriented_boxes_are_found_out(labels: str, config: str, form: str, tmp_path: Path) -> None:
    config += "train: images/train\nval: images/train\nnames: [stem]\n"
    folder = by_hand(tmp_path, labels, config)
    (folder / "labels/train/empty.txt").write_text("")
    assert next(name for name in ("yolo-obb", "yolo") if FORMATS[name].here(folder)) == form
    assert Dataset(folder)[0].symbols.vocabulary.by_id[0].name == "stem"


def test_oriented_boxes_can_be_read_as_upright_ones(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, CORNERS)
    assert Dataset(folder)[0].symbols.corners[0] == pytest.approx(
        np.array([[20, 10], [40, 10], [40, 30], [20, 30]])
    )
    assert Dataset(folder, format="yolo")[0].symbols.box == pytest.approx(np.array([[20, 10, 40, 30]]))


# Bad files.


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("2 0.5 0.5 0.1 0.1", "class 2 is unknown: data.yaml has 0 to 1"),
        ("-1 0.5 0.5 0.1 0.1", "class -1 is unknown"),
        ("0.5 0.5 0.5 0.1 0.1", "class 0.5 is unknown"),
        ("nan 0.5 0.5 0.1 0.1", "class nan is unknown"),
        ("stem 0.5 0.5 0.1 0.1", "it is not made of numbers"),
        ("0 0.5 nan 0.1 0.1", "its box is not made of numbers"),
        ("0 0.5 inf 0.1 0.1", "its box is not made of numbers"),
        ("0 0.5 0.5 -0.1 0.1", "its box has a negative width or height"),
        ("0 0.99 0.5 0.1 0.1", "its box lies outside of the page"),
        ("0 100 50 20 20", "its box lies outside of the page"),
        ("0 0.5 0.5 0.1", "it has 4 numbers, not 5 or 6"),
        ("0", "it has 1 numbers"),
        ("0 0.5 0.5 0.1 0.1 7", "its confidence 7 is not from 0 to 1"),
        ("0 0.5 0.5 0.1 0.1 nan", "its confidence nan"),
        ("\0\0\0\0", "it is not made of numbers"),
        ("ÿþ", "it is not made of numbers"),
    ],
)
def test_a_bad_line_is_named_or_left_out(line: str, cause: str, tmp_path: Path) -> None:
    good = "0 0.5 0.5 0.1 0.1"
    folder = by_hand(tmp_path)
    (folder / "labels/train/a.txt").write_bytes(f"{good}\n\n{line}\n{good}".encode("latin-1", "replace"))
    with pytest.raises(DatasetError, match=r"labels/train/a\.txt: line 3: ") as caught:
        Dataset(folder)[0]
    assert cause in str(caught.value)
    dataset = Dataset(folder, options=GOING)
    assert len(dataset[0].symbols) == 2
    assert dataset.complaints.counts["symbols"] == 1


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("0 0.5 0.5 0.1 0.1", "it has 5 numbers, not 9 or 10"),
        ("0 0.1 0.1 0.2 0.1 0.2 0.3", "it has 7 numbers, not 9 or 10"),
        ("0 0.1 nan 0.2 0.1 0.2 0.3 0.1 0.3", "not made of numbers"),
        ("0 10 10 20 10 20 30 10 30", "outside of the page"),
        ("0 -0.9 0.1 0.2 0.1 0.2 0.3 -0.9 0.3", "outside of the page"),
    ],
)
def test_a_bad_line_of_corners(line: str, cause: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path, f"{CORNERS}\n{line}\n")
    with pytest.raises(DatasetError, match=r"a\.txt: line 2: ") as caught:
        Dataset(folder)[0]
    assert cause in str(caught.value)
    assert len(Dataset(folder, options=GOING)[0].symbols) == 1


words = st.sampled_from(
    ["0", "1", "0.5", "0.25", "-1", "1e308", "-1e308", "inf", "nan", "1e-320", "x", "1_0"]
)
lines = st.lists(st.lists(words, max_size=11).map(" ".join), max_size=4).map("\n".join).map(str.encode)


@FORMS
@given(data=lines | st.binary(max_size=60))
@settings(max_examples=150)
def test_any_bytes_can_stand_in_a_label_file(form: str, data: bytes) -> None:
    config = YoloConfig(Path("data.yaml"), Path(), Vocabulary.of([(0, "stem"), (1, "beam")]), ())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.txt")
        file.write_bytes(data)
        symbols = read_labels(file, SIZE, config, Complaints(keep_going=True), oriented=form == "yolo-obb")
    assert np.isfinite(symbols.box).all()
    assert (symbols.box >= -1).all()
    assert (symbols.box <= (201, 101, 201, 101)).all()


@given(text=st.text("trainvlesmho:-[]{}#&*!|>?% 01,'\"\n\t/.\0é\ud800", max_size=60))
@settings(max_examples=150)
def test_any_text_can_stand_in_a_yaml(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "data.yaml")
        file.write_bytes(f"train: images\nnames: [stem]\n{text}".encode("utf-8", "surrogatepass"))
        with suppress(DatasetError):
            assert list(read_config(file).vocabulary) == ["stem"]


def test_a_label_file_that_is_cut_off(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.")
    with pytest.raises(DatasetError, match="line 2: it has 4 numbers"):
        Dataset(folder)[0]


def test_a_label_file_without_an_image_is_a_bad_page(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "0 0.5 0.5 0.1 0.1\n")
    (folder / "labels/train/b.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    assert [entry.name for entry in Dataset(folder).entries] == ["a", "b"]
    with pytest.raises(DatasetError, match=r"b\.txt: there is no image to it"):
        list(Dataset(folder))
    dataset = Dataset(folder, options=GOING)
    assert [entry.name for entry, _ in dataset.annotations()] == ["a"]
    assert dataset.complaints.counts["pages"] == 1


@pytest.mark.parametrize("what", ["gone", "empty", "cut off"])
def test_an_image_that_cannot_be_used_is_a_bad_page(what: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "0 0.5 0.5 0.1 0.1\n", "train: a.txt\nval: a.txt\nnames: [stem]\n")
    (folder / "a.txt").write_text("images/train/a.png\n")
    image = folder / "images/train/a.png"
    data = image.read_bytes()
    image.write_bytes(data[:40] if what == "cut off" else b"")
    if what == "gone":
        image.unlink()
    with pytest.raises(DatasetError, match=r"a\.png: "):
        Dataset(folder)[0]
    assert list(Dataset(folder, options=GOING)) == []


BASE = "train: images/train\nval: images/train\n"


@pytest.mark.parametrize(
    ("config", "cause"),
    [
        (BASE, "it has no names"),
        (BASE + "names: []\n", "it has no names"),
        (BASE + "names: stem\n", "it has no names"),
        (BASE + "names: [stem, stem]\n", "two classes have the name 'stem'"),
        (BASE + "names: {0: stem, 0: beam}\n", "'0' is there twice"),
        (BASE + "names: {0: stem, 00: beam}\n", "two classes have the id 0"),
        (BASE + "names: {a: stem}\n", "names: "),
        (BASE + "names: {-1: stem}\n", "names: the id of a class is not from 0"),
        (BASE + f"names:\n  ? {'9' * 5000}\n  : stem\n", "names: "),
        (BASE + "names: [[stem]]\n", "is no name"),
        (BASE + "names: [stem, be", "line 3: "),
        (BASE + "names: &a [stem, *a]\n", "line 3: aliases are not used here"),
        (BASE + "names: " + "[" * 20_000, "it is no YAML"),
        (BASE + "names: !!python/object/apply:os.system ['true']\nnames: [a]", "'names' is there twice"),
        (BASE + "? [a, b]\n: c\nnames: [stem]\n", "line 3: "),
        (BASE + "names: [stem]\nname\ttrain: \x07", "it is no YAML"),
        (BASE + "names: [st\xffem]\n", "it is not text in UTF-8"),
        (BASE + "names: [stem]\n" + "# " + "x" * 2**18, "it is larger than"),
        ("train: ../../etc\nnames: [stem]\n", "train: ../../etc leads out of the dataset's folder"),
        ("train: [images/train, ../../../etc]\nnames: [stem]\n", "leads out"),
        ("train: {a: b}\nnames: [stem]\n", "is no path"),
        ('train: "a\\0b"\nnames: [stem]\n', "is no path"),
        ("train: images/nowhere\nnames: [stem]\n", "no images are where it says"),
        ("nc: 1\nnames: [stem]\n", "no images are where it says (it says nothing)"),
    ],
)
def test_a_bad_yaml_is_said_to_be_one(config: str, cause: str, tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "a" / "b" / "c", "0 0.5 0.5 0.1 0.1\n")
    (folder / "data.yaml").write_bytes(config.encode("latin-1"))
    with pytest.raises(DatasetError, match=r"data\.yaml: ") as caught:
        Dataset(folder)
    assert cause in str(caught.value)
    assert caught.value.remedy


def test_a_path_that_no_disk_can_have(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "", f"train: {'x' * 300}\nnames: [stem]\n")
    with pytest.raises(
        DatasetError, match=r"x: File name too long\. Check the path, and those in data\.yaml"
    ):
        Dataset(folder)


def test_yaml_makes_no_objects(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "", BASE + "names: !!python/object/apply:os.system ['touch hacked']\n")
    assert list(Dataset(folder).vocabulary) == ["touch hacked"]
    assert not Path("hacked").exists()


def test_a_list_that_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder = by_hand(tmp_path / "set", "", "train: list.txt\nval: list.txt\nnames: [stem]\n")
    (folder / "list.txt").write_text("images/train/a.png\n../secret.png\n")
    with pytest.raises(DatasetError, match=r"list\.txt: \.\./secret\.png leads out"):
        Dataset(folder)


def test_a_folder_without_anything(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no data\.yaml"):
        Dataset(tmp_path, format="yolo")


def test_classes_that_contradict_the_labels(tmp_path: Path) -> None:
    folder = by_hand(tmp_path)
    (folder / "classes.csv").write_text("id,name\n4,beam\n9,stem\n")
    with pytest.raises(DatasetError, match=r"classes\.csv: it names other classes than data\.yaml"):
        Dataset(folder)
    (folder / "classes.csv").write_text("id,name\n4,stem\n")
    with pytest.raises(DatasetError, match="other classes"):
        Dataset(folder)
    (folder / "classes.csv").write_text("id,name\nx,stem\n")
    with pytest.raises(DatasetError, match="no list of classes"):
        Dataset(folder)


@pytest.mark.parametrize(
    ("name", "split", "cause"),
    [
        ("../page", "train", "'../page' cannot be the name of a page's file"),
        ("page", "../train", "'../train' cannot be the name of a split's file"),
        ("page", "names", "'names' cannot be a split"),
    ],
)
def test_names_that_cannot_be_files(name: str, split: str, cause: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=cause):
        written(tmp_path / "in", "yolo", disc_page(name), split=split)
    assert list(tmp_path.rglob("*.png")) == []
