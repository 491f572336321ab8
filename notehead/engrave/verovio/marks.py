"""What is drawn on a page, before its classes are known: marks, the strokes of barlines, staff lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from notehead.engrave.drawing import ShapeCollector
from notehead.engrave.verovio.rules import Rule


@dataclass(slots=True)
class Mark:
    """One symbol as the engraver drew it, before its class is known in full.

    Attributes:
        name: glyph name by SMuFL, or the class of a line, or of text.
        rule: the rule of the group that it stands in.
        element: xml:id of the score element that the group shows.
        note, chord, tuplet, staff, measure: xml:ids of those around it, empty where there is none.
        system: index on the page, -1 outside systems.
        x, y: where it is placed; for lines the middle of the first stroke.
        scale: of its glyph.
        text: its letters.
        staff_number: of the staff in the score, where the mark itself says so.
        reach: leftmost and rightmost x of lines.
    """

    name: str
    rule: Rule
    element: str
    note: str
    chord: str
    system: int
    measure: str
    staff: str
    x: float = 0.0
    y: float = 0.0
    scale: float = 0.0
    text: str | None = None
    tuplet: str = ""
    staff_number: int | None = None
    reach: tuple[float, float] = (0.0, 0.0)


class Where(NamedTuple):
    """Where the walk is: the groups around the current element."""

    rule: Rule
    element: str = ""
    note: str = ""
    chord: str = ""
    system: int = -1
    measure: str = ""
    staff: str = ""
    tuplet: str = ""
    turn: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One stroke, or one dot, of a barline."""

    x: float
    y0: float
    y1: float
    width: float
    style: str
    where: Where


@dataclass(slots=True)
class SvgPage:
    """The marks and shapes of one page, in Verovio's unit."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)
    shapes: ShapeCollector = field(default_factory=ShapeCollector)
    staff_lines: list[tuple[int, str, float, float, float, float, float]] = field(default_factory=list)
    """(system, staff element, x0, y0, x1, y1, stroke width) of every piece of a staff line."""
    measures: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Leftmost and rightmost x of the staff lines of each measure."""
    bars: dict[str, list[Bar]] = field(default_factory=dict)
    """The strokes of every barline, by its group."""
