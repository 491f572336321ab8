"""Decoded images of every kind brought to grey, in strips, so that a large one costs little more memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:  # numpy takes longer to load than a page to decode, and only files of numbers need it
    import numpy as np
    from numpy.typing import NDArray

_STRIP = 1 << 24
"""Pixels of a strip."""
_PART = 1 << 18
"""Bytes that are handed on at a time."""
_WHITES = (1, 255, 1023, 4095, 16_383, 65_535)
"""Values that mean white, by how many bits a scanner really gave."""
_NUMBERS = ("I", "F")


@dataclass(frozen=True, slots=True, eq=False)
class Grey:
    """A page as decoded.

    Attributes:
        pixels: "L", 0 black, 255 white, upright.
        resolution: its dots per inch, 0 where they are not known.
        original: width and height in the file, upright, before it was reduced or stretched.
    """

    pixels: Image.Image
    resolution: float
    original: tuple[int, int]

    def parts(self) -> Iterator[bytes]:
        """The pixels row by row, some rows at a time: pieces that stay in the processor's cache."""
        rows = max(1, _PART // self.pixels.width)
        for top in range(0, self.pixels.height, rows):
            bottom = min(self.pixels.height, top + rows)
            yield self.pixels.crop((0, top, self.pixels.width, bottom)).tobytes()


def to_grey(image: Image.Image, factor: int = 1, *, inverted: bool = False) -> Image.Image:
    """A loaded image as grey ("L"), reduced by a whole factor, averaging.

    Colours become their luminance; what is transparent shows white paper; numbers of more than 8 bits are
    scaled by the least usual white that they stay under; `inverted` says that their 0 is white.
    """
    width, height = image.size
    white = _white(image) if _is_numbers(image) else 0.0
    if factor == 1 and width * height <= _STRIP:
        return _grey_strip(image, white, inverted=inverted)
    grey = Image.new("L", (math.ceil(width / factor), math.ceil(height / factor)))
    for top, strip in _strips(image, factor):
        part = _grey_strip(strip, white, inverted=inverted)
        grey.paste(part.reduce(factor) if factor > 1 else part, (0, top // factor))
    return grey


def _strips(image: Image.Image, factor: int) -> Iterator[tuple[int, Image.Image]]:
    rows = max(1, _STRIP // image.width // factor) * factor
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def _is_numbers(image: Image.Image) -> bool:
    return image.mode in _NUMBERS or image.mode.startswith("I;")


def _white(image: Image.Image) -> float:
    """Which number is white."""
    import numpy as np  # noqa: PLC0415

    most = max(float(np.max(_numbers(strip), initial=0.0)) for _, strip in _strips(image, 1))
    wholes = image.mode != "F"
    return float(next((white for white in _WHITES[wholes:] if most <= white), most))


def _numbers(image: Image.Image) -> NDArray[np.float32]:
    import numpy as np  # noqa: PLC0415

    return np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=0.0, neginf=0.0)


def _grey_strip(image: Image.Image, white: float, *, inverted: bool) -> Image.Image:
    if white:
        import numpy as np  # noqa: PLC0415

        values = np.clip(_numbers(image) * np.float32(255.0 / white), 0, 255)
        grey = np.rint(values).astype(np.uint8)
        return Image.fromarray(255 - grey if inverted else grey)
    if image.has_transparency_data:
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
        image = paper
    if image.mode in ("LAB", "La"):
        return image.getchannel(0)
    return image if image.mode == "L" else image.convert("L")
