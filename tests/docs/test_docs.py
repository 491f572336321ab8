"""The documentation tells the truth: examples run, commands parse, links lead somewhere, tables agree."""

from __future__ import annotations

import ast
import csv
import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from notehead import VOCABULARY, errors
from notehead.cli.main import cli
from notehead.datasets.formats import FORMATS, PARTS
from notehead.datasets.index import PAGE_COLUMNS
from notehead.errors import NoteheadError, ScoreError
from notehead.models.registry import MODELS
from notehead.page import COLUMNS

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING"))]
IDS = [page.stem for page in PAGES]
COMMANDS = {
    f"{name} {task}".strip(): one
    for name, command in cli.commands.items()
    for task, one in (command.commands.items() if isinstance(command, click.Group) else [("", command)])
}
"""Commands by name; those of a group by both names."""
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NoteheadError)]
OPTIONS = {
    "build": ("docs/build.md", "## The options"),
    "convert": ("docs/convert.md", "## The options"),
    "evaluate": ("docs/evaluate.md", "## The options"),
    "align": ("docs/degrade.md", "## Align a scan"),
    "compose": ("docs/degrade.md", "## Rare symbols"),
    "unpack": ("docs/convert.md", "## unpack"),
    "detect": ("docs/detect.md", "## The options"),
    "read": ("docs/read.md", "## The options"),
    "train detect": ("docs/train.md", "## The options"),
    "train segment": ("docs/train.md", "## The options"),
    "train classify": ("docs/train.md", "## The options"),
    "train points": ("docs/train.md", "## The options"),
    "train transcribe": ("docs/train.md", "## The options"),
    "train models": ("docs/train.md", "## The models"),
    "export": ("docs/detect.md", "## export"),
}
"""Where the options of a command are described; of the others in look.md, under the command's name."""
NOT_RUN = "<!-- not run -->"

SCORE = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0">
  <part-list><score-part id="P1"><part-name>Flute</part-name></score-part></part-list>
  <part id="P1">
    <measure number="1">
      <attributes>
        <divisions>2</divisions><key><fifths>2</fifths></key><time><beats>3</beats><beat-type>4</beat-type></time>
        <clef><sign>G</sign><line>2</line></clef>
      </attributes>
      <direction><direction-type><dynamics><mf/></dynamics></direction-type></direction>
      <note>
        <grace slash="yes"/><pitch><step>D</step><octave>5</octave></pitch><voice>1</voice><type>eighth</type>
      </note>
      <note>
        <pitch><step>C</step><octave>4</octave></pitch><duration>2</duration><voice>1</voice><type>quarter</type>
        <accidental>natural</accidental><notations><slur type="start" number="1"/></notations>
      </note>
      <note>
        <pitch><step>E</step><octave>4</octave></pitch><duration>1</duration><voice>1</voice><type>eighth</type>
        <stem>up</stem><beam number="1">begin</beam>
      </note>
      <note>
        <pitch><step>F</step><alter>1</alter><octave>4</octave></pitch><duration>1</duration><voice>1</voice>
        <type>eighth</type><stem>up</stem><beam number="1">end</beam>
        <notations><slur type="stop" number="1"/></notations>
      </note>
      <note><rest/><duration>2</duration><voice>1</voice><type>quarter</type></note>
    </measure>
    <measure number="2">
      <note>
        <pitch><step>G</step><octave>4</octave></pitch><duration>6</duration><voice>1</voice><type>half</type><dot/>
        <lyric><text>Oh</text></lyric>
      </note>
      <barline location="right"><bar-style>light-heavy</bar-style></barline>
    </measure>
  </part>
</score-partwise>
"""


class Block(NamedTuple):
    """A fenced block: its language, its text, the line that the text begins with, and whether it may run."""

    language: str
    text: str
    line: int
    run: bool


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    lines = page.read_text(encoding="utf-8").splitlines()
    start = None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number
        else:
            before = "\n".join(lines[max(start - 2, 0) : start])
            text = "\n".join(lines[start + 1 : number])
            yield Block(lines[start].strip("` "), text, start + 2, NOT_RUN not in before)
            start = None
    assert start is None, f"{page.name}: a block is not closed"


def prose(page: Path) -> str:
    """A page without its fenced blocks and comments."""
    text = re.sub(r"<!--.*?-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its head."""
    _, found, after = (ROOT / page).read_text(encoding="utf-8").partition(f"\n{heading}\n")
    assert found, f"{page} has no {heading}"
    rows = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[0].splitlines()[2:]]


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


