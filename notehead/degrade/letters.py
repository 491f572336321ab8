"""Letters for stamps and labels, in the typefaces that come with matplotlib: the same on every machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

# importing matplotlib would cost every worker a tenth of a second; the fonts are all that is wanted
_FOLDER = Path(getattr(find_spec("matplotlib"), "origin", "")).parent / "mpl-data" / "fonts" / "ttf"

PRINTED = ("STIXGeneral", "STIXGeneralBol", "cmr10", "DejaVuSerif-Bold", "DejaVuSans-Bold", "cmss10")
"""Faces of stamps: type of a book, fat type, type without serifs."""
TYPED = ("cmtt10", "DejaVuSansMono", "DejaVuSansMono-Bold")
"""Faces of typewriters and of numbering machines."""


def letters(text: str, size: int, face: str = "STIXGeneral", spaced: float = 0.0) -> NDArray[np.uint8]:
    """A line of text, 255 for ink, just large enough to hold it: uint8 (height, width).

    Args:
        text: what it says.
        size: of the type in pixels.
        face: one of `PRINTED` or `TYPED`.
        spaced: extra space after each letter, as a share of the size.

    Example:
        >>> letters("No. 12", 20, "cmtt10").max()
        np.uint8(255)
    """
    font = ImageFont.truetype(_FOLDER / f"{face}.ttf", max(size, 1), layout_engine=ImageFont.Layout.BASIC)
    starts, x = [], 0.0
    for part in text if spaced else [text]:
        starts.append((round(x), part))
        x += font.getlength(part) + spaced * size
    _, y0, _, y1 = font.getbbox(text)
    image = Image.new("L", (int(x) + size + 3, int(y1 - y0) + 3), 0)
    pen = ImageDraw.Draw(image)
    for start, part in starts:
        pen.text((start + size // 2, 1 - y0), part, fill=255, font=font)
    drawn = np.asarray(image)
    used = np.flatnonzero(drawn.any(axis=0))
    return np.ascontiguousarray(drawn[:, used[0] : used[-1] + 1] if len(used) else drawn[:, :1])
