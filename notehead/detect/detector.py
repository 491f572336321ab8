"""`Detector`: an image of a page in, its symbols out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.edges import within_edges
from notehead.detect.one_pass import STAFF_SPACE, DetectOptions, Model, Seen, see
from notehead.detect.orientation import Orientation, estimate_orientation
from notehead.detect.placing import placed
from notehead.detect.shipped import load_model
from notehead.detect.sizes import see_sizes
from notehead.detect.small import told_by_size
from notehead.detect.staff_space import Region, StaffSpace
from notehead.detect.view import View, levelled, turned
from notehead.images.document import DocumentReader, Scan
from notehead.images.failure import DocumentError
from notehead.images.page_range import PageRange
from notehead.page import Origin, Page, Symbols

__all__ = ["STAFF_SPACE", "DetectOptions", "Detector", "Model", "Reading", "detect_at"]

NO_STAFF = "no staff was found, so nothing was read"


@dataclass(frozen=True, eq=False)
class Reading:
    """What was read from an image.

    Attributes:
        page: the image as it was given, and its symbols in its pixels.
        staff_space: of the page set upright; None where no staff was found.
        turned: degrees by which the page had to be turned to the left: 0, 90, 180 or 270.
        notes: what a user should know, one sentence each: why there is nothing, what was uncertain.
    """

    page: Page
    staff_space: StaffSpace | None = None
    turned: int = 0
    notes: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """How sure it is that the page has staves, 0 to 1."""
        return self.staff_space.confidence if self.staff_space else 0.0


class Detector:
    """Reads images of pages of music.

    Args:
        model: a folder with a model, as `notehead export` writes it; the one that comes with the package
            where none is given; or a network of your own.
        options: how pages are read.
        threads: of the network; 0 for as many as it likes.

    Raises:
        MissingExtraError: the package came without its model.
        DatasetError: the model cannot be used.

    Example:
        >>> from notehead.detect import Detector
        >>> page = Detector().detect("scan.png")  # doctest: +SKIP
        >>> page.symbols.named("clefG").box  # doctest: +SKIP
    """

    def __init__(
        self,
        model: str | PathLike[str] | Model | None = None,
        options: DetectOptions | None = None,
        threads: int = 0,
    ) -> None:
        given = model is None or isinstance(model, str | PathLike)
        self.model: Model = load_model(model, threads) if given else model  # type: ignore[arg-type,assignment]
        self.options = options or DetectOptions()

    def detect(
        self, image: NDArray[np.uint8] | str | PathLike[str] | bytes, name: str = "", page: int = 1
    ) -> Page:
        """The page of an image, with symbols, staves and staff space; without any where it has no staff.

        Args:
            image: uint8 (height, width) or (height, width, 3) as RGB; or a file, or a file's content: PDF,
                TIFF, PNG, JPEG and others.
            name: what to call the page; by default as its file.
            page: which page of the file, from 1.

        Raises:
            DocumentError: the file cannot be read.
            ValueError: the array is no image.
        """
        if isinstance(image, np.ndarray):
            return self.read(image, name or "page").page
        source = image if isinstance(image, bytes) else Path(image)
        with DocumentReader() as reader:
            scan = next(reader.read(source, PageRange(((page, page),)), name))
        if isinstance(scan, DocumentError):
            raise scan
        return self.read_scan(scan, name).page

    def read_scan(self, scan: Scan, name: str = "") -> Reading:
        """As `read`, of a page of a file."""
        reading = self.read(scan.image, name or scan.name)
        origin = Origin(number=scan.number, resolution=scan.resolution)
        return replace(reading, page=replace(reading.page, origin=origin))

    def read(self, image: NDArray[np.uint8], name: str = "page") -> Reading:
        """The page of an image, and how sure that is.

        Args:
            image: uint8 (height, width) or (height, width, 3) as RGB.
            name: what to call the page.

        Raises:
            ValueError: the array is no image.
        """
        grey = _grey(image)
        orientation = estimate_orientation(grey)
        if orientation is None:
            return Reading(Page(name, grey), notes=(NO_STAFF,))
        space = orientation.staff_space
        problem = self._too_small(space.pixels, grey.size)
        if problem:
            return Reading(Page(name, grey), space, orientation.degrees, (problem,))
        ways = [self._way(grey, one) for one in self._orientations(orientation, grey.shape)]
        best = max(ways, key=lambda way: way.seen.evidence)
        return Reading(best.page(name, grey), best.space, best.degrees)

    def _too_small(self, space: float, pixels: int) -> str:
        """Why staves of such a size cannot be read on such a page; empty where they can."""
        size = f"its staff space is {space:.1f} pixels, too small to be read"
        if space < self.options.smallest:
            return f"{size}; scan it at a higher resolution"
        if pixels * (STAFF_SPACE / space) ** 2 > self.options.largest:
            return f"{size} on a page so large; cut it into parts"
        return ""

    def _orientations(self, found: Orientation, shape: tuple[int, ...]) -> Iterator[tuple[int, StaffSpace]]:
        """Quarter turns and the staff space of the page so turned: as found, and upside down in doubt."""
        yield found.turns, found.staff_space
        if found.doubt >= self.options.doubt:
            height, width = shape if found.turns % 2 == 0 else shape[::-1]
            regions = tuple(
                replace(one, box=_over(one, height, width)) for one in reversed(found.staff_space.regions)
            )
            yield (found.turns + 2) % 4, replace(found.staff_space, regions=regions)

    def _way(self, image: NDArray[np.uint8], way: tuple[int, StaffSpace]) -> _Way:
        """The page read in one orientation."""
        turns, space = way
        view = turned(255 - image if space.inverted else image, turns)
        upright = view
        if abs(space.skew) > self.options.skew:
            view = levelled(view, space.skew)
        seen = within_edges(self._see(view, upright, space), view, image.shape, space.pixels)
        return _Way(view, seen, turns, space)

    def _see(self, view: View, upright: View, space: StaffSpace) -> Seen:
        if len(space.regions) < 2:
            return see(view.image, space.pixels, self.model, self.options)
        regions = [replace(one, box=view.seen_box(_given_box(upright, one))) for one in space.regions]
        return see_sizes(view.image, regions, space.pixels, self.model, self.options)


@dataclass(frozen=True, eq=False)
class _Way:
    """A page read in one orientation."""

    view: View
    seen: Seen
    turns: int
    space: StaffSpace

    @property
    def degrees(self) -> int:
        return 90 * self.turns

    def page(self, name: str, image: NDArray[np.uint8]) -> Page:
        staves = self.seen.staves
        symbols = told_by_size(placed(self.seen.symbols, staves), staves)
        lines = [
            np.insert(self.view.given(curve.lines().reshape(-1, 2, 2)).reshape(-1, 4), 0, number, axis=1)
            for number, curve in enumerate(staves)
        ]
        return Page(
            name,
            image,
            self.view.symbols_given(symbols),
            staff_lines=np.concatenate(lines) if lines else np.empty((0, 5)),
            staff_space=self.space.pixels,
        )


def detect_at(image: NDArray[np.uint8], staff_space: float, model: Model, options: DetectOptions) -> Symbols:
    """The symbols of an upright image whose staff space is known, in pixels of that image.

    Args:
        image: uint8 (height, width), 0 black.
        staff_space: in pixels of the image.
        model: the network.
        options: how the page is read.
    """
    return see(image, staff_space, model, options).symbols


def _grey(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        message = f"an image is uint8 (height, width) or (height, width, 3), not {image.dtype} {image.shape}"
        raise ValueError(message)
    if image.ndim == 2:
        return image
    if not image.size:
        return image[:, :, 0]
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)


def _over(region: Region, height: int, width: int) -> tuple[float, float, float, float]:
    """A region's box after its page is turned by 180 degrees."""
    x0, y0, x1, y1 = region.box
    return width - x1, height - y1, width - x0, height - y0


def _given_box(view: View, region: Region) -> tuple[float, float, float, float]:
    """A region's box, which is of the upright page, in the given image."""
    corners = view.given(np.array(region.box).reshape(2, 2))
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return x0, y0, x1, y1
