"""What a build of shards stands on: the scores, how they are divided, and where workers find them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from notehead.builder.describe import versions
from notehead.builder.options import BuildOptions
from notehead.builder.plan import Source
from notehead.builder.shards.plan import Bits, stretches
from notehead.builder.shards.record import IDENTITY, SCORES
from notehead.builder.survey import Survey, survey
from notehead.errors import OutputError
from notehead.progress import Progress
from notehead.runners import LocalRunner, Runner
from notehead.stores import Store

_SURVEYORS = 2
"""Processes that check scores when the work itself is done elsewhere."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a build stands on.

    Attributes:
        store: where the dataset is written.
        survey: the scores.
        bits: how they are divided.
        build: names this build, and no other.
    """

    store: Store
    survey: Survey
    bits: Bits
    build: str


def refuse_strangers(store: Store) -> None:
    """Leave a place that holds something else as it is; raises OutputError."""
    if store.read(IDENTITY) is None and not store.empty():
        message = f"{store.url}: is not empty and not a build"
        raise OutputError(message, "Choose an empty or a new folder.")


def prepare(
    store: Store,
    options: BuildOptions,
    runner: Runner,
    scores: tuple[Sequence[Path], Sequence[Path]],
    progress: Progress,
) -> Ground:
    """Check the scores, and that the store's build is this one.

    Args:
        store: where the dataset is written.
        options: of the build.
        runner: checks the scores, unless it is far away.
        scores: files, and what the user named.
        progress: told of every step.

    Raises:
        OutputError: the store holds a build with other options.
    """
    if is_far(options):  # scores are files of this machine
        with LocalRunner(_SURVEYORS, options.limits()) as near:
            found = survey(*scores, options.seed, near, progress)
    else:
        found = survey(*scores, options.seed, runner, progress)
    bits, build = _identity(store, options, found.sources)
    if is_far(options):
        _keep_scores(store, found.sources, progress)
    return Ground(store, found, bits, build)


def is_far(options: BuildOptions) -> bool:
    """Whether the workers may be on other machines, which do not have the user's files."""
    return options.runner != "local"


def _identity(store: Store, options: BuildOptions, sources: Sequence[Source]) -> tuple[Bits, str]:
    """How the scores are divided, and the build's name: as when it began, which must have been so, too."""
    fingerprint = options.fingerprint({**versions(options), "layout": "parquet"})
    data = store.read(IDENTITY)
    if data is None:
        bits = stretches(sources, options)
        build = secrets.token_hex(8)
        facts = {"fingerprint": fingerprint, "bits": bits, "split": options.split, "build": build}
        store.write(IDENTITY, orjson.dumps(facts))
        return bits, build
    try:
        found = orjson.loads(data)
    except ValueError:
        found = {}
    if found.get("fingerprint") != fingerprint or found.get("split") != options.split:
        message = f"{store.url}: holds a build with other options, or by another version"
        remedy = "Use the options and the version that it was begun with, or choose another folder."
        raise OutputError(message, remedy)
    return found["bits"], found.get("build", "")


def _keep_scores(store: Store, sources: Sequence[Source], progress: Progress) -> None:
    """Put the scores where workers on other machines find them."""
    there = store.names(SCORES)
    missing = [source for source in sources if source.score_id not in there]
    progress.stage("scores", len(missing))
    for source in missing:
        store.write(f"{SCORES}/{source.score_id}", Path(source.path).read_bytes())
        progress.step()