# Python


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_python_examples_compile(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python" and block.run:
            compile("\n" * (block.line - 1) + block.text, str(page), "exec")


def test_python_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "small.musicxml").write_text(SCORE, encoding="utf-8")
    page = ROOT / "docs" / "python.md"
    names: dict[str, object] = {}
    printed = io.StringIO()
    with redirect_stdout(printed):
        for block in blocks(page):
            if block.language == "python" and block.run:
                exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)
    assert "1 pages" in printed.getvalue()
    assert "left out" not in printed.getvalue()
    assert (tmp_path / "page.png").stat().st_size > 1000


# The command line


def command_lines(page: Path) -> Iterator[str]:
    """The lines that call notehead in a page's blocks, as they would be typed."""
    for block in blocks(page):
        if block.language != "python":
            for line in block.text.splitlines():
                typed = line.removeprefix("$ ").split("  # ")[0].strip()
                if typed.startswith("notehead "):
                    yield typed


def words(line: str) -> list[str]:
    """The arguments of a command line up to a pipe or a redirection."""
    found = shlex.split(line)[1:]
    ends = [i for i, word in enumerate(found) if word in {">", "|", "2>", "&&"}]
    return found[: ends[0]] if ends else found


def command_of(typed: list[str]) -> tuple[str, list[str]]:
    """The name of the command, and its arguments."""
    for count in (2, 1):
        if " ".join(typed[:count]) in COMMANDS:
            return " ".join(typed[:count]), typed[count:]
    pytest.fail(f"no such command: {typed}")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_command_lines_parse(page: Path) -> None:
    for line in command_lines(page):
        name, arguments = command_of(words(line))
        try:
            COMMANDS[name].make_context(name, list(arguments))
        except click.ClickException as error:
            pytest.fail(f"{page.name}: {line}: {error.format_message()}")


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_commands_in_the_text_exist(page: Path) -> None:
    for line in (line for line in code(prose(page)) if line.startswith("notehead ")):
        name, arguments = command_of(words(line))
        known = {option for parameter in COMMANDS[name].params for option in parameter.opts} | {
            "-h",
            "--help",
        }
        before = arguments[: arguments.index("--")] if "--" in arguments else arguments
        assert {word for word in before if word.startswith("-")} <= known, line


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_described(name: str) -> None:
    page, heading = OPTIONS.get(name, ("docs/look.md", f"## {name}"))
    rows = {option: row for row in table(page, heading) for option in code(row[0])}
    for parameter in COMMANDS[name].params:
        if not isinstance(parameter, click.Option):
            continue
        assert set(parameter.opts) & set(rows), f"{page} lacks {parameter.opts}"
        if name in OPTIONS and type(parameter.default) in {int, float}:
            assert rows[parameter.opts[-1]][1] == f"{parameter.default:g}"
    described = {option for option in rows if option.startswith("--")}
    known = {option for item in COMMANDS[name].params for option in (*item.opts, *item.secondary_opts)}
    assert described <= known


def test_every_benchmark_is_described() -> None:
    targets = re.findall(r"^(bench[a-z0-9-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    headings = re.findall(r"^## make (.*)$", (ROOT / "docs" / "benchmarks.md").read_text(), re.MULTILINE)
    assert headings == targets


def test_every_model_is_described() -> None:
    rows = table("docs/train.md", "## The models")
    assert [(row[0], *code(row[1])) for row in rows] == [(entry.task, entry.name) for entry in MODELS]


# Links


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=[*IDS, "CHANGELOG"])
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith(("https://", "http://")):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{page.name}: {link}"
        assert target.is_relative_to(ROOT)
        assert not anchor or anchor in anchors(target), f"{page.name}: {link}"


# Tables


def test_the_vocabulary_is_that_of_the_code() -> None:
    with (ROOT / "notehead" / "vocabulary" / "classes.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            [row["id"], row["name"], row["kind"], row["grey"], row["deepscores_v2"] or "-",
             f"{row['muscima_id']} {row['muscima']}".strip() or "-", row["deepscores_v1"] or "-"]
            for row in csv.DictReader(file)
        ]  # fmt: skip
    assert table("docs/vocabulary.md", "## The table") == rows


