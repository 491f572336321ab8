"""What was found in the slices of a page becomes what is on the page: the inverse of slicing.

Slices are joined to rows, and rows to the page, along one seam after the other:

- Boxes of one class at both sides of a seam, of which one or both end where their slice ends, are one symbol
  if they agree in the stretch that both slices see. It gets the box around both, and the higher score. So
  staffs and slurs, which no slice shows whole, come back whole.
- A box that ends where its slice ends, finds no partner and is shorter than what slices share is left out:
  the neighbour sees more of its symbol, and did not find it.

What is left of symbols that several slices show whole goes by greedy non-maximum suppression, class by class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.slicing import SliceOptions, starts
from notehead.detect.nms import suppressed
from notehead.errors import NoteheadError

Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Boxes that were found.

    Attributes:
        box: (n, 4), in pixels.
        label: (n,), ids of classes.
        score: (n,).
    """

    box: Boxes
    label: NDArray[np.int64]
    score: NDArray[np.float64]

    @classmethod
    def joined(cls, parts: Sequence[Found]) -> Found:
        """All boxes of several, one after the other."""
        return cls(
            np.concatenate([part.box for part in parts]),
            np.concatenate([part.label for part in parts]),
            np.concatenate([part.score for part in parts]),
        )

    def __getitem__(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Found:
        """Some of them."""
        return Found(self.box[rows], self.label[rows], self.score[rows])

    def moved(self, left: float, top: float) -> Found:
        """The same, seen from further left and up."""
        return Found(self.box + np.array([left, top, left, top]), self.label, self.score)


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """When boxes are one symbol.

    Attributes:
        same: IoU from which on boxes of one class are one symbol; for those at a seam, the share of the
            stretch that they have in common, along it and across.
        edge: a box that ends so near to its slice's edge, in pixels, may go on beyond it.
    """

    same: float = 0.5
    edge: float = 4.0


def merged(
    parts: Mapping[tuple[int, int], Found],
    size: tuple[int, int],
    slicing: SliceOptions,
    options: MergeOptions | None = None,
) -> Found:
    """What is on a page, from what was found in its slices.

    Args:
        parts: for left and top of each slice what was found there, in its own pixels.
        size: width and height of the page.
        slicing: how it was cut.
        options: when boxes are one symbol.

    Raises:
        NoteheadError: the slices share too little to tell which boxes are one symbol.

    Example:
        >>> half = Found(np.array([[10.0, 5, 20, 10]]), np.array([3]), np.array([0.5]))
        >>> other = Found(np.array([[0.0, 5, 12, 10]]), np.array([3]), np.array([0.75]))
        >>> parts, slicing = {(0, 0): half, (10, 0): other}, SliceOptions(20, 0.5)
        >>> whole = merged(parts, (30, 20), slicing, MergeOptions(edge=1))
        >>> whole.box.tolist(), whole.score.tolist()
        ([[10.0, 5.0, 22.0, 10.0]], [0.75])
    """
    options = options or MergeOptions()
    shared = slicing.size - max(1, round(slicing.size * (1 - slicing.overlap)))
    if shared <= 2 * options.edge:
        message = f"slices that share {shared} pixels cannot be merged"
        raise NoteheadError(message, f"Let them share more than {2 * options.edge:g}.")
    lefts, tops = starts(size[0], slicing), starts(size[1], slicing)
    rows = [
        _along([parts[left, top].moved(left, top) for left in lefts], lefts, 0, slicing.size, options)
        for top in tops
    ]
    page = _along(rows, tops, 1, slicing.size, options)
    return page[suppressed(page.box, page.score, options.same, page.label)]


def _along(
    parts: Sequence[Found], begins: Sequence[int], axis: int, side: int, options: MergeOptions
) -> Found:
    """Neighbours along an axis, joined one after the other."""
    whole = parts[0]
    for part, begin, before in zip(parts[1:], begins[1:], begins[:-1], strict=True):
        whole = _seam(whole, part, axis, (begin, before + side), options)
    return whole


def _seam(before: Found, after: Found, axis: int, shared: tuple[int, int], options: MergeOptions) -> Found:
    """Both sides of a seam, where both see the stretch `shared` along an axis."""
    low, high = shared
    ends = before.box[:, axis + 2] > high - options.edge
    begins = after.box[:, axis] < low + options.edge
    one, other = _pairs(before, after, axis, shared, (ends, begins), options.same)
    joined = Found(
        np.hstack(
            (
                np.minimum(before.box[one, :2], after.box[other, :2]),
                np.maximum(before.box[one, 2:], after.box[other, 2:]),
            )
        ),
        before.label[one],
        np.maximum(before.score[one], after.score[other]),
    )
    least = high - low - options.edge
    kept_before = ~ends | (before.box[:, axis + 2] - before.box[:, axis] >= least)
    kept_after = ~begins | (after.box[:, axis + 2] - after.box[:, axis] >= least)
    kept_before[one] = kept_after[other] = False
    return Found.joined([before[kept_before], joined, after[kept_after]])


def _pairs(
    before: Found,
    after: Found,
    axis: int,
    shared: tuple[int, int],
    cut: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    same: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of boxes that are one symbol, those that agree best first; each row once."""
    low, high = shared
    near = np.flatnonzero(before.box[:, axis + 2] >= low)
    far = np.flatnonzero(after.box[:, axis] <= high)
    a, b = before.box[near][:, None], after.box[far][None]
    along = _common(a[..., axis::2].clip(low, high), b[..., axis::2].clip(low, high), smaller=False)
    across = _common(a[..., 1 - axis :: 2], b[..., 1 - axis :: 2], smaller=True)
    good = (along >= same) & (across >= same) & (before.label[near][:, None] == after.label[far][None])
    good &= cut[0][near][:, None] | cut[1][far][None]
    rows, columns = np.nonzero(good)
    order = np.argsort(-(along * across)[rows, columns], kind="stable")
    taken: list[tuple[int, int]] = []
    first, second = set[int](), set[int]()
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in first and column not in second:
            first.add(row)
            second.add(column)
            taken.append((row, column))
    chosen = np.array(taken, np.int64).reshape(-1, 2)
    return near[chosen[:, 0]], far[chosen[:, 1]]


def _common(a: Boxes, b: Boxes, *, smaller: bool) -> Boxes:
    """The share that stretches (..., 2) have in common, of the smaller one or of both together."""
    both = np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0])
    length, other = a[..., 1] - a[..., 0], b[..., 1] - b[..., 0]
    whole = np.minimum(length, other) if smaller else length + other - both
    thin = whole <= 0  # points: in one place, or not
    shares: Boxes = np.where(thin, both >= 0, both / np.where(thin, 1.0, whole))
    return shares
