"""Whatever stands on a page, music or an error of ours comes of it: no other exception, no warning."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from notehead import Page, Symbols
from notehead.errors import NoteheadError
from notehead.transcribe import transcribe
from notehead.transcribe.linked import linked
from notehead.transcribe.musicxml import to_musicxml
from notehead.transcribe.plausible import plausible
from tests.support.mutate_page import MUTATIONS, blank, mutated, random_page, staff

SEEDS = st.integers(0, 2**32 - 1)


def read(page: Page) -> etree._Element | None:
    """The file that comes of a page, parsed; None for an error of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            data = to_musicxml(transcribe(page))
        except NoteheadError:
            return None
    return etree.fromstring(data, etree.XMLParser(no_network=True, load_dtd=False))


def small_page() -> Page:
    """Two staves in a brace with some of everything, made up but for its staves."""
    made = random_page(np.random.default_rng(7), 100)
    lines = np.array(staff(0, 100.0) + staff(1, 200.0))
    return replace(made, staff_lines=lines, staff_space=10.0)


@given(SEEDS)
@example(2821619)  # staves so small that ink beside a column is sought outside of what is looked at
@settings(max_examples=25, deadline=None)
def test_symbols_anywhere(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = random_page(rng, int(rng.integers(0, 60)))
    root = read(page)
    assert root is None or root.tag == "score-partwise"


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation(name: str) -> None:
    for seed in range(2):
        root = read(MUTATIONS[name](small_page(), np.random.default_rng(seed)))
        assert root is None or root.findall("part/measure")


@given(SEEDS)
@settings(max_examples=25, deadline=None)
def test_several_mutations_at_once(seed: int) -> None:
    page, _ = mutated(small_page(), np.random.default_rng(seed))
    root = read(page)
    assert root is None or root.findall("part/measure")


@given(SEEDS)
@settings(max_examples=8, deadline=None)
def test_links_of_a_mutilated_page_lead_between_its_symbols(seed: int) -> None:
    page, _ = mutated(small_page(), np.random.default_rng(seed), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        symbols = linked(page).symbols
    assert len(symbols) == len(page.symbols)
    assert np.isin(symbols.links, page.symbols.id).all()


def with_heads(count: int, names: str = "noteheadBlackOnLine") -> Page:
    boxes = np.tile([100.0, 115.0, 112.0, 125.0], (count, 1))
    return blank((300, 1000), Symbols.build([names] * count, boxes), np.array(staff(0, 100.0)), 10.0)


def test_a_thousand_heads_in_one_place_are_one_chord() -> None:
    root = read(with_heads(1000))
    assert root is not None
    assert len(root.findall("part/measure")) == 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_a_box_that_is_nowhere_is_left_out(value: float) -> None:
    page = with_heads(2)
    box = page.symbols.box.copy()
    box[0, 2] = value
    kept = plausible(replace(page, symbols=page.symbols.replace(box=box))).symbols
    assert kept.id.tolist() == [2]


def test_a_turned_box_is_set_right() -> None:
    page = with_heads(1)
    turned = replace(page, symbols=page.symbols.replace(box=page.symbols.box[:, [2, 3, 0, 1]]))
    assert plausible(turned).symbols.box.tolist() == page.symbols.box.tolist()


def test_a_plausible_page_comes_back_as_it_is() -> None:
    page = with_heads(1)
    assert plausible(page) is page


@pytest.mark.parametrize("space", [0.0, -1.0, np.nan, np.inf, 1e-9])
def test_a_page_without_staff_space_gets_that_of_its_staves(space: float) -> None:
    """It was divided by (`rhythm.py`)."""
    assert plausible(replace(with_heads(1), staff_space=space)).staff_space == 10.0


def test_staff_lines_that_are_nowhere() -> None:
    """Their heights were rounded to whole numbers (`staves.py`)."""
    page = with_heads(1)
    lines = np.vstack((page.staff_lines, [[np.nan] * 5, [np.inf] * 5, [3, 0, -np.inf, 5, 0]]))
    assert plausible(replace(page, staff_lines=lines)).staff_lines.tolist() == page.staff_lines.tolist()
    assert read(replace(page, staff_lines=lines)) is not None


def test_an_image_without_pixels() -> None:
    """Bars of beams were counted in it (`beams.py`)."""
    names = ["noteheadBlackOnLine", "noteheadBlackOnLine", "stem", "stem", "beam"]
    boxes = [
        [100, 115, 112, 125],
        [150, 115, 162, 125],
        [111, 85, 112, 120],
        [161, 85, 162, 120],
        [111, 83, 162, 90],
    ]
    page = blank((0, 0), Symbols.build(names, boxes), np.array(staff(0, 100.0)), 10.0)
    assert read(page) is not None


@pytest.mark.parametrize("text", ["::", ":82", "3::", "3:2:4", "3" * 5000, "3:" + "2" * 5000])
def test_a_tuplet_number_of_any_digits_and_colons(text: str) -> None:
    """Two colons were taken for a number (`tuplets.py`)."""
    names = ["tupletColon" if one == ":" else f"tuplet{one}" for one in text]
    boxes = [[100 + 5.0 * k, 80, 104 + 5.0 * k, 88] for k in range(len(text))]
    page = blank((300, 1000), Symbols.build(names, boxes), np.array(staff(0, 100.0)), 10.0)
    assert read(page) is not None


def test_a_meter_of_thousands_of_digits() -> None:
    boxes = [[100 + 5.0 * k, y, 104 + 5.0 * k, y + 18] for y in (101.0, 121.0) for k in range(5000)]
    page = blank((300, 1000), Symbols.build(["timeSig4"] * 10_000, boxes), np.array(staff(0, 100.0)), 10.0)
    page = replace(page, staff_lines=page.staff_lines * [1, 1, 1, 30, 1])
    assert read(page) is not None


def test_twenty_beams_begin_in_one_column() -> None:
    """Which of them are unmarked tuplets had a million answers (`rhythm.py`), on a page of an orchestra."""
    names, boxes, lines = [], [], []
    for number in range(20):
        top = 100.0 + 80 * number
        lines += staff(number, top)
        for k in range(3):
            x = 100.0 + 30 * k
            names += ["noteheadBlackOnLine", "stem"]
            boxes += [[x, top + 15, x + 12, top + 25], [x + 11, top - 15, x + 12, top + 20]]
        names.append("beam")
        boxes.append([111.0, top - 17, 172.0, top - 10])
    names.append("barlineSystemic")
    boxes.append([20.0, 100.0, 21.0, 1660.0])
    root = read(blank((1800, 1000), Symbols.build(names, boxes), np.array(lines), 10.0))
    assert root is not None
    assert len([note for note in root.iter("note") if note.find("pitch") is not None]) == 60
