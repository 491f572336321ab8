"""Random pages for property tests, and small ones by hand, as they could stand in anybody's dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead import VOCABULARY, Page, Symbols
from notehead.datasets.complaints import Complaints
from notehead.datasets.index import PageEntry
from notehead.datasets.source import Source
from notehead.errors import DatasetError
from notehead.page import ABSENT, Origin
from notehead.vocabulary import Vocabulary

T = TypeVar("T")

NAMES = st.text("abcdefgh-0123456789äé_", min_size=1, max_size=12).filter(lambda name: name[0] not in "-_")


class MemorySource(Source):
    """Pages in memory, as a dataset of any format could give them: what writers are tested with."""

    def __init__(
        self, pages: Sequence[Page], vocabulary: Vocabulary = VOCABULARY, split: str = "train"
    ) -> None:
        self.folder = Path("memory")
        self.vocabulary = vocabulary
        self.complaints = Complaints()
        self._pages = {page.name: page for page in pages}
        self.entries = [
            PageEntry(
                name=page.name, split=split, score=page.origin.score, score_id=page.origin.score_id,
                font=page.origin.font, number=page.origin.number, width=page.width, height=page.height,
                symbols=len(page.symbols), licence=page.origin.licence,
            )
            for page in pages
        ]  # fmt: skip

    def symbols(self, entry: PageEntry) -> Symbols:
        return self.page(entry).symbols

    def page(self, entry: PageEntry) -> Page:
        if entry.name not in self._pages:
            raise DatasetError(entry.name)
        return self._pages[entry.name]

    def staff_space(self, entry: PageEntry) -> float:
        return self.page(entry).staff_space


@st.composite
def random_symbols(
    draw: st.DrawFn,
    size: tuple[int, int] = (300, 200),
    vocabulary: Vocabulary = VOCABULARY,
    most: int = 12,
    thinnest: float = 0.0,
) -> Symbols:
    """Symbols on a page of (width, height): any boxes on it, non-contiguous ids, music on some of them.

    Coordinates have at most three decimals; `thinnest` is the least width and height of a box.
    """

    def column(values: st.SearchStrategy[T]) -> list[T]:
        return draw(st.lists(values, min_size=count, max_size=count))

    count = draw(st.integers(0, most))
    ids = draw(st.lists(st.integers(1, 65535), min_size=count, max_size=count, unique=True))
    labels = draw(
        st.lists(st.sampled_from([row.id for row in vocabulary.classes]), min_size=count, max_size=count)
    )
    boxes = [draw(_box(size, thinnest)) for _ in range(count)]
    corners = [draw(_corners(box)) for box in boxes]
    whole, fractions = (
        st.integers(0, 40) | st.just(ABSENT),
        st.sampled_from([0.0, 0.5, 1.25, 7.0, float("nan")]),
    )
    links = (
        draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=4, unique=True))
        if ids
        else []
    )
    return Symbols.build(
        labels,
        np.array(boxes, np.float64).reshape(count, 4),
        vocabulary,
        id=ids,
        corners=np.array(corners, np.float64).reshape(count, 4, 2),
        area=column(st.integers(0, 500)),
        position=column(st.integers(-12, 12) | st.just(ABSENT)),
        staff=column(whole),
        onset=column(fractions),
        duration=column(fractions),
        links=np.array(links, np.int32).reshape(-1, 2),
    )


@st.composite
def _box(draw: st.DrawFn, size: tuple[int, int], thinnest: float) -> list[float]:
    sides = []
    for length in size:
        least = round(thinnest * 1000)
        low = draw(st.integers(0, length * 1000 - least))
        high = draw(st.integers(low + least, length * 1000))
        sides.append((low / 1000, high / 1000))
    (x0, x1), (y0, y1) = sides
    return [x0, y0, x1, y1]


@st.composite
def _corners(draw: st.DrawFn, box: list[float]) -> list[list[float]]:
    """An oriented box within the upright one: its corners stand on the four sides."""
    x0, y0, x1, y1 = box
    t = draw(st.sampled_from([0.0, 0.25, 0.5]))
    if t == 0.0:
        return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    side = min(x1 - x0, y1 - y0)  # a square turned inside a square
    a = side * t
    return [[x0 + a, y0], [x0 + side, y0 + a], [x0 + side - a, y0 + side], [x0, y0 + side - a]]


def disc_page(name: str = "discs", vocabulary: Vocabulary = VOCABULARY, count: int = 5) -> Page:
    """A page of 200 x 120 pixels with overlapping discs as symbols, with masks, covered pixels and links."""
    height, width = 120, 200
    image = np.full((height, width), 255, np.uint8)
    ids, under = np.zeros((height, width), np.uint16), np.zeros((height, width), np.uint16)
    rows, columns = np.mgrid[:height, :width]
    boxes, areas, numbers = [], [], [3 * number + 2 for number in range(count)]
    for place, number in enumerate(numbers):
        x, y, radius = 25 + 30 * place, 40 + 12 * (place % 3), 18
        disc: NDArray[np.bool_] = (columns + 0.5 - x) ** 2 + (rows + 0.5 - y) ** 2 <= radius**2
        under[disc] = ids[disc]
        ids[disc] = number
        image[disc] = 20 * place
        boxes.append([x - radius, y - radius, x + radius, y + radius])
    areas = [int((ids == number).sum()) for number in numbers]
    labels = [vocabulary.classes[place % len(vocabulary.classes)].id for place in range(count)]
    symbols = Symbols.build(
        labels,
        boxes,
        vocabulary,
        id=numbers,
        area=areas,
        links=[[numbers[0], numbers[1]], [numbers[2], numbers[1]]],
    )
    origin = Origin(score="disc.mei", score_id="123", number=1, engraver="by hand", resolution=300.0)
    return Page(name, image, symbols, ids, under, staff_space=10.0, origin=origin)


def blank_page(name: str, symbols: Symbols, size: tuple[int, int] = (300, 200)) -> Page:
    """A white page of (width, height) without masks."""
    return Page(name, np.full((size[1], size[0]), 255, np.uint8), symbols)
