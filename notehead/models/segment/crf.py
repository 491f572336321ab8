"""A fully connected CRF as a last step: labels agree with those near and with those alike in grey.

It is that of Kraehenbuehl and Koltun (2011): mean-field inference with a Gaussian and a bilateral kernel. The
libraries for it that can be found are not kept up and have to be compiled, so it is written here, for images
of one channel: the bilateral kernel on a grid of place and grey (Chen et al., 2007), coarse where the paper's
lattice is, so that its cost does not depend on its reach. Both kernels end: the Gaussian one after three
standard deviations, the bilateral one after two to three cells of the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

_CELL = 1.1
"""A grid's cell, in standard deviations: what grid and interpolation blur is that much narrower than it."""
_FEW = 0.02
"""Added to how much is alike to a pixel, a part of one neighbour: who has none is told nothing."""


@dataclass(frozen=True, slots=True)
class CrfOptions:
    """How labels are made to agree. A weight is what logits rise by where all others agree.

    Symbols are all black, so `alike` also draws a symbol to the one that it touches: it should not be more
    than a network's usual confidence.

    Attributes:
        near: weight of pixels that are near, whatever their grey.
        near_reach: standard deviation of that nearness, in pixels.
        alike: weight of pixels that are near and alike in grey.
        alike_reach: standard deviation of that nearness, in pixels.
        alike_grey: standard deviation of the likeness, in greys of 255.
        rounds: how often labels are made to agree.
        least: classes that are nowhere more probable than that stay as they are, which saves time.
    """

    near: float = 1.0
    near_reach: float = 1.5
    alike: float = 3.0
    alike_reach: float = 4.0
    alike_grey: float = 24.0
    rounds: int = 5
    least: float = 0.02


def refine(
    probability: NDArray[np.float32], image: NDArray[np.uint8], options: CrfOptions | None = None
) -> NDArray[np.float32]:
    """Probabilities of classes at each pixel that agree with one another and with the image's edges.

    Args:
        probability: (classes, height, width), at each pixel 1 in all.
        image: (height, width), greys.
        options: how they are made to agree.

    Returns:
        Probabilities of the same shape; without weights, those that were given.

    Raises:
        ValueError: image and probabilities differ in size.

    Example:
        >>> probability = np.full((2, 9, 9), 0.2, np.float32)
        >>> probability[0] = 0.8
        >>> probability[:, 4, 4] = 0.3, 0.7  # a grain of salt
        >>> image = np.full((9, 9), 255, np.uint8)
        >>> int(refine(probability, image).argmax(axis=0).sum())
        0
    """
    if probability.shape[1:] != image.shape:
        message = f"probabilities of {probability.shape[1:]} pixels, but an image of {image.shape}"
        raise ValueError(message)
    options = options or CrfOptions()
    result = probability.astype(np.float32)
    told = result.max(axis=(1, 2), initial=0) > options.least
    if told.sum() < 2:
        return result
    share = np.maximum(result[told].sum(axis=0), 1e-6)
    unary = np.log(np.maximum(result[told] / share, 1e-6))
    kernels = _Kernels(image, options)
    agreed = _softmax(unary)
    for _ in range(options.rounds):
        agreed = _softmax(unary + np.stack([kernels.message(one) for one in agreed]))
    result[told] = agreed * share
    return result


