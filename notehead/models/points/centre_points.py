"""Points as peaks of heat maps, as CenterNet finds the joints of bodies (Zhou et al., 2019).

Small, and with what music has: the middles of noteheads and the two ends of stems for joints. Ends are paired
as theirs are, by the way that is learnt from one point to the other: it ends near the other's peak. That is
simpler than associative embedding (Newell et al., 2017), where both ends learn a number that no other stem
may have: stems are short and upright, so the way is easy, and there is one loss and one distance to set.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from notehead.models.backbone import Pyramid
from notehead.models.layers import convolution
from notehead.models.points.base import PointNetwork
from notehead.models.points.task import PointTask
from notehead.models.points.truth import KINDS, STRIDE, TOP, Points, Targets
from notehead.models.registry import Setting

_LEAST = 0.3
"""Scores below it are left out."""
_WAY = 0.1
"""The weight of ways, which are about ten cells long."""


class CentrePoints(PointNetwork):
    """Three heat maps, where in its cell each point is, and the way from a stem's top to its bottom.

    Heat logits (n, 3, height / 4, width / 4), places in cells (n, 2, ...), ways in cells (n, 2, ...).
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.pyramid = Pyramid(width)
        self.tower = convolution(width, width)
        self.heat = nn.Conv2d(width, len(KINDS), 1)
        self.place = nn.Conv2d(width, 2, 1)
        self.way = nn.Conv2d(width, 2, 1)
        assert self.heat.bias is not None  # for the type checker
        nn.init.constant_(self.heat.bias, -4.6)  # a hundredth

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        levels = self.pyramid(images)
        shared = self.tower(_summed(levels))
        return self.heat(shared), self.place(shared).sigmoid(), self.way(shared)

    def losses(self, images: Tensor, wanted: Targets) -> dict[str, Tensor]:
        """The parts of the loss, by name."""
        heat, place, way = self(images)
        count = max(len(wanted.kind), 1)
        column, row = wanted.cell.unbind(dim=1)
        away = place[wanted.image, :, row, column] - (wanted.place - wanted.cell)
        known = (wanted.kind == TOP) & torch.isfinite(wanted.way).all(dim=1)
        ways = way[wanted.image[known], :, row[known], column[known]] - wanted.way[known]
        return {
            "heat": peak_loss(heat, wanted.heat) / count,
            "place": away.abs().sum() / count,
            "way": _WAY * ways.abs().sum() / max(int(known.sum()), 1),
        }

    def find(self, images: Tensor) -> list[Points]:
        """The points of each image."""
        heat, place, way = self(images)
        score = heat.sigmoid()
        peak = (functional.max_pool2d(score, 3, 1, 1) == score) & (score > _LEAST)
        found = []
        for image in range(len(images)):
            kind, row, column = peak[image].nonzero(as_tuple=True)
            cell = torch.stack((column, row), dim=1)
            where = (cell + place[image, :, row, column].T) * STRIDE
            ways = torch.where(kind[:, None] == TOP, way[image, :, row, column].T * STRIDE, 0.0)
            columns = (kind, where.double(), ways.double(), score[image, kind, row, column].double())
            found.append(Points(*(one.detach().cpu().numpy() for one in columns)))
        return found


def peak_loss(logits: Tensor, wanted: Tensor) -> Tensor:
    """The focal loss of heat maps (Law and Deng, 2018), summed: near a peak a false one costs little.

    Args:
        logits: any shape.
        wanted: the same shape, 1 at peaks, less around them.

    Example:
        >>> wanted = torch.tensor([1.0, 0.0])
        >>> [round(float(peak_loss(torch.tensor(one), wanted)), 2) for one in ([9.0, -9.0], [-9.0, 9.0])]
        [0.0, 18.0]
    """
    probability = logits.sigmoid()
    found = (1 - probability) ** 2 * functional.logsigmoid(logits)
    false = (1 - wanted) ** 4 * probability**2 * functional.logsigmoid(-logits)
    return -torch.where(wanted == 1, found, false).sum()


def _summed(levels: list[Tensor]) -> Tensor:
    """All levels of a pyramid at the size of the finest."""
    size = levels[0].shape[-2:]
    total = levels[0]
    for level in levels[1:]:
        total = total + functional.interpolate(level, size=size, mode="nearest")
    return total


def task(setting: Setting) -> PointTask:
    """Points of noteheads and stems by CenterNet."""
    return PointTask(CentrePoints, setting)
