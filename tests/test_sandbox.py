"""A child that crashes, hangs, lies or takes too much costs one call, and nothing else."""

from __future__ import annotations

import os
import re
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead import errors
from notehead.errors import DatasetError, NoteheadError, ScoreError, ScoreFormatError
from notehead.sandbox import ChildDied, Limits, Sandbox, main

LIMITS = Limits(seconds=60.0, cpu_seconds=1, memory=2 << 30, calls=10_000)
RUN, VALUE = "builtins:exec", "builtins:eval"
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NoteheadError)]

# In the child, all descriptors above the standard ones are the two ends that it talks through.
SAY = """
import os, struct, threading
def say(data):
    for descriptor in range(3, 20):
        try: os.write(descriptor, data)
        except OSError: pass
def frame(text):
    say(struct.pack(">I", len(text)) + text)
"""
WAIT = """
import os, time
def wait(path):
    while not os.path.exists(path): time.sleep(0.01)
"""


@pytest.fixture(scope="module", name="shared")
def one_for_all_tests() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(name="sandbox")
def in_good_order(shared: Sandbox) -> Iterator[Sandbox]:
    """A sandbox that works, before every test and after every test, whatever came between."""
    assert shared.call("math:hypot", 3, 4) == 5.0
    yield shared
    shared.limits = LIMITS
    assert shared.call("math:hypot", 6, 8) == 10.0


def gone(pid: int, seconds: float = 10.0) -> bool:
    """Whether a process ends within some seconds; who does not collect its children leaves zombies."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def taken(sandbox: Sandbox) -> Any:
    """The answer to a call that was begun."""
    while True:
        done, answer = sandbox.poll()
        if done:
            return answer
        time.sleep(0.005)


# What a child does well.

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(value=json_values)
@settings(max_examples=100, deadline=None)
def test_values_go_in_and_come_out(shared: Sandbox, value: Any) -> None:
    assert shared.call("copy:copy", value) == value


def test_names_of_files_that_are_no_text_go_in_and_come_out(sandbox: Sandbox) -> None:
    name = os.fsdecode(b"caf\xe9.xml")
    assert sandbox.call("copy:copy", name) == name


def test_large_arguments_and_answers(sandbox: Sandbox) -> None:
    text = "é" * 3_000_000
    assert sandbox.call("builtins:len", text) == len(text)
    assert sandbox.call(VALUE, "'é' * 3_000_000") == text


def test_one_child_answers_many_calls(sandbox: Sandbox) -> None:
    pids = {sandbox.call("os:getpid") for _ in range(5)}
    assert len(pids) == 1
    assert os.getpid() not in pids


def test_a_child_is_replaced_after_its_calls(sandbox: Sandbox) -> None:
    first = sandbox.call("os:getpid")
    sandbox.limits = replace(LIMITS, calls=1)
    second = sandbox.call("os:getpid")
    sandbox.limits = replace(LIMITS, calls=2)
    third = sandbox.call("os:getpid")
    assert first != second == third
    assert gone(first, 0.1)


def test_processor_time_is_counted_for_each_call_anew(sandbox: Sandbox) -> None:
    """Three calls of 0.8 s each, where one may take 1 s."""
    work = "import time\nend = time.process_time() + 0.8\nwhile time.process_time() < end: pass"
    pids = set()
    for _ in range(3):
        sandbox.call(RUN, work)
        pids.add(sandbox.call("os:getpid"))
    assert len(pids) == 1


def test_noise_on_standard_output_is_dropped(sandbox: Sandbox, capfd: pytest.CaptureFixture[str]) -> None:
    """Native code prints to the descriptor, past Python's own stream."""
    noise = (
        'import os\nprint("noise" * 9999, flush=True)\nos.write(1, b"noise" * 9999)\nos.system("echo noise")'
    )
    assert sandbox.call(RUN, noise) is None
    assert sandbox.call("math:hypot", 5, 12) == 13.0
    assert sandbox.call(RUN, 'import os\nos.write(2, b"noise")') is None
    assert capfd.readouterr() == ("", "")


def test_nothing_is_to_be_read_on_standard_input(sandbox: Sandbox) -> None:
    """A function that reads it must not take the next call's bytes."""
    assert sandbox.call(VALUE, "__import__('os').read(0, 9).decode()") == ""


