"""COCO's masks: run lengths and polygons, from the layers of a page and back.

COCO counts pixels column by column. A mask is the lengths of its runs, paper and symbol in turn, as a
list or packed into a string; or it is polygons. The string is decoded here and not by pycocotools, whose
C code trusts it.

Between the two stands an int64 array of runs (n, 2): first pixel, length.
"""

# mypy: disallow-untyped-decorators=False
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

Runs = NDArray[np.int64]
"""The pixels of a symbol: (first pixel, length) in rows, counted column by column, in their order."""

NO_RUNS: Runs = np.empty((0, 2), np.int64)
_FARTHEST = 1e7
"""Pixels from the page's corner to the farthest corner that a polygon may have."""


def packed_masks(layers: Sequence[NDArray[np.uint16]], identities: NDArray[np.int32]) -> list[str]:
    """The mask of each symbol as COCO's string: all pixels that bear its id in one of the layers.

    One pass over the layers does for all symbols: a page with 1,100 of them takes some 5 ms.

    Example:
        >>> ids = np.array([[7, 0], [7, 7]], np.uint16)
        >>> packed_masks([ids], np.array([7], np.int32)), unpacked("021O", 4).tolist()
        (['021O'], [0, 2, 1, 1])
    """
    flat = [_flat(layer) for layer in layers]
    row_of_id = np.full(1 << 16, -1, np.int32)
    masked = (identities > 0) & (identities < len(row_of_id))
    row_of_id[identities[masked]] = np.flatnonzero(masked)
    found = _collected(flat[0], flat[-1], row_of_id, len(identities))
    found = found[np.argsort(found[:, 0].astype(np.uint16), kind="stable")]
    ends = np.searchsorted(found[:, 0], np.arange(len(identities)), side="right")
    letters, stops = _packed(found[:, 1:], ends, flat[0].size)
    text = letters.tobytes().decode("ascii")
    return [text[start:stop] for start, stop in zip([0, *stops.tolist()], stops.tolist(), strict=False)]


