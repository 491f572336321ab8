"""Emmentaler, LilyPond's music font: outlines of glyphs by their own names."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from notehead.engrave.lilypond.program import find, version
from notehead.engrave.outlines import FlatteningPen, Outline
from notehead.errors import MissingExtraError

FONTS = ("Emmentaler",)
"""The music fonts that LilyPond ships; Emmentaler has a cut for each of eight sizes."""


@cache
def font_folder() -> Path:
    """Where LilyPond keeps its fonts; raises MissingExtraError where they are not found."""
    for prefix in Path(find("lilypond")).resolve().parents:
        for place in (prefix / "share" / "lilypond" / version() / "fonts" / "otf",):
            if place.is_dir():
                return place
    message = f"the fonts of LilyPond {version()} are not where its program is"
    raise MissingExtraError(message, "Install Debian's package lilypond-data.")


def is_music_font(font: str) -> bool:
    """Whether a font is LilyPond's own; letters that it lacks come from others, which are not read here."""
    return font.lower().startswith("emmentaler")


@cache
def _open(font: str) -> tuple[Any, float]:
    opened = TTFont(font_folder() / f"{font}.otf", lazy=True)
    return opened.getGlyphSet(), 1000.0 / opened["head"].unitsPerEm


@cache
def glyph_outline(font: str, name: str) -> Outline:
    """A glyph of a cut of the font in thousandths of an em, y downwards.

    Args:
        font: such as `emmentaler-20`.
        name: such as `noteheads.s2`.

    Raises:
        KeyError: the font has no such glyph.
    """
    glyphs, scale = _open(font)
    pen = FlatteningPen(glyphs)
    glyphs[name].draw(pen)
    outline = pen.outline()
    return Outline(outline.points * scale, outline.starts, float(glyphs[name].width) * scale)
