"""Anchors: boxes of several shapes at every cell, from which networks say how far the symbols' boxes are."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

NONE, UNSURE = -1, -2
"""In place of a symbol's row: the anchor shows none; it shows a part of one and learns nothing."""

_ROUNDS = 3
"""How often symbols that share their best anchor look for another one."""
_LARGEST = 4.0
"""The logarithm of the largest ratio of a box's side to its anchor's that is decoded."""
_THINNEST = 0.5
"""Pixels that a side has at least when it is encoded."""

Shape = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Anchors:
    """Boxes of fixed shapes around the middles of all cells of several maps.

    They come level by level, in a level row by row, in a row cell by cell, in a cell shape by shape: so
    the outputs of a convolution, `shapes * k` channels, become rows by `as_rows`.

    Attributes:
        strides: pixels of a cell, for each level.
        shapes: width and height in pixels of a cell's anchors, for each level. None should be smaller
            than a cell, or some symbols would lie between anchors.
        thin: for matching, symbols are at least so thick: a stem of 2 pixels shares little with any anchor.

    Example:
        >>> anchors = Anchors((4, 8), (((4.0, 4.0),), ((8.0, 8.0), (16.0, 8.0))))
        >>> anchors.boxes((8, 8)).tolist()[-2:]
        [[0.0, 0.0, 8.0, 8.0], [-4.0, 0.0, 12.0, 8.0]]
        >>> anchors.match(torch.tensor([[1.0, 1, 8, 8]]), (8, 8), 0.5).tolist()
        [-1, -1, -1, -1, 0, -1]
    """

    strides: tuple[int, ...]
    shapes: tuple[tuple[Shape, ...], ...]
    thin: float = 4.0

    @property
    def counts(self) -> tuple[int, ...]:
        """Anchors of a cell, for each level."""
        return tuple(len(level) for level in self.shapes)

    def boxes(self, size: tuple[int, int], device: torch.device | None = None) -> Tensor:
        """All anchors of an image of that height and width: float (n, 4)."""
        levels = []
        for stride, shapes, (rows, columns) in zip(self.strides, self.shapes, self._grids(size), strict=True):
            y, x = torch.meshgrid(
                torch.arange(rows, device=device), torch.arange(columns, device=device), indexing="ij"
            )
            middle = (torch.stack((x, y), dim=-1).reshape(-1, 1, 2) + 0.5) * stride
            half = torch.tensor(shapes, device=device) / 2
            levels.append(torch.cat((middle - half, middle + half), dim=-1).reshape(-1, 4))
        return torch.cat(levels)

    def match(
        self, box: Tensor, size: tuple[int, int], high: float, low: float | None = None, *, best: bool = True
    ) -> Tensor:
        """The symbol that each anchor learns: int64 (n,), its row, or `NONE` or `UNSURE`.

        Only anchors near a symbol are looked at, so that the cost grows with the symbols and not with
        symbols times anchors.

        Args:
            box: float (m, 4), the symbols.
            size: height and width of the image.
            high: IoU from which on an anchor learns the symbol that it shares most with.
            low: IoU below which it learns that there is none, `high` if not given.
            best: whether every symbol is learnt by the anchor that shares most with it, however little that
                is; of symbols with the same best anchor, those that share less with it take their next.
        """
        low = high if low is None else low
        cells = [rows * columns for rows, columns in self._grids(size)]
        count = sum(cell * shapes for cell, shapes in zip(cells, self.counts, strict=True))
        owner = torch.full((count,), NONE, device=box.device)
        if not len(box):
            return owner
        anchor, symbol, value = self._pairs(box, size, low)
        order = value.argsort(descending=True, stable=True)
        anchor, symbol, value = anchor[order], symbol[order], value[order]
        first = _first(anchor, count)
        first = first[first < len(anchor)]
        owner[anchor[first]] = torch.where(
            value[first] >= high, symbol[first], torch.where(value[first] >= low, UNSURE, NONE)
        )
        if best:
            rows = _greedy(anchor, symbol, count, len(box))
            owner[anchor[rows]] = symbol[rows]
        return owner

    def _grids(self, size: tuple[int, int]) -> list[tuple[int, int]]:
        return [(-(-size[0] // stride), -(-size[1] // stride)) for stride in self.strides]

    def _pairs(self, box: Tensor, size: tuple[int, int], low: float) -> tuple[Tensor, Tensor, Tensor]:
        """Anchors and symbols that may belong together, and their IoU.

        They are all pairs that share `low`, and for each symbol the nearest anchor of every shape.
        """
        middle = (box[:, :2] + box[:, 2:]) / 2
        sides = (box[:, 2:] - box[:, :2]).clamp(min=self.thin)
        found: list[tuple[Tensor, Tensor, Tensor]] = []
        start = 0
        for stride, shapes, (rows, columns) in zip(self.strides, self.shapes, self._grids(size), strict=True):
            last = torch.tensor((columns - 1, rows - 1), device=box.device)
            nearest = torch.minimum((middle / stride).floor().long().clamp(min=0), last)
            for place, shape in enumerate(shapes):
                cell = nearest[:, None] + _window(shape, stride, low, box.device)
                away = ((cell + 0.5) * stride - middle[:, None]).abs()
                value = _iou(away, sides[:, None], torch.tensor(shape, device=box.device))
                inside = ((cell >= 0) & (cell <= last)).all(dim=-1)
                kept = inside & ((value >= low) | (cell == nearest[:, None]).all(dim=-1))
                symbol, window = kept.nonzero(as_tuple=True)
                column, row = cell[symbol, window].unbind(dim=1)
                anchor = start + (row * columns + column) * len(shapes) + place
                found.append((anchor, symbol, value[symbol, window]))
            start += rows * columns * len(shapes)
        anchor, symbol, value = (torch.cat(part) for part in zip(*found, strict=True))
        return anchor, symbol, value


# Symbols at 12 pixels a staff space are small and of few shapes: dots, heads, stems and ledger lines of 2
# pixels, accidentals, rests, bar lines, beams, slurs, and a staff across the whole crop. So anchors begin at
# a stride of 4 and have such shapes, not one shape at several scales as for things in photographs.
SYMBOLS = Anchors(
    (4, 8, 16, 32),
    (
        ((6.0, 6.0), (14.0, 14.0), (4.0, 40.0), (20.0, 4.0)),
        ((12.0, 32.0), (24.0, 24.0), (8.0, 80.0), (56.0, 12.0)),
        ((32.0, 64.0), (64.0, 32.0), (16.0, 160.0), (128.0, 24.0)),
        ((128.0, 128.0), (256.0, 40.0), (40.0, 256.0), (512.0, 50.0)),
    ),
)
"""Anchors for the maps of `Pyramid`, four of each cell."""


def as_rows(output: Tensor, width: int) -> Tensor:
    """A convolution's output (n, shapes * width, height, width) as rows in the order of anchors.

    Example:
        >>> as_rows(torch.arange(8).reshape(1, 4, 1, 2), 2).tolist()
        [[[0, 2], [4, 6], [1, 3], [5, 7]]]
    """
    return output.permute(0, 2, 3, 1).reshape(len(output), -1, width)


def encode(anchor: Tensor, box: Tensor, spread: tuple[float, float] = (1.0, 1.0)) -> Tensor:
    """Boxes as anchors see them: the way to the middle, in sides, and the logarithm of the ratio of sides.

    Args:
        anchor: (..., 4).
        box: likewise.
        spread: by what middles and logarithms are divided, so that they spread by about 1.
    """
    sides = anchor[..., 2:] - anchor[..., :2]
    away = (box[..., :2] + box[..., 2:] - anchor[..., :2] - anchor[..., 2:]) / 2 / sides
    ratio = (box[..., 2:] - box[..., :2]).clamp(min=_THINNEST) / sides
    return torch.cat((away / spread[0], ratio.log() / spread[1]), dim=-1)


def decode(anchor: Tensor, code: Tensor, spread: tuple[float, float] = (1.0, 1.0)) -> Tensor:
    """The boxes that `encode` has encoded.

    Example:
        >>> anchor, box = torch.tensor([[0.0, 0, 8, 8]]), torch.tensor([[2.0, 2, 6, 18]])
        >>> decode(anchor, encode(anchor, box)).tolist()
        [[2.0, 2.0, 6.0, 18.0]]
    """
    sides = anchor[..., 2:] - anchor[..., :2]
    middle = (anchor[..., :2] + anchor[..., 2:]) / 2 + code[..., :2] * spread[0] * sides
    half = (code[..., 2:] * spread[1]).clamp(max=_LARGEST).exp() * sides / 2
    return torch.cat((middle - half, middle + half), dim=-1)


def _window(shape: Shape, stride: int, low: float, device: torch.device) -> Tensor:
    """Cells, from the nearest one, at which an anchor of this shape can share `low` with a symbol."""
    # at that IoU neither side is more than 1 / low times the other; this is the farthest of the middles then
    reach = max(1 - low, (1 / low - 1) / 2)
    across, down = (int(side * reach / stride + 0.5) for side in shape)
    y, x = torch.meshgrid(
        torch.arange(-down, down + 1, device=device),
        torch.arange(-across, across + 1, device=device),
        indexing="ij",
    )
    return torch.stack((x, y), dim=-1).reshape(-1, 2)


def _iou(away: Tensor, sides: Tensor, others: Tensor) -> Tensor:
    """IoU of boxes whose middles are that far apart."""
    shared = (
        torch.minimum((sides + others) / 2 - away, torch.minimum(sides, others)).clamp(min=0).prod(dim=-1)
    )
    return shared / (sides.prod(dim=-1) + others.prod(dim=-1) - shared)


def _first(key: Tensor, count: int) -> Tensor:
    """Where each number up to `count` stands first among keys; their length where it does not."""
    places = torch.arange(len(key), device=key.device)
    return torch.full((count,), len(key), device=key.device).scatter_reduce(0, key, places, "amin")


def _greedy(anchor: Tensor, symbol: Tensor, anchors: int, symbols: int) -> Tensor:
    """Pairs of each symbol with an anchor of its own, of pairs in falling order."""
    found: list[Tensor] = []
    places = torch.arange(len(anchor), device=anchor.device)
    for _ in range(_ROUNDS):
        wanted = _first(symbol[places], symbols)
        wanted = wanted[wanted < len(places)].sort().values
        first = _first(anchor[places[wanted]], anchors)
        chosen = places[wanted[first[first < len(wanted)]]]
        found.append(chosen)
        settled = torch.zeros(symbols, dtype=torch.bool, device=anchor.device)
        settled[symbol[chosen]] = True
        taken = torch.zeros(anchors, dtype=torch.bool, device=anchor.device)
        taken[anchor[chosen]] = True
        places = places[~settled[symbol[places]] & ~taken[anchor[places]]]
        if not len(places):
            break
    return torch.cat(found)
