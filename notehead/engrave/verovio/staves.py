"""Staves of a page: the pieces that Verovio draws measure by measure, joined to full-width staves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from notehead.engrave.stretches import joined
from notehead.engrave.verovio.events import Music
from notehead.engrave.verovio.marks import SvgPage

JOIN = 40.0
"""Pieces of a line closer than this (in Verovio's unit) are one; an ossia staff leaves wider gaps."""


@dataclass(slots=True)
class Staff:
    """One staff of one system.

    Attributes:
        index: on the page, from 0 at the top.
        lines: y of each line, from the top.
        stretches: (x0, x1) of each unbroken part.
        width: of its lines.
        middle: half-way between the outer lines.
    """

    index: int
    system: int
    number: int
    lines: list[float]
    stretches: list[tuple[float, float]]
    width: float

    middle: float = field(init=False)
    _space: float | None = field(init=False)

    def __post_init__(self) -> None:
        top, bottom, gaps = self.lines[0], self.lines[-1], len(self.lines) - 1
        self.middle = (top + bottom) / 2
        self._space = (bottom - top) / gaps if gaps else None

    def space(self, fallback: float) -> float:
        """Distance between lines; `fallback` for a staff of one line."""
        return fallback if self._space is None else self._space


def find_staves(page: SvgPage, music: Music) -> dict[tuple[int, int], Staff]:
    """All staves of a page by (system, staff number)."""
    pieces: dict[tuple[int, int], list[tuple[float, float, float, float]]] = defaultdict(list)
    for system, element, x0, y0, x1, _, width in page.staff_lines:
        pieces[system, music.staff_of.get(element, 0)].append((y0, x0, x1, width))
    staves = []
    for (system, number), lines in pieces.items():
        heights = sorted({y for y, *_ in lines})
        spans = sorted({(x0, x1) for _, x0, x1, _ in lines})
        staves.append(Staff(0, system, number, heights, joined(spans, JOIN), lines[0][3]))
    staves.sort(key=lambda staff: (staff.system, staff.lines[0]))
    for index, staff in enumerate(staves):
        staff.index = index
    return {(staff.system, staff.number): staff for staff in staves}
