"""What the detector must reach, and what it reached, as a table; the reliability plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.arguments import CLEAN
from benchmarks.detect_groups import LINES
from benchmarks.detect_tally import MANY, Outcome, confusions
from notehead.datasets.plots import INK, KIND_COLOURS, MARK, PALE, write_figures
from notehead.datasets.text_table import columns

DEGRADED = "degraded"
_AP50 = {CLEAN: 0.99, "old-plate": 0.93, "phone-photo": 0.93}
_AP50_DEGRADED, _AP50_OTHER_ENGRAVER, _F1_OTHER_ENGRAVER = 0.96, 0.975, 0.99
_AP_CLEAN = 0.85
_WITH_BARS = list(LINES)[:10]
_LOOSE = ("tuplet brackets", "arpeggios")
_CALIBRATION = 0.02
_TOLERANCES = 2
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and what it must be: at least, or at most."""

    what: str
    value: float
    bar: float
    most: bool = False

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.value <= self.bar if self.most else self.value >= self.bar


def bars(outcome: Outcome, *, other_engraver: bool) -> list[Bar]:
    """What a condition must reach."""
    ap50, _, ap = outcome.macro()
    clean = outcome.name == CLEAN
    if other_engraver and clean:
        found = [
            Bar("glyphs, macro AP50, engraver not trained on", ap50, _AP50_OTHER_ENGRAVER),
            Bar("glyphs, micro F1, engraver not trained on", outcome.glyphs.best.f1, _F1_OTHER_ENGRAVER),
        ]
    else:
        found = [Bar("glyphs, macro AP50", ap50, _AP50.get(outcome.name, _AP50_DEGRADED))]
    if clean and not other_engraver:
        found.append(Bar("glyphs, macro AP[.5:.95]", ap, _AP_CLEAN))
    if outcome.name == DEGRADED:
        found.append(Bar("calibration error", outcome.reliability().error, _CALIBRATION, most=True))
    found.append(Bar(f"glyph classes of {MANY} or more below AP50 .80", len(outcome.low()), 0, most=True))
    for name in _WITH_BARS:
        row = outcome.lines.get(name)
        if row is None or row.near_best is None:
            continue
        bar = 0.90 if name in _LOOSE else 0.98 if clean else 0.95
        found.append(Bar(f"{name} ({row.truths:,}), F1 within 0.5", row.near_best[1].f1, bar))
    return found


def report(outcome: Outcome, *, other_engraver: bool) -> str:
    """The figures of a condition for a terminal."""
    parts = [
        f"== {outcome.name}: {outcome.pages} pages, {outcome.seconds:.2f} s a page (median)",
        _micro(outcome),
        columns(
            [("Bar", "Figure", "Must be", ""), *map(_bar_row, bars(outcome, other_engraver=other_engraver))]
        ),
        columns(
            [("Lines", "Symbols", "Found", "F1 .25", "F1 .5", "P .5", "R .5", "At"), *_line_rows(outcome)]
        ),
        _worst(outcome),
        _text(outcome),
        _calibration(outcome),
        f"staff space or orientation not found: {len(outcome.misjudged)} {', '.join(outcome.misjudged)}",
        "taken for another, missed, or not there: "
        + ", ".join(f"{true} > {as_} {count}" for true, as_, count in confusions(outcome.all)[:_SHOWN]),
    ]
    return "\n".join(part for part in parts if part)


def _micro(outcome: Outcome) -> str:
    ap50, ap75, ap = outcome.macro()
    at, best = (
        f"{one.confidence:.2f} P {one.precision:.4f} R {one.recall:.4f} F1 {one.f1:.4f}"
        for one in (outcome.glyphs.at, outcome.glyphs.best)
    )
    macro = f"macro AP50 {ap50:.4f}, AP75 {ap75:.4f}, AP {ap:.4f}"
    return f"glyphs: {len(outcome.common())} classes, {macro}; micro at {at}; best at {best}"


