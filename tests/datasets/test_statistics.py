"""Figures worked out by hand, and against NumPy over all pages at once."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.datasets.statistics import Coverage, Histogram, Statistics, StatisticsBuilder, Summary
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY

CLASSES = ["stem", "beam", "noteheadBlackOnLine", "clefG", "textLyrics"]


def built(*pages: Symbols, staff_space: float = 10.0) -> Statistics:
    builder = StatisticsBuilder()
    for number, symbols in enumerate(pages):
        builder.add(f"page-{number}", symbols, 100, 200, staff_space)
    return builder.finish()


@pytest.fixture(name="statistics")
def three_pages() -> Statistics:
    """Pages of 4, 0 and 1 symbols: 3 stems, 1 beam, 1 notehead."""
    full = Symbols.build(
        ["stem", "stem", "beam", "noteheadBlackOnLine"],
        [[0, 0, 2, 30], [0, 0, 4, 40], [0, 0, 40, 10], [0, 0, 12, 10]],
        onset=[np.nan, np.nan, np.nan, 1.5],
        diatonic=[ABSENT, ABSENT, ABSENT, 28],
    )
    builder = StatisticsBuilder()
    builder.add("full", full, 100, 200, 10.0)
    builder.add("empty", Symbols(), 300, 400, 0.0)
    builder.add("one", Symbols.build(["stem"], [[5, 5, 11, 55]]), 100, 200, 20.0)
    return builder.finish()


def test_counts_are_those_of_the_pages(statistics: Statistics) -> None:
    assert (statistics.pages, statistics.symbols, statistics.empty_pages) == (3, 5, 1)
    assert statistics.pixels == 2 * 100 * 200 + 300 * 400
    assert statistics.fullest_page == "full"
    assert statistics.staff_space == Summary(15.0, 5.0, 20.0, 10.0, 15.0)
    assert statistics.width.median == 100
    assert statistics.height.maximum == 400


def test_figures_per_page_and_class_are_those_of_the_paper(statistics: Statistics) -> None:
    page, of_class = statistics.symbols_per_page, statistics.symbols_per_class
    assert page.mean == pytest.approx(5 / 3)
    assert page.std == pytest.approx(np.sqrt(26 / 9))  # deviations 7/3, -5/3, -2/3
    assert (page.maximum, page.minimum, page.median) == (4, 0, 1)
    assert of_class.mean == pytest.approx(5 / 3)
    assert of_class.std == pytest.approx(np.sqrt(8 / 9))  # of 3, 1, 1: deviations 4/3, -2/3, -2/3
    assert (of_class.maximum, of_class.minimum, of_class.median) == (3, 1, 1)


def test_classes_are_ranked_and_measured(statistics: Statistics) -> None:
    assert [row.name for row in statistics.classes] == ["stem", "beam", "noteheadBlackOnLine"]
    stem = statistics.classes[0]
    assert (stem.symbols, stem.pages, stem.width, stem.height) == (3, 2, 4.0, 40.0)
    # In staff spaces: widths .2, .4, .3, heights 3, 4, 2.5, rounded to 1/256.
    assert stem.width_spaces == pytest.approx(0.3, abs=1 / 512)
    assert stem.height_spaces == 3.0


def test_classes_that_do_not_occur_are_listed(statistics: Statistics) -> None:
    assert len(statistics.missing) == len(VOCABULARY) - 3
    assert "clefG" in statistics.missing
    assert "stem" not in statistics.missing


def test_noteheads_are_asked_what_they_know(statistics: Statistics) -> None:
    assert statistics.noteheads == Coverage(noteheads=1, onset=1, duration=0, pitch=1, position=0)


def test_histograms_have_the_bins_between_their_ends(statistics: Statistics) -> None:
    assert statistics.page_histogram == Histogram((1.0, 2.0, 3.0, 4.0, 5.0), (1, 0, 0, 1))
    sizes = statistics.size_histogram
    # Square roots of areas in staff spaces: .775, 1.265, 2, 1.095, .866; bins are quarter octaves.
    assert sizes.counts == (1, 1, 1, 1, 0, 0, 1)
    np.testing.assert_allclose(np.log2(sizes.edges), np.arange(-2, 6) / 4)


def test_top_share_is_of_the_ten_most_frequent() -> None:
    names = list(VOCABULARY)[:11]
    symbols = Symbols.build([*names, *names[:10]], np.zeros((21, 4)))
    assert built(symbols).top_share == pytest.approx(20 / 21)


def test_no_page_gives_zeros() -> None:
    statistics = StatisticsBuilder().finish()
    assert statistics.symbols_per_page == Summary()
    assert statistics.classes == ()
    assert statistics.top_share == 0
    assert len(statistics.missing) == len(VOCABULARY)
    assert "0 pages" in statistics.table()


def test_pages_without_staff_space_have_no_sizes_in_staff_spaces() -> None:
    statistics = built(Symbols.build(["stem"], [[0, 0, 2, 30]]), staff_space=0.0)
    assert statistics.classes[0].height == 30
    assert statistics.classes[0].height_spaces is None
    assert statistics.size_histogram == Histogram()
    assert statistics.table().count(" -") == 2


def test_sizes_beyond_the_bins_are_counted_in_the_outermost() -> None:
    statistics = built(Symbols.build(["stem", "staff"], [[0.0, 0.0, 0.0, 9.0], [0.0, 0.0, 1e9, 1e9]]))
    assert sum(statistics.size_histogram.counts) == 2


def test_table_is_aligned_and_sorted(statistics: Statistics) -> None:
    facts, summary, classes, missing, *_ = statistics.table().split("\n\n")
    assert facts == "3 pages, 5 symbols of 3 classes; the ten most frequent make up 100.0%"
    assert summary.splitlines() == [
        "Statistic  Symbols per page  Symbols per class",
        "Mean                    1.7                1.7",
        "Std. dev.               1.7                0.9",
        "Maximum                   4                  3",
        "Minimum                   0                  1",
        "Median                    1                  1",
    ]
    lines = classes.splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].split() == ["stem", "3", "60.00%", "2", "4", "40", "0.30", "3"]
    assert missing.startswith(f"No symbol of {len(VOCABULARY) - 3} classes: brace, ledgerLine")


def test_json_is_plain_and_in_order(statistics: Statistics) -> None:
    data = statistics.to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert list(data)[:3] == ["pages", "symbols", "pixels"]
    assert data["classes"][0]["name"] == "stem"
    assert data["symbols_per_page"]["mean"] == 1.666667


pages = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(CLASSES),
            st.floats(0, 500),
            st.floats(0, 500),
        ),
        max_size=12,
    ),
    min_size=1,
    max_size=6,
)


def as_symbols(rows: list[tuple[str, float, float]]) -> Symbols:
    return Symbols.build([row[0] for row in rows], [[9, 9, 9 + row[1], 9 + row[2]] for row in rows])


@given(pages)
@settings(max_examples=60, deadline=None)
def test_page_by_page_is_the_same_as_all_at_once(drawn: list[list[tuple[str, float, float]]]) -> None:
    statistics = built(*map(as_symbols, drawn))
    rows = [row for page in drawn for row in page]
    assert statistics.symbols == len(rows) == sum(statistics.size_histogram.counts)
    assert sum(statistics.page_histogram.counts) + statistics.empty_pages == len(drawn)
    for found in statistics.classes:
        sizes = np.array([row[1:] for row in rows if row[0] == found.name])
        assert found.symbols == len(sizes)
        assert found.pages == sum(any(row[0] == found.name for row in page) for page in drawn)
        np.testing.assert_allclose([found.width, found.height], np.median(sizes, axis=0), atol=1 / 16)
        in_spaces = [found.width_spaces, found.height_spaces]
        np.testing.assert_allclose(in_spaces, np.median(sizes, axis=0) / 10, atol=1 / 256)  # type: ignore[arg-type]


@given(pages, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_pages_does_not_matter(
    drawn: list[list[tuple[str, float, float]]], random: object
) -> None:
    symbols = [as_symbols(page) for page in drawn]
    expected = built(*symbols).to_json()
    random.shuffle(symbols)  # type: ignore[attr-defined]
    found = built(*symbols).to_json()
    del expected["fullest_page"], found["fullest_page"]
    assert found == expected


def test_many_pages_are_counted_in_parts_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [as_symbols([("stem", number % 7, 30.0), ("beam", 40.0, number)]) for number in range(50)]
    whole = built(*drawn)
    monkeypatch.setattr("notehead.datasets.tally._LIMIT", 9)
    assert built(*drawn) == whole


def test_a_full_page_takes_less_than_a_millisecond() -> None:
    random = np.random.default_rng(0)
    boxes = random.uniform(0, 2000, (1000, 4))
    symbols = Symbols.build(
        random.choice(list(VOCABULARY.by_id), 1000).tolist(), np.sort(boxes)[:, [0, 1, 2, 3]]
    )
    builder = StatisticsBuilder()
    times = []
    for _ in range(30):
        start = time.perf_counter()
        builder.add("page", symbols, 2000, 2800, 17.5)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.001
