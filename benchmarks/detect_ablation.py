"""`python -m benchmarks.detect_ablation DATASET ... -o runs/`: what each part of the detector brings.

The same network is trained for the same few steps, each time with one part changed, and judged by the same
held pages, as they are and degraded. Stopped, it goes on where it was: every training keeps its checkpoint.

`rare` are classes of which the training pages that nobody composed hold fewer than `RARE` symbols.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
import orjson
from numpy.typing import NDArray

from benchmarks.detect_pages import drawn
from notehead import Dataset, Page
from notehead.datasets.index import PageEntry
from notehead.degrade import RECIPES, degrade
from notehead.detect.classes import labels_of_kind
from notehead.detect.detector import DetectOptions, Model, detect_at
from notehead.detect.maps import DecodeOptions
from notehead.detect.model import OnnxModel
from notehead.detect.refine import Correction, Glance
from notehead.evaluate import DetectionEvaluator, DetectionFigures, DetectionOptions
from notehead.files import write_file
from notehead.models.data.cutting import CropOptions
from notehead.models.data.pages import PageOptions, prepare_pages
from notehead.models.detector.export import export, load_network
from notehead.models.detector.losses import LossWeights
from notehead.models.detector.quantise import quantise
from notehead.models.detector.task import DetectorTask, TaskOptions
from notehead.models.detector.validate import TorchModel, summary
from notehead.models.loop import CHECKPOINT, LoopOptions, train
from notehead.models.training import divided
from notehead.vocabulary import VOCABULARY

RARE = 300
"""Symbols of a class below which it is rare."""
_USUAL_SPACE = 17.5
"""Pixels of a staff space that a detector without a measure of its own takes for granted."""
_LILYPOND = "Emmentaler"

Space = Callable[[Page], float]


def own_space(page: Page) -> float:
    """The page's staff space."""
    return page.staff_space


@dataclass(frozen=True)
class Variant:
    """A training with one part changed.

    Attributes:
        name: of what is changed.
        keep: pages that are trained on.
        space: what is taken for a page's staff space.
        pages: how they are prepared.
        crops: how crops are drawn.
        weights: of the loss.
        refined: whether symbols are looked at twice.
        tips: whether tips of curves are.
        trust: how much a second look counts, beside boxes.
        int8: whether the network is judged in eight bits.
        trained: whether it is trained anew, or read with what was trained as shipped.
    """

    name: str
    keep: Callable[[PageEntry], bool] = lambda _: True
    space: Space = own_space
    pages: PageOptions = field(default_factory=PageOptions)
    crops: CropOptions = field(default_factory=CropOptions)
    weights: LossWeights = field(default_factory=LossWeights)
    refined: bool = True
    tips: bool = True
    trust: float = DecodeOptions().trust
    int8: bool = False
    trained: bool = True


def composed(entry: PageEntry) -> bool:
    """Whether a page's score was composed for its rare symbols."""
    return entry.score.startswith("rare-")


VARIANTS = (
    Variant("as shipped"),
    Variant("in eight bits", int8=True, trained=False),
    Variant("no look at tips", tips=False, trained=False),
    Variant("second look at boxes alone", trust=0, trained=False),
    Variant("second look at its word", trust=1, trained=False),
    Variant("one box head: no second look", weights=LossWeights(refine=0), refined=False),
    Variant("box loss without IoU", weights=LossWeights(overlap=0, refine=0), refined=False),
    Variant("no staff-space scaling", space=lambda _: _USUAL_SPACE),
    Variant("half the resolution (stride 8)", space=lambda page: 2 * page.staff_space),
    Variant("a third more resolution (stride 3)", space=lambda page: 0.75 * page.staff_space),
    Variant("no degradation", pages=PageOptions(recipes=("clean",))),
    Variant("crops not aimed at rare symbols", crops=CropOptions(aimed=0)),
    Variant(
        "nor rare symbols composed",
        crops=CropOptions(aimed=0),
        keep=lambda entry: not composed(entry),
    ),
    Variant("Verovio alone", keep=lambda entry: entry.font != _LILYPOND),
)


class Rescaled:
    """A dataset whose pages say another staff space than they have."""

    def __init__(self, dataset: Dataset, space: Space) -> None:
        self._dataset, self._space = dataset, space
        self.entries = dataset.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, row: int) -> Page:
        page = self._dataset[row]
        return replace(page, staff_space=self._space(page)) if page.staff_space > 0 else page


