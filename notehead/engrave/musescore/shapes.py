"""Glyphs known by their shape: measures of outlines, and the nearest glyph of a font."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.outlines import Outline

PLACED_TOLERANCE = 12.0
"""Thousandths of an em that a placed glyph's measures may differ: hinting moves edges by half a pixel of
the hundred that MuseScore gives an em."""
FREE_TOLERANCE = 0.03
"""The same for a glyph of unknown size and place, as a share of its height."""


def measures(contours: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Nine lengths that tell a shape: its box, centre, spread (three), and the root of its area.

    Holes count as what they take away; the sign of the whole does not matter.
    """
    total = np.zeros(6)
    for contour in contours:
        following = np.roll(contour, -1, axis=0)
        (x, y), (u, v) = contour.T, following.T
        cross = x * v - u * y
        total += (
            cross.sum() / 2,
            ((x + u) * cross).sum() / 6,
            ((y + v) * cross).sum() / 6,
            ((x * x + x * u + u * u) * cross).sum() / 12,
            ((y * y + y * v + v * v) * cross).sum() / 12,
            ((x * v + 2 * x * y + 2 * u * v + u * y) * cross).sum() / 24,
        )
    every = np.concatenate(contours)
    low, high = every.min(axis=0), every.max(axis=0)
    area = total[0]
    if abs(area) < 1e-9:
        middle = (low + high) / 2
        return np.array([*low, *high, *middle, 0.0, 0.0, 0.0])
    cx, cy, xx, yy, xy = total[1:] / area
    spread = np.sqrt(np.abs((xx - cx * cx, yy - cy * cy)))
    mixed = xy - cx * cy
    return np.array([*low, *high, cx, cy, *spread, np.sign(mixed) * np.sqrt(abs(mixed))])


def free_measures(measured: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same measures without size and place: a box one high, from the origin."""
    x0, y0, x1, y1, cx, cy, *spread = measured.tolist()
    height = max(y1 - y0, 1e-9)
    return np.array(
        [(x1 - x0) / height, (cx - x0) / height, (cy - y0) / height, *(np.array(spread) / height)]
    )


def split(outline: Outline) -> list[NDArray[np.float64]]:
    """The contours of an outline."""
    return [outline.points[a:b] for a, b in zip(outline.starts[:-1], outline.starts[1:], strict=True)]


class GlyphMatcher:
    """Finds the glyph of a font that a shape shows."""

    def __init__(self, *fonts: Mapping[str, Outline]) -> None:
        names, rows, counts = [], [], []
        for glyphs in fonts:  # a glyph that the first font lacks comes from the next
            for name, outline in glyphs.items():
                names.append(name)
                rows.append(measures(split(outline)))
                counts.append(len(outline.starts) - 1)
        self._names = np.array(names, object)
        self._placed = np.array(rows).reshape(-1, 9)
        self._free = np.array([free_measures(row) for row in rows]).reshape(-1, 6)
        self._counts = np.array(counts, np.int64)
        self._candidates: dict[Collection[str], NDArray[np.int64]] = {}
        self.most = int(self._counts.max(initial=0))

    def _among(self, names: Collection[str]) -> NDArray[np.int64]:
        found = self._candidates.get(names)
        if found is None:
            every = np.arange(len(self._names))
            found = every if not names else every[[name in names for name in self._names]]
            self._candidates[names] = found
        return found

    def placed(
        self, contours: Sequence[NDArray[np.float64]], names: frozenset[str] = frozenset()
    ) -> str | None:
        """The glyph whose outline this is, in thousandths of an em around the glyph's origin.

        `names` are the glyphs that come into question, all where it is empty.
        """
        rows = self._among(names)
        if not len(rows):
            return None
        distance = np.abs(self._placed[rows] - measures(contours)).max(axis=1)
        best = int(distance.argmin())
        return str(self._names[rows[best]]) if distance[best] <= PLACED_TOLERANCE else None

    def free(self, contours: Sequence[NDArray[np.float64]], names: frozenset[str]) -> str | None:
        """The glyph whose outline this is, in any size, anywhere."""
        rows = self._among(names)
        rows = rows[self._counts[rows] == len(contours)]
        if not len(rows):
            return None
        distance = np.abs(self._free[rows] - free_measures(measures(contours))).max(axis=1)
        best = int(distance.argmin())
        return str(self._names[rows[best]]) if distance[best] <= FREE_TOLERANCE else None

    def spell(
        self, contours: Sequence[NDArray[np.float64]], names: frozenset[str]
    ) -> list[tuple[str, list[NDArray[np.float64]]]] | None:
        """The glyphs that a row of contours spells, longest first; None where a part is no glyph."""
        found: list[tuple[str, list[NDArray[np.float64]]]] = []
        at = 0
        while at < len(contours):
            for length in range(min(4, len(contours) - at), 0, -1):
                part = list(contours[at : at + length])
                name = self.free(part, names)
                if name is not None:
                    found.append((name, part))
                    at += length
                    break
            else:
                return None
        return found
