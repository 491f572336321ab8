"""SVG text -> letters with places, as a browser would set them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from notehead.engrave.outlines import Outline
from notehead.engrave.scripts import visual_order
from notehead.engrave.text import Face, TextFont, letter
from notehead.engrave.verovio.fonts import FONTS, glyph_names, glyph_outline

_TITLE = "{http://www.w3.org/2000/svg}title"


@dataclass(frozen=True, slots=True)
class TextRuns:
    """The fonts that a page's text is set in.

    Attributes:
        music: for musical signs in text.
        text: for letters.
        width: of the letters, 1 as the font has it; one of `notehead.engrave.text.TEXT_WIDTHS`.
        head: for letters in the heads and feet of pages; None for the same.
        faces: how the text of some elements is set, (bold, italic) by element, where not as usual.
    """

    music: str
    text: TextFont
    width: float = 1.0
    head: TextFont | None = None
    faces: Mapping[str, tuple[bool, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """One letter, or one glyph of the music font, at its place; a lam with its alef is one piece."""

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
    head: bool = False,
    bold: bool = False,
    italic: bool = False,
) -> Iterator[list[Piece]]:
    """The lines of a `<text>`: a new one starts wherever x or y is set anew."""
    line: list[tuple[str, _Style]] = []
    at = (0.0, 0.0)
    font = (fonts.head if head else None) or fonts.text
    for position, letters, style in _walk(text, _Style(bold=bold, italic=italic)):
        if position is not None:
            if line:
                yield from _set(line, at, fonts, font)
                line = []
            x, y = position
            at = (at[0] if x is None else x, at[1] if y is None else y)
        if letters:
            line.append((letters, style))
    if line:
        yield from _set(line, at, fonts, font)


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


def _set(
    line: list[tuple[str, _Style]], at: tuple[float, float], fonts: TextRuns, font: TextFont
) -> Iterator[list[Piece]]:
    """Set one line at its anchor; blank lines give nothing. Pieces come in the order of reading."""
    x, y = at
    pieces: list[Piece] = []
    names = glyph_names()
    for letters, style in line:
        face = Face(font, style.bold, style.italic, fonts.width)
        placed: list[tuple[int, Piece]] = []
        for index, written, form in visual_order(unicodedata.normalize("NFC", letters)):
            code = f"{ord(form):04X}"
            music = style.music or ("\ue000" <= form <= "\uf8ff" and code in names)
            outline = glyph_outline(fonts.music, code) if music else letter(face, form)
            glyph = names.get(code, "otherGlyph") if music else ""
            scale = style.size / 1000
            # Blanks have no outline of their own but move the pen.
            if len(outline.points) or written.isspace():
                place = (outline, x, y, scale)
                placed.append(
                    (index, Piece(" ", "", *place) if written.isspace() else Piece(written, glyph, *place))
                )
            x += outline.advance * scale + style.spacing
        pieces += [piece for _, piece in sorted(placed, key=lambda found: found[0])]
    if not any(len(piece.outline.points) for piece in pieces):
        return
    anchor = line[0][1].anchor
    shift = {"start": 0.0, "middle": (at[0] - x) / 2, "end": at[0] - x}[anchor]
    yield [replace(piece, x=piece.x + shift) for piece in pieces] if shift else pieces
