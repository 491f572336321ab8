"""Strips show a staff level, and what is told of them stands on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.errors import DatasetError
from notehead.models.data.cutting import CropOptions
from notehead.models.data.prepare import TrainingPage, prepare
from notehead.models.staffs.cut import (
    HEIGHT,
    Strip,
    StripCrops,
    cut_strip,
    numbers,
    page_strips,
    part_of,
    staff_strips,
)
from notehead.models.staffs.events import Event, Middle
from notehead.models.staffs.tokens import NUMBERS, TOKENS
from tests.degrade.pages import music_page
from tests.models.staffs.pages import known_page


@pytest.fixture(scope="module")
def page() -> TrainingPage:
    return prepare(known_page(), 12.0)


def test_a_strip_for_each_staff_with_its_notes_in_order(page: TrainingPage) -> None:
    strips = list(staff_strips(page))
    assert len(strips) == 3
    for strip in strips:
        assert strip.image.shape[0] == HEIGHT
        words = [TOKENS[number - 1] for number in strip.tokens]
        assert words[::2] == (["quarter", "half"] * 9)[: len(words) // 2]
        assert len(words) == 2 * len(range(60, 360, 36))
        assert [int(word.removeprefix("at")) for word in words[1::2]] == ([2, 0, -2] * 9)[: len(words) // 2]


def test_events_stand_where_they_are_told(page: TrainingPage) -> None:
    for strip in staff_strips(page):
        for event in strip.events:
            if event.tokens[0] == "quarter":
                row = HEIGHT // 2 - 6 * int(event.tokens[1].removeprefix("at"))
                assert strip.image[row, int((event.left + event.right) / 2)] < 80


def test_strips_of_a_page_and_of_a_prepared_one_say_the_same(page: TrainingPage) -> None:
    for (staff, strip), other in zip(page_strips(known_page()), staff_strips(page), strict=True):
        assert strip.tokens == other.tokens
        assert strip.image.shape[1] == pytest.approx(other.image.shape[1], abs=3)
        away = cv2.blur(strip.image[:, 10:300], (9, 9)).astype(int)
        away -= cv2.blur(other.image[:, 10:300], (9, 9))
        assert np.abs(away).mean() < 12, staff


def test_a_staff_that_rises_becomes_level() -> None:
    image = np.full((300, 900), 255, np.uint8)
    for line in range(-2, 3):
        cv2.line(image, (50, 200 + 12 * line), (850, 120 + 12 * line), 0, 2)
    strip = cut_strip(image, Middle(50.5, 200.5, 850.5, 120.5, 12), []).image
    dark = strip < 128
    for line in range(-2, 3):
        rows = dark[HEIGHT // 2 + 12 * line - 2 : HEIGHT // 2 + 12 * line + 2, 40:780]
        assert rows.any(axis=0).all()


def test_a_small_staff_is_enlarged() -> None:
    image = np.full((200, 400), 255, np.uint8)
    for line in range(-2, 3):
        image[100 + 6 * line, 20:380] = 0
    strip = cut_strip(image, Middle(20, 100.5, 380, 100.5, 6), [Event(100, 106, ("clefG",))])
    assert strip.image.shape == (HEIGHT, (360 + 4 * 6) * 2)
    assert (strip.events[0].left, strip.events[0].right) == ((100 - 8) * 2, (106 - 8) * 2)
    assert strip.image[HEIGHT // 2, 400] < strip.image[HEIGHT // 2 + 6, 400]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(16, 400))
def test_no_part_cuts_what_it_tells(seed: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    image = np.full((HEIGHT, 500), 255, np.uint8)
    events = []
    for number, left in enumerate(range(10, 480, 20)):
        image[:, left : left + 10] = number  # so that a part shows which events are on it
        events.append(Event(left, left + 10, (TOKENS[number],)))
    part, tokens = part_of(Strip(image, events), width, rng)
    assert part.shape == (HEIGHT, width)
    shown, counts = np.unique(part[0], return_counts=True)
    assert [NUMBERS[TOKENS[value]] for value in shown.tolist() if value != 255] == tokens
    assert (counts[shown != 255] == 10).all()


def test_batches_are_functions_of_seed_and_number(page: TrainingPage, tmp_path: Path) -> None:
    page.write(tmp_path / "page.npz")
    options = CropOptions(size=128, pages=1, crops=3)
    crops = StripCrops([tmp_path / "page.npz"], options, 0)
    one, same, other = crops.batch(1), crops.batch(1), crops.batch(2)
    assert one.image.shape == (3, HEIGHT, 128)
    assert one.length.sum() == len(one.tokens) > 0
    np.testing.assert_array_equal(one.image, same.image)
    np.testing.assert_array_equal(one.tokens, same.tokens)
    assert (one.image != other.image).any()


def test_notes_of_which_nothing_is_known_are_no_music(tmp_path: Path) -> None:
    bare = prepare(music_page(), 12.0)
    assert list(staff_strips(bare)) == []
    bare.write(tmp_path / "page.npz")
    batch = StripCrops([tmp_path / "page.npz"], CropOptions(size=64, pages=1, crops=2), 0).batch(0)
    assert batch.length.tolist() == [0, 0]
    assert [strip.events for _, strip in page_strips(music_page())] == [[]] * 3


def test_columns_are_read_again(page: TrainingPage, tmp_path: Path) -> None:
    page.write(tmp_path / "page.npz")
    again = TrainingPage.read(tmp_path / "page.npz")
    for name in ("staff", "position", "duration"):
        np.testing.assert_array_equal(getattr(page, name), getattr(again, name))


def test_pages_of_an_older_version_are_refused(page: TrainingPage, tmp_path: Path) -> None:
    replace(page, staff=None).write(tmp_path / "page.npz")
    with pytest.raises(DatasetError, match=r"on which staffs.*Train in a new folder"):
        list(staff_strips(TrainingPage.read(tmp_path / "page.npz")))


def test_numbers() -> None:
    assert numbers([Event(0, 1, (TOKENS[4], TOKENS[0]))]) == [5, 1]
