"""Every model of the registry learns, gives what its kind gives, and can be exported."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from notehead.errors import MissingExtraError
from notehead.models.boxes.base import BoxNetwork
from notehead.models.boxes.reading import SliceOptions, read_page
from notehead.models.boxes.task import images
from notehead.models.classify.base import PatchNetwork
from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import prepare
from notehead.models.lesson import Task
from notehead.models.points.base import PointNetwork
from notehead.models.points.truth import KINDS
from notehead.models.registry import MODELS, ModelEntry, Setting
from notehead.models.segment.base import SegmentNetwork
from notehead.models.staffs.base import StaffNetwork
from notehead.models.staffs.task import read_staffs
from notehead.models.staffs.tokens import TOKENS
from tests.degrade.pages import music_page
from tests.models.staffs.pages import known_page

ZOO = [entry for entry in MODELS if entry.name != "centres"]
NAME = attrgetter("name")
CROPS = CropOptions(size=128, pages=1, crops=2)


@dataclass(frozen=True)
class Prepared:
    """Pages to train on."""

    paths: list[Path]

    def setting(self) -> Setting:
        return Setting(self.paths, CROPS, 0, torch.device("cpu"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    path = tmp_path_factory.mktemp("zoo") / "page.npz"
    prepare(known_page(width=700, staves=4), 12.0, instances=True).write(path)
    return Prepared([path])


def made(entry: ModelEntry, prepared: Prepared) -> Task:
    """The model as a task; skips the test where a library of the extra `zoo` is missing."""
    try:
        return entry.make(prepared.setting())
    except MissingExtraError as error:
        missing = error.__cause__
        if not isinstance(missing, ModuleNotFoundError) or str(missing.name).startswith("notehead"):
            raise  # a module of ours that is not there is no missing extra
        pytest.skip(str(error))


@pytest.mark.parametrize("entry", ZOO, ids=NAME)
def test_it_learns_a_batch(entry: ModelEntry, prepared: Prepared) -> None:
    task = made(entry, prepared)
    optimiser = torch.optim.Adam(task.network.parameters(), 1e-3)
    batch = task.batch(0)
    task.network.train()
    seen: list[float] = []
    for _ in range(6):
        loss, parts = task.loss(batch)
        assert parts
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        seen.append(float(loss.detach()))
    assert min(seen[1:]) < seen[0]
    grown = [name for name, value in task.network.named_parameters() if value.grad is None]
    assert not grown, "weights that nothing depends on"


@pytest.mark.parametrize("entry", [one for one in ZOO if one.task == "detect"], ids=NAME)
def test_boxes_are_boxes(entry: ModelEntry, prepared: Prepared) -> None:
    task = made(entry, prepared)
    network = task.network.eval()
    assert isinstance(network, BoxNetwork)
    with torch.inference_mode():
        found = network.find(images(task.batch(0), torch.device("cpu")))
    assert len(found) == CROPS.pages * CROPS.crops
    for one in found:
        assert len(one.box) == len(one.label) == len(one.score)
        assert (one.box[:, 2:] > one.box[:, :2]).all()
        assert ((one.box >= 0) & (one.box <= CROPS.size)).all()
        assert ((one.label >= 1) & (one.label <= network.classes)).all()
        assert ((one.score >= 0) & (one.score <= 1)).all()
    page = music_page(width=300, staves=2)
    symbols = read_page(network, page.image, page.staff_space, SliceOptions(side=256))
    assert np.isfinite(symbols.box).all()


@pytest.mark.parametrize("entry", [one for one in ZOO if one.task == "segment"], ids=NAME)
def test_logits_have_the_size_of_the_image(entry: ModelEntry, prepared: Prepared) -> None:
    network = made(entry, prepared).network.eval()
    assert isinstance(network, SegmentNetwork)
    with torch.inference_mode():
        logits = network(torch.zeros(2, 1, 96, 160))
    assert logits.shape == (2, len(network.table) + 1, 96, 160)


@pytest.mark.parametrize("entry", [one for one in ZOO if one.task == "classify"], ids=NAME)
def test_patches_have_logits(entry: ModelEntry, prepared: Prepared) -> None:
    network = made(entry, prepared).network.eval()
    assert isinstance(network, PatchNetwork)
    with torch.inference_mode():
        logits = network(torch.zeros(3, 1, 170, 45))
    assert logits.shape == (3, len(network.table))


@pytest.mark.parametrize("entry", [one for one in ZOO if one.task == "points"], ids=NAME)
def test_points_are_on_the_image(entry: ModelEntry, prepared: Prepared) -> None:
    network = made(entry, prepared).network.eval()
    assert isinstance(network, PointNetwork)
    with torch.inference_mode():
        found = network.find(torch.rand(2, 1, 96, 160))
    assert len(found) == 2
    for one in found:
        assert ((one.kind >= 0) & (one.kind < len(KINDS))).all()
        assert ((one.place >= 0) & (one.place <= (160, 96))).all()
        assert np.isfinite(one.way).all()
        assert ((one.score >= 0) & (one.score <= 1)).all()


@pytest.mark.parametrize("entry", [one for one in ZOO if one.task == "transcribe"], ids=NAME)
def test_staffs_are_rows_of_tokens(entry: ModelEntry, prepared: Prepared) -> None:
    network = made(entry, prepared).network.eval()
    assert isinstance(network, StaffNetwork)
    found = read_staffs(network, music_page(staves=2))
    assert list(found) == [0, 1]
    assert all(token in TOKENS for tokens in found.values() for token in tokens)


@pytest.mark.parametrize("entry", ZOO, ids=NAME)
def test_exported_it_gives_the_same(entry: ModelEntry, prepared: Prepared, tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = made(entry, prepared).network.eval()
    assert isinstance(network, BoxNetwork | PatchNetwork | PointNetwork | SegmentNetwork | StaffNetwork)
    for name, (part, inputs) in network.parts().items():
        given = tuple(torch.rand_like(one) if one.is_floating_point() else one for one in inputs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter's talk about itself
            torch.onnx.export(
                part, given, tmp_path / f"{name}.onnx", dynamo=True, external_data=False, verbose=False
            )
        session = onnxruntime.InferenceSession(tmp_path / f"{name}.onnx", providers=["CPUExecutionProvider"])
        names = [one.name for one in session.get_inputs()]
        results = session.run(None, {key: one.numpy() for key, one in zip(names, given, strict=True)})
        with torch.inference_mode():
            wanted = part(*given)
        wanted = (wanted,) if isinstance(wanted, torch.Tensor) else wanted
        for one, other in zip(results, wanted, strict=True):
            np.testing.assert_allclose(one, other.numpy(), rtol=1e-3, atol=1e-3)
