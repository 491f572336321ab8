"""`make bench`: processor milliseconds a page and stage, pages a second, memory; and the seeds' pipeline.

Every flavour is written: image, class and instance masks, DeepScoresV2 and v1 annotations, notehead's
page file. Pages are 1960 x 2772. The report and the patches, which a dataset has only so many of, are
shown by themselves.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.demo import PIECES, corpus_file
from benchmarks.seeds_pipeline import measure, ms_per_page
from notehead import BuildOptions, BuildResult, build
from notehead.errors import MissingExtraError

GOAL_MS = 100
GOAL_BYTES = 500e6
GOAL_TIMES = 40


ONCE = ("report", "patches")
"""Stages whose cost stops growing: a report of at most 60 pages, at most 5,000 patches of a class."""


def per_page(result: BuildResult) -> float:
    """Processor milliseconds for each page, all of its files and annotations written."""
    spent = sum(seconds for stage, seconds in result.stages.items() if stage not in ONCE)
    return spent / max(result.pages, 1) * 1000


def report(result: BuildResult) -> None:
    """Print the figures of a build."""
    print(f"{result.pages} pages of 1960 x 2772, {result.symbols / max(result.pages, 1):.0f} symbols a page")
    for stage, seconds in result.stages.items():
        once = f"  ({seconds:.1f} s, once for the dataset)" if stage in ONCE else ""
        print(f"  {stage:<12} {seconds / max(result.pages, 1) * 1000:7.1f} ms a page{once}")
    total = per_page(result)
    print(f"  {'a page':<12} {total:7.1f} ms (goal {GOAL_MS}), {1000 / total:.1f} pages/s a core")
    print(f"  peak memory of a worker {result.peak_memory / 1e6:.0f} MB (goal {GOAL_BYTES / 1e6:.0f})")


def main() -> None:
    """Measure, in one run, notehead and the seeds' pipeline on the same scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", nargs="*", type=Path, help="MusicXML; default: pieces of music21's corpus")
    parser.add_argument("--python", help="an interpreter with CairoSVG, for the seeds' pipeline")
    parser.add_argument(
        "--seeds-scores", type=int, default=4, help="scores for the slow pipeline, shortest first"
    )
    options = parser.parse_args()
    scores: Sequence[Path] = options.scores or [corpus_file(name) for name in PIECES.values()]
    with tempfile.TemporaryDirectory() as folder:
        build(
            scores[:1],
            Path(folder) / "warm",
            BuildOptions(workers=1, papers=("study",), patches=0, report_pages=0),
        )
        result = build(scores, Path(folder) / "out", BuildOptions(workers=1, papers=("study",)))
        report(result)
        ours = per_page(result)
        some = sorted(scores, key=lambda path: path.stat().st_size)[: options.seeds_scores]
        print(f"\nthe same {len(some)} scores by notehead and by the seeds' pipeline (image only):")
        same = build(
            some, Path(folder) / "same", BuildOptions(workers=1, papers=("study",), report_pages=0, patches=0)
        )
        mine = per_page(same)
    if shutil.which("lilypond") is None:
        print("LilyPond is not installed; on Debian: apt-get install lilypond")
        return
    try:
        rows = measure(some, **({"python": options.python} if options.python else {}))
    except MissingExtraError as error:
        print(error)
        return
    theirs = sum(ms_per_page(rows).values())
    print(f"  notehead {mine:.0f} ms a page; musicxml2ly + LilyPond + CairoSVG {theirs:.0f} ms a page")
    print(
        f"  {theirs / mine:.0f} times faster (goal {GOAL_TIMES}); over all scores {theirs / ours:.0f} times"
    )


if __name__ == "__main__":
    main()
