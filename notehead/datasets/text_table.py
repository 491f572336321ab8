"""`Statistics` as aligned plain text for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notehead.datasets.statistics import Statistics

SUMMARY_ROWS = {
    "mean": "Mean",
    "std": "Std. dev.",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "median": "Median",
}
"""The paper's table: attribute of a `Summary` and what it is called."""

CLASS_HEADINGS = ("Class", "Symbols", "Share", "Pages", "Width px", "Height px", "Width sp", "Height sp")
"""The columns of `class_rows`; px are pixels, sp staff spaces, both medians."""


def statistics_table(statistics: Statistics) -> str:
    """A line of facts, the paper's table, a line for each class, and the classes that do not occur."""
    facts = (
        f"{statistics.pages:,} pages, {statistics.symbols:,} symbols of {len(statistics.classes):,} classes; "
        f"the ten most frequent make up {statistics.top_share:.1%}"
    )
    headings = ("Statistic", "Symbols per page", "Symbols per class")
    parts = [facts, columns([headings, *summary_rows(statistics)])]
    if statistics.classes:
        parts.append(columns([CLASS_HEADINGS, *class_rows(statistics)]))
    if statistics.missing:
        absent = f"No symbol of {len(statistics.missing)} classes: {', '.join(statistics.missing)}"
        parts.append(textwrap.fill(absent, 100, subsequent_indent="  "))
    return "\n\n".join(parts) + "\n"


def figure(value: float | None, places: int = 1) -> str:
    """A number for a table: thousands apart, whole numbers without decimals, a dash for None.

    Example:
        >>> figure(1234.56), figure(7.0), figure(None)
        ('1,234.6', '7', '-')
    """
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.{places}f}"


def summary_rows(statistics: Statistics) -> list[tuple[str, ...]]:
    """The paper's figures: name, per page, per class."""
    page, of_class = statistics.symbols_per_page, statistics.symbols_per_class
    return [
        (title, figure(getattr(page, name)), figure(getattr(of_class, name)))
        for name, title in SUMMARY_ROWS.items()
    ]


def class_rows(statistics: Statistics) -> list[tuple[str, ...]]:
    """The figures of each class under `CLASS_HEADINGS`, most frequent first."""
    return [
        (
            row.name,
            f"{row.symbols:,}",
            f"{row.symbols / statistics.symbols:.2%}",
            f"{row.pages:,}",
            figure(row.width),
            figure(row.height),
            figure(row.width_spaces, 2),
            figure(row.height_spaces, 2),
        )
        for row in statistics.classes
    ]


def columns(rows: list[tuple[str, ...]]) -> str:
    """Rows as lines: the first column to the left, the others to the right.

    Example:
        >>> print(columns([("Class", "Symbols"), ("stem", "9")]))
        Class  Symbols
        stem         9
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows
    )
