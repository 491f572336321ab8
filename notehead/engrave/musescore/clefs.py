"""Clefs with an 8 or a 15: one glyph in the font, two symbols on the page."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from notehead.engrave.musescore.marks import Mark, make_mark
from notehead.engrave.musescore.svg import Drawn
from notehead.engrave.outlines import Outline

_EM = 1000.0 / 100.0
_PLAIN = {
    "gClef8vb": ("gClef", "8"), "gClef8va": ("gClef", "8"), "gClef15mb": ("gClef", "15"),
    "gClef15ma": ("gClef", "15"), "gClef8vbOld": ("gClef", "8"), "fClef8vb": ("fClef", "8"),
    "fClef8va": ("fClef", "8"), "fClef15mb": ("fClef", "15"), "fClef15ma": ("fClef", "15"),
    "cClef8vb": ("cClef", "8"), "gClef8vbParens": ("gClef", "8"),
}  # fmt: skip


def split_octave_clefs(marks: list[Mark], glyphs: Mapping[str, Outline]) -> list[Mark]:
    """The marks with such clefs drawn as a plain clef and digits where the glyph has them."""
    found: list[Mark] = []
    for mark in marks:
        plain = _PLAIN.get(mark.name) if mark.element == "Clef" else None
        if plain is None or plain[0] not in glyphs or f"tuplet{plain[1][0]}" not in glyphs:
            found.append(mark)
            continue
        found += _split(mark, *plain, glyphs)
    return found


def _split(mark: Mark, name: str, digits: str, glyphs: Mapping[str, Outline]) -> list[Mark]:
    piece = mark.drawn[0]
    whole = np.concatenate(piece.contours)
    clef = _drawn(piece, glyphs[name], 1 / _EM, 0.0, 0.0)
    low, high = np.concatenate(clef.contours).min(axis=0), np.concatenate(clef.contours).max(axis=0)
    above = low[1] - whole[:, 1].min() > whole[:, 1].max() - high[1]
    top, bottom = (whole[:, 1].min(), low[1]) if above else (high[1], whole[:, 1].max())
    outlines = [glyphs[f"tuplet{digit}"] for digit in digits]
    size = (bottom - top) / max(outline.bounds[3] - outline.bounds[1] for outline in outlines)
    x = (low[0] + high[0]) / 2 - sum(outline.advance for outline in outlines) * size / 2
    drawn = []
    for outline in outlines:
        drawn.append(_drawn(piece, outline, size, x, bottom - outline.bounds[3] * size))
        x += outline.advance * size
    plain, number = make_mark(name, [clef]), make_mark("clef8" if digits == "8" else "clef15", drawn)
    number.scale = 0.0
    plain.parts.append(number)
    return [plain, number]


def _drawn(piece: Drawn, outline: Outline, size: float, x: float, y: float) -> Drawn:
    """An outline in the place of a piece, so much larger and moved, in the piece's own units."""
    contours = tuple(
        outline.points[a:b] * size + (x, y)
        for a, b in zip(outline.starts[:-1], outline.starts[1:], strict=True)
    )
    return Drawn(piece.element, contours, piece.points, piece.matrix, placed=True)
