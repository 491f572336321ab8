"""`evaluate_music`: recognised scores against the true ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Self

from lxml import etree

from notehead.datasets.complaints import Complaints
from notehead.errors import DatasetError, NoteheadError, ScoreError
from notehead.evaluate.music.counts import Share
from notehead.evaluate.music.figures import METRICS, RATES, MusicFigures, ScoreFigures
from notehead.evaluate.music.lmx_symbols import UnsuitedError, symbol_errors
from notehead.evaluate.music.notes import compare_notes
from notehead.evaluate.music.omr_ned import OmrNed
from notehead.evaluate.music.reading import MusicFile, pair_files, read_music_file
from notehead.evaluate.music.tedn import tedn
from notehead.evaluate.music.written import written_part
from notehead.progress import Progress, Silent
from notehead.sandbox import ChildDied


@dataclass(frozen=True, slots=True)
class MusicOptions:
    """What is computed.

    Attributes:
        metrics: of `METRICS`; "notes" always is. "lmx" and "omr-ned" need the extra `metrics`.

    Raises:
        NoteheadError: there is no such metric.
    """

    metrics: Sequence[str] = ("notes", "tedn")

    def __post_init__(self) -> None:
        for name in self.metrics:
            if name not in METRICS:
                message = f"unknown metric {name}"
                raise NoteheadError(message, f"Choose among {', '.join(METRICS)}.")


def evaluate_music(
    predictions: Path,
    truth: Path,
    options: MusicOptions | None = None,
    progress: Progress | None = None,
    complaints: Complaints | None = None,
) -> MusicFigures:
    """Compare MusicXML with the true MusicXML.

    Args:
        predictions: a file (.musicxml, .xml, .mxl), or a folder of them.
        truth: likewise; files in folders belong together if they have the same path and name but for the
            suffix. A score without a prediction counts as one in which nothing was found.
        options: what is computed.
        progress: told of each score.
        complaints: told of scores that cannot be read; by default the first one raises.

    Raises:
        ScoreError: a file is missing or damaged, or nothing can be compared.
        MissingExtraError: a metric needs a package that is not installed.

    Example:
        >>> evaluate_music(Path("read/"), Path("true/")).notes.notes["pitch"].f1  # doctest: +SKIP
        0.9871
    """
    complaints, progress = complaints or Complaints(), progress or Silent()
    pairing = pair_files(Path(predictions), Path(truth))
    progress.stage("comparing", len(pairing.pairs))
    figures = []
    with MusicComparer(options) as comparer:
        for name, found, true in pairing.pairs:
            try:
                figures.append(comparer.compare(found, true, name))
            except ScoreError as error:
                if not complaints.keep_going:
                    raise
                complaints.page(DatasetError(error.message))
            progress.step()
    progress.close()
    return MusicFigures(tuple(figures), tuple(path.name for path in pairing.unmatched))


class MusicComparer:
    """Compares scores pair by pair; ends its child process on leaving."""

    def __init__(self, options: MusicOptions | None = None) -> None:
        self._metrics = (options or MusicOptions()).metrics
        self._stack = ExitStack()
        self._ned = self._stack.enter_context(OmrNed())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def compare(self, found: Path | None, true: Path, name: str = "") -> ScoreFigures:
        """The figures of one score; `found` is None where there is no prediction.

        Raises:
            ScoreError: a file cannot be used.
            MissingExtraError: a metric needs a package that is not installed.
        """
        work = _Work()
        with work.timed("reading"):
            gold = read_music_file(true)
            read = read_music_file(found) if found is not None else None
        with work.timed("notes"):
            sides = [
                [written_part(part, file.file) for part in file.parts] if file else []
                for file in (read, gold)
            ]
            notes = compare_notes(sides[0], sides[1], gold.file)
        if "tedn" in self._metrics:
            full, lmx = RATES["tedn"]
            work.parts(full, read, gold, lambda a, b: tedn(a, b, "full"))
            work.parts(lmx, read, gold, lambda a, b: tedn(a, b, "lmx"))
        if "lmx" in self._metrics:
            work.parts(RATES["lmx"][0], read, gold, symbol_errors)
        if "omr-ned" in self._metrics:
            self._omr_ned(work, read, gold)
        return ScoreFigures(
            name or true.name, found is not None, notes, work.rates, work.left_out, work.seconds
        )

    def _omr_ned(self, work: _Work, found: MusicFile | None, true: MusicFile) -> None:
        (name,) = RATES["omr-ned"]
        with work.timed(name):
            try:
                work.rates[name] = self._ned.compare(found.text if found else "", true.text)
            except ChildDied as death:
                work.left_out[name] = str(death)


@dataclass(slots=True)
class _Work:
    """What the metrics of one score have given so far."""

    rates: dict[str, Share] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start

    def parts(
        self,
        name: str,
        found: MusicFile | None,
        true: MusicFile,
        measure: Callable[[etree._Element, etree._Element], Share],
    ) -> None:
        """Add up a rate over the parts, paired by order; a part that is not there has nothing in it."""
        total, refused, why = Share(), 0, ""
        with self.timed(name):
            for one, other in zip_longest(found.parts if found else [], true.parts):
                try:
                    total += measure(
                        one if one is not None else etree.Element("part"),
                        other if other is not None else etree.Element("part"),
                    )
                except (UnsuitedError, MemoryError) as error:
                    refused, why = refused + 1, str(error)
        if total.whole or not refused:
            self.rates[name] = total
        if refused:
            self.left_out[name] = f"{refused} of {max(len(true.parts), refused)} parts ({why})"
