"""`write_reading`: the report's one file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from notehead.errors import EngraverError
from notehead.files import write_file
from notehead.reading.doubts import Doubt, doubts_of, measures_of, notes_of
from notehead.reading.leaves import Leaf
from notehead.reading.report.drawing import drawn
from notehead.reading.report.marked import has_systems, marked
from notehead.reading.report.scan import pitch_name, scan_svg
from notehead.reading.typeset import Typesetter
from notehead.transcribe import Measure, Score

_UNITS = 18
"""Of Verovio's page in a staff space."""
_NARROWEST, _WIDEST = 1000, 6000
_MOST_ROWS = 2000
_NOTHING = "<p>No music was read here.</p>"


@dataclass(frozen=True, eq=False)
class Finding:
    """What the report shows.

    Attributes:
        title: its heading.
        leaves: the pages, as they were transcribed.
        score: the music read from them.
        musicxml: the same as MusicXML.
    """

    title: str
    leaves: Sequence[Leaf]
    score: Score
    musicxml: bytes


def write_reading(path: Path, finding: Finding, typesetter: Typesetter) -> None:
    """Write the report. The same finding gives the same bytes.

    Music that Verovio cannot engrave is left out, and the report says so.

    Raises:
        OutputError: it cannot be written.
    """
    score = finding.score
    doubts = doubts_of(score)
    measures = measures_of(score)
    script = _asset("reading.js")
    page = Template(_asset("report.html")).substitute(
        title=escape(finding.title),
        hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=_style(),
        script=script,
        facts=_facts(finding, doubts, measures),
        places=_places(doubts),
        pages="\n".join(_pages(finding, doubts, measures, typesetter)),
    )
    # Half of a surrogate pair, from a file name that is no UTF-8, is written as a reference.
    write_file(path, page.encode(errors="xmlcharrefreplace"))


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _style() -> str:
    house = resources.files("notehead.datasets.report").joinpath("report.css").read_text(encoding="utf-8")
    return house.partition("/* The viewer. */")[0] + _asset("reading.css")


def _facts(finding: Finding, doubts: Sequence[Doubt], measures: Sequence[tuple[Measure, ...]]) -> str:
    counts = [
        (len(finding.leaves), "page", "pages"),
        (len(finding.score.parts), "part", "parts"),
        (len(measures), "measure", "measures"),
        (sum(1 for row in measures for _ in notes_of(row)), "note", "notes"),
        (sum(doubt.amount > 0 for doubt in doubts), "doubtful measure", "doubtful measures"),
        (sum(len(doubt.notes) for doubt in doubts), "uncertain note", "uncertain notes"),
    ]
    return "".join(
        f"<span><b>{count:,}</b> {one if count == 1 else several}</span>" for count, one, several in counts
    )


def _places(doubts: Sequence[Doubt]) -> str:
    if not doubts:
        return '<p class="note">Every measure adds up, and no note is uncertain. Look all the same.</p>'
    rows = "\n".join(
        f'<tr><td><a href="#m{doubt.measure}" data-m="{doubt.measure}">measure {doubt.measure + 1}</a></td>'
        f"<td>page {doubt.page + 1}</td><td>{escape(_what(doubt))}</td></tr>"
        for doubt in doubts[:_MOST_ROWS]
    )
    more = (
        f'<p class="note">... and {len(doubts) - _MOST_ROWS:,} more</p>' if len(doubts) > _MOST_ROWS else ""
    )
    return f'<div class="scroll"><table class="words"><tbody>{rows}</tbody></table></div>{more}'


def _what(doubt: Doubt) -> str:
    parts = ["the durations do not add up"] if doubt.amount > 0 else []
    names = [f"{pitch_name(one.note.pitch)} ({one.note.confidence:.0%})" for one in doubt.notes[:6]]
    if names:
        more = f" and {len(doubt.notes) - 6} more" if len(doubt.notes) > 6 else ""
        parts.append(f"uncertain: {', '.join(names)}{more}")
    return "; ".join(parts)


def _pages(
    finding: Finding, doubts: Sequence[Doubt], measures: Sequence[tuple[Measure, ...]], typesetter: Typesetter
) -> Iterable[str]:
    on_page: dict[int, dict[int, tuple[Measure, ...]]] = {}
    for k, row in enumerate(measures):
        on_page.setdefault(row[0].page, {})[k] = row
    engraved = _engraved(finding, doubts, list(on_page), typesetter)
    for number, leaf in enumerate(finding.leaves):
        here = [doubt for doubt in doubts if doubt.page == number]
        scan = scan_svg(leaf.page, number, on_page.get(number, {}), here)
        count = sum(doubt.amount > 0 for doubt in here)
        about = f"{count} doubtful measure{'' if count == 1 else 's'}" if count else ""
        yield (
            f'<section class="leaf" id="page{number + 1}"><h2>Page {number + 1}'
            f"<span>{escape(leaf.place)}{' &middot; ' if about else ''}{about}</span></h2>"
            f'<div class="sides"><div class="side">{scan}</div>'
            f'<div class="side music">{engraved.get(number, _NOTHING)}</div></div></section>'
        )


def _engraved(
    finding: Finding, doubts: Sequence[Doubt], pages: Sequence[int], typesetter: Typesetter
) -> dict[int, str]:
    """By page, the music that was read on it; where Verovio makes more pages, the last has the rest."""
    wide = [leaf.page.width / leaf.page.staff_space for leaf in finding.leaves if leaf.page.staff_space > 0]
    width = round(min(max(max(wide, default=0.0) * _UNITS, _NARROWEST), _WIDEST))
    music = marked(finding.musicxml, finding.score, doubts)
    try:
        drawings = typesetter.engraved(music, width, breaks=has_systems(finding.score))
    except EngraverError as error:
        return dict.fromkeys(pages, f"<p>{escape(str(error))}</p>")
    doubtful = {doubt.measure for doubt in doubts if doubt.amount > 0}
    found: dict[int, str] = {}
    for place, svg in enumerate(drawings):
        page = pages[min(place, len(pages) - 1)] if pages else 0
        found[page] = found.get(page, "") + drawn(svg, doubtful, place)
    return found
