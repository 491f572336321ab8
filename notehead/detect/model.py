"""The exported network, run by ONNX Runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from notehead.detect.maps import Maps
from notehead.detect.model_files import FILES
from notehead.detect.refine import Correction, Glance
from notehead.detect.score_map import ScoreMap


class OnnxModel:
    """A folder with the networks of the detector.

    Args:
        folder: holds `page.onnx`, `symbol.onnx`, `refine.onnx` and `tips.onnx`.
        threads: of ONNX Runtime; 0 for as many as it likes.
        probability: from the network's scores to probabilities.
    """

    def __init__(self, folder: Path, threads: int = 0, probability: ScoreMap | None = None) -> None:
        self.probability = probability or ScoreMap()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # memory that was needed for one large page is not kept for all the small ones after it
        options.enable_cpu_mem_arena = False
        self._page, self._symbol, self._refine, self._tips = (
            onnxruntime.InferenceSession(folder / name, options, providers=["CPUExecutionProvider"])
            for name in FILES
        )

    def maps(self, ink: NDArray[np.float32]) -> Maps:
        """What the network says of an image, float32 (height, width) from 0 for paper to 1 for ink."""
        return Maps(*(part[0] for part in self._page.run(None, {"ink": ink[None, None]})))

    def read(
        self, features: NDArray[np.float32], kinds: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits of class ids and boxes from features at symbols, and their kinds."""
        labels, boxes = self._symbol.run(
            None, {"features": features.astype(np.float32, copy=False), "kind": kinds}
        )
        return labels, boxes

    def refine(self, glance: Glance) -> Correction:
        """What a second look at symbols adds."""
        given = dict(zip(("seen", "features", "kind", "sides"), glance, strict=True))
        return Correction(*self._refine.run(None, given))

    def tips(self, seen: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far the tips of curves are off."""
        away: NDArray[np.float32] = self._tips.run(None, {"seen": seen, "known": known})[0]
        return away
