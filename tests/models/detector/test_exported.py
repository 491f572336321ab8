"""Weights come back out of exported models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor

from notehead.detect.model_files import FILES, PAGE_FILE
from notehead.detect.refine import SIDE
from notehead.detect.shipped import WEIGHTS, describe_model
from notehead.detect.tips import KNOWN
from notehead.detect.tips import SIDE as TIP_SIDE
from notehead.errors import DatasetError
from notehead.models.begin import PACKAGE, read_beginning
from notehead.models.detector.export import export
from notehead.models.detector.exported import exported_weights
from notehead.models.detector.network import DetectorNetwork


def network(seed: int) -> DetectorNetwork:
    """One whose normalisations have seen something."""
    torch.manual_seed(seed)
    made = DetectorNetwork()
    for values in made.state_dict().values():
        if values.ndim == 1 and values.is_floating_point():  # biases, and what normalisations know
            values.uniform_(0.5, 1.5)
    return made.eval()


def said(made: DetectorNetwork) -> list[Tensor]:
    rng = torch.Generator().manual_seed(1)
    features, kinds = torch.rand(5, 64, generator=rng), torch.arange(5)
    page = torch.rand(1, 1, 64, 96, generator=rng)
    seen, tips = (
        torch.rand(5, 2, SIDE, SIDE, generator=rng),
        torch.rand(5, 3, TIP_SIDE, TIP_SIDE, generator=rng),
    )
    with torch.no_grad():
        return [
            *made.page(page),
            *made.symbol(features, kinds),
            *made.refine(seen, features, kinds, torch.full((5, 2), 9.0)),
            made.tips(tips, torch.rand(5, KNOWN, generator=rng)),
        ]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export(network(0), folder)
    describe_model(folder, "detector", "0 steps")
    return folder


def test_an_exported_network_says_the_same(exported: Path) -> None:
    again = network(1)
    fitting, count = read_beginning(str(exported)).give(again)
    counters = sum(name.endswith("num_batches_tracked") for name in again.state_dict())
    assert fitting == count - counters
    for one, other in zip(said(again.eval()), said(network(0)), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


def test_so_does_the_one_of_the_package_in_bytes() -> None:
    made = network(0)
    read_beginning(PACKAGE).give(made)
    rng = np.random.default_rng(0)
    page = (rng.uniform(size=(1, 1, 64, 96)) < 0.2).astype(np.float32)
    wanted = onnxruntime.InferenceSession(WEIGHTS / PAGE_FILE).run(None, {"ink": page})
    with torch.no_grad():
        found = made.eval().page(torch.from_numpy(page))
    for one, other in zip(found, wanted, strict=True):
        assert np.corrcoef(one.numpy().ravel(), np.asarray(other).ravel())[0, 1] > 0.95


def test_what_is_no_model_is_said(tmp_path: Path, exported: Path) -> None:
    with pytest.raises(DatasetError, match="there is no such file, so this is no model"):
        exported_weights(tmp_path)
    for name in FILES:
        (tmp_path / name).write_bytes((exported / name).read_bytes())
    (tmp_path / PAGE_FILE).write_bytes(b"nothing of the kind")
    with pytest.raises(DatasetError, match=r"page\.onnx: the network cannot be read"):
        exported_weights(tmp_path)
    description = json.loads((exported / "weights.json").read_bytes())
    (tmp_path / "weights.json").write_text(json.dumps(description))
    with pytest.raises(DatasetError, match="it is damaged: its SHA-256 is not the one"):
        read_beginning(str(tmp_path))
