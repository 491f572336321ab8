"""Where each staff runs, bent as it may be: from the network's map of staffs.

The map shows a staff as one band, from its top line to its bottom line. Its middle in each column is the
staff's middle line, to which the positions of noteheads refer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT

Floats = NDArray[np.float64]
Cells = NDArray[np.int32]

_SHORTEST = 3.0
"""Staff spaces: what is shorter is no staff."""
_SMOOTH = 4.0
"""Staff spaces over which the middle line is averaged."""
_GAP = 8.0
"""Staff spaces between two parts of one staff, at most."""
_BAND = 4.12
"""Staff spaces from the upper edge of the top line to the lower edge of the bottom line."""
_APART = 4.0
"""Staff spaces from the middle of one staff to that of another, at least."""
_GROWN = 0.7
"""Cells by which a band is higher than its ink."""
_BENT = 0.1
"""Staff spaces by which a staff leaves the straight line from end to end, where it is given in pieces."""
_PIECE = 8.0
"""Staff spaces of a piece, about."""
_FEWEST, _MOST = 2.0, 8.0
"""Staff spaces of a band's height: of staves of five lines, small and large. Others have other lines."""


@dataclass(frozen=True, eq=False)
class StaffCurve:
    """The middle line of a staff.

    Attributes:
        x: float64 (n,), rising.
        y: float64 (n,), at these places.
        space: pixels between its lines.
    """

    x: Floats
    y: Floats
    space: float

    def above(self, points: Floats) -> Floats:
        """How many half staff spaces points (n, 2) lie above the middle line: float64 (n,)."""
        return np.asarray((np.interp(points[:, 0], self.x, self.y) - points[:, 1]) / (self.space / 2))

    def beyond(self, points: Floats) -> Floats:
        """How many pixels points (n, 2) lie to the left or right of the staff: float64 (n,)."""
        x = points[:, 0]
        return np.asarray(np.maximum(0.0, np.maximum(self.x[0] - x, x - self.x[-1])))

    def lines(self) -> Floats:
        """Its five lines in straight pieces, from the left, of each piece the top one first: float64 (n, 4).

        One piece, from end to end, where the staff is straight. A row is x0, y0, x1, y1.
        """
        x, y = self._knots()
        shift = np.arange(-2, 3)[None, :] * self.space
        ends = np.stack([x[:-1], y[:-1], x[1:], y[1:]], axis=1)[:, None]
        return np.asarray(ends + shift[..., None] * np.array([0.0, 1.0, 0.0, 1.0])).reshape(-1, 4)

    def _knots(self) -> tuple[Floats, Floats]:
        """Where its pieces begin and end."""
        ends = self.x[[0, -1]]
        straight = np.interp(self.x, ends, self.y[[0, -1]])
        if np.abs(self.y - straight).max() <= _BENT * self.space:
            return ends, self.y[[0, -1]]
        count = max(1, round(float(np.ptp(ends)) / (_PIECE * self.space)))
        x = np.linspace(float(ends[0]), float(ends[1]), count + 1)
        return x, np.interp(x, self.x, self.y)

    def moved(self, scale: Floats, offset: tuple[float, float] = (0.0, 0.0)) -> StaffCurve:
        """The same with x and y multiplied by `scale` (2,), and then further by `offset`."""
        x, y = self.x * scale[0] + offset[0], self.y * scale[1] + offset[1]
        return replace(self, x=x, y=y, space=self.space * float(scale[1]))


