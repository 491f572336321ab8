"""Scenes around a page: wood, cloth, a desk, a dark room, other sheets, a scanner's lid, a book's leaves.

Each is a small frozen dataclass and paints a picture of the whole view, half as large, of which only the
edges are seen: nothing is drawn finer than what a lens leaves of a table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import clouds, enlarged, noise_bytes, normal_bytes, smooth
from notehead.degrade.others import other_music
from notehead.page import Page

SMALLER = 2
"""Scenes are painted so many times smaller than the image."""
_COARSE = 8
"""Smooth parts of a scene are made so many times smaller still."""
_SHIFT = 4

Bytes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class View:
    """What a scene is painted for.

    Attributes:
        shape: (height, width) of the picture.
        space: staff space in its pixels.
        outline: float64 (n, 2), the page's edge in its pixels: a quarter of the points each from the top,
            right, bottom and left edge, clockwise.
        page: the page itself, before it was moved.
        spine_left: whether the spine of its book is at the left.
    """

    shape: tuple[int, int]
    space: float
    outline: NDArray[np.float64]
    page: Page
    spine_left: bool


Scene: TypeAlias = Callable[[View, np.random.Generator], Bytes]
"""Paints the surroundings: uint8 of the view's shape."""


def _flat(view: View, tone: float, uneven: float, rng: np.random.Generator) -> Bytes:
    """A surface of about a tone, lighter and darker from place to place."""
    small = (-(-view.shape[0] // _COARSE), -(-view.shape[1] // _COARSE))
    field = tone + uneven * smooth(small, max(small) / 3, rng)
    return enlarged(np.clip(field, 0, 255).astype(np.uint8), view.shape)


def _grained(surface: Bytes, grain: Bytes, weight: float) -> Bytes:
    """A surface with a grain of mean 128 laid over it, in place."""
    cv2.addWeighted(surface, 1, grain, weight, -128 * weight, dst=surface)
    return surface


@dataclass(frozen=True, slots=True)
class Wood:
    """Boards with a grain along them, and gaps between.

    Attributes:
        tone: least and most grey level.
    """

    tone: tuple[float, float] = (60, 190)

    def __call__(self, view: View, rng: np.random.Generator) -> Bytes:
        """A table top."""
        upright = rng.random() < 0.5
        height, width = view.shape[::-1] if upright else view.shape
        tone, slant = float(rng.uniform(*self.tone)), float(rng.normal(0, 0.15))
        board = _boards((height, width), view.space, tone, rng)
        for fine, length, weight in ((1.4, 90.0, 0.16), (0.45, 30.0, 0.16), (0.2, 8.0, 0.14)):
            knots = (int(height / (fine * view.space)) + 4, int(width / (length * view.space)) + 4)
            grain = cv2.resize(normal_bytes(knots, rng), (width, height), interpolation=cv2.INTER_LINEAR)
            board = _grained(board, np.asarray(grain, np.uint8), weight * tone / 128)
        # boards lie at any angle, and their grain bends
        askew = np.array([[1, 0, 0], [slant, 1, 0]])
        board = np.asarray(
            cv2.warpAffine(board, askew, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8
        )
        return np.ascontiguousarray(board.T) if upright else board


def _boards(shape: tuple[int, int], space: float, tone: float, rng: np.random.Generator) -> Bytes:
    """Boards across a picture, each of its own tone, dark where they meet."""
    height = shape[0]
    board = np.empty(shape, np.uint8)
    wide, y = float(rng.uniform(30, 90)) * space, 0.0
    y -= float(rng.uniform(0, wide))
    while y < height:
        first, last = max(round(y), 0), max(round(y + wide), 1)
        board[first:last] = np.uint8(np.clip(tone * rng.normal(1, 0.05), 10, 250))
        gap = max(round(0.12 * space), 1)
        board[max(last - gap, 0) : last] = np.uint8(0.5 * tone)
        y += wide
    return board


@dataclass(frozen=True, slots=True)
class Cloth:
    """A woven cloth with soft folds.

    Attributes:
        tone: least and most grey level.
    """

    tone: tuple[float, float] = (40, 200)

    def __call__(self, view: View, rng: np.random.Generator) -> Bytes:
        """A table cloth, a sofa, a coat."""
        tone = float(rng.uniform(*self.tone))
        surface = _flat(view, tone, 0.12 * tone, rng)
        period = max(int(rng.uniform(0.2, 0.5) * view.space), 2)
        lattice = np.add.outer(np.cos(2 * np.pi * np.arange(period) / period), np.zeros(period))
        tile = np.clip(128 + 30 * (lattice - lattice.T), 0, 255).astype(np.uint8)
        height, width = view.shape
        weave = np.tile(tile, (height // period + 1, width // period + 1))[:height, :width]
        surface = _grained(surface, np.ascontiguousarray(weave), 0.5 * tone / 128)
        threads = cv2.blur(noise_bytes((-(-height // 2), -(-width // 2)), rng), (5, 1))
        return _grained(surface, enlarged(np.asarray(threads, np.uint8), view.shape), 0.5 * tone / 128)


@dataclass(frozen=True, slots=True)
class Desk:
    """A plain surface, a little uneven.

    Attributes:
        tone: least and most grey level.
        grain: of fine unevenness, as a share of the tone.
    """

    tone: tuple[float, float] = (70, 235)
    grain: float = 0.15

    def __call__(self, view: View, rng: np.random.Generator) -> Bytes:
        """A desk, the plate of a stand, a scanner's lid."""
        tone = float(rng.uniform(*self.tone))
        surface = _flat(view, tone, 0.07 * min(tone, 255 - tone) + 2, rng)
        small = (-(-view.shape[0] // 2), -(-view.shape[1] // 2))
        return _grained(surface, enlarged(normal_bytes(small, rng), view.shape), self.grain * tone / 255)


@dataclass(frozen=True, slots=True)
class Room:
    """Something far behind the page, out of focus: a stand in a room."""

    def __call__(self, view: View, rng: np.random.Generator) -> Bytes:
        """Large soft shapes."""
        small = (-(-view.shape[0] // _COARSE), -(-view.shape[1] // _COARSE))
        tone = float(rng.uniform(30, 120))
        field = tone + 0.3 * tone * clouds(small, max(small) / 4, rng)
        room = np.clip(field, 0, 255).astype(np.uint8)
        for _ in range(int(rng.integers(3, 8))):
            corner = rng.uniform(-0.2, 1.0, 2) * small[::-1]
            size = rng.uniform(0.05, 0.5, 2) * max(small)
            x0, y0, x1, y1 = (int(value) for value in (*corner, *(corner + size)))
            cv2.rectangle(room, (x0, y0), (x1, y1), float(rng.uniform(10, 220)), cv2.FILLED)
        blur = float(rng.uniform(0.4, 1.5)) * view.space * 2 / _COARSE
        return enlarged(np.asarray(cv2.GaussianBlur(room, (0, 0), max(blur, 1.0)), np.uint8), view.shape)


@dataclass(frozen=True, slots=True)
class Sheets:
    """Other sheets of music below the page, a little askew, on a ground.

    Attributes:
        ground: what they lie on.
        most: most sheets.
    """

    ground: Scene = Wood()
    most: int = 2

    def __call__(self, view: View, rng: np.random.Generator) -> Bytes:
        """Sheets on the ground."""
        height, width = view.shape
        scene = self.ground(view, rng)
        low, high = view.outline.min(axis=0), view.outline.max(axis=0)
        for _ in range(int(rng.integers(1, self.most + 1))):
            music = other_music(view.page, (max(view.page.height // 2, 1), max(view.page.width // 2, 1)), rng)
            cv2.convertScaleAbs(music, dst=music, alpha=float(rng.uniform(0.7, 0.97)))
            size = np.array(music.shape[::-1], np.float64)
            scale = float((high - low).max() / size.max() * rng.uniform(0.97, 1.03))
            middle = (low + high) / 2 + rng.normal(0, 2.5, 2) * view.space
            turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), float(rng.normal(0, 2.5)), scale)
            move = np.asarray(turn, np.float64)
            move[:, 2] += middle - size / 2
            _shaded(scene, _corners(size, move), view.space)
            cv2.warpAffine(
                music, move, (width, height), dst=scene, flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_TRANSPARENT,
            )  # fmt: skip
        return scene


def _corners(size: NDArray[np.float64], move: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where an affine map puts a picture's corners, (4, 2)."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * size
    moved: NDArray[np.float64] = corners @ move[:, :2].T + move[:, 2]
    return moved


def _shaded(scene: Bytes, corners: NDArray[np.float64], space: float) -> None:
    """Darken the scene along the edge of a sheet, in place."""
    for wide, tone in ((0.5, 0.75), (0.2, 0.5)):
        mean = float(scene[::16, ::16].mean())
        line = max(round(wide * space), 1)
        cv2.polylines(scene, [_fixed(corners)], True, tone * mean, line, cv2.LINE_AA, _SHIFT)


@dataclass(frozen=True, slots=True)
class Book:
    """The leaves below the page, seen beyond its outer edges; the gutter and the facing leaf at its spine.

    Attributes:
        ground: what the book lies on.
        leaves: least and most edges that are seen.
    """

    ground: Scene = Desk((10, 60))
    leaves: tuple[int, int] = (2, 9)

    def __call__(self, view: View, rng: np.random.Generator) -> Bytes:
        """A book on the ground."""
        scene = self.ground(view, rng)
        paper = float(np.median(view.page.image[::16, ::16])) * float(rng.uniform(0.85, 0.97))
        across, count = (1.0 if view.spine_left else -1.0), int(rng.integers(*self.leaves, endpoint=True))
        step = view.space * rng.uniform(0.08, 0.22, count)
        away = np.concatenate([np.cumsum(step), [0.0]])[::-1][:-1]
        down = float(rng.uniform(0, 0.7))
        for far in np.sort(away)[::-1].tolist():
            leaf = view.outline + np.array([across * far, down * far * rng.uniform(0.5, 1)])
            leaf[:, 1] += rng.normal(0, 0.02) * view.space
            tone = paper * float(rng.uniform(0.72, 1.0)) - 20 * far / view.space
            cv2.fillPoly(scene, [_fixed(leaf)], max(tone, 20.0), cv2.LINE_AA, _SHIFT)
            dark = max(0.55 * tone, 10.0)
            cv2.polylines(scene, [_fixed(leaf)], True, dark, 1, cv2.LINE_AA, _SHIFT)
        _facing(scene, view, paper, rng)
        return scene


def _facing(scene: Bytes, view: View, paper: float, rng: np.random.Generator) -> None:
    """Paint the facing leaf beyond the spine, which goes down into the dark, in place."""
    quarter = len(view.outline) // 4
    spine = view.outline[3 * quarter :] if view.spine_left else view.outline[quarter : 2 * quarter]
    order = np.argsort(spine[:, 1])
    y = np.arange(scene.shape[0], dtype=np.float64)
    edge = np.interp(y, spine[order, 1], spine[order, 0]).astype(np.float32)
    far = edge.max() if view.spine_left else scene.shape[1] - edge.min()
    if far < 1:
        return
    reach = min(int(far) + 1, scene.shape[1])
    columns = slice(0, reach) if view.spine_left else slice(scene.shape[1] - reach, scene.shape[1])
    x = np.arange(scene.shape[1], dtype=np.float32)[columns]
    away = np.abs(x[None, :] - edge[:, None]) / np.float32(view.space)
    deep = np.float32(rng.uniform(0.4, 1.2))
    light = 1 - np.float32(rng.uniform(0.6, 0.95)) * np.exp2(-away / deep)
    rows = (y > spine[:, 1].min()) & (y < spine[:, 1].max())
    window = scene[:, columns]
    window[rows] = np.clip(paper * light, 0, 255).astype(np.uint8)[rows]


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    return np.rint((np.clip(points, -30000, 30000) - 0.5) * (1 << _SHIFT)).astype(np.int32)
