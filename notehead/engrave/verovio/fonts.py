"""Verovio's five music fonts: SMuFL names of their glyphs, and outlines."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import verovio
from fontTools.svgLib.path import parse_path

from notehead.engrave.outlines import FlatteningPen, Outline

FONTS = ("Leipzig", "Bravura", "Leland", "Petaluma", "Gootville")
"""The music fonts that Verovio ships. DeepScores used five fonts, too."""

DATA = Path(verovio.__file__).parent / "data"
_GLYPH = re.compile(r'<g c="(\w+)"[^>]*?h-a-x="([-\d.]+)"[^>]*? n="([^"]+)"')
_PATH = re.compile(r' d="([^"]*)"')


@cache
def _glyphs(font: str) -> tuple[tuple[str, float, str], ...]:
    """Code point (four hexadecimal digits), advance and SMuFL name of every glyph of a font."""
    text = (DATA / f"{font}.xml").read_text(encoding="utf-8")
    return tuple((code, float(advance), name) for code, advance, name in _GLYPH.findall(text))


@cache
def glyph_names() -> dict[str, str]:
    """SMuFL name by code point, over all fonts."""
    names: dict[str, str] = {}
    for font in FONTS:
        for code, _, name in _glyphs(font):
            names.setdefault(code, name)
    return names


@cache
def glyph_codes() -> dict[str, str]:
    """Code point by SMuFL name, over all fonts."""
    return {name: code for code, name in glyph_names().items()}


@cache
def _advances(font: str) -> dict[str, float]:
    return {code: advance for code, advance, _ in _glyphs(font)}


@cache
def glyph_outline(font: str, code: str) -> Outline:
    """The outline of a glyph in thousandths of an em, y downwards; empty where the font lacks it.

    Verovio takes glyphs that a font lacks from Bravura or Leipzig, so does this.
    """
    for source in (font, "Bravura", "Leipzig"):
        file = DATA / source / f"{code}.xml"
        if file.exists():
            pen = FlatteningPen()
            for path in _PATH.findall(file.read_text(encoding="utf-8")):
                parse_path(path, pen)
            return pen.outline(_advances(source).get(code, 0.0))
    return FlatteningPen().outline()
