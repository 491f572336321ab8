"""`notehead build`: what the options say is what is built, and what was left out is said."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from notehead import BuildOptions, BuildResult, Dataset
from notehead.builder import Failure
from notehead.progress import Progress
from tests.cli.conftest import Call
from tests.support.scores import MUSICXML

SMALL = ("--resolution", "50", "--patches", "0", "--workers", "1")


class Asked:
    """Takes the place of the library's `build`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, result: BuildResult | None = None) -> None:
        self.result = result or BuildResult(Path("out"), 1, 25, 1)
        monkeypatch.setattr("notehead.cli.build.build", self)

    def __call__(
        self, scores: Sequence[Path], output: Path, options: BuildOptions, progress: Progress
    ) -> BuildResult:
        self.scores, self.output, self.options = list(scores), output, options
        progress.stage("building", 2)
        progress.step(1)
        progress.close()
        return self.result


def test_without_options_the_library_decides(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    assert notehead("build", "a.xml", "scores/", "-o", "out").code == 0
    assert asked.scores == [Path("a.xml"), Path("scores")]
    assert asked.output == Path("out")
    assert asked.options == BuildOptions()


def test_every_option_reaches_the_library(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    words = "--fonts Leland,Bravura --papers tall --per-score 3 --resolution 300 --split 0.5 --workers 2"
    words += " --seed 7 --limit 11 --patches 13 --timeout 17"
    words += " --engraver verovio,lilypond --recipes flatbed-scan,clean --strength 0.7"
    words += " --layout parquet --shard-pages 21 --runner ray --address there:6379"
    assert notehead("build", "a.xml", "--output", "out", *words.split()).code == 0
    wanted = BuildOptions(
        fonts=("Leland", "Bravura"),
        papers=("tall",),
        engravers=("verovio", "lilypond"),
        recipes=("flatbed-scan", "clean"),
        strength=0.7,
        per_score=3,
        resolution=300.0,
        split=0.5,
        seed=7,
        limit=11,
        patches=13,
        workers=2,
        seconds=42.5,
        cpu_seconds=17,
        layout="parquet",
        shard_pages=21,
        runner="ray",
        address="there:6379",
    )
    assert asked.options == wanted
    same = {field.name for field in fields(BuildOptions)} - {"memory", "report_pages"}
    assert all(getattr(wanted, name) != getattr(BuildOptions(), name) for name in same)


def test_lists_may_have_spaces(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked(monkeypatch)
    notehead("build", "a.xml", "-o", "out", "--fonts", " Leland , Bravura,", "--papers", "tall, quarto")
    assert asked.options.fonts == ("Leland", "Bravura")
    assert asked.options.papers == ("tall", "quarto")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fonts", "Leland,Comic"], "unknown font Comic. Choose among Leipzig, Bravura"),
        (["--fonts", ","], "unknown font (none). Choose among"),
        (["--engraver", "quill"], "unknown engraver quill. Choose among verovio"),
        (["--recipes", "fax"], "unknown recipe fax. Choose among clean"),
        (["--recipes", ","], "unknown recipe (none). Choose among clean"),
        (["--strength", "3"], "the strength must be 0 to 2"),
        (["--papers", "napkin"], "unknown paper napkin. Choose among study"),
        (["--resolution", "nan"], "the resolution must be 50 to 1200"),
        (["--split", "1.5"], "the split must be between 0 and 1"),
        (["--limit", "0"], "the limit must be at least one page"),
        (["--workers", "-1"], "the number of workers must not be negative"),
    ],
)
def test_options_out_of_range_are_said(
    notehead: Call, tmp_path: Path, words: list[str], message: str
) -> None:
    outcome = notehead("build", tmp_path, "-o", tmp_path / "out", *words)
    assert outcome.code == 1
    assert outcome.err.startswith(f"notehead: {message}")
    assert outcome.out == ""
    assert not (tmp_path / "out").exists()


def test_what_was_made_is_data(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tuple(Failure(f"{number}.xml", "has the same content as a.xml") for number in range(2))
    Asked(monkeypatch, BuildResult(Path("out"), 1234, 567_890, 3, copies=copies))
    outcome = notehead("build", "a.xml", "-o", "out")
    assert outcome.code == 0
    assert outcome.out == "out: 1,234 pages, 567,890 symbols, from 3 scores\n"
    assert outcome.err.splitlines() == [f"copy: {n}.xml: has the same content as a.xml" for n in range(2)]


def test_what_was_left_out_is_5(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = tuple(Failure(f"{number}.xml", "it is empty") for number in range(25))
    Asked(monkeypatch, BuildResult(Path("out"), 1, 2, 3, failures=failures))
    outcome = notehead("build", "a.xml", "-o", "out")
    assert outcome.code == 5
    assert outcome.out == "out: 1 pages, 2 symbols, from 3 scores\n"
    assert outcome.err.splitlines() == [
        *(f"left out: {number}.xml: it is empty" for number in range(20)),
        "... and 5 more",
        "25 times: it is empty",
        "notehead: 25 scores were left out. out/README.md lists each with its reason.",
    ]


# Real builds.


def test_a_build_with_a_bad_score(process: Call, tmp_path: Path) -> None:
    scores = tmp_path / os.fsdecode(b"scores \xe9")  # the folder's name is no text
    scores.mkdir()
    (scores / "good.xml").write_text(MUSICXML, "utf-8")
    (scores / "bad.xml").write_text("<html/>", "utf-8")
    out = tmp_path / os.fsdecode(b"out \xe9")
    outcome = process("build", scores, "-o", out, *SMALL)
    assert outcome.code == 5
    (line,) = outcome.out.splitlines()
    assert line.endswith("out \\udce9: 1 pages, 25 symbols, from 1 scores")
    assert outcome.err.startswith("left out: bad.xml: it is ")
    assert len(outcome.err.splitlines()) == 2
    assert len(Dataset(out)) == 1


def test_no_scores_is_3(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for place, cause in ((tmp_path / "in", "holds no scores"), (tmp_path / "nowhere", "it does not exist")):
        outcome = notehead("build", place, "-o", tmp_path / "out")
        assert (outcome.code, outcome.out) == (3, "")
        assert outcome.err.startswith(f"notehead: {place}: {cause}. ")
    assert not (tmp_path / "out").exists()


def test_a_place_that_cannot_be_written_is_6(notehead: Call, scores_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("years of work")
    for place in (tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
        outcome = notehead("build", scores_folder, "-o", place)
        assert (outcome.code, outcome.out) == (6, "")
        assert outcome.err.startswith("notehead: ")
        assert outcome.err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "years of work"


def test_a_dry_run_writes_nothing(notehead: Call, tmp_path: Path, scores_folder: Path) -> None:
    outcome = notehead("build", scores_folder, "-o", tmp_path / "out", "--dry-run", "--pages", "50")
    assert outcome.code == 0
    assert outcome.out.startswith("pages       about 50, from 2 scores")
    assert not (tmp_path / "out").exists()


def test_pages_decide_the_styles(notehead: Call, tmp_path: Path, scores_folder: Path) -> None:
    out = tmp_path / "out"
    words = [str(scores_folder), "-o", str(out), "--layout", "parquet", *SMALL]
    first = notehead("build", *words, "--pages", "5")
    assert first.code == 0
    assert first.out.startswith(f"{out}: 5 pages, ")
    assert "5 pages made in" in first.err
    assert "pages/s" in first.err
    again = notehead("build", *words, "--pages", "5")
    assert again.out == first.out
    assert "made in" not in again.err


@pytest.mark.parametrize("other", [["--limit", "3"], ["--per-score", "2"]])
def test_pages_go_with_no_other_number(
    notehead: Call, tmp_path: Path, scores_folder: Path, other: list[str]
) -> None:
    outcome = notehead("build", scores_folder, "-o", tmp_path / "out", "--pages", "5", *other)
    assert outcome.code == 2
    assert "--pages decides" in outcome.err


def test_an_object_store_holds_shards_only(notehead: Call, scores_folder: Path) -> None:
    outcome = notehead("build", scores_folder, "-o", "s3://bucket/x", "--layout", "folder")
    assert outcome.code == 6
    assert "an object store holds shards" in outcome.err
