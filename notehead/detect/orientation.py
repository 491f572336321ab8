"""Which way up a page lies: quarter turns from its staves, upside down from what stands at their ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from notehead.detect.ends import leaning
from notehead.detect.halves import Halves
from notehead.detect.staff_space import Look, Region, StaffSpace, look_at, measured


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a page lies.

    Attributes:
        turns: quarter turns that set it right: `np.rot90(image, turns)` is upright.
        doubt: the probability that it is then upside down, 0 to 0.5.
        staff_space: of the upright page, to whose pixels its regions refer.
    """

    turns: int
    doubt: float
    staff_space: StaffSpace

    @property
    def degrees(self) -> int:
        """The turn to the left that sets the page right: 0, 90, 180 or 270."""
        return 90 * self.turns


def estimate_orientation(image: NDArray[np.uint8]) -> Orientation | None:
    """Which way up a page lies, None where it has no staff.

    Whether it lies on its side is as sure as the staff space. Whether it is upside down is told by what
    stands at the ends of staves: clefs, signatures, braces. A page without them leaves a `doubt`.

    Args:
        image: uint8 (height, width), 0 black.
    """
    halves = Halves(image)
    look = look_at(halves)
    found = measured(look)
    if found is None:
        return None
    doubt = upside_down(halves, look)
    turned = np.rot90(image).shape if look.turned else image.shape
    if doubt > 0.5:
        found = replace(found, regions=tuple(_over(one, turned) for one in reversed(found.regions)))
    return Orientation(look.turned + 2 * (doubt > 0.5), min(doubt, 1 - doubt), found)


def _over(region: Region, shape: tuple[int, ...]) -> Region:
    """A region of a page (height, width) after the page is turned by 180 degrees."""
    x0, y0, x1, y1 = region.box
    height, width = shape
    return replace(region, box=(width - x1, height - y1, width - x0, height - y0))


def upside_down(image: Halves, look: Look) -> float:
    """The probability that a page, laid as `look` saw it, is upside down."""
    found = leaning(image, look)
    if not found:
        return 0.5
    return float(1 / (1 + np.exp(np.clip(np.mean(found), -20, 20))))
