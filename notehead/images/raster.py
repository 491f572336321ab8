"""Image files by Pillow: every kind, depth and orientation, one page or several."""

from __future__ import annotations

import contextlib
import math
import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from notehead.images.failure import FETCH, SCAN, DocumentError
from notehead.images.grey import Grey, to_grey
from notehead.images.options import MOST_STORED, shrunk
from notehead.images.tiff import page_frames

_DAMAGE = (
    OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError,
    RuntimeError, AssertionError, struct.error, zlib.error,
)  # fmt: skip
"""What Pillow raises for files that are damaged, some of them on purpose."""
_MOST_BYTES = 800_000_000
"""Of one decoded image in Pillow's memory."""
_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2}
_ORIENTATION = 0x0112
_PHOTOMETRIC = 262
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class RasterDocument:
    """An opened image file. Only TIFF has pages; of an animation the first picture is read.

    Raises:
        DocumentError: its beginning is damaged.
    """

    def __init__(self, path: Path, kind: str) -> None:
        Image.MAX_IMAGE_PIXELS = None  # this module has limits of its own
        self._file = path.open("rb")
        self._frames = page_frames(self._file) if kind == "TIFF" else [0]
        if not self._frames:
            message = "it is a damaged TIFF file (it holds no image)"
            raise DocumentError(message, FETCH)
        self._kind = kind
        self._image = self._opened()
        self._decoded = 0

    def _opened(self) -> Image.Image:
        self._file.seek(0)
        with _damage(self._kind):
            return Image.open(self._file, formats=(self._kind,))

    @property
    def count(self) -> int:
        """Number of pages."""
        return len(self._frames)

    def page(self, number: int, resolution: float, most_pixels: int) -> Grey:
        """One page, upright, with square pixels, of at most about `most_pixels`.

        Raises:
            DocumentError: the page is damaged, or larger than any page.
        """
        del resolution  # pixels are what they are
        if number == self._decoded:  # what was decoded has lost what its head said
            self._image = self._opened()
        self._decoded = number
        with _damage(self._kind):
            if self._kind == "TIFF":
                self._image.seek(self._frames[number - 1])
            return _upright_page(self._image, most_pixels)


@contextmanager
def _damage(kind: str) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UnidentifiedImageError as error:
        message = f"it is a {kind} file that is damaged or of an unusual kind"
        raise DocumentError(message, "Save it as PNG, or fetch it again.") from error
    except _DAMAGE as error:
        message = f"it is a damaged {kind} file ({error})"
        raise DocumentError(message, FETCH) from error


def _upright_page(image: Image.Image, most_pixels: int) -> Grey:
    width, height = image.size
    _check_size(image)
    turn = 1 if image.format == "TIFF" else _orientation(image)  # Pillow turns TIFF itself
    inverted = image.format == "TIFF" and _white_is_zero(image)
    across, down = _density(image)
    known = "dpi" in image.info
    stretch_x, stretch_y = max(across, down) / across, max(across, down) / down
    scale = shrunk(width * stretch_x, height * stretch_y, most_pixels)
    size = max(1, round(width * stretch_x * scale)), max(1, round(height * stretch_y * scale))
    if image.format in ("JPEG", "MPO"):
        image.draft("L", size)
    promised = image.size
    image.load()
    if image.size != promised:
        message = f"{promised[0]} x {promised[1]} pixels were promised, {image.width} x {image.height} came"
        raise ValueError(message)
    factor = max(1, math.isqrt(image.width * image.height // (size[0] * size[1])))
    grey = to_grey(image, factor, inverted=inverted)
    if grey.size != size:
        shrinks = grey.width >= size[0] and grey.height >= size[1]
        grey = grey.resize(size, Image.Resampling.HAMMING if shrinks else Image.Resampling.BILINEAR)
    if turn in _UPRIGHT:
        grey = grey.transpose(_UPRIGHT[turn])
    inches = max(width / across, height / down)
    resolution = max(across, down) * scale if known and 0.25 <= inches <= 50 else 0.0
    original = (height, width) if turn >= 5 else (width, height)
    return Grey(grey, resolution, original)


def _check_size(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MOST_STORED or pixels * _BYTES.get(image.mode, 4) > _MOST_BYTES:
        colours = "" if pixels > MOST_STORED else " in colour"
        message = f"{image.width:,} x {image.height:,} pixels{colours} are more than any page has"
        raise DocumentError(message, SCAN)


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8; what is damaged in EXIF is no reason not to read the image."""
    with contextlib.suppress(*_DAMAGE):
        value = image.getexif().get(_ORIENTATION, 1)
        return value if isinstance(value, int) and 1 <= value <= 8 else 1
    return 1


def _white_is_zero(image: Image.Image) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    return bool(tags.get(_PHOTOMETRIC) == 0)


def _density(image: Image.Image) -> tuple[float, float]:
    """Pixels per unit across and down; (1, 1) where they are equal and unknown, or make no sense."""
    for name in ("dpi", "resolution"):
        with contextlib.suppress(*_DAMAGE):
            across, down = (float(value) for value in image.info[name])
            if not (1 <= across <= 20_000 and 1 <= down <= 20_000 and 1 / 8 <= across / down <= 8):
                continue
            turned = image.format == "TIFF" and _tiff_is_turned(image)
            across, down = (down, across) if turned else (across, down)
            return (across, down) if abs(across / down - 1) > 0.02 else (across, across)
    return 1.0, 1.0


def _tiff_is_turned(image: Image.Image) -> bool:
    tags: Any = getattr(image, "tag_v2", {})
    return tags.get(_ORIENTATION) in (5, 6, 7, 8)
