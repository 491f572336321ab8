"""What a batch asks for leads back, through the detector's decoding, to what stands on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, TRACES
from notehead.detect.decode import decode
from notehead.detect.maps import CELL, DecodeOptions, Maps
from notehead.models.data.cutting import CropOptions, class_weights
from notehead.models.data.prepare import prepare
from notehead.models.detector.crops import Batch, Crops
from notehead.models.detector.losses import LossWeights, losses, targets
from notehead.models.detector.network import DetectorNetwork, NetworkOptions
from notehead.vocabulary import VOCABULARY
from tests.degrade.pages import music_page
from tests.detect.stand_in import Reads

SIZE = 512
TINY = NetworkOptions((8, 8, 8, 8), (1, 1, 1, 1), 8, 8)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("prepared")
    paths = [folder / "narrow.npz", folder / "wide.npz"]
    for path, width in zip(paths, (500, 1000), strict=True):
        prepare(music_page(width=width, staves=4), 12.0).write(path)
    return paths


def crops(paths: list[Path], seed: int = 0) -> Crops:
    weights = class_weights(np.ones(max(VOCABULARY.by_id) + 1, np.int64), 0.35)
    return Crops(paths, weights, CropOptions(SIZE, pages=2, crops=2), seed)


def test_a_batch_is_a_function_of_seed_and_number(prepared: list[Path]) -> None:
    one, again, other = crops(prepared).batch(3), crops(prepared).batch(3), crops(prepared, 1).batch(3)
    assert one.image.shape == (4, SIZE, SIZE)
    for name in Batch.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(again, name))
    assert not np.array_equal(one.image, other.image)


def test_targets_decode_to_the_symbols_they_were_made_of(prepared: list[Path]) -> None:
    batch = crops(prepared).batch(0)
    assert len(batch.label) > 10
    wanted = targets(batch)
    for crop in range(len(batch.image)):
        mine = batch.crop == crop
        label, box, kind = batch.label[mine], batch.box[mine], batch.kind[mine]
        heat = wanted.heat[crop].numpy()
        middle = (box[:, :2] + box[:, 2:]) / 2 / CELL

        # features tell where they were read, so that a stand-in for the network can look the truth up
        side = SIZE // CELL
        rows, columns = np.mgrid[:side, :side]
        features = np.stack((columns, rows)).astype(np.float32)

        def read(
            at: NDArray[np.float32],
            kinds: NDArray[np.int64],
            truth: tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]] = (
                middle,
                label,
                kind,
                box,
            ),
        ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
            scores = np.full((len(at), max(VOCABULARY.by_id) + 1), -20.0, np.float32)
            boxes = np.zeros((len(at), 4), np.float32)
            middle, label, kind, box = truth
            for row, (place, family) in enumerate(zip(at, kinds, strict=True)):
                if family >= len(FAMILIES):
                    continue
                far = np.where(kind == family, ((middle - place - 0.5) ** 2).sum(axis=1), np.inf)
                best = int(far.argmin())
                scores[row, label[best]] = 20
                boxes[row, :2] = middle[best] - place - 0.5
                boxes[row, 2:] = np.log((box[best, 2:] - box[best, :2]) / CELL)
            return scores, boxes

        logits = np.where(heat > 0.99, 8.0, -8.0).astype(np.float32)
        bits = (batch.traces[crop] >> np.arange(len(TRACES))[:, None, None]) & 1
        traces = np.where(bits > 0, 8.0, -8.0).astype(np.float32)
        found = decode(batch.image[crop], Maps(logits, traces, features), Reads(read), DecodeOptions())
        glyphs = found.score > 0
        centred = np.isin(found.label, label)
        order = np.lexsort(found.box[glyphs & centred].T)
        np.testing.assert_allclose(
            found.box[glyphs & centred][order], box[np.lexsort(box.T)], atol=1e-2, rtol=1e-4
        )


def test_every_symbol_is_learnt_somewhere(prepared: list[Path]) -> None:
    batch = crops(prepared).batch(0)
    wanted = targets(batch)
    assert set(wanted.symbol.tolist()) == set(range(len(batch.label)))
    assert float(wanted.heat.max()) == 1.0


def test_learning_makes_the_loss_smaller(prepared: list[Path]) -> None:
    torch.manual_seed(0)
    network = DetectorNetwork(TINY)
    optimiser = torch.optim.Adam(network.parameters(), 1e-2)
    batch = crops(prepared).batch(0)
    seen = []
    for _ in range(8):
        loss, parts = losses(network, batch, LossWeights())
        assert set(parts) == {"centre", "trace", "label", "box", "refine", "tips"}
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        seen.append(float(loss.detach()))
    assert seen[-1] < 0.8 * seen[0]


def test_a_batch_without_symbols_has_a_loss() -> None:
    none = np.empty(0, np.int64)
    empty = Batch(
        image=np.full((1, 64, 64), 255, np.uint8),
        traces=np.zeros((1, 32, 32), np.uint16),
        crop=none,
        kind=none,
        label=none,
        box=np.empty((0, 4), np.float32),
        shake=np.empty((0, 4), np.float32),
        point=np.empty((0, 5), np.int64),
    )
    loss, _ = losses(DetectorNetwork(TINY), empty, LossWeights())
    assert torch.isfinite(loss)
    loss.backward()  # type: ignore[no-untyped-call]
