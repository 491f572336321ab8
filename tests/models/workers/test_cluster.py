"""Workers of Ray Train give the curve of one."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from notehead.errors import MissingExtraError
from notehead.models.training import train_model
from notehead.models.workers import cluster
from notehead.progress import Silent
from tests.models.numbered import numbered
from tests.models.workers.test_local import HERE, NOISE, OPTIONS, losses, trained

RAY = replace(HERE, workers=2, runner="ray")
SHORT = replace(OPTIONS, loop=replace(OPTIONS.loop, steps=4))


@pytest.mark.xdist_group("ray")
def test_two_workers_of_a_cluster_give_the_curve_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray.train")
    monkeypatch.setenv("RAY_TRAIN_HEALTH_CHECK_INTERVAL_S", "0.2")
    alone, together = tmp_path / "alone", tmp_path / "together"
    trained(alone, options=SHORT)
    told: list[str] = []
    assert train_model([numbered(9)], together, SHORT, RAY, Silent(), told.append)
    assert losses(together) == pytest.approx(losses(alone), rel=NOISE)
    assert {path.name for path in together.iterdir()} == {path.name for path in alone.iterdir()}


def test_without_ray_train_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setitem(sys.modules, "ray.train.torch", None)
    with pytest.raises(MissingExtraError, match=r"workers on a Ray cluster need ray\.train\.torch"):
        cluster._libraries()
