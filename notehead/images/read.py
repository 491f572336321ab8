"""Images from strangers: looked at before they are decoded, and brought to grey."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from notehead.errors import DatasetError

ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
MOST_PIXELS = 178_956_970
"""The most that Pillow opens; an A0 sheet at 300 dpi has 139 million."""

_REMEDY = "Fetch or export the image again."
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
_DAMAGE = (
    OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError,
    RuntimeError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for files that are damaged on purpose."""


@contextmanager
def opened_image(path: Path) -> Iterator[Image.Image]:
    """An image file, not yet decoded; whatever Pillow raises inside of the block is the file's damage.

    Raises:
        DatasetError: the file is missing, damaged, no image, or larger than any page.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise Image.DecompressionBombError  # noqa: TRY301  # as Pillow does
                yield image
    except Image.DecompressionBombError as error:
        message = f"{path}: more than {MOST_PIXELS:,} pixels, which no page has"
        raise DatasetError(message, _REMEDY) from error
    except UnidentifiedImageError as error:
        message = f"{path}: not a readable image"
        raise DatasetError(message, _REMEDY) from error
    except _DAMAGE as error:
        cause = getattr(error, "strerror", None) or f"damaged image ({error})"
        message = f"{path}: {cause}"
        raise DatasetError(message, _REMEDY) from error


def image_size(path: Path) -> tuple[int, int]:
    """Width and height of an image file, from its head alone.

    Raises:
        DatasetError: the file is missing, is no image, or is larger than any page.
    """
    with opened_image(path) as image:
        return image.size


def read_image(path: Path) -> NDArray[np.uint8]:
    """An image file as grey uint8 (height, width), 0 black.

    Colours become their luminance, what is transparent shows white paper, and of 16 bits the upper 8 are
    kept. An orientation that EXIF asks for is not applied: boxes refer to the pixels as they are stored;
    TIFF's own is. Of several images in a file the first is read.

    Raises:
        DatasetError: as `image_size`, or the file is damaged, or its pixels are no colours.
    """
    with opened_image(path) as image:
        return _grey(image)


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    width, height = image.size
    image.load()
    if image.size != (width, height):  # Pillow stumbles over TIFF that is stored unpacked and turned
        message = f"{width} x {height} pixels were promised, {image.width} x {image.height} came"
        raise ValueError(message)
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)
    if image.mode in ("I", "F"):
        message = f"pixels of kind {image.mode}, not of 8 or 16 bits"
        raise ValueError(message)
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    return np.array(image if image.mode == "L" else image.convert("L"))


def read_sized_image(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """An image that must have the (width, height) that its annotation states; 0 is not known.

    Raises:
        DatasetError: as `read_image`, or the image has another size.
    """
    with opened_image(path) as image:
        found = image.size
        if not all(size) or found == tuple(size):
            return _grey(image)
    message = f"{path}: {found[0]} x {found[1]} pixels, its annotation says {size[0]} x {size[1]}"
    raise DatasetError(message, "Use the image that was annotated.")
