"""Images from strangers: looked at before they are decoded, and brought to grey."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from notehead.errors import DatasetError

ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
MOST_PIXELS = 400_000_000
"""Larger than the largest page that anybody scans (A0 at 400 dpi is 247 million)."""

_REMEDY = "Fetch or export the image again."
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")


def image_size(path: Path) -> tuple[int, int]:
    """Width and height of an image file, from its head alone.

    Raises:
        DatasetError: the file is missing, is no image, or is larger than any page.
    """
    try:
        with warnings.catch_warnings(), Image.open(path, formats=_FORMATS) as image:
            warnings.simplefilter("ignore")
            width, height = image.size
    except Image.DecompressionBombError as error:
        message = f"{path}: {error}"
        raise DatasetError(message, _REMEDY) from error
    except UnidentifiedImageError as error:
        message = f"{path}: not a readable image"
        raise DatasetError(message, _REMEDY) from error
    except (OSError, SyntaxError, ValueError) as error:
        message = f"{path}: {getattr(error, 'strerror', None) or error}"
        raise DatasetError(message, _REMEDY) from error
    if width * height > MOST_PIXELS:
        message = f"{path}: {width} x {height} pixels are more than a page can have"
        raise DatasetError(message, _REMEDY)
    return width, height


def read_image(path: Path) -> NDArray[np.uint8]:
    """An image file as grey uint8 (height, width), 0 black; colours become their luminance.

    Raises:
        DatasetError: as `image_size`, or the file is damaged.
    """
    width, height = image_size(path)
    pixels = None
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    with contextlib.suppress(cv2.error, OSError):
        pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), flags)
    if pixels is None or pixels.shape != (height, width):
        message = f"{path}: damaged image"
        raise DatasetError(message, _REMEDY)
    return np.asarray(pixels, np.uint8)


def read_sized_image(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """An image that must have the (width, height) that its annotation states; 0 is not known.

    Raises:
        DatasetError: as `read_image`, or the image has another size.
    """
    found = image_size(path)
    if all(size) and found != tuple(size):
        message = f"{path}: {found[0]} x {found[1]} pixels, its annotation says {size[0]} x {size[1]}"
        raise DatasetError(message, "Use the image that was annotated.")
    return read_image(path)
