"""Links, and pages with what the transcription knows, on small pages made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from notehead import Page, Symbols
from notehead.transcribe.linked import linked, linked_pages
from notehead.transcribe.links import links_of

SPACE = 10.0
TOP = 100.0


def page(*symbols: tuple[str, float, float, float, float]) -> Page:
    """A page of one staff from x = 20 on, whose lines are at 100, 110, 120, 130 and 140."""
    lines = np.array([[0, 20, TOP + SPACE * k, 980, TOP + SPACE * k] for k in range(5)])
    names, boxes = [one[0] for one in symbols], [one[1:] for one in symbols]
    return Page(
        "page",
        np.full((300, 1000), 255, np.uint8),
        Symbols.build(names, boxes),
        staff_lines=lines,
        staff_space=SPACE,
    )


def head(x: float, y: float, name: str = "noteheadBlackOnLine") -> tuple[str, float, float, float, float]:
    return (name, x, y - 5, x + 12, y + 5)


STAFF = ("staff", 20.0, 99.0, 980.0, 141.0)


def pairs(of: Page) -> set[tuple[int, int]]:
    return {(a, b) for a, b in links_of(of).tolist()}


def test_a_chord_is_linked_to_all_that_hangs_at_it() -> None:
    made = page(
        STAFF, head(100, 120), head(100, 110), ("stem", 111, 80, 112, 118), ("flag8thUp", 112, 80, 120, 105),
        ("augmentationDot", 116, 113, 120, 117), ("accidentalSharp", 86, 106, 96, 134),
    )  # fmt: skip
    assert pairs(made) == {(2, 1), (3, 1), (2, 4), (3, 4), (2, 5), (3, 5), (2, 6), (2, 7)}


def test_dots_of_heads_on_neighbouring_lines_go_to_one_each() -> None:
    dots = [("augmentationDot", 116.0, y - 2, 120.0, y + 2) for y in (105.0, 115.0, 125.0)]
    made = page(head(100, 110), head(100, 120), head(100, 130), *dots)
    assert pairs(made) == {(1, 4), (2, 5), (3, 6)}
    below = [("augmentationDot", 116.0, y - 2, 120.0, y + 2) for y in (115.0, 125.0, 135.0)]
    assert pairs(page(head(100, 110), head(100, 120), head(100, 130), *below)) == {(1, 4), (2, 5), (3, 6)}


def test_a_second_dot_is_of_the_head_of_the_first() -> None:
    dots = [("augmentationDot", x, 113.0, x + 4, 117.0) for x in (116.0, 123.0)]
    made = page(head(100, 120), head(100, 110), *dots)
    assert pairs(made) == {(1, 3), (1, 4)}


def test_a_unison_of_two_voices_has_a_head_on_each_stem() -> None:
    made = page(head(100, 120), head(100, 120), ("stem", 111, 85, 112, 118), ("stem", 100, 122, 101, 155))
    assert pairs(made) == {(1, 3), (2, 4)}


def test_a_single_head_on_two_stems_is_on_both() -> None:
    made = page(head(100, 120), ("stem", 111, 85, 112, 118), ("stem", 100, 122, 101, 155))
    assert pairs(made) == {(1, 2), (1, 3)}


def test_a_head_is_not_on_the_stem_of_the_next_voice() -> None:
    """The second head's stem passes the first head at a quarter of a staff space."""
    made = page(head(100, 120), head(115, 130), ("stem", 111, 85, 112, 118), ("stem", 115, 132, 116, 165))
    assert pairs(made) == {(1, 3), (2, 4)}


def test_two_accidentals_of_a_unison_are_one_for_each_head() -> None:
    sharps = [("accidentalSharp", x, 106.0, x + 9, 134.0) for x in (75.0, 87.0)]
    found = pairs(page(head(100, 120), head(100, 120), *sharps))
    assert sorted(b for _, b in found) == [3, 4]
    assert sorted(a for a, _ in found) == [1, 2]


def test_ledger_lines_lie_between_head_and_staff() -> None:
    lines = [("ledgerLine", 96.0, y - 1, 116.0, y + 1) for y in (150.0, 160.0, 170.0)]
    assert pairs(page(head(100, 160), *lines)) == {(1, 2), (1, 3)}


def test_links_that_a_page_has_are_not_looked_at() -> None:
    made = page(STAFF, head(100, 120))
    other = replace(made, symbols=made.symbols.replace(links=np.array([[1, 2]], np.int32)))
    assert links_of(other).tolist() == [[2, 1]]


def test_a_page_without_symbols_has_no_links() -> None:
    assert links_of(Page("empty", np.zeros((1, 1), np.uint8))).shape == (0, 2)


QUARTERS = (
    STAFF, ("clefG", 30.0, 85.0, 55.0, 155.0),
    head(100, 120), ("stem", 100, 122, 101, 155), head(200, 125, "noteheadBlackInSpace"),
    ("stem", 211, 90, 212, 123), ("restHalf", 300.0, 115.0, 312.0, 120.0),
    ("barlineSingle", 500.0, 100.0, 502.0, 140.0),
    head(600, 120, "noteheadWholeOnLine"), ("barlineSingle", 900.0, 100.0, 902.0, 140.0),
)  # fmt: skip


def test_a_linked_page_carries_its_music() -> None:
    symbols = linked(page(*QUARTERS)).symbols
    heads = symbols[symbols.is_notehead]
    assert [str(pitch.step) + str(pitch.octave) for one in heads if (pitch := one.pitch)] == [
        "B4",
        "A4",
        "B4",
    ]
    assert heads.onset.tolist() == [0.0, 1.0, 4.0]
    assert heads.duration.tolist() == [1.0, 1.0, 4.0]
    assert heads.measure.tolist() == [0, 0, 1]
    assert heads.position.tolist() == [0, -1, 0]
    assert set(symbols[~np.isin(symbols.names, ["barlineSingle"])].staff.tolist()) == {0}
    rest = symbols.named("restHalf")[0]
    assert (rest.onset, rest.duration, rest.voice, rest.pitch) == (2.0, 2.0, 1, None)
    stems = symbols.named("stem")
    assert stems.onset.tolist() == [0.0, 1.0]
    assert np.isnan(stems.duration).all()
    assert len(symbols.links)


def test_time_goes_on_from_page_to_page() -> None:
    first, second = linked_pages([page(*QUARTERS), page(*QUARTERS)])
    heads = [one.symbols[one.symbols.is_notehead] for one in (first, second)]
    assert (heads[1].onset - heads[0].onset).tolist() == pytest.approx([8.0] * 3)
    assert (heads[1].measure - heads[0].measure).tolist() == [2] * 3


def test_a_linked_page_keeps_what_it_cannot_know() -> None:
    made = page(
        STAFF, ("textTitle", 100.0, 10.0, 300.0, 30.0), head(100, 120), ("stem", np.nan, 0.0, 1.0, 2.0)
    )
    symbols = linked(made).symbols
    assert len(symbols) == 4
    assert symbols.id.tolist() == [1, 2, 3, 4]
    assert np.isnan(symbols.onset[[0, 1, 3]]).all()
