"""Semantic segmentation: figures by hand and by another computation, pages paired with predictions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import convert
from notehead.errors import DatasetError
from notehead.evaluate.label_images import page_labels, read_class_image
from notehead.evaluate.pixel_figures import SegmentationFigures
from notehead.evaluate.segmentation import (
    MOST_CLASSES,
    SegmentationCounter,
    SegmentationOptions,
    segmentation_figures,
)
from notehead.images import encode_png
from notehead.vocabulary import Vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page

Labels = NDArray[np.int64]

ABC = Vocabulary.of([(7, "a"), (3, "b"), (9, "c"), (1, "d")])
TRUTH = np.array([[0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 2, 2]])
FOUND = np.array([[0, 0, 0, 0, 1, 3], [1, 1, 1, 2, 2, 0]])


def counted(
    truth: NDArray[np.integer], found: NDArray[np.integer], options: SegmentationOptions | None = None
) -> SegmentationFigures:
    counter = SegmentationCounter(ABC, options)
    counter.add(truth, found)
    return counter.finish()


# Figures by hand.


def test_a_page_by_hand() -> None:
    """Class a has 4 true pixels, 4 predicted, 3 both; b has 2, 2, 1; c is predicted once; d is nowhere."""
    figures = counted(TRUTH, FOUND)
    assert (figures.pages, figures.pixels) == (1, 12)
    assert [(row.name, row.truth, row.predicted, row.hits) for row in figures.classes] == [
        ("a", 4, 4, 3),
        ("b", 2, 2, 1),
    ]
    a, b = figures.classes
    assert (a.iou, a.dice, a.accuracy, a.precision) == (3 / 5, 3 / 4, 3 / 4, 3 / 4)
    assert (b.iou, b.dice, b.accuracy, b.precision) == (1 / 3, 1 / 2, 1 / 2, 1 / 2)
    paper = figures.background
    assert (paper.truth, paper.predicted, paper.hits) == (6, 5, 4)
    assert paper.iou == 4 / 7
    assert [(row.name, row.truth, row.predicted) for row in figures.without_truth] == [("c", 0, 1)]
    assert figures.missing == ("d",)
    without, with_paper = figures.without_background, figures.with_background
    assert without.mean_iou == pytest.approx((3 / 5 + 1 / 3) / 2)
    assert without.mean_dice == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert without.mean_accuracy == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert without.weighted_iou == pytest.approx((4 * 3 / 5 + 2 * 1 / 3) / 6)
    assert without.pixel_accuracy == pytest.approx(4 / 6)
    assert with_paper.mean_iou == pytest.approx((3 / 5 + 1 / 3 + 4 / 7) / 3)
    assert with_paper.weighted_iou == pytest.approx((4 * 3 / 5 + 2 * 1 / 3 + 6 * 4 / 7) / 12)
    assert with_paper.pixel_accuracy == pytest.approx(8 / 12)


def test_where_background_is_ignored_symbols_on_paper_cost_nothing() -> None:
    figures = counted(TRUTH, FOUND, SegmentationOptions(ignore_background=True))
    assert figures.pixels == 6
    assert [(row.name, row.truth, row.predicted, row.hits) for row in figures.classes] == [
        ("a", 4, 3, 3),
        ("b", 2, 2, 1),
    ]
    assert figures.without_truth == ()
    assert figures.without_background == figures.with_background
    assert figures.without_background.mean_iou == pytest.approx((3 / 4 + 1 / 3) / 2)


def test_where_one_class_counts_the_others_are_paper() -> None:
    figures = counted(TRUTH, FOUND, SegmentationOptions(only=["b"]))
    assert [(row.name, row.truth, row.predicted, row.hits) for row in figures.classes] == [("b", 2, 2, 1)]
    assert (figures.background.truth, figures.background.predicted, figures.background.hits) == (10, 10, 9)
    assert (figures.without_truth, figures.missing) == ((), ())
    assert figures.pixels == 12


def test_means_are_over_classes_with_true_pixels() -> None:
    figures = counted(np.array([[1, 1]]), np.array([[2, 2]]))
    assert figures.without_background.mean_iou == 0
    assert [row.name for row in figures.without_truth] == ["b"]
    assert figures.with_background == figures.without_background, "there is no true paper here"


def test_without_any_true_pixel_there_is_no_average() -> None:
    figures = counted(np.zeros((2, 2), int), np.ones((2, 2), int))
    assert figures.without_background.mean_iou is None
    assert figures.with_background.mean_iou == 0
    empty = SegmentationCounter(ABC).finish()
    assert (empty.pages, empty.pixels, empty.with_background.pixel_accuracy) == (0, 0, None)
    assert "0 pages, 0 pixels" in empty.table()


# Figures by another computation.

labels = arrays(np.uint8, st.tuples(st.integers(0, 6), st.integers(0, 6)), elements=st.integers(0, 4))
pairs = labels.flatmap(
    lambda truth: st.tuples(st.just(truth), arrays(np.uint8, truth.shape, elements=st.integers(0, 4)))
)


def jaccard(truth: list[Labels], found: list[Labels], number: int) -> tuple[float, float] | None:
    """IoU and Dice from sets of pixels; None for a class without a true pixel."""
    one = {
        (k, *place)
        for k, image in enumerate(truth)
        for place in zip(*np.nonzero(image == number), strict=True)
    }
    other = {
        (k, *place)
        for k, image in enumerate(found)
        for place in zip(*np.nonzero(image == number), strict=True)
    }
    if not one:
        return None
    return len(one & other) / len(one | other), 2 * len(one & other) / (len(one) + len(other))


@given(pages=st.lists(pairs, max_size=3))
def test_sets_of_pixels_give_the_same(pages: list[tuple[Labels, Labels]]) -> None:
    counter = SegmentationCounter(ABC)
    for truth, found in pages:
        counter.add(truth, found)
    figures = counter.finish()
    truths, founds = [truth for truth, _ in pages], [found for _, found in pages]
    expected = {name: jaccard(truths, founds, k) for k, name in enumerate(("paper", *ABC))}
    paper = expected.pop("paper")
    assert {row.name: (row.iou, row.dice) for row in figures.classes} == {
        name: pytest.approx(values) for name, values in expected.items() if values is not None
    }
    known = [values for values in expected.values() if values is not None]
    for averages, rows in (
        (figures.without_background, known),
        (figures.with_background, known + ([paper] if paper else [])),
    ):
        if not rows:
            assert averages.mean_iou is None
        else:
            assert (averages.mean_iou, averages.mean_dice) == pytest.approx(tuple(np.mean(rows, axis=0)))
    if sum(truth.size for truth in truths):
        flat = [np.concatenate([image.ravel() for image in images]) for images in (truths, founds)]
        assert figures.with_background.pixel_accuracy == pytest.approx((flat[0] == flat[1]).mean())
        weights = [(flat[0] == k).mean() for k in range(5)]
        ious = [jaccard(truths, founds, k) for k in range(5)]
        expected_weighted = sum(w * iou[0] for w, iou in zip(weights, ious, strict=True) if iou)
        assert figures.with_background.weighted_iou == pytest.approx(expected_weighted)


@given(pages=st.lists(pairs, min_size=1, max_size=4))
def test_pages_may_come_in_any_order_or_as_one(pages: list[tuple[Labels, Labels]]) -> None:
    one, other, whole = (SegmentationCounter(ABC) for _ in range(3))
    for page in pages:
        one.add(*page)
    for page in reversed(pages):
        other.add(*page)
    whole.add(*(np.concatenate([page[k].ravel() for page in pages])[None] for k in (0, 1)))
    assert one.finish().to_json() == other.finish().to_json()
    assert one.finish().to_json() == {**whole.finish().to_json(), "pages": len(pages)}


@given(truth=labels)
def test_truth_against_itself_is_perfect(truth: Labels) -> None:
    figures = counted(truth, truth)
    assert figures.without_truth == ()
    for averages in (figures.without_background, figures.with_background):
        assert set(vars_of(averages)) <= {1.0, None}
    assert all(row.iou == row.dice == row.accuracy == row.precision == 1 for row in figures.classes)


def vars_of(averages: object) -> list[float | None]:
    return [getattr(averages, name) for name in averages.__slots__]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int64, np.uint64])
def test_label_images_are_of_any_integers(kind: type[np.integer]) -> None:
    assert counted(TRUTH.astype(kind), FOUND.astype(kind)).to_json() == counted(TRUTH, FOUND).to_json()


@pytest.mark.parametrize(
    ("truth", "found"),
    [
        (TRUTH, FOUND[:, :5]),
        (TRUTH, np.where(FOUND == 3, 5, FOUND)),
        (np.where(TRUTH == 2, -1, TRUTH), FOUND),
        (TRUTH.astype(np.uint64) + 2**63, FOUND),
    ],
)
def test_label_images_that_cannot_be(truth: Labels, found: Labels) -> None:
    counter = SegmentationCounter(ABC)
    with pytest.raises(ValueError, match="label image"):
        counter.add(truth, found)
    assert counter.finish().pages == 0


def test_the_most_classes() -> None:
    many = Vocabulary.of((k, f"c{k}") for k in range(MOST_CLASSES))
    counter = SegmentationCounter(many)
    counter.add(np.array([[0, MOST_CLASSES]]), np.array([[MOST_CLASSES, MOST_CLASSES]]))
    assert [row.name for row in counter.finish().classes] == [f"c{MOST_CLASSES - 1}"]
    with pytest.raises(DatasetError, match="pixels of 2,001 classes cannot be compared"):
        SegmentationCounter(Vocabulary.of((k, f"c{k}") for k in range(MOST_CLASSES + 1)))


def test_an_unknown_class_to_count_alone() -> None:
    with pytest.raises(DatasetError, match="there is no class 'e'"):
        SegmentationCounter(ABC, SegmentationOptions(only=["a", "e"]))


def test_json_holds_everything() -> None:
    figures = counted(TRUTH, FOUND)
    found = orjson.loads(orjson.dumps(figures.to_json()))
    assert found == figures.to_json()
    again = np.zeros_like(figures.confusion)
    place: dict[str | None, int] = {name: k for k, name in enumerate(figures.names, start=1)}
    place[None] = 0
    for truth, predicted, pixels in found["confusion"]:
        again[place[truth], place[predicted]] = pixels
    assert np.array_equal(again, figures.confusion)
    assert again.sum() == 12
    assert found["without_background"]["mean_iou"] == figures.without_background.mean_iou
    assert found["classes"][0] == {
        "name": "a", "truth": 4, "predicted": 4, "hits": 3,
        "iou": 0.6, "dice": 0.75, "accuracy": 0.75, "precision": 0.75,
    }  # fmt: skip


def test_the_table_says_both_averages_and_each_class() -> None:
    table = counted(TRUTH, FOUND).table()
    assert "1 pages, 12 pixels, 50.0% of them background" in table
    rows = {line.split("  ")[0]: line.split() for line in table.splitlines()}
    assert rows["Mean IoU"][-2:] == ["0.4667", "0.5016"]
    assert rows["a"] == ["a", "4", "4", "0.6000", "0.7500", "0.7500", "0.7500"]
    assert rows["(background)"][1:4] == ["6", "5", "0.5714"]
    assert table.endswith("in no average: c\n")


# Label images of pages.


def test_pixels_bear_the_number_of_the_symbol_on_top() -> None:
    page = disc_page(vocabulary=ABC)
    found = page_labels(page, ABC)
    assert page.ids is not None
    number = {int(symbol.id): 1 + list(ABC).index(symbol.name) for symbol in page.symbols}
    for identity in np.unique(page.ids).tolist():
        assert set(found[page.ids == identity].tolist()) == {number.get(identity, 0)}


def test_classes_of_another_vocabulary_are_brought_over() -> None:
    symbols = Symbols.build(["keySharp"], [[0, 0, 2, 1]])
    page = Page("p", np.zeros((1, 3), np.uint8), symbols, ids=np.array([[1, 1, 0]], np.uint16))
    coarse = Vocabulary.of([(5, "stem"), (4, "accidentalSharp")])
    assert page_labels(page, coarse).tolist() == [[2, 2, 0]]
    with pytest.raises(
        DatasetError, match=r"^page p: symbol 1: the truth has no class 'keySharp'\. Bring both"
    ):
        page_labels(page, Vocabulary.of([(5, "stem")]))


def test_pixels_of_symbols_that_are_not_listed_are_paper() -> None:
    page = disc_page()
    assert page.ids is not None
    alone = replace(page, symbols=page.symbols[:1])
    assert np.array_equal(page_labels(alone, VOCABULARY) > 0, page.ids == page.symbols.id[0])


def test_a_page_without_masks() -> None:
    with pytest.raises(DatasetError, match=r"^page p has no masks\. Use a dataset with masks"):
        page_labels(blank_page("p", Symbols()), VOCABULARY)


# Class images.


def class_png(path: Path, image: Image.Image) -> Path:
    image.save(path, "png")
    return path


GREYS = np.array([[0, 1, 2], [3, 4, 0]], np.uint8)


def test_grey_values_are_those_of_the_classes(tmp_path: Path) -> None:
    path = class_png(tmp_path / "a.png", Image.fromarray(GREYS))
    assert np.array_equal(read_class_image(path, ABC), GREYS)
    rows = VOCABULARY.classes
    image = np.array([[0, *(row.grey for row in rows)]], np.uint8)
    path = class_png(tmp_path / "b.png", Image.fromarray(image))
    assert read_class_image(path, VOCABULARY).tolist() == [list(range(len(rows) + 1))]


def test_indices_of_a_palette_are_values_too(tmp_path: Path) -> None:
    image = Image.fromarray(GREYS)
    image = image.convert("P")
    image.putpalette([255, 0, 0] * 256)
    assert np.array_equal(read_class_image(class_png(tmp_path / "a.png", image), ABC), GREYS)


def test_one_bit_is_paper_and_255(tmp_path: Path) -> None:
    """As PNG defines it."""
    path = class_png(tmp_path / "a.png", Image.fromarray(GREYS > 2))
    only = Vocabulary.of((k, f"c{k}") for k in range(1, 256))
    assert read_class_image(path, only).tolist() == [[0, 0, 0], [255, 255, 0]]


def test_a_grey_value_of_no_class_is_told_with_its_place(tmp_path: Path) -> None:
    path = class_png(tmp_path / "a.png", Image.fromarray(np.where(GREYS == 4, 77, GREYS)))
    with pytest.raises(
        DatasetError, match=r"a\.png: grey value 77 at \(1, 1\) stands for no class\. Pixels have"
    ):
        read_class_image(path, ABC)


STRANGE: dict[str, Callable[[], Image.Image]] = {
    "RGB": lambda: Image.fromarray(np.dstack([GREYS] * 3)),
    "RGBA": lambda: Image.fromarray(np.dstack([GREYS] * 4)),
    "LA": lambda: Image.fromarray(np.dstack([GREYS] * 2), "LA"),
    "I;16": lambda: Image.fromarray(GREYS.astype(np.uint16)),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_images_that_are_no_class_images(tmp_path: Path, kind: str) -> None:
    path = class_png(tmp_path / "a.png", STRANGE[kind]())
    with pytest.raises(DatasetError, match=rf"a\.png: no class image, its pixels are {kind}\. Save"):
        read_class_image(path, ABC)


def test_class_images_that_are_damaged_or_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with pytest.raises(DatasetError, match=r"a\.png: No such file"):
        read_class_image(path, ABC)
    data = class_png(path, Image.fromarray(np.tile(GREYS, (90, 90)))).read_bytes()
    path.write_bytes(data[:-60])
    with pytest.raises(DatasetError, match=r"a\.png: damaged image"):
        read_class_image(path, ABC)
    path.write_bytes(b"no image")
    with pytest.raises(DatasetError, match=r"a\.png: not a readable image"):
        read_class_image(path, ABC)


def test_more_classes_than_greys(tmp_path: Path) -> None:
    path = class_png(tmp_path / "a.png", Image.fromarray(GREYS))
    with pytest.raises(DatasetError, match="grey values cannot tell 256 classes apart"):
        read_class_image(path, Vocabulary.of((k, f"c{k}") for k in range(256)))


# Whole datasets.


def discs(count: int = 3) -> Dataset:
    return Dataset(MemorySource([disc_page(f"page-{number}", ABC) for number in range(count)], ABC))


def write_class_images(folder: Path, dataset: Dataset, ending: str = "_seg.png") -> Path:
    folder.mkdir(exist_ok=True)
    for page in dataset:
        (folder / f"{page.name}{ending}").write_bytes(encode_png(page.classes))
    return folder


def shifted(dataset: Dataset, by: int) -> Dataset:
    """The same pages with masks moved to the right."""
    pages = [replace(page, ids=np.roll(page.ids, by, axis=1)) for page in dataset if page.ids is not None]
    return Dataset(MemorySource(pages, dataset.vocabulary))


def test_predictions_are_datasets_or_class_images_and_give_the_same(tmp_path: Path) -> None:
    truth, found = discs(), shifted(discs(), 4)
    convert(found, tmp_path / "dataset", "notehead")
    write_class_images(tmp_path / "images", found)
    write_class_images(tmp_path / "plain", found, ".png")
    figures = segmentation_figures(found, truth)
    assert figures.pages == 3
    assert figures.pixels == 3 * 120 * 200
    assert 0.3 < (figures.without_background.mean_iou or 0) < 0.9
    for name in ("dataset", "images", "plain"):
        assert segmentation_figures(str(tmp_path / name), truth).to_json() == figures.to_json()


def test_a_dataset_against_itself_is_perfect(dataset_folder: Path) -> None:
    truth = Dataset(dataset_folder)
    for predictions in (dataset_folder, dataset_folder / "segmentation"):
        figures = segmentation_figures(predictions, truth)
        assert figures.pages == 2
        assert figures.without_background.mean_iou == figures.with_background.pixel_accuracy == 1.0
        assert len(figures.classes) > 5


def test_the_greys_of_a_page_and_its_label_image_are_one(dataset_folder: Path) -> None:
    for page in Dataset(dataset_folder):
        numbers = page_labels(page, VOCABULARY)
        greys = np.array([0, *(row.grey for row in VOCABULARY.classes)], np.uint8)
        assert np.array_equal(greys[numbers], page.classes)


def test_predictions_may_be_in_other_classes(tmp_path: Path) -> None:
    fine = Vocabulary.of([(1, "keySharp"), (2, "stem")])
    coarse = Vocabulary.of([(2, "stem"), (5, "accidentalSharp")])
    truth = Dataset(MemorySource([disc_page("p", fine)], fine)).remap(coarse)
    found = Dataset(MemorySource([disc_page("p", fine)], fine))
    assert segmentation_figures(found, truth).without_background.mean_iou == 1.0


def test_of_two_endings_the_one_that_fits_more_pages_is_taken(tmp_path: Path) -> None:
    """Pages `a` and `a_seg`: `a_seg.png` is the first one's or the second one's."""
    pages = [disc_page("a", ABC), replace(shifted(discs(1), 9)[0], name="a_seg")]
    truth = Dataset(MemorySource(pages, ABC))
    for ending in ("_seg.png", ".png"):
        folder = write_class_images(tmp_path / ending, truth, ending)
        assert segmentation_figures(folder, truth).without_background.mean_iou == 1.0


def test_predictions_for_further_pages_are_passed_over(tmp_path: Path) -> None:
    folder = write_class_images(tmp_path / "images", discs(3))
    assert segmentation_figures(folder, discs(2)).pages == 2


def test_a_folder_without_predictions(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(
            DatasetError, match=r"no predictions here\. A class image is called page-0_seg\.png"
        ):
            segmentation_figures(folder, discs())
    with pytest.raises(DatasetError, match="File name too long"):
        segmentation_figures("a" * 300, discs())


def test_a_truth_without_pages_gives_no_figures(tmp_path: Path) -> None:
    assert segmentation_figures(tmp_path, discs(0)).pages == 0


def into_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


Damage = Callable[[Path], object]
FAULTS: dict[str, tuple[Damage, str]] = {
    "missing": (
        lambda path: path.unlink(),
        r"page-1_seg\.png: no prediction for page page-1\. Predict every page",
    ),
    "another size": (
        lambda path: path.write_bytes(encode_png(np.zeros((120, 199), np.uint8))),
        r"^page page-1: its prediction is 199 x 120, its truth 200 x 120 pixels\. Predict at the size",
    ),
    "no class": (
        lambda path: path.write_bytes(encode_png(np.full((120, 200), 9, np.uint8))),
        r"page-1_seg\.png: grey value 9 at \(0, 0\) stands for no class",
    ),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:-40]), r"page-1_seg\.png: damaged image"),
    "a folder": (into_a_folder, r"page-1_seg\.png: no prediction for page page-1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_pages_that_cannot_be_compared(tmp_path: Path, fault: str) -> None:
    folder = write_class_images(tmp_path / "images", discs())
    damage, message = FAULTS[fault]
    damage(folder / "page-1_seg.png")
    with pytest.raises(DatasetError, match=message):
        segmentation_figures(folder, discs())
    truth = discs()
    truth.complaints.keep_going = True
    figures = segmentation_figures(folder, truth)
    assert figures.pages == 2
    assert figures.without_background.mean_iou == 1.0
    assert truth.complaints.counts == {"pages": 1}


def test_a_page_that_the_predicted_dataset_lacks(tmp_path: Path) -> None:
    truth = discs()
    with pytest.raises(DatasetError, match=r"'page-2' is not in memory"):
        segmentation_figures(discs(2), truth)
    truth.complaints.keep_going = True
    assert segmentation_figures(discs(2), truth).pages == 2
    assert truth.complaints.counts == {"pages": 1}


def test_truth_without_masks_is_said() -> None:
    truth = Dataset(MemorySource([replace(disc_page("p", ABC), ids=None, under=None)], ABC))
    with pytest.raises(DatasetError, match="page p has no masks"):
        segmentation_figures(truth, truth)


def test_complaints_of_the_predictions_reach_the_truths() -> None:
    class Strange(MemorySource):
        def page(self, entry: object) -> Page:
            self.complaints.symbol("a.json", "object 3", "its box is no box")
            return super().page(entry)  # type: ignore[arg-type]

    source = Strange([disc_page("page-0", ABC)], ABC)
    source.complaints.keep_going = True
    truth = discs(1)
    assert segmentation_figures(Dataset(source), truth).pages == 1
    assert truth.complaints.counts == {"symbols": 1}
    assert source.complaints.counts == {}


def test_progress_is_told_of_every_page(tmp_path: Path) -> None:
    told: list[str] = []

    class Told:
        def stage(self, name: str, total: int) -> None:
            told.append(f"{name} {total}")

        def step(self, pages: int = 0, *, steps: int = 1, failures: int = 0, note: str = "") -> None:
            told.append(f"+{pages}")

        def close(self) -> None:
            told.append("end")

    segmentation_figures(discs(), discs(), progress=Told())
    assert told == ["pages 3", "+1", "+1", "+1", "end"]
    with pytest.raises(DatasetError):
        segmentation_figures(discs(1), discs(), progress=Told())
    assert told[-1] == "end"
