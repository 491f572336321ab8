"""Text from font outlines: letters are drawn as glyphs, so that an image needs no text renderer.

The fonts are those that matplotlib ships (STIX, a Times; DejaVu; Computer Modern), so every machine
draws the same letters.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
from fontTools import agl
from fontTools.misc.loggingTools import CapturingLogHandler
from fontTools.ttLib import TTFont

from notehead.engrave.outlines import FlatteningPen, Outline

TextFont = Literal["STIX", "DejaVu Serif", "DejaVu Sans", "Computer Modern", "Computer Modern Sans"]
TEXT_FONTS: tuple[TextFont, ...] = (
    "STIX",
    "DejaVu Serif",
    "DejaVu Sans",
    "Computer Modern",
    "Computer Modern Sans",
)
"""Text fonts that a style can name."""
TEXT_WIDTHS = (0.88, 0.94, 1.0)
"""How much letters can be narrowed; few steps, since every outline is kept."""

# Importing matplotlib would cost every worker a tenth of a second; the fonts are all that is wanted.
_FOLDER = Path(getattr(find_spec("matplotlib"), "origin", "")).parent / "mpl-data" / "fonts" / "ttf"
_FILES = {
    "STIX": ("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    "DejaVu Serif": ("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    "DejaVu Sans": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    "Computer Modern": ("cmr10", "cmb10", "cmti10", "cmb10"),
    "Computer Modern Sans": ("cmss10", "cmb10", "cmss10", "cmb10"),
}
"""Files of the upright, bold, italic and bold italic face."""
_WIDTH_LIKE_TIMES = {
    "STIX": 1.0,
    "DejaVu Serif": 0.84,
    "DejaVu Sans": 0.84,
    "Computer Modern": 0.92,
    "Computer Modern Sans": 0.95,
}
"""Engravers space text for a Times; wider fonts are set smaller."""
_SLANTED = {
    "Computer Modern": (False, False, False, True),
    "Computer Modern Sans": (False, False, True, True),
}
"""Faces that have no file of their own and are an upright one, slanted."""
_SLANT = 0.2
_LENDERS: tuple[TextFont, ...] = ("STIX", "DejaVu Serif", "DejaVu Sans")
"""Fonts that lend letters, in this order."""
_ACCENTS = {
    "\u0300": "`", "\u0301": "\u00b4", "\u0302": "\u02c6", "\u0303": "\u02dc", "\u0304": "\u00af",
    "\u0306": "\u02d8", "\u0307": "\u02d9", "\u0308": "\u00a8", "\u030a": "\u02da", "\u030b": "\u02dd",
    "\u030c": "\u02c7", "\u0327": "\u00b8",
}  # fmt: skip
"""Accents that stand alone, by the accent that combines."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Mn", "Me"})
"""Categories of characters that take no room where no font has them."""


@dataclass(frozen=True, slots=True)
class Face:
    """A text font in one weight, slope and width."""

    font: TextFont = "STIX"
    bold: bool = False
    italic: bool = False
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class _File:
    glyphs: Any
    names: dict[int, str]
    widths: Any
    scale: float


@cache
def _open(file: str) -> _File:
    font = TTFont(_FOLDER / f"{file}.ttf", lazy=True)
    with CapturingLogHandler("fontTools", "ERROR"):  # which tells of dates that mean nothing here
        scale = 1000.0 / font["head"].unitsPerEm
    names = font.getBestCmap()
    if file.startswith("cm"):  # their code points are TeX's, but the glyphs bear Unicode's names
        spelt = ((agl.toUnicode(name), name) for name in font.getGlyphOrder())
        names = {ord(letter): name for letter, name in spelt if len(letter) == 1}
    return _File(font.getGlyphSet(), names, font["hmtx"], scale)


@cache
def letter(face: Face, character: str) -> Outline:
    """One letter in thousandths of an em, y downwards.

    Accented letters that the face lacks are put together from their parts; other letters are taken from
    STIX or DejaVu. One that no font has is an empty outline as wide as a space, never a box; one that
    nobody sees, such as a joiner, has no width either.

    Example:
        >>> letter(Face("Computer Modern"), "e").advance == letter(Face("Computer Modern"), "ě").advance
        True
        >>> len(letter(Face(), "曲").points)
        0
    """
    for font in (face.font, *_LENDERS):
        found = _own(replace(face, font=font), character)
        if found is not None:
            return found
    blank = FlatteningPen().outline()
    return replace(blank, advance=0.0 if unicodedata.category(character) in _INVISIBLE else 250.0)


def has_letter(face: Face, character: str) -> bool:
    """Whether a face has a letter itself, whole or in parts."""
    return _own(face, character) is not None


@cache
def _own(face: Face, character: str) -> Outline | None:
    """A letter of the face's own, None where it has none."""
    style = 2 * face.italic + face.bold
    file = _open(_FILES[face.font][style])
    name = file.names.get(ord(character))
    if name is None:
        return _composed(face, character)
    pen = FlatteningPen(file.glyphs)
    file.glyphs[name].draw(pen)
    outline = pen.outline()
    scale = file.scale * _WIDTH_LIKE_TIMES[face.font]
    points = outline.points * (scale * face.width, scale)
    if _SLANTED.get(face.font, (False,) * 4)[style]:
        points[:, 0] -= _SLANT * points[:, 1]
    return Outline(points, outline.starts, float(file.widths[name][0]) * scale * face.width)


def _composed(face: Face, character: str) -> Outline | None:
    """A letter with one accent, from a letter and an accent that stands alone."""
    parts = unicodedata.normalize("NFD", character)
    if len(parts) != 2 or parts[1] not in _ACCENTS:
        return None
    below = parts[1] == "\u0327"
    base = _own(face, "\u0131" if parts[0] == "i" and not below else parts[0])
    accent = _own(face, _ACCENTS[parts[1]])
    if base is None or accent is None:
        return None
    top = base.bounds[1] - _own_height(face)
    x = (base.bounds[0] + base.bounds[2] - accent.bounds[0] - accent.bounds[2]) / 2
    shift = (x, 0.0 if below else min(top, 0.0))
    return Outline(
        np.concatenate((base.points, accent.points + shift)),
        np.concatenate((base.starts, accent.starts[1:] + base.starts[-1])),
        base.advance,
    )


def _own_height(face: Face) -> float:
    """Top of a small letter, which accents that stand alone are drawn for."""
    small = _own(face, "x")
    return small.bounds[1] if small is not None else 0.0
