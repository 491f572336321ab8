"""`python -m benchmarks.detect DATASET`: what the detector finds on pages it was not trained on.

Pages are drawn evenly over the scores of the dataset's split `test`, as they are and through each recipe, and
read from their image alone. Figures are those of `notehead.evaluate`: glyphs by their boxes, lines by
distance; classes with fewer than ten true symbols are in no mean.
"""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2

from benchmarks.arguments import CLEAN, recipe_names, write_facts
from benchmarks.detect_groups import KINDS
from benchmarks.detect_overlay import drawn_errors
from benchmarks.detect_pages import Judged, drawn, judged_pages
from benchmarks.detect_report import DEGRADED, bars, report, write_reliability
from benchmarks.detect_tally import Outcome, Tally
from notehead import Dataset
from notehead.detect import DetectOptions, Detector

_LEAST = 0.001
"""Scores below this are left out: average precision asks for all that was found, in its order."""


class Worst:
    """The pages with the lowest F1 of a condition, drawn into a folder.

    Args:
        folder: None to keep nothing.
        count: how many.
    """

    def __init__(self, folder: Path | None, count: int) -> None:
        self._folder, self._count = folder, count if folder else 0
        self._pages: list[tuple[float, int, Judged]] = []
        self._seen = 0

    def add(self, f1: float, one: Judged) -> None:
        """See a page."""
        self._seen += 1
        if self._count:
            heapq.heappush(self._pages, (-f1, self._seen, one))
            if len(self._pages) > self._count:
                heapq.heappop(self._pages)

    def write(self, condition: str) -> None:
        """Draw them: `CONDITION-F1-PAGE.png`."""
        for f1, _, one in self._pages:
            folder = self._folder or Path()
            folder.mkdir(parents=True, exist_ok=True)
            image = cv2.cvtColor(drawn_errors(one), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(folder / f"{condition}-{-f1:.3f}-{one.page.name}.png"), image)


def measured(
    names: Iterable[str], dataset: Dataset, detector: Detector, options: argparse.Namespace
) -> list[Outcome]:
    """The figures of each recipe, printed as they come, and those of all degraded pages together."""
    together, outcomes, degraded = Tally(DEGRADED), [], 0
    pages = list(names)
    for recipe in options.recipes:
        tally, worst = Tally(recipe), Worst(options.overlays, options.worst)
        for one in judged_pages(
            dataset, pages, recipe, options.strength, detector, known=options.known_space
        ):
            worst.add(tally.add(one), one)
            if recipe != CLEAN:
                together.add(one)
            print(".", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        worst.write(recipe)
        outcomes.append(tally.finish())
        degraded += recipe != CLEAN
        print(report(outcomes[-1], other_engraver=options.other_engraver), end="\n\n", flush=True)
    if degraded > 1:
        outcomes.append(together.finish())
        print(report(outcomes[-1], other_engraver=options.other_engraver), end="\n\n")
    return outcomes


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", type=Path, help="folder of a model; default: the one of the package")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument(
        "--recipes", type=recipe_names, default="all", help="all, or names with commas between"
    )
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="which pages are drawn")
    parser.add_argument("--fonts", default="", help="pages in these music fonts alone, separated by commas")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--known-space", action="store_true", help="tell the detector the staff space")
    parser.add_argument(
        "--other-engraver", action="store_true", help="the bars for an engraver that was not trained on"
    )
    parser.add_argument("--json", type=Path, help="write all figures there")
    parser.add_argument("--plots", type=Path, help="write reliability plots into this folder")
    parser.add_argument("--maps", type=Path, help="write the maps from score to probability there")
    parser.add_argument("--overlays", type=Path, help="draw the worst pages into this folder")
    parser.add_argument("--worst", type=int, default=4, help="pages to draw for each recipe")
    options = parser.parse_args()
    dataset = Dataset(options.dataset)
    fonts = set(filter(None, options.fonts.split(",")))
    entries = [entry for entry in dataset.entries if not fonts or entry.font in fonts]
    names = drawn(entries, options.pages, options.seed)
    detector = Detector(options.model, DetectOptions(confidence=_LEAST), options.threads)
    outcomes = measured(names, dataset, detector, options)
    if options.json:
        facts = {
            "dataset": str(options.dataset),
            "model": str(options.model or "the package's"),
            "strength": options.strength,
            "known_space": options.known_space,
            "conditions": [one.to_json() for one in outcomes],
        }
        write_facts(options.json, facts)
    if options.plots:
        write_reliability(outcomes, options.plots)
    if options.maps:
        maps = outcomes[-1].scores.fitted()
        table = {KINDS[kind]: fitted.to_json() for kind, fitted in maps.items()}
        options.maps.write_text(json.dumps(table, indent=1) + "\n")
    missed = [
        f"{one.name}: {bar.what} {bar.value:.4g} (must be {bar.bar:g})"
        for one in outcomes
        for bar in bars(one, other_engraver=options.other_engraver)
        if not bar.met
    ]
    print(f"{len(missed)} bars are not met" + "".join(f"\n  {line}" for line in missed))


if __name__ == "__main__":
    main()
