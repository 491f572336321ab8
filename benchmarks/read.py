"""`python -m benchmarks.read DATASET`: what `notehead read` makes of pages that it was not developed on.

Scores are drawn at random from a split, their first pages read as one. From TRUE symbols: F1 of notes by
pitch, with duration, with onset in the measure; clefs, keys and meters in force at each measure of each
staff; measures that add up; files that are valid and open. `--detected`: the same from what the detector
finds on the same images, as they are and through each recipe; `--restore`: which of its errors cost most
notes. `--curve`: with some of the true symbols damaged.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.arguments import CLEAN, recipe_names, write_facts
from benchmarks.detect_pages import asked
from benchmarks.read_damage import KINDS, SHARES, damaged
from benchmarks.read_errors import error_lines
from benchmarks.read_match import by_id, by_place
from benchmarks.read_pages import degraded_page, detected_page
from benchmarks.read_report import curve_table, report, restore_table, write_curve
from benchmarks.read_restore import ALL, GROUPS, STAVES, restored
from benchmarks.read_scores import ScorePages, drawn_scores, score_pages
from benchmarks.read_tally import Tally
from benchmarks.read_truth import true_notes
from benchmarks.read_valid import checks
from notehead import Dataset, Page
from notehead.detect import DetectOptions, Detector

Checks = Mapping[str, Callable[[bytes], str]]


@dataclass(frozen=True, eq=False)
class Source:
    """The scores that are read: all of them, again for each condition.

    Attributes:
        dataset: where they are.
        scores: names of scores and of their pages.
        pages: of a score at most.
    """

    dataset: Dataset
    scores: Sequence[tuple[str, list[str]]]
    pages: int

    def __iter__(self) -> Iterator[ScorePages]:
        for score in score_pages(self.dataset, self.scores, self.pages):
            print(".", end="", file=sys.stderr, flush=True)
            yield score
        print(file=sys.stderr)


def from_truth(source: Source, file_checks: Checks, errors: Path | None) -> Tally:
    """Reading from true symbols; what is wrong, note by note, into a file."""
    tally = Tally("true symbols", file_checks)
    lines = []
    for score in source:
        truth = true_notes(score.pages)
        read = tally.add(score, score.pages, truth, by_id(truth))
        lines += [
            f"==== {score.name} ({score.kind}, {score.pages[0].origin.score})",
            *error_lines(score, read.notes),
        ]
    if errors:
        errors.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tally


def from_damaged(source: Source, share: float, seed: int, kinds: Sequence[str]) -> Tally:
    """Reading from true symbols of which a share is damaged."""
    tally = Tally(f"{share:.0%} of the symbols damaged", {})
    for score in source:
        truth = true_notes(score.pages)
        rng = np.random.default_rng([seed, round(1000 * share), zlib.crc32(score.name.encode())])
        tally.add(score, [damaged(page, share, rng, kinds) for page in score.pages], truth, by_id(truth))
    return tally


def from_detected(
    source: Source, recipe: str, detector: Detector, file_checks: Checks, options: argparse.Namespace
) -> tuple[Tally, list[tuple[str, Tally]]]:
    """Reading from what the detector finds; for clean pages also with each kind of symbols made true."""
    tally = Tally(f"detected, {recipe}", file_checks)
    kinds = [*GROUPS, STAVES, ALL] if recipe == CLEAN and options.restore else []
    made = [(kind, Tally(f"{kind} restored", {})) for kind in kinds]
    for score in source:
        pages = [asked(degraded_page(page, recipe, options.strength)) for page in score.pages]
        score = replace(score, pages=tuple(pages))  # noqa: PLW2901
        found = [detected_page(page, detector, options.confidence) for page in pages]
        truth = true_notes(pages)
        spaces = [page.staff_space for page in pages]
        for one, read in ((tally, found), *((one, _restored(found, pages, kind)) for kind, one in made)):
            one.add(score, read, truth, by_place(truth, [page.symbols for page in read], spaces))
    return tally, made


def _restored(found: Sequence[Page], truth: Sequence[Page], kind: str) -> list[Page]:
    return [restored(one, true, kind) for one, true in zip(found, truth, strict=True)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument(
        "--split", default="test", help='pages of this split, where there are some; "" for all'
    )
    parser.add_argument("--scores", type=int, default=200)
    parser.add_argument("--pages", type=int, default=3, help="of a score at most")
    parser.add_argument("--seed", type=int, default=0, help="which scores are drawn, and what is damaged")
    parser.add_argument("--no-checks", action="store_true", help="do not open the files in other programs")
    parser.add_argument("--errors", type=Path, help="write what is wrong, note by note, there")
    parser.add_argument("--detected", action="store_true", help="read what the detector finds as well")
    parser.add_argument(
        "--restore", action="store_true", help="with --detected: which errors cost most notes"
    )
    parser.add_argument(
        "--recipes", type=recipe_names, default="all", help="all, or names with commas between"
    )
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument(
        "--confidence", type=float, default=0.4, help="symbols less sure than that are left out"
    )
    parser.add_argument("--model", type=Path, help="folder of a model; default: the one of the package")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--curve", action="store_true", help="damage 0, 1, 2, 5 and 10 per cent of the true symbols"
    )
    parser.add_argument("--damage", default=",".join(KINDS), help="in which ways, separated by commas")
    parser.add_argument("--plots", type=Path, help="write the curve into this folder")
    parser.add_argument("--json", type=Path, help="write all figures there")
    return parser


def measured(source: Source, options: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    """All figures that were asked for, printed as they come: a name and plain values."""
    file_checks: Checks = {} if options.no_checks else checks()
    tally = from_truth(source, file_checks, options.errors)
    print(report(tally), flush=True)
    yield "true", tally.to_json()
    if options.curve:
        curve = [
            (share, from_damaged(source, share, options.seed, options.damage.split(","))) for share in SHARES
        ]
        print(curve_table(curve), flush=True)
        if options.plots:
            write_curve(curve, options.plots)
        yield "curve", [{"share": share, **one.to_json()} for share, one in curve]
    if not options.detected:
        return
    detector = Detector(options.model, DetectOptions(), options.threads)
    for recipe in options.recipes:
        tally, made = from_detected(source, recipe, detector, file_checks, options)
        print(report(tally), flush=True)
        yield recipe, tally.to_json()
        if made:
            print(restore_table(tally, made), flush=True)
            yield "restored", {kind: one.to_json() for kind, one in made}


def main() -> None:
    """Measure and print."""
    options = _parser().parse_args()
    dataset = Dataset(options.dataset)
    entries = [entry for entry in dataset.entries if entry.split == options.split] or list(dataset.entries)
    source = Source(dataset, drawn_scores(entries, options.scores, options.seed), options.pages)
    facts = {
        "dataset": str(options.dataset),
        "split": options.split,
        "seed": options.seed,
        "strength": options.strength,
        "confidence": options.confidence,
        **dict(measured(source, options)),
    }
    if options.json:
        write_facts(options.json, facts)


if __name__ == "__main__":
    main()
