"""Where a page may lie on a scan, roughly: turned how, how large, and where. Several guesses, best first."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_SKEW = 6.0
_STRIPS, _TOGETHER = 8, 6
"""Strips in which rows are compared, and the parts of each: within one, lines are straight though the page
is curled."""
_PARTS = 4
"""Parts of a pixel by which strips are moved."""
_GUESSES = 6
_SIZE_STEP = 0.02
_LIFT = 6.0
"""Blur, in pixels, that is taken away: what is left tells systems from each other."""


@dataclass(frozen=True, eq=False)
class Guess:
    """A similarity from the page's pixels to the scan's, and how well ink lies on ink under it, at most 1."""

    matrix: NDArray[np.float64]
    score: float


def skews_of(ink: NDArray[np.float32]) -> tuple[float, float]:
    """The angle of staff lines in degrees, clockwise on the screen: within 6 of 0, and within 6 of 90.

    The second is that of a page that lies on its side. Rows differ most from the next when staff lines
    are level.

    Args:
        ink: some four pixels a staff space.
    """
    soft = np.asarray(cv2.GaussianBlur(ink, (0, 0), 1.0), np.float32)
    return _skew(soft), 90.0 + _skew(np.ascontiguousarray(np.rot90(soft)))


def _skew(ink: NDArray[np.float32]) -> float:
    height, width = ink.shape
    strips = cv2.resize(ink, (_STRIPS * _TOGETHER, height), interpolation=cv2.INTER_AREA).T
    strips = cv2.resize(strips, (height * _PARTS, len(strips)), interpolation=cv2.INTER_CUBIC)
    middles = (np.arange(len(strips)) + 0.5) * width / len(strips) - width / 2

    def levelness(angle: float) -> float:
        falls = np.round(middles * np.tan(np.radians(angle)) * _PARTS).astype(int).tolist()
        level = np.stack([np.roll(strip, -fall) for fall, strip in zip(falls, strips, strict=True)])
        sums = level.reshape(_STRIPS, _TOGETHER, -1).sum(axis=1)
        return float((np.diff(sums, axis=1) ** 2).sum())

    best = max(np.arange(-_SKEW, _SKEW + 0.01, 0.5).tolist(), key=levelness)
    near: list[float] = (best + np.arange(-0.5, 0.51, 0.125)).tolist()
    return max(near, key=levelness)


def guesses(
    page: NDArray[np.float32], scan: NDArray[np.float32], sizes: NDArray[np.float64], skews: tuple[float, ...]
) -> list[Guess]:
    """The best similarities from a small page to a small scan, of two orientations and several sizes.

    Args:
        page: ink, some two or three pixels a staff space.
        scan: ink.
        sizes: pixels of the scan for one of the page that are tried.
        skews: of the staff lines on the scan, in degrees; upside down is tried, too.
    """
    height, width = page.shape
    least = min(float(sizes.min()), 1e9)
    room_y, room_x = (cv2.getOptimalDFTSize(int(np.hypot(*scan.shape) / least) + n) for n in (height, width))
    known = np.asarray(cv2.dft(_padded(_lifted(page), (room_y, room_x))), np.float32)
    found = []
    for angle in [skew + turn for skew in skews for turn in (0.0, 180.0)]:
        for size in sizes.tolist():
            found += _best_shifts(page.shape, known, scan, size, angle)
    found.sort(key=lambda guess: -guess.score)
    return found[:_GUESSES]


def _lifted(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    lifted = cv2.GaussianBlur(ink, (0, 0), 1.2) - cv2.GaussianBlur(ink, (0, 0), _LIFT)
    return np.asarray(lifted / (np.linalg.norm(lifted) + 1e-6), np.float32)


def _padded(ink: NDArray[np.float32], room: tuple[int, int]) -> NDArray[np.float32]:
    padded = np.zeros(room, np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink[: room[0], : room[1]]
    return padded


def _best_shifts(
    shape: tuple[int, int],
    known: NDArray[np.float32],
    scan: NDArray[np.float32],
    size: float,
    angle: float,
) -> list[Guess]:
    """Turn and scale the scan back; the two best places on it for a page of this transform."""
    room = known.shape
    turn = np.radians(angle)
    cosine, sine = np.cos(turn) * size, np.sin(turn) * size
    forward = np.array([[cosine, -sine], [sine, cosine]])
    corners = np.array([[0, 0], [scan.shape[1], 0], [0, scan.shape[0]], [scan.shape[1], scan.shape[0]]])
    back = corners @ np.linalg.inv(forward).T
    origin = forward @ back.min(axis=0)  # the scan's point that comes to (0, 0)
    extent = np.ceil(back.max(axis=0) - back.min(axis=0)).astype(int)
    matrix = np.column_stack([forward, origin])
    shift = matrix.copy()
    shift[:, 2] += forward @ (0.5, 0.5) - 0.5  # OpenCV counts from pixels' middles
    width, height = (min(int(extent[axis]), room[1 - axis]) for axis in (0, 1))
    level = cv2.warpAffine(scan, shift, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    spectrum = cv2.dft(_padded(_lifted(np.asarray(level, np.float32)), room))
    surface = cv2.dft(cv2.mulSpectrums(spectrum, known, 0, conjB=True), flags=cv2.DFT_INVERSE | cv2.DFT_SCALE)
    found = []
    for _ in range(2):
        _, score, _, (x, y) = cv2.minMaxLoc(surface)
        cv2.circle(surface, (x, y), 5, -1.0, -1)
        x, y = (value - around if value > around - length else value
                for value, around, length in ((x, room[1], shape[1]), (y, room[0], shape[0])))  # fmt: skip
        moved = matrix.copy()
        moved[:, 2] += forward @ (x, y)
        found.append(Guess(moved, float(score)))
    return found
