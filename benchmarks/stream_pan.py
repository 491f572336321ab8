"""A camera that moves over a page: frames with their true symbols, made from a page with its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead import Page
from notehead.page import Symbols

_LONG = 4.0
"""Times longer than wide, from which on a symbol is a line."""


@dataclass(frozen=True, slots=True)
class PanOptions:
    """How a camera moves.

    Attributes:
        frames: how many.
        share: of the page's sides that a frame shows.
        shake: staff spaces by which each frame is off the path (standard deviation).
        zoom: how much nearer or farther the camera gets.
        turn: degrees by which it turns, at most.
        blur: staff spaces, the most that a frame is blurred (standard deviation).
        shade: how much darker it gets from one side of the page to the other.
        noise: grey values.
        seed: of all that is drawn.
    """

    frames: int = 24
    share: float = 0.7
    shake: float = 0.3
    zoom: float = 0.03
    turn: float = 0.5
    blur: float = 0.12
    shade: float = 0.3
    noise: float = 4.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Frame:
    """What a camera sees at one moment.

    Attributes:
        image: uint8 (height, width).
        way: float64 (2, 3), from a point of the page to the point of the frame.
        symbols: the page's, in pixels of the frame, those too that are beyond it.
        staff_space: in pixels.
    """

    image: NDArray[np.uint8]
    way: NDArray[np.float64]
    symbols: Symbols
    staff_space: float


def pan(page: Page, options: PanOptions) -> Iterator[Frame]:
    """Frames on a way down, to the right and back, each a little shaken, nearer or farther, and blurred."""
    rng = np.random.default_rng((options.seed, 11))
    size = np.maximum((np.array([page.width, page.height]) * options.share).astype(int), 64)
    room = np.array([page.width, page.height]) - size
    light = _light((page.height, page.width), options, rng)
    for number in range(options.frames):
        time = number / max(options.frames - 1, 1)
        corner = room * 0.5 * (1 - np.cos(2 * np.pi * time * np.array([1.0, 0.5])))
        corner = corner + rng.normal(0, options.shake * page.staff_space, 2)
        scale = 1 + options.zoom * np.sin(5 * time) + rng.normal(0, options.zoom / 10)
        angle = np.radians(options.turn * np.sin(3 * time))
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = corner + size / 2
        way = np.hstack((turn, (size / 2 - turn @ middle)[:, None]))
        spread = options.blur * page.staff_space * rng.beta(1, 2)
        image = _seen(page.image * light, way, (int(size[0]), int(size[1])), spread)
        image += rng.normal(0, options.noise, image.shape).astype(np.float32)
        yield Frame(
            np.clip(image, 0, 255).astype(np.uint8), way, _moved(page.symbols, way), page.staff_space * scale
        )


def _seen(
    image: NDArray[np.float32], way: NDArray[np.float64], size: tuple[int, int], spread: float
) -> NDArray[np.float32]:
    centres = way.copy()  # OpenCV counts from the middles of pixels
    centres[:, 2] += way[:, :2] @ (0.5, 0.5) - 0.5
    frame = cv2.warpAffine(image, centres, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), spread) if spread > 0.2 else frame, np.float32)


def _light(shape: tuple[int, int], options: PanOptions, rng: np.random.Generator) -> NDArray[np.float32]:
    """Light from one side."""
    way = rng.uniform(0, 2 * np.pi)
    y, x = np.linspace(-1, 1, shape[0])[:, None], np.linspace(-1, 1, shape[1])[None]
    dark = 0.5 + (np.cos(way) * x + np.sin(way) * y) / (2 * np.sqrt(2))
    return np.asarray(1 - options.shade * dark, np.float32)


def _moved(symbols: Symbols, way: NDArray[np.float64]) -> Symbols:
    """Symbols of the page in a frame: what is long tilts and its box grows, a glyph's box hardly does."""
    turn, shift = way[:, :2], way[:, 2]
    corners = symbols.corners @ turn.T + shift
    size = symbols.box[:, 2:] - symbols.box[:, :2]
    middle = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2 @ turn.T + shift
    half = size / 2 * np.sqrt(np.linalg.det(turn))
    long = size.max(axis=1, keepdims=True) > _LONG * size.min(axis=1, keepdims=True)
    tilted = np.hstack((corners.min(axis=1), corners.max(axis=1)))
    return symbols.replace(
        box=np.where(long, tilted, np.hstack((middle - half, middle + half))), corners=corners
    )
