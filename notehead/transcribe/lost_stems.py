"""Stems that were not seen, or of which only a part was: their heads are known, and beams above or below.

Coarse print and scans in black and white lose thin stems. A filled head always has one: where none was seen
and a beam is within reach, it hangs at that beam. A stem that ends too soon to be one goes on to the beam
that it points to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.stem import Beams, Stem

_SIDE = 0.45
"""Staff spaces from where the stem of a head would be to the end of a beam, sideways, at most."""
_NEAREST, _FARTHEST = 1.0, 8.0
"""Staff spaces from the middle of a head to that of its beam."""
_SHORT, _MISSING = 2.3, 4.5
"""Staff spaces from the last head of a stem to its end, below which something of it is missing, and how much
that may be."""
_INK, _GAP = 0.6, 2.0
"""Share of ink between the end of a stem and a beam, and staff spaces between them, with which it goes on to
that however long it is."""
_FAINT, _OTHER_SIDE = 3.0, 2.0
"""How many staff spaces nearer another beam must be, where there is no ink between this one and the head, and
where its other stems come from the other side."""
_ONE = 0.4
"""Staff spaces between two stems at one beam, sideways, below which they are one."""
_DARK = 0.6
"""Share of the brightness of paper below which a pixel is ink."""


def completed(stems: Sequence[Stem], black: set[int], beams: Beams, symbols: Symbols) -> list[Stem]:
    """The stems, those that end too soon led on to their beams, and those of heads that have none.

    Args:
        stems: that were seen, with their beams.
        black: rows of the filled heads of usual size.
        beams: of the page.
        symbols: of the page.
    """
    if not len(beams.rows):
        return list(stems)
    found = [_led_on(stem, beams, symbols) if stem.heads[0] in black else stem for stem in stems]
    stemmed = {row for stem in stems for row in stem.heads}
    sides: dict[int, set[bool]] = {}
    for stem in found:
        for beam in stem.beams:
            sides.setdefault(beam, set()).add(stem.up)
    for head in sorted(black - stemmed):
        own = _stem_of(head, beams, symbols, sides)
        if own is not None:
            _add(found, own, float(beams.spaces[head]))
    return found


def _led_on(stem: Stem, beams: Beams, symbols: Symbols) -> Stem:
    """The stem, led on to a beam that it points to, where something of it is missing."""
    if stem.beams or stem.flags:
        return stem
    space = float(beams.spaces[stem.heads[0]])
    box = symbols.box[list(stem.heads)]
    middle = (box[:, 1] + box[:, 3]) / 2
    free = float(middle.min() - stem.tip if stem.up else stem.tip - middle.max()) / space
    height = beams.at(stem.x, _SIDE * space)
    gap = (stem.tip - height) * (1 if stem.up else -1) / space
    near = np.flatnonzero((gap > 0) & (gap <= _MISSING))
    if not len(near):
        return stem
    which = int(near[gap[near].argmin()])
    end = float(height[which])
    inked = gap[which] <= _GAP and _ink(beams.image, stem.x, stem.tip, end) >= _INK
    if free >= _SHORT and not inked:
        return stem
    return replace(stem, beams=(int(beams.rows[which]),), tip=end)


def _stem_of(head: int, beams: Beams, symbols: Symbols, sides: dict[int, set[bool]]) -> Stem | None:
    """The stem of a head to a beam; None where there is none within its reach."""
    x0, y0, x1, y1 = symbols.box[head].tolist()
    space, middle = float(beams.spaces[head]), (y0 + y1) / 2
    best: tuple[float, Stem] | None = None
    for up, x in ((True, x1), (False, x0)):
        height = beams.at(x, _SIDE * space)
        away = (middle - height if up else height - middle) / space
        for which in np.flatnonzero((away >= _NEAREST) & (away <= _FARTHEST)).tolist():
            row, tip = int(beams.rows[which]), float(height[which])
            cost = float(away[which]) + _FAINT * (1 - _ink(beams.image, x, y0 if up else y1, tip))
            cost += _OTHER_SIDE * (up not in sides.get(row, {up}))
            if best is None or cost < best[0]:
                best = cost, Stem(-1, (head,), up, (row,), 0, (), x, tip)
    return best and best[1]


def _add(stems: list[Stem], stem: Stem, space: float) -> None:
    """Add a stem, or its head to the one that is there already."""
    for k, other in enumerate(stems):
        same = other.up == stem.up and not set(stem.beams).isdisjoint(other.beams)
        if same and abs(other.x - stem.x) <= _ONE * space:
            stems[k] = replace(other, heads=(*other.heads, *stem.heads))
            return
    stems.append(stem)


def _ink(image: NDArray[np.uint8], x: float, begin: float, end: float) -> float:
    """The share of ink in a column of an image between two heights."""
    top, bottom = sorted((round(begin), round(end)))
    left = max(round(x) - 1, 0)
    strip = image[max(top, 0) : max(bottom, 0), left : left + 3]
    if not strip.size:
        return 0.0
    return float((strip.min(axis=1) < _DARK * max(int(strip.max()), 1)).mean())
