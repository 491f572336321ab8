"""Plots of figures of detection, as SVG and PNG files whose bytes are the same each time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from notehead.datasets.plots import INK, KIND_COLOURS, MARK, PALE, class_plot_height, write_figures
from notehead.evaluate.average_precision import RECALLS
from notehead.evaluate.detection_figures import DetectionFigures
from notehead.evaluate.overlap import Floats
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CONFUSED = 20
_LEAST_SHARE = 0.005
"""Smaller shares are not written into their cell."""
_PALE_BAR = 0.4


def write_detection_plots(figures: DetectionFigures, folder: Path) -> list[Path]:
    """Write precision_recall, average_precision and confusions, as .svg and .png, into a folder; their paths.

    Raises:
        OutputError: the folder cannot be written.
    """
    draws: dict[str, Callable[[DetectionFigures], Figure]] = {
        "precision_recall": _draw_curves,
        "average_precision": _draw_classes,
        "confusions": _draw_confusions,
    }
    return write_figures(draws, figures, folder, ("svg", "png"))


def _axes(width: float, height: float, title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _kind(name: str) -> str:
    return VOCABULARY[name].kind if name in VOCABULARY else "glyph"


def _reached(curve: Floats) -> Floats:
    """A curve up to the largest recall that is reached."""
    return np.where(curve > 0, curve, np.nan)


def _nothing(figure: Figure, axes: Axes) -> Figure:
    axes.set_axis_off()
    axes.text(0, 0.5, "no true symbols", transform=axes.transAxes, color=PALE)
    return figure


def _draw_curves(figures: DetectionFigures) -> Figure:
    figure, axes = _axes(6.0, 5.4, "Precision and recall at IoU 0.50")
    if not figures.classes:
        return _nothing(figure, axes)
    labelled: set[str] = set()
    for row in figures.classes:
        kind = _kind(row.name)
        (line,) = axes.plot(RECALLS, _reached(row.curve), color=KIND_COLOURS[kind], linewidth=0.8, alpha=0.4)
        if kind not in labelled:
            line.set_label(f"a class ({kind})")
            labelled.add(kind)
    mean = np.mean([row.curve for row in figures.classes], axis=0)
    label = f"mean over classes, AP50 {mean.mean():.3f}"
    axes.plot(RECALLS, _reached(mean), color=INK, linewidth=2, label=label)
    label = "all symbols together"
    axes.plot(RECALLS, _reached(figures.curve), color=INK, linewidth=1.4, linestyle="dashed", label=label)
    at = figures.at
    text = f"all symbols, confidence {at.confidence:g}: F1 {at.f1:.3f}"
    axes.plot(at.recall, at.precision, "o", color=MARK, markersize=6, label=text)
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("recall")
    axes.set_ylabel("precision, the best at this recall or a higher one")
    axes.legend(loc="lower left", labelcolor=PALE)
    return figure


def _draw_classes(figures: DetectionFigures) -> Figure:
    rows = figures.classes
    figure, axes = _axes(7.2, class_plot_height(len(rows)) + 0.4, "Average precision of each class")
    if not rows:
        return _nothing(figure, axes)
    places = np.arange(len(rows))
    colours = [KIND_COLOURS[_kind(row.name)] for row in rows]
    axes.barh(places, [row.means().ap50 for row in rows], height=0.68, color=colours, alpha=_PALE_BAR)
    axes.barh(places, [row.means().ap for row in rows], height=0.68, color=colours)
    _near_marks(axes, figures)
    for alpha, label in ((_PALE_BAR, "AP50"), (1.0, "AP50-95")):
        axes.add_patch(Rectangle((0, -9), 0, 0, color=PALE, alpha=alpha, label=label))
    axes.set_xlim(0, 1.1)
    axes.set_xticks(np.arange(11) / 10)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(places, [row.name for row in rows], color=INK, fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    for place, row in zip(places, rows, strict=True):
        axes.annotate(
            f"{row.truths:,}",
            (1.1, float(place)),
            (-2, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=7,
            color=PALE,
        )
    axes.set_xlabel("average precision; at the right, true symbols")
    figure.legend(loc="outside lower center", ncols=4, labelcolor=PALE, fontsize=8)
    return figure


def _near_marks(axes: Axes, figures: DetectionFigures) -> None:
    """Mark the AP of thin classes by distance, at the largest tolerance."""
    thin = [
        (place, row.near[-1])
        for place, row in enumerate(figures.classes)
        if row.near is not None and len(row.near)
    ]
    if thin:
        label = f"thin symbols within {figures.options.tolerances[-1]:g} staff spaces"
        places, values = zip(*thin, strict=True)
        axes.plot(values, places, "D", color=MARK, markersize=4, label=label)


def _draw_confusions(figures: DetectionFigures) -> Figure:
    names, shares = confused_classes(figures)
    size = 2.9 + 0.3 * len(names)
    figure, axes = _axes(size + 0.8, size, "The most confused classes")
    if not figures.classes:
        return _nothing(figure, axes)
    axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, 0, 1))  # errors are few: pale ones must show
    for (row, column), share in np.ndenumerate(shares):
        if share >= _LEAST_SHARE:
            text = f"{100 * share:.0f}"
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=_readable(share))
    axes.set_xticks(range(shares.shape[1]), [*names, "(others)", "(missed)"], rotation=90, fontsize=8)
    axes.set_yticks(range(len(shares)), [*names, "(nothing)"], fontsize=8)
    axes.tick_params(length=0, labelcolor=INK)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(f"found as, at confidence {figures.options.confidence:g}, in per cent of the row")
    axes.set_ylabel("true class")
    return figure


def _readable(share: float) -> str:
    return "white" if share > 0.35 else INK


def confused_classes(figures: DetectionFigures) -> tuple[list[str], NDArray[np.float64]]:
    """The classes that are most often taken for another, and how they were found.

    Returns:
        Their names, in the vocabulary's order; shares (n + 1, n + 2) of each row: found as each of them, as
        any other class, or missed. The last row is what was found where nothing is.
    """
    matrix = figures.confusion
    wrong = matrix[:-1, :-1].copy()
    np.fill_diagonal(wrong, 0)
    missed = matrix[:-1, -1] + matrix[-1, :-1]
    order = np.lexsort((-matrix[:-1].sum(axis=1), -missed, -(wrong.sum(axis=0) + wrong.sum(axis=1))))
    chosen = [*sorted(order[:MOST_CONFUSED].tolist()), len(matrix) - 1]
    rows = matrix[chosen]
    others = np.delete(rows, chosen, axis=1).sum(axis=1)
    shown = np.column_stack((rows[:, chosen[:-1]], others, rows[:, chosen[-1]]))
    total = shown.sum(axis=1, keepdims=True)
    names = [figures.names[row] for row in chosen[:-1]]
    return names, np.divide(shown, total, out=np.zeros(shown.shape), where=total > 0)
