"""What workers do in the tests: files of a few letters say themselves what becomes of them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from notehead.collection.shift import Shift, cause_of, place_of, worked
from notehead.collection.tables import MUSIC, music_columns, new_table
from notehead.collection.work import Place, Work
from notehead.errors import MissingExtraError
from notehead.files import write_file
from notehead.images.failure import DocumentError
from notehead.sandbox import allow

MODULE = "tests.collection.workers"
STORM = "storm"
"""While a file of this name lies beside them, those that hold `crash` kill their worker."""


def copying(**options: Any) -> Work:
    """Work that copies files, and does what is in them."""
    return Work(f"{MODULE}:copy_part", options, {"work": "copy", **options})


def copy_part(part: dict[str, Any], options: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """Copies each file, by what is in it: `bad` cannot be read, `loop` and `crash` are hostile."""
    where = Place(**place)

    def copy(shift: Shift) -> None:
        shift.counts.update(pages=0, letters=0)
        with new_table(shift.table, music_columns(), MUSIC) as rows:
            for item in shift.part.items:
                allow(where.cpu_seconds)
                rows.add(_row(shift, Path(item.file), item.name, options))

    return worked(part, where, copy)


def _row(shift: Shift, file: Path, name: str, options: dict[str, Any]) -> dict[str, Any]:
    cause = shift.part.failure
    if not cause:
        text = file.read_text()
        _misbehave(file, text, options)
        cause = "it is bad" if text == "bad" else ""
    if cause:
        error = DocumentError(cause).at(str(file))
        shift.failed(place_of(error), cause_of(error))
        return {"file": str(file), "error": cause}
    write_file(shift.folder / f"{name}.txt", text.encode())
    shift.counts.update(pages=1, letters=len(text))
    return {"file": str(file), "name": name, "heads": len(text)}


def _misbehave(file: Path, text: str, options: dict[str, Any]) -> None:
    time.sleep(options.get("seconds", 0.0))
    if text == "crash" and (file.parent / STORM).exists():
        os.kill(os.getpid(), signal.SIGKILL)
    while text == "loop":
        pass


def without_library(part: dict[str, Any], options: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """A worker on a machine that lacks something."""
    del options

    def lack(shift: Shift) -> None:
        message = "PDF needs pypdfium2, which is not installed"
        raise MissingExtraError(message)

    return worked(part, Place(**place), lack)
