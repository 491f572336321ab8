"""Figures of detection as text: a table for a terminal, and a list of classes as CSV."""

from __future__ import annotations

import csv
import io
import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from notehead.datasets.text_table import columns
from notehead.evaluate.average_precision import DEFINITIONS

if TYPE_CHECKING:
    from notehead.evaluate.detection_figures import ClassDetections, DetectionFigures, Means, Working

_MEASURES = ("AP50", "AP75", "AP50-95")
_WIDTH = 110


def detection_table(figures: DetectionFigures) -> str:
    """The headline figures, each with its definition's name, a line for each class, and what is amiss."""
    parts = [_facts(figures), columns([("Mean over classes", *_MEASURES), *_means(figures)])]
    parts.append(columns(_workings(figures)))
    parts.append("\n".join(_sentences(figures)))
    if figures.classes:
        parts.append(columns([_headings(figures), *(_row(figures, row) for row in figures.classes)]))
    if figures.without_truth:
        listed = ", ".join(f"{name} {count:,}" for name, count in figures.without_truth.items())
        text = f"In no mean, as no true symbol is of them, but found, falsely: {listed}"
        parts.append(textwrap.fill(text, _WIDTH, subsequent_indent="  "))
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(figures: DetectionFigures) -> str:
    boxes = "oriented" if figures.options.oriented else "upright"
    symbols = f"{figures.truths:,} true symbols of {len(figures.classes):,} classes"
    lines = [f"{figures.pages:,} pages, {symbols}, {figures.detections:,} detections; {boxes} boxes"]
    if figures.pages_without_predictions:
        lines.append(f"{figures.pages_without_predictions:,} pages have no predictions")
    if figures.flat:
        names = ", ".join(f"{row.name} {row.flat:,}" for row in figures.classes if row.flat)
        lines.append(
            f"{figures.flat:,} true symbols have a box without area, which no box with one overlaps: {names}"
        )
    return "\n".join(lines)


def _means(figures: DetectionFigures) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for key, definition in DEFINITIONS.items():
        rows.append((definition.title, *_three(figures.mean(key))))
        if key == "coco":
            rows.append((f"{definition.title}, weighted by symbols", *_three(figures.weighted(key))))
    return rows


def _workings(figures: DetectionFigures) -> list[tuple[str, ...]]:
    return [
        ("All classes together, IoU 0.50", "Confidence", "Precision", "Recall", "F1"),
        ("at the confidence asked for", *_four(figures.at)),
        ("where F1 is best", *_four(figures.best)),
    ]


def _sentences(figures: DetectionFigures) -> list[str]:
    lines = [f"AR, mean over classes and IoU 0.50-0.95: {_figure(figures.ar)}"]
    if figures.thin_classes:
        pairs = zip(figures.options.tolerances, figures.near(), strict=True)
        near = ", ".join(f"{_figure(ap)} within {tolerance:g} staff spaces" for tolerance, ap in pairs)
        lines.append(f"AP of the {figures.thin_classes} thin classes by distance: {near}")
    if figures.pages_without_staff_space:
        pages = f"{figures.pages_without_staff_space:,} pages"
        lines.append(f"Thin symbols of {pages} are not judged by distance: no staff space is known")
    return lines


def _headings(figures: DetectionFigures) -> tuple[str, ...]:
    near = [f"Near {tolerance:g}" for tolerance in figures.options.tolerances] if figures.thin_classes else []
    return ("Class", "Symbols", "Found", *_MEASURES, *near, "Precision", "Recall", "F1")


def _row(figures: DetectionFigures, row: ClassDetections) -> tuple[str, ...]:
    none = [math.nan] * len(figures.options.tolerances)
    near = (none if row.near is None else row.near) if figures.thin_classes else []
    shown = (*row.means(), *near, row.at.precision, row.at.recall, row.at.f1)
    return (row.name, f"{row.truths:,}", f"{row.detections:,}", *map(_figure, shown))


def _three(means: Means) -> tuple[str, ...]:
    return tuple(map(_figure, means))


def _four(working: Working) -> tuple[str, ...]:
    return tuple(map(_figure, working))


def _figure(value: float) -> str:
    """A share with three decimals, a dash for none.

    Example:
        >>> _figure(0.12345), _figure(float("nan"))
        ('0.123', '-')
    """
    return "-" if math.isnan(value) else f"{value:.3f}"


def classes_csv(figures: DetectionFigures) -> bytes:
    """A line for each class, with and without true symbols, and every figure of it."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    kinds = [f"{key}_{measure}" for key in DEFINITIONS for measure in ("ap50", "ap75", "ap50_95")]
    tolerances = [
        f"near_{figure}{tolerance:g}" for figure in ("", "f1_") for tolerance in figures.options.tolerances
    ]
    working = ("precision", "recall", "f1", "best_confidence", "best_precision", "best_recall", "best_f1")
    rows.writerow(("class", "symbols", "found", "flat", *kinds, "ar", *working, *tolerances))
    for row in figures.classes:
        means = [value for key in DEFINITIONS for value in row.means(key)]
        near = [""] * len(tolerances)
        if row.near is not None and row.near_best is not None:
            near = _plain((*row.near, *(best.f1 for best in row.near_best)))
        shown = _plain((*means, row.ar, *row.at[1:], *row.best))
        rows.writerow((row.name, row.truths, row.detections, row.flat, *shown, *near))
    for name, count in figures.without_truth.items():
        rows.writerow((name, 0, count, 0, *[""] * (len(kinds) + len(working) + len(tolerances) + 1)))
    return text.getvalue().encode("utf-8", "surrogateescape")


def _plain(values: Iterable[float]) -> list[str]:
    return [f"{value:.6f}" for value in values]