class _Kernels:
    """What the others say to each pixel: the means of their probabilities, weighed by the kernels.

    Means, not sums: near the image's rim and in thin lines, what is said counts as much as elsewhere. No
    pixel speaks to itself.
    """

    def __init__(self, image: NDArray[np.uint8], options: CrfOptions) -> None:
        self._image, self._options = image, options
        self._cell = np.float32(_CELL * options.alike_reach)
        self._shade = np.float32(_CELL * options.alike_grey)
        ones = np.ones(image.shape, np.float32)
        self._self = _blurred_spike(options.near_reach)
        self._near = self._blur(ones) - self._self
        self._own = np.empty_like(ones)
        _own(image, self._cell, self._shade, self._own)
        self._alike = self._bilateral(ones) - self._own + _FEW

    def message(self, probability: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of one class."""
        near = (self._blur(probability) - self._self * probability) / self._near
        alike = (self._bilateral(probability) - self._own * probability) / self._alike
        result: NDArray[np.float32] = (
            np.float32(self._options.near) * near + np.float32(self._options.alike) * alike
        )
        return result

    def _blur(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        sigma = self._options.near_reach
        blurred = cv2.GaussianBlur(values, (_taps(sigma),) * 2, sigma, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(blurred, np.float32)

    def _bilateral(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, columns = (int((side - 1) / self._cell) + 2 for side in values.shape)
        grid = np.zeros((rows, columns, int(255 / self._shade) + 2), np.float32)
        _splat(values, self._image, self._cell, self._shade, grid)
        for axis in range(3):
            moved = np.moveaxis(grid, axis, 0)
            wide = moved * np.float32(0.5)
            wide[1:] += np.float32(0.25) * moved[:-1]
            wide[:-1] += np.float32(0.25) * moved[1:]
            grid = np.moveaxis(wide, 0, axis)
        result = np.empty_like(values)
        _slice(np.ascontiguousarray(grid), self._image, self._cell, self._shade, result)
        return result


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    odds = np.exp(logits - logits.max(axis=0))
    result: NDArray[np.float32] = odds / odds.sum(axis=0)
    return result


def _taps(sigma: float) -> int:
    return 2 * int(3 * sigma + 0.5) + 1


def _blurred_spike(sigma: float) -> np.float32:
    """What a Gaussian blur leaves of a single 1."""
    kernel = cv2.getGaussianKernel(_taps(sigma), sigma)
    return np.float32(kernel.max() ** 2)


@njit(cache=True)
def _splat(values, image, cell, shade, grid):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Add each pixel to the eight knots of a grid (rows, columns, greys) around it."""
    one = np.float32(1)
    for y in range(image.shape[0]):
        row = int(y / cell)
        low = np.float32(y / cell - row)
        for x in range(image.shape[1]):
            column, grey = int(x / cell), int(image[y, x] / shade)
            right, bright = np.float32(x / cell - column), np.float32(image[y, x] / shade - grey)
            for i in range(2):
                down = values[y, x] * (low if i else one - low)
                for j in range(2):
                    across = down * (right if j else one - right)
                    grid[row + i, column + j, grey] += across * (one - bright)
                    grid[row + i, column + j, grey + 1] += across * bright


@njit(cache=True)
def _slice(grid, image, cell, shade, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """The grid's values where each pixel is."""
    one = np.float32(1)
    for y in range(image.shape[0]):
        row = int(y / cell)
        low = np.float32(y / cell - row)
        for x in range(image.shape[1]):
            column, grey = int(x / cell), int(image[y, x] / shade)
            right, bright = np.float32(x / cell - column), np.float32(image[y, x] / shade - grey)
            total = np.float32(0)
            for i in range(2):
                down = low if i else one - low
                for j in range(2):
                    across = down * (right if j else one - right)
                    knots = grid[row + i, column + j]
                    total += across * ((one - bright) * knots[grey] + bright * knots[grey + 1])
            result[y, x] = total


@njit(cache=True)
def _own(image, cell, shade, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """How much of each pixel comes back to itself: of each axis, between two knots, 1/2 to 3/8."""
    for y in range(image.shape[0]):
        low = y / cell - int(y / cell)
        down = 0.5 - 0.5 * low * (1 - low)
        for x in range(image.shape[1]):
            right = x / cell - int(x / cell)
            bright = image[y, x] / shade - int(image[y, x] / shade)
            result[y, x] = down * (0.5 - 0.5 * right * (1 - right)) * (0.5 - 0.5 * bright * (1 - bright))