class Once:
    """A model that looks at some things only once.

    Args:
        model: the model.
        refined: whether symbols are looked at again.
        tips: whether tips are.
    """

    def __init__(self, model: Model, *, refined: bool, tips: bool) -> None:
        self._model, self._refined, self._tips = model, refined, tips
        self.probability, self.maps, self.read = model.probability, model.maps, model.read

    def refine(self, glance: Glance) -> Correction:
        """What a second look adds, or nothing."""
        if self._refined:
            return self._model.refine(glance)
        shapes = (len(glance.kind), 4), len(glance.kind), (len(glance.kind), len(labels_of_kind()[0]))
        return Correction(*(np.zeros(shape, np.float32) for shape in shapes))

    def tips(self, seen: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far tips are off, or nothing."""
        return self._model.tips(seen, known) if self._tips else np.zeros((len(seen), 2), np.float32)


@dataclass(frozen=True)
class Bench:
    """What all variants share.

    Attributes:
        learnt: pages to train on.
        held: pages to judge by, as they are, then each degraded.
        folder: of the trainings.
        steps: of each.
        rare: names of rare classes.
    """

    learnt: Dataset
    held: Sequence[Page]
    folder: Path
    steps: int
    rare: frozenset[str]

    def row(self, variant: Variant) -> dict[str, object]:
        """The figures of a variant, from its training."""
        folder = self.folder / variant.name.replace(" ", "-").replace(":", "")
        done = folder / "figures.json"
        if done.exists():
            row: dict[str, object] = orjson.loads(done.read_bytes())
            return row
        base = folder if variant.trained else self.folder / "as-shipped"
        seconds = self._train(variant, folder) if variant.trained else 0.0
        options = DetectOptions(decode=DecodeOptions(trust=variant.trust))
        found: dict[str, object] = {"variant": variant.name, "seconds": round(seconds)}
        with tempfile.TemporaryDirectory() as room:
            model = self._model(variant, base, Path(room))
            for place, condition in enumerate(("clean", "degraded")):
                figures = judged(self.held[place::2], model, variant.space, options)
                found |= {f"{condition} {key}": value for key, value in summary(figures).items()}
                found[f"{condition} rare"] = mean_of(figures, self.rare)
        folder.mkdir(parents=True, exist_ok=True)
        write_file(done, orjson.dumps(found))
        return found

    def _train(self, variant: Variant, folder: Path) -> float:
        dataset = cast("Dataset", Rescaled(self.learnt.where(variant.keep), variant.space))
        paths = prepare_pages([dataset], folder / "pages", variant.pages)
        task = DetectorTask(paths, TaskOptions(crops=variant.crops, weights=variant.weights))
        options = LoopOptions(steps=self.steps, warm=min(300, self.steps // 5))
        begun = time.monotonic()
        train(task, folder, options, tell=lambda text: print(f"{variant.name}: {text}", flush=True))
        return time.monotonic() - begun

    def _model(self, variant: Variant, run: Path, room: Path) -> Model:
        network, _ = load_network(run / CHECKPOINT)
        if not variant.int8:
            return Once(TorchModel(network), refined=variant.refined, tips=variant.tips)
        export(network, room / "floats")
        quantise(room / "floats", room / "bytes", sorted((run / "pages").glob("*.npz"))[:100])
        return OnnxModel(room / "bytes")


def judged(pages: Sequence[Page], model: Model, space: Space, options: DetectOptions) -> DetectionFigures:
    """Figures of what a model reads on pages."""
    evaluator = DetectionEvaluator(VOCABULARY, DetectionOptions(tolerances=(0.5,)))
    for page in pages:
        found = detect_at(page.image, space(page), model, options)
        evaluator.add(page.symbols, found, page.staff_space, page.name)
    return evaluator.finish()


def mean_of(figures: DetectionFigures, names: frozenset[str], least: int = 3) -> float:
    """Mean AP50 of some classes, those with so many true symbols."""
    rows = [row for row in figures.classes if row.name in names and row.truths >= least]
    return float(np.mean([row.means().ap50 for row in rows])) if rows else float("nan")


def held_pages(datasets: Sequence[Dataset], count: int) -> Iterator[Page]:
    """Pages that are not trained on, each as it is and then degraded, by all recipes in turn."""
    recipes = [name for name in RECIPES if name != "clean"]
    merged = Dataset.merge(*datasets)
    place = 0
    for name in drawn(merged.entries, count):
        page = merged[name]
        if page.staff_space > 0:
            yield page
            yield degrade(page, RECIPES[recipes[place % len(recipes)]], place, 1.0)
            place += 1


def divided_pages(folders: Sequence[str], learnt: int, held: int) -> tuple[Dataset, list[Page]]:
    """So many pages to train on, drawn evenly over scores, and so many to judge by, each twice."""
    ours, others = divided([Dataset(folder) for folder in folders])
    merged = Dataset.merge(*ours)
    names = set(drawn(merged.entries, learnt))
    few = merged.where(lambda entry: entry.name in names)
    return few, list(held_pages([one for one in others if len(one)], held))


def rare_classes(dataset: Dataset) -> frozenset[str]:
    """Classes with few symbols on the pages that were not composed."""
    counts = np.zeros(max(VOCABULARY.by_id) + 1, np.int64)
    for entry, symbols in dataset.annotations():
        if not composed(entry):
            counts += np.bincount(symbols.label, minlength=len(counts))
    return frozenset(row.name for row in VOCABULARY.classes if counts[row.id] < RARE)


def table(rows: Sequence[dict[str, object]]) -> str:
    """The figures as Markdown."""
    names = [
        f"{condition} {key}" for condition in ("clean", "degraded") for key in ("ap50", "ap", "lines", "rare")
    ]
    lines = ["| variant | " + " | ".join(names) + " | seconds |", "| --- |" + " --- |" * (len(names) + 1)]
    for row in rows:
        cells = " | ".join(f"{row[name]:.3f}" for name in names)
        lines.append(f"| {row['variant']} | {cells} | {row['seconds']} |")
    return "\n".join(lines)


def main() -> None:
    """Train and judge all variants, and print their figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("datasets", nargs="+", metavar="DATASET")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the trainings")
    parser.add_argument("--steps", type=int, default=1000, help="of each training")
    parser.add_argument("--pages", type=int, default=800, help="to train on")
    parser.add_argument("--held", type=int, default=40, help="pages to judge by")
    parser.add_argument("--only", nargs="*", default=[], help="variants whose names begin so")
    given = parser.parse_args()
    few, pages = divided_pages(given.datasets, given.pages, given.held)
    bench = Bench(few, pages, given.output, given.steps, rare_classes(few))
    wanted = [one for one in VARIANTS if not given.only or one.name.startswith(tuple(given.only))]
    print(table([bench.row(one) for one in wanted]))


if __name__ == "__main__":
    main()
