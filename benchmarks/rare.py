"""Composed scores against the imbalance of classes: counts of each class before and after, with a plot.

Composes scores, builds them, and sets the symbols of each class, scaled to a build of `--pages`, beside
those of a corpus of real scores (`--before`, the statistics.json of its dataset) and of a build in which
`--share` of the pages are composed. Every class must reach the goal there. With --check, all page checks run
as well.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

import orjson
from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from benchmarks.corpus import verify
from notehead import BuildOptions, Dataset, build
from notehead.cli.bar import Bar
from notehead.compose import compose_scores
from notehead.datasets.plots import INK, KIND_COLOURS, MARK, PALE, STYLE
from notehead.vocabulary import VOCABULARY

GOAL = 200
_COLUMNS = 3
_LEAST = 0.3
"""Where the plot's logarithmic axis puts no symbols at all."""


def class_counts(statistics: Path, pages: int) -> dict[str, float]:
    """Symbols of each class by a dataset's statistics.json, scaled to so many pages; 0 where it has none."""
    found = orjson.loads(statistics.read_bytes())
    scale = pages / max(found["pages"], 1)
    counts = {row["name"]: row["symbols"] * scale for row in found["classes"]}
    return {row.name: counts.get(row.name, 0.0) for row in VOCABULARY.classes}


def mixed(before: Mapping[str, float], composed: Mapping[str, float], share: float) -> dict[str, float]:
    """Counts of a build in which `share` of the pages are composed."""
    return {name: (1 - share) * before[name] + share * composed[name] for name in before}


def print_table(
    before: Mapping[str, float], composed: Mapping[str, float], after: Mapping[str, float]
) -> None:
    """Print all classes, the rarest first."""
    print(f"{'class':<36}{'real scores':>14}{'composed':>12}{'both':>12}")
    for name in sorted(after, key=lambda name: after[name]):
        print(f"{name:<36}{before[name]:>14,.0f}{composed[name]:>12,.0f}{after[name]:>12,.0f}")


def plot_balance(before: Mapping[str, float], after: Mapping[str, float], path: Path, pages: int) -> None:
    """Write a plot: for each class a line from its count before to that after, the goal marked."""
    names = sorted(after, key=lambda name: (after[name], before[name]))
    rows = -(-len(names) // _COLUMNS)
    with style.context(["default", STYLE]):
        figure = Figure(figsize=(13, 0.6 + 0.165 * rows), layout="constrained")
        figure.suptitle(
            f"Symbols of each class on {pages:,} pages: real scores (hollow), with composed ones (full)",
            x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK,
        )  # fmt: skip
        panels = figure.subplots(1, _COLUMNS, sharex=True)
        for column, axes in enumerate(panels):
            shown = names[column * rows : (column + 1) * rows]
            for place, name in enumerate(shown):
                colour = KIND_COLOURS[VOCABULARY[name].kind]
                ends = [max(before[name], _LEAST), max(after[name], _LEAST)]
                axes.plot(ends, [place, place], color=colour, linewidth=1, alpha=0.5)
                axes.plot(ends[:1], [place], "o", color=colour, markersize=3.2, markerfacecolor="white")
                axes.plot(ends[1:], [place], "o", color=colour, markersize=3.2)
            axes.axvline(GOAL, color=MARK, linewidth=0.8)
            axes.set_xscale("log")
            axes.set_ylim(rows - 0.4, -0.6)
            axes.set_yticks(range(len(shown)), shown, color=INK, fontsize=6.5)
            axes.tick_params(axis="y", length=0)
            axes.grid(visible=False, axis="y")
            axes.minorticks_off()
            axes.set_xticks([_LEAST, *(10.0**power for power in range(6))])
            axes.xaxis.set_major_formatter(FuncFormatter(_tick))
            axes.tick_params(axis="x", labelsize=7, labelcolor=PALE)
        figure.savefig(
            path, metadata={"Date": None, "Creator": None} if path.suffix == ".svg" else None, dpi=110
        )


def _tick(value: float, _: int) -> str:
    if value < 1:
        return "none"
    return f"{value:.0f}" if value < 1000 else f"{value / 1000:.0f}k"


def main() -> None:
    """Compose, build, print, plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scores", type=int, default=60, help="how many to compose")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pages", type=int, default=2000, help="of the build that counts are scaled to")
    parser.add_argument("--share", type=float, default=0.5, help="of composed pages in that build")
    parser.add_argument("--before", type=Path, required=True, help="statistics.json of real scores")
    parser.add_argument("--plot", type=Path, help="an .svg or .png file")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scores, output = Path(folder, "scores"), Path(folder, "dataset")
        compose_scores(scores, options.scores, options.seed)
        build_options = BuildOptions(workers=options.workers, patches=0, report_pages=0)
        result = build(scores, output, build_options, Bar())
        for failure in result.failures:
            print(f"left out: {failure.file}: {failure.reason}")
        print(f"{result.scores} scores, {result.pages} pages, {result.symbols:,} symbols")
        composed = class_counts(output / "statistics.json", options.pages)
        if options.check:
            verify(Dataset(output))
    before = class_counts(options.before, options.pages)
    after = mixed(before, composed, options.share)
    print_table(before, composed, after)
    for title, counts in (("real scores", before), ("composed", composed), ("both", after)):
        short = [name for name, count in counts.items() if count < GOAL]
        print(f"{title}: {len(short)} of {len(counts)} classes below {GOAL} on {options.pages:,} pages")
    print(f"short of the goal in both: {[name for name, count in after.items() if count < GOAL]}")
    if options.plot:
        plot_balance(before, after, options.plot, options.pages)


if __name__ == "__main__":
    main()
