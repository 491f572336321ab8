"""SVG's `transform` attribute, as far as LilyPond uses it."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_CALL = re.compile(r"\s*(translate|scale|rotate)\(([^()]*)\)")
_COUNTS = {"translate": {2}, "scale": {1, 2}, "rotate": {1, 3}}


class Transform(NamedTuple):
    """x' = a x + c y + e, y' = b x + d y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def __matmul__(self, inner: Transform) -> Transform:
        """First `inner`, then this one."""
        a, b, c, d, e, f = self
        return Transform(
            a * inner.a + c * inner.b,
            b * inner.a + d * inner.b,
            a * inner.c + c * inner.d,
            b * inner.c + d * inner.d,
            a * inner.e + c * inner.f + e,
            b * inner.e + d * inner.f + f,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point comes to lie."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def points(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points (n, 2) come to lie."""
        moved: NDArray[np.float64] = points @ np.array([[self.a, self.b], [self.c, self.d]]) + (
            self.e,
            self.f,
        )
        return moved

    @property
    def scale(self) -> float:
        """Factor of lengths: the root of the factor of areas."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))

    @property
    def turn(self) -> float:
        """Turn in degrees, clockwise on the page."""
        return math.degrees(math.atan2(self.b, self.a))


def read_transform(text: str | None) -> Transform:
    """A transform from its attribute.

    Raises:
        ValueError: it is none that LilyPond writes.

    Example:
        >>> read_transform("translate(2, 3)").point(1, 1)
        (3.0, 4.0)
    """
    found = Transform()
    at = 0
    text = (text or "").strip()
    while at < len(text):
        call = _CALL.match(text, at)
        numbers = [float(number) for number in re.split(r"[\s,]+", call[2].strip())] if call else []
        if call is None or len(numbers) not in _COUNTS[call[1]] or not all(map(math.isfinite, numbers)):
            message = f"the transform {text[:40]!r} is not LilyPond's"
            raise ValueError(message)
        found @= _one(call[1], numbers)
        at = call.end()
    return found


def _one(kind: str, numbers: list[float]) -> Transform:
    if kind == "translate":
        return Transform(e=numbers[0], f=numbers[1])
    if kind == "scale":
        return Transform(a=numbers[0], d=numbers[-1])
    cos, sin = math.cos(math.radians(numbers[0])), math.sin(math.radians(numbers[0]))
    turned = Transform(cos, sin, -sin, cos)
    if len(numbers) == 1:
        return turned
    x, y = numbers[1:]
    return Transform(e=x, f=y) @ turned @ Transform(e=-x, f=-y)
