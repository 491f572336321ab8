"""Slices: a grid that covers the page, whole symbols only moved, cut ones as far as they are visible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notehead import Page, Symbols
from notehead.datasets import Dataset
from notehead.datasets.slicing import Cut, SliceOptions, slices, starts
from notehead.errors import NoteheadError
from notehead.page import COLUMNS, Origin
from notehead.vocabulary import Vocabulary, named_vocabulary
from tests.support.pages import blank_page, disc_page, random_symbols

PAGE = (300, 200)
KEPT = [column for column in COLUMNS if column not in ("box", "corners", "area", "links")]
options = st.builds(
    SliceOptions,
    size=st.integers(70, 320),
    overlap=st.sampled_from([0.0, 0.2, 0.5]),
    min_visible=st.sampled_from([0.0, 0.3, 1.0]),
)
few = settings(max_examples=30)
small = st.builds(SliceOptions, size=st.integers(60, 160), overlap=st.sampled_from([0.0, 0.2, 0.55]))


def place_of(part: Page) -> tuple[int, int]:
    left, top = part.name.rpartition("-x")[2].split("-y")
    return int(left), int(top)


def one(page: Page, left: int, top: int, size: int, cut: Cut = "clip", min_visible: float = 0.3) -> Page:
    """The slice that starts there, of a page cut without overlap."""
    parts = {place_of(part): part for part in slices(page, SliceOptions(size, 0.0, cut, min_visible))}
    return parts[left, top]


def numbers(page: Page) -> set[int]:
    return set(page.symbols.id.tolist())


@st.composite
def masked_pages(draw: st.DrawFn) -> Page:
    """Rectangles over each other, painted into both layers; what lies below two is not in the masks."""
    symbols = draw(random_symbols(PAGE, most=10, thinnest=1.0))
    symbols = symbols.replace(box=np.round(symbols.box))
    symbols = symbols[np.flatnonzero((symbols.box[:, 2:] > symbols.box[:, :2]).all(axis=1))]
    ids, under = (np.zeros(PAGE[::-1], np.uint16) for _ in range(2))
    for number, (x0, y0, x1, y1) in zip(symbols.id.tolist(), symbols.box.astype(int).tolist(), strict=True):
        under[y0:y1, x0:x1] = ids[y0:y1, x0:x1]
        ids[y0:y1, x0:x1] = number
    seen = np.flatnonzero(np.isin(symbols.id, ids) | np.isin(symbols.id, under))
    symbols = symbols[seen]
    boxes, areas = [], []
    for number in symbols.id.tolist():
        ys, xs = np.nonzero((ids == number) | (under == number))
        boxes.append([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
        areas.append(np.count_nonzero(ids == number))
    box = np.array(boxes, np.float64).reshape(-1, 4)
    corners = box[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    symbols = symbols.replace(box=box, corners=corners, area=np.array(areas, np.int32))
    image = np.where(ids > 0, 0, 255).astype(np.uint8)
    return Page("masked", image, symbols, ids, under, staff_space=8.0, origin=Origin(score="a.mei"))


# The grid.


@given(st.integers(1, 3000), st.integers(1, 900), st.floats(0, 0.95))
def test_starts_cover_a_side_and_overlap(length: int, size: int, overlap: float) -> None:
    found = starts(length, SliceOptions(size, overlap))
    assert found[0] == 0
    assert found == sorted(set(found))
    assert found[-1] == max(0, length - size)
    gaps = np.diff(found)
    assert (gaps <= max(1, size * (1 - overlap) + 0.5)).all()
    assert (gaps <= size).all(), "every pixel is in some slice"


def test_the_grid_of_a_usual_page() -> None:
    page = Page("p", np.zeros((2772, 1960), np.uint8))
    parts = list(slices(page, SliceOptions()))
    lefts, tops = [0, 512, 1024, 1320], [0, 512, 1024, 1536, 2048, 2132]
    assert [part.name for part in parts] == [f"p-x{left}-y{top}" for top in tops for left in lefts]
    assert {part.image.shape for part in parts} == {(640, 640)}


@pytest.mark.parametrize(("width", "height"), [(90, 50), (64, 64), (40, 200), (200, 40)])
def test_small_pages_are_not_padded(width: int, height: int) -> None:
    image = np.arange(width * height, dtype=np.uint8).reshape(height, width)
    page = Page("p", image)
    parts = list(slices(page, SliceOptions(64, 0.0)))
    assert {part.image.shape for part in parts} == {(min(height, 64), min(width, 64))}
    pasted = np.zeros_like(image)
    for part in parts:
        left, top = place_of(part)
        pasted[top : top + part.height, left : left + part.width] = part.image
    assert np.array_equal(pasted, image)


@given(random_symbols(PAGE), options)
@few
def test_a_slice_is_the_page_seen_through_a_window(symbols: Symbols, how: SliceOptions) -> None:
    page = replace(
        blank_page("p", symbols), origin=Origin(score="a.mei"), staff_space=9.0,
        image=np.arange(300 * 200, dtype=np.uint32).astype(np.uint8).reshape(200, 300),
    )  # fmt: skip
    for part in slices(page, how):
        left, top = place_of(part)
        assert np.array_equal(part.image, page.image[top : top + part.height, left : left + part.width])
        assert part.image.base is None, "a slice does not keep its page in memory"
        assert (part.staff_space, part.ids, part.under) == (9.0, None, None)
        assert part.origin == replace(page.origin, bare_ink=True)


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"overlap": 1.0}, {"overlap": -0.1}, {"min_visible": 1.1}, {"min_visible": -0.1},
     {"overlap": float("nan")}],
)  # fmt: skip
def test_options_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(NoteheadError, match="must be"):
        SliceOptions(**wrong)  # type: ignore[arg-type]


# Whole symbols.


@given(random_symbols(PAGE), options, st.sampled_from(["clip", "drop", "whole"]))
@few
def test_whole_symbols_are_only_moved(symbols: Symbols, how: SliceOptions, cut: Cut) -> None:
    row_of = {number: row for row, number in enumerate(symbols.id.tolist())}
    for part in slices(blank_page("p", symbols), replace(how, cut=cut)):
        left, top = place_of(part)
        high = left + part.width, top + part.height
        inside = (symbols.box[:, :2] >= (left, top)) & (symbols.box[:, 2:] <= high)
        whole = np.asarray(inside.all(axis=1))
        assert set(symbols.id[whole].tolist()) <= numbers(part)
        assert part.symbols.vocabulary is symbols.vocabulary
        for row, number in enumerate(part.symbols.id.tolist()):
            before = row_of[number]
            for column in KEPT:
                found, expected = getattr(part.symbols, column)[row], getattr(symbols, column)[before]
                assert found == expected or found != found, column  # noqa: PLR0124  # NaN
            if whole[before] or cut == "whole":
                assert part.symbols.box[row] + (left, top) * 2 == pytest.approx(symbols.box[before])
                assert part.symbols.corners[row] + (left, top) == pytest.approx(symbols.corners[before])
                assert part.symbols.area[row] == symbols.area[before]


@given(random_symbols(PAGE), options)
@few
def test_small_symbols_are_whole_somewhere(symbols: Symbols, how: SliceOptions) -> None:
    """Those that the overlap has room for."""
    room = how.size - max(1, round(how.size * (1 - how.overlap)))
    fits = ((symbols.box[:, 2:] - symbols.box[:, :2]) <= room).all(axis=1)
    seen: set[int] = set()
    for part in slices(blank_page("p", symbols), replace(how, cut="drop")):
        seen |= numbers(part)
    assert set(symbols.id[fits].tolist()) <= seen


@given(random_symbols(PAGE), options)
@few
def test_links_stay_between_those_that_stay(symbols: Symbols, how: SliceOptions) -> None:
    every = {tuple(pair) for pair in symbols.links.tolist()}
    for part in slices(blank_page("p", symbols), how):
        there = numbers(part)
        assert {tuple(pair) for pair in part.symbols.links.tolist()} == {
            pair for pair in every if set(pair) <= there
        }


def test_boxes_that_leave_the_page_by_a_rounding_are_whole() -> None:
    symbols = Symbols.build(["clefG"] * 2, [[-0.4, 3, 10, 20], [290, 180, 300.7, 200.3]])
    parts = list(slices(blank_page("p", symbols), SliceOptions(100, 0.0, "drop")))
    found = {
        tuple((part.symbols.box + place_of(part) * 2)[0].tolist()) for part in parts if len(part.symbols)
    }
    assert found == {(-0.4, 3.0, 10.0, 20.0), (290.0, 180.0, 300.7, 200.3)}


def test_boxes_on_the_edge_without_width_are_seen_from_both_sides() -> None:
    symbols = Symbols.build(["stem"], [[100, 10, 100, 40]])
    parts = list(slices(blank_page("p", symbols), SliceOptions(100, 0.0, empty=False)))
    assert [part.name for part in parts] == ["p-x0-y0", "p-x100-y0"]


# Cut symbols, without masks.


def test_boxes_that_leave_the_page_by_more_are_cut_by_its_edge() -> None:
    page = blank_page("p", Symbols.build(["clefG"], [[-30, 10, 50, 60]]))
    assert one(page, 0, 0, 100).symbols.box.tolist() == [[0, 10, 50, 60]]
    assert len(one(page, 0, 0, 100, "drop").symbols) == 0


@given(random_symbols(PAGE), options)
@few
def test_what_is_cut_lies_inside_both_the_slice_and_the_symbol(symbols: Symbols, how: SliceOptions) -> None:
    before = dict(zip(symbols.id.tolist(), symbols.box, strict=True))
    for part in slices(blank_page("p", symbols), how):
        corner = place_of(part) * 2
        for number, box in zip(part.symbols.id.tolist(), part.symbols.box, strict=True):
            assert (box[2:] >= box[:2]).all()
            assert (box >= 0).all()
            assert (box[2:] <= (part.width, part.height)).all()
            whole = before[number] - corner
            assert (box[:2] >= whole[:2] - 1e-6).all()
            assert (box[2:] <= whole[2:] + 1e-6).all()


@pytest.mark.parametrize(("x0", "stays"), [(70, True), (69.9, True), (70.1, False), (100, False)])
@pytest.mark.parametrize("cut", ["clip", "whole", "drop"])
def test_the_least_visible_share(x0: float, stays: bool, cut: Cut) -> None:  # noqa: FBT001
    """From 100 - 0.3 * 100 on, of a clef 100 pixels wide."""
    page = blank_page("p", Symbols.build(["clefG"], [[x0, 10, x0 + 100, 60]], area=[2000]))
    symbols = one(page, 0, 0, 100, cut).symbols
    assert len(symbols) == (stays and cut != "drop")
    if not len(symbols):
        return
    if cut == "whole":
        assert symbols.box.tolist() == [[x0, 10, x0 + 100, 60]]
        assert symbols.area.tolist() == [2000]
    else:
        assert symbols.box.tolist() == [[x0, 10, 100, 60]]
        assert symbols.corners[0].min(axis=0) == pytest.approx([x0, 10])
        assert symbols.corners[0].max(axis=0) == pytest.approx([100, 60])
        assert symbols.area.tolist() == [round(2000 * (100 - x0) / 100)]


def test_the_share_is_of_the_area_and_of_thin_boxes_of_the_length() -> None:
    boxes = [[50, 50, 150, 150], [20, 50, 120, 150], [90, 10, 120, 10], [91, 20, 121, 20], [99, 99, 99, 99]]
    page = blank_page("p", Symbols.build(["clefG"] * 5, boxes))
    assert numbers(one(page, 0, 0, 100, min_visible=0.25)) == {1, 2, 3, 4, 5}
    assert numbers(one(page, 0, 0, 100, min_visible=0.3)) == {2, 3, 4, 5}
    assert numbers(one(page, 0, 0, 100, min_visible=1 / 3)) == {2, 3, 5}
    assert numbers(one(page, 0, 0, 100, min_visible=1.0)) == {5}


def test_with_no_least_share_everything_visible_stays_but_what_only_touches() -> None:
    boxes = [[99.9, 0, 199, 90], [100.0, 0, 199, 90], [0.0, 100, 90, 190]]
    page = blank_page("p", Symbols.build(["clefG"] * 3, boxes))
    assert numbers(one(page, 0, 0, 100, min_visible=0.0)) == {1}


def test_pieces_of_lines_stay_lines() -> None:
    """A tenth of a beam is a beam; a crumb of one, or a staff line of five, is nothing."""
    boxes = [[90, 10, 190, 20], [96, 30, 196, 40], [0, 90, 300, 130], [0, 84, 300, 124], [90, 60, 190, 70]]
    names = ["beam", "beam", "staff", "staff", "dynamicF"]
    page = replace(blank_page("p", Symbols.build(names, boxes)), staff_space=10.0)
    assert numbers(one(page, 0, 0, 100, min_visible=0.3)) == {1, 4}
    assert numbers(one(page, 0, 0, 100, min_visible=0.2)) == {1, 3, 4}
    finer = replace(page, staff_space=8.0)
    assert numbers(one(finer, 0, 0, 100)) == {1, 2, 4}
    unknown = replace(page, staff_space=0.0)
    assert numbers(one(unknown, 0, 0, 100)) == {1, 4}


def test_a_line_shorter_than_half_a_staff_space_may_be_whole_but_not_cut() -> None:
    page = replace(
        blank_page("p", Symbols.build(["stem", "stem"], [[98.5, 3, 106, 4], [92.5, 9, 100, 10]])),
        staff_space=20.0,
    )
    assert numbers(one(page, 0, 0, 100)) == {2}


@pytest.mark.parametrize(("name", "stays"), [("legerLine", True), ("clef", False)])
def test_lines_are_known_by_what_others_call_them(name: str, stays: bool) -> None:  # noqa: FBT001
    vocabulary = Vocabulary.of([(5, name)]) if name == "clef" else named_vocabulary("deepscores")
    page = blank_page("p", Symbols.build([name], [[80, 10, 180, 12]], vocabulary))
    assert len(one(page, 0, 0, 100).symbols) == stays


def test_the_oriented_box_of_a_cut_beam_is_its_own_cut() -> None:
    """A slanted beam's piece has a smaller box than the whole box cut at the edge."""
    corners = np.array([[[20.0, 20], [180, 60], [178, 68], [18, 28]]])
    page = blank_page("p", Symbols.build(["beam"], [[18, 20, 180, 68]], corners=corners))
    left, right = one(page, 0, 0, 100).symbols, one(page, 100, 0, 100).symbols
    assert left.box[0] == pytest.approx([18, 20, 100, 28 + 8 * 0 + 82 / 4], abs=0.1)
    assert right.box[0, 1] == pytest.approx(40)
    for symbols in (left, right):
        side = symbols.corners[0][[1, 3]] - symbols.corners[0][0]
        assert np.sort(np.hypot(*side.T))[0] < 11, "as thick as the beam"


