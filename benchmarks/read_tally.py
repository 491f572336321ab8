"""All figures of one condition (true symbols, damaged ones, detected ones), score by score."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from benchmarks.read_damage import roc_area
from benchmarks.read_errors import error_counts
from benchmarks.read_filled import Filled
from benchmarks.read_match import Counts, Heads, Matched, matched
from benchmarks.read_scores import ScorePages
from benchmarks.read_signs import SignCounts, signs_right, true_signs
from benchmarks.read_truth import TrueNote
from notehead import Page
from notehead.evaluate.music.adding_up import measures_that_add_up
from notehead.evaluate.music.written import written_part
from notehead.transcribe import Score, transcribe
from notehead.transcribe.musicxml import to_musicxml

FIGURES = {"pitch": "pitch", "timed": "pitch+duration", "placed": "pitch+duration+onset"}
"""What is counted of notes, and what it is called."""
SIGNS = ("clef", "key", "meter")


@dataclass(slots=True)
class Sums:
    """What has been counted of some scores."""

    scores: int = 0
    pages: int = 0
    measures: int = 0
    undoubted: int = 0
    adds_up: int = 0
    full: int = 0
    full_adds_up: int = 0
    seconds: float = 0.0
    notes: Counts = field(default_factory=Counts)
    said: Counts = field(default_factory=Counts)
    signs: SignCounts = field(default_factory=SignCounts)
    errors: Counter[str] = field(default_factory=Counter)
    checked: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "scores": self.scores,
            "pages": self.pages,
            "notes": self.notes.true,
            "notes_said": self.said.true,
            **{f"{name}_f1": self.notes.f1(kind) for kind, name in FIGURES.items()},
            **{f"{name}_f1_said": self.said.f1(kind) for kind, name in FIGURES.items()},
            **{name: self.signs.share(name) for name in self.signs.asked},
            "measures": self.measures,
            "undoubted": self.undoubted / max(self.measures, 1),
            "adds_up": self.adds_up / max(self.measures, 1),
            "full": self.full,
            "full_adds_up": self.full_adds_up / max(self.full, 1),
            "seconds_a_page": self.seconds / max(self.pages, 1),
            "errors": dict(self.errors),
            **{f"passed_{name}": self.passed[name] / count for name, count in self.checked.items()},
        }


@dataclass(frozen=True, eq=False)
class Read:
    """What was read from the pages of a score, beside what is true.

    Attributes:
        score: the score.
        music: what was read.
        notes: its notes, and the true ones.
        adds_up: for each measure of each part whether it does.
        filled: which measures the page fills; None where symbols are not the true ones.
        seconds: that reading took.
        failures: what checks of the file said, by name.
    """

    score: ScorePages
    music: Score
    notes: Matched
    adds_up: Sequence[bool]
    filled: Filled | None
    seconds: float
    failures: Mapping[str, str]


class Tally:
    """Reads scores and counts.

    Args:
        name: of the condition.
        checks: of files, by name (`read_valid.py`).
    """

    def __init__(self, name: str, checks: Mapping[str, Callable[[bytes], str]]) -> None:
        self.name = name
        self.all = Sums()
        self.by_kind: dict[str, Sums] = {}
        self.worst: list[tuple[int, str, dict[str, int]]] = []
        self.failures: list[str] = []
        self._checks = checks
        self._judged: dict[bool, list[tuple[float, bool]]] = {False: [], True: []}

    def add(self, score: ScorePages, pages: Sequence[Page], truth: Sequence[TrueNote], heads: Heads) -> Read:
        """Read the pages of a score, as they are given, and count what is right."""
        started = time.perf_counter()
        music = transcribe(pages)
        data = to_musicxml(music)
        seconds = time.perf_counter() - started
        failures = {name: check(data) for name, check in self._checks.items()}
        parts = [written_part(part) for part in etree.fromstring(data).iter("part")]
        adds_up = [good for part in parts for good in measures_that_add_up(part)]
        filled = Filled.of(pages) if pages is score.pages else None
        read = Read(score, music, matched(music, truth, heads), adds_up, filled, seconds, failures)
        signs = signs_right(read.notes, music, true_signs(score.pages))
        for sums in (self.all, self.by_kind.setdefault(score.kind, Sums())):
            _count(sums, read, signs)
        for said, judged in self._judged.items():
            judged.extend(read.notes.judged(said=said))
        errors = error_counts(read.notes)
        self.worst.append((sum(errors.values()), score.name, dict(errors)))
        self.failures += [f"{score.name}: {name}: {said}" for name, said in failures.items() if said]
        return read

    def area(self, *, said: bool = False) -> float:
        """How well confidence tells right notes from wrong ones: the area under the ROC curve.

        With `said` of notes whose pitch the page says.
        """
        judged = self._judged[said]
        return roc_area([confidence for confidence, _ in judged], [right for _, right in judged])

    def to_json(self) -> dict[str, Any]:
        """All of it as plain values."""
        return {
            "name": self.name,
            **self.all.to_json(),
            "confidence_area": self.area(),
            "confidence_area_said": self.area(said=True),
            "kinds": {kind: sums.to_json() for kind, sums in self.by_kind.items()},
            "worst": sorted(self.worst, key=lambda one: -one[0])[:20],
            "failures": self.failures,
        }


def _count(sums: Sums, read: Read, signs: SignCounts) -> None:
    sums.scores += 1
    sums.pages += len(read.score.pages)
    sums.seconds += read.seconds
    measures = [measure for part in read.music.parts for measure in part.measures]
    sums.measures += len(measures)
    sums.undoubted += sum(measure.doubt == 0 for measure in measures)
    sums.adds_up += sum(read.adds_up)
    if read.filled is not None:
        full = [good for good, one in zip(read.adds_up, measures, strict=True) if read.filled.fills(one)]
        sums.full += len(full)
        sums.full_adds_up += sum(full)
    sums.notes.add(read.notes.counts())
    sums.said.add(read.notes.counts(said=True))
    sums.signs.add(signs)
    sums.errors += error_counts(read.notes)
    for name, said in read.failures.items():
        sums.checked[name] += 1
        sums.passed[name] += not said
