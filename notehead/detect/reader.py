"""What the small networks say of single symbols."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from notehead.detect.refine import Correction, Glance


class Reader(Protocol):
    """The networks that are asked at places of a page, however they are run."""

    def read(
        self, features: NDArray[np.float32], kinds: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits of class ids and boxes from features at symbols, and their kinds."""

    def refine(self, glance: Glance) -> Correction:
        """What a second look at symbols adds."""

    def tips(self, seen: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far the tips of curves are off, as `MoveTips` has it."""
