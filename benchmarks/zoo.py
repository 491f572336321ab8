"""`python -m benchmarks.zoo DATASET ... -o runs/`: every model of the registry on the same small budget.

All are trained for the same minutes on the same prepared pages, one after the other, and judged by the same
held pages, clean and degraded by turns, whose staff space they are told; a slow reader is judged by as many
of them as it reads in the minutes for that. Stopped, it goes on where it was.
Time is the processor's, of one thread (threads that wait for each other spend it, too), so that what else the
machine does changes little. Several of these commands may share a folder, each with `--only` some models.

Detectors are judged by macro AP50 and AP over the glyphs that have enough symbols in training and judgement,
and by AP50 over those of them that are rare on training pages which nobody composed, as Elezi et al. paste
them into margins; other tasks by their own measure. A model that fails has a row that says why.
"""

from __future__ import annotations

import argparse
import gc
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import orjson
import torch
from torch import nn

from benchmarks.detect_ablation import divided_pages
from benchmarks.detect_groups import TRACED
from notehead import Page
from notehead.detect.detector import DetectOptions, detect_at
from notehead.evaluate import DetectionEvaluator, DetectionOptions
from notehead.files import write_file
from notehead.models.boxes.base import BoxNetwork
from notehead.models.boxes.dwd_options import RareOptions
from notehead.models.boxes.reading import read_page
from notehead.models.data.cutting import CropOptions, class_counts
from notehead.models.data.pages import PageOptions, composed_pages, prepare_pages
from notehead.models.data.table import ClassTable
from notehead.models.detector.network import DetectorNetwork
from notehead.models.detector.validate import TorchModel
from notehead.models.lesson import Task
from notehead.models.loop import CHECKPOINT, LoopOptions, train
from notehead.models.registry import MODELS, ModelEntry, Setting
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

FEW = 20
"""Symbols on the training pages below which no model is asked for a class."""
RARE = RareOptions().share
"""Share of all symbols on pages that were not composed, below which a class is rare."""
_FIRST = 4
"""Held pages that every model reads, however slow it is."""
_TRIED, _ENOUGH = 20, 20.0
"""Steps by which the pace of a training is measured at most, and seconds after which that is enough."""

Row = dict[str, object]


@dataclass(frozen=True)
class Budget:
    """What each model is given.

    Attributes:
        seconds: of training, of all processor cores together.
        steps: instead of seconds, where given.
        crops: what a batch is made of.
        least: true symbols of a class on the held pages.
        judging: seconds after which no further held page is read, but the first few.
    """

    seconds: float
    steps: int
    crops: CropOptions
    least: int
    judging: float = float("inf")