def test_slices_with_nothing_of_the_symbol_but_its_box_do_without_it() -> None:
    """A thin line from corner to corner of four slices crosses two of them."""
    corners = np.array([[[10.0, 10], [190, 190], [190, 190], [10, 10]]])
    page = blank_page("p", Symbols.build(["glissando"], [[10, 10, 190, 190]], corners=corners))
    page = replace(page, image=page.image[:, :200])
    found = [part.name for part in slices(page, SliceOptions(100, 0.0, min_visible=0.0, empty=False))]
    assert found == ["p-x0-y0", "p-x100-y100"]


def test_empty_slices_may_be_left_out() -> None:
    page = blank_page("p", Symbols.build(["clefG"], [[10, 10, 30, 60]]))
    assert len(list(slices(page, SliceOptions(100)))) == 12
    (only,) = slices(page, SliceOptions(100, 0.0, empty=False))
    assert only.name == "p-x0-y0"
    assert list(slices(blank_page("p", Symbols()), SliceOptions(100, empty=False))) == []


# Masks.


@given(masked_pages(), small, st.sampled_from([0.0, 0.3, 1.0]))
@few
def test_masks_of_slices_agree_with_their_symbols(page: Page, how: SliceOptions, min_visible: float) -> None:
    for part in slices(page, replace(how, min_visible=min_visible)):
        assert part.ids is not None
        assert part.under is not None
        assert part.ids.dtype == part.under.dtype == np.uint16
        assert set(np.unique(part.ids).tolist()) | set(np.unique(part.under).tolist()) <= {0} | numbers(part)
        assert not ((part.ids == 0) & (part.under > 0)).any()
        left, top = place_of(part)
        for symbol in part.symbols:
            pixels = page.mask(symbol.id)[top : top + part.height, left : left + part.width]
            assert np.array_equal(part.mask(symbol.id), pixels)
            assert symbol.area == np.count_nonzero(part.ids == symbol.id)


