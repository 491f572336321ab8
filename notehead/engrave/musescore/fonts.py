"""MuseScore's music fonts, read out of the program itself: it holds them uncompressed.

Glyphs in its SVG have no names; their outlines are those of these fonts, so a glyph is known by its shape.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError

from notehead.engrave.outlines import FlatteningPen, Outline
from notehead.engrave.verovio.fonts import glyph_names

FONTS = ("Emmentaler", "Bravura", "Gonville", "MuseJazz", "Leland", "Petaluma")
"""MuseScore's names of its music fonts; Leland and Petaluma came with 3.6."""
USUAL_FONTS = FONTS[:4]
_FAMILIES = {"MScore": "Emmentaler", "Gootville": "Gonville"}
"""Names of fonts that differ from what a style calls them."""
_FULL_NAMES = {"MScore for scores": "MScore"}
TEXT_FONTS = {"Emmentaler": "MScore Text", "Gonville": "Gootville Text"}
"""The font of music symbols in text; else the music font's name with `Text` behind it."""
_START = re.compile(rb"(?:OTTO|\x00\x01\x00\x00)\x00[\x08-\x20]")
_LONGEST = 8_000_000
_TEXT_FOLDER = Path("/usr/share/fonts/truetype/freefont")


def _embedded(data: bytes) -> Iterator[tuple[str, TTFont]]:
    """Every font that a file holds, with its full name."""
    for start in _START.finditer(data):
        try:
            font = TTFont(io.BytesIO(data[start.start() : start.start() + _LONGEST]), lazy=True)
            name = font["name"].getDebugName(4) or ""
        except (TTLibError, KeyError, AssertionError, ValueError):
            continue
        yield name, font


@cache
def embedded_fonts(program: Path) -> Mapping[str, Any]:
    """The music fonts inside the program, by the name that a style gives them."""
    fonts = {}
    for full, font in _embedded(program.read_bytes()):
        family = _FULL_NAMES.get(full, full)
        name = _FAMILIES.get(family, family)
        if name in FONTS:
            fonts[name] = font
    return fonts


@cache
def font_glyphs(program: Path, font: str) -> Mapping[str, Outline]:
    """Outlines by SMuFL name in thousandths of an em, y downwards, origin as in the font."""
    source = embedded_fonts(program).get(font)
    if source is None:
        return {}
    glyphs, scale = source.getGlyphSet(), 1000.0 / source["head"].unitsPerEm
    names = glyph_names()
    found: dict[str, Outline] = {}
    for code, glyph in source.getBestCmap().items():
        name = names.get(f"{code:04X}")
        if name is None:
            continue
        pen = FlatteningPen(glyphs)
        glyphs[glyph].draw(pen)
        outline = pen.outline(float(glyphs[glyph].width) * scale)
        if len(outline.points):
            found[name] = Outline(outline.points * scale, outline.starts, outline.advance)
    return found


@cache
def text_digits() -> tuple[Mapping[str, Outline], ...]:
    """Digits of the text font that MuseScore sets tuplets and fingerings in, as SMuFL names, by face.

    Empty where the font (FreeSerif, on which Debian's package depends) is not installed.
    """
    faces = []
    for file in sorted(_TEXT_FOLDER.glob("FreeSerif*.ttf")):
        digits = {}
        with TTFont(file) as font:
            glyphs, codes = font.getGlyphSet(), font.getBestCmap()
            for digit in "0123456789":
                pen = FlatteningPen(glyphs)
                glyphs[codes[ord(digit)]].draw(pen)
                digits[f"tuplet{digit}"] = digits[f"fingering{digit}"] = pen.outline()
        faces.append(digits)
    return tuple(faces)
