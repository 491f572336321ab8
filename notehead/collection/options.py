"""How a collection is read, whatever is read of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from notehead.errors import NoteheadError
from notehead.runners import RunnerOptions
from notehead.sandbox import Limits


@dataclass(frozen=True, slots=True)
class CollectionOptions:
    """Where a collection is read, and in which pieces.

    Attributes:
        runner: where the workers are, and how many.
        files: about so many make a part: what a worker gets at a time, and does anew if it dies. 0 for as
            many as suit the number of all. A collection keeps to what it was begun with.
        cpu_seconds: processor time that one page may take, decoding aside.
        memory: bytes of address space of a worker.

    Raises:
        NoteheadError: a number is out of range.
    """

    runner: RunnerOptions = field(default_factory=lambda: RunnerOptions(workers=1))
    files: int = 0
    cpu_seconds: int = 600
    memory: int = 8 << 30

    def __post_init__(self) -> None:
        if self.files < 0:
            message = "the number of files in a part must not be negative"
            raise NoteheadError(message)

    def limits(self) -> Limits:
        """Of each call; processor time is then allowed page by page, as nobody knows how many there are."""
        return Limits(seconds=86_400.0, cpu_seconds=self.cpu_seconds, memory=self.memory, calls=100)
