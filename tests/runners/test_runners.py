"""Runners: answers for all calls, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from notehead.errors import MissingExtraError, NoteheadError, OutputError
from notehead.runners import Call, LocalRunner, Runner, RunnerOptions, open_runner
from notehead.runners import cluster as ray_runner
from notehead.sandbox import Limits

LIMITS = Limits(seconds=60)


@pytest.mark.xdist_group("ray")
def test_groups_hold(request: pytest.FixtureRequest) -> None:
    """Two clusters at a time spoil each other; pytest-xdist 3.8 says nothing where it groups nothing."""
    if getattr(request.config.option, "loadgroup", False):
        assert request.node.nodeid.endswith("@ray")


@pytest.fixture(params=["local", pytest.param("ray", marks=pytest.mark.xdist_group("ray"))])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    with open_runner(RunnerOptions(request.param, 2), LIMITS) as found:
        yield found


def die_at_first(path: str) -> str:
    """Kill this process, but only once."""
    if not Path(path).exists():
        Path(path).write_text("died")
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def cannot_write() -> None:
    message = "the disk is full"
    raise OutputError(message)


HERE = "tests.runners.test_runners"


def test_all_calls_are_answered(runner: Runner) -> None:
    answers = list(runner.run(Call(str(i), "math:hypot", (3 * i, 4 * i)) for i in range(9)))
    assert {answer.key: answer.value for answer in answers} == {str(i): 5.0 * i for i in range(9)}


def test_a_call_whose_worker_is_killed_is_made_again(runner: Runner, tmp_path: Path) -> None:
    (answer,) = runner.run([Call("a", f"{HERE}:die_at_first", (str(tmp_path / "mark"),))])
    assert (answer.value, answer.failure, answer.deaths) == ("alive", "", 1)


def test_a_call_that_kills_three_workers_is_set_aside(runner: Runner) -> None:
    answers = {
        answer.key: answer
        for answer in runner.run([Call("bad", "os:abort", ()), Call("good", "math:sqrt", (4,))])
    }
    assert answers["good"].value == 2.0
    assert "SIGABRT" in answers["bad"].failure
    assert answers["bad"].deaths == 3


def test_errors_of_users_are_reasons(runner: Runner, tmp_path: Path) -> None:
    (answer,) = runner.run([Call("a", "notehead.builder.unit:survey", (str(tmp_path / "no.xml"),))])
    assert answer.failure == "it does not exist. Check the path."


def test_what_cannot_be_written_ends_everything(runner: Runner) -> None:
    with pytest.raises(OutputError, match="disk is full"):
        list(runner.run([Call("a", f"{HERE}:cannot_write", ())]))


def test_a_time_limit_is_no_reason_to_try_again() -> None:
    with LocalRunner(1, LIMITS) as runner:
        (answer,) = runner.run([Call("a", "time:sleep", (30,), seconds=0.5)])
    assert answer.deaths == 1
    assert "no answer within 0.5 s" in answer.failure


def test_unknown_runners_are_refused() -> None:
    with pytest.raises(NoteheadError, match="no runner"):
        RunnerOptions("slurm")
    with pytest.raises(NoteheadError, match="no address"):
        RunnerOptions("local", 0, "auto")
    with pytest.raises(NoteheadError, match="negative"):
        RunnerOptions("local", -1)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys  # noqa: PLC0415

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"notehead\[cluster\]"):
        ray_runner.RayRunner(1, LIMITS)
