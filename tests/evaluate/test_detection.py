"""Figures of detection: by hand, against COCO's programs, and what must hold of them."""

from __future__ import annotations

import contextlib
import gc
import io
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead import VOCABULARY, Symbols
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.evaluate import DEFINITIONS, DetectionEvaluator, DetectionOptions, evaluate_detection
from notehead.evaluate.detection import PagePair
from notehead.evaluate.detection_figures import DetectionFigures
from notehead.evaluate.overlap import Floats
from notehead.vocabulary import Vocabulary
from tests.support.pages import random_symbols

OWN = Vocabulary.of([(7, "round"), (3, "square"), (12, "stem"), (4, "never")])
CLASSES = 3
"""The first of `OWN`, which occur on random pages."""


def page(truth: Symbols, found: Symbols, name: str = "page") -> PagePair:
    return PageEntry(name), truth, found


def figures_of(*pages: PagePair, **options: Any) -> DetectionFigures:
    return evaluate_detection(pages, pages[0][1].vocabulary, DetectionOptions(**options))


def random_pages(seed: int, count: int = 6, most: int = 40, grid: int = 0) -> list[PagePair]:
    """Pages with true and found symbols of three classes. On a grid, overlaps and scores are often equal."""
    rng = np.random.default_rng(seed)
    pages = [page(*_random_page(rng, most, grid), f"page{number}") for number in range(count)]
    truth, found = _random_page(rng, most, grid)
    return [*pages, page(truth, found[:0], "missed"), page(truth[:0], found, "blank")]


