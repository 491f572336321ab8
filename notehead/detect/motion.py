"""How a page has moved from one frame of a camera to the next."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]

SIDE = 480
"""Pixels of the longer side of frames that are compared."""
_ROUNDS, _FINE = 60, 1e-4
_LEAST = 0.6
"""Correlation of two frames below which they do not show the same."""
_BLUR = 5


def small_frame(image: Pixels, side: int = SIDE) -> NDArray[np.float32]:
    """A frame as `motion` compares it: float32, so long, its light evened out.

    Args:
        image: uint8 (height, width).
        side: pixels of the longer side.
    """
    scale = min(1.0, side / max(image.shape))
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small - cv2.blur(small, (31, 31)), np.float32)


def motion(before: NDArray[np.float32], after: NDArray[np.float32], size: tuple[int, int]) -> Floats | None:
    """How points of one frame move to the next: float64 (2, 3), None where these do not show the same.

    A shift is found by phase correlation, then turned into an affine motion by enhanced correlation (ECC,
    Evangelidis and Psarakis, 2008).

    Args:
        before: of `small_frame`.
        after: of `small_frame`, as large.
        size: width and height of the frames.

    Example:
        >>> frame = np.random.default_rng(0).integers(0, 255, (90, 120), np.uint8)
        >>> first, second = small_frame(frame[:, :100]), small_frame(frame[:, 3:103])
        >>> bool(np.abs(motion(first, second, (100, 90)) - [[1, 0, -3], [0, 1, 0]]).max() < 0.1)
        True
    """
    if before.shape != after.shape or min(before.shape) < 2 * _BLUR:
        return None
    window = cv2.createHanningWindow((before.shape[1], before.shape[0]), cv2.CV_32F)
    shift, _ = cv2.phaseCorrelate(before, after, window)
    still = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    shifted = still + np.array([[0, 0, shift[0]], [0, 0, shift[1]]], np.float32)
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, _FINE)
    everywhere = np.ones(before.shape, np.uint8)
    best, way = -1.0, still
    for begin in (shifted, still):  # staff lines are alike, so that the shift may be off by some of them
        try:
            alike, found = cv2.findTransformECC(
                before, after, begin.copy(), cv2.MOTION_AFFINE, until, everywhere, _BLUR
            )
        except cv2.error:  # they have nothing in common from here
            continue
        if alike > best:
            best, way = alike, np.asarray(found, np.float32)
        if best > _LEAST:
            break
    return _of_frames(way, before.shape, size) if best > _LEAST else None


def moved(points: Floats, way: Floats) -> Floats:
    """Points (..., 2) of a frame in the next one."""
    return np.asarray(points @ way[:, :2].T + way[:, 2])


def _of_frames(way: NDArray[np.float32], shape: tuple[int, ...], size: tuple[int, int]) -> Floats:
    """A motion of small frames as that of the frames themselves; pixel (0, 0) of these covers [0, 1)."""
    scale = np.array([shape[1] / size[0], shape[0] / size[1]])
    turn, shift = way[:, :2].astype(np.float64), way[:, 2].astype(np.float64)
    linear = turn * scale[None] / scale[:, None]
    return np.hstack((linear, ((shift + 0.5 - turn @ (0.5, 0.5)) / scale)[:, None]))
