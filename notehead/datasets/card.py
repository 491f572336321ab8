"""The dataset card: `README.md` with what a dataset holds, where it comes from, and how it was made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from notehead.datasets.index import PageEntry
from notehead.datasets.statistics import Statistics
from notehead.datasets.text_table import summary_rows


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card tells beside counts.

    Attributes:
        command: what built the dataset.
        versions: by program.
        failures: (file, reason) of scores that were left out.
        copies: (file, reason) of scores whose content another one has.
    """

    command: str
    versions: dict[str, str]
    failures: Sequence[tuple[str, str]] = field(default_factory=tuple)
    copies: Sequence[tuple[str, str]] = field(default_factory=tuple)


def dataset_card(entries: Sequence[PageEntry], statistics: Statistics, facts: CardFacts) -> str:
    """The card as Markdown; its head is what dataset hubs read."""
    splits = Counter(entry.split for entry in entries)
    scores = {entry.score_id: entry for entry in entries}
    lines = [
        *_head(),
        "# A notehead dataset",
        "",
        "Pages of music engraved from scores, with exact ground truth for detection, segmentation,",
        "classification and reconstruction. The layout is DeepScoresV2's, and beside it DeepScores v1's.",
        "",
        f"- {len(entries):,} pages ({splits['train']:,} train, {splits['test']:,} test; split by score)",
        f"- {statistics.symbols:,} symbols of {len(statistics.classes)} classes",
        f"- {len(scores):,} scores",
        "",
        *how_made(facts),
        "",
        "## Statistics",
        "",
        *_table(("statistic", "symbols per page", "symbols per class"), summary_rows(statistics)),
        "",
        "`statistics.json` has all figures, `index.html` shows them with the pages.",
        "",
        "## What is where",
        "",
        *_WHAT_IS_WHERE,
        "",
        "## Sources and licences",
        "",
        "The pages are derived from these scores; whoever passes them on keeps to the scores' licences.",
        "",
        *_sources(entries),
    ]
    return "\n".join([*lines, *left_out(facts)]) + "\n"


def how_made(facts: CardFacts) -> list[str]:
    """The section with command and versions, line by line."""
    return [
        "## How it was made",
        "",
        *_code(facts.command),
        "",
        *(f"- {name} {version}" for name, version in facts.versions.items()),
        "",
        "The same command, with these versions, gives the same bytes; `manifest.csv` holds the SHA-256 of",
        "every file.",
    ]


def left_out(facts: CardFacts) -> list[str]:
    """The sections with scores that gave no pages, line by line; none where all did."""
    lines = []
    if facts.failures:
        lines += [
            "",
            f"## Left out ({len(facts.failures)})",
            "",
            *_table(("score", "reason"), facts.failures),
        ]
    if facts.copies:
        lines += ["", f"## Copies ({len(facts.copies)})", "", *_table(("score", "what"), facts.copies)]
    return lines


def _head() -> list[str]:
    return [
        "---",
        "task_categories: [object-detection, image-segmentation, image-classification]",
        "tags: [music, optical-music-recognition, DeepScores]",
        "pretty_name: notehead dataset",
        "---",
        "",
    ]


_WHAT_IS_WHERE = [
    "| path | what |",
    "| --- | --- |",
    "| `images/NAME.png` | the page, 8-bit grey |",
    "| `segmentation/NAME_seg.png` | grey value of each pixel's class |",
    "| `instance/NAME_inst.png` | colour number of each pixel's symbol |",
    "| `deepscores_train.json`, `deepscores_test.json` | boxes, oriented boxes, classes (DeepScoresV2) |",
    "| `pages/NAME.json.gz` | everything: links, pitches, staves, the second mask layer |",
    "| `pages.csv`, `manifest.csv`, `statistics.json` | lists and figures |",
    "| `deepscores_v1/` | XML, class images and classification patches (DeepScores v1) |",
    "| `index.html`, `report/` | every page with its symbols, in a browser |",
]


def _sources(entries: Sequence[PageEntry]) -> list[str]:
    pages = Counter((entry.score, entry.licence) for entry in entries)
    rows = [(score, licence or "not stated", str(count)) for (score, licence), count in sorted(pages.items())]
    return _table(("score", "licence", "pages"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    return lines + [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]


def _code(text: str) -> list[str]:
    """A block of code that its text cannot end."""
    fence = max(["``", *re.findall("`+", text)], key=len) + "`"
    return [fence, text, fence]


def _cell(text: str) -> str:
    """Text from strangers' files as Markdown that is only text."""
    plain = re.sub(r"[\x00-\x1f]+", " ", text)
    return re.sub(r"([\\`*_{}\[\]<>|#&~])", r"\\\1", plain)
