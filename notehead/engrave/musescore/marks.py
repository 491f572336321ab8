"""`Mark`: one symbol to be, while its page is put together."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from notehead.engrave.musescore.music import Event, Head
from notehead.engrave.musescore.staves import Measure, Staff
from notehead.engrave.musescore.svg import Drawn
from notehead.page import ABSENT


@dataclass(eq=False, slots=True)
class Mark:
    """One symbol: what is drawn of it, its class, and its place in the score.

    Attributes:
        element: MuseScore's name of what it shows.
        name: the glyph's name by SMuFL, then the class.
        drawn: its shapes.
        x, y: the glyph's origin; the middle of what is drawn for anything else.
        scale: of a glyph, 1 in a staff of MuseScore's usual size; 0 for anything else.
        box: x0, y0, x1, y1 of what is drawn, strokes without their width.
        head: which note of `event` it shows.
        text: its letters.
    """

    element: str
    name: str
    drawn: list[Drawn]
    x: float = 0.0
    y: float = 0.0
    scale: float = 0.0
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    staff: Staff | None = None
    measure: Measure | None = None
    event: Event | None = None
    head: Head | None = None
    position: int = ABSENT
    diatonic: int = ABSENT
    text: str = ""
    parts: list[Mark] = field(default_factory=list)


def make_mark(name: str, drawn: list[Drawn]) -> Mark:
    """A mark of what is drawn, placed where its first glyph is, or in the middle."""
    points = np.concatenate([piece.every_point() for piece in drawn])
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    first = drawn[0]
    mark = Mark(first.element, name, drawn, (x0 + x1) / 2, (y0 + y1) / 2, box=(x0, y0, x1, y1))
    if first.placed:
        a, b, _, _, mark.x, mark.y = first.matrix
        mark.scale = float(np.hypot(a, b))
    return mark