def _flat(layer: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """A layer column by column; OpenCV transposes several times faster than numpy."""
    return np.asarray(cv2.transpose(layer), np.uint16).reshape(-1)


@njit(cache=True)
def _collected(
    top: NDArray[np.uint16], below: NDArray[np.uint16], row_of_id: NDArray[np.int32], rows: int
) -> NDArray[np.int64]:
    """All runs of all symbols (n, 3): row, first pixel, length; those of one row in their order."""
    begun = np.zeros(rows, np.int64)
    ended = np.full(rows, -1, np.int64)  # after the last pixel so far
    found = np.empty((4096 + rows, 3), np.int64)
    used = 0
    for pixel in range(len(top)):
        if top[pixel] == 0 and below[pixel] == 0:
            continue
        for number in (top[pixel], below[pixel]):
            row = row_of_id[number]
            if row < 0 or ended[row] == pixel + 1:
                continue
            if ended[row] != pixel:
                if ended[row] >= 0:
                    found[used, 0], found[used, 1], found[used, 2] = row, begun[row], ended[row] - begun[row]
                    used += 1
                    if used + rows == len(found):
                        found = np.concatenate((found, np.empty_like(found)))
                begun[row] = pixel
            ended[row] = pixel + 1
    for row in range(rows):
        if ended[row] >= 0:
            found[used, 0], found[used, 1], found[used, 2] = row, begun[row], ended[row] - begun[row]
            used += 1
    return found[:used]


@njit(cache=True)
def _packed(runs: Runs, ends: NDArray[np.int64], pixels: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The runs of each row as COCO's string, one after the other, and where each ends.

    A count is written as its difference from the last but one, the first three as they are: five bits a
    letter, the lowest first, from the letter "0" on; 32 says that more follow.
    """
    # a count has at most 29 bits and a sign, which are 6 letters
    letters = np.empty(6 * (2 * len(runs) + len(ends)), np.uint8)
    stops = np.empty(len(ends), np.int64)
    used = 0
    first = 0
    for row in range(len(ends)):
        before_last, last, after = 0, 0, 0  # the two counts before, and the first pixel after the last run
        total = 2 * (ends[row] - first)
        for k in range(total + 1):
            if k == total:
                count = pixels - after
                if count == 0:
                    break
            elif k % 2 == 0:
                count = runs[first + k // 2, 0] - after
                after = runs[first + k // 2, 0]
            else:
                count = runs[first + k // 2, 1]
                after += count
            value = count - before_last if k > 2 else count
            before_last, last = last, count
            more = True
            while more:
                letter = value & 31
                value >>= 5
                more = value != -1 if letter & 16 else value != 0
                letters[used] = 48 + letter + (32 if more else 0)
                used += 1
        first = ends[row]
        stops[row] = used
    return letters[:used], stops


def runs_of(segmentation: object, size: tuple[int, int]) -> Runs:
    """The pixels of an annotation's `segmentation` on a page of (width, height).

    Args:
        segmentation: run lengths as a list or as a string, or polygons.
        size: of the page.

    Raises:
        ValueError: it is damaged, or made for a page of another size; the message says how.

    Example:
        >>> runs_of({"size": [2, 2], "counts": "021O"}, (2, 2)).tolist()
        [[0, 2], [3, 1]]
        >>> runs_of([[0, 0, 2, 0, 2, 1, 0, 1]], (2, 2)).tolist()
        [[0, 1], [2, 1]]
    """
    if isinstance(segmentation, dict):
        return _runs_of_counts(segmentation, size)
    if isinstance(segmentation, list):
        several = any(isinstance(part, list) for part in segmentation)
        return _runs_of_polygons(segmentation if several else [segmentation], size)
    message = "its mask is neither run lengths nor polygons"
    raise ValueError(message)


def _runs_of_counts(segmentation: dict[str, Any], size: tuple[int, int]) -> Runs:
    width, height = size
    if segmentation.get("size", [height, width]) != [height, width]:
        message = f"its mask is made for a page of another size: {segmentation['size']!r:.40}"
        raise ValueError(message)
    counts = segmentation.get("counts")
    if isinstance(counts, str):
        lengths = unpacked(counts, width * height)
    else:
        lengths = _whole_numbers(counts)
        if lengths.sum() != width * height or (lengths < 0).any() or (lengths > width * height).any():
            message = "the run lengths of its mask do not fill the page"
            raise ValueError(message)
    ends = np.cumsum(lengths)
    inked = lengths[1::2]
    runs = np.stack((ends[1::2] - inked, inked), axis=1)
    return runs[inked > 0]


def _whole_numbers(counts: object) -> NDArray[np.int64]:
    try:
        numbers = np.array(counts) if isinstance(counts, list) and counts else None
    except ValueError:  # lists in the list
        numbers = None
    if numbers is None or numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        message = "its mask has no run lengths"
        raise ValueError(message)
    return numbers.astype(np.int64)


def unpacked(text: str, pixels: int) -> NDArray[np.int64]:
    """The run lengths in COCO's string; raises ValueError where they are not those of so many pixels."""
    try:
        letters = np.frombuffer(text.encode("ascii"), np.uint8)
    except UnicodeEncodeError:
        letters = np.zeros(1, np.uint8)
    counts, good = _unpacked(letters, pixels)
    if not good:
        message = "the run lengths of its mask are damaged"
        raise ValueError(message)
    lengths: NDArray[np.int64] = counts
    return lengths


@njit(cache=True)
def _unpacked(letters: NDArray[np.uint8], pixels: int) -> tuple[NDArray[np.int64], bool]:
    counts = np.empty(len(letters), np.int64)
    used, total, value, shift = 0, 0, 0, 0
    for letter in letters:
        bits = int(letter) - 48
        if bits < 0 or bits > 63 or shift > 35:
            return counts[:0], False
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        value += counts[used - 2] if used > 2 else 0
        total += value
        if value < 0 or total > pixels:
            return counts[:0], False
        counts[used] = value
        used += 1
        value, shift = 0, 0
    return counts[:used], shift == 0 and total == pixels


def _runs_of_polygons(polygons: list[Any], size: tuple[int, int]) -> Runs:
    corners = [_corners(polygon) for polygon in polygons]
    every = np.concatenate(corners)
    low = np.maximum(np.floor(every.min(axis=0)).astype(np.int64), 0)
    high = np.minimum(np.ceil(every.max(axis=0)).astype(np.int64), size)
    if (high <= low).any():
        return NO_RUNS
    inside = np.zeros(high - low, np.uint8)  # by columns, as all here
    for polygon in corners:
        _fill(polygon - low, inside)
    edges = np.diff(inside.astype(np.int8), axis=1, prepend=0, append=0)
    column, first = np.nonzero(edges == 1)
    _, after = np.nonzero(edges == -1)
    start = (column + low[0]) * size[1] + first + low[1]
    return np.stack((start, after - first), axis=1).astype(np.int64)


def _corners(polygon: object) -> NDArray[np.float64]:
    try:
        numbers = np.array(polygon)
    except ValueError:
        numbers = np.empty(0)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iuf" or len(numbers) < 6 or len(numbers) % 2:
        message = "a polygon of its mask is not made of three corners or more"
        raise ValueError(message)
    if not (np.abs(numbers) <= _FARTHEST).all():
        message = "a polygon of its mask is far from the page"
        raise ValueError(message)
    return numbers.astype(np.float64).reshape(-1, 2)


@njit(cache=True)
def _fill(corners: NDArray[np.float64], inside: NDArray[np.uint8]) -> None:
    """Set the pixels, by columns, whose middle is inside of a polygon.

    OpenCV's fillPoly sets all that the outline touches, too: a stem would be a third thicker.
    """
    width, height = inside.shape
    crossings = np.empty(len(corners), np.float64)
    for x in range(width):
        middle = x + 0.5
        used = 0
        for k in range(len(corners)):
            x0, y0 = corners[k - 1]
            x1, y1 = corners[k]
            if (x0 <= middle) != (x1 <= middle):
                crossings[used] = y0 + (middle - x0) * (y1 - y0) / (x1 - x0)
                used += 1
        across = np.sort(crossings[:used])
        for k in range(0, used, 2):
            first = min(max(np.ceil(across[k] - 0.5), 0.0), float(height))
            after = min(max(np.ceil(across[k + 1] - 0.5), 0.0), float(height))
            inside[x, int(first) : int(after)] = 1


class LayerPainter:
    """Puts the masks of symbols, one over the other, into the two id layers of a page of (width, height).

    Example:
        >>> painter = LayerPainter((2, 1))
        >>> painter.put(5, np.array([[0, 2]]))
        >>> painter.put(6, np.array([[1, 1]]))
        >>> [layer.tolist() for layer in painter.layers()]
        [[[5, 6]], [[0, 5]]]
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._top = np.zeros(size[0] * size[1], np.uint16)
        self._below = np.zeros(size[0] * size[1], np.uint16)

    def put(self, identity: int, runs: Runs, covered: Runs = NO_RUNS) -> None:
        """Lay a symbol on top of what is there, or under it where it is known to be covered."""
        _put(self._top, self._below, runs, covered, identity)

    def layers(self) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
        """`Page.ids` and `Page.under`."""
        _raise_lone(self._top, self._below)
        ids, under = (
            np.asarray(cv2.transpose(layer.reshape(self._size)), np.uint16)
            for layer in (self._top, self._below)
        )
        return ids, under


@njit(cache=True)
def _raise_lone(top: NDArray[np.uint16], below: NDArray[np.uint16]) -> None:
    """What covers a pixel may not be among the symbols; what is known to be below is on top then."""
    for pixel in range(len(top)):
        if top[pixel] == 0 and below[pixel]:
            top[pixel], below[pixel] = below[pixel], 0


@njit(cache=True)
def _put(
    top: NDArray[np.uint16], below: NDArray[np.uint16], runs: Runs, covered: Runs, identity: int
) -> None:
    part, begins, ends = 0, -1, -1  # of the run of covered pixels that comes next
    for k in range(len(runs)):
        for pixel in range(runs[k, 0], runs[k, 0] + runs[k, 1]):
            while pixel >= ends and part < len(covered):
                begins, ends = covered[part, 0], covered[part, 0] + covered[part, 1]
                part += 1
            if begins <= pixel < ends:
                below[pixel] = identity
            else:
                if top[pixel]:
                    below[pixel] = top[pixel]
                top[pixel] = identity