def test_the_vocabulary_is_what_its_head_prints() -> None:
    text = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    script = re.search(r"<<'END'\n(.*?)\nEND\n", text, re.DOTALL)
    assert script is not None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(script[1], {})
    assert printed.getvalue() in text


def test_every_column_is_described() -> None:
    rows = table("docs/annotations.md", "## The columns")
    assert [name for row in rows for name in code(row[0])] == list(COLUMNS)


def test_every_text_class_is_described() -> None:
    described = [name for row in table("docs/annotations.md", "## Text") for name in code(row[0])]
    assert described == [row.name for row in VOCABULARY.classes if row.kind == "text"]


def test_every_column_of_pages_csv_is_described() -> None:
    described = [name for row in table("docs/formats.md", "## Lists") for name in code(row[0])]
    assert described == list(PAGE_COLUMNS)


def test_every_format_is_described() -> None:
    rows = {code(row[0])[0]: row for row in table("docs/convert.md", "## The formats")}
    assert list(rows) == list(FORMATS)
    for name, found in FORMATS.items():
        assert rows[name][-2:] == ["yes" if found.read else "no", "yes" if found.writer else "no"]


def test_what_formats_hold_is_described() -> None:
    """The table of `docs/convert.md` is `Format.holds`; tests of the formats hold that against files."""
    text = (ROOT / "docs" / "convert.md").read_text(encoding="utf-8")
    _, _, after = text.partition("## What a format can hold")
    head = re.search(r"^\| +\|(.*)\|$", after, re.MULTILINE)
    assert head is not None
    names = [cell.strip() for cell in head[1].split("|")]
    assert names == [name for name, found in FORMATS.items() if found.writer]
    wanted = [[part, *("yes" if part in FORMATS[name].holds else "-" for name in names)] for part in PARTS]
    assert table("docs/convert.md", "## What a format can hold") == wanted


# Errors


def test_every_error_is_described_with_its_exit_code() -> None:
    described = {code(row[0])[0]: int(row[1]) for row in table("docs/errors.md", "## Classes")}
    assert described == {kind.__name__: kind.exit_code for kind in KINDS}
    codes = {int(row[0]) for row in table("docs/errors.md", "## Exit codes")}
    assert codes == {0, 2, 130, *described.values()}


def template(node: ast.expr) -> list[str]:
    """The texts that an expression can be, `{}` for what is not known."""
    if isinstance(node, ast.IfExp):
        return template(node.body) + template(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return ["".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def messages(function: ast.FunctionDef) -> Iterator[str]:
    """The messages of the errors that a function makes."""
    place = {kind.__name__: int(issubclass(kind, ScoreError)) for kind in KINDS}
    place |= {"Fault": 1, "_fault": 0, "ChildDied": 0, "Problem": 0}
    said: dict[str, list[str]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            said.setdefault(node.targets[0].id, []).extend(template(node.value))
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in place:
            argument = node.args[place[node.func.id]] if len(node.args) > place[node.func.id] else None
            if isinstance(argument, ast.Name):
                yield from said.get(argument.id, [])
            elif argument is not None:
                yield from template(argument)


def test_every_message_is_described() -> None:
    _, _, listed = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8").partition("## Messages")
    lines = listed.splitlines()
    lacking = []
    for file in sorted((ROOT / "notehead").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for message in messages(node) if isinstance(node, ast.FunctionDef) else ():
                known = message.removeprefix("{}: ").split("{}")
                pattern = re.compile(".+".join(map(re.escape, known)))
                if len(re.findall(r"\w", message)) > 3 and not any(map(pattern.search, lines)):
                    lacking.append(f"{file.name}: {message}")
    assert not lacking


# The design


def test_imports_go_downhill() -> None:
    _, _, after = (
        (ROOT / "docs" / "design.md").read_text(encoding="utf-8").partition("**Imports go downhill.**")
    )
    drawn = after.split("```")[1].strip("\n").splitlines()
    level = {name: row for row, line in enumerate(drawn) for name in line.split()}
    for file in sorted((ROOT / "notehead").rglob("*.py")):
        home = file.relative_to(ROOT / "notehead").with_suffix("").parts[0]
        if home == "__init__":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("notehead."):
                other = (node.module or "").split(".")[1]
                assert other == home or level[other] > level[home], f"{file.name} imports {other}"
