"""How commands end: an exit code for each kind of error, a line that says why, and never a traceback."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import click
import psutil
import pytest
from click.testing import CliRunner

from notehead import errors
from notehead.cli.main import cli
from notehead.errors import NoteheadError, ScoreError
from notehead.version import __version__
from tests.cli.conftest import BUFFERED, COMMAND, Call
from tests.support.scores import MUSICXML

STOPPED = "notehead: stopped. Run the same command again; a build goes on where it stopped."
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NoteheadError)]
NAMES = sorted(cli.commands)


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """A command that only raises."""

    def fail() -> None:
        raise error

    monkeypatch.setitem(cli.commands, "broken", click.Command("broken", callback=fail))


# Errors.


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_has_its_exit_code_and_one_line(
    notehead: Call, monkeypatch: pytest.MonkeyPatch, kind: type[NoteheadError]
) -> None:
    error = kind("a.xml", "no notes", "Add some.") if issubclass(kind, ScoreError) else kind("no", "Do it.")
    broken(monkeypatch, error)
    outcome = notehead("broken")
    assert outcome.code == kind.exit_code > 0
    assert outcome.err == f"notehead: {error}\n"
    assert outcome.out == ""


def test_errors_about_names_that_are_no_text_are_said(
    notehead: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, NoteheadError(os.fsdecode(b"caf\xe9 is missing")))
    assert notehead("broken").err == "notehead: caf\\udce9 is missing\n"


def test_ctrl_c_is_130(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, KeyboardInterrupt())
    outcome = notehead("broken")
    assert outcome.code == 130
    assert outcome.err.strip() == STOPPED
    assert outcome.out == ""


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no error of ours nor of the system keeps its traceback, for the report of the bug."""
    broken(monkeypatch, ZeroDivisionError())
    monkeypatch.setattr("sys.argv", ["notehead", "broken"])
    with pytest.raises(ZeroDivisionError):
        cli.main(["broken"], standalone_mode=False)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["bild"], "No such command 'bild'"),
        (["build"], "Missing argument 'SCORES...'"),
        (["build", "a.xml"], "Missing option '-o'"),
        (["build", "a.xml", "-o", "out", "--sed", "7"], "No such option '--sed'"),
        (["build", "a.xml", "-o", "out", "--seed", "x"], "'x' is not a valid integer"),
        (["build", "a.xml", "-o", "out", "--timeout", "0"], "0 is not in the range"),
        (["show", "dataset"], "Missing argument 'PAGE'"),
        (["show", "dataset", "0"], "Missing option '-o'"),
        (["stats", "dataset", "--annotation-set", "coco"], "'coco' is not one of 'deepscores', 'muscima++'"),
        (["stats"], "Missing argument 'DATASETS...'"),
        (["convert", "dataset", "out"], "Missing option '--to'"),
        (["verify", "a", "b"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_2(notehead: Call, words: list[str], hint: str) -> None:
    outcome = notehead(*words)
    assert outcome.code == 2
    assert hint.casefold() in outcome.err.replace(": --sed", " '--sed'").casefold()
    assert outcome.out == ""


# Help.


def test_the_version_is_told(notehead: Call) -> None:
    outcome = notehead("--version")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"notehead, version {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("words", [[], *([name] for name in NAMES)])
def test_help_is_data(notehead: Call, words: list[str], flag: str) -> None:
    outcome = notehead(*words, flag)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: ")
    assert max(map(len, outcome.out.splitlines())) <= 100


def test_the_commands_are_named_in_the_overview() -> None:
    text = CliRunner().invoke(cli, ["--help"]).output
    assert sorted(NAMES) == [
        *(
            "align",
            "build",
            "compose",
            "convert",
            "detect",
            "evaluate",
            "export",
            "read",
            "show",
            "stats",
            "train",
        ),
        *("unpack", "verify"),
    ]
    for name in NAMES:
        assert f"notehead {name} " in text


@pytest.mark.parametrize("name", NAMES)
def test_each_command_shows_examples_that_work(name: str) -> None:
    """The words of every example are what the command takes."""
    command = cli.commands[name]
    if isinstance(command, click.Group):
        for task, one in command.commands.items():
            check_examples(f"{name} {task}", one)
    else:
        check_examples(name, command)


def check_examples(name: str, command: click.Command) -> None:
    text = CliRunner().invoke(cli, [*name.split(), "--help"]).output
    _, found, after = text.partition("Example")
    assert found
    examples = re.findall(rf"^ +notehead {name}(?: (.*))?$", after, re.MULTILINE)
    assert examples
    for example in examples:
        words = shlex.split(example.partition(" > ")[0])
        with command.make_context(name, words) as context:
            assert not context.args


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_explained(name: str) -> None:
    command = cli.commands[name]
    every = [*command.commands.values()] if isinstance(command, click.Group) else [command]
    for parameter in (parameter for one in every for parameter in one.params):
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


# Processes of their own.


def test_data_goes_to_one_stream_and_messages_to_the_other(process: Call, dataset_folder: Path) -> None:
    good = process("stats", dataset_folder)
    assert (good.code, good.err) == (0, "")
    assert good.out.startswith("2 pages, ")
    bad = process("stats", dataset_folder / "nowhere")
    assert (bad.code, bad.out) == (4, "")
    assert re.fullmatch(
        r"notehead: .*: no dataset here\. A dataset holds pages\.csv, or is of a format .*\n", bad.err
    )


def into(stream: int, *words: str) -> tuple[int, str]:
    """Exit code and messages of a call whose standard output is this descriptor."""
    done = subprocess.run(
        [*COMMAND, *words], stdout=stream, stderr=subprocess.PIPE, env=BUFFERED, text=True, check=False
    )
    return done.returncode, done.stderr


def filled(words: list[str], folder: Path) -> list[str]:
    return [str(folder) if word == "DATASET" else word for word in words]


@pytest.mark.parametrize("words", [["stats", "DATASET", "--json"], ["stats", "--help"], ["--version"]])
def test_a_reader_that_has_had_enough_is_no_failure(dataset_folder: Path, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    outcome = into(writing, *filled(words, dataset_folder))
    os.close(writing)
    assert outcome == (0, "")


@pytest.mark.parametrize("words", [["stats", "DATASET", "--json"], ["--version"]])
def test_an_output_that_takes_nothing_is_a_failure(dataset_folder: Path, words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        outcome = into(full.fileno(), *filled(words, dataset_folder))
    assert outcome == (6, "notehead: standard output: No space left on device\n")


_INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the tests' own parent ignores
from notehead.cli import main
main()
"""


def test_ctrl_c_ends_a_build_with_its_workers(tmp_path: Path) -> None:
    """While a worker is at work: exit code 130, one line, nobody left, and the build can go on."""
    scores = tmp_path / "scores"
    scores.mkdir()
    for number in range(40):
        (scores / f"{number}.xml").write_text(MUSICXML.replace("Klavier", f"Klavier {number}"), "utf-8")
    out = tmp_path / "out"
    words = ["build", str(scores), "-o", str(out), "--workers", "1"]
    command = [COMMAND[0], "-c", _INTERRUPTIBLE, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        units = out / ".build" / "units"
        deadline = time.monotonic() + 120
        while not (units.is_dir() and any(units.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.01)
        workers = psutil.Process(child.pid).children(recursive=True)
        child.send_signal(signal.SIGINT)
        printed, said = child.communicate(timeout=60)
    assert workers
    assert child.returncode == 130
    assert printed == ""
    assert said.strip() == STOPPED
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE] == []
    assert not (out / "pages.csv").exists()
