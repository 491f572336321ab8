"""Which points there truly are, and what a network's maps should show of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from notehead.models.data.boxes import BoxBatch
from notehead.models.data.table import ClassTable
from notehead.vocabulary import VOCABULARY

KINDS = ("head", "top", "bottom")
HEAD, TOP, BOTTOM = range(len(KINDS))
STRIDE = 4
"""Pixels of a cell, a third of a staff space: heads of a chord of seconds are in cells of their own."""
_SPREAD = 0.7
"""Cells: the standard deviation of a point on its map, about a quarter of a staff space."""
_REACH = 3
"""Cells around a point beyond which nothing is left of it."""


@dataclass(frozen=True, eq=False)
class Points:
    """Points of an image.

    Attributes:
        kind: int64 (n,), a place in `KINDS`.
        place: float64 (n, 2), x and y in pixels.
        way: float64 (n, 2), of tops of stems the way to their bottom; 0 of others, NaN where it is not known.
        score: float64 (n,), 1 of those that truly are there.
    """

    kind: NDArray[np.int64]
    place: NDArray[np.float64]
    way: NDArray[np.float64]
    score: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.kind)

    def of(self, rows: NDArray[Any]) -> Points:
        """Some of them."""
        return Points(self.kind[rows], self.place[rows], self.way[rows], self.score[rows])

    def moved(self, by: tuple[float, float], scale: float = 1.0) -> Points:
        """The same, moved, then scaled."""
        return Points(self.kind, (self.place + by) * scale, self.way * scale, self.score)

    @staticmethod
    def joined(parts: list[Points]) -> Points:
        """All of several images or parts of one; of none, none."""
        none = Points(np.empty(0, np.int64), np.empty((0, 2)), np.empty((0, 2)), np.empty(0))
        columns = ("kind", "place", "way", "score")
        return Points(*(np.concatenate([getattr(part, name) for part in (none, *parts)]) for name in columns))


@dataclass(frozen=True, eq=False)
class Targets:
    """What maps should show.

    Attributes:
        heat: float (n, 3, height / 4, width / 4), 1 in the cell of each point, less around it.
        image: int64 (m,), of which image each point is.
        kind: int64 (m,).
        cell: int64 (m, 2), column and row of the cell of each.
        place: float (m, 2), x and y in cells.
        way: float (m, 2), in cells; NaN where it is not known.
    """

    heat: Tensor
    image: Tensor
    kind: Tensor
    cell: Tensor
    place: Tensor
    way: Tensor


def points_of(
    label: NDArray[np.integer[Any]], box: NDArray[np.floating[Any]], size: tuple[float, float] | None = None
) -> Points:
    """The points of symbols.

    Args:
        label: class ids.
        box: (n, 4); stems stand upright.
        size: width and height of a crop at whose edges boxes were cut: of a head that was cut the middle is
            not known, nor is a stem's end that is cut off.
    """
    table = _roles()[label]
    heads, stems = box[table == 1].astype(np.float64), box[table == 2].astype(np.float64)
    middles = (heads[:, :2] + heads[:, 2:]) / 2
    across = (stems[:, 0] + stems[:, 2]) / 2
    tops, bottoms = np.stack((across, stems[:, 1]), axis=1), np.stack((across, stems[:, 3]), axis=1)
    way = bottoms - tops
    if size is not None:
        whole = (heads[:, :2] > 0).all(axis=1) & (heads[:, 2:] < np.array(size)).all(axis=1)
        middles = middles[whole]
        begins, ends = stems[:, 1] > 0, stems[:, 3] < size[1]
        way[~ends] = np.nan
        tops, way, bottoms = tops[begins], way[begins], bottoms[ends]
    kind = np.repeat([HEAD, TOP, BOTTOM], [len(middles), len(tops), len(bottoms)])
    place = np.concatenate((middles, tops, bottoms))
    ways = np.zeros_like(place)
    ways[kind == TOP] = way
    return Points(kind.astype(np.int64), place, ways, np.ones(len(kind)))


def targets(batch: BoxBatch, table: ClassTable, device: torch.device) -> Targets:
    """What maps should show of a batch.

    Args:
        batch: crops with boxes.
        table: the classes of its symbols.
        device: where.
    """
    height, width = batch.image.shape[1:]
    parts = [
        points_of(table.ids[batch.label[batch.crop == crop]], batch.box[batch.crop == crop], (width, height))
        for crop in range(len(batch.image))
    ]
    points = Points.joined(parts)
    image = torch.from_numpy(np.repeat(np.arange(len(parts)), [len(part) for part in parts]))
    place = torch.from_numpy(points.place).float() / STRIDE
    size = torch.tensor([width // STRIDE, height // STRIDE])
    cell = torch.minimum(place.long().clamp(min=0), size - 1)
    kind = torch.from_numpy(points.kind)
    heat = _heat((image, kind, cell), (len(parts), len(KINDS), height // STRIDE, width // STRIDE))
    way = torch.from_numpy(points.way).float() / STRIDE
    return Targets(*(one.to(device) for one in (heat, image, kind, cell, place, way)))


def _heat(points: tuple[Tensor, Tensor, Tensor], shape: tuple[int, int, int, int]) -> Tensor:
    """A Gaussian around each point's cell; where several reach, the highest."""
    image, kind, cell = points
    around = torch.arange(-_REACH, _REACH + 1)
    y, x = torch.meshgrid(around, around, indexing="ij")
    value = torch.exp(-(x**2 + y**2) / (2 * _SPREAD**2)).flatten()
    column, row = cell[:, :1] + x.flatten(), cell[:, 1:] + y.flatten()
    inside = (column >= 0) & (column < shape[3]) & (row >= 0) & (row < shape[2])
    index = ((image[:, None] * shape[1] + kind[:, None]) * shape[2] + row) * shape[3] + column
    heat = torch.zeros(shape[0] * shape[1] * shape[2] * shape[3])
    heat.scatter_reduce_(0, index[inside], value.expand_as(index)[inside], "amax")
    return heat.view(shape)


@cache
def _roles() -> NDArray[np.int64]:
    """For each class id 1 for noteheads, 2 for stems, 0 for others."""
    table = np.zeros(max(VOCABULARY.by_id) + 1, np.int64)
    table[VOCABULARY.notehead_ids] = 1
    table[VOCABULARY.id("stem")] = 2
    return table
