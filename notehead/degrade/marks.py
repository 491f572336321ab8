"""Pencil over print: fingerings, circles, underlines, crosses, bowings, strokes between bars.

They are drawn as strokes of a trembling hand, carry no labels, and cover symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import noise_bytes
from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page

Stroke = NDArray[np.float64]
"""Points (n, 2), x and y."""

_FINE = 4
"""Strokes are drawn so many times larger, then made small."""
_DIGITS: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (
    (((0.3, 0.25), (0.55, 0), (0.5, 1)),),
    (((0.1, 0.25), (0.4, 0), (0.8, 0.2), (0.6, 0.55), (0.05, 1), (0.9, 0.95)),),
    (((0.15, 0.1), (0.6, 0), (0.75, 0.25), (0.35, 0.45), (0.85, 0.65), (0.6, 1), (0.1, 0.9)),),
    (((0.5, 0), (0.05, 0.65), (0.9, 0.6)), ((0.65, 0.3), (0.6, 1))),
    (((0.3, 0.02), (0.22, 0.42), (0.65, 0.4), (0.8, 0.7), (0.5, 1), (0.1, 0.9)), ((0.3, 0.03), (0.8, 0))),
)
"""Pen strokes of the fingers 1 to 5 in a unit square."""


@dataclass(frozen=True, slots=True)
class PencilMarks:
    """Marks that players leave.

    Attributes:
        count: usual number on a page at strength 1.
        dark: least and most light that the stroke takes, 0 to 1, one value for a page.
        width: of the stroke in staff spaces.
    """

    count: float = 6.0
    dark: tuple[float, float] = (0.35, 0.75)
    width: float = 0.16

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with pencil marks."""
        count = int(rng.poisson(max(strength, 0) * self.count))
        if not count:
            return page
        space = staff_space(page)
        image, dark = page.image.copy(), float(rng.uniform(*self.dark))
        for _ in range(count):
            kind = _KINDS[int(rng.integers(len(_KINDS)))]
            x, y = _anchor(page, rng)
            strokes = [stroke * space + (x, y) for stroke in kind(rng)]
            _pencil(image, strokes, self.width * space * float(rng.uniform(0.8, 1.4)), dark, rng)
        return with_image(page, image)


def _anchor(page: Page, rng: np.random.Generator) -> tuple[float, float]:
    """The middle of some notehead, or, on pages without any, any place."""
    heads = page.symbols.box[page.symbols.is_notehead]
    if not len(heads):
        return float(rng.uniform(0, page.width)), float(rng.uniform(0, page.height))
    x0, y0, x1, y1 = heads[int(rng.integers(len(heads)))].tolist()
    return (x0 + x1) / 2, (y0 + y1) / 2


def _finger(rng: np.random.Generator) -> list[Stroke]:
    """One to three digits over or under the note."""
    above = -1 if rng.random() < 0.7 else 1
    y, height = above * rng.uniform(2.5, 4.5), rng.uniform(1.2, 2.0)
    strokes = []
    for place in range(int(rng.choice([1, 1, 1, 2, 3]))):
        for points in _DIGITS[int(rng.integers(len(_DIGITS)))]:
            digit = np.array(points) * (0.65 * height, height) - (0.3 * height, height / 2)
            strokes.append(_wobbly(digit + np.array([place * height, y]), rng, 0.06))
    return strokes


def _circle(rng: np.random.Generator) -> list[Stroke]:
    """A ring around something, a little more than once about."""
    a, b = rng.uniform(1.2, 4.0), rng.uniform(1.2, 2.2)
    turn = np.linspace(0, 2 * np.pi + rng.uniform(-0.3, 0.9), 14) + rng.uniform(0, 6)
    drift = np.linspace(1, rng.uniform(0.85, 1.15), 14)
    return [_wobbly(np.stack([a * np.cos(turn) * drift, b * np.sin(turn) * drift], axis=1), rng, 0.08)]


def _underline(rng: np.random.Generator) -> list[Stroke]:
    """A line under the music, once or twice."""
    length, y = rng.uniform(3, 10), rng.uniform(1.5, 4)
    rows = [y, y + rng.uniform(0.4, 0.8)][: int(rng.integers(1, 3))]
    x = np.linspace(-length / 2, length / 2, 7)
    return [_wobbly(np.stack([x, row + rng.normal(0, 0.02) * x], axis=1), rng, 0.06) for row in rows]


def _cross(rng: np.random.Generator) -> list[Stroke]:
    """A passage crossed out."""
    a, b = rng.uniform(1, 6), rng.uniform(1.5, 3)
    lines = [np.array([[-a, -b], [0, 0.1], [a, b]]), np.array([[-a, b], [0.1, 0], [a, -b]])]
    return [_wobbly(line, rng, 0.15) for line in lines]


