"""What reading must reach, what it reached, as tables; the robustness curve as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.read_tally import FIGURES, SIGNS, Sums, Tally
from notehead.datasets.plots import INK, KIND_COLOURS, MARK, PALE, write_figures
from notehead.datasets.text_table import columns

_WORST = 10
_MUST = {"pitch": 0.995, "timed": 0.99}
_SIGNS_MUST, _ADDS_MUST, _SECONDS_MUST, _AREA_MUST = 0.99, 0.99, 0.3, 0.9


def report(tally: Tally) -> str:
    """The figures of a condition for a terminal."""
    sums = tally.all
    failed = tally.failures[:_WORST]
    head = (
        f"== {tally.name}: {sums.scores} scores, {sums.pages} pages, {sums.notes.true:,} notes "
        f"({sums.said.true:,} whose pitch the page says), {sums.measures:,} measures of parts"
    )
    parts = [
        head,
        columns([("Figure", "All", "Said", "Must be"), *_note_rows(sums), *_other_rows(tally)]),
        columns([_KIND_HEADINGS, *(_kind_row(kind, one) for kind, one in sorted(tally.by_kind.items()))]),
        "wrong notes: " + ", ".join(f"{name} {count:,}" for name, count in sums.errors.most_common()),
        "worst: " + "; ".join(
            f"{name} {count} ({', '.join(f'{kind} {n}' for kind, n in errors.items() if n)})"
            for count, name, errors in sorted(tally.worst, key=lambda one: -one[0])[:_WORST]
        ),
        *(f"failed: {line}" for line in failed),
    ]  # fmt: skip
    return "\n".join(parts)


def _note_rows(sums: Sums) -> list[tuple[str, ...]]:
    return [
        (
            f"{name} F1",
            f"{sums.notes.f1(kind):.4f}",
            f"{sums.said.f1(kind):.4f}",
            f"{_MUST[kind]:g}" if kind in _MUST else "",
        )
        for kind, name in FIGURES.items()
    ]


def _other_rows(tally: Tally) -> list[tuple[str, ...]]:
    sums = tally.all
    rows: list[tuple[str, ...]] = [
        (f"{name}{drawn}", f"{sums.signs.share(name + drawn):.4f}", f"of {sums.signs.asked[name + drawn]:,}",
         f"{_SIGNS_MUST:g}")
        for name in SIGNS
        for drawn in ("", " drawn")
    ]  # fmt: skip
    rows += [
        (
            "measures that add up",
            f"{sums.adds_up / max(sums.measures, 1):.4f}",
            f"of {sums.measures:,}",
            f"{_ADDS_MUST:g}",
        ),
        *_full_row(sums),
        ("measures without a doubt", f"{sums.undoubted / max(sums.measures, 1):.4f}", "", ""),
    ]
    rows += [
        (f"passed {name}", f"{sums.passed[name] / count:.4f}", f"of {count}", "1")
        for name, count in sums.checked.items()
    ]
    rows.append(
        ("seconds a page", f"{sums.seconds / max(sums.pages, 1):.3f}", "", f"at most {_SECONDS_MUST:g}")
    )
    area = f"{tally.area():.3f}", f"{tally.area(said=True):.3f}"
    rows.append(("area under ROC of confidence", *area, f"{_AREA_MUST:g}"))
    return rows


def _full_row(sums: Sums) -> list[tuple[str, ...]]:
    if not sums.full:
        return []
    return [("of those that the page fills", f"{sums.full_adds_up / sums.full:.4f}", f"of {sums.full:,}", "")]


_KIND_HEADINGS = ("Kind", "Scores", "Notes", *FIGURES.values(), *SIGNS, "Adds up")


def _kind_row(kind: str, sums: Sums) -> tuple[str, ...]:
    return (
        kind,
        str(sums.scores),
        f"{sums.notes.true:,}",
        *(f"{sums.notes.f1(name):.4f}" for name in FIGURES),
        *(f"{sums.signs.share(name):.4f}" for name in SIGNS),
        f"{sums.adds_up / max(sums.measures, 1):.4f}",
    )


def curve_table(curve: Sequence[tuple[float, Tally]]) -> str:
    """F1 and the area of confidence by share of damaged symbols."""
    rows = [
        (
            f"{share:.0%}",
            *(f"{tally.all.notes.f1(kind):.4f}" for kind in FIGURES),
            f"{tally.all.adds_up / max(tally.all.measures, 1):.4f}",
            f"{tally.area():.3f}",
        )
        for share, tally in curve
    ]
    return columns([("Damaged", *FIGURES.values(), "Adds up", "ROC area"), *rows])


def restore_table(plain: Tally, restored: Sequence[tuple[str, Tally]]) -> str:
    """By how much F1 rises when one kind of symbols is true, the most first."""
    base = [plain.all.notes.f1(kind) for kind in FIGURES]
    rises = [
        (name, [tally.all.notes.f1(kind) - was for kind, was in zip(FIGURES, base, strict=True)])
        for name, tally in restored
    ]
    rises.sort(key=lambda one: -one[1][-1])
    rows = [(name, *(f"{value:+.4f}" for value in values)) for name, values in rises]
    return columns([("True instead of found", *FIGURES.values()), *rows])


def write_curve(curve: Sequence[tuple[float, Tally]], folder: Path) -> list[Path]:
    """Write `read-curve.png` into a folder; the paths.

    Raises:
        OutputError: the folder cannot be written.
    """
    return write_figures({"read-curve": _draw_curve}, curve, folder, ("png",))


def _draw_curve(curve: Sequence[tuple[float, Tally]]) -> Figure:
    figure = Figure(figsize=(6.2, 4.4), layout="constrained")
    axes = figure.subplots()
    shares = [100 * share for share, _ in curve]
    axes.plot(
        shares, [1 - share / 100 for share in shares], color=PALE, linewidth=1, label="as many as damaged"
    )
    colours = (KIND_COLOURS["glyph"], KIND_COLOURS["text"], MARK)
    for (kind, name), colour in zip(FIGURES.items(), colours, strict=True):
        values = [tally.all.notes.f1(kind) for _, tally in curve]
        axes.plot(shares, values, "o-", color=colour, markersize=4, linewidth=1.2, label=f"{name} F1")
    areas = [tally.area() for _, tally in curve]
    axes.plot(shares, areas, "s--", color=INK, markersize=3, linewidth=1, label="confidence, area under ROC")
    axes.set(xlabel="symbols damaged, per cent", ylabel="share", ylim=(None, 1.01))
    axes.set_title("Notes read from damaged symbols")
    axes.legend(loc="lower left", labelcolor=INK)
    return figure
