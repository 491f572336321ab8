"""MuseScore's music fonts, read out of the program itself: it holds them uncompressed.

Glyphs in its SVG have no names; their outlines are those of these fonts, so a glyph is known by its shape.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont, TTLibError

from notehead.engrave.musescore.letters import Face, face_of
from notehead.engrave.outlines import FlatteningPen, Outline
from notehead.engrave.style import Style
from notehead.engrave.text import TextFont
from notehead.engrave.verovio.fonts import glyph_names

FONTS = ("Emmentaler", "Bravura", "Gonville", "MuseJazz", "Leland", "Petaluma")
"""MuseScore's names of its music fonts; Leland and Petaluma came with 3.6."""
USUAL_FONTS = FONTS[:4]
_FAMILIES = {"MScore": "Emmentaler", "Gootville": "Gonville"}
"""Names of fonts that differ from what a style calls them."""
_FULL_NAMES = {"MScore for scores": "MScore"}
TEXT_FONTS = {"Emmentaler": "MScore Text", "Gonville": "Gootville Text"}
"""The font of music symbols in text; else the music font's name with `Text` behind it."""
FAMILIES: Mapping[TextFont, str] = {
    "STIX": "STIXGeneral",
    "DejaVu Serif": "DejaVu Serif",
    "DejaVu Sans": "DejaVu Sans",
    "Computer Modern": "STIXGeneral",
    "Computer Modern Sans": "DejaVu Sans",
}
"""Families of text fonts. Computer Modern's letters have no Unicode, so others stand in."""
_FILES = {
    "STIXGeneral": ("STIXGeneral", "STIXGeneralItalic", "STIXGeneralBol", "STIXGeneralBolIta"),
    "DejaVu Serif": ("DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSerif-Bold", "DejaVuSerif-BoldItalic"),
    "DejaVu Sans": ("DejaVuSans", "DejaVuSans-Oblique", "DejaVuSans-Bold", "DejaVuSans-BoldOblique"),
}
_SIGNS = {
    "accidentalFlat": "\u266d", "accidentalNatural": "\u266e", "accidentalSharp": "\u266f",
    "csymDiminished": "\u00b0", "csymHalfDiminished": "\u00f8", "csymMajorSeventh": "\u25b3",
}  # fmt: skip
"""Glyphs of the music font that stand among letters."""
_START = re.compile(rb"(?:OTTO|\x00\x01\x00\x00)\x00[\x08-\x20]")
_LONGEST = 8_000_000
LETTERS = Path(getattr(find_spec("matplotlib"), "origin", "")).parent / "mpl-data" / "fonts" / "ttf"
"""Where the text fonts of styles are (`notehead.engrave.text`)."""
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


def text_faces(program: Path, style: Style, *, wide: bool = False) -> tuple[Callable[[], Face], ...]:
    """The faces that a style's text may be set in, its own first, then what MuseScore falls back to."""
    families = dict.fromkeys((FAMILIES[style.text_font], FAMILIES[style.head_font]))
    files = [LETTERS / f"{name}.ttf" for family in families for name in _FILES[family]]
    files += sorted(_TEXT_FOLDER.glob("FreeSerif*.ttf"))
    narrow = [partial(face_of, file) for file in files]
    others = [partial(face_of, file, wide=True) for file in files] if wide else []
    return *narrow, partial(_signs, program, style.font), *others


@cache
def _signs(program: Path, font: str) -> Face:
    """The glyphs of a music font that stand among letters."""
    glyphs = font_glyphs(program, font)
    return Face.of({sign: glyphs[name] for name, sign in _SIGNS.items() if name in glyphs})


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