def _bowing(rng: np.random.Generator) -> list[Stroke]:
    """An up-bow or a down-bow over the note."""
    y = -rng.uniform(2.5, 4.5)
    if rng.random() < 0.5:
        points = np.array([[-0.45, -0.9], [-0.02, 0.6], [0.02, 0.6], [0.45, -0.9]])
        return [_wobbly(points + np.array([0, y]), rng, 0.05)]
    sides = np.array([[-0.6, 0.6], [-0.6, -0.5], [-0.58, -0.55], [0.58, -0.55], [0.6, -0.5], [0.6, 0.6]])
    return [_wobbly(sides + np.array([0, y]), rng, 0.05)]


def _arc(rng: np.random.Generator) -> list[Stroke]:
    """A bow over some notes."""
    length, rise = rng.uniform(2, 9), rng.uniform(0.6, 1.6)
    t = np.linspace(0, 1, 8)
    points = np.stack([length * t, -2 - 4 * rise * t * (1 - t)], axis=1)
    return [_wobbly(points, rng, 0.06)]


def _tick(rng: np.random.Generator) -> list[Stroke]:
    """One or two short strokes: a caesura, a beat."""
    lines = []
    for place in range(int(rng.integers(1, 3))):
        x = 1.2 + 0.5 * place
        lines.append(_wobbly(np.array([[x + 0.4, -2.5], [x + 0.2, -1.2], [x, 0.5]]), rng, 0.05))
    return lines


_KINDS: tuple[Callable[[np.random.Generator], list[Stroke]], ...] = (
    _finger, _finger, _finger, _finger, _bowing, _bowing, _circle, _underline, _arc, _tick, _cross,
)  # fmt: skip
"""What is drawn, likelier things more than once. Lengths are staff spaces, from a notehead's middle."""


def _wobbly(points: Stroke, rng: np.random.Generator, tremble: float) -> Stroke:
    """A smooth stroke through about these points: each is moved a little, then corners are cut thrice."""
    points = points + rng.normal(0, tremble, points.shape)
    for _ in range(3):
        a, b = points[:-1], points[1:]
        inner = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
        points = np.concatenate([points[:1], inner, points[-1:]])
    return points


def _pencil(
    image: NDArray[np.uint8], strokes: list[Stroke], width: float, dark: float, rng: np.random.Generator
) -> None:
    """Draw strokes of graphite over an image, in place; what is outside of it is left out."""
    every = np.concatenate(strokes)
    pad = int(2 * width) + 3
    left, top = (max(int(value) - pad, 0) for value in every.min(axis=0))
    right, bottom = (int(value) + pad for value in every.max(axis=0))
    window = image[top : max(bottom, 0), left : max(right, 0)]
    if not window.size:
        return
    cover = np.zeros((window.shape[0] * _FINE, window.shape[1] * _FINE), np.uint8)
    for stroke in strokes:
        pressure = _pressure(len(stroke) - 1, rng)
        fixed = np.rint(((stroke - (left, top)) * _FINE - 0.5) * 16).astype(np.int32)
        for start, end, press in zip(fixed[:-1].tolist(), fixed[1:].tolist(), pressure, strict=True):
            thick = max(round(width * _FINE * press), 1)
            cv2.line(cover, start, end, 90 + 165 * min(press, 1.0), thick, cv2.LINE_AA, 4)
    small = cv2.resize(cover, (window.shape[1], window.shape[0]), interpolation=cv2.INTER_AREA)
    shape = (window.shape[0], window.shape[1])
    taken = small.astype(np.float32) * (dark / 255) * _graphite(shape, rng)
    window[:] = np.rint(window * (1 - taken) + 50 * taken).astype(np.uint8)


def _pressure(count: int, rng: np.random.Generator) -> list[float]:
    """Pressure along a stroke: it sets in softly, sways, and is lifted at the end."""
    t = (np.arange(count) + 0.5) / count
    swell = 1 + 0.2 * np.sin(2 * np.pi * (t * rng.uniform(0.5, 2) + rng.random()))
    ends = np.minimum(1, 0.6 + 4 * np.minimum(t, 1.3 * (1 - t)))
    pressure: list[float] = (swell * ends).tolist()
    return pressure


def _graphite(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """How much graphite the paper took, float32 (h, w), 0 to 1: it leaves the paper's pits out."""
    noise = cv2.GaussianBlur(noise_bytes(shape, rng), (0, 0), 0.8).astype(np.float32)
    return np.clip((noise - np.float32(75)) / 60, 0.15, 1)
