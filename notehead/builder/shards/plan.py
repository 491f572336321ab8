"""The plan of shards: which units are in one file. Content and seed alone decide, so that plans can grow.

A score's place in the plan is a number from 0 to 1 drawn by its content. Shards are equal stretches of these
numbers, in each style and split: a score more changes one shard of each style and leaves all others as
they are. How many stretches there are is decided when a build begins, and kept.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from notehead.builder.options import BuildOptions
from notehead.builder.plan import Source, Unit, in_train, place_of

PAGES_A_SCORE = 7.0
"""Pages that a score has on average, before anything is known of these."""
_SPLITS = ("train", "test")

Bits = dict[str, int]
"""For each split, into how many stretches its scores are divided: 2 to the power of this."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Units whose pages lie in one file.

    Attributes:
        split: of all of them.
        style: number of their style.
        stretch: which of the stretches of scores, from 0.
        units: in the plan's order.
    """

    split: str
    style: int
    stretch: int
    units: tuple[Unit, ...]

    @property
    def key(self) -> str:
        """Unique in a plan; names its file."""
        return f"{self.split}-{self.style:05}-{self.stretch:05}"

    def digest(self) -> str:
        """Of all that decides its bytes beside the options of the build."""
        facts = [(unit.key, unit.source.name, unit.source.licence) for unit in self.units]
        return hashlib.sha256(orjson.dumps(facts)).hexdigest()[:16]


def stretches(sources: Sequence[Source], options: BuildOptions) -> Bits:
    """Into how many stretches the scores of each split are divided, for shards of the size that is wanted."""
    train = in_train((source.score_id for source in sources), options)
    bits = {}
    for split in _SPLITS:
        count = sum(train[source.score_id] == (split == "train") for source in sources)
        many = max(count * PAGES_A_SCORE / options.shard_pages, 1.0)
        bits[split] = round(math.log2(many))
    return bits


def shards(sources: Sequence[Source], options: BuildOptions, bits: Bits) -> Iterator[Shard]:
    """All shards, style by style, made as they are asked for.

    Args:
        sources: in the plan's order.
        options: of the build.
        bits: as `stretches` gave them when the build began.
    """
    train = in_train((source.score_id for source in sources), options)
    groups: list[tuple[float, str, int, list[Source]]] = []
    for split in _SPLITS:
        many = 1 << bits[split]
        members: dict[int, list[Source]] = {}
        for source in sources:
            if train[source.score_id] == (split == "train"):
                members.setdefault(int(place_of(source, options.seed) * many), []).append(source)
        groups += [(stretch / many, split, stretch, group) for stretch, group in members.items()]
    groups.sort(key=lambda group: (group[0], _SPLITS.index(group[1])))
    for style in range(options.styles(len(sources))):
        for _, split, stretch, group in groups:
            yield Shard(split, style, stretch, tuple(Unit(source, style) for source in group))
