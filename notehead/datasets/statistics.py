"""`Statistics`: what a dataset holds, counted page by page as the DeepScores paper reports it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from notehead.datasets.tally import Tally
from notehead.datasets.text_table import statistics_table
from notehead.page import ABSENT
from notehead.vocabulary import VOCABULARY, Vocabulary

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from notehead.page import Symbols

TOP = 10
"""The paper gives the share of the ten most frequent classes."""

_DECADE_BINS = 10
_OCTAVE_BINS, _LOWEST, _HIGHEST = 4, -6, 10
_COUNT_EDGES = np.unique(np.rint(10 ** (np.arange(5 * _DECADE_BINS + 1) / _DECADE_BINS)))
_SIZE_EDGES = 2.0 ** (np.arange(_LOWEST * _OCTAVE_BINS, _HIGHEST * _OCTAVE_BINS + 1) / _OCTAVE_BINS)


@dataclass(frozen=True, slots=True)
class Summary:
    """Five figures about many numbers, all 0.0 where there are none; `std` is the population's.

    Example:
        >>> Summary.of([1, 2, 3, 6])
        Summary(mean=3.0, std=1.8708286933869707, maximum=6.0, minimum=1.0, median=2.5)
    """

    mean: float = 0.0
    std: float = 0.0
    maximum: float = 0.0
    minimum: float = 0.0
    median: float = 0.0

    @classmethod
    def of(cls, values: ArrayLike) -> Summary:
        """The figures of some numbers."""
        array = np.asarray(values, np.float64)
        if not array.size:
            return cls()
        figures = array.mean(), array.std(), array.max(), array.min(), np.median(array)
        return cls(*map(float, figures))


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie in each bin, `edges[i] <= value < edges[i + 1]`; no bins without values.

    The bins are about equally wide on a logarithmic axis, from the first that holds a value to the last.
    Values that no bin could hold (a size of 0, say) are counted in the nearest one.
    """

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    @classmethod
    def of(cls, edges: NDArray[np.float64], counts: NDArray[np.int64]) -> Histogram:
        """The part of a histogram that holds values."""
        used = np.flatnonzero(counts)
        if not used.size:
            return cls()
        first, last = int(used[0]), int(used[-1]) + 1
        return cls(tuple(edges[first : last + 1].tolist()), tuple(counts[first:last].tolist()))


@dataclass(frozen=True, slots=True)
class ClassStatistics:
    """One class in a dataset.

    Attributes:
        name: the class.
        symbols: how many of it there are.
        pages: on how many pages it stands.
        width: median width of its boxes in pixels, to 1/16 of a pixel.
        height: median height in pixels.
        width_spaces: median width in staff spaces, to 1/256; None where no page tells its staff space.
        height_spaces: median height in staff spaces.
    """

    name: str
    symbols: int
    pages: int
    width: float
    height: float
    width_spaces: float | None
    height_spaces: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many noteheads there are, and how many of them carry which piece of music."""

    noteheads: int = 0
    onset: int = 0
    duration: int = 0
    pitch: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a dataset holds.

    Attributes:
        pages: how many.
        symbols: how many on all pages.
        pixels: of all pages.
        empty_pages: pages without any symbol.
        fullest_page: name of the (first) page with most symbols, empty where there is no page.
        symbols_per_page: over all pages.
        symbols_per_class: over the classes that occur.
        width: of the pages, in pixels.
        height: of the pages, in pixels.
        staff_space: of the pages that tell it, in pixels.
        top_share: the part of all symbols that the `TOP` most frequent classes make up.
        noteheads: what is known about them.
        classes: those that occur, most frequent first.
        missing: names of the classes without any symbol.
        page_histogram: pages by their number of symbols; pages without any are left out.
        size_histogram: symbols by the square root of their box's area in staff spaces.
    """

    pages: int
    symbols: int
    pixels: int
    empty_pages: int
    fullest_page: str
    symbols_per_page: Summary
    symbols_per_class: Summary
    width: Summary
    height: Summary
    staff_space: Summary
    top_share: float
    noteheads: Coverage
    classes: tuple[ClassStatistics, ...]
    missing: tuple[str, ...]
    page_histogram: Histogram
    size_histogram: Histogram

    def to_json(self) -> dict[str, Any]:
        """Everything in plain types and the order of the attributes, fractions to six places."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    def table(self) -> str:
        """Text for a terminal: the paper's table of figures, then a line for each class."""
        return statistics_table(self)


