"""The picture of a page in the report: no wider than it is read, in few grey levels."""

from __future__ import annotations

import base64
import io

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH = 1200
"""Pixels of the widest picture."""
_LEVELS = 16
_QUALITY = 60


def picture_address(image: NDArray[np.uint8]) -> str:
    """An image as a `data:` address: PNG or JPEG, whichever is smaller.

    Args:
        image: uint8 (height, width), 0 black.
    """
    height, width = image.shape
    if width > WIDTH:
        size = WIDTH, max(1, round(height * WIDTH / width))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    kinds = {"png": _png(image), "jpeg": _jpeg(image)}
    kind = min(kinds, key=lambda name: len(kinds[name]))
    return f"data:image/{kind};base64,{base64.b64encode(kinds[kind]).decode()}"


def _png(image: NDArray[np.uint8]) -> bytes:
    step = 255 / (_LEVELS - 1)
    picture = Image.fromarray(np.rint(image / step).astype(np.uint8), "P")
    picture.putpalette([round(level * step) for level in range(_LEVELS) for _ in range(3)])
    return _saved(picture, "PNG", bits=4, compress_level=6)  # the best takes ten times longer


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    return _saved(Image.fromarray(image), "JPEG", quality=_QUALITY, optimize=True)


def _saved(picture: Image.Image, kind: str, **options: int | bool) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
