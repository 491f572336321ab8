"""Staffs cut from pages: one level strip each, at the detector's staff space, with what stands on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.detector import STAFF_SPACE
from notehead.errors import DatasetError
from notehead.models.data.cutting import CropOptions, Pages, altered, pages_of, paper
from notehead.models.data.prepare import TrainingPage
from notehead.models.staffs.events import Columns, Event, Middle, staff_events
from notehead.models.staffs.tokens import NUMBERS
from notehead.page import Page
from notehead.vocabulary import VOCABULARY

HEIGHT = 192
"""Pixels of a strip, of which the staff is the middle 48: six ledger lines above and below are on it."""
_BESIDE = 2.0
"""Staff spaces of a strip before and after its staff."""
_LINES = 5
_LEAST = 3.0
"""Staff spaces; what is less high is no staff of five lines."""

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Strip:
    """A staff.

    Attributes:
        image: uint8 (192, width), 0 black.
        events: what stands on it, in its pixels.
    """

    image: Pixels
    events: list[Event]

    @property
    def tokens(self) -> list[int]:
        """The numbers of its tokens, from left to right."""
        return numbers(self.events)


@dataclass(frozen=True, eq=False)
class StripBatch:
    """Parts of staffs of one width.

    Attributes:
        image: uint8 (n, 192, width), 0 black.
        tokens: int64 (m,), those of all parts, one after the other.
        length: int64 (n,), how many are of each part.
    """

    image: Pixels
    tokens: NDArray[np.int64]
    length: NDArray[np.int64]


class StripCrops:
    """Batches of parts of staffs from prepared pages.

    Args:
        paths: the pages.
        options: what a batch is made of; `size` is the width of a part.
        seed: of all that is drawn.
    """

    def __init__(self, paths: Pages, options: CropOptions, seed: int) -> None:
        self._paths, self._options, self._seed = paths, options, seed

    def batch(self, number: int) -> StripBatch:
        """The batch of that number; a page on which nothing is known gives paper.

        Raises:
            DatasetError: the page was prepared by an older version.
        """
        options = self._options
        rng = np.random.default_rng((self._seed, number, 1))
        parts: list[tuple[Pixels, list[int]]] = []
        for page in pages_of(self._paths, number, options, self._seed):
            staffs = list(staff_strips(page))
            for _ in range(options.crops):
                blank = Strip(np.full((HEIGHT, 1), paper(page.image), np.uint8), [])
                strip = staffs[int(rng.integers(len(staffs)))] if staffs else blank
                image, tokens = part_of(strip, options.size, rng)
                parts.append((altered(image, rng), tokens))
        return StripBatch(
            np.stack([image for image, _ in parts]),
            np.array([token for _, tokens in parts for token in tokens], np.int64),
            np.array([len(tokens) for _, tokens in parts], np.int64),
        )


def numbers(events: Sequence[Event]) -> list[int]:
    """The numbers of the tokens of events."""
    return [NUMBERS[token] for event in events for token in event.tokens]


def staff_strips(page: TrainingPage) -> Iterator[Strip]:
    """The staffs of five lines of a prepared page whose notes are all known.

    Raises:
        DatasetError: it was prepared by an older version.
    """
    if page.staff is None or page.position is None or page.duration is None:
        message = "a prepared page does not say on which staffs its symbols stand"
        raise DatasetError(message, "Train in a new folder, so that its pages are prepared anew.")
    symbols = Columns(page.label, page.box, page.staff, page.position, page.duration)
    for row in np.flatnonzero(page.label == VOCABULARY.id("staff")).tolist():
        middle = _middle(page.corners[row])
        if middle is None:
            continue
        events = staff_events(symbols, int(page.staff[row]), middle)
        if events is not None:
            yield cut_strip(page.image, middle, events)


def page_strips(page: Page) -> Iterator[tuple[int, Strip]]:
    """The number and the strip of each staff of five lines of a page, by its staff lines.

    Staffs whose notes are not all known have no events, nor have those of a page that was read from an image.
    """
    symbols = page.symbols
    columns = Columns(symbols.label, symbols.box, symbols.staff, symbols.position, symbols.duration)
    for staff in np.unique(page.staff_lines[:, 0]).astype(int).tolist():
        lines = page.staff_lines[page.staff_lines[:, 0] == staff, 1:]
        if len(lines) != _LINES:
            continue
        x0, y0, x1, y1 = lines.mean(axis=0).tolist()
        space = float(np.ptp(lines[:, [1, 3]].mean(axis=1))) / (_LINES - 1)
        if x1 > x0 and space > 0:
            middle = Middle(x0, y0, x1, y1, space)
            yield staff, cut_strip(page.image, middle, staff_events(columns, staff, middle) or [])


def cut_strip(image: Pixels, middle: Middle, events: Sequence[Event]) -> Strip:
    """The strip around a staff: level, since each column is moved up or down as the staff's middle line is.

    Args:
        image: of the page, uint8 (height, width).
        middle: the staff's middle line.
        events: in pixels of the image.
    """
    scale = STAFF_SPACE / middle.space
    begin = middle.x0 - _BESIDE * middle.space
    width = max(1, round(middle.x1 + _BESIDE * middle.space - begin))
    height = max(1, round(HEIGHT / scale))
    slope = (middle.y1 - middle.y0) / max(middle.x1 - middle.x0, 1e-6)
    top = middle.height(begin) - height / 2
    # from the strip to the image; OpenCV counts from the middles of pixels
    back = np.array([[1.0, 0.0, begin], [slope, 1.0, top + slope / 2]])
    strip = cv2.warpAffine(
        image,
        back,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderValue=float(paper(image)),
    )
    if (round(width * scale), HEIGHT) != (width, height):
        size = (max(1, round(width * scale)), HEIGHT)
        strip = cv2.resize(strip, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    moved = [
        Event((event.left - begin) * scale, (event.right - begin) * scale, event.tokens) for event in events
    ]
    return Strip(np.asarray(strip, np.uint8), moved)


def part_of(strip: Strip, width: int, rng: np.random.Generator) -> tuple[Pixels, list[int]]:
    """A part of a staff, so wide, and the numbers of its tokens.

    It begins and ends between two events, so that none is cut; what is left of its width is paper.
    """
    image = np.full((HEIGHT, width), paper(strip.image), np.uint8)
    events, whole = strip.events, strip.image.shape[1]
    margin = _BESIDE * STAFF_SPACE
    begin = rng.uniform(-margin, max(whole - width, 0))
    first = next((k for k, event in enumerate(events) if event.left >= begin), len(events))
    if first == len(events):
        return image, []
    before = max((event.right for event in events[:first]), default=0.0)
    begin = min(max(before, events[first].left - margin), events[first].left)
    last = first
    while last < len(events) and events[last].right <= begin + width:
        last += 1
    end = begin + width
    if last < len(events):  # the next one would be cut
        reached = max((event.right for event in events[first:last]), default=begin)
        end = max(reached, min(end, *(event.left for event in events[last:])))
    left, right = max(int(begin), 0), min(int(np.ceil(end)), whole, int(begin) + width)
    if last == first:
        return image, []
    image[:, : right - left] = strip.image[:, left:right]
    return image, numbers(events[first:last])


def _middle(corners: NDArray[np.float32]) -> Middle | None:
    """The middle line of a staff from its oriented box; None where it is no staff of five lines."""
    order = np.argsort(corners[:, 0], kind="stable")
    left, right = corners[order[:2]], corners[order[2:]]
    if np.ptp(left[:, 1]) < _LEAST * STAFF_SPACE:
        return None
    (x0, y0), (x1, y1) = left.mean(axis=0).tolist(), right.mean(axis=0).tolist()
    return Middle(x0, y0, x1, y1, STAFF_SPACE) if x1 > x0 else None
