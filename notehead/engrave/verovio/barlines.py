"""Barlines: strokes gathered into symbols, and the dots beside them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from notehead.engrave.verovio.classify import barline_class
from notehead.engrave.verovio.events import Music
from notehead.engrave.verovio.marks import Bar, Mark, SvgPage
from notehead.engrave.verovio.staves import Staff


def draw_barlines(
    page: SvgPage, music: Music, staves: dict[tuple[int, int], Staff], staff_space: float
) -> None:
    """One symbol for each unbroken run of a barline: through a piano's staves, apart in a choir."""
    dots = defaultdict(list)
    for mark in page.marks:
        if mark.rule.name == "barLine":
            dots[f"{mark.system} {mark.element}"].append(mark.y)
    for key, bars in page.bars.items():
        for run in _runs(bars):
            where = run[0].where
            low, high = min(bar.y0 for bar in run), max(bar.y1 for bar in run)
            # a tick above the staff has its dots in the staff
            beside = any(low - 4 * staff_space < y < high + 4 * staff_space for y in dots[key])
            if run[0].where.measure in music.reversed_measures:
                run = _mirrored(run)  # noqa: PLW2901
            staff = staves.get((where.system, music.staff_of.get(where.staff, 0)))
            staff = staff or _nearest(staves, where.system, low, high)
            space = staff.space(staff_space) if staff is not None else staff_space
            name = barline_class(run, space, staff.middle if staff is not None else None, dots=beside)
            mark = Mark(name, where.rule, where.element, "", "", where.system, where.measure, where.staff)
            mark.x, mark.y = run[0].x, (low + high) / 2
            page.marks.append(mark)
            for bar in run:
                _draw(page, len(page.marks) - 1, bar)


def _nearest(staves: dict[tuple[int, int], Staff], system: int, low: float, high: float) -> Staff | None:
    """The nearest staff of a system, of those that have lines to span."""
    found = [staff for staff in staves.values() if staff.system == system and len(staff.lines) > 3]
    return min(found, key=lambda staff: abs(staff.middle - (low + high) / 2), default=None)


def _draw(page: SvgPage, mark: int, bar: Bar) -> None:
    line = (bar.x, bar.y0, bar.x, bar.y1)
    if bar.style == "dot":
        page.shapes.ellipse(mark, (bar.x, (bar.y0 + bar.y1) / 2), (bar.width / 2, bar.width / 2))
    elif bar.style:
        page.shapes.dashes(mark, line, bar.width, [float(n) for n in bar.style.replace(",", " ").split()])
    else:
        page.shapes.stroke(mark, line, bar.width)


def _runs(bars: list[Bar]) -> list[list[Bar]]:
    """The strokes of a barline in runs that touch from top to bottom; dots and dashes leave gaps."""
    ordered = sorted(bars, key=lambda bar: min(bar.y0, bar.y1))
    reach = max(_gap(bar) for bar in ordered)
    runs = [[ordered[0]]]
    bottom = max(ordered[0].y0, ordered[0].y1)
    for bar in ordered[1:]:
        if min(bar.y0, bar.y1) > bottom + 2 + reach:
            runs.append([])
        runs[-1].append(bar)
        bottom = max(bottom, bar.y0, bar.y1)
    return runs


def _mirrored(run: list[Bar]) -> list[Bar]:
    """A heavy stroke, then a thin one: MEI has no name for it, and Verovio draws it the other way round."""
    left, right = min(bar.x - bar.width / 2 for bar in run), max(bar.x + bar.width / 2 for bar in run)
    return [replace(bar, x=left + right - bar.x) for bar in run]


def _gap(bar: Bar) -> float:
    """How far the next stroke of the same line may be away."""
    if bar.style == "dot":
        return 3 * abs(bar.y1 - bar.y0)
    return 1.2 * max((float(dash) for dash in bar.style.replace(",", " ").split()), default=0.0)
