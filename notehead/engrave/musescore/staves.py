"""Staves and measures of a page, from the staff lines and from the places that MuseScore exports."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from lxml import etree

from notehead.engrave.musescore.svg import Drawn, SvgPage
from notehead.engrave.stretches import joined


@dataclass(slots=True)
class Staff:
    """One staff of one system.

    Attributes:
        index: on the page, from 0 at the top.
        system: on the page, from 0 at the top.
        number: in its system, from 0.
        lines: y of each line, from the top.
        stretches: (x0, x1) of each unbroken part.
        width: of its lines.
        clefs: x and the diatonic number of the middle line under it, of each clef from the left.
    """

    index: int
    system: int
    number: int
    lines: list[float]
    stretches: list[tuple[float, float]]
    width: float
    usual_space: float
    clefs: list[tuple[float, int]] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Half-way between the outer lines."""
        return (self.lines[0] + self.lines[-1]) / 2

    @property
    def space(self) -> float:
        """Distance between its lines."""
        if len(self.lines) < 2:
            return self.usual_space
        return (self.lines[-1] - self.lines[0]) / (len(self.lines) - 1)

    def distance(self, y: float) -> float:
        """How far above or below its lines a height is; 0 between them."""
        return max(self.lines[0] - y, y - self.lines[-1], 0.0)

    def middle_line(self, x: float) -> int | None:
        """Diatonic number (7 * octave + step) of the middle line at x, None where no clef says it."""
        found = [number for at, number in self.clefs if at <= x]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Measure:
    """Where a measure stands: its number in the score, page, and box in units of the page."""

    number: int
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def read_measures(data: bytes, scale: float = 0.1) -> list[Measure]:
    """The measures of a score from MuseScore's export of their places (`.mpos`)."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
    found = []
    for number, node in enumerate(root.iterfind("elements/element")):
        x, y, w, h = (float(node.get(key) or 0) * scale for key in ("x", "y", "sx", "sy"))
        found.append(Measure(number, int(node.get("page") or 0), x, y, x + w, y + h))
    return found


def find_staves(page: SvgPage, measures: list[Measure], usual_space: float) -> list[Staff]:
    """All staves of a page, from the top; `measures` are the page's own."""
    tops = sorted({round(measure.y0, 1) for measure in measures})
    found: dict[tuple[float, ...], Staff] = {}
    for lines in _groups([drawn for drawn in page.drawn if drawn.element == "StaffLines"], usual_space):
        heights = [float(line.points[0, 1]) for line in lines]
        reach = (float(lines[0].points[:, 0].min()), float(lines[0].points[:, 0].max()))
        key = tuple(round(y) for y in heights)
        if key not in found:
            system = max(int(np.searchsorted(tops, heights[0] + usual_space)) - 1, 0)
            found[key] = Staff(0, system, 0, heights, [], lines[0].width, usual_space)
        found[key].stretches.append(reach)
    staves = sorted(found.values(), key=lambda staff: (staff.system, staff.lines[0]))
    numbers: dict[int, int] = {}
    for index, staff in enumerate(staves):
        staff.index, staff.number = index, numbers.get(staff.system, 0)
        numbers[staff.system] = staff.number + 1
        staff.stretches = joined(sorted(staff.stretches), usual_space / 2)
    return staves


def _groups(lines: list[Drawn], usual_space: float) -> list[list[Drawn]]:
    """Staff lines as they come, staff after staff, each from its top line."""
    groups: list[list[Drawn]] = []
    for line in lines:
        if groups:
            above = groups[-1][-1].points
            gap = float(line.points[0, 1] - above[0, 1])
            if 0 < gap < 1.6 * usual_space and abs(line.points[0, 0] - above[0, 0]) < 1:
                groups[-1].append(line)
                continue
        groups.append([line])
    return groups
