"""The training loop."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from notehead.models.curves import JUDGEMENTS, LOSSES, draw_curves
from notehead.models.loop import CHECKPOINT, LoopOptions, train

OPTIONS = LoopOptions(steps=30, warm=3, every=5, judge=10, average=0.9)


class Line:
    """A straight line through noisy points."""

    def __init__(self, fail_at: int = -1) -> None:
        torch.manual_seed(1)
        self.network: nn.Module = nn.Sequential(nn.Linear(1, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
        self._fail_at = fail_at

    def batch(self, number: int) -> Tensor:
        if number == self._fail_at:
            raise RuntimeError
        return torch.from_numpy(np.random.default_rng(number).normal(size=(16, 1)).astype(np.float32))

    def loss(self, batch: Tensor) -> tuple[Tensor, dict[str, float]]:
        loss = ((self.network(batch) - 3 * batch - 1) ** 2).mean()
        return loss, {"square": float(loss.detach())}

    def judge(self, network: nn.Module) -> dict[str, float]:
        with torch.no_grad():
            return {"at_one": float(network(torch.ones(1, 1)))}


def curve(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_training_that_was_stopped_goes_on_to_the_same_curve(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert train(Line(), whole, OPTIONS, tell=print)
    said: list[str] = []
    for _ in range(40):
        if train(Line(), parts, OPTIONS, seconds=0, tell=said.append):  # a step at a time
            break
    for name in (LOSSES, JUDGEMENTS):
        assert curve(whole, name) == curve(parts, name)
    assert [int(float(row["step"])) for row in curve(parts, LOSSES)] == list(range(1, 31))
    one, other = (torch.load(folder / CHECKPOINT, weights_only=True) for folder in (whole, parts))
    for key, value in one["average"].items():
        assert torch.equal(value, other["average"][key])
    assert float(curve(whole, LOSSES)[-1]["square"]) < float(curve(whole, LOSSES)[0]["square"])


def test_what_was_trained_after_the_checkpoint_is_trained_again(tmp_path: Path) -> None:
    class Killed(Exception):  # noqa: N818
        pass

    class Dying(Line):
        def loss(self, batch: Tensor) -> tuple[Tensor, dict[str, float]]:
            self.seen = getattr(self, "seen", 0) + 1
            if self.seen == 13:
                raise Killed
            return super().loss(batch)

    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(Line(), whole, OPTIONS, tell=print)
    with pytest.raises(Killed):
        train(Dying(), parts, OPTIONS, tell=print)
    assert torch.load(parts / CHECKPOINT, weights_only=True)["steps"] == 10
    assert train(Line(), parts, OPTIONS, tell=print)
    assert curve(whole, LOSSES) == curve(parts, LOSSES)


def test_a_batch_that_cannot_be_made_ends_the_training(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        train(Line(fail_at=7), tmp_path, OPTIONS, tell=print)


def test_the_curves_are_drawn(tmp_path: Path) -> None:
    draw_curves(tmp_path)
    assert not list(tmp_path.iterdir())
    train(Line(), tmp_path, OPTIONS, tell=print)
    draw_curves(tmp_path)
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
