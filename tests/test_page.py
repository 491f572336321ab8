"""Columns in, rows out: nothing is lost between `Symbols`, its rows and its parts."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.page import ABSENT, COLUMNS, Page, Pitch, Symbol, Symbols
from notehead.vocabulary import VOCABULARY

BOXES = [[1.0, 2.0, 5.0, 6.0], [4.0, 0.5, 6.0, 20.0], [2.0, 3.0, 30.0, 5.0]]


@pytest.fixture(name="three")
def note_stem_beam() -> Symbols:
    return Symbols.build(
        ["noteheadBlackOnLine", "stem", "beam"],
        BOXES,
        id=[7, 3, 9],
        staff=[1, 1, ABSENT],
        position=[-2, ABSENT, ABSENT],
        onset=[1.5, 1.5, math.nan],
        diatonic=[7 * 5 + 2, ABSENT, ABSENT],
        alter=[-1, ABSENT, ABSENT],
        text=np.array([None, None, "x"]),
        links=[[7, 3], [7, 9], [3, 9]],
    )


@pytest.fixture(name="masked")
def two_crossing_symbols() -> Page:
    ids = np.array([[0, 2, 2, 5], [5, 5, 2, 0]], np.uint16)
    under = np.array([[0, 5, 0, 2], [0, 0, 5, 0]], np.uint16)
    symbols = Symbols.build(["stem", "beam"], [[1, 0, 4, 2], [0, 0, 4, 2]], id=[2, 5])
    return Page("crossing", np.zeros((2, 4), np.uint8), symbols, ids, under)


@pytest.mark.parametrize(
    ("pitch", "key"),
    [
        (Pitch("C", 0, 4), 60),
        (Pitch("A", 0, 4), 69),
        (Pitch("B", 1, 3), 60),
        (Pitch("C", -2, 5), 70),
        (Pitch("G", 0, 9), 127),
        (Pitch("C", 0, -1), 0),
    ],
)
def test_midi_numbers(pitch: Pitch, key: int) -> None:
    assert pitch.midi == key


@given(diatonic=st.integers(0, 69), alter=st.integers(-3, 3))
def test_the_midi_column_is_the_midi_of_each_row(diatonic: int, alter: int) -> None:
    heads = Symbols.build(
        ["noteheadHalfInSpace", "stem"], BOXES[:2], diatonic=[diatonic, ABSENT], alter=[alter, ABSENT]
    )
    row = heads[0]
    assert row.pitch is not None
    assert heads.midi.tolist() == [row.pitch.midi, ABSENT]
    assert "CDEFGAB".index(row.pitch.step) + 7 * row.pitch.octave == diatonic


def test_a_row_holds_what_the_columns_hold(three: Symbols) -> None:
    head = three[0]
    assert (head.id, head.name, head.box, head.staff, head.position) == (
        7,
        "noteheadBlackOnLine",
        (1, 2, 5, 6),
        1,
        -2,
    )
    assert (head.onset, head.pitch, head.score, head.text) == (1.5, Pitch("E", -1, 5), 1.0, None)
    assert head.corners.tolist() == [[1, 2], [5, 2], [5, 6], [1, 6]]


def test_what_a_symbol_lacks_is_none(three: Symbols) -> None:
    beam = three[-1]
    lacking = {field.name for field in fields(Symbol) if getattr(beam, field.name) is None}
    assert lacking == {"staff", "system", "measure", "voice", "position", "onset", "duration", "pitch"}
    assert beam.text == "x"


def test_iteration_gives_every_row_in_order(three: Symbols) -> None:
    assert [symbol.name for symbol in three] == three.names == ["noteheadBlackOnLine", "stem", "beam"]
    assert three[np.int64(1)].name == "stem"


@pytest.mark.parametrize(
    ("rows", "ids", "links"),
    [
        (slice(None), [7, 3, 9], [[7, 3], [7, 9], [3, 9]]),
        (slice(0, 2), [7, 3], [[7, 3]]),
        (np.array([True, False, True]), [7, 9], [[7, 9]]),
        (np.array([2, 1]), [9, 3], [[3, 9]]),
        ([0], [7], []),
        (slice(0, 0), [], []),
    ],
)
def test_a_part_keeps_its_columns_and_its_own_links(
    three: Symbols, rows: Any, ids: list[int], links: list[Any]
) -> None:
    part = three[rows]
    assert part.id.tolist() == ids
    assert part.links.tolist() == links
    for name in COLUMNS[:-1]:
        assert len(getattr(part, name)) == len(ids), name
    np.testing.assert_array_equal(part.box, three.box[rows])


def test_every_field_is_a_column() -> None:
    assert [*COLUMNS, "vocabulary"] == [field.name for field in fields(Symbols)]
    assert COLUMNS[-1] == "links"


def test_an_empty_page_has_no_symbols_but_all_columns() -> None:
    empty = Symbols()
    assert len(empty) == 0
    assert len(empty.midi) == len(empty.is_notehead) == len(empty.names) == 0
    built = Symbols.build([], [])
    for name in COLUMNS:
        ours, theirs = getattr(built, name), getattr(empty, name)
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape), name


def test_names_and_ids_of_classes_may_be_given() -> None:
    assert Symbols.build([42, "beam"], BOXES[:2]).names == ["stem", "beam"]


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(KeyError):
        Symbols.build(["steem"], BOXES[:1])


@pytest.mark.parametrize("column", [{"staff": [1]}, {"corners": [[0, 0]] * 3}, {"text": ["a"] * 4}])
def test_a_column_of_another_length_is_refused(column: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"column {next(iter(column))} has shape"):
        Symbols.build(["stem"] * 3, BOXES, **column)


def test_symbols_by_name_and_by_link(three: Symbols) -> None:
    assert three.named("stem", "beam").id.tolist() == [3, 9]
    assert three.linked(three[0]).names == ["stem", "beam"]
    assert three.linked(3).names == ["beam"]
    assert three.linked(9).names == []
    with pytest.raises(KeyError):
        three.named("steem")


def test_only_heads_are_noteheads(three: Symbols) -> None:
    assert three.is_notehead.tolist() == [True, False, False]


def test_replacing_a_column_leaves_the_original(three: Symbols) -> None:
    moved = three.replace(box=three.box + 1)
    assert moved.box[0].tolist() == [2, 3, 6, 7]
    assert three.box[0].tolist() == BOXES[0]
    assert moved.links is three.links


def test_a_mask_holds_what_is_covered_too(masked: Page) -> None:
    assert masked.mask(2).astype(int).tolist() == [[0, 1, 1, 1], [0, 0, 1, 0]]
    assert masked.mask(masked.symbols[1]).astype(int).tolist() == [[0, 1, 0, 1], [1, 1, 1, 0]]
    top_only = Page("top", masked.image, masked.symbols, masked.ids)
    assert top_only.mask(2).astype(int).tolist() == [[0, 1, 1, 0], [0, 0, 1, 0]]


def test_the_semantic_mask_has_the_grey_of_the_top_symbol(masked: Page) -> None:
    stem, beam = VOCABULARY["stem"].grey, VOCABULARY["beam"].grey
    assert masked.classes.tolist() == [[0, stem, stem, beam], [beam, beam, stem, 0]]


def test_the_size_is_that_of_the_image(masked: Page) -> None:
    assert (masked.width, masked.height) == (4, 2)


def test_a_page_without_masks_says_so() -> None:
    page = Page("bare", np.zeros((2, 2), np.uint8))
    with pytest.raises(ValueError, match="page bare has no masks"):
        page.mask(1)
    with pytest.raises(ValueError, match="page bare has no masks"):
        _ = page.classes
