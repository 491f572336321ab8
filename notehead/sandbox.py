"""Disposable child processes with limits: the only place where an engraver meets a score.

A `Sandbox` keeps one child that answers calls of functions named by `module:function`. Arguments and
answers are JSON, so nothing that a damaged child says is executed here. A child that crashes, hangs,
or takes too much memory costs one call; the next call gets a fresh child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from notehead.errors import NoteheadError, ScoreError
from notehead.errors import error_from as _error_from
from notehead.parent import die_with_parent

_HEAD = struct.Struct(">I")
_MOST_BYTES = 1 << 30
_GRACE = 2.0  # seconds to end in, once its answers ended
_LEAN_START = """
import importlib.util, sys
sys.path.append(sys.argv[1])
for name in sys.argv[2].split(","):
    sys.modules[name] = importlib.util.module_from_spec(importlib.util.find_spec(name))
from notehead.sandbox import main
main(sys.argv[3:])
"""
"""How a lean child starts: its packages are known by their folders alone, and what lies in the current
folder, a stranger's perhaps, is not imported."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may take.

    Attributes:
        seconds: wall-clock time of a call.
        cpu_seconds: processor time of a call.
        memory: bytes of address space of the child.
        calls: a child is replaced after so many.
    """

    seconds: float = 300.0
    cpu_seconds: int = 120
    memory: int = 4 << 30
    calls: int = 500


class ChildDied(Exception):  # noqa: N818  # an event, translated by the caller
    """The child crashed, hung or broke a limit during a call; the text says which.

    Attributes:
        again: whether the same call may well be answered by another child: it was killed or crashed,
            and did not break a limit of its own.
    """

    def __init__(self, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.again = again


class Sandbox:
    """One child process; calls are answered one at a time.

    Args:
        limits: what one call may take.
        files: open files that the child has too, under the same numbers: for answers too large for JSON.
        lean: packages whose `__init__` the child does not run, outermost first. A child that needs a few
            modules of a large package starts in a tenth of the time.

    Example:
        >>> with Sandbox() as sandbox:
        ...     sandbox.call("math:hypot", 3, 4)
        5.0
    """

    def __init__(
        self, limits: Limits | None = None, files: tuple[int, ...] = (), lean: tuple[str, ...] = ()
    ) -> None:
        self.limits = limits or Limits()
        self._files = files
        self._lean = lean
        self._child: subprocess.Popen[bytes] | None = None
        self._calls = 0
        self._deadline = 0.0
        self._inbox = bytearray()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, function: str, *arguments: Any) -> Any:
        """Call `module:function` in the child and wait for the answer.

        Raises:
            NoteheadError: whatever the function raised of our own errors.
            ChildDied: the child crashed, hung or broke a limit.
        """
        self.start(function, *arguments)
        return self.wait()

    def wait(self) -> Any:
        """Wait for the answer of the call that `start` began; raises as `call` does."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno(), selectors.EVENT_READ)
            while True:
                selector.select(max(0.0, self._deadline - time.monotonic()))
                done, answer = self.poll()
                if done:
                    return answer

    def start(self, function: str, *arguments: Any) -> None:
        """Begin a call; `fileno` becomes readable as the answer comes, `poll` takes it."""
        if self._child is not None and (self._calls >= self.limits.calls or self._spoke_or_ended()):
            self.close()
        if self._child is None:
            self._child = self._spawn()
            self._calls = 0
        self._calls += 1
        self._deadline = time.monotonic() + self.limits.seconds
        message = json.dumps(
            [self._calls, function, arguments]
        ).encode()  # ASCII: file names need not be text
        pipe = self._child.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # the death shows when the answer is read
                pipe.write(_HEAD.pack(len(message)) + message)
                pipe.flush()

    def fileno(self) -> int:
        """The descriptor that becomes readable when an answer, or the end, comes."""
        if self._child is None or self._child.stdout is None:
            return -1
        return self._child.stdout.fileno()

    @property
    def deadline(self) -> float:
        """When the running call is given up, on `time.monotonic`'s clock."""
        return self._deadline

    def poll(self) -> tuple[bool, Any]:
        """(True, answer) once it has come, else (False, None); raises as `call` does."""
        if self._child is None:
            message = "was closed"
            raise ChildDied(message)
        while True:
            try:
                data = os.read(self.fileno(), 1 << 20)
            except BlockingIOError:
                break
            if not data:
                raise self._death()
            self._inbox += data
        if len(self._inbox) >= _HEAD.size:
            (size,) = _HEAD.unpack_from(self._inbox)
            if size > _MOST_BYTES or len(self._inbox) > _HEAD.size + size:
                raise self._nonsense()
            if len(self._inbox) == _HEAD.size + size:
                answer = bytes(self._inbox[_HEAD.size :])
                self._inbox.clear()
                return True, self._open(answer)
        if time.monotonic() >= self._deadline:
            self.close()
            message = f"gave no answer within {self.limits.seconds:g} s"
            raise ChildDied(message)
        return False, None

    def _spoke_or_ended(self) -> bool:
        """Whether the child is of no more use: it ended, or said more than it was asked for."""
        try:
            os.read(self.fileno(), 1)
        except BlockingIOError:
            return False
        return True

    def _open(self, answer: bytes) -> Any:
        try:
            number, kind, value = json.loads(answer)
            error = _error_from(value) if kind == "error" else None
        except (ValueError, TypeError, RecursionError) as problem:
            raise self._nonsense() from problem
        if number != self._calls:
            raise self._nonsense()
        if kind == "ok":
            return value
        if error is not None:
            raise error
        message = "took more memory than it may" if kind == "memory" else f"failed: {value}"
        raise ChildDied(message)

    def _nonsense(self) -> ChildDied:
        self.close()
        return ChildDied("answered nonsense")

    def close(self) -> None:
        """End the child, whatever it is doing."""
        child, self._child = self._child, None
        self._inbox.clear()
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):
                        pipe.close()

    def _spawn(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "NOTEHEAD_PARENT": str(os.getpid()),
        }
        how = ["-m", "notehead.sandbox"]
        if self._lean:
            how = ["-P", "-c", _LEAN_START, str(Path(__file__).parent.parent), ",".join(self._lean)]
        child = subprocess.Popen(  # noqa: S603  # this very module, by this very interpreter
            [sys.executable, *how, str(self.limits.cpu_seconds), str(self.limits.memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if not os.environ.get("NOTEHEAD_DEBUG") else None,
            env=environment,
            pass_fds=self._files,
            start_new_session=True,  # Ctrl-C is for the parent, which then ends its children
        )
        if child.stdout is not None:
            os.set_blocking(child.stdout.fileno(), False)
        return child

    def _death(self) -> ChildDied:
        child, code = self._child, 0
        try:
            if child is not None:
                code = child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return ChildDied("closed its answers, but lived on")
        finally:
            self.close()
        if code == -signal.SIGXCPU:
            return ChildDied(f"took more than {self.limits.cpu_seconds} s of processor time")
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return ChildDied(f"crashed ({name})", again=True)
        return ChildDied(f"ended unexpectedly (exit code {code})", again=True)


def _answer(number: int, function: str, arguments: list[Any]) -> bytes:
    """Call a function; what it returned or raised, as JSON, with the number of the call."""
    module, _, name = function.partition(":")
    kind: str
    value: Any
    try:
        called = getattr(importlib.import_module(module), name)
        if not gc.get_freeze_count():
            gc.freeze()  # what the imports made stays for good, and need not be walked at each collection
        value = called(*arguments)
        return json.dumps([number, "ok", value]).encode()
    except MemoryError:
        kind, value = "memory", ""
    except NoteheadError as error:
        kind, value = "error", error_parts(error)
    except RecursionError:
        kind, value = "failure", "too deeply nested"
    except Exception as error:  # noqa: BLE001  # the boundary: a bug here must not end the build
        kind, value = "failure", f"{type(error).__name__}: {error}"
    return json.dumps([number, kind, value]).encode()


def error_parts(error: NoteheadError) -> list[str]:
    """An error as what JSON can hold; `notehead.errors.error_from` makes one of it again."""
    details = [error.file, error.cause] if isinstance(error, ScoreError) else [error.message]
    return [type(error).__name__, *details, error.remedy]


def allow(cpu_seconds: int) -> None:
    """Let this process, a child, take so much processor time from now on, whatever it has taken before."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    budget = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (budget, resource.RLIM_INFINITY))


def _serve(cpu_seconds: int, memory: int) -> None:
    """The child: read calls, answer them, until the parent closes the pipe."""
    parent = int(os.environ.get("NOTEHEAD_PARENT", "0"))
    die_with_parent(parent)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)  # native code prints to standard output; answers must stay clean
    while head := source.read(_HEAD.size):
        if os.getppid() != parent:
            return  # the parent was killed; this child is nobody's
        number, function, arguments = json.loads(source.read(_HEAD.unpack(head)[0]))
        allow(cpu_seconds)
        answer = _answer(number, function, arguments)
        sink.write(_HEAD.pack(len(answer)) + answer)
        sink.flush()


def main(arguments: list[str], serve: Callable[[int, int], None] = _serve) -> None:
    """Entry of the child process."""
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve(int(arguments[0]), int(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
