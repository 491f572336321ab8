"""`make bench-metrics`: figures of detection by notehead, pycocotools and faster-coco-eval, in one run.

Each gets the same pages and runs in a process of its own, so that its memory is its own. Their precisions
are compared one by one: for each class, IoU threshold and recall.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from notehead import Symbols
from notehead.datasets.index import PageEntry
from notehead.evaluate import evaluate_detection
from notehead.evaluate.detection import PagePair
from notehead.vocabulary import Vocabulary

WIDTH, HEIGHT = 1960, 2772
NO_CAP = 1_000_000
GOAL_SECONDS = 2.3
GOAL_DIFFERENCE = 1e-6


class Size(NamedTuple):
    """How much is compared."""

    pages: int = 200
    symbols: int = 500
    classes: int = 135


class Outcome(NamedTuple):
    """What one program says, and what it takes.

    Attributes:
        precision: float64 (10, 101, classes), -1 for a class without true symbols.
        seconds: from the pages in memory to the figures.
        memory: bytes at most, beyond those of a process that has loaded everything and compiled.
    """

    precision: NDArray[np.float64]
    seconds: float
    memory: int


def pages(size: Size, seed: int = 0) -> Iterator[PagePair]:
    """Pages with true and found symbols: few classes have most, boxes are off, some are missed or false."""
    vocabulary = Vocabulary.of((number, f"class{number}") for number in range(1, size.classes + 1))
    shares = 1 / np.arange(1, size.classes + 1)
    for number in range(size.pages):
        rng = np.random.default_rng((seed, number))
        labels = rng.choice(size.classes, size.symbols, p=shares / shares.sum()) + 1
        low = rng.uniform((0, 0), (WIDTH - 200, HEIGHT - 200), (size.symbols, 2))
        sides = rng.lognormal(3, 0.8, (size.symbols, 2)).clip(2, 180)
        boxes = np.hstack((low, low + sides))
        yield (
            PageEntry(f"page{number:05}", width=WIDTH, height=HEIGHT),
            Symbols.build(labels.tolist(), boxes, vocabulary),
            _found(labels, boxes, vocabulary, rng),
        )


def _found(
    labels: NDArray[np.int64], boxes: NDArray[np.float64], vocabulary: Vocabulary, rng: np.random.Generator
) -> Symbols:
    """What a detector could find: nine of ten, moved, some twice or under another class, and false ones."""
    count = len(labels)
    kept = np.concatenate((np.flatnonzero(rng.random(count) < 0.9), rng.integers(0, count, count // 10)))
    sides = np.tile(boxes[kept, 2:] - boxes[kept, :2], 2)
    moved = boxes[kept] + rng.normal(0, 0.06, sides.shape) * sides
    false = rng.random(len(kept)) < 0.1
    moved[false] += rng.uniform(-100, 100, (int(false.sum()), 1))
    confused = rng.random(len(kept)) < 0.03
    found = np.where(confused, rng.integers(1, len(vocabulary) + 1, len(kept)), labels[kept])
    ordered = np.hstack((np.minimum(moved[:, :2], moved[:, 2:]), np.maximum(moved[:, :2], moved[:, 2:])))
    scores = np.where(false, rng.beta(2, 4, len(kept)), rng.beta(5, 2, len(kept))).round(4)
    order = rng.permutation(len(kept))
    return Symbols.build(found[order].tolist(), ordered[order], vocabulary, score=scores[order])


def ours(size: Size) -> Outcome:
    """What notehead says."""
    list(map(_evaluate, ([page] for page in pages(Size(1, 50, size.classes)))))  # compiles
    given, before = list(pages(size)), _peak()
    start = time.perf_counter()
    figures = _evaluate(given)
    seconds = time.perf_counter() - start
    precision = np.full((10, 101, size.classes), -1.0)
    for row in figures.classes:
        precision[:, :, int(row.name.removeprefix("class")) - 1] = row.curves
    return Outcome(precision, seconds, _peak() - before)


def _evaluate(given: list[PagePair]) -> Any:
    return evaluate_detection(given, given[0][1].vocabulary)


def with_pycocotools(size: Size) -> Outcome:
    """What pycocotools says; its time is from annotations as dictionaries on."""
    from pycocotools.coco import COCO  # noqa: PLC0415  # in a process of its own
    from pycocotools.cocoeval import COCOeval  # noqa: PLC0415

    return _coco(size, COCO, COCOeval)


def with_faster_coco_eval(size: Size) -> Outcome:
    """What faster-coco-eval says; its time is from annotations as dictionaries on."""
    from faster_coco_eval import COCO, COCOeval_faster  # noqa: PLC0415

    return _coco(size, COCO, COCOeval_faster)


def _coco(size: Size, kind: Any, evaluation: Any) -> Outcome:
    given, before = list(pages(size)), _peak()
    truth, found = _dictionaries(given)
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        data = kind()
        data.dataset = truth
        data.createIndex()
        run = evaluation(data, data.loadRes(found), "bbox")
        run.params.maxDets = [1, 100, NO_CAP]
        run.params.areaRng, run.params.areaRngLbl = [[0, 1e10]], ["all"]
        run.evaluate()
        run.accumulate()
    seconds = time.perf_counter() - start
    return Outcome(run.eval["precision"][:, :, :, 0, -1], seconds, _peak() - before)


def _dictionaries(given: list[PagePair]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The same pages as COCO has them."""
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image, (_, truth, found) in enumerate(given, 1):
        for symbols, rows in ((truth, annotations), (found, results)):
            sides = symbols.box[:, 2:] - symbols.box[:, :2]
            for label, box, score in zip(
                symbols.label.tolist(),
                np.hstack((symbols.box[:, :2], sides)).tolist(),
                symbols.score.tolist(),
                strict=True,
            ):
                row: dict[str, Any] = {"image_id": image, "category_id": label, "bbox": box}
                if rows is results:
                    row["score"] = score
                else:
                    row |= {"id": len(rows) + 1, "area": box[2] * box[3], "iscrowd": 0}
                rows.append(row)
    images = [{"id": image + 1, "width": WIDTH, "height": HEIGHT} for image in range(len(given))]
    categories = [{"id": row.id, "name": row.name} for row in given[0][1].vocabulary.classes]
    return {"images": images, "categories": categories, "annotations": annotations, "info": {}}, results


