"""What a build is asked for, and what came of it."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson

from notehead.degrade import check_recipes
from notehead.engrave.engravers import engraver_class, engraver_limits
from notehead.engrave.style import PAPER_ODDS
from notehead.engrave.verovio.fonts import FONTS
from notehead.errors import NoteheadError
from notehead.runners import RunnerOptions
from notehead.sandbox import Limits

_DRAWN = ("engravers", "fonts", "papers", "recipes")
"""Options whose values are drawn from, so that their order does not matter."""
MOST_STYLES = 1000
"""Of one score."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build; everything but `runner`, `limit` and the limits decides the bytes.

    Attributes:
        fonts: music fonts to draw from, those of Verovio.
        engravers: programs to draw from; every style of a score has one.
        recipes: ways to draw from in which pages are degraded; "clean" leaves them as engraved.
        strength: how strongly, about: a page's own is half to one and a half times this.
        papers: page formats to draw from; empty for all.
        per_score: pages of every score are made in so many styles; None for as many as `limit` needs.
        resolution: dots per inch.
        split: share of scores that go to train; pages of one score never part.
        seed: of all that is random.
        limit: stop after so many pages, in the plan's order.
        patches: at most so many classification patches per class; 0 for none.
        workers: processes; 0 for one per processor.
        runner: where they work: "local", or "ray" for a cluster.
        address: of the cluster; empty to start one on this machine.
        layout: "folder" for DeepScoresV2's and a file per page, "parquet" for shards of many pages.
        shard_pages: about so many pages in a shard.
        seconds: wall-clock time that one score may take in one style; None for its engraver's own
            (`notehead.engrave.engravers.engraver_limits`).
        cpu_seconds: processor time of the worker, likewise.
        memory: bytes of address space for one worker.
        report_pages: at most so many pages in `index.html`.
    """

    fonts: tuple[str, ...] = FONTS
    papers: tuple[str, ...] = ()
    engravers: tuple[str, ...] = ("verovio",)
    recipes: tuple[str, ...] = ("clean",)
    strength: float = 1.0
    per_score: int | None = 1
    resolution: float = 400.0
    split: float = 0.8
    seed: int = 0
    limit: int | None = None
    patches: int = 5000
    workers: int = 0
    runner: str = "local"
    address: str = ""
    layout: Literal["folder", "parquet"] = "folder"
    shard_pages: int = 64
    seconds: float | None = None
    cpu_seconds: int | None = None
    memory: int = 4 << 30
    report_pages: int = 60

    def __post_init__(self) -> None:
        """Refuse what cannot be built; raises NoteheadError."""
        unknown = [font for font in self.fonts if font not in FONTS]
        if unknown or not self.fonts:
            message = f"unknown font {', '.join(unknown) or '(none)'}"
            raise NoteheadError(message, f"Choose among {', '.join(FONTS)}.")
        strange = [paper for paper in self.papers if paper not in PAPER_ODDS]
        if strange:
            message = f"unknown paper {', '.join(strange)}"
            raise NoteheadError(message, f"Choose among {', '.join(PAPER_ODDS)}.")
        for name in self.engravers or ("",):
            engraver_class(name)
        check_recipes(self.recipes, self.strength)
        checks = (
            (
                self.per_score is None or 1 <= self.per_score <= MOST_STYLES,
                "styles per score must be 1 to 1000",
            ),
            (self.per_score or self.limit, "either the styles per score or the pages must be given"),
            (50 <= self.resolution <= 1200, "the resolution must be 50 to 1200 dots per inch"),
            (0 <= self.split <= 1, "the split must be between 0 and 1"),
            (0 <= self.seed < 1 << 63, "the seed must be a whole number from 0"),
            (self.limit is None or self.limit > 0, "the limit must be at least one page"),
            (self.patches >= 0, "the number of patches must not be negative"),
            (1 <= self.shard_pages <= 10_000, "the pages of a shard must be 1 to 10,000"),
            (self.seconds is None or 0 < self.seconds < float("inf"), "the wall-clock time must be positive"),
            (self.cpu_seconds is None or self.cpu_seconds > 0, "the processor time must be positive"),
            (self.memory >= 1 << 30, "a worker needs at least 1 GiB of address space"),
            (self.report_pages >= 0, "the number of pages in the report must not be negative"),
        )
        self.place()
        for good, message in checks:
            if not good:
                raise NoteheadError(message)

    def place(self) -> RunnerOptions:
        """Where the work is done; raises NoteheadError where there is no such runner."""
        return RunnerOptions(self.runner, self.workers, self.address)

    def limits(self) -> Limits:
        """Limits of a worker; its time is that of the engraver which may take longest."""
        own = [engraver_limits(name) for name in self.engravers]
        return Limits(
            seconds=self.seconds or max(limits.seconds for limits in own),
            cpu_seconds=self.cpu_seconds or max(limits.cpu_seconds for limits in own),
            memory=self.memory,
        )

    def styles(self, scores: int) -> int:
        """Styles in which each of so many scores is engraved: every one of them gives a page at least."""
        if self.per_score is not None:
            return self.per_score
        return min(MOST_STYLES, -(-(self.limit or 1) // max(scores, 1)))

    def seconds_for(self, engraver: str) -> float:
        """Wall-clock time for one score in one style by an engraver."""
        return self.seconds or engraver_limits(engraver).seconds

    def deciding(self) -> dict[str, Any]:
        """The options that decide the bytes of a page."""
        values = asdict(self)
        for key in _DRAWN:
            values[key] = sorted(set(values[key]))
        return {key: values[key] for key in (*_DRAWN, "strength", "resolution", "seed")}

    @classmethod
    def of_deciding(cls, values: dict[str, Any]) -> BuildOptions:
        """Options from what `deciding` gave, after a journey as JSON."""
        known: dict[str, Any] = {
            key: tuple(value) if key in _DRAWN else value for key, value in values.items()
        }
        return cls(**known)

    def fingerprint(self, versions: dict[str, str]) -> str:
        """Hash of all that decides the bytes of a page, to tell one build from another."""
        values = {**self.deciding(), "versions": versions}
        return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Failure:
    """A score, or a score in one style, that gave no pages; and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build made.

    Attributes:
        folder: the dataset.
        pages, symbols, scores: how many; scores counts those with pages.
        failures: what was left out, each with its reason.
        copies: scores whose content another one has, made once.
        seconds: that the build took, this time.
        stages: processor seconds by stage, over all workers, this time.
        peak_memory: resident bytes of the largest worker, this time.
        made: pages that were made this time.
        bytes: of the dataset; 0 where nobody counted.
        deaths: workers that died and whose work was done again, this time.
    """

    folder: Path
    pages: int
    symbols: int
    scores: int
    failures: tuple[Failure, ...] = ()
    copies: tuple[Failure, ...] = ()
    seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    peak_memory: int = 0
    made: int = 0
    bytes: int = 0
    deaths: int = 0
