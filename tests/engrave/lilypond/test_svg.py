from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from notehead.engrave.lilypond.svg import Area, Glyph, Stroke, Tags, Words, read_svg
from tests.engrave.lilypond.svgs import glyph, grob, page, rect, staff, words


def test_tags_are_read_whole() -> None:
    tags: dict[str, Any] = {
        "grace": "-1/16", "place": "1/4", "length": "3/8", "step": "-9", "alter": "-1", "shift": "-7",
        "direction": "1.0000", "gap": 2, "grow": "-1.0000",
    }  # fmt: skip
    group = grob("NoteHead", 7, rect(0, 0, 1, 1), heads="7 9", onset="5/8", **tags)
    (found,) = read_svg(page(group)).groups
    assert found.tags == Tags(
        grob="NoteHead", id=7, system=0, staff=0, voice=-1, bar=1, onset=Fraction(5, 8),
        grace=Fraction(-1, 16), place=Fraction(1, 4), length=Fraction(3, 8), step=-9, alter=-1.0, shift=-7,
        direction=1, gap=2, grow=-1, heads=(7, 9),
    )  # fmt: skip


def test_a_quarter_tone_is_no_whole_alteration() -> None:
    (found,) = read_svg(page(grob("NoteHead", 7, rect(0, 0, 1, 1), alter="1/2"))).groups
    assert found.tags.alter == 0.0


def test_glyphs_keep_name_place_and_size() -> None:
    (found,) = read_svg(page(grob("NoteHead", 1, glyph("noteheads.s2", 3, 4)))).groups
    assert found.items == [Glyph("emmentaler-20", "noteheads.s2", 3, 4, 4.0, 0.0)]


def test_the_page_starts_at_its_view_box() -> None:
    data = page(grob("Stem", 1, rect(2, 3, 1, 1))).replace(b'viewBox="0 0', b'viewBox="1 -2')
    (item,) = read_svg(data).groups[0].items
    assert isinstance(item, Area)
    assert item.points.min(axis=0).tolist() == [1, 5]


def test_lines_keep_ends_width_and_dashes() -> None:
    line = '<line stroke-width="0.2" stroke-dasharray="0.5,0.25" x1="1" y1="2" x2="3" y2="4"/>'
    (item,) = read_svg(page(grob("TextSpanner", 1, line))).groups[0].items
    assert isinstance(item, Stroke)
    assert item.points.tolist() == [[1, 2], [3, 4]]
    assert (item.width, item.dash) == (0.2, (0.5, 0.25))


def test_round_corners_stay_inside_their_rectangle() -> None:
    box = '<rect x="0" y="0" width="4" height="1" ry="0.5" fill="currentColor"/>'
    (item,) = read_svg(page(grob("LedgerLineSpanner", 1, box))).groups[0].items
    assert isinstance(item, Area)
    assert item.points.min(axis=0) == pytest.approx([0, 0])
    assert item.points.max(axis=0) == pytest.approx([4, 1])
    assert not (np.abs(item.points - (0, 0)).max(axis=1) < 0.1).any()


def test_closed_curves_are_areas_and_open_ones_strokes() -> None:
    slur = '<path stroke-width="0.1" fill="currentColor" d="M0 0C1 -1 2 -1 3 0L3 0.1C2 -0.8 1 -0.8 0 0z"/>'
    bow = '<path stroke-width="0.1" fill="none" d="M0 0C1 -1 2 -1 3 0"/>'
    first, second = read_svg(page(grob("Slur", 1, slur), grob("Slur", 2, bow))).groups
    assert isinstance(first.items[0], Area)
    assert isinstance(second.items[0], Stroke)
    assert second.items[0].points[-1].tolist() == [3, 0]
    assert second.items[0].points[:, 1].min() == pytest.approx(-0.75, abs=0.02)


def test_frames_are_drawn_with_a_pen() -> None:
    circle = '<circle fill="none" stroke-width="0.1" r="2"/>'
    box = '<polygon fill="none" stroke-width="0.1" points="0 0 4 0 4 4"/>'
    ring, frame = read_svg(page(grob("RehearsalMark", 1, circle), grob("RehearsalMark", 2, box))).groups
    assert isinstance(ring.items[0], Stroke)
    assert np.hypot(*ring.items[0].points.T) == pytest.approx(2)
    assert isinstance(frame.items[0], Stroke)
    assert frame.items[0].points.tolist() == [[0, 0], [4, 0], [4, 4], [0, 0]]


def test_each_line_of_a_title_is_a_group() -> None:
    groups = read_svg(page(words("Lied", 3, 4), words("Op. 1", 3, 6))).groups
    assert [group.items for group in groups] == [
        [Words("Lied", 3, 4, 2.0, bold=False, italic=False)],
        [Words("Op. 1", 3, 6, 2.0, bold=False, italic=False)],
    ]


def test_groups_without_shapes_are_left_out() -> None:
    assert read_svg(page(grob("NoteHead", 1))).groups == []


def test_staff_reach() -> None:
    assert read_svg(page(staff(10), staff(20, number=1))).staff_reach == (90, 24)
    assert read_svg(page()).staff_reach == (0, 0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<svg", "no XML"),
        (b"<html/>", "no SVG page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 5"/>', "no SVG page"),
        (page("<image/>"), "<image> is no element"),
        (page('<rect x="inf" width="1" height="1"/>'), "no place on a page"),
        (page('<polygon points="1 2"/>'), "too few points"),
        (page('<path d="M0 0C1"/>'), "a path cannot be read"),
    ],
)
def test_what_lilypond_does_not_draw_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_svg(data)