def _random_page(rng: np.random.Generator, most: int, grid: int) -> tuple[Symbols, Symbols]:
    truths, copies, others = rng.integers(most // 2, most, 3)
    low, sides = rng.uniform(0, 90, (truths, 2)), rng.uniform(2, 25, (truths, 2))
    boxes = np.hstack((low, low + sides))
    copied = rng.integers(0, truths, copies)
    moved = boxes[copied] + rng.normal(0, 1, (len(copied), 4))
    low = rng.uniform(0, 90, (others // 2, 2))
    found = np.vstack((moved, np.hstack((low, low + rng.uniform(2, 25, low.shape)))))
    found[:, 2:] = np.maximum(found[:, 2:], found[:, :2] + 1)
    labels = rng.choice([7, 3, 12], truths, p=[0.6, 0.3, 0.1])
    named = np.concatenate((labels[copied], rng.choice([7, 3, 12], len(low))))
    scores = np.concatenate((rng.beta(4, 2, len(moved)), rng.beta(2, 4, len(low))))
    if grid:
        boxes, found, scores = (boxes / grid).round() * grid, (found / grid).round() * grid, scores.round(1)
    return Symbols.build(labels.tolist(), boxes, OWN), Symbols.build(named.tolist(), found, OWN, score=scores)


# COCO


def coco_precision(pages: Sequence[PagePair], kind: Any, evaluation: Any) -> NDArray[np.float64]:
    """What a program with COCO's interface says: precision (10, 101, classes), in the order of ids."""
    truth: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for image, (_, true, seen) in enumerate(pages, 1):
        for symbols, rows in ((true, truth), (seen, found)):
            for label, box, score in zip(symbols.label, symbols.box, symbols.score, strict=True):
                x0, y0, x1, y1 = box.tolist()
                row = {"image_id": image, "category_id": int(label), "bbox": [x0, y0, x1 - x0, y1 - y0]}
                extra = {"id": len(rows) + 1, "area": (x1 - x0) * (y1 - y0), "iscrowd": 0}
                rows.append({**row, **(extra if rows is truth else {"score": float(score)})})
    data = kind()
    data.dataset = {
        "info": {},
        "images": [{"id": image + 1, "width": 100, "height": 100} for image in range(len(pages))],
        "categories": [{"id": row.id, "name": row.name} for row in OWN.classes],
        "annotations": truth,
    }
    with contextlib.redirect_stdout(io.StringIO()):
        data.createIndex()
        run = evaluation(data, data.loadRes(found) if found else kind(), "bbox")
        run.params.maxDets = [1, 100, 10_000]
        run.evaluate()
        run.accumulate()
    return np.asarray(run.eval["precision"][:, :, :, 0, -1])


def our_precision(pages: Sequence[PagePair]) -> NDArray[np.float64]:
    places = {name: number for number, name in enumerate(sorted(OWN, key=OWN.id))}
    precision = np.full((10, 101, len(OWN)), -1.0)
    for row in figures_of(*pages).classes:
        precision[:, :, places[row.name]] = row.curves
        assert row.ap["coco"] == pytest.approx(row.curves.mean(axis=1))
    return precision


@pytest.mark.parametrize("grid", [0, 2, 5])
@pytest.mark.parametrize("seed", range(4))
def test_precision_is_that_of_pycocotools(seed: int, grid: int) -> None:
    from pycocotools.coco import COCO  # noqa: PLC0415  # its import takes long
    from pycocotools.cocoeval import COCOeval  # noqa: PLC0415

    pages = random_pages(seed, grid=grid)
    theirs = coco_precision(pages, COCO, COCOeval)
    assert np.abs(our_precision(pages) - theirs).max() < 1e-9
    assert 0.1 < theirs[0][theirs[0] >= 0].mean() < 0.9


@pytest.mark.parametrize("seed", range(4))
def test_precision_is_that_of_faster_coco_eval(seed: int) -> None:
    from faster_coco_eval import COCO, COCOeval_faster  # noqa: PLC0415

    pages = random_pages(seed + 10)
    assert np.abs(our_precision(pages) - coco_precision(pages, COCO, COCOeval_faster)).max() < 1e-9


def test_no_detection_is_one_too_many() -> None:
    boxes = [[3 * number, 0, 3 * number + 2, 2] for number in range(1500)]
    truth = Symbols.build([7] * 1500, boxes, OWN)
    found = truth.replace(score=np.linspace(1, 0.01, 1500))
    (row,) = figures_of(page(truth, found)).classes
    assert row.means() == (1, 1, 1)
    assert row.means("ultralytics").ap50 == pytest.approx(0.195)  # of 300 of 1,500


# Ultralytics and DeepScoresV2's toolkit


def iou(one: Floats, other: Floats, *, enclosing: bool = False) -> float:
    shared = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    if (shared <= 0).any():
        return 0.0
    around = np.maximum(one[2:], other[2:]) - np.minimum(one[:2], other[:2])
    whole = (one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - shared.prod()
    return float(shared.prod() / (around.prod() if enclosing else whole))


Judged = list[tuple[float, bool]]
"""The score of each detection, and whether it is right."""


def ultralytics_8_3(pages: Sequence[PagePair], label: int, threshold: float) -> Judged:
    judged = []
    for _, truth, found in pages:
        true = truth[truth.label == label].box
        surest = [row for row in np.argsort(-found.score, kind="stable")[:300] if found.score[row] > 0.001]
        claimed: set[int] = set()
        for row in surest:
            if found.label[row] == label:
                overlaps = [iou(found.box[row], box) for box in true]
                best = int(np.argmax(overlaps)) if overlaps else -1
                right = best >= 0 and overlaps[best] >= threshold and best not in claimed
                claimed |= {best} if right else set()
                judged.append((float(found.score[row]), right))
    return judged


def toolkit(pages: Sequence[PagePair], label: int, threshold: float) -> Judged:
    judged = []
    for _, truth, found in pages:
        free = list(truth[truth.label == label].box)
        mine = found[found.label == label]
        for row in np.argsort(mine.score, kind="stable"):
            overlaps = [iou(mine.box[row], box, enclosing=True) for box in free]
            best = int(np.argmax(overlaps)) if overlaps else -1
            taken = best >= 0 and overlaps[best] > 0.2
            judged.append((float(mine.score[row]), taken and overlaps[best] >= threshold))
            if taken:
                free.pop(best)
    return judged


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("name", "plain"), [("ultralytics_8_3", ultralytics_8_3), ("deepscores_v2", toolkit)]
)
def test_other_ways_of_matching_are_what_they_say(name: str, plain: Any, seed: int) -> None:
    pages = random_pages(seed + 20, count=2, most=500 if name == "ultralytics_8_3" else 60)
    if name == "ultralytics_8_3":
        assert max(len(found) for _, _, found in pages) > 300
    for row in figures_of(*pages).classes:
        for place, threshold in ((0, 0.5), (4, 0.7)):
            judged = sorted(plain(pages, OWN.id(row.name), threshold), key=lambda one: -one[0])
            right = np.array([one for _, one in judged])
            hits = np.cumsum(right)
            wanted = DEFINITIONS[name].area(hits / row.truths, hits / np.arange(1, len(right) + 1))
            assert row.ap[name][place] == pytest.approx(wanted)


def test_an_unsure_detection_takes_a_symbol_away_in_deepscores_v2() -> None:
    truth = Symbols.build([7], [[0, 0, 10, 10]], OWN)
    found = Symbols.build([7, 7], [[0, 0, 10, 10], [0, 0, 10, 4]], OWN, score=[0.9, 0.2])
    (row,) = figures_of(page(truth, found)).classes
    assert row.means("coco").ap50 == 1
    assert row.means("deepscores_v2").ap50 == 0


def test_deepscores_v2_takes_symbols_from_above_an_overlap_of_a_fifth() -> None:
    truth = Symbols.build([7], [[0, 0, 10, 10]], OWN)
    for height, wanted in ((2.0, 1), (2.1, 0)):  # overlaps of 0.2 and 0.21
        boxes = np.array([[0, 0, 10, 10], [0, 0, 10, height]])
        found = Symbols.build([7, 7], boxes, OWN, score=[0.9, 0.2])
        (row,) = figures_of(page(truth, found)).classes
        assert row.means("deepscores_v2").ap50 == wanted


def test_an_ultralytics_detection_that_claims_a_taken_symbol_is_false() -> None:
    truth = Symbols.build([7, 7], [[0, 0, 10, 10], [3, 0, 13, 10]], OWN)
    found = Symbols.build([7, 7], [[0, 0, 10, 10], [1, 0, 11, 10]], OWN, score=[0.9, 0.8])
    (row,) = figures_of(page(truth, found)).classes
    assert row.means("coco").ap50 == 1
    assert row.means("ultralytics").ap50 == pytest.approx(0.995)
    assert row.means("ultralytics_8_3").ap50 < 0.8


def test_scores_that_ultralytics_leaves_out() -> None:
    truth = Symbols.build([7], [[0, 0, 10, 10]], OWN)
    for score, wanted in ((0.001, 0), (0.0011, 0.995)):
        (row,) = figures_of(page(truth, truth.replace(score=np.array([score])))).classes
        assert row.means("coco").ap50 == 1
        assert row.means("ultralytics").ap50 == pytest.approx(wanted)


# Truth against itself


@settings(max_examples=20)
@given(st.lists(random_symbols(thinnest=0.5, most=10), min_size=1, max_size=2), st.booleans())
def test_truth_against_itself(several: list[Symbols], oriented: bool) -> None:  # noqa: FBT001
    several = [symbols[_apart(symbols)] for symbols in several]
    figures = evaluate_detection(
        [page(symbols, symbols) for symbols in several],
        VOCABULARY,
        DetectionOptions(oriented=oriented),
        staff_space=lambda _: 10.0,
    )
    for row in figures.classes:
        for name in DEFINITIONS:
            most = 0.995 if name.startswith("ultralytics") else 1.0
            assert row.means(name) == pytest.approx((most, most, most)), name
        assert (row.ar, *row.at[1:], *row.best[1:]) == (1,) * 7
        assert row.near is None or row.near.tolist() == [1, 1]
    assert figures.truths == sum(map(len, several))
    assert figures.confusion[:-1, :-1].trace() == figures.confusion.sum() == figures.truths
    assert not figures.without_truth


def _apart(symbols: Symbols) -> list[int]:
    """The rows of symbols with boxes of their own, whose classes no other has twice in one place."""
    seen: dict[bytes, int] = {}
    for row, box in enumerate(symbols.box):
        seen.setdefault(box.tobytes(), row)
    return list(seen.values())


def test_boxes_without_area_are_told() -> None:
    truth = Symbols.build(["stem", "stem"], [[5, 0, 5, 30], [9, 0, 11, 30]], OWN)
    figures = evaluate_detection([page(truth, truth)], OWN, staff_space=lambda _: 10.0)
    (row,) = figures.classes
    assert (row.flat, figures.flat, row.recall_of_all[0]) == (1, 1, 0.5)
    assert row.near is not None
    assert row.near.tolist() == [1, 1]
    assert "1 true symbols have a box without area, which no box with one overlaps: stem 1" in figures.table()
    lines = Symbols.build(["stem"], [[5, 0, 5, 30]], OWN)
    oriented = figures_of(page(lines, lines), oriented=True)
    assert (oriented.flat, oriented.mean().ap) == (1, 1)  # lines on one line overlap
    thick = lines.replace(corners=lines.corners + [[0, 0], [1, 0], [1, 0], [0, 0]])  # noqa: RUF005
    assert figures_of(page(lines, thick), oriented=True).mean().ap == 0


# Perturbations with known figures


def grid_of(count: int, label: int = 7) -> Symbols:
    """Squares of 10 x 10 that do not touch."""
    boxes = [[20 * number, 0, 20 * number + 10, 10] for number in range(count)]
    return Symbols.build([label] * count, boxes, OWN)


@pytest.mark.parametrize(("shift", "overlap"), [(1, 9 / 11), (2, 8 / 12), (3, 7 / 13), (4, 6 / 14)])
def test_moved_boxes(shift: int, overlap: float) -> None:
    truth = grid_of(5)
    (row,) = figures_of(page(truth, truth.replace(box=truth.box + [shift, 0, shift, 0]))).classes  # noqa: RUF005
    wanted = [float(overlap >= threshold) for threshold in np.linspace(0.5, 0.95, 10)]
    assert row.ap["coco"].tolist() == wanted
    toolkit_overlap = (10 - shift) / (10 + shift)  # side by side, the enclosing box is the union
    assert row.ap["deepscores_v2"].tolist() == [
        float(toolkit_overlap >= threshold) for threshold in np.linspace(0.5, 0.95, 10)
    ]


@pytest.mark.parametrize("kept", [1, 3, 9, 10])
def test_missed_symbols(kept: int) -> None:
    truth = grid_of(10)
    figures = figures_of(page(truth, truth[:kept]))
    (row,) = figures.classes
    assert row.means("voc_2010") == pytest.approx((kept / 10,) * 3)
    assert (figures.precision, figures.recall, row.ar) == pytest.approx((1, kept / 10, kept / 10))
    assert figures.confusion.tolist() == [[kept, 10 - kept], [0, 0]]


def test_false_detections_count_only_before_the_right_ones() -> None:
    truth, other = grid_of(4), Symbols.build([7] * 4, grid_of(4).box + 1000, OWN)
    for score, wanted in ((0.1, 1.0), (0.9, 0.5)):
        found = Symbols.build([7] * 8, np.vstack((truth.box, other.box)), OWN, score=[0.5] * 4 + [score] * 4)
        (row,) = figures_of(page(truth, found)).classes
        assert row.means("voc_2010").ap == pytest.approx(wanted)
        assert row.means("coco").ap == pytest.approx(wanted)


def test_two_detections_of_one_symbol() -> None:
    truth = grid_of(2)
    found = Symbols.build([7] * 4, np.repeat(truth.box, 2, axis=0), OWN, score=[0.9, 0.8, 0.7, 0.6])
    figures = figures_of(page(truth, found))
    (row,) = figures.classes
    assert figures.precision == 0.5
    assert row.means("voc_2010").ap50 == pytest.approx(0.5 + 0.5 * 2 / 3)


def test_confidence_and_the_best_f1() -> None:
    truth = grid_of(4)
    far = truth.box[:2] + 1000
    found = Symbols.build([7] * 6, np.vstack((truth.box, far)), OWN, score=[0.9, 0.8, 0.7, 0.2, 0.7, 0.1])
    figures = figures_of(page(truth, found), confidence=0.7)
    assert figures.at == pytest.approx((0.7, 3 / 4, 3 / 4, 3 / 4))  # 0.7 itself is in
    assert figures.best == pytest.approx((0.2, 4 / 5, 1, 8 / 9))
    assert figures.classes[0].best == figures.best
    assert figures_of(page(truth, found), confidence=0.71).at == pytest.approx((0.71, 1, 0.5, 2 / 3))
    assert figures_of(page(truth, truth[:0])).best == (1, 0, 0, 0)


def test_equal_scores_are_let_in_together() -> None:
    truth = grid_of(1)
    found = Symbols.build([7, 7], np.vstack((truth.box, truth.box + 1000)), OWN, score=[0.5, 0.5])
    assert figures_of(page(truth, found)).best == pytest.approx((0.5, 0.5, 1, 2 / 3))
    three, far = grid_of(3), grid_of(3).box + 1000
    scores = [0.9, 0.8, 0.5, 0.5, 0.5, 0.5]
    found = Symbols.build([7] * 6, np.vstack((three.box, far)), OWN, score=scores)
    assert figures_of(page(three, found)).best == pytest.approx((0.8, 1, 2 / 3, 4 / 5))


# Means


def test_means_leave_out_classes_without_truth_and_list_them() -> None:
    truth = Symbols.build([7, 7, 7, 3], [[0, 0, 9, 9], [20, 0, 29, 9], [40, 0, 49, 9], [60, 0, 69, 9]], OWN)
    found = Symbols.build([7, 7, 7, 12, 12], [*truth.box[:3].tolist(), [0, 50, 9, 59], [20, 50, 29, 59]], OWN)
    figures = figures_of(page(truth, found))
    assert [(row.name, row.truths) for row in figures.classes] == [("round", 3), ("square", 1)]
    assert figures.without_truth == {"stem": 2}
    assert figures.mean().ap50 == 0.5
    assert figures.weighted().ap50 == 0.75
    assert figures.mean("deepscores_v2").ap50 == pytest.approx(1 / 3)  # it counts the class that is not there
    assert figures.ar == 0.5
    assert figures.precision == pytest.approx(3 / 5)
    assert "falsely: stem 2" in figures.table()


def test_nothing_at_all() -> None:
    nothing = Symbols(vocabulary=OWN)
    for figures in (evaluate_detection([], OWN), figures_of(page(nothing, nothing))):
        assert all(np.isnan(value) for name in DEFINITIONS for value in figures.mean(name))
        assert np.isnan(figures.ar)
        assert figures.to_json()["mean"]["coco"] == {"ap50": None, "ap75": None, "ap": None}
        assert (figures.at, figures.confusion.shape) == ((0.4, 0, 0, 0), (1, 1))
        assert "COCO, 101 recalls" in figures.table()


def test_pages_without_detections_are_counted() -> None:
    truth = grid_of(2)
    figures = figures_of(page(truth, truth), page(truth, truth[:0]))
    assert (figures.pages, figures.pages_without_predictions) == (2, 1)
    assert figures.recall == 0.5
    assert "1 pages have no predictions" in figures.table()


# Thin symbols


def test_thin_symbols_are_judged_by_distance() -> None:
    truth = Symbols.build(["stem", "round"], [[0, 0, 2, 70], [50, 0, 60, 10]], OWN)
    for shift, near in ((4, [1, 1]), (5, [1, 1]), (6, [0, 1]), (10, [0, 1]), (11, [0, 0])):
        found = truth.replace(box=truth.box + [shift, 0, shift, 0])  # noqa: RUF005
        figures = evaluate_detection([page(truth, found)], OWN, staff_space=lambda _: 20.0)
        stem = next(row for row in figures.classes if row.name == "stem")
        assert stem.means().ap50 == 0
        assert stem.near is not None
        assert (stem.near.tolist(), figures.near()) == (near, near), shift
        assert stem.near_best is not None
        assert [best.f1 for best in stem.near_best] == near
        assert figures.thin_classes == 1


@given(st.floats(4, 90), st.floats(0, 4000))
def test_rounding_does_not_decide_what_lies_at_the_edge(space: float, x: float) -> None:
    truth = Symbols.build(["stem"], [[x, 0, x + 2, 70]], OWN)
    for tolerance, near in ((0.25, [1, 1]), (0.5, [0, 1])):
        found = truth.replace(box=truth.box + [tolerance * space, 0, tolerance * space, 0])  # noqa: RUF005
        figures = evaluate_detection([page(truth, found)], OWN, staff_space=lambda _: space)
        assert figures.near() == near


def test_distance_takes_the_surest_first_and_each_symbol_once() -> None:
    truth = Symbols.build(["stem"], [[0, 0, 2, 70]], OWN)
    found = Symbols.build(["stem"] * 2, [[1, 0, 3, 70], [0, 0, 2, 70]], OWN, score=[0.9, 0.8])
    figures = evaluate_detection([page(truth, found)], OWN, staff_space=lambda _: 20.0)
    assert figures.near() == [1, 1]
    found = found.replace(score=np.array([0.8, 0.9]))
    assert evaluate_detection([page(truth, found)], OWN, staff_space=lambda _: 20.0).near() == [1, 1]
    far = found.replace(box=found.box + np.array([[9, 0, 9, 0], [0, 0, 0, 0]]), score=np.array([0.9, 0.8]))
    assert evaluate_detection([page(truth, far)], OWN, staff_space=lambda _: 20.0).near() == [0.5, 1]


def test_classes_that_are_thin_in_another_vocabulary() -> None:
    other = Vocabulary.of([(1, "legerLine"), (2, "scratch"), (3, "noteheadFull")])
    truth = Symbols.build([1, 2, 3], [[0, 0, 20, 2], [30, 0, 32, 40], [40, 0, 50, 10]], other)
    assert figures_of(page(truth, truth)).thin_classes == 1
    figures = figures_of(page(truth, truth), thin=("legerLine", "scratch"))
    assert [row.name for row in figures.classes if row.near is not None] == ["legerLine", "scratch"]


def test_without_a_staff_space_nothing_is_judged_by_distance() -> None:
    truth = Symbols.build(["stem"], [[0, 0, 2, 70]], OWN)
    figures = figures_of(page(truth, truth))
    assert (figures.pages_without_staff_space, figures.thin_classes) == (1, 0)
    assert np.isnan(figures.near()).all()
    assert "1 pages are not judged by distance: no staff space is known" in figures.table()
    both = evaluate_detection(
        [page(truth, truth.replace(box=truth.box + 9), "b"), page(truth, truth, "a")],
        OWN,
        staff_space=lambda entry: 20.0 if entry.name == "a" else 0.0,
    )
    assert both.near() == [1, 1]  # the page that could not be judged does not count


def test_without_tolerances_nothing_is_judged_by_distance() -> None:
    truth = Symbols.build(["stem", "staff"], [[0, 0, 2, 70], [0, 0, 900, 80]])
    for tolerances, judged in (((0.5,), 2), ((), 0)):
        figures = figures_of(page(truth, truth), tolerances=tolerances)
        assert (figures.thin_classes, len(figures.near())) == (judged, len(tolerances))
        assert ("by distance" in figures.table()) == bool(judged)


def test_tolerances_must_make_sense() -> None:
    for tolerances in ((0.0,), (-1.0,), tuple(range(1, 10))):
        with pytest.raises(ValueError, match="tolerances"):
            DetectionOptions(tolerances=tolerances)


# Oriented boxes


def test_oriented_boxes_tell_apart_what_upright_ones_cannot() -> None:
    rising, falling = [[0, 90], [90, 0], [100, 10], [10, 100]], [[10, 0], [100, 90], [90, 100], [0, 10]]
    truth = Symbols.build(["stem"], [[0, 0, 100, 100]], OWN, corners=[rising])
    found = truth.replace(corners=np.array([falling], np.float64))
    assert figures_of(page(truth, found)).mean().ap == 1
    oriented = figures_of(page(truth, found), oriented=True)
    assert (oriented.mean().ap, oriented.mean("deepscores_v2").ap, oriented.precision) == (0, 0, 0)
    assert figures_of(page(truth, truth), oriented=True).mean("deepscores_v2").ap == 1


def test_the_options_say_which_boxes_give_the_distance() -> None:
    rising, falling = [[0, 90], [90, 0], [100, 10], [10, 100]], [[10, 0], [100, 90], [90, 100], [0, 10]]
    truth = Symbols.build(["stem"], [[0, 0, 100, 100]], OWN, corners=[rising])
    found = truth.replace(corners=np.array([falling], np.float64))
    for oriented, near in ((False, [1, 1]), (True, [0, 0])):
        figures = evaluate_detection(
            [page(truth, found)], OWN, DetectionOptions(oriented=oriented), lambda _: 20.0
        )
        assert figures.near() == near


# Confusions


def test_confusions_by_hand() -> None:
    truth = Symbols.build([7, 7, 3], [[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], OWN)
    found = Symbols.build(
        [7, 3, 3, 12],
        [[0, 0, 10, 10], [20, 0, 30, 10], [90, 0, 99, 10], [40, 0, 50, 10]],
        OWN,
        score=[0.9, 0.8, 0.7, 0.1],
    )
    figures = figures_of(page(truth, found))
    assert figures.names == ("round", "square", "(background)")
    assert figures.confusion.tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 0]]
    low = figures_of(page(truth, found), confidence=0.1)
    assert low.names == ("round", "square", "stem", "(background)")
    assert low.confusion[1].tolist() == [0, 0, 1, 0]
    assert low.to_json()["confusion"][1] == ["round", "square", 1]


def test_of_two_symbols_in_one_place_that_of_its_own_class_is_taken() -> None:
    truth = Symbols.build([7, 3, 12], [[0, 0, 10, 10]] * 3, OWN)
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        assert figures_of(page(truth, truth[order])).confusion.tolist() == np.diag([1, 1, 1, 0]).tolist()


@given(st.integers(0, 10_000))
def test_confusions_count_every_symbol_and_every_detection(seed: int) -> None:
    pages = random_pages(seed, count=2, most=15)
    figures = figures_of(*pages, confidence=0.3)
    rows = dict(zip(figures.names, figures.confusion, strict=True))
    columns = dict(zip(figures.names, figures.confusion.T, strict=True))
    for name in figures.names[:-1]:
        label = OWN.id(name)
        assert rows[name].sum() == sum((truth.label == label).sum() for _, truth, _ in pages)
        assert columns[name].sum() == sum(
            ((found.label == label) & (found.score >= 0.3)).sum() for _, _, found in pages
        )


# What must hold


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_the_order_of_symbols_does_not_matter_if_scores_differ(seed: int) -> None:
    pages = random_pages(seed, count=2)
    rng = np.random.default_rng(seed)
    shuffled = [
        page(truth[rng.permutation(len(truth))], found[rng.permutation(len(found))])
        for _, truth, found in pages
    ]
    assert figures_of(*pages).to_json() == figures_of(*shuffled).to_json()


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_a_false_detection_makes_nothing_better(seed: int) -> None:
    pages = random_pages(seed, count=2)
    entry, truth, found = pages[0]
    boxes = np.vstack((found.box, [[5000, 5000, 5010, 5010]]))
    worse = Symbols.build([*found.label.tolist(), 7], boxes, OWN, score=np.concatenate((found.score, [0.99])))
    before, after = figures_of(*pages), figures_of((entry, truth, worse), *pages[1:])
    for one, other in zip(before.classes, after.classes, strict=True):
        for name in DEFINITIONS:
            assert (other.ap[name] <= one.ap[name] + 1e-12).all()
    assert after.precision <= before.precision


def test_pages_are_taken_one_at_a_time_and_forgotten() -> None:
    alive: list[weakref.ref[Symbols]] = []

    def pages() -> Iterator[PagePair]:
        for number in range(8):
            gc.collect()
            assert sum(reference() is not None for reference in alive) <= 2, "a page is kept"
            truth = grid_of(50)
            alive.append(weakref.ref(truth))
            yield page(truth, truth, str(number))
            del truth

    assert evaluate_detection(pages(), OWN).truths == 400


# Faults


def test_other_classes_are_an_error() -> None:
    truth = Symbols.build(["stem"], [[0, 0, 2, 70]])
    evaluator = DetectionEvaluator(OWN)
    for pair in ((truth, grid_of(1)), (grid_of(1), truth)):
        with pytest.raises(DatasetError, match="page p3: its symbols or predictions have other classes"):
            evaluator.add(*pair, name="p3")


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_a_score_that_is_no_number_is_an_error(score: float) -> None:
    truth = grid_of(1)
    with pytest.raises(DatasetError, match="page p3: the score of a prediction is no number"):
        DetectionEvaluator(OWN).add(truth, truth.replace(score=np.array([score])), name="p3")
