"""OMR-NED, the normalised edit distance of notation that the package `musicdiff` computes.

Edits that turn the predicted score into the true one, each counted by the symbols that it concerns, of the
symbols of both scores: 0 for the same notation, 1 where nothing is shared (Foscarin, Jacquemard,
Fournier-S'niehotta: A diff procedure for music score files, DLfM 2019; Martinez-Sevilla and others: Sheet
Music Benchmark, arXiv 2506.10488, 2025). Notes, rests, beams, ties, slurs, signs, directions and lyrics
count, the numbers of voices do not.

`musicdiff` reads scores by music21, slowly, and remembers all that it compares: it works in a child process
that is replaced after a few pairs.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Self

from notehead.evaluate.music.counts import Share
from notehead.sandbox import ChildDied, Limits, Sandbox

_LIMITS = Limits(seconds=300.0, cpu_seconds=300, memory=8 << 30, calls=8)
_CHILD = "notehead.evaluate.music.omr_ned_child:edits_and_symbols"


class OmrNed:
    """Computes OMR-NED pair by pair; ends its child process on leaving.

    Args:
        limits: of time and memory for a pair.

    Example:
        >>> with OmrNed() as measure:  # doctest: +SKIP
        ...     measure.compare(found.text, true.text).value
        0.0718
    """

    def __init__(self, limits: Limits | None = None) -> None:
        packages = ("notehead", "notehead.evaluate", "notehead.evaluate.music")
        self._sandbox = Sandbox(limits or _LIMITS, lean=packages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    def compare(self, found: str, true: str) -> Share:
        """Edits, and symbols of both scores.

        Args:
            found: MusicXML that has passed `read_music_file`; "" for no prediction.
            true: the truth.

        Raises:
            MissingExtraError: `musicdiff` is not installed.
            ChildDied: it failed, or took more time or memory than it may.
        """
        with tempfile.TemporaryDirectory(prefix="notehead-") as folder:
            paths = []
            for name, text in (("found", found), ("true", true)):
                path = Path(folder, f"{name}.musicxml")
                path.write_text(text, encoding="utf-8")
                paths.append(str(path) if text else "")
            answer = self._sandbox.call(_CHILD, *paths)
        try:
            edits, symbols = (int(count) for count in answer)
        except (TypeError, ValueError) as error:
            message = "answered nonsense"
            raise ChildDied(message) from error
        return Share(edits, symbols)
