"""What a network is worth while it is trained: pages that it is not trained on, read as a detector reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from notehead.detect.classes import TRACES
from notehead.detect.detector import DetectOptions, detect_at
from notehead.detect.maps import Maps
from notehead.detect.refine import Correction, Glance
from notehead.detect.score_map import ScoreMap
from notehead.evaluate import DetectionEvaluator, DetectionFigures, DetectionOptions
from notehead.models.detector.network import DetectorNetwork
from notehead.page import Page
from notehead.vocabulary import VOCABULARY

_LINES = frozenset(("ledgerLine", *(name for names in TRACES.values() for name in names)))


class TorchModel:
    """A network in training, where the detector expects an exported one."""

    def __init__(self, network: DetectorNetwork) -> None:
        self._network = network.eval()
        self._device = next(network.parameters()).device
        self.probability = ScoreMap()

    def maps(self, ink: NDArray[np.float32]) -> Maps:
        """What the network says of an image."""
        batch = torch.from_numpy(ink)[None, None].to(self._device)
        with torch.inference_mode(), torch.autocast(self._device.type, torch.bfloat16):
            parts = self._network(batch.contiguous(memory_format=torch.channels_last))
        return Maps(*(np.ascontiguousarray(part[0].float().cpu().numpy()) for part in parts))

    def read(
        self, features: NDArray[np.float32], kinds: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits of class ids and boxes."""
        given = torch.from_numpy(np.asarray(features, np.float32)).to(self._device)
        with torch.inference_mode():
            labels, boxes = self._network.symbol(given, torch.from_numpy(kinds).to(self._device))
        return labels.cpu().numpy(), boxes.cpu().numpy()

    def refine(self, glance: Glance) -> Correction:
        """What a second look at symbols adds."""
        given = [torch.from_numpy(np.ascontiguousarray(part)).to(self._device) for part in glance]
        with torch.inference_mode():
            return Correction(*(part.cpu().numpy() for part in self._network.refine(*given)))

    def tips(self, seen: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far the tips of curves are off."""
        given = (torch.from_numpy(part).to(self._device) for part in (seen, known))
        with torch.inference_mode():
            away: NDArray[np.float32] = self._network.tips(*given).cpu().numpy()
        return away


def validate(network: DetectorNetwork, pages: Sequence[Page], least: int = 5) -> dict[str, float]:
    """Macro AP50 and AP of centred classes, and macro AP of lines within a quarter staff space.

    Args:
        network: to be judged.
        pages: with their true symbols.
        least: classes with fewer true symbols are left out.
    """
    model = TorchModel(network)
    evaluator = DetectionEvaluator(VOCABULARY, replace(DetectionOptions(), tolerances=(0.25,)))
    for page in pages:
        found = detect_at(page.image, page.staff_space, model, DetectOptions())
        evaluator.add(page.symbols, found, page.staff_space, page.name)
    return summary(evaluator.finish(), least)


def summary(figures: DetectionFigures, least: int = 10) -> dict[str, float]:
    """The means that training is after, over classes with at least so many true symbols."""
    common = [row for row in figures.classes if row.truths >= least]
    glyphs = [row for row in common if row.name not in _LINES and not row.name.startswith("text")]
    lines = [float(row.near[0]) for row in common if row.name in _LINES and row.near is not None]
    return {
        "ap50": float(np.mean([row.means().ap50 for row in glyphs])) if glyphs else 0.0,
        "ap": float(np.mean([row.means().ap for row in glyphs])) if glyphs else 0.0,
        "lines": float(np.mean(lines)) if lines else 0.0,
    }
