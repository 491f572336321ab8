"""`write_report`: the report's `index.html` and the files beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from importlib import resources
from itertools import islice
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from notehead.datasets.plots import HEIGHTS, class_plot_height, write_plots
from notehead.datasets.report.pages import page_script, thumbnail
from notehead.datasets.text_table import CLASS_HEADINGS, class_rows, figure, summary_rows
from notehead.errors import OutputError
from notehead.files import write_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from notehead.datasets.report.pages import PageSummary
    from notehead.datasets.statistics import Statistics

_ASSETS = "report.css", "pages.js", "sheet.js", "viewer.js"
_PLOT_TITLES = {
    "classes": "Symbols of each class",
    "symbols_per_page": "Symbols on a page",
    "sizes": "Sizes of the symbols",
    "boxes": "Median box of each class",
}


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the report tells of a dataset beside its statistics.

    Attributes:
        title: heading of the report.
        scores: how many scores the pages are from.
        seed: of the build, None where there was none.
        command: what built it, empty where that is not known.
        versions: version by program.
        failures: pairs of a file that was left out and the reason.
        max_pages: at most so many pages are put in the gallery, the first ones.
    """

    title: str
    scores: int = 0
    seed: int | None = None
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    failures: Sequence[tuple[str, str]] = ()
    max_pages: int = 60


def write_report(
    folder: Path, pages: Iterable[PageSummary], statistics: Statistics, facts: ReportFacts
) -> Path:
    """Write `index.html` and the folder `report` into a dataset's folder; the path of the first.

    The same dataset gives the same bytes. Of the pages no more are asked for than are shown.

    Raises:
        DatasetError: the image of a page is missing, or it is none.
        OutputError: the report cannot be written.
    """
    report = folder / "report"
    shown = []
    try:
        (report / "pages").mkdir(parents=True, exist_ok=True)
        for page in islice(pages, facts.max_pages):
            write_file(report / "pages" / f"{page.key}.png", thumbnail(folder, page))
            write_file(report / "pages" / f"{page.key}.js", page_script(page).encode())
            shown.append(_card(page))
        for name in _ASSETS:
            write_file(report / name, _template(name).encode())
        write_plots(statistics, report)
        index = folder / "index.html"
        # Half of a surrogate pair, from a file name that is no UTF-8, is written as a reference.
        write_file(index, _index(shown, statistics, facts).encode(errors="xmlcharrefreplace"))
    except OSError as error:
        message = f"the report cannot be written: {error}"
        raise OutputError(message, "Free some space or choose a folder that you may write to.") from error
    return index


def _template(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _index(cards: list[str], statistics: Statistics, facts: ReportFacts) -> str:
    return Template(_template("index.html")).substitute(
        title=escape(facts.title),
        facts=_facts_line(statistics, facts),
        origin=_origin(facts),
        failures=_failures(facts.failures),
        tables=_tables(statistics),
        plots=_plots(len(statistics.classes)),
        classes=_table(class_rows(statistics), CLASS_HEADINGS),
        shown=escape(_shown(len(cards), statistics.pages)),
        gallery="\n".join(cards),
    )


def _facts_line(statistics: Statistics, facts: ReportFacts) -> str:
    counts = {
        "pages": statistics.pages,
        "symbols": statistics.symbols,
        "classes": len(statistics.classes),
        "scores": facts.scores,
    }
    parts = [f"<b>{count:,}</b> {_noun(count, name)}" for name, count in counts.items()]
    parts += [] if facts.seed is None else [f"seed <b>{facts.seed}</b>"]
    return "".join(f"<span>{part}</span>" for part in parts)


def _noun(count: int, plural: str) -> str:
    singular = {"classes": "class"}.get(plural, plural.removesuffix("s"))
    return singular if count == 1 else plural


def _origin(facts: ReportFacts) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in facts.versions.items())
    rows = {
        "Built by": f"<code>{escape(facts.command)}</code>" if facts.command else "",
        "With": escape(versions),
    }
    return "".join(f"<dt>{term}</dt><dd>{value}</dd>" for term, value in rows.items() if value)


def _failures(failures: Sequence[tuple[str, str]]) -> str:
    if not failures:
        return ""
    heading = f"{len(failures):,} {_noun(len(failures), 'files')} left out"
    table = _table(failures, ("File", "Reason"), kind="words")
    return f'<section class="failures"><h2>{heading}</h2><div class="scroll">{table}</div></section>'


def _tables(statistics: Statistics) -> str:
    heads = statistics.noteheads
    known = {
        "an onset": heads.onset,
        "a duration": heads.duration,
        "a pitch": heads.pitch,
        "a position": heads.position,
    }
    sizes = (statistics.width.median, statistics.height.median)
    facts = [
        ("Median page", f"{figure(sizes[0])} \u00d7 {figure(sizes[1])} px"),
        ("Median staff space", f"{figure(statistics.staff_space.median)} px"),
        ("Ten most frequent classes", f"{statistics.top_share:.1%} of the symbols"),
        ("Noteheads", f"{heads.noteheads:,}"),
        *(
            (f"Noteheads with {name}", f"{count / max(heads.noteheads, 1):.1%}")
            for name, count in known.items()
        ),
    ]
    summary = _table(summary_rows(statistics), ("", "Symbols per page", "Symbols per class"))
    return f"<div>{summary}</div><div>{_table(facts)}</div>"


def _table(rows: Iterable[Sequence[str]], headings: Sequence[str] = (), kind: str = "") -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in headings)
    body = "\n".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    start = f'<table class="{kind}">' if kind else "<table>"
    return f"{start}{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _plots(classes: int) -> str:
    """Two columns of about the same height, the classes on the left; where they are many, they scroll."""
    height = class_plot_height(classes)
    columns = [["classes"], []]
    heights = [height, 0.0]
    for name in sorted(HEIGHTS, key=lambda name: -HEIGHTS[name]):
        shorter = heights.index(min(heights))
        columns[shorter].append(name)
        heights[shorter] += HEIGHTS[name]
    start = '<div class="tall">' if height > sum(HEIGHTS.values()) else "<div>"
    left, right = ("".join(map(_plot, column)) for column in columns)
    return f"{start}{left}</div><div>{right}</div>"


def _plot(name: str) -> str:
    return f'<a href="report/{name}.svg"><img src="report/{name}.svg" alt="{_PLOT_TITLES[name]}"></a>'


def _shown(shown: int, total: int) -> str:
    if shown >= total:
        return f"All {total:,} pages." if total > 1 else ""
    return f"{shown:,} of {total:,} pages."


def _card(page: PageSummary) -> str:
    base = f"report/pages/{quote(page.key)}"
    count = f"{len(page.symbols):,} {_noun(len(page.symbols), 'symbols')} \u00b7 {escape(page.split)}"
    about = " \u00b7 ".join(filter(None, (page.score, page.font)))
    return (
        f'<a href="#page={quote(page.key)}" data-page="{escape(page.key)}" data-source="{base}.js">'
        f'<figure><div class="thumb"><img src="{base}.png" alt="" loading="lazy"></div>'
        f'<figcaption><strong title="{escape(page.name)}">{escape(page.name)}</strong>'
        f'<span title="{escape(about)}">{escape(about)}</span>'
        f"<span>{count}</span></figcaption></figure></a>"
    )
