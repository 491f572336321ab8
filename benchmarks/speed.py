"""`make bench`: processor milliseconds a page and stage, pages a second, memory; and the seeds' pipeline.

Every flavour is written: image, class and instance masks, DeepScoresV2 and v1 annotations, notehead's
page file. Pages are 1960 x 2772. Patches, statistics, report and manifest are counted as `finish`.
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


def report(result: BuildResult) -> float:
    """Print the figures of a build; milliseconds a page."""
    total = 0.0
    print(f"{result.pages} pages of 1960 x 2772, {result.symbols / max(result.pages, 1):.0f} symbols a page")
    for stage, seconds in result.stages.items():
        ms = seconds / max(result.pages, 1) * 1000
        total += ms
        print(f"  {stage:<12} {ms:7.1f} ms a page")
    print(f"  {'all':<12} {total:7.1f} ms a page (goal {GOAL_MS}), {1000 / total:.1f} pages/s a core")
    print(f"  peak memory of a worker {result.peak_memory / 1e6:.0f} MB (goal {GOAL_BYTES / 1e6:.0f})")
    return total


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
        ours = report(build(scores, Path(folder) / "out", BuildOptions(workers=1, papers=("study",))))
        some = sorted(scores, key=lambda path: path.stat().st_size)[: options.seeds_scores]
        print(f"\nthe same {len(some)} scores by notehead and by the seeds' pipeline (image only):")
        same = build(
            some, Path(folder) / "same", BuildOptions(workers=1, papers=("study",), report_pages=0, patches=0)
        )
        mine = sum(same.stages.values()) / max(same.pages, 1) * 1000
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
