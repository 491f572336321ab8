"""By how much a page is askew, from its staves."""

from __future__ import annotations

import numpy as np

from notehead.detect.staves import Staves, weighted_median


def skew_of(staves: Staves) -> float:
    """Degrees by which staves fall from left to right: the median, long staves counting more.

    Raises:
        ValueError: there is no staff.

    Example:
        >>> one = np.ones(1)
        >>> round(skew_of(Staves(np.array([[0.0, 0.0, 100.0, 1.0]]), one, one, one)), 3)
        0.573
    """
    if not len(staves):
        message = "no staff, no skew"
        raise ValueError(message)
    run = staves.ends[:, 2] - staves.ends[:, 0]
    return float(np.degrees(np.arctan(weighted_median(staves.slope, staves.length * run))))
