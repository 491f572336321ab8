"""`make bench-corpus`: build every score of a folder, and say what came of each.

Prints pages, symbols and symbols per class; scores left out with their reasons; how many noteheads the
scores ask for and how many were drawn, each difference with its score; and, with --verify, all checks.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.notecount import count_notes
from notehead import BuildOptions, Dataset, build
from notehead.cli.bar import Bar
from notehead.datasets.verify import Verification, verify_pages
from notehead.engrave.score import read_score


def compare_notes(dataset: Dataset, roots: list[Path]) -> None:
    """Print how many noteheads scores ask for and pages show."""
    drawn: Counter[str] = Counter()
    for entry in dataset.entries:
        drawn[entry.score] += int(dataset.symbols(entry.name).is_notehead.sum())
    asked = hidden = shown = equal = 0
    differences = []
    for name, count in sorted(drawn.items()):
        path = next((root / name for root in roots if (root / name).is_file()), None)
        path = path or next((root for root in roots if root.name == name), None)
        if path is None:
            continue
        notes = count_notes(read_score(path))
        asked, hidden, shown = asked + notes.shown, hidden + notes.hidden, shown + count
        equal += notes.shown == count
        if notes.shown != count:
            differences.append((count - notes.shown, name, notes.hidden))
    print(
        f"noteheads: scores show {asked:,} (and hide {hidden:,}), pages {shown:,}; "
        f"equal in {equal} of {len(drawn)}"
    )
    for difference, name, concealed in sorted(differences):
        print(f"  {difference:+6d}  {name} (hides {concealed})")


def verify(dataset: Dataset) -> None:
    """Print the figures of all page checks."""
    found = Verification()
    for _ in verify_pages(dataset, found):
        pass
    for name, count in sorted(found.counts.items()):
        print(f"  {count:>12,} {name}")
    print(f"  {len(found.exceptions):>12,} positions that disagree; {len(found.problems)} problems")
    for problem in [*found.exceptions, *found.problems]:
        print(f"  {problem}")


def main() -> None:
    """Build and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", nargs="+", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("bench/corpus"))
    parser.add_argument("--patches", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--notes", action="store_true")
    options = parser.parse_args()
    start = time.monotonic()
    build_options = BuildOptions(patches=options.patches, workers=options.workers)
    result = build(options.scores, options.output, build_options, Bar())
    seconds = time.monotonic() - start
    tried = result.scores + len(result.failures) + len(result.copies)
    print(
        f"{tried} scores: {result.scores} built, {len(result.copies)} copies, {len(result.failures)} left out"
    )
    for failure in [*result.failures, *result.copies]:
        print(f"  {failure.file}: {failure.reason}")
    print(
        f"{result.pages:,} pages, {result.symbols:,} symbols, {seconds:.0f} s; "
        f"peak {result.peak_memory / 1e6:.0f} MB"
    )
    for stage, spent in result.stages.items():
        print(f"  {stage:<12} {spent / max(result.pages, 1) * 1000:7.1f} ms a page")
    dataset = Dataset(options.output)
    if options.notes:
        compare_notes(dataset, options.scores)
    if options.verify:
        verify(dataset)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
