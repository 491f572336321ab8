"""A folder says what it was begun with, and refuses to go on with anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from notehead.errors import OutputError
from notehead.files import write_file


def claim(file: Path, said: dict[str, Any], what: str, remedy: str) -> None:
    """Write down what a folder is begun with, or compare it with what it was begun with.

    Args:
        file: in the folder, which is made where it is missing.
        said: what it is begun with.
        what: said of the folder if it was begun otherwise.
        remedy: what to do then.

    Raises:
        OutputError: it was.
    """
    text = orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, text)
    elif file.read_bytes() != text:
        message = f"{file.parent}: {what}"
        raise OutputError(message, remedy)
