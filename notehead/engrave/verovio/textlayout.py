"""SVG text -> letters with places, as a browser would set them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from notehead.engrave.outlines import Outline
from notehead.engrave.text import Face, TextFont, letter
from notehead.engrave.verovio.fonts import FONTS, glyph_names, glyph_outline

_TITLE = "{http://www.w3.org/2000/svg}title"


@dataclass(frozen=True, slots=True)
class TextRuns:
    """The fonts that a page's text is set in."""

    music: str
    text: TextFont


@dataclass(frozen=True, slots=True)
class Piece:
    """One letter, or one glyph of the music font, at its place."""

    letter: str
    glyph: str
    outline: Outline
    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class _Style:
    size: float = 0.0
    music: bool = False
    bold: bool = False
    italic: bool = False
    spacing: float = 0.0
    anchor: str = "start"


def layout_text(
    text: etree._Element,
    fonts: TextRuns,
    *,
    bold: bool = False,
    italic: bool = False,
) -> Iterator[list[Piece]]:
    """The lines of a `<text>`: a new one starts wherever x or y is set anew."""
    line: list[tuple[str, _Style]] = []
    at = (0.0, 0.0)
    for position, letters, style in _walk(text, _Style(bold=bold, italic=italic)):
        if position is not None:
            if line:
                yield from _set(line, at, fonts)
                line = []
            x, y = position
            at = (at[0] if x is None else x, at[1] if y is None else y)
        if letters:
            line.append((letters, style))
    if line:
        yield from _set(line, at, fonts)


def _walk(
    node: etree._Element, style: _Style
) -> Iterator[tuple[tuple[float | None, float | None] | None, str, _Style]]:
    """(new position or None, letters, style) in reading order."""
    if node.tag == _TITLE:
        return
    style = _styled(node, style)
    x, y = node.get("x"), node.get("y")
    if x is not None or y is not None:
        yield (None if x is None else float(x), None if y is None else float(y)), "", style
    if node.text:
        yield None, node.text, style
    for child in node:
        yield from _walk(child, style)


def _styled(node: etree._Element, style: _Style) -> _Style:
    """The style inside a node."""
    changes: dict[str, Any] = {}
    for attribute, (name, read) in _ATTRIBUTES.items():
        value = node.get(attribute)
        if value is not None:
            changes[name] = read(value)
    return replace(style, **changes) if changes else style


def _pixels(value: str) -> float:
    return float(value.removesuffix("px"))


_ATTRIBUTES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "font-size": ("size", _pixels),
    "font-family": ("music", FONTS.__contains__),
    "font-weight": ("bold", lambda value: value == "bold"),
    "font-style": ("italic", lambda value: value in {"italic", "oblique"}),
    "letter-spacing": ("spacing", _pixels),
    "text-anchor": ("anchor", str),
}


def _set(line: list[tuple[str, _Style]], at: tuple[float, float], fonts: TextRuns) -> Iterator[list[Piece]]:
    """Set one line at its anchor; blank lines give nothing."""
    x, y = at
    pieces: list[Piece] = []
    names = glyph_names()
    for letters, style in line:
        face = Face(fonts.text, style.bold, style.italic)
        for character in letters:
            code = f"{ord(character):04X}"
            music = style.music or ("\ue000" <= character <= "\uf8ff" and code in names)
            outline = glyph_outline(fonts.music, code) if music else letter(face, character)
            glyph = names.get(code, "otherGlyph") if music else ""
            scale = style.size / 1000
            # Blanks have no outline of their own but move the pen.
            if len(outline.points) or character == " ":
                pieces.append(Piece(character, "" if character == " " else glyph, outline, x, y, scale))
            x += outline.advance * scale + style.spacing
    if not any(len(piece.outline.points) for piece in pieces):
        return
    anchor = line[0][1].anchor
    shift = {"start": 0.0, "middle": (at[0] - x) / 2, "end": at[0] - x}[anchor]
    yield [replace(piece, x=piece.x + shift) for piece in pieces] if shift else pieces
