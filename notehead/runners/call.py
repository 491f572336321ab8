"""What a runner is given and gives back, and how often it tries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Self

from notehead.errors import NoteheadError, ScoreError
from notehead.sandbox import ChildDied

TRIES = 3
"""A call whose worker dies is made again, so often in all; then it is set aside with its cause."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function by name, its arguments, and a key that the answer bears.

    Attributes:
        key: unique among the calls of a run.
        function: `module:function`; it takes and returns what JSON can hold.
        arguments: of the function.
        seconds: of the wall clock that it may take; None for the runner's own limit.
        who: does the work, for what is said of one that dies at it.
    """

    key: str
    function: str
    arguments: tuple[Any, ...]
    seconds: float | None = None
    who: str = "the worker"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: a value, or the reason why there is none.

    Attributes:
        key: of the call.
        value: what the function returned.
        failure: why it did not; empty where it did.
        deaths: how many workers died at it.
    """

    key: str
    value: Any = None
    failure: str = ""
    deaths: int = 0


class Runner(Protocol):
    """Where calls are answered: on this machine or on many. A context manager, which ends its workers."""

    @property
    def workers(self) -> int:
        """How many calls are answered at a time, about."""

    def __enter__(self) -> Self:
        """Ready to run."""

    def __exit__(self, *_: object) -> None:
        """End what still runs."""

    def run(self, calls: Iterable[Call]) -> Iterator[Answer]:
        """Answers in the order in which they come; calls are taken from the iterable only as needed.

        Raises:
            OutputError: a worker could not write; nothing else can be written either.
        """


def reason(error: NoteheadError | ChildDied, who: str) -> str:
    """Why a call failed, in words for people who see the score's or file's name beside it.

    Args:
        error: what came of it.
        who: did the work.

    Example:
        >>> reason(ScoreError("a.xml", "it is empty", "Export it again."), "the engraver")
        'it is empty. Export it again.'
        >>> reason(ChildDied("crashed (SIGSEGV)"), "the engraver")
        'the engraver crashed (SIGSEGV)'
    """
    if isinstance(error, ChildDied):
        return f"{who} {error}"
    if isinstance(error, ScoreError):
        return f"{error.cause}. {error.remedy}" if error.remedy else error.cause
    return str(error)