def staff_curves(logits: NDArray[np.float32], space: float) -> list[StaffCurve]:
    """The staves of a map of staffs, in pixels of the page that the network has seen, from the top down.

    Args:
        logits: (height / 2, width / 2), above 0 where there is a staff.
        space: the staff space of that page.
    """
    mask = (logits > 0).view(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    found = []
    for outline in outlines:
        x, y, width, _ = cv2.boundingRect(outline)
        if width * DOT >= _SHORTEST * space:
            cells = np.asarray(outline, np.int32)
            found.append(((y, x), _curve(cells[:, 0, 0], cells[:, 0, 1], space)))
    joined = _joined([curve for _, curve in sorted(found, key=lambda one: one[0])])
    return in_order([one for one in joined if not any(_hangs_at(one, other) for other in joined)])


def _hangs_at(one: StaffCurve, other: StaffCurve) -> bool:
    """Whether one stands where another one that is longer is: ink at its edge, not a staff."""
    middle = np.array([[float(one.x.mean()), float(one.y.mean())]])
    longer = np.ptp(other.x) > 2 * np.ptp(one.x)
    return bool(longer and other.beyond(middle)[0] <= 0 and abs(other.above(middle)[0]) < 2 * _APART)


def in_order(curves: list[StaffCurve]) -> list[StaffCurve]:
    """From the top of the page down; those that stand side by side from left to right."""
    rows: list[list[StaffCurve]] = []
    for curve in sorted(curves, key=lambda one: (float(one.y.mean()), float(one.x[0]))):
        if rows and all(_beside(one, curve) for one in rows[-1]):
            rows[-1].append(curve)
        else:
            rows.append([curve])
    return [curve for row in rows for curve in sorted(row, key=lambda one: float(one.x[0]))]


def _beside(one: StaffCurve, other: StaffCurve) -> bool:
    apart = one.x[-1] <= other.x[0] or other.x[-1] <= one.x[0]
    return bool(apart and abs(one.y.mean() - other.y.mean()) < 2 * one.space)


def _curve(x_of: Cells, y_of: Cells, space: float) -> StaffCurve:
    """The curve of a staff from the cells of its band's outline: of every column the first and the last."""
    first, width = int(x_of.min()), int(np.ptp(x_of)) + 1
    column = (x_of - first).astype(np.intp)
    top = np.full(width, np.iinfo(np.int32).max, np.int32)
    bottom = np.zeros(width, np.int32)
    np.minimum.at(top, column, y_of)
    np.maximum.at(bottom, column, y_of + 1)
    usual = float(np.median(bottom - top))
    # where a beam or a slur is taken for staff, or a line is missing, the column tells nothing
    far = np.abs(bottom - top - usual)
    good = np.flatnonzero(far <= max(1.0, 0.15 * usual, float(far.min())))
    x = (first + good + 0.5) * DOT
    y = (top + bottom)[good] / 2 * DOT
    height = (usual - _GROWN) * DOT
    own = height / _BAND if _FEWEST * space <= height <= _MOST * space else space
    ends = np.array([first, first + width]) * float(DOT)
    wide = max(1, round(_SMOOTH * space / DOT)) | 1
    smooth = cv2.blur(y[None], (wide, 1), borderType=cv2.BORDER_REFLECT_101)[0] if len(y) > wide else y
    return StaffCurve(
        np.concatenate((ends[:1], x, ends[1:])), np.concatenate((smooth[:1], smooth, smooth[-1:])), own
    )


def _joined(curves: list[StaffCurve]) -> list[StaffCurve]:
    """Parts of one staff, one behind the other, made one."""
    whole: list[StaffCurve] = []
    for curve in sorted(curves, key=lambda one: float(one.x[0])):
        before = next((place for place, one in enumerate(whole) if _continues(one, curve)), None)
        if before is None:
            whole.append(curve)
        else:
            first = whole[before]
            longest = max((first, curve), key=lambda one: float(one.x[-1] - one.x[0]))
            whole[before] = StaffCurve(
                np.concatenate((first.x, curve.x)), np.concatenate((first.y, curve.y)), longest.space
            )
    return whole


def _continues(first: StaffCurve, curve: StaffCurve) -> bool:
    gap = float(curve.x[0] - first.x[-1])
    near = abs(float(curve.y[0] - first.y[-1])) < 0.75 * first.space + 0.03 * max(gap, 0.0)
    alike = 0.85 < curve.space / first.space < 1.18
    return 0 <= gap < _GAP * first.space and near and alike
