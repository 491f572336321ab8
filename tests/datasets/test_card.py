"""The dataset card tells what is so, and strangers' names in it are only text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.datasets import Statistics, StatisticsBuilder
from notehead.datasets.card import CardFacts, dataset_card
from notehead.datasets.index import PageEntry
from notehead.page import Symbols

FACTS = CardFacts("notehead build scores -o DATASET", {"notehead": "0.1.0", "verovio": "6.4.1"})
SPECIAL = r"\`*_{}[]<>|#&~"


def entry(number: int, score: str = "a.xml", split: str = "train", licence: str = "") -> PageEntry:
    return PageEntry(f"page-{number}", split, score, score, "Leland", number, 30, 40, 7, licence)


def counted(pages: int) -> Statistics:
    builder = StatisticsBuilder()
    for number in range(pages):
        builder.add(f"page-{number}", Symbols.build(["stem"] * 1000, [[0, 0, 2, 30]] * 1000), 30, 40, 10.0)
    return builder.finish()


def card(entries: list[PageEntry], facts: CardFacts = FACTS) -> str:
    return dataset_card(entries, counted(len(entries)), facts)


def section(text: str, title: str) -> list[str]:
    """The lines of a section."""
    _, found, rest = text.partition(f"\n## {title}\n\n")
    assert found
    return rest.partition("\n\n## ")[0].splitlines()


def cells(row: str) -> list[str]:
    """The cells of a table's row, as Markdown reads them: a bar with a backslash before it is no border."""
    assert row.startswith("| ")
    assert row.endswith(" |")
    return re.findall(r"((?:\\.|[^|\\])*) \|", row[1:])


def read(cell: str) -> str:
    """The text that a cell shows; raises where something in it is more than text."""
    text = cell.removeprefix(" ")
    assert not re.search(f"[{re.escape(SPECIAL)}]", re.sub(r"\\.", "", text)), "not escaped"
    return re.sub(r"\\(.)", r"\1", text)


def test_the_head_is_for_dataset_hubs() -> None:
    lines = card([entry(1)]).splitlines()
    assert lines[0] == "---"
    head = dict(line.split(": ", 1) for line in lines[1 : lines.index("---", 1)])
    assert head["task_categories"] == "[object-detection, image-segmentation, image-classification]"
    assert set(head) == {"task_categories", "tags", "pretty_name"}
    assert lines.count("# A notehead dataset") == 1


def test_counts_are_those_of_the_pages() -> None:
    pages = [entry(1, "a"), entry(2, "a"), entry(3, "b", "test"), entry(4, "c")]
    text = card(pages)
    assert "- 4 pages (3 train, 1 test; split by score)\n" in text
    assert "- 4,000 symbols of 1 classes\n" in text
    assert "- 3 scores\n" in text
    assert "| Mean | 1,000 | 4,000 |" in section(text, "Statistics")


def test_it_says_how_it_was_made() -> None:
    lines = section(card([entry(1)]), "How it was made")
    assert lines[:4] == ["```", FACTS.command, "```", ""]
    assert "- notehead 0.1.0" in lines
    assert "- verovio 6.4.1" in lines


def test_sources_are_listed_once_with_their_licence() -> None:
    pages = [entry(1, "b", licence="CC0"), entry(2, "a"), entry(3, "b", licence="CC0")]
    rows = section(card(pages), "Sources and licences")[2:]
    assert rows[0] == "| score | licence | pages |"
    assert rows[2:] == ["| a | not stated | 1 |", "| b | CC0 | 2 |"]


def test_what_was_left_out_is_listed_only_where_something_was() -> None:
    plain = card([entry(1)])
    assert "## Left out" not in plain
    assert "## Copies" not in plain
    facts = CardFacts("c", {}, [("x.xml", "it is empty"), ("y.xml", "too large")], [("z.xml", "as x.xml")])
    text = card([entry(1)], facts)
    assert section(text, "Left out (2)") == [
        "| score | reason |",
        "| --- | --- |",
        "| x.xml | it is empty |",
        "| y.xml | too large |",
    ]
    assert section(text, "Copies (1)")[2:] == ["| z.xml | as x.xml |"]


def test_no_pages_have_a_card_too() -> None:
    text = card([])
    assert "- 0 pages (0 train, 0 test; split by score)" in text
    assert "- 0 scores" in text


@pytest.mark.parametrize(
    "name",
    [
        "a | b.xml",
        "a \\| b.xml",
        "trailing\\",
        "<script>alert(1)</script>.xml",
        "![image](https://example.org/x.png)",
        "**bold** _low_ `code` ~~gone~~ #1",
        "&copy; &#60;b&#62;",
        "line\n\n# heading\n\n| a | b |",
        "return\rreturn\ttab\x00zero\x1b[31m",
        "```\nfence",
        "Größe ♯ 𝄞",
    ],
)
def test_hostile_names_are_only_text(name: str) -> None:
    shown = re.sub(r"[\x00-\x1f]+", " ", name)
    facts = CardFacts("c", {}, [(name, name)], [(name, name)])
    text = card([entry(1, name, licence=name)], facts)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# A notehead dataset",
        "## How it was made",
        "## Statistics",
        "## What is where",
        "## Sources and licences",
        "## Left out (1)",
        "## Copies (1)",
    ]
    assert [read(cell) for cell in cells(section(text, "Sources and licences")[-1])] == [shown, shown, "1"]
    for title in ("Left out (1)", "Copies (1)"):
        assert [read(cell) for cell in cells(section(text, title)[-1])] == [shown, shown]


@given(name=st.text(st.characters(exclude_characters="\x85\u2028\u2029"), min_size=1))
def test_any_name_is_one_cell(name: str) -> None:
    rows = section(card([entry(1, name)]), "Sources and licences")
    assert len(rows) == 5
    assert read(cells(rows[-1])[0]) == re.sub(r"[\x00-\x1f]+", " ", name)


@pytest.mark.parametrize("command", ["a ``` b", "a\n```\n<script>\n# b", "````", "a `b` c"])
def test_a_command_cannot_leave_its_block(command: str) -> None:
    """The fence is longer than any in the command."""
    lines = section(card([entry(1)], CardFacts(command, {})), "How it was made")
    fence = lines[0]
    assert re.fullmatch("`{3,}", fence)
    assert fence not in command
    end = lines.index(fence, 1)
    assert "\n".join(lines[1:end]) == command
