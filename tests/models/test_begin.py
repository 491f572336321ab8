"""A training that begins with the weights of another."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from notehead.errors import DatasetError
from notehead.models.begin import read_beginning
from notehead.models.loop import CHECKPOINT


def network(hidden: int) -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, hidden))


def run(folder: Path, given: nn.Module) -> Path:
    torch.save({"average": given.state_dict()}, folder / CHECKPOINT)
    return folder


def test_weights_that_fit_are_taken_and_others_stay(tmp_path: Path) -> None:
    old, new = network(5), network(6)
    before = {name: value.clone() for name, value in new.state_dict().items()}
    assert read_beginning(str(run(tmp_path, old))).give(new) == (7, 9)
    after = new.state_dict()
    assert torch.equal(after["0.weight"], old.state_dict()["0.weight"])
    assert torch.equal(after["2.weight"], before["2.weight"])


def test_no_training_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no training, or it has no checkpoint yet"):
        read_beginning(str(tmp_path))
    (tmp_path / CHECKPOINT).write_bytes(b"nothing of the kind")
    with pytest.raises(DatasetError, match="no training"):
        read_beginning(str(tmp_path))
    torch.save([1, 2], tmp_path / CHECKPOINT)
    with pytest.raises(DatasetError, match="no training"):
        read_beginning(str(tmp_path))


def test_a_training_of_another_model_is_said(tmp_path: Path) -> None:
    other = run(tmp_path, nn.Conv2d(1, 1, 3))
    with pytest.raises(DatasetError, match="no weights of this training fit"):
        read_beginning(str(other)).give(network(5))
