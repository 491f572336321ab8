"""Layers of a page that lie inside of other files, in archives and tables: PNG images, and runs."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, UnidentifiedImageError

from notehead.errors import DatasetError
from notehead.images import overlap_runs, put_runs
from notehead.images.read import MOST_PIXELS

_MODES = {2: "L", 3: "RGB"}
"""What Pillow calls grey and coloured images of 8 bits, by the dimensions of their array."""
_DAMAGE = (
    ArithmeticError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError,
    struct.error, zlib.error, cv2.error, Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow and OpenCV raise for files that are damaged."""
_REMEDY = "Fetch or convert the dataset again."


def embedded_png(data: bytes, shape: tuple[int, ...], where: str) -> NDArray[np.uint8]:
    """The pixels of a PNG image, uint8 of this shape: (height, width), or (height, width, 3) for RGB.

    Args:
        data: the image file.
        shape: what the image must have; one that does not is not decoded.
        where: the file and the entry in it, for errors.

    Raises:
        DatasetError: the image is damaged, none, of another size or kind, or larger than any page.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
                found, mode = image.size[::-1], image.mode
        if found == shape[:2] and mode == _MODES[len(shape)] and np.prod(found) <= MOST_PIXELS:
            return _decoded(data)
    except UnidentifiedImageError as error:
        message = f"{where}: not a readable image"
        raise DatasetError(message, _REMEDY) from error
    except _DAMAGE as error:
        message = f"{where}: damaged image ({error})"
        raise DatasetError(message, _REMEDY) from error
    if found != shape[:2]:
        message = f"{where}: {found[1]} x {found[0]} pixels, its annotation says {shape[1]} x {shape[0]}"
    else:
        message = f"{where}: not an image of a page, but of kind {mode}"
    raise DatasetError(message, _REMEDY)


def _decoded(data: bytes) -> NDArray[np.uint8]:
    """OpenCV takes two thirds of Pillow's time."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        message = "cut off, or with a wrong checksum"
        raise ValueError(message)
    found = np.asarray(pixels, np.uint8)
    return found if found.ndim == 2 else found[:, :, ::-1]


def layer_of_runs(numbers: ArrayLike, shape: tuple[int, int]) -> NDArray[np.uint16]:
    """An id layer (height, width) of runs: first pixel, length, id, and so on, pixels numbered row by row.

    Raises:
        ValueError: a run leaves the page.
    """
    runs = np.asarray(numbers, np.int64).reshape(-1, 3)
    start, length, identity = runs.T
    most = np.iinfo(np.uint16).max
    if (runs < 0).any() or (length > shape[0] * shape[1] - start).any() or (identity > most).any():
        message = "a run of covered pixels leaves the page"
        raise ValueError(message)
    return put_runs(runs.astype(np.int32), shape)


def runs_of_layer(layer: NDArray[np.uint16] | None) -> list[int]:
    """The runs of an id layer, none for no layer.

    Example:
        >>> runs_of_layer(np.array([[0, 7, 7], [5, 0, 0]], np.uint16))
        [1, 2, 7, 3, 1, 5]
    """
    found: list[int] = [] if layer is None else overlap_runs(layer).ravel().tolist()
    return found
