"""A good page has no problems; each check fires on a page that is damaged for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from notehead.datasets.checks import Problem, check_page, expected_positions, mask_boxes
from notehead.page import ABSENT, Page, Symbols
from tests.support.engraved import chord, measure, mei, notes, page

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = mei(
    measure(
        '<clef shape="G" line="2" dis="8" dis.place="below"/>'
        + notes("c#4:4. a3:8")
        + '<clef shape="F" line="4"/>'
        + chord("d3 f3 g3", "4")
        + '<clef shape="C" line="3"/>'
        + notes("e4:8", 'grace="unacc"')
        + notes("c4:4")
        + '<clef shape="G" line="2" dis="15" dis.place="above"/>'
        + notes("c6:4 b6:4")
    ),
    measure(notes("c6:1")),
)


@pytest.fixture(name="good")
def engraved() -> Page:
    """A page of its own: tests damage it."""
    found = page(GOOD)
    symbols = found.symbols.replace(
        **{
            name: getattr(found.symbols, name).copy()
            for name in ("box", "corners", "onset", "position", "id", "label")
        }
    )
    return replace(
        found, image=found.image.copy(), ids=np.array(found.ids), under=np.array(found.under), symbols=symbols
    )


def row_of(found: Page, name: str) -> int:
    return found.symbols.names.index(name)


def no_label(found: Page) -> Page:
    ys, xs = np.nonzero(found.image == 0)
    assert found.ids is not None
    found.ids[ys[0], xs[0]] = 0
    return found


def stray_dark_pixel(found: Page) -> Page:
    found.image[-1, -1] = 127
    return found


def unknown_id(found: Page) -> Page:
    assert found.ids is not None
    found.ids[0, 0] = 60000
    return found


def unknown_id_below(found: Page) -> Page:
    assert found.under is not None
    found.under[0, 0] = 60000
    return found


def mask_beyond_its_box(found: Page) -> Page:
    assert found.ids is not None
    found.ids[-1, -1] = found.symbols.id[row_of(found, "stem")]
    return found


def small_box(found: Page) -> Page:
    found.symbols.box[row_of(found, "clefF"), 2] -= 3
    return found


def skewed_corners(found: Page) -> Page:
    found.symbols.corners[row_of(found, "clefG"), 1, 1] += 5
    return found


def huge_corners(found: Page) -> Page:
    corners = found.symbols.corners[row_of(found, "clefG")]
    corners[:] = corners.mean(axis=0) + 2 * (corners - corners.mean(axis=0))
    return found


def no_onset(found: Page) -> Page:
    found.symbols.onset[np.flatnonzero(found.symbols.is_notehead)[0]] = np.nan
    return found


def moved_head(found: Page) -> Page:
    found.symbols.position[np.flatnonzero(found.symbols.is_notehead)[2]] += 1
    return found


def lost_clef(found: Page) -> Page:
    keep = np.array(found.symbols.names) != "clefF"
    assert found.ids is not None
    lost = found.symbols.id[~keep]
    found.ids[np.isin(found.ids, lost)] = 1
    found.image[np.isin(found.ids, lost)] = 255
    return replace(found, symbols=found.symbols[keep])


def loose_link(found: Page) -> Page:
    links = np.concatenate((found.symbols.links, np.array([[1, 60000]], np.int32)))
    return replace(found, symbols=found.symbols.replace(links=links))


def test_a_good_page_has_no_problems(good: Page) -> None:
    assert list(check_page(good)) == []
    positions = expected_positions(good.symbols)
    assert (positions[good.symbols.is_notehead] == good.symbols.position[good.symbols.is_notehead]).all()
    assert (positions[~good.symbols.is_notehead] == ABSENT).all()


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (no_label, "dark pixels labelled"),
        (stray_dark_pixel, "dark pixels labelled"),
        (unknown_id, "mask ids known"),
        (unknown_id_below, "mask ids known"),
        (mask_beyond_its_box, "boxes contain masks"),
        (small_box, "boxes contain masks"),
        (skewed_corners, "oriented boxes"),
        (huge_corners, "oriented boxes"),
        (no_onset, "noteheads have onsets"),
        (moved_head, "staff positions agree with pitch and clef"),
        (loose_link, "links lead to symbols"),
    ],
)
def test_damage_is_found(good: Page, damage: Callable[[Page], Page], check: str) -> None:
    problems = list(check_page(damage(good)))
    assert check in {problem.check for problem in problems}
    if check != "boxes contain masks":
        assert {problem.check for problem in problems} == {check}
    assert all(problem.page == good.name for problem in problems)


def test_problems_name_the_symbol(good: Page) -> None:
    identity = int(good.symbols.id[np.flatnonzero(good.symbols.is_notehead)[2]])
    (problem,) = check_page(moved_head(good))
    assert problem.symbol == identity
    assert str(problem).startswith(f" symbol {identity}: staff positions agree with pitch and clef: drawn at")
    assert str(Problem("a check", "page 3", 0, "why")) == "page 3: a check: why"


def test_a_lost_clef_shows_in_the_notes_after_it(good: Page) -> None:
    found = [
        problem for problem in check_page(lost_clef(good)) if problem.check.startswith("staff positions")
    ]
    assert len(found) == 3  # the chord under it


def test_an_unknown_class_is_found() -> None:
    symbols = Symbols.build(["stem"], [[0, 0, 2, 2]]).replace(label=np.array([9999], np.int32))
    problems = list(check_page(Page("x", np.full((4, 4), 255, np.uint8), symbols)))
    assert "classes known" in {problem.check for problem in problems}


def test_pages_without_masks_or_symbols_are_fine() -> None:
    white = np.full((4, 4), 255, np.uint8)
    assert list(check_page(Page("x", white))) == []
    assert list(check_page(Page("x", white, ids=np.zeros((4, 4), np.uint16)))) == []
    assert list(check_page(Page("x", np.zeros((4, 4), np.uint8)))) == []


def test_boxes_of_masks() -> None:
    layer = np.array([[0, 2, 0], [2, 0, 5]], np.uint16)
    boxes = mask_boxes(layer, 6)
    assert boxes[2].tolist() == [0, 0, 2, 2]
    assert boxes[5].tolist() == [2, 1, 3, 2]
    assert (boxes[[1, 3, 4, 6], 2] < 0).all()


@pytest.mark.parametrize(
    ("clef", "digit", "below", "middle"),
    [
        ("clefG", "", False, 34),
        ("clefG", "clef8", True, 27),
        ("clefG", "clef8", False, 41),
        ("clefG", "clef15", True, 20),
        ("clefF", "", False, 22),
        ("clefF", "clef8", True, 15),
    ],
)
def test_the_middle_line_under_each_clef(clef: str, digit: str, below: bool, middle: int) -> None:  # noqa: FBT001
    line = {"clefG": -2, "clefF": 2}[clef]
    names = [clef, "noteheadBlackOnLine", *([digit] if digit else [])]
    boxes = [[0, 20, 10, 60], [50, 30, 60, 40], [3, 62 if below else 8, 7, 70 if below else 18]][: len(names)]
    symbols = Symbols.build(
        names,
        boxes,
        staff=[0] * len(names),
        position=[line, 0, ABSENT][: len(names)],
        diatonic=[ABSENT, middle, ABSENT][: len(names)],
        links=[[1, 3]] if digit else np.empty((0, 2)),
    )
    assert expected_positions(symbols).tolist()[:2] == [ABSENT, 0]


def test_each_head_is_read_under_the_clef_to_its_left_on_its_staff() -> None:
    symbols = Symbols.build(
        ["clefG", "clefF", "clefF", "noteheadBlackOnLine", "noteheadBlackOnLine", "noteheadBlackOnLine"],
        [[10, 0, 20, 9], [60, 0, 70, 9], [10, 50, 20, 59], [40, 0, 45, 5], [80, 0, 85, 5], [5, 0, 8, 5]],
        staff=[0, 0, 1, 0, 0, 0],
        position=[-2, 2, 2, 0, 0, 0],
        diatonic=[ABSENT, ABSENT, ABSENT, 34, 22, 34],
    )
    assert expected_positions(symbols)[3:].tolist() == [0, 0, ABSENT]