def _bar_row(bar: Bar) -> tuple[str, ...]:
    places = 0 if bar.bar == 0 else 4
    sign = "<=" if bar.most else ">="
    return (bar.what, f"{bar.value:.{places}f}", f"{sign} {bar.bar:g}", "met" if bar.met else "FALLS SHORT")


def _line_rows(outcome: Outcome) -> list[tuple[str, ...]]:
    rows = list(outcome.lines.items())
    kinds = {name: names for name, names in LINES.items() if len(names) > 1}
    by_name = {row.name: row for row in outcome.all.classes}
    shown = []
    for name, row in rows:
        shown.append((name, row))
        shown += [(f"  {kind}", by_name[kind]) for kind in kinds.get(name, ()) if kind in by_name]
    return [
        (name, f"{row.truths:,}", f"{row.detections:,}", f"{row.near_best[0].f1:.3f}", *map("{:.3f}".format, (
            row.near_best[1].f1, row.near_best[1].precision, row.near_best[1].recall)),
            f"{row.near_best[1].confidence:.2f}")
        for name, row in shown
        if row.near_best is not None
    ]  # fmt: skip


def _worst(outcome: Outcome) -> str:
    rows = sorted(outcome.common(), key=lambda row: row.means().ap50)[:_SHOWN]
    listed = ", ".join(
        f"{row.name} ({row.truths}) {row.means().ap50:.2f}/{row.means().ap:.2f}" for row in rows
    )
    low = ", ".join(f"{row.name} ({row.truths}) {row.means().ap50:.2f}" for row in outcome.low())
    return f"worst glyphs, AP50/AP: {listed}\nclasses of {MANY} or more below .80: {low or 'none'}"


def _text(outcome: Outcome) -> str:
    row = outcome.text
    if row is None:
        return ""
    return (
        f"words, whatever for ({row.truths:,}): AP50 {row.means().ap50:.3f}, "
        f"P {row.at.precision:.3f} R {row.at.recall:.3f} at {row.at.confidence:g}"
    )


def _calibration(outcome: Outcome) -> str:
    errors = [
        f"{name} {outcome.reliability(equal_mass=mass).error:.4f}"
        f" (with a map for each kind, fitted on other scores: "
        f"{outcome.reliability(equal_mass=mass, mended=True).error:.4f})"
        for name, mass in (("equal mass", True), ("equal width", False))
    ]
    return "calibration error: " + ", ".join(errors)


def write_reliability(outcomes: Sequence[Outcome], folder: Path) -> list[Path]:
    """Write `reliability-NAME.png` for each condition into a folder; the paths.

    Raises:
        OutputError: the folder cannot be written.
    """
    paths = []
    for outcome in outcomes:
        draws: dict[str, Callable[[Outcome], Figure]] = {f"reliability-{outcome.name}": _draw_reliability}
        paths += write_figures(draws, outcome, folder, ("png",))
    return paths


def _draw_reliability(outcome: Outcome) -> Figure:
    figure = Figure(figsize=(6.2, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.set_title(f"Are scores probabilities? {outcome.name}, {outcome.pages} pages")
    above.plot([0, 1], [0, 1], color=PALE, linewidth=1)
    for mended, colour, name in (
        (False, MARK, "raw"),
        (True, KIND_COLOURS["glyph"], "with a map for each kind"),
    ):
        found = outcome.reliability(mended=mended)
        label = f"{name}: calibration error {found.error:.4f}"
        above.plot(found.score, found.right, "o-", color=colour, markersize=4, linewidth=1.2, label=label)
    above.set(ylabel="share that is right", xlim=(0, 1), ylim=(0, 1.02))
    above.legend(loc="upper left", labelcolor=PALE)
    listed = outcome.scores.listed
    edges = np.linspace(0, 1, 41)
    for right, colour, name in ((True, KIND_COLOURS["text"], "right"), (False, MARK, "wrong")):
        counts = np.histogram(listed.score[listed.right == right], edges)[0]
        below.stairs(np.maximum(counts, 0.5), edges, color=colour, label=name)
    below.set(yscale="log", xlabel="score", ylabel="detections")
    below.legend(loc="upper center", labelcolor=INK, ncols=2)
    return figure
