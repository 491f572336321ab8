"""Small pages in LilyPond's SVG."""

from __future__ import annotations

from fractions import Fraction

STAFF = '<g class="StaffSymbol" id="1" data-system="{system}" data-staff="{staff}">{lines}</g>'


def page(*groups: str, size: tuple[float, float] = (100, 80)) -> bytes:
    """A page of groups."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}">'
    return f"{head}<style>x</style>{''.join(groups)}</svg>".encode()


def staff(y: float, system: int = 0, number: int = 0, right: float = 90) -> str:
    """A staff of five lines, the top one at `y`."""
    lines = "".join(
        f'<g transform="translate(5, {y + i})">'
        f'<line stroke-width="0.1" x1="0" y1="0" x2="{right - 5}" y2="0"/></g>'
        for i in range(5)
    )
    return STAFF.format(system=system, staff=number, lines=lines)


def grob(name: str, identity: int, *items: str, heads: str = "", **tags: int | str | Fraction) -> str:
    """A group of a grob; tags by name, `system` and `staff` 0 unless given."""
    values = {"system": 0, "staff": 0, "voice": -1, "bar": 1, "onset": 0, "heads": heads, **tags}
    attributes = " ".join(f'data-{key}="{value}"' for key, value in values.items())
    return f'<g class="{name}" id="{identity}" {attributes}>{"".join(items)}</g>'


def glyph(name: str, x: float, y: float, size: float = 4.0) -> str:
    """A glyph of the music font."""
    shape = f'<glyph font="emmentaler-20" size="{size}" name="{name}" x="0" y="0"/>'
    return f'<g transform="translate({x}, {y})">{shape}</g>'


def rect(x: float, y: float, width: float, height: float) -> str:
    """A filled rectangle."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" ry="0.0" fill="currentColor"/>'


def words(letters: str, x: float, y: float, size: float = 2.0) -> str:
    """A line of text."""
    return (
        f'<g transform="translate({x}, {y})"><text font-family="serif" font-size="{size}">'
        f"\n<tspan>{letters}</tspan>\n</text></g>"
    )
