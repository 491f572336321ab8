"""Each engraver has its own limits, and what a killed program leaves is removed."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import pytest

from notehead.builder import BuildOptions, build
from notehead.builder.build import _scratch
from notehead.builder.unit import work_folder
from notehead.engrave.engravers import engraver_limits
from notehead.runners import Call, LocalRunner
from notehead.sandbox import Limits
from tests.builder.scores import song


def hang(work: str) -> None:
    """Stands for an engraver that is killed: it never cleans up."""
    Path(work).mkdir(parents=True)
    tempfile.mkdtemp(dir=work)
    time.sleep(1000)


def test_limits_are_those_of_the_slowest_engraver_or_as_asked_for() -> None:
    assert BuildOptions().limits().seconds == engraver_limits("verovio").seconds
    both = BuildOptions(engravers=("verovio", "lilypond"))
    assert both.limits().seconds == both.seconds_for("lilypond") == engraver_limits("lilypond").seconds
    assert both.seconds_for("verovio") == engraver_limits("verovio").seconds
    asked = BuildOptions(engravers=("lilypond",), seconds=7.0, cpu_seconds=3)
    assert (asked.limits().seconds, asked.limits().cpu_seconds, asked.seconds_for("lilypond")) == (
        7.0,
        3,
        7.0,
    )


def test_limits_decide_no_bytes() -> None:
    assert BuildOptions(seconds=7.0, cpu_seconds=3).deciding() == BuildOptions().deciding()


def test_a_call_may_have_a_time_of_its_own(tmp_path: Path) -> None:
    work = tmp_path / "work"
    with LocalRunner(1, Limits(seconds=300.0)) as runner:
        calls = [
            Call("late", "tests.builder.test_limits:hang", (str(work),), 3.0, "the engraver"),
            Call("other", "math:hypot", (3, 4)),
        ]
        answers = {answer.key: answer for answer in runner.run(calls)}
    assert answers["late"].failure == "the engraver gave no answer within 3 s"
    assert answers["other"].value == 5.0
    assert len(list(work.iterdir())) == 1  # the killed worker left its folder ...
    with _scratch(work):
        assert not work.exists()  # ... which the next build removes
        work.mkdir()
    assert not work.exists()


@pytest.mark.skipif(shutil.which("lilypond") is None, reason="LilyPond is not installed")
def test_a_killed_lilypond_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    (tmp_path / "a.musicxml").write_text(song(measures=400))
    options = BuildOptions(engravers=("lilypond",), seconds=3.0, workers=1, patches=0)
    result = build(tmp_path / "a.musicxml", tmp_path / "out", options)
    assert [failure.reason for failure in result.failures] == ["the engraver gave no answer within 3 s"]
    assert not work_folder(tmp_path / "out").exists()
    assert list((tmp_path / "tmp").iterdir()) == []
