"""Pages as users write them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.errors import NoteheadError
from notehead.images.page_range import PageRange, parse_pages

parts = st.lists(
    st.tuples(st.integers(1, 30), st.none() | st.integers(0, 30)).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    min_size=1,
).map(tuple)


@pytest.mark.parametrize(
    ("text", "count", "numbers"),
    [
        ("1", 3, [1]),
        ("1,4-5,9-", 10, [1, 4, 5, 9, 10]),
        (" 2 - 3 , 1".replace(" - ", "-"), 9, [1, 2, 3]),
        ("-2", 9, [1, 2]),
        ("3-,1-4", 5, [1, 2, 3, 4, 5]),
        ("7", 3, []),
        ("2,2,2-2", 3, [2]),
    ],
)
def test_ranges(text: str, count: int, numbers: list[int]) -> None:
    assert list(parse_pages(text).numbers(count)) == numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "pages: `` is no number and no range. Give numbers from 1 and ranges, for example 1,4-5,9-."),
        ("-", "pages: `-` is no number"),
        ("1,,2", "pages: `` in `1,,2` is no number"),
        ("one", "pages: `one` is no number"),
        ("1-2-3", "`1-2-3` is no number"),
        ("1.5", "`1.5` is no number"),
        ("٣", "`٣` is no number"),
        ("0", "pages: `0`: the first page is 1"),
        ("0-3", "the first page is 1"),
        ("-0", "the first page is 1"),
        ("5-3", "pages: `5-3` runs backwards. Write 3-5."),
        ("99999999", "no file has so many"),
        ("9" * 5000, "is no number"),
    ],
)
def test_what_is_no_range(text: str, said: str) -> None:
    with pytest.raises(NoteheadError) as error:
        parse_pages(text)
    assert said in str(error.value)


@given(parts, st.integers(0, 40))
def test_numbers_are_those_in_a_part(parts: tuple[tuple[int, int | None], ...], count: int) -> None:
    pages = PageRange(parts)
    expected = [
        number
        for number in range(1, count + 1)
        if any(first <= number <= (count if last is None else last) for first, last in parts)
    ]
    assert list(pages.numbers(count)) == expected
    assert parse_pages(str(pages)) == pages


@given(st.text(alphabet="0123456789-, x", max_size=12))
def test_any_text_is_a_range_or_an_error(text: str) -> None:
    with contextlib.suppress(NoteheadError):
        pages = parse_pages(text)
        numbers = list(pages.numbers(99))
        assert numbers == sorted(set(numbers))
        assert all(1 <= number <= 99 for number in numbers)
