"""A page read by a network that tells pixels' classes, with a CRF as the last step."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from notehead.models.data.table import ClassTable
from notehead.models.segment.base import SegmentNetwork
from notehead.models.segment.crf import CrfOptions
from notehead.models.segment.task import read_classes


class Salted(SegmentNetwork):
    """Ink is class 1, apart from every 41st pixel, of which the contrary is said."""

    def __init__(self, table: ClassTable) -> None:
        super().__init__(table)
        self.sure = nn.Parameter(torch.tensor(1.5))

    def scores_of(self, images: Tensor) -> Tensor:
        y, x = (torch.arange(side) for side in images.shape[-2:])
        wrong = (7 * x + 13 * y[:, None]) % 41 == 0
        ink = (images[:, 0] > 0.5) ^ wrong
        return torch.stack((~ink, ink), dim=1) * self.sure


def test_the_last_step_mends_what_the_network_has_said() -> None:
    image = np.full((50, 820), 240, np.uint8)  # two slices
    image[24:26, 10:810] = 20
    network = Salted(ClassTable((5,)))
    true = image < 128
    assert (read_classes(network, image) != true).mean() > 0.02
    assert (read_classes(network, image, CrfOptions()) == true).all()
