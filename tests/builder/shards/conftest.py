"""Scores for datasets of shards, and one such dataset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notehead import BuildOptions, BuildResult, build
from tests.builder.scores import song, write

SMALL: dict[str, object] = {"layout": "parquet", "resolution": 100, "shard_pages": 14, "workers": 1}
SCORES = 14


def options(**changes: object) -> BuildOptions:
    return BuildOptions(**{**SMALL, **changes})  # type: ignore[arg-type]


def songs(count: int = SCORES) -> dict[str, bytes]:
    """So many pieces, each another one."""
    steps = "CDEFGAB"
    return {
        f"{i:02}.musicxml": song(steps[i % 7 :] + steps[: i // 7 + 1], measures=2 + i).encode()
        for i in range(count)
    }


@pytest.fixture(scope="session")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("songs"), songs())


@pytest.fixture(scope="session")
def built(scores: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """Two styles of each: some ten shards."""
    return build(scores, tmp_path_factory.mktemp("shards") / "out", options(per_score=2))


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[str]:
    """A cluster of two processes on this machine."""
    import ray  # noqa: PLC0415

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield "auto"
    ray.shutdown()
