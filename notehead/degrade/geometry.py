"""Steps that move pixels: a page turned, seen askew, bent, placed in a frame, at another resolution.

Each is a small frozen dataclass, a `Step` in itself. Several in a `Geometry` become ONE warp: the page is
resampled once, however much happens to it. Lengths are shares of the page's width, so that a step looks the
same at every resolution.

Example:
    >>> page = Page("p", np.full((400, 300), 255, np.uint8), origin=Origin(resolution=300.0))
    >>> scanned = Geometry((Rotate(1.0), Resample((150.0,))))(page, np.random.default_rng(1), 1.0)
    >>> scanned.width, scanned.height, scanned.origin.resolution
    (150, 200, 150.0)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from notehead.degrade.warp import Floats, PointMap, Warp
from notehead.degrade.warp_page import warp_page
from notehead.page import Origin, Page

Side = Literal["left", "right", "spine"]
WHITE = 255
_STAFF_SPACE_INCHES = 0.0689
"""Of 1.75 mm, a common size in print: what a page's resolution is taken from where it is not known."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is seen of a page while moves follow each other.

    Attributes:
        size: (width, height) in pixels.
        resolution: dots per inch; 0 where it is not known.
        number: the page's number in its score: odd pages have their spine on the left.
    """

    size: tuple[int, int]
    resolution: float
    number: int

    @property
    def middle(self) -> Floats:
        """The point in the middle."""
        return np.array(self.size, np.float64) / 2


@dataclass(frozen=True, slots=True)
class Move:
    """What a step does to a frame.

    Attributes:
        frame: what is seen afterwards.
        backward: from points there to points before.
    """

    frame: Frame
    backward: PointMap


class Mover(ABC):
    """A step that moves pixels, alone or in a `Geometry`."""

    __slots__ = ()

    @abstractmethod
    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw what to do to a frame."""

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page so moved, its labels with it."""
        return Geometry((self,))(page, rng, strength)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Several moves in one warp, in the order in which they happen to the page.

    Attributes:
        moves: for instance bent, turned, seen askew, placed, resampled.
        background: grey value of what is seen beyond the page: a scanner's lid is light, a table dark.
    """

    moves: tuple[Mover, ...]
    background: int = WHITE

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page moved, its labels with it; with strength 0 the page itself."""
        if strength <= 0:
            return page
        frame, warp = self.warp(page, rng, strength)
        moved = warp_page(page, warp, self.background)
        return replace(moved, origin=_at(page.origin, frame.resolution))

    def warp(self, page: Page, rng: np.random.Generator, strength: float) -> tuple[Frame, Warp]:
        """The frame and the warp that these moves are drawn to make of a page."""
        frame = Frame((page.width, page.height), _resolution(page), page.origin.number)
        steps: list[PointMap] = []
        for mover in self.moves:
            move = mover.move(frame, rng, strength)
            frame = move.frame
            steps.append(move.backward)

        def backward(points: Floats) -> Floats:
            for step in reversed(steps):
                points = step(points)
            return points

        return frame, Warp.of(backward, frame.size, (page.width, page.height))


@dataclass(frozen=True, slots=True)
class Rotate(Mover):
    """The page lies askew, turned about its middle.

    Attributes:
        degrees: standard deviation of the angle; three times as much is the most.
    """

    degrees: float = 0.5

    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw the angle."""
        angle = np.deg2rad(self.degrees * strength * _normal(rng))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return Move(frame, lambda points: (points - frame.middle) @ turn + frame.middle)


@dataclass(frozen=True, slots=True)
class Perspective(Mover):
    """The page seen by a camera that is not quite above it.

    The scale at the page's middle stays.

    Attributes:
        degrees: standard deviation of the camera's tilt about either axis; three times as much is the most.
        distance: of the camera from the page, in page heights.
    """

    degrees: float = 4.0
    distance: float = 1.3

    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw the tilt."""
        about_x, about_y = np.deg2rad(self.degrees * strength * np.array([_normal(rng), _normal(rng)]))
        far = self.distance * frame.size[1]
        cos_x, sin_x, cos_y, sin_y = np.cos(about_x), np.sin(about_x), np.cos(about_y), np.sin(about_y)
        # rows: the camera's x, y and depth of the page's x and y
        seen = np.array([[cos_y, sin_x * sin_y], [0.0, cos_x], [-sin_y, sin_x * cos_y]])

        def backward(points: Floats) -> Floats:
            u = (points - frame.middle) / far  # u = (seen x, seen y) / (far + seen depth)
            a = seen[0] - u[:, :1] * seen[2]
            b = seen[1] - u[:, 1:] * seen[2]
            determinant = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
            x = (u[:, 0] * b[:, 1] - u[:, 1] * a[:, 1]) * far / determinant
            y = (a[:, 0] * u[:, 1] - b[:, 0] * u[:, 0]) * far / determinant
            return np.column_stack([x, y]) + frame.middle

        return Move(frame, backward)


@dataclass(frozen=True, slots=True)
class Curl(Mover):
    """A bound page rises or sinks towards the spine like a cylinder, and a lens sees it from above.

    Near the spine the page gets narrower and, being further from the lens, smaller: its staves bend towards
    the middle of the page's height.

    Attributes:
        depth: of the page's edge at the spine below the plane, as a share of the page's width, on average.
        zone: share of the page's width that bends.
        distance: of the lens from the page, in page heights.
        side: where the spine is; "spine": on the left of odd pages and on the right of even ones, as
            `spine_side` says, so that a shadow can be put there.
    """

    depth: float = 0.03
    zone: float = 0.3
    distance: float = 1.5
    side: Side = "spine"

    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw the depth and the zone."""
        width, height = frame.size
        depth = self.depth * strength * width * rng.uniform(0.5, 1.5)
        zone = self.zone * width * rng.uniform(0.7, 1.3)
        far = self.distance * height
        left = (spine_side(frame.number) if self.side == "spine" else self.side) == "left"

        # along the bent page, in pixels from the end of the zone towards the spine and beyond the page
        across = np.linspace(0.0, 2.0 * width, 4096)
        along = np.minimum(across, 1.2 * zone) / zone
        low = depth * along**2.5
        slope = np.gradient(low, across)
        flat = np.concatenate([[0.0], np.cumsum(np.sqrt(1 + slope[1:] ** 2) * np.diff(across))])
        shrink = far / (far + low)
        start = width - zone  # distance of the zone from the edge without a spine
        seen = (start + across - width / 2) * shrink + width / 2

        def backward(points: Floats) -> Floats:
            x = width - points[:, 0] if left else points[:, 0]
            inside = x > seen[0]
            straight = np.where(inside, start + np.interp(x, seen, flat), x)
            straight = np.where(x > seen[-1], straight + x - seen[-1], straight)
            smaller = np.where(inside, np.interp(x, seen, shrink), 1.0)
            y = (points[:, 1] - height / 2) / smaller + height / 2
            return np.column_stack([width - straight if left else straight, y])

        return Move(frame, backward)


