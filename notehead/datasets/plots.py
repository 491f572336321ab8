"""Plots of a dataset's `Statistics` as SVG files whose bytes are the same each time."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Literal, TypeVar

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator
from matplotlib.transforms import Bbox

from notehead.files import make_folder, write_file
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from notehead.datasets.statistics import ClassStatistics, Histogram, Statistics

KIND_COLOURS = {"glyph": "#3f6fb5", "line": "#d07c2e", "text": "#4b9a6a", "compound": "#9a5fb0"}
"""A class's colour by what draws it."""

HEIGHTS = {"symbols_per_page": 3.4, "sizes": 3.4, "boxes": 5.2}
"""The plots' heights in inches, where all are 7.2 wide; for `classes` see `class_plot_height`."""

_Corner = Literal["upper left", "lower right"]
_Across = Literal["left", "center", "right"]
_Along = Literal["bottom", "center", "top"]
INK, PALE, _GRID, MARK = "#24292f", "#6e7781", "#e6e9ec", "#b3403a"
_MOST_NAMES = 40
_SIDES: tuple[tuple[_Across, _Along, int, int], ...] = (
    ("left", "center", 8, 0),
    ("right", "center", -8, 0),
    ("center", "bottom", 0, 7),
    ("center", "top", 0, -7),
)
STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#c4c9cf",
    "axes.grid": True,
    "axes.labelcolor": PALE,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "font.size": 9,
    "grid.color": _GRID,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "svg.hashsalt": "notehead",
    "text.color": INK,
    "xtick.color": PALE,
    "ytick.color": PALE,
}


T = TypeVar("T")

_RESOLUTION = 150
_UNDATED: dict[str, dict[str, None]] = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


def write_plots(statistics: Statistics, folder: Path) -> list[Path]:
    """Write classes.svg, symbols_per_page.svg, sizes.svg and boxes.svg into a folder; their paths."""
    draws = {
        "classes": _draw_classes,
        "symbols_per_page": _draw_pages,
        "sizes": _draw_sizes,
        "boxes": _draw_boxes,
    }
    return write_figures(draws, statistics, folder)


def write_figures(
    draws: Mapping[str, Callable[[T], Figure]], facts: T, folder: Path, endings: Sequence[str] = ("svg",)
) -> list[Path]:
    """Draw each figure in the house style and write it into a folder, without dates; the paths.

    Raises:
        OutputError: the folder cannot be written.
    """
    make_folder(folder)
    paths = []
    with style.context(["default", STYLE]):  # whatever the user's own settings are
        for name, draw in draws.items():
            drawn = draw(facts)
            for ending in endings:
                image = io.BytesIO()
                drawn.savefig(image, format=ending, metadata=_UNDATED[ending], dpi=_RESOLUTION)
                paths.append(folder / f"{name}.{ending}")
                write_file(paths[-1], image.getvalue())
    return paths


def class_plot_height(classes: int) -> float:
    """The height in inches of the plot of so many classes."""
    return 1.1 + 0.19 * max(classes, 2)


