"""`compose_scores`: a folder of scores."""

from __future__ import annotations

import re
from os import PathLike
from pathlib import Path, PurePosixPath

from notehead.compose.score import compose
from notehead.errors import NoteheadError
from notehead.files import make_folder, write_file


def compose_scores(folder: str | PathLike[str], count: int, seed: int = 0) -> list[Path]:
    """Write scores 0 to `count` - 1 of a seed as rare-SEED-NUMBER.mei; their paths.

    Args:
        folder: made if it is missing.
        count: how many; each gives about a page.
        seed: of all that is random.

    Raises:
        NoteheadError: a number is negative.
        OutputError: the folder cannot be written.
    """
    if count < 0 or seed < 0:
        message = f"cannot compose {count} scores with the seed {seed}"
        raise NoteheadError(message, "Give whole numbers from 0.")
    target = Path(folder)
    make_folder(target)
    paths = [target / f"rare-{seed}-{number:05d}.mei" for number in range(count)]
    for number, path in enumerate(paths):
        write_file(path, compose(seed, number).encode())
    return paths


def is_composed(score: str) -> bool:
    """Whether the path of a score is one that `compose_scores` gives, in any folder.

    Example:
        >>> is_composed("mine/rare-0-00012.mei"), is_composed("mine/rare.mei")
        (True, False)
    """
    return re.fullmatch(r"rare-\d+-\d{5,}\.mei", PurePosixPath(score).name) is not None