@dataclass(frozen=True, slots=True)
class Wave(Mover):
    """Paper that has been damp lies in shallow waves: every point is a little off, smoothly.

    Attributes:
        amplitude: of a wave, as a share of the page's width.
        length: the shortest wave, as a share of the page's width; the longest is four times as long.
        waves: how many are laid over each other.
    """

    amplitude: float = 0.001
    length: float = 0.4
    waves: int = 3

    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw the waves."""
        width = frame.size[0]
        shape = (self.waves, 1)
        direction, towards = rng.uniform(0, 2 * np.pi, shape), rng.uniform(0, 2 * np.pi, shape)
        phase = rng.uniform(0, 2 * np.pi, self.waves)
        length = self.length * width * 4 ** rng.uniform(0, 1, shape)
        number = 2 * np.pi / length * np.hstack([np.cos(direction), np.sin(direction)])
        height = self.amplitude * strength * width * rng.uniform(0.3, 1.0, shape)
        shift = height * np.hstack([np.cos(towards), np.sin(towards)])
        return Move(frame, lambda points: points + np.sin(points @ number.T + phase) @ shift)


@dataclass(frozen=True, slots=True)
class Place(Mover):
    """The page in a larger or smaller frame: the scanner's bed or the table beyond it, or its edges cut.

    Attributes:
        margin: least and greatest strip beyond the page on each side, as a share of its width; a negative
            one cuts the page.
        shift: standard deviation of the page's offset in the frame, as a share of its width.
    """

    margin: tuple[float, float] = (0.0, 0.04)
    shift: float = 0.005

    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw margins and offset."""
        width, height = frame.size
        left, top, right, bottom = rng.uniform(*self.margin, 4) * strength * width
        offset = np.array([_normal(rng), _normal(rng)]) * self.shift * strength * width
        size = (max(1, round(width + left + right)), max(1, round(height + top + bottom)))
        origin = np.array([left, top]) + offset
        return Move(replace(frame, size=size), lambda points: points - origin)


@dataclass(frozen=True, slots=True)
class Resample(Mover):
    """The page at another resolution.

    A page that does not know its own is taken to have staff spaces of 1.75 mm; one without staff spaces
    stays as it is.

    Attributes:
        resolutions: dots per inch, from low to high, of which one is drawn. Strengths beyond 1 prefer the
            low ones; with strengths below 1 the page keeps a part of the way to its own.
    """

    resolutions: tuple[float, ...] = (150.0, 200.0, 300.0, 300.0, 400.0, 600.0)

    def move(self, frame: Frame, rng: np.random.Generator, strength: float) -> Move:
        """Draw the resolution."""
        if not frame.resolution:
            return Move(frame, lambda points: points)
        chosen = self.resolutions[int(rng.uniform() ** max(strength, 1.0) * len(self.resolutions))]
        scale = (chosen / frame.resolution) ** min(strength, 1.0)
        width, height = frame.size
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        exact = np.array([width / size[0], height / size[1]])
        resolution = frame.resolution * scale
        return Move(replace(frame, size=size, resolution=resolution), lambda points: points * exact)


def spine_side(number: int) -> Literal["left", "right"]:
    """On which side the spine of a bound volume is, by the page's number."""
    return "left" if number % 2 else "right"


def _normal(rng: np.random.Generator) -> float:
    """A number with the standard normal distribution, at most 3 from 0."""
    return float(np.clip(rng.standard_normal(), -3, 3))


def _resolution(page: Page) -> float:
    return page.origin.resolution or page.staff_space / _STAFF_SPACE_INCHES


def _at(origin: Origin, resolution: float) -> Origin:
    """The origin with the resolution that the page has now, if it is known."""
    return replace(origin, resolution=resolution) if origin.resolution else origin