def _peak() -> int:
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run(program: Callable[[Size], Outcome], size: Size) -> Outcome:
    """What a program says, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(program, (size,))


def main() -> None:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--symbols", type=int, default=500, help="on a page")
    parser.add_argument("--classes", type=int, default=135)
    parser.add_argument("--skip-pycocotools", action="store_true", help="it is slow")
    options = parser.parse_args()
    size = Size(options.pages, options.symbols, options.classes)
    print(f"{size.pages:,} pages of {size.symbols:,} symbols of {size.classes} classes")
    programs = {"notehead": ours, "faster-coco-eval": with_faster_coco_eval, "pycocotools": with_pycocotools}
    if options.skip_pycocotools:
        del programs["pycocotools"]
    outcomes = {name: run(program, size) for name, program in programs.items()}
    for name, outcome in outcomes.items():
        known = outcome.precision[:, :, outcome.precision[0, 0] >= 0]
        print(
            f"  {name:<17} {outcome.seconds:8.2f} s  {outcome.memory / 1e6:7.0f} MB"
            f"  AP50 {known[0].mean():.6f}  AP {known.mean():.6f}"
        )
    for name, outcome in outcomes.items():
        if name != "notehead":
            apart = np.abs(outcome.precision - outcomes["notehead"].precision).max()
            print(f"  notehead and {name}: precisions at most {apart:.1e} apart (goal {GOAL_DIFFERENCE:.0e})")
    if size == Size():
        print(f"  goal: less than {GOAL_SECONDS} s")


if __name__ == "__main__":
    main()
