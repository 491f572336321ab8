"""`python -m benchmarks.read_files DATASET SCORES`: music read from pages against the files they came from.

Whole scores of few pages are read, from their true symbols and with `--detected` from what the detector
finds, and compared with their MusicXML by every metric of `notehead evaluate --task music`: notes, TEDn, the
symbol error rate of LMX, OMR-NED, with the time that each takes. What a page does not show, such as hidden
rests or names of instruments, counts as missed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from benchmarks.arguments import CLEAN, recipe_names, write_facts
from benchmarks.detect_pages import asked
from benchmarks.read_pages import degraded_page, detected_page
from benchmarks.read_scores import drawn_scores
from notehead import Dataset, Page
from notehead.datasets.index import PageEntry
from notehead.detect import DetectOptions, Detector
from notehead.errors import NoteheadError
from notehead.evaluate.music import MusicComparer, MusicFigures, MusicOptions
from notehead.evaluate.music.figures import METRICS
from notehead.transcribe import transcribe
from notehead.transcribe.musicxml import to_musicxml

_SUFFIXES = (".mxl", ".musicxml", ".xml")
_CONFIDENCE = 0.4
"""Symbols less sure than that are left out."""

Seen = Callable[[Page], Page]


def whole_scores(
    pages: Sequence[PageEntry], scores: Path, count: int, most: int
) -> Iterator[tuple[Path, list[str]]]:
    """The file and the pages of so many scores, drawn at random, that have so many pages at most.

    Args:
        pages: all of a dataset.
        scores: the folder that it was built from.
        count: of scores.
        most: pages of a score.
    """
    entries = {entry.name: entry for entry in pages}
    found = 0
    for _, names in drawn_scores(pages, len(entries)):
        file = scores / entries[names[0]].score
        numbers = [entries[name].number for name in names]
        whole = len(names) <= most and numbers == list(range(1, len(names) + 1))
        if found < count and whole and file.suffix in _SUFFIXES and file.is_file():
            found += 1
            yield file, names


def compared(
    page_of: Callable[[str], Page],
    scores: Sequence[tuple[Path, list[str]]],
    seen: Seen,
    metrics: Sequence[str],
) -> MusicFigures:
    """The figures of scores, of whose pages so much is seen."""
    figures = []
    with tempfile.TemporaryDirectory() as folder, MusicComparer(MusicOptions(metrics)) as comparer:
        read = Path(folder) / "read.musicxml"
        for file, names in scores:
            print(".", end="", file=sys.stderr, flush=True)
            try:
                read.write_bytes(to_musicxml(transcribe([seen(page_of(name)) for name in names])))
                figures.append(comparer.compare(read, file, file.name))
            except NoteheadError as error:
                print(f"{file.name}: {error}", file=sys.stderr)
    print(file=sys.stderr)
    return MusicFigures(tuple(figures))


def _ways(options: argparse.Namespace) -> Mapping[str, Seen]:
    """By name what is seen of a page."""
    ways: dict[str, Seen] = {"true symbols": lambda page: page}
    if options.detected:
        detector = Detector(None, DetectOptions(), options.threads)
        for recipe in options.recipes:
            ways[f"detected, {recipe}"] = partial(_found, recipe=recipe, detector=detector)
    return ways


def _found(page: Page, recipe: str, detector: Detector) -> Page:
    return detected_page(asked(degraded_page(page, recipe, 1.0)), detector, _CONFIDENCE)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("scores", type=Path, help="folder that the dataset was built from")
    parser.add_argument("--count", type=int, default=40, help="scores")
    parser.add_argument("--pages", type=int, default=2, help="of a score at most")
    parser.add_argument("--metrics", default=",".join(METRICS), help="names with commas between")
    parser.add_argument("--detected", action="store_true", help="read what the detector finds as well")
    parser.add_argument(
        "--recipes", type=recipe_names, default=CLEAN, help="all, or names with commas between"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args()
    dataset = Dataset(options.dataset)
    scores = list(whole_scores(dataset.entries, options.scores, options.count, options.pages))
    facts = {}
    for name, seen in _ways(options).items():
        figures = compared(dataset.__getitem__, scores, seen, options.metrics.split(","))
        print(f"{name}\n\n{figures.table()}", flush=True)
        facts[name] = figures.to_json()
    if options.json:
        write_facts(options.json, facts)


if __name__ == "__main__":
    main()