def _axes(height: float, title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.2, height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes


def _log_ticks(axis: Axis) -> None:
    low, high = axis.get_view_interval()
    steps = (1.0, 2.0, 5.0) if high / low < 1000 else (1.0,)
    axis.set_major_locator(LogLocator(subs=steps, numticks=20))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(NullLocator())


def _kind_legend(axes: Axes, classes: tuple[ClassStatistics, ...], place: _Corner) -> list[str]:
    """Name the kinds that occur; the colour of each class."""
    kinds = [VOCABULARY[row.name].kind if row.name in VOCABULARY else "glyph" for row in classes]
    for kind, colour in KIND_COLOURS.items():
        if kind in kinds:
            axes.plot([], [], "o", color=colour, label=kind, markersize=5)
    axes.legend(loc=place, labelcolor=PALE, handletextpad=0.2)
    return [KIND_COLOURS[kind] for kind in kinds]


def _draw_classes(statistics: Statistics) -> Figure:
    classes = statistics.classes
    figure, axes = _axes(class_plot_height(len(classes)), "Symbols of each class")
    if not classes:
        return _no_symbols(figure, axes)
    places = range(len(classes))
    counts = [row.symbols for row in classes]
    colours = _kind_legend(axes, classes, "lower right")
    axes.barh(places, [count - 0.5 for count in counts], left=0.5, height=0.68, color=colours)
    axes.set_xscale("log")
    axes.set_xlim(0.5, max(counts) * 3)
    axes.set_ylim(len(classes) - 0.4, -0.6)
    axes.set_yticks(places, [row.name for row in classes], color=INK, fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    for place, count in zip(places, counts, strict=True):
        axes.annotate(
            f"{count:,}",
            (count, place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            color=PALE,
        )
    _log_ticks(axes.xaxis)
    return figure


def _no_symbols(figure: Figure, axes: Axes) -> Figure:
    axes.set_axis_off()
    axes.text(0, 0.5, "no symbols", transform=axes.transAxes, color=PALE)
    return figure


def _draw_pages(statistics: Statistics) -> Figure:
    figure, axes = _axes(HEIGHTS["symbols_per_page"], "Symbols on a page")
    histogram = statistics.page_histogram
    if not histogram.counts:
        return _no_symbols(figure, axes)
    total = sum(histogram.counts)
    spans = [math.log10(right / left) for left, right in _bins(histogram)]
    _bars(
        axes, histogram, [count / total / span for count, span in zip(histogram.counts, spans, strict=True)]
    )
    on_page = statistics.symbols_per_page
    for name, value, line in (("median", on_page.median, "dotted"), ("mean", on_page.mean, "solid")):
        label = f"{name} {value:,.0f}"
        axes.axvline(max(value, 1), color=MARK, linewidth=1.2, linestyle=line, label=label)
    axes.legend(loc="upper left", labelcolor=PALE)
    axes.set_xlabel("symbols on a page")
    axes.set_ylabel("density (unit area)")
    return figure


def _draw_sizes(statistics: Statistics) -> Figure:
    figure, axes = _axes(HEIGHTS["sizes"], "Sizes of the symbols")
    histogram = statistics.size_histogram
    if not histogram.counts:
        return _no_symbols(figure, axes)
    _bars(axes, histogram, list(histogram.counts))
    axes.set_xlabel("square root of the box's area, in staff spaces")
    axes.set_ylabel("symbols")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    return figure


def _bins(histogram: Histogram) -> list[tuple[float, float]]:
    return list(zip(histogram.edges[:-1], histogram.edges[1:], strict=True))


def _bars(axes: Axes, histogram: Histogram, heights: list[float]) -> None:
    widths = [right - left for left, right in _bins(histogram)]
    colour = KIND_COLOURS["glyph"]
    axes.bar(
        histogram.edges[:-1], heights, widths, align="edge", color=colour, edgecolor="white", linewidth=0.5
    )
    axes.set_xscale("log")
    axes.grid(visible=False, axis="x")
    _log_ticks(axes.xaxis)


def _draw_boxes(statistics: Statistics) -> Figure:
    figure, axes = _axes(HEIGHTS["boxes"], "Median box of each class")
    in_spaces = bool(statistics.size_histogram.counts)
    classes = tuple(row for row in statistics.classes if not in_spaces or row.width_spaces is not None)
    if not classes:
        return _no_symbols(figure, axes)
    sizes = [
        (row.width_spaces, row.height_spaces) if in_spaces else (row.width, row.height) for row in classes
    ]
    points = [(_visible(width), _visible(height)) for width, height in sizes]
    colours = _kind_legend(axes, classes, "upper left")
    axes.scatter(
        [width for width, _ in points],
        [height for _, height in points],
        s=_dot_areas(classes),
        c=colours,
        alpha=0.75,
        edgecolors="white",
        linewidths=0.7,
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.margins(0.08)
    unit = "staff spaces" if in_spaces else "pixels"
    axes.set_xlabel(f"width, in {unit}; a larger dot means more symbols")
    axes.set_ylabel(f"height, in {unit}")
    _log_ticks(axes.xaxis)
    _log_ticks(axes.yaxis)
    figure.draw_without_rendering()
    _name_points(axes, points, [row.name for row in classes])
    return figure


def _visible(size: float | None) -> float:
    return max(size or 0.0, 0.01)  # a logarithmic axis has no place for 0


def _dot_areas(classes: tuple[ClassStatistics, ...]) -> list[float]:
    orders = [math.log10(row.symbols + 1) for row in classes]
    return [12 + 110 * (order / orders[0]) ** 3 for order in orders]


def _name_points(axes: Axes, points: list[tuple[float, float]], names: list[str]) -> None:
    """Name points in their order, beside, above or below each, wherever a name covers nothing."""
    legend = axes.get_legend()
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in axes.transData.transform(points)]
    taken += [legend.get_window_extent()] if legend else []
    named = 0
    for place, (point, name) in enumerate(zip(points, names, strict=True)):
        others = taken[:place] + taken[place + 1 :]
        box = _place_name(axes, point, name, others)
        taken += [box] if box else []
        named += box is not None
        if named == _MOST_NAMES:
            break


def _place_name(axes: Axes, point: tuple[float, float], name: str, taken: list[Bbox]) -> Bbox | None:
    for across, along, right, up in _SIDES:
        text = axes.annotate(
            name,
            point,
            (right, up),
            textcoords="offset points",
            ha=across,
            va=along,
            fontsize=7,
            color=INK,
            in_layout=False,
        )
        box = text.get_window_extent()
        if axes.bbox.containsx(box.x0) and axes.bbox.containsx(box.x1) and not box.count_overlaps(taken):
            return box
        text.remove()
    return None
