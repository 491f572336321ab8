"""Text from font outlines: letters are drawn as glyphs, so that an image needs no text renderer.

The fonts are those that matplotlib ships (STIX, a Times, and DejaVu), so every machine draws the
same letters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from fontTools.ttLib import TTFont

from notehead.engrave.outlines import FlatteningPen, Outline

TextFont = Literal["STIX", "DejaVu Serif", "DejaVu Sans"]
TEXT_FONTS: tuple[TextFont, ...] = ("STIX", "DejaVu Serif", "DejaVu Sans")
"""Text fonts that a style can name."""

# Importing matplotlib would cost every worker a tenth of a second; the fonts are all that is wanted.
_FOLDER = Path(getattr(find_spec("matplotlib"), "origin", "")).parent / "mpl-data" / "fonts" / "ttf"
_FILES = {
    "STIX": ("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    "DejaVu Serif": ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    "DejaVu Sans": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
}
_WIDTH_LIKE_TIMES = {"STIX": 1.0, "DejaVu Serif": 0.86, "DejaVu Sans": 0.86}
"""Engravers space text for a Times; wider fonts are set smaller."""


@dataclass(frozen=True, slots=True)
class Face:
    """A text font in one weight and slope."""

    font: TextFont = "STIX"
    bold: bool = False
    italic: bool = False


@cache
def _open(file: str) -> tuple[Any, dict[int, str], Any, float]:
    font = TTFont(_FOLDER / f"{file}.ttf", lazy=True)
    return font.getGlyphSet(), font.getBestCmap(), font["hmtx"], 1000.0 / font["head"].unitsPerEm


@cache
def letter(face: Face, character: str) -> Outline:
    """One letter in thousandths of an em, y downwards.

    Letters that the face lacks are taken from DejaVu; one that no font has is an empty outline, as
    wide as a space.
    """
    style = 2 * face.italic + face.bold
    for font in (face.font, "DejaVu Serif", "DejaVu Sans"):
        glyphs, codes, widths, scale = _open(_FILES[font][style])
        name = codes.get(ord(character))
        if name is not None:
            scale *= _WIDTH_LIKE_TIMES[font]
            pen = FlatteningPen(glyphs)
            glyphs[name].draw(pen)
            outline = pen.outline()
            return Outline(outline.points * scale, outline.starts, float(widths[name][0]) * scale)
    return Outline(FlatteningPen().outline().points, FlatteningPen().outline().starts, 250.0)
