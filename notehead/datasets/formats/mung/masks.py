"""The masks of MuNG files: runs of pixels in a node's box, and a page's id layers made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The pixels of a box, row by row: runs of 0 (not the symbol's) and 1 (the symbol's).

    Attributes:
        kinds: bool (n,), what each run is of.
        lengths: int64 (n,), how many pixels it has.
        shape: rows and columns of the box.
    """

    kinds: NDArray[np.bool_]
    lengths: NDArray[np.int64]
    shape: tuple[int, int]

    @property
    def pixels(self) -> int:
        """How many pixels are the symbol's."""
        return int(self.lengths[self.kinds].sum())

    def array(self) -> NDArray[np.bool_]:
        """The mask, bool (rows, columns)."""
        return np.repeat(self.kinds, self.lengths).reshape(self.shape)


def full_runs(shape: tuple[int, int]) -> Runs:
    """The runs of a symbol that fills its box."""
    return Runs(np.ones(1, np.bool_), np.array([shape[0] * shape[1]]), shape)


def parse_runs(text: str, shape: tuple[int, int]) -> Runs:
    """The runs that a `Mask` spells, "0:15 1:10 ..."; or one 0 or 1 per pixel, as `mung` may write.

    Raises:
        ValueError: it is neither, or has not as many pixels as the box; the message is the cause.

    Example:
        >>> parse_runs("0:1 1:3 0:2", (2, 3)).array().astype(int).tolist()
        [[0, 1, 1], [1, 0, 0]]
    """
    try:
        numbers = np.array(text.replace(":", " ").split(), np.int64)
        kinds, lengths = numbers.reshape(-1, 2).T if ":" in text else (numbers, np.ones_like(numbers))
    except (OverflowError, ValueError) as error:
        message = "its mask is no list of runs"
        raise ValueError(message) from error
    if ((kinds != 0) & (kinds != 1)).any() or (lengths < 0).any():
        message = "its mask is no list of runs"
        raise ValueError(message)
    total = lengths.sum(dtype=np.float64)
    if total != shape[0] * shape[1]:
        message = f"its mask has {total:.0f} pixels, its box {shape[1]} x {shape[0]}"
        raise ValueError(message)
    return Runs(kinds.astype(np.bool_), lengths, shape)


def runs_of(mask: NDArray[np.bool_]) -> Runs:
    """The runs of a mask, bool (rows, columns); the first is of 0, as `mung` writes it."""
    flat = mask.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(edges, prepend=0, append=flat.size)
    if flat.size and flat[0]:
        lengths = np.insert(lengths, 0, 0)
    return Runs(np.arange(len(lengths)) % 2 == 1, lengths, mask.shape)


def spell_runs(runs: Runs) -> str:
    """Runs as a `Mask` spells them.

    Example:
        >>> spell_runs(runs_of(np.array([[1, 1], [0, 1]], bool)))
        '0:0 1:2 0:1 1:1'
    """
    kinds = runs.kinds.astype(int).tolist()
    return " ".join(f"{kind}:{length}" for kind, length in zip(kinds, runs.lengths.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Patch:
    """The mask of one symbol on a page: its id, the corner of its box, its runs.

    `covered` says which of its pixels another symbol covers; None where nobody knows.
    """

    id: int
    left: int
    top: int
    runs: Runs
    covered: Runs | None = None


def paint(patches: Sequence[Patch], shape: tuple[int, int]) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """A page's two id layers, `Page.ids` and `Page.under`, of (rows, columns).

    Others' files do not say what lies on top: there large symbols are painted first, so that small ones
    stand on them. Where one symbol says which of its pixels are covered, all have said so.
    """
    ids, under = np.zeros(shape, np.uint16), np.zeros(shape, np.uint16)
    known = any(patch.covered is not None for patch in patches)
    for patch in patches if known else sorted(patches, key=lambda patch: -patch.runs.pixels):
        y, x = max(patch.top, 0), max(patch.left, 0)
        rows, columns = patch.runs.shape
        there = np.s_[y : max(patch.top + rows, 0), x : max(patch.left + columns, 0)]
        top, below = ids[there], under[there]
        inner = np.s_[y - patch.top :, x - patch.left :]  # a box may leave the page by a pixel
        mask = patch.runs.array()[inner][: top.shape[0], : top.shape[1]]
        if known:
            hidden = np.zeros_like(mask)
            if patch.covered is not None:
                hidden = mask & patch.covered.array()[inner][: top.shape[0], : top.shape[1]]
            below[hidden] = patch.id
            mask = mask & ~hidden
        else:
            below[mask] = top[mask]
        top[mask] = patch.id
    return ids, under
