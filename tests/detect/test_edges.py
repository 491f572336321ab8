"""The rim of a facing page is no part of the page; short staves of the page itself are."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.detect.edges import within_edges
from notehead.detect.one_pass import Seen
from notehead.detect.staff_curves import StaffCurve
from notehead.detect.view import levelled, turned
from notehead.page import Symbols

SPACE, HEIGHT, WIDTH = 10.0, 1000, 800
Box = tuple[float, float, float, float]

PAGE: list[Box] = [(80.0, 100.0 + 200 * i, 780.0, 140.0 + 200 * i) for i in range(4)]
RIM: list[Box] = [(0.0, 160.0 + 200 * i, 25.0, 200.0 + 200 * i) for i in range(4)]


def seen(staves: list[Box], heads: list[tuple[float, float]] = (), scores: list[float] | None = None) -> Seen:  # type: ignore[assignment]
    around = [(x - 5.0, y - 5.0, x + 5.0, y + 5.0) for x, y in heads]
    names = ["staff"] * len(staves) + ["noteheadBlackOnLine"] * len(heads)
    symbols = Symbols.build(
        names,
        np.array([*staves, *around]).reshape(-1, 4),
        score=np.array([*(scores or [0.9] * len(staves)), *([0.9] * len(heads))]),
    )
    curves = [
        StaffCurve(np.array([x0, x1]), np.array([y0 + y1, y0 + y1]) / 2, SPACE) for x0, y0, x1, y1 in staves
    ]
    return Seen(symbols, curves)


def cleaned(given: Seen, turns: int = 0) -> Seen:
    shape = (HEIGHT, WIDTH) if turns % 2 == 0 else (WIDTH, HEIGHT)
    return within_edges(given, turned(np.full(shape, 255, np.uint8), turns), shape, SPACE)


def left_of(given: Seen) -> NDArray[np.float64]:
    return given.symbols.named("staff").box[:, 0]


def test_the_rim_of_a_facing_page_goes_with_all_that_stands_in_it() -> None:
    found = cleaned(seen(PAGE + RIM, [(12.0, 180.0), (90.0, 120.0), (400.0, 500.0)]))
    assert (left_of(found) == 80).all()
    assert len(found.staves) == 4
    assert len(found.symbols.named("noteheadBlackOnLine")) == 2


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_it_may_be_at_either_side_of_a_page_turned_anyhow(turns: int) -> None:
    right = [(WIDTH - x1, y0, WIDTH - x0, y1) for x0, y0, x1, y1 in PAGE + RIM]
    found = cleaned(seen(right), turns)
    assert len(found.symbols) == len(found.staves) == 4


def test_short_staves_of_the_page_stay() -> None:
    ossia = [(300.0, 60.0, 420.0, 90.0)]
    assert len(cleaned(seen(PAGE + ossia)).symbols) == 5
    last = [(0.0, 900.0, 30.0, 940.0)]
    crop = [(0.0, y0, 800.0, y1) for _, y0, _, y1 in PAGE]
    assert len(cleaned(seen(crop + last)).symbols) == 5, "other staves reach there, too"


def test_half_a_facing_page_is_a_page() -> None:
    wide = [(0.0, y0, 300.0, y1) for _, y0, _, y1 in PAGE]
    own = [(400.0, y0, 780.0, y1) for _, y0, _, y1 in PAGE]
    assert len(cleaned(seen(own + wide)).symbols) == 8


def test_a_doubtful_staff_does_not_save_the_rim() -> None:
    doubtful = [(0.0, 950.0, 500.0, 980.0)]
    found = cleaned(seen(PAGE + RIM + doubtful, scores=[0.9] * 8 + [0.02]))
    assert (left_of(found)[:4] == 80).all()
    assert len(found.symbols) == 5


def test_doubtful_staves_make_no_rim() -> None:
    """Two strokes between systems, at the left margin, look a little like a short staff."""
    given = seen(PAGE + RIM[:1], [(12.0, 180.0)], scores=[0.9] * 4 + [0.1])
    assert len(cleaned(given).symbols) == 6


def test_a_staff_that_the_edge_cuts_off_is_none() -> None:
    cut = [(100.0, 0.0, 220.0, 4.0)]
    found = cleaned(seen(PAGE + cut, [(160.0, 3.0)]))
    assert len(found.symbols.named("staff")) == len(found.staves) == 4
    assert len(found.symbols) == 5, "what is no staff stays"
    low = [(100.0, 70.0, 700.0, 74.0)]
    assert len(cleaned(seen(PAGE + low)).staves) == 5, "one line in the page may be a drum's"


def test_of_a_levelled_page_the_edge_is_where_the_scan_ends() -> None:
    view = levelled(turned(np.full((HEIGHT, WIDTH), 255, np.uint8), 0), 10.0)
    corner = view.seen(np.array([[2.0, 500.0]]))[0]
    rim = [(corner[0], corner[1] - 20, corner[0] + 25, corner[1] + 20)]
    inner = [(x0 + 150, y0 + 100, x1 + 100, y1 + 100) for x0, y0, x1, y1 in PAGE]
    found = within_edges(seen(inner + rim), view, (HEIGHT, WIDTH), SPACE)
    assert len(found.symbols) == 4


@pytest.mark.parametrize("side", [1, -1])
def test_on_a_photograph_the_rim_leans_with_the_page(side: int) -> None:
    def placed(boxes: list[Box]) -> list[Box]:
        leaning = [(x0 + y0 / 8, y0, x1 + y0 / 8, y1) for x0, y0, x1, y1 in boxes]
        return leaning if side > 0 else [(WIDTH - x1, y0, WIDTH - x0, y1) for x0, y0, x1, y1 in leaning]

    page = placed([(100.0, 100.0 + 90 * i, 650.0, 140.0 + 90 * i) for i in range(9)])
    rim = [(0.0, 60.0 + 110 * i, 60.0 + (60 + 110 * i) / 8, 100.0 + 110 * i) for i in range(8)]
    rim = rim if side > 0 else [(WIDTH - x1, y0, WIDTH - x0, y1) for x0, y0, x1, y1 in rim]
    x = np.array([140.0, 170.0, 300.0])  # low on the page: in the rim, then in the page
    heads = [(x if side > 0 else WIDTH - x, 800.0) for x in x.tolist()]
    found = cleaned(seen(page + rim, heads))
    assert len(found.symbols.named("staff")) == len(found.staves) == 9
    assert len(found.symbols.named("noteheadBlackOnLine")) == 2


def test_an_empty_reading_stays_empty() -> None:
    assert len(cleaned(seen([])).symbols) == 0
    assert len(cleaned(seen([], [(3.0, 3.0)])).symbols) == 1
