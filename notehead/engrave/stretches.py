"""Stretches of staff lines: pieces that an engraver draws one by one, joined again."""

from __future__ import annotations


def joined(stretches: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Stretches that overlap or are at most a gap apart, made one.

    Args:
        stretches: (x0, x1) of each, at least one, from the left by x0.
        gap: that is closed; in the unit of the stretches.

    Example:
        >>> joined([(0, 10), (12, 20), (25, 30)], 3)
        [(0, 20), (25, 30)]
    """
    found = [stretches[0]]
    for x0, x1 in stretches[1:]:
        if x0 - found[-1][1] > gap:
            found.append((x0, x1))
        else:
            found[-1] = (found[-1][0], max(found[-1][1], x1))
    return found
