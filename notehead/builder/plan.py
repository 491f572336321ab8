"""The plan: which scores in which styles, in an order that only their content and the seed decide."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from notehead.builder.options import BuildOptions, Failure
from notehead.engrave.engravers import engraver_class
from notehead.engrave.style import Style, draw_style

DEFAULT = "verovio"
"""The engraver whose fonts `BuildOptions.fonts` names."""


@dataclass(frozen=True, slots=True)
class Source:
    """A score that can be engraved.

    Attributes:
        path: where it lies.
        name: its path inside the folder that was given, for people.
        score_id: 15 digits from its content.
        licence: from a `manifest.csv` in the folder that was given; empty where none says it.
    """

    path: str
    name: str
    score_id: str
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One score in one style: what a worker makes in one go."""

    source: Source
    style_number: int

    @property
    def key(self) -> str:
        """Unique in a plan."""
        return f"{self.source.score_id}-{self.style_number}"

    def engraver(self, options: BuildOptions) -> str:
        """Its engraver: another one for each of a score's styles, then the first again."""
        engravers = self._turn(options.engravers, options, "engraver")
        return engravers[self.style_number % len(engravers)]

    def font(self, options: BuildOptions) -> str:
        """Its music font: another one for each of a score's styles, as long as there are fonts left."""
        engraver = self.engraver(options)
        fonts = options.fonts if engraver == DEFAULT else engraver_class(engraver).fonts
        order = self._turn(fonts, options, "")
        return order[self.style_number // len(set(options.engravers)) % len(order)]

    def style(self, options: BuildOptions) -> Style:
        """Its style, in its font."""
        rng = np.random.default_rng([options.seed, int(self.source.score_id), self.style_number])
        return draw_style(rng, (self.font(options),), options.papers)

    def recipe(self, options: BuildOptions) -> tuple[str, float]:
        """How its pages are degraded, and how strongly."""
        recipes = self._turn(options.recipes, options, "recipe")
        draw = _draw(self.key, options.seed, "strength") / 2**64
        return recipes[self.style_number % len(recipes)], round(options.strength * (0.5 + draw), 3)

    def _turn(self, names: Iterable[str], options: BuildOptions, purpose: str) -> list[str]:
        """The names in an order of this score's own."""
        seed = [options.seed, int(self.source.score_id), *purpose.encode()]
        return [str(name) for name in np.random.default_rng(seed).permutation(sorted(set(names)))]

    def page_prefix(self, options: BuildOptions) -> str:
        """Names of its pages, without the number, as DeepScoresV2 has them."""
        font = self.font(options).lower()
        before = (Unit(self.source, number).font(options) for number in range(self.style_number))
        again = sum(other.lower() == font for other in before)
        return f"lg-{self.source.score_id}-aug-{font}{again + 1 if again else ''}-"


def order(sources: Iterable[Source], seed: int) -> tuple[list[Source], list[Failure]]:
    """The sources in the plan's order, each content once; what was left out as a copy."""
    first: dict[str, Source] = {}
    copies = []
    for source in sorted(sources, key=lambda source: (source.name, source.path)):
        kept = first.setdefault(source.score_id, source)
        if kept is not source:
            copies.append(Failure(source.name, f"has the same content as {kept.name}"))
    return sorted(first.values(), key=lambda source: place_of(source, seed)), copies


def place_of(source: Source, seed: int) -> float:
    """Where a score stands in the plan's order, from 0 to 1: by its content and the seed alone."""
    return _draw(source.score_id, seed, "order") / 2**64


def units(sources: list[Source], options: BuildOptions) -> Iterator[Unit]:
    """All units: every score in its first style, then every score in its second ..."""
    for number in range(options.styles(len(sources))):
        for source in sources:
            yield Unit(source, number)


def in_train(score_ids: Iterable[str], options: BuildOptions) -> dict[str, bool]:
    """For each score whether it goes to train; decided by each score alone, so a larger build agrees.

    Where chance would leave one side of at least two scores empty, the score nearest to the border
    changes sides.
    """
    drawn = {score_id: _draw(score_id, options.seed, "split") / 2**64 for score_id in set(score_ids)}
    train = {score_id: share < options.split for score_id, share in drawn.items()}
    if len(train) > 1 and 0 < options.split < 1 and len(set(train.values())) == 1:
        nearest = min(sorted(drawn), key=lambda score_id: abs(drawn[score_id] - options.split))
        train[nearest] = not train[nearest]
    return train


def _draw(score_id: str, seed: int, purpose: str) -> int:
    """A number from 0 to 2**64 - 1, at random by score, seed and purpose."""
    digest = hashlib.sha256(f"{purpose} {seed} {score_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def licences(roots: Iterable[Path]) -> dict[str, str]:
    """Licence by absolute path, from a `manifest.csv` with the columns `file` and `licence` in each root."""
    found: dict[str, str] = {}
    for root in roots:
        table = root / "manifest.csv"
        if not root.is_dir() or not table.is_file():
            continue
        try:
            with table.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    name, licence = row.get("file"), row.get("licence") or row.get("license")
                    if name and licence:
                        found[str((root / name).resolve())] = licence
        except (OSError, UnicodeDecodeError, csv.Error):
            continue  # licences are a courtesy; a manifest of another kind is not ours to judge
    return found
