"""Which symbol each pixel of a scaled page shows."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def scaled_instances(
    image: NDArray[np.uint8], ids: NDArray[np.uint16], row_of: NDArray[np.uint16], size: tuple[int, int]
) -> NDArray[np.uint16]:
    """For each pixel of the scaled page 1 + the row of the symbol that it shows, 0 where it shows none.

    Of the pixels that a scaled one covers, the darkest one that belongs to a symbol counts: lines of a pixel
    stay whole.

    Args:
        image: uint8 (height, width), 0 black, as the ids belong to it.
        ids: of the page's symbols, uint16 (height, width).
        row_of: what each id becomes, uint16 (ids,).
        size: (width, height) of the result.

    Example:
        >>> image, ids = np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint16)
        >>> image[1], ids[1] = 0, 7
        >>> scaled_instances(image, ids, np.arange(8, dtype=np.uint16), (2, 2)).tolist()
        [[7, 7], [0, 0]]
    """
    width, height = size
    result = np.zeros((height, width), np.uint16)
    _scale(image, ids, row_of, result)
    return result


@njit(cache=True)
def _scale(image, ids, row_of, result):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    height, width = result.shape
    step_y, step_x = image.shape[0] / height, image.shape[1] / width
    for y in range(height):
        first_y = int(y * step_y + 0.5) if step_y > 1 else int((y + 0.5) * step_y)
        last_y = max(min(int((y + 1) * step_y + 0.5), image.shape[0]), first_y + 1)
        for x in range(width):
            first_x = int(x * step_x + 0.5) if step_x > 1 else int((x + 0.5) * step_x)
            last_x = max(min(int((x + 1) * step_x + 0.5), image.shape[1]), first_x + 1)
            darkest, shown = 256, 0
            for v in range(first_y, last_y):
                for u in range(first_x, last_x):
                    number = ids[v, u]
                    if number != 0 and image[v, u] < darkest and row_of[number] != 0:
                        darkest, shown = image[v, u], row_of[number]
            result[y, x] = shown