@given(masked_pages(), small)
@few
def test_cut_boxes_are_tight(page: Page, how: SliceOptions) -> None:
    for part in slices(page, replace(how, min_visible=0.0)):
        for symbol in part.symbols:
            if symbol.name == "staff":
                continue
            ys, xs = np.nonzero(part.mask(symbol.id))
            assert symbol.box == (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


@given(masked_pages(), small)
@few
def test_the_pixels_of_all_slices_are_those_of_the_page(page: Page, how: SliceOptions) -> None:
    assert page.ids is not None
    pasted = {number: np.zeros(page.ids.shape, bool) for number in numbers(page)}
    for part in slices(page, replace(how, min_visible=0.0)):
        left, top = place_of(part)
        for number in numbers(part):
            pasted[number][top : top + part.height, left : left + part.width] |= part.mask(number)
    for number, pixels in pasted.items():
        assert np.array_equal(pixels, page.mask(number))


@given(masked_pages(), small, st.sampled_from([0.0, 0.3]))
@few
def test_the_same_symbols_stay_with_masks_and_without(
    page: Page, how: SliceOptions, min_visible: float
) -> None:
    """Rectangles that nothing covers twice: what the masks show is what the boxes say."""
    how = replace(how, min_visible=min_visible)
    plain = replace(page, ids=None, under=None)
    for masked, bare in zip(slices(page, how), slices(plain, how), strict=True):
        assert numbers(masked) <= numbers(bare)
        for number in numbers(bare) - numbers(masked):
            x0, y0, x1, y1 = page.symbols.box[page.symbols.id == number][0].astype(int)
            assert not page.mask(number)[y0:y1, x0:x1].all(), "two others hide some of it"


def test_dropped_symbols_leave_the_masks_and_bring_to_light_what_they_cover() -> None:
    page = disc_page()
    assert page.ids is not None
    part = one(page, 0, 0, 60, "drop")
    assert numbers(part) == {2}, "the second disc is cut at 73, the third at 60"
    assert part.ids is not None
    assert part.under is not None
    covered = page.mask(2)[:60, :60] & (page.ids[:60, :60] != 2)
    assert covered.any()
    assert (part.ids[covered] == 2).all(), "the second disc lay on it"
    assert not part.under.any()
    assert part.symbols.area.tolist() == [np.count_nonzero(page.mask(2))]
    assert np.array_equal(part.image, page.image[:60, :60]), "its ink stays"


def test_slices_of_pages_with_one_layer_have_one() -> None:
    page = replace(disc_page(), under=None)
    for part in slices(page, SliceOptions(64)):
        assert part.ids is not None
        assert part.under is None


def test_whole_boxes_beyond_the_slice_have_their_visible_area() -> None:
    page = disc_page()
    part = one(page, 0, 0, 50, "whole")
    assert numbers(part) == {2, 5}
    assert part.symbols.box.tolist() == page.symbols[[0, 1]].box.tolist()
    assert part.ids is not None
    assert part.symbols.area.tolist() == [np.count_nonzero(part.ids == number) for number in (2, 5)]


def test_a_cut_symbol_without_a_pixel_there_is_not_there() -> None:
    ids = np.zeros((50, 100), np.uint16)
    ids[10, 10:20], ids[40, 10:90] = 1, 1
    page = Page("p", np.zeros((50, 100), np.uint8), Symbols.build(["clefG"], [[10, 10, 90, 41]]), ids)
    found = {part.name: numbers(part) for part in slices(page, SliceOptions(30, 0.0, min_visible=0.1))}
    assert [name for name, there in found.items() if there] == [
        "p-x0-y0", "p-x0-y20", "p-x30-y20", "p-x60-y20", "p-x70-y20"
    ]  # fmt: skip


def test_a_staff_keeps_lines_that_are_too_thin_for_the_masks() -> None:
    """On real pages with narrow staves some lines have no pixel that is dark enough for a label."""
    ids = np.zeros((100, 300), np.uint16)
    ids[20, :] = ids[30, :] = ids[40, :] = 4
    symbols = Symbols.build(["staff"], [[0, 20, 300, 61]], id=[4])
    part = one(Page("p", np.zeros((100, 300), np.uint8), symbols, ids), 100, 0, 100)
    assert part.symbols.box.tolist() == [[0, 20, 100, 61]]
    assert part.symbols.area.tolist() == [300]


def test_ids_that_no_symbol_has_leave_the_masks() -> None:
    page = disc_page()
    only = replace(page, symbols=page.symbols[[0]])
    for part in slices(only, SliceOptions(400)):
        assert part.ids is not None
        assert set(np.unique(part.ids).tolist()) == {0, 2}
        assert np.array_equal(part.ids == 2, page.mask(2))


def test_ids_beyond_what_masks_hold_are_no_trouble() -> None:
    page = disc_page(count=3)
    symbols = page.symbols.replace(id=np.array([2, 5, 70_000], np.int32), links=page.symbols.links[:0])
    (part,) = slices(replace(page, symbols=symbols), SliceOptions(400))
    assert part.symbols.id.tolist() == [2, 5, 70_000]


# Staff lines.


def test_staff_lines_are_cut_at_the_edges() -> None:
    lines = np.array(
        [[0, 10, 20, 290, 20], [1, 120, 30, 180, 30], [2, 10, 150, 290, 150], [3, 50, 90, 250, 110]],
        np.float64,
    )
    page = replace(blank_page("p", Symbols()), staff_lines=lines)
    found = one(page, 100, 0, 100).staff_lines
    assert found == pytest.approx(
        np.array([[0, 0, 20, 100, 20], [1, 20, 30, 80, 30], [3, 0, 95, 50, 100]], np.float64)
    )
    assert one(page, 0, 100, 100).staff_lines.tolist() == [[2, 10, 50, 100, 50]]
    nothing = next(slices(blank_page("p", Symbols()), SliceOptions(100))).staff_lines
    assert nothing.shape == (0, 5)


@given(st.lists(st.tuples(*[st.floats(0, 300)] * 4), max_size=5), options)
@example([(0.0, 0.0, 0.0, 5e-324)], SliceOptions(70))
@few
def test_staff_lines_of_all_slices_lie_on_the_pages(
    rows: list[tuple[float, float, float, float]], how: SliceOptions
) -> None:
    lines = np.array([(number, *row) for number, row in enumerate(rows)], np.float64).reshape(-1, 5)
    lines[:, [2, 4]] *= 2 / 3
    page = replace(blank_page("p", Symbols()), staff_lines=lines)
    for part in slices(page, how):
        left, top = place_of(part)
        for number, *ends in part.staff_lines.tolist():
            _, x0, y0, x1, y1 = lines[int(number)]
            length = np.hypot(x1 - x0, y1 - y0)
            for x, y in (ends[:2], ends[2:]):
                assert -1e-6 <= x <= part.width + 1e-6
                assert -1e-6 <= y <= part.height + 1e-6
                off = (x1 - x0) * (y + top - y0) - (y1 - y0) * (x + left - x0)
                assert abs(off) <= 1e-6 * (1 + length)


# Real pages.


def test_slices_of_a_built_page(dataset_folder: Path) -> None:
    """Every symbol is somewhere, and all of what is no line is whole somewhere."""
    for page in Dataset(dataset_folder):
        whole: set[int] = set()
        seen: set[int] = set()
        for part in slices(page, SliceOptions(320, 0.25)):
            assert part.ids is not None
            assert set(np.unique(part.ids).tolist()) <= numbers(part) | {0}
            assert part.classes.shape == part.image.shape
            seen |= numbers(part)
            corner = np.array(place_of(part) * 2)
            moved = {tuple(box) for box in (part.symbols.box + corner).tolist()}
            whole |= {symbol.id for symbol in page.symbols if symbol.box in moved}
        assert seen == numbers(page)
        kinds = {"line", "text"}
        assert {symbol.id for symbol in page.symbols if symbol.cls.kind not in kinds} <= whole