class StatisticsBuilder:
    """Counts pages into `Statistics`; memory grows with the kinds of sizes, hardly with the pages.

    Example:
        >>> from notehead.page import Symbols
        >>> builder = StatisticsBuilder()
        >>> builder.add("one", Symbols.build(["stem", "stem"], [[0, 0, 2, 35], [9, 0, 11, 45]]), 99, 80, 10)
        >>> statistics = builder.finish()
        >>> statistics.symbols, statistics.classes[0].height, statistics.classes[0].height_spaces
        (2, 40.0, 4.0)
    """

    def __init__(self, vocabulary: Vocabulary = VOCABULARY) -> None:
        self._vocabulary = vocabulary
        labels = max(vocabulary.by_id, default=0) + 1
        self._pages: list[tuple[int, int, int, float]] = []
        self._fullest = ("", -1)
        self._symbols = np.zeros(labels, np.int64)
        self._occurs_on = np.zeros(labels, np.int64)
        self._sizes = np.zeros(len(_SIZE_EDGES) - 1, np.int64)
        self._known = np.zeros(5, np.int64)
        self._pixels = Tally(1 / 16), Tally(1 / 16)
        self._spaces = Tally(1 / 256), Tally(1 / 256)

    def add(self, name: str, symbols: Symbols, width: int, height: int, staff_space: float) -> None:
        """Count one page; its staff space is in pixels, 0 where it is not known."""
        self._pages.append((len(symbols), width, height, staff_space))
        if len(symbols) > self._fullest[1]:
            self._fullest = name, len(symbols)
        counts = np.bincount(symbols.label, minlength=len(self._symbols))
        self._symbols += counts
        self._occurs_on += counts > 0
        self._known += _coverage(symbols)
        extent = (symbols.box[:, 2:] - symbols.box[:, :2]).clip(min=0)
        for tally, values in zip(self._pixels, extent.T, strict=True):
            tally.add(symbols.label, values)
        if staff_space > 0:
            for tally, values in zip(self._spaces, extent.T / staff_space, strict=True):
                tally.add(symbols.label, values)
            self._sizes += _size_counts(np.sqrt(extent.prod(axis=1)) / staff_space)

    def state(self) -> dict[str, Any]:
        """What was counted, in plain types; `merge` adds it to another builder of the same vocabulary."""
        return {
            "pages": self._pages,
            "fullest": list(self._fullest),
            "arrays": [part.tolist() for part in self._arrays()],
            "tallies": [tally.state() for tally in self._tallies()],
        }

    def merge(self, state: dict[str, Any]) -> None:
        """Count what another builder has counted, after what was counted here."""
        self._pages += [tuple(page) for page in state["pages"]]
        name, most = state["fullest"]
        if most > self._fullest[1]:
            self._fullest = name, most
        for mine, counts in zip(self._arrays(), state["arrays"], strict=True):
            np.add(mine, counts, out=mine)
        for tally, counts in zip(self._tallies(), state["tallies"], strict=True):
            tally.merge(counts)

    def _arrays(self) -> tuple[NDArray[np.int64], ...]:
        return self._symbols, self._occurs_on, self._sizes, self._known

    def _tallies(self) -> tuple[Tally, ...]:
        return *self._pixels, *self._spaces

    def finish(self) -> Statistics:
        """The statistics of the pages so far."""
        pages = np.array(self._pages, np.float64).reshape(-1, 4)
        on_page, width, height, space = pages.T
        ranked = sorted(np.flatnonzero(self._symbols).tolist(), key=self._rank)
        total = int(self._symbols.sum())
        return Statistics(
            pages=len(pages),
            symbols=total,
            pixels=int((width * height).sum()),
            empty_pages=int((on_page == 0).sum()),
            fullest_page=self._fullest[0],
            symbols_per_page=Summary.of(on_page),
            symbols_per_class=Summary.of(self._symbols[ranked]),
            width=Summary.of(width),
            height=Summary.of(height),
            staff_space=Summary.of(space[space > 0]),
            top_share=float(self._symbols[ranked[:TOP]].sum() / max(total, 1)),
            noteheads=Coverage(*self._known.tolist()),
            classes=self._classes(ranked),
            missing=tuple(row.name for row in self._vocabulary.classes if not self._symbols[row.id]),
            page_histogram=_page_histogram(on_page),
            size_histogram=Histogram.of(_SIZE_EDGES, self._sizes),
        )

    def _rank(self, label: int) -> tuple[int, str]:
        return -int(self._symbols[label]), self._vocabulary.by_id[label].name

    def _classes(self, ranked: list[int]) -> tuple[ClassStatistics, ...]:
        width, height = (tally.medians() for tally in self._pixels)
        width_spaces, height_spaces = (tally.medians() for tally in self._spaces)
        return tuple(
            ClassStatistics(
                name=self._vocabulary.by_id[label].name,
                symbols=int(self._symbols[label]),
                pages=int(self._occurs_on[label]),
                width=width[label],
                height=height[label],
                width_spaces=width_spaces.get(label),
                height_spaces=height_spaces.get(label),
            )
            for label in ranked
        )


def _coverage(symbols: Symbols) -> NDArray[np.int64]:
    heads = symbols.is_notehead
    known = (
        heads,
        ~np.isnan(symbols.onset),
        ~np.isnan(symbols.duration),
        symbols.diatonic != ABSENT,
        symbols.position != ABSENT,
    )
    return np.array([np.count_nonzero(column & heads) for column in known])


def _size_counts(sizes: NDArray[np.float64]) -> NDArray[np.int64]:
    last = len(_SIZE_EDGES) - 2
    place = np.clip(np.searchsorted(_SIZE_EDGES, sizes, side="right") - 1, 0, last)
    counts: NDArray[np.int64] = np.bincount(place, minlength=last + 1)
    return counts


def _page_histogram(on_page: NDArray[np.float64]) -> Histogram:
    counts, _ = np.histogram(on_page[on_page > 0].clip(max=_COUNT_EDGES[-1]), _COUNT_EDGES)
    return Histogram.of(_COUNT_EDGES, counts)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value