def test_messages_of_the_child_are_shown_on_demand(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOTEHEAD_DEBUG", "1")
    with Sandbox(LIMITS) as sandbox:
        sandbox.call(RUN, 'import os\nos.write(2, b"a clue")')
    assert "a clue" in capfd.readouterr().err


def test_limits_hold_in_the_child(sandbox: Sandbox) -> None:
    limit = "__import__('resource').getrlimit(__import__('resource').{})"
    assert sandbox.call(VALUE, limit.format("RLIMIT_AS")) == [LIMITS.memory] * 2
    assert sandbox.call(VALUE, limit.format("RLIMIT_CORE")) == [0, 0]


def test_ctrl_c_does_not_reach_the_child(sandbox: Sandbox) -> None:
    assert sandbox.call("os:getsid", 0) != os.getsid(0)


# What goes wrong.


@pytest.mark.parametrize("kind", KINDS)
def test_our_errors_cross_the_border_as_they_are(sandbox: Sandbox, kind: type[NoteheadError]) -> None:
    arguments = ("ä.xml", "it is empty", "Fill it.") if issubclass(kind, ScoreError) else ("no", "Do it.")
    pid = sandbox.call("os:getpid")
    with pytest.raises(kind) as caught:
        sandbox.call(RUN, f"from notehead.errors import {kind.__name__} as kind\nraise kind(*{arguments!r})")
    error, same = caught.value, kind(*arguments)
    assert type(error) is kind
    assert (str(error), error.remedy, error.args) == (str(same), same.remedy, same.args)
    assert sandbox.call("os:getpid") == pid


def test_an_error_about_a_file_whose_name_is_no_text(sandbox: Sandbox) -> None:
    with pytest.raises(ScoreFormatError) as caught:
        sandbox.call("notehead.builder.unit:survey", os.fsdecode(b"/nowhere/caf\xe9.xml"))
    assert caught.value.file == os.fsdecode(b"/nowhere/caf\xe9.xml")


@pytest.mark.parametrize(
    ("function", "arguments", "cause"),
    [
        (RUN, ["1 / 0"], "failed: ZeroDivisionError: division by zero"),
        (RUN, ["raise ValueError('\\udce9')"], "failed: ValueError: \udce9"),
        (RUN, ["def f(): f()\nf()", {}], "too deeply nested"),
        ("notehead.no_such_module:f", [], "failed: ModuleNotFoundError: "),
        ("math:no_such_function", [], "failed: AttributeError: "),
        ("math:hypot", ["a"], "failed: TypeError: "),
        (VALUE, ["{1, 2}"], "failed: TypeError: "),
        (VALUE, ["b'bytes'"], "failed: TypeError: "),
        (VALUE, ["[a for a in [[]] if not a.append(a)]"], "failed: ValueError: "),
        (RUN, ["bytearray(8 << 30)"], "took more memory than it may"),
        (VALUE, ["__import__('numpy').ones(1 << 30).size"], "took more memory than it may"),
    ],
)
def test_a_function_that_fails_leaves_the_child_alive(
    sandbox: Sandbox, function: str, arguments: list[Any], cause: str
) -> None:
    pid = sandbox.call("os:getpid")
    with pytest.raises(ChildDied, match=re.escape(cause)):
        sandbox.call(function, *arguments)
    assert sandbox.call("os:getpid") == pid


@pytest.mark.parametrize(
    ("function", "argument", "cause"),
    [
        (RUN, "import os\nos.abort()", "crashed (SIGABRT)"),
        ("ctypes:string_at", 0, "crashed (SIGSEGV)"),
        ("signal:raise_signal", signal.SIGKILL, "crashed (SIGKILL)"),
        ("os:_exit", 3, "ended unexpectedly (exit code 3)"),
        ("sys:exit", 0, "ended unexpectedly (exit code 0)"),
        (RUN, "while True: pass", "took more than 1 s of processor time"),
        (RUN, "import os, time\nos.closerange(3, 99)\ntime.sleep(60)", "closed its answers, but lived on"),
    ],
)
def test_a_child_that_ends_costs_one_call(
    sandbox: Sandbox, function: str, argument: object, cause: str
) -> None:
    pid = sandbox.call("os:getpid")
    with pytest.raises(ChildDied, match=f"^{re.escape(cause)}$"):
        sandbox.call(function, argument)
    assert gone(pid, 0.1)
    assert sandbox.call("os:getpid") != pid


@pytest.mark.parametrize(
    "function", ["import time\ntime.sleep(600)", "import os\nos.kill(os.getpid(), 19)  # stop"]
)
def test_a_child_that_hangs_is_ended(sandbox: Sandbox, function: str) -> None:
    pid = sandbox.call("os:getpid")
    sandbox.limits = replace(LIMITS, seconds=0.3)
    start = time.monotonic()
    with pytest.raises(ChildDied, match=r"^gave no answer within 0\.3 s$"):
        sandbox.call(RUN, function)
    assert 0.3 <= time.monotonic() - start < 120
    assert gone(pid, 0.1)


class Stub(Sandbox):
    """A sandbox whose child answers what it is told to, and starts faster than one of ours."""

    def __init__(self, program: str, *arguments: str, seconds: float = 60.0) -> None:
        super().__init__(replace(LIMITS, seconds=seconds))
        self._command = [sys.executable, "-I", "-S", "-c", f"import os, sys, time\n{program}", *arguments]

    def _spawn(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdout is not None
        os.set_blocking(child.stdout.fileno(), False)
        return child


def framed(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


ANSWER = "os.read(0, 999)\nos.write(1, bytes.fromhex(sys.argv[1]))\ntime.sleep(600)"


@pytest.mark.parametrize(
    "lie",
    [
        framed(b""),
        framed(b"xyz"),
        framed(b"5"),
        framed(b"null"),
        framed(b"{}"),
        framed(b'[1, "ok"]'),
        framed(b'["ok", "without a number"]'),
        framed(b'[2, "ok", "of another call"]'),
        framed(b'[1, "error", 3]'),
        framed(b'[1, "error", [3]]'),
        framed(b'[1, "error", []]'),
        framed(b'[1, "error", ["ScoreError"]]'),
        framed(b"[" * 20_000),
        framed(b"9" * 5_000),
        framed(bytes(range(256))),
        framed(b'[1, "ok", 7]') + b"x",
        framed(b'[1, "ok", 7]') * 2,
        b"\xff" * 8,
        b"noise",
    ],
)
def test_nonsense_is_no_answer(lie: bytes) -> None:
    with Stub(ANSWER, lie.hex()) as sandbox:
        sandbox.start("os:getpid")
        assert sandbox._child is not None
        pid = sandbox._child.pid
        with pytest.raises(ChildDied, match=r"^answered nonsense$"):
            taken(sandbox)
        assert gone(pid, 0.1)


def test_the_stub_can_tell_the_truth() -> None:
    with Stub(ANSWER, framed(b'[1, "ok", 7]').hex()) as sandbox:
        assert sandbox.call("os:getpid") == 7


def test_signals_without_a_name_are_told_by_number() -> None:
    with (
        Stub("import signal\nsignal.raise_signal(40)") as sandbox,
        pytest.raises(ChildDied, match=r"crashed \(40\)"),
    ):
        sandbox.call("os:getpid")


def test_half_an_answer_and_the_end() -> None:
    with (
        Stub("os.write(1, b'\\0\\0')\nsys.exit(7)") as sandbox,
        pytest.raises(ChildDied, match="exit code 7"),
    ):
        sandbox.call("os:getpid")


def test_half_an_answer_and_nothing_more() -> None:
    with Stub(ANSWER, framed(b'[1, "ok", 7]')[:-1].hex(), seconds=0.5) as sandbox:  # noqa: SIM117
        with pytest.raises(ChildDied, match="gave no answer"):
            sandbox.call("os:getpid")


def test_an_answer_in_small_pieces() -> None:
    dribble = (
        "for byte in bytes.fromhex(sys.argv[1]):\n    os.write(1, bytes([byte]))\n    time.sleep(0.005)\n"
    )
    with Stub(dribble + "time.sleep(600)", framed(b'[1, "ok", 7]').hex()) as sandbox:
        assert sandbox.call("os:getpid") == 7


def test_a_forged_answer_is_not_believed(sandbox: Sandbox) -> None:
    with pytest.raises(ChildDied, match=r"^answered nonsense$"):
        sandbox.call(RUN, SAY + 'frame(b\'["ok", "forged"]\')', {})


def test_what_is_said_after_the_answer_is_not_the_next_answer(sandbox: Sandbox, tmp_path: Path) -> None:
    """A thread that a call left behind speaks when the file appears."""
    late = WAIT + 'threading.Thread(target=lambda: wait(path) or frame(b\'[0, "ok", "late"]\')).start()'
    pid = sandbox.call("os:getpid")
    assert sandbox.call(RUN, SAY + late, {"path": str(tmp_path / "go")}) is None
    (tmp_path / "go").touch()
    assert select.select([sandbox.fileno()], [], [], 30)[0]
    assert sandbox.call("math:hypot", 5, 12) == 13.0
    assert sandbox.call("os:getpid") != pid


def test_a_child_that_ended_between_two_calls_is_not_noticed(sandbox: Sandbox) -> None:
    pid = sandbox.call("os:getpid")
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    assert sandbox.call("math:hypot", 5, 12) == 13.0


# Calls that others wait for.


def test_a_call_is_begun_and_taken_later(sandbox: Sandbox, tmp_path: Path) -> None:
    before = time.monotonic()
    sandbox.start(RUN, WAIT + "wait(path)", {"path": str(tmp_path / "go")})
    assert before + LIMITS.seconds <= sandbox.deadline <= time.monotonic() + LIMITS.seconds
    assert sandbox.poll() == (False, None)
    (tmp_path / "go").touch()
    assert select.select([sandbox.fileno()], [], [], 30)[0]
    assert taken(sandbox) is None


def test_closing_ends_what_is_running(sandbox: Sandbox) -> None:
    pid = sandbox.call("os:getpid")
    sandbox.start("time:sleep", 600)
    sandbox.close()
    assert gone(pid, 0.1)
    assert sandbox.fileno() == -1
    with pytest.raises(ChildDied, match="was closed"):
        sandbox.poll()
    sandbox.close()  # again, to no harm


_PARENT = """
import time
from notehead.sandbox import Sandbox
busy, idle = Sandbox(), Sandbox()
print(busy.call("os:getpid"), idle.call("os:getpid"), flush=True)
busy.start("time:sleep", 600)
print("ready", flush=True)
time.sleep(600)
"""


def test_children_die_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert parent.stdout.readline() == "ready\n"
        assert len(pids) == 2
        assert all(psutil.pid_exists(pid) for pid in pids)
        parent.send_signal(signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


def test_a_child_of_nobody_does_not_work() -> None:
    """Its parent may have ended before the child could ask to end with it."""
    message = b'[1, "os:getpid", []]'
    child = subprocess.run(
        [sys.executable, "-m", "notehead.sandbox", "10", str(LIMITS.memory)],
        input=struct.pack(">I", len(message)) + message,
        env={**os.environ, "NOTEHEAD_PARENT": "1"},
        capture_output=True,
        check=False,
    )
    assert (child.returncode, child.stdout) == (1, b"")


@pytest.mark.parametrize("error", [BrokenPipeError, KeyboardInterrupt])
def test_the_child_ends_quietly(error: type[BaseException]) -> None:
    seen = []

    def serve(cpu_seconds: int, memory: int) -> None:
        seen.append((cpu_seconds, memory))
        raise error

    main(["10", "4096"], serve)
    assert seen == [(10, 4096)]


def test_errors_of_the_caller_are_not_the_childs(sandbox: Sandbox) -> None:
    """What is no JSON never reaches the child."""
    pid = sandbox.call("os:getpid")
    with pytest.raises(TypeError):
        sandbox.call("copy:copy", {1, 2})
    assert sandbox.call("os:getpid") == pid


def test_a_dataset_error_is_no_score_error(sandbox: Sandbox) -> None:
    with pytest.raises(DatasetError, match=r"no_such_page\.png"):
        sandbox.call("notehead.builder.unit:cut", "/nowhere", "no_such_page", [])


def test_a_lean_child_loads_only_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing from the folder in which somebody happens to be."""
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    with Sandbox(LIMITS, lean=("notehead", "notehead.images")) as sandbox:
        with pytest.raises(
            ChildDied, match="cannot use a bytes pattern"
        ):  # JSON has no bytes; the module is loaded
            sandbox.call("notehead.images.kinds:foreign_kind", "text")
        loaded = sandbox.call(VALUE, "sorted(__import__('sys').modules)")
    assert {"notehead", "notehead.images", "notehead.images.kinds"} <= set(loaded)
    assert not {"numba", "verovio", "notehead.page", "notehead.images.png"} & set(loaded)


def test_a_file_is_shared_with_the_child(tmp_path: Path) -> None:
    with (tmp_path / "shared").open("w+b") as file, Sandbox(LIMITS, files=(file.fileno(),)) as sandbox:
        assert sandbox.call("os:ftruncate", file.fileno(), 7) is None
        assert len(file.read()) == 7


def test_an_answer_is_waited_for(sandbox: Sandbox) -> None:
    sandbox.start("math:hypot", 3, 4)
    assert sandbox.wait() == 5.0
