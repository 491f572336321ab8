"""Every error that a user can cause: one tree, an exit code and a remedy in each.

```
NoteheadError                 1
├── ScoreError                3   a score file cannot be used
│   ├── ScoreFormatError          it is no score, or it is damaged
│   ├── ScoreLimitError           it asks for more than a score can mean
│   └── EngraverError             the engraver crashed, hung or refused it
├── DatasetError              4   a dataset on disk is missing, damaged or of another kind
├── PartialError              5   the work went on, but some inputs were left out
├── OutputError               6   the output cannot be written: disk full, no permission, in use
└── MissingExtraError         7   an optional part of notehead is not installed
```

`docs/errors.md` lists each message with its cause and its remedy.
"""

from __future__ import annotations

from typing import ClassVar


class NoteheadError(Exception):
    """The root of all errors that notehead raises for something that a user can cause.

    Attributes:
        exit_code: what the command line returns.
        remedy: what to do about it, one sentence; empty where nothing helps.

    Example:
        >>> str(NoteheadError("page 3 is missing", remedy="Run `notehead verify`."))
        'page 3 is missing. Run `notehead verify`.'
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        if not self.remedy:
            return self.message
        end = "" if self.message.endswith((".", "?", "!")) else "."
        return f"{self.message}{end} {self.remedy}"


class ScoreError(NoteheadError):
    """A score file cannot be used; `file` and `cause` say which and why."""

    exit_code = 3

    def __init__(self, file: str, cause: str, remedy: str = "") -> None:
        super().__init__(f"{file}: {cause}", remedy)
        self.args = (file, cause, remedy)
        self.file = file
        self.cause = cause


class ScoreFormatError(ScoreError):
    """The file is no score of a known format, or it is damaged."""


class ScoreLimitError(ScoreError):
    """The score holds a value or a size that no real score has."""


class EngraverError(ScoreError):
    """The engraver crashed on the score, ran out of its limits, or refused it."""


class DatasetError(NoteheadError):
    """A dataset on disk is missing, damaged or of another kind."""

    exit_code = 4


class PartialError(NoteheadError):
    """The work was done, but some inputs were left out; the message says how many."""

    exit_code = 5


class OutputError(NoteheadError):
    """The output cannot be written: the disk is full, access is denied, or it is in use."""

    exit_code = 6


class MissingExtraError(NoteheadError):
    """An optional part of notehead, or a program that it needs, is not installed."""

    exit_code = 7


def error_from(parts: list[str]) -> NoteheadError:
    """An error from its class name and arguments, as `Sandbox` brings it out of a child.

    Example:
        >>> error_from(["ScoreFormatError", "a.xml", "it is empty", ""])
        ScoreFormatError('a.xml', 'it is empty', '')
    """
    kinds = [NoteheadError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    name, *arguments = parts
    found = {kind.__name__: kind for kind in kinds}.get(name)
    return found(*arguments) if found is not None else NoteheadError(": ".join(parts))