@dataclass(frozen=True)
class Zoo:
    """What all models share.

    Attributes:
        paths: prepared pages.
        composed: those whose score was composed.
        held: pages to judge by.
        folder: of the trainings.
        budget: of each.
    """

    paths: Sequence[Path]
    composed: Sequence[Path]
    held: Sequence[Page]
    folder: Path
    budget: Budget

    def row(self, entry: ModelEntry) -> Row:
        """The figures of a model, trained first where it is not yet; of one that fails, why."""
        folder = self.folder / entry.name
        done = folder / "figures.json"
        if done.exists():
            kept: Row = orjson.loads(done.read_bytes())
            return kept
        row: Row = {"task": entry.task, "model": entry.name}
        try:
            row |= self._trained(entry, folder)
        except Exception as error:  # noqa: BLE001  # a row that fails says why, and the others go on
            traceback.print_exc()
            return row | {"failed": f"{type(error).__name__}: {error}".splitlines()[0][:120]}
        folder.mkdir(parents=True, exist_ok=True)
        write_file(done, orjson.dumps(row))
        return row

    def _trained(self, entry: ModelEntry, folder: Path) -> Row:
        steps = self._steps(entry, folder)
        task = entry.make(self._setting(steps, ()))
        spent = folder / "seconds.json"
        before = float(orjson.loads(spent.read_bytes())) if spent.exists() else 0.0
        begun = time.process_time()
        options = LoopOptions(steps=steps, warm=min(100, max(steps // 10, 1)), judge=steps + 1, average=0.99)
        train(task, folder, options, tell=lambda text: print(f"{entry.name}: {text}", flush=True))
        seconds = before + time.process_time() - begun
        write_file(spent, orjson.dumps(seconds))
        network = task.network
        network.load_state_dict(torch.load(folder / CHECKPOINT, weights_only=True)["average"])
        parameters = sum(value.numel() for value in network.parameters())
        row: Row = {"parameters": parameters, "steps": steps, "seconds": round(seconds)}
        reader = reading(network.eval())
        if reader is None:
            pages = InTime(self.held, self.budget.judging)
            return row | entry.make(self._setting(steps, pages)).judge(network) | {"pages": pages.read}
        return row | self._judged(reader)

    def _setting(self, steps: int, pages: Sequence[Page]) -> Setting:
        crops = self.budget.crops
        return Setting(self.paths, crops, 0, torch.device("cpu"), pages, self.composed, steps)

    def _steps(self, entry: ModelEntry, folder: Path) -> int:
        """How many steps fit the budget, measured once and kept, so that a training goes on as it began."""
        if self.budget.steps:
            return self.budget.steps
        kept = folder / "steps.json"
        if not kept.exists():
            pace = _pace(entry.make(self._setting(1000, ())))
            folder.mkdir(parents=True, exist_ok=True)
            write_file(kept, orjson.dumps(max(10, int(self.budget.seconds / pace))))
        return int(orjson.loads(kept.read_bytes()))

    def _judged(self, reader: Callable[[Page], Symbols]) -> Row:
        """Figures over the held pages, and over the first of them, which slow readers have read as well."""
        every, first = (DetectionEvaluator(VOCABULARY, DetectionOptions()) for _ in range(2))
        spent, count = 0.0, 0
        for page in self.held:
            begun = time.process_time()
            found = reader(page)
            spent, count = spent + time.process_time() - begun, count + 1
            for evaluator in (every, first) if count <= _FIRST else (every,):
                evaluator.add(page.symbols, found, page.staff_space, page.name)
            if spent > self.budget.judging and count >= _FIRST:
                break
        few = {f"{name} of {_FIRST} pages": value for name, value in self._means(first).items()}
        return self._means(every) | few | {"pages": count, "seconds a page": round(spent / count, 2)}

    def _means(self, evaluator: DetectionEvaluator) -> Row:
        names, few = asked(self.paths), rare(sorted(set(self.paths) - set(self.composed)))
        rows = [
            row for row in evaluator.finish().classes if row.name in names and row.truths >= self.budget.least
        ]
        return {
            "ap50": macro([row.means().ap50 for row in rows]),
            "ap": macro([row.means().ap for row in rows]),
            "classes": len(rows),
            "rare ap50": macro([row.means().ap50 for row in rows if row.name in few]),
            "rare classes": sum(row.name in few for row in rows),
        }


class InTime(Sequence[Page]):
    """Pages that end when so many seconds of the processor are spent on them, but not before the first few.

    Attributes:
        read: how many were given the last time.
    """

    def __init__(self, pages: Sequence[Page], seconds: float) -> None:
        self._pages, self._seconds = pages, seconds
        self.read = 0

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, place: int) -> Page: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Page]: ...
    def __getitem__(self, place: int | slice) -> Page | Sequence[Page]:
        return self._pages[place]

    def __iter__(self) -> Iterator[Page]:
        begun, self.read = time.process_time(), 0
        for page in self._pages:
            if self.read >= _FIRST and time.process_time() - begun > self._seconds:
                return
            self.read += 1
            yield page


def _pace(task: Task) -> float:
    """Processor seconds of a step."""
    _step(task, 0)  # compiles what has to be
    begun, count = time.process_time(), 0
    while count < _TRIED and time.process_time() - begun < _ENOUGH:
        count += 1
        _step(task, count)
    return (time.process_time() - begun) / count


def _step(task: Task, number: int) -> None:
    loss, _ = task.loss(task.batch(number))
    loss.backward()  # type: ignore[no-untyped-call]


def reading(network: nn.Module) -> Callable[[Page], Symbols] | None:
    """How a detector reads a page whose staff space it is told; None for networks of other tasks."""
    if isinstance(network, DetectorNetwork):
        model = TorchModel(network)
        return lambda page: detect_at(page.image, page.staff_space, model, DetectOptions())
    if isinstance(network, BoxNetwork):
        return lambda page: read_page(network, page.image, page.staff_space)
    return None


def asked(paths: Sequence[Path]) -> frozenset[str]:
    """The glyphs that detectors are asked for."""
    names = (VOCABULARY.by_id[label].name for label in ClassTable.of(class_counts(paths), FEW).labels)
    return frozenset(name for name in names if name not in TRACED and not name.startswith("text"))


def rare(paths: Sequence[Path]) -> frozenset[str]:
    """The classes that are a small share of all symbols on pages."""
    counts = class_counts(paths)
    return frozenset(row.name for row in VOCABULARY.classes if counts[row.id] < RARE * counts.sum())


def macro(values: Sequence[float]) -> float:
    """Their mean; 0 of none."""
    return sum(values) / max(len(values), 1)


def table(rows: Sequence[Row]) -> str:
    """The figures as Markdown, task by task."""
    lines = []
    for task in dict.fromkeys(str(row["task"]) for row in rows):
        own = [row for row in rows if row["task"] == task]
        names = list(
            dict.fromkeys(key for row in own for key in row if key not in {"task", "model", "failed"})
        )
        lines += ["", f"| {task} | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
        for row in own:
            cells = (
                [f"failed: {row['failed']}"] if "failed" in row else [_cell(row.get(name)) for name in names]
            )
            lines.append(f"| {row['model']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if isinstance(value, float) else str(value or "")


def main() -> None:
    """Train and judge all models, and print their figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the trainings")
    parser.add_argument("--minutes", type=float, default=20, help="of the processor, to train each model")
    parser.add_argument("--pages", type=int, default=800, help="to train on")
    parser.add_argument(
        "--judge", type=float, default=5, help="minutes of the processor, to judge each model"
    )
    parser.add_argument("--crop", type=int, default=256, help="pixels of a crop's side; four make a batch")
    parser.add_argument("--held", type=int, default=20, help="pages to judge by, each clean and degraded")
    parser.add_argument(
        "--quick", action="store_true", help="a few small steps of each: whether they work at all"
    )
    parser.add_argument("--only", nargs="*", default=[], help="these models alone")
    given = parser.parse_args()
    torch.set_num_threads(1)
    few, pages = divided_pages(
        given.datasets, 16 if given.quick else given.pages, 1 if given.quick else given.held
    )
    paths = prepare_pages([few], given.output / "pages", PageOptions(instances=True))
    crops = CropOptions(size=given.crop, pages=1 if given.quick else 2, crops=2)
    steps, least = (8, 1) if given.quick else (0, 10)
    budget = Budget(60 * given.minutes, steps, crops, least, 60 * given.judge)
    zoo = Zoo(paths, composed_pages([few], paths), pages, given.output, budget)
    rows = []
    for entry in MODELS:
        if not given.only or entry.name in given.only:
            rows.append(zoo.row(entry))
            gc.collect()
    print(table(rows))


if __name__ == "__main__":
    main()
