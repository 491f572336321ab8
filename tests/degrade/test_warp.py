"""Warps: points there and back, and pages whose labels follow their pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead import Page, Symbols
from notehead.datasets.checks import check_page, mask_boxes
from notehead.degrade.outlines import _order
from notehead.degrade.warp import Warp
from notehead.degrade.warp_image import fill_maps, moved_image
from notehead.degrade.warp_page import warp_page
from notehead.errors import NoteheadError
from tests.support.engraved import measure, mei, notes, page
from tests.support.pages import disc_page

Floats = NDArray[np.float64]

SONG = mei(
    measure(
        notes("a=c4:8 d4:8 e4:8 f#5:8 g5:2"),
        controls='<slur startid="#a" endid="#z"/><hairpin form="cres" tstamp="1" tstamp2="4" staff="1"/>',
    ),
    measure(notes("a4:4 b4:4 z=c6:4 r:4")),
)


def bent(size: tuple[int, int], degrees: float = 0.0, scale: float = 1.0, wave: float = 0.0) -> Warp:
    """Turned about the middle, resized, and bent by a wave of so many pixels."""
    angle, middle = np.deg2rad(degrees), np.array(size) / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def backward(points: Floats) -> Floats:
        flat = points / scale + wave * np.sin(points[:, ::-1] / scale / 90)
        moved: Floats = (flat - middle) @ turn + middle
        return moved

    return Warp.of(backward, (round(size[0] * scale), round(size[1] * scale)), size)


def engraved(margin: int = 90) -> Page:
    """A small engraved page, its paper's empty end cut off."""
    found = page(SONG)
    assert found.ids is not None
    assert found.under is not None
    bottom = int(found.symbols.box[:, 3].max()) + margin
    image, ids, under = found.image[:bottom], found.ids[:bottom], found.under[:bottom]
    return replace(found, image=image, ids=ids, under=under)


def seen_boxes(found: Page) -> Floats:
    """The boxes of the pixels of both layers; x1 <= 0 where there are none."""
    assert found.ids is not None
    assert found.under is not None
    top = int(found.symbols.id.max())
    one, other = (mask_boxes(layer, top)[found.symbols.id] for layer in (found.ids, found.under))
    return np.hstack([np.minimum(one, other)[:, :2], np.maximum(one, other)[:, 2:]]).astype(np.float64)


warps = st.builds(
    bent,
    st.tuples(st.integers(40, 900), st.integers(40, 900)),
    degrees=st.floats(-10, 10),
    scale=st.floats(0.2, 2.5),
    wave=st.floats(-8, 8),
)


@given(warps, st.lists(st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)), min_size=1, max_size=20))
def test_points_come_back(warp: Warp, places: list[tuple[float, float]]) -> None:
    points = np.array(places) * warp.source
    assert np.abs(warp.backward(warp.forward(points)) - points).max() < 0.01
    there = np.array(places) * warp.size
    assert np.abs(warp.forward(warp.backward(there)) - there).max() < 0.01


@pytest.mark.parametrize("seed", range(5))
def test_points_far_outside_stay_about_where_they_were(seed: int) -> None:
    """The last cells of a grid that trembles go on for ever, and fold; those after stay right."""
    rng, step, side = np.random.default_rng(seed), 16, 40
    nodes = (np.mgrid[:side, :side][::-1].transpose(1, 2, 0) - 0.5) * step
    size = ((side - 2) * step, (side - 2) * step)
    warp = Warp(nodes + rng.normal(0, 0.5, nodes.shape), size, size, step)
    far, near = rng.uniform(-4000, 4000, (300, 2)), rng.uniform(0, size[0], (300, 2))
    points = np.stack((far, near), axis=1).reshape(-1, 2)
    found = warp.forward(points)
    assert np.isfinite(found).all()
    assert np.abs(found - points)[1::2].max() < 5
    assert np.abs(found - points).max() < 2 * max(size)


@given(warps)
def test_the_maps_are_the_backward_points(warp: Warp) -> None:
    x, y = np.empty((2, warp.size[1], warp.size[0]), np.float32)
    fill_maps(warp.grid, warp.step, 0, x, y)
    rows, columns = np.mgrid[: warp.size[1] : 7, : warp.size[0] : 5]
    points = np.column_stack([columns.ravel(), rows.ravel()]) + 0.5
    dense = np.column_stack([x[rows, columns].ravel(), y[rows, columns].ravel()]) + 0.5
    assert np.abs(warp.backward(points) - dense).max() < 2e-3


@settings(max_examples=30)
@given(
    st.tuples(st.integers(1, 300), st.integers(1, 200)),
    st.floats(-4, 4),
    st.floats(0.96, 1.09),
    st.floats(-8, 8),
    st.integers(0, 255),
)
def test_the_image_is_mixed_from_four_pixels(
    size: tuple[int, int], degrees: float, scale: float, wave: float, background: int
) -> None:
    image = np.random.default_rng(0).integers(0, 256, size[::-1], np.uint8)
    warp = bent(size, degrees, scale, wave)
    found = moved_image(image, warp, background)
    rows, columns = np.mgrid[: warp.size[1], : warp.size[0]]
    at = warp.backward(np.column_stack([columns.ravel(), rows.ravel()]) + 0.5) - 0.5
    around = np.pad(image.astype(np.float64), 1, constant_values=background)
    low = np.floor(at).astype(int)
    expected = np.zeros(len(at))
    for i in range(2):
        for j in range(2):
            corner = low + np.array([j, i])
            x, y = (corner + 1).T
            inside = (x >= 0) & (y >= 0) & (x < around.shape[1]) & (y < around.shape[0])
            grey = np.full(len(at), float(background))
            grey[inside] = around[y[inside], x[inside]]
            expected += grey * np.prod(1 - np.abs(at - corner), axis=1)
    assert np.abs(found.ravel() - expected).max() < 0.6


@given(warps)
def test_the_jacobian_is_the_slope(warp: Warp) -> None:
    # the middle of a cell, away from the folds between cells
    points = np.array([[32.0, 32.0]])
    found = warp.jacobian(points)[0]
    for axis, step in enumerate(np.eye(2) * 0.5):
        slope = warp.backward(points + step) - warp.backward(points - step)
        assert np.allclose(found[:, axis], slope[0], atol=1e-6)


def test_the_scale_is_that_of_lengths() -> None:
    assert bent((400, 300), degrees=20, scale=0.5).scale == pytest.approx(0.5)
    assert bent((400, 300), scale=2.0).scale == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("size", "source"), [((40000, 100), (100, 100)), ((100, 100), (100, 32767)), ((0, 9), (9, 9))]
)
def test_sides_that_opencv_cannot_map(size: tuple[int, int], source: tuple[int, int]) -> None:
    with pytest.raises(NoteheadError, match="sides have 1 to 32766"):
        Warp(np.zeros((3, 3, 2)), size, source)


def test_a_page_of_another_size() -> None:
    with pytest.raises(ValueError, match="a warp of"):
        warp_page(disc_page(), bent((50, 50)))


@pytest.mark.parametrize("make", [disc_page, engraved])
def test_identity_changes_nothing(make: Callable[[], Page]) -> None:
    source = make()
    found = warp_page(source, bent((source.width, source.height)))
    assert found.ids is not None
    assert found.under is not None
    assert source.ids is not None
    assert source.under is not None
    assert np.array_equal(found.image, source.image)
    assert np.array_equal(found.ids, source.ids)
    assert np.array_equal(found.under, source.under)
    assert np.abs(found.symbols.box - source.symbols.box).max() < 1e-6
    assert np.array_equal(found.symbols.area, source.symbols.area)
    assert np.array_equal(found.symbols.links, source.symbols.links)
    assert np.allclose(found.staff_lines, source.staff_lines, atol=1e-6)
    assert found.staff_space == pytest.approx(source.staff_space)


def test_identity_keeps_oriented_boxes_and_their_first_corner() -> None:
    source = engraved()
    found = warp_page(source, bent((source.width, source.height)))
    assert np.abs(found.symbols.corners - source.symbols.corners).max() < 0.01


def fine_box(source: Page, warp: Warp, number: int, around: Floats, finer: int = 4) -> Floats:
    """The box of a symbol's mask, moved with `finer` samples along a pixel."""
    assert source.ids is not None
    assert source.under is not None
    mask = (source.ids == number) | (source.under == number)
    low, high = np.floor(around[:2]) - 3, np.ceil(around[2:]) + 3
    xs, ys = (np.arange(low[axis], high[axis], 1 / finer) + 0.5 / finer for axis in range(2))
    points = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
    x, y = np.floor(warp.backward(points)).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < source.width) & (y < source.height)
    own = points[inside][mask[y[inside], x[inside]]]
    return np.concatenate([own.min(axis=0) - 0.5 / finer, own.max(axis=0) + 0.5 / finer])


@pytest.mark.parametrize(
    ("degrees", "scale", "wave"),
    [
        (0, 1, 0),
        (3, 1, 0),
        (-2, 1, 6),
        (0.5, 1.5, 4),
        (0, 0.75, 0),
        (1, 0.75, 5),
        (0, 0.375, 0),
        (-2, 0.375, 5),
    ],
)
def test_boxes_are_those_of_the_moved_masks(degrees: float, scale: float, wave: float) -> None:
    source = engraved()
    warp = bent((source.width, source.height), degrees, scale, wave)
    found = warp_page(source, warp)
    whole = (seen_boxes(source) == source.symbols.box).all(axis=1)
    rows = np.flatnonzero(np.isin(found.symbols.id, source.symbols.id[whole]))
    assert len(rows) > 30
    numbers, boxes = found.symbols.id, found.symbols.box
    exact = [fine_box(source, warp, int(numbers[row]), boxes[row]) for row in rows.tolist()]
    away = np.abs(boxes[rows] - np.array(exact))
    assert np.median(away) <= 0.5
    assert away.max() <= 1.5
    own = np.abs(boxes - seen_boxes(found))[rows]
    assert np.median(own) <= 0.5
    assert own.max() <= 1.5


@pytest.mark.parametrize("scale", [1.0, 0.75, 0.375])
def test_true_pages_stay_true(scale: float) -> None:
    source = engraved()
    assert not list(check_page(source))
    found = warp_page(source, bent((source.width, source.height), 1.0, scale, 3.0))
    bare = [problem for problem in check_page(found) if problem.check == "dark pixels labelled"]
    assert list(check_page(found)) == bare
    assert found.ids is not None
    assert ((found.image < 128) & (found.ids == 0)).sum() <= 0.001 * (found.ids > 0).sum()
    assert found.symbols.area.sum() == (found.ids > 0).sum()


def test_a_slur_turned_is_not_boxed_by_the_corners_of_its_box() -> None:
    source = engraved()
    warp = bent((source.width, source.height), degrees=5)
    box = warp_page(source, warp).symbols.named("slur").box[0]
    old = source.symbols.named("slur").box[0]
    loose = warp.forward(old[[0, 1, 2, 1, 2, 3, 0, 3]].reshape(4, 2))
    assert box[3] - box[1] < np.ptp(loose[:, 1]) - 10


def test_covered_symbols_keep_what_no_layer_shows() -> None:
    image = np.full((60, 80), 255, np.uint8)
    ids, under = np.zeros((60, 80), np.uint16), np.zeros((60, 80), np.uint16)
    ids[10:20, 30:40] = 1  # of 20:40, the left half is covered twice
    symbols = Symbols.build(["beam", "stem"], [[20, 10, 40, 20], [50, 30, 52, 50]])
    source = Page("p", image, symbols, ids, under)
    found = warp_page(source, Warp.of(lambda points: points / 2 - 3, (170, 130), (80, 60))).symbols
    assert np.allclose(found.box, [[46, 26, 86, 46], [106, 66, 110, 106]], atol=1e-3)
    assert found.area.tolist() == [400, 0]


def test_pages_without_masks_move_by_oriented_boxes() -> None:
    symbols = Symbols.build(["beam"], [[20, 10, 60, 20]], area=[100])
    source = Page("p", np.full((60, 80), 255, np.uint8), symbols)
    warp = Warp.of(lambda p: np.column_stack([p[:, 1], 120 - p[:, 0]]) / 2, (120, 160), (80, 60))
    found = warp_page(source, warp)
    assert found.ids is None
    assert np.allclose(found.symbols.box, [[80, 40, 100, 120]], atol=1e-3)
    assert found.symbols.area.tolist() == [400]
    assert np.allclose(found.symbols.corners[0], [[100, 40], [100, 120], [80, 120], [80, 40]], atol=1e-3)


def test_a_compound_has_the_box_of_its_parts() -> None:
    symbols = Symbols.build(
        ["graceNoteAcciaccaturaStemUp", "noteheadBlackOnLine", "stem"],
        [[10, 10, 20, 40], [10, 10, 20, 18], [19, 10, 20, 40]],
        area=[110, 80, 30],
        links=[[1, 2], [1, 3]],
    )
    ids = np.zeros((60, 80), np.uint16)
    ids[10:40, 19], ids[10:18, 10:20] = 3, 2
    source = Page("p", np.full((60, 80), 255, np.uint8), symbols, ids, np.zeros_like(ids))
    found = warp_page(source, bent((80, 60), degrees=8)).symbols
    assert np.allclose(found.box[0, :2], found.box[1:, :2].min(axis=0))
    assert np.allclose(found.box[0, 2:], found.box[1:, 2:].max(axis=0))
    assert found.area[0] == found.area[1] + found.area[2]


def lined(thickness: int, top: int, size: int = 160) -> Page:
    """A page with a level line, and an upright one."""
    image, ids = np.full((size, size), 255, np.uint8), np.zeros((size, size), np.uint16)
    ids[top : top + thickness, 10:150], ids[20:140, top : top + thickness] = 1, 2
    image[ids > 0] = 0
    boxes = [[10, top, 150, top + thickness], [top, 20, top + thickness, 140]]
    return Page("p", image, Symbols.build(["staff", "stem"], boxes), ids, np.zeros_like(ids))


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(40, 47), st.floats(0.36, 0.9), st.floats(-3, 3))
def test_thin_lines_have_no_gaps_at_lower_resolutions(
    thickness: int, top: int, scale: float, degrees: float
) -> None:
    source = lined(thickness, top)
    found = warp_page(source, bent((160, 160), degrees, scale))
    assert found.ids is not None
    level = (found.ids == 1)[:, int(16 * scale) + 1 : int(144 * scale) - 1].any(axis=0)
    cross = (found.ids == 2)[:, int(16 * scale) + 1 : int(144 * scale) - 1].any(axis=0)
    assert (level | cross).all()


def layered(shapes: list[tuple[str, list[tuple[int, int, int, int]]]], size: int = 160) -> Page:
    """A page with symbols of rectangles (x0, y0, x1, y1), each drawn over those before it."""
    ids, under = np.zeros((2, size, size), np.uint16)
    boxes = []
    for number, (_, parts) in enumerate(shapes, 1):
        own = np.zeros((size, size), np.bool_)
        for x0, y0, x1, y1 in parts:
            own[y0:y1, x0:x1] = True
        under[own], ids[own] = ids[own], number
        ys, xs = np.nonzero(own)
        boxes.append([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])
    image = np.where(ids > 0, 0, 255).astype(np.uint8)
    symbols = Symbols.build([name for name, _ in shapes], boxes, area=np.bincount(ids.ravel())[1:])
    return Page("p", image, symbols, ids, under)


STAIRS = [(62 + k, 60 + 2 * k, 66 + k, 64 + 2 * k) for k in range(12)]


@settings(max_examples=40)
@given(st.floats(0.36, 0.6), st.floats(-1, 1))
@example(0.3802154880880916, 0.0)  # two pixels see half of the stem each
def test_a_thin_stem_beside_or_below_a_flag_is_whole(scale: float, degrees: float) -> None:
    source = layered([("stem", [(60, 40, 61, 120)]), ("flag8thUp", [(60, 60, 62, 84), *STAIRS])])
    found = warp_page(source, bent((160, 160), degrees, scale))
    shown = found.mask(1)
    top, bottom = found.symbols.box[0, [1, 3]]
    rows = shown[round(top) + 1 : round(bottom) - 1].any(axis=1)
    assert rows.mean() > 0.97
    assert np.abs(seen_boxes(found) - found.symbols.box).max() <= 1.5


@settings(max_examples=60)
@given(st.integers(60, 64), st.integers(60, 64), st.floats(0.36, 1.0), st.floats(-2, 2))
def test_each_of_three_symbols_in_a_coarse_pixel_reaches_its_box(
    x: int, y: int, scale: float, degrees: float
) -> None:
    lines = [(10, 60 + 8 * k, 150, 62 + 8 * k) for k in range(5)]
    head = [(x, y, x + 14, y + 10)]
    stem = [(x + 12, y - 30, x + 14, y + 3)]
    dot = [(x + 15, y + 3, x + 17, y + 5)]
    source = layered(
        [("staff", lines), ("stem", stem), ("noteheadBlackOnLine", head), ("augmentationDot", dot)]
    )
    found = warp_page(source, bent((160, 160), degrees, scale))
    whole = (seen_boxes(source) == source.symbols.box).all(axis=1)
    rows = np.isin(found.symbols.id, source.symbols.id[whole])
    assert rows.sum() >= 3
    assert np.abs(seen_boxes(found) - found.symbols.box)[rows].max() <= 1.5


def test_stems_do_not_fall_between_pixels_where_only_a_part_of_the_page_shrinks() -> None:
    stems = [("stem", [(x, 40, x + 1, 120)]) for x in range(20, 150, 4)]
    source = layered(stems)
    # narrower towards the right, by a sixth in the end, but hardly so in the middle
    warp = Warp.of(lambda p: np.column_stack([p[:, 0] + p[:, 0] ** 3 / 4e5, p[:, 1]]), (150, 160), (160, 160))
    assert warp.scale > 0.95
    found = warp_page(source, warp)
    assert found.symbols.area.min() >= 75


@given(st.integers(40, 47), st.floats(0.3, 0.9))
def test_ink_neither_appears_nor_goes_when_a_page_shrinks(top: int, scale: float) -> None:
    source = lined(2, top)
    found = warp_page(source, bent((160, 160), 0.0, scale))
    before, after = (255.0 - source.image).sum(), (255.0 - found.image).sum()
    assert after == pytest.approx(before * scale**2, rel=0.15)  # thin lines, in the worst phase


def test_areas_beyond_the_page_show_the_background() -> None:
    source = replace(disc_page(), symbols=Symbols(), ids=None, under=None)
    warp = Warp.of(lambda points: points - 40, (300, 200), (200, 120))
    found = warp_page(source, warp, background=17)
    assert found.image[:38].tolist() == [[17] * 300] * 38
    assert found.image[45, 45] == source.image[5, 5]


def test_what_leaves_the_page_goes_as_in_slices() -> None:
    source = disc_page()
    warp = Warp.of(lambda points: points + np.array([60.0, 0.0]), (140, 120), (200, 120))
    found = warp_page(source, warp)
    assert found.name == source.name
    assert found.ids is not None
    # the first disc is gone, the second is cut: a third of it is left
    kept = set(found.symbols.id.tolist())
    assert kept == {8, 11, 14} | ({5} & kept)
    assert set(np.unique(found.ids).tolist()) - {0} <= kept
    assert np.isin(found.symbols.links, found.symbols.id).all()
    assert (found.symbols.box >= 0).all()


def test_staff_lines_and_their_distance() -> None:
    source = engraved()
    found = warp_page(source, bent((source.width, source.height), degrees=10, scale=0.5))
    assert found.staff_space == pytest.approx(source.staff_space / 2, rel=1e-6)
    assert len(found.staff_lines) == len(source.staff_lines)
    ends = found.staff_lines[:, 3:] - found.staff_lines[:, 1:3]
    assert np.allclose(np.abs(np.degrees(np.arctan2(ends[:, 1], ends[:, 0]))), 10)


def test_the_space_is_measured_across_the_lines() -> None:
    source = engraved()
    warp = Warp.of(lambda p: p / (2.0, 1.0), (2 * source.width, source.height), (source.width, source.height))
    assert warp_page(source, warp).staff_space == pytest.approx(source.staff_space)


def test_an_empty_page() -> None:
    blank = np.zeros((60, 80), np.uint16)
    source = Page("p", np.full((60, 80), 255, np.uint8), Symbols(), blank, blank)
    found = warp_page(source, bent((80, 60), 2.0, 0.5))
    assert (found.width, found.height, len(found.symbols)) == (40, 30, 0)


def test_a_page_does_not_change() -> None:
    source = engraved()
    assert source.ids is not None
    image, ids, box = source.image.copy(), source.ids.copy(), source.symbols.box.copy()
    warp_page(source, bent((source.width, source.height), 2.0, 0.5))
    assert np.array_equal(image, source.image)
    assert np.array_equal(ids, source.ids)
    assert np.array_equal(box, source.symbols.box)


@pytest.mark.parametrize("scale", [0.5, 0.75])
def test_flat_warps_shrink_images_as_others_do(scale: float) -> None:
    image = np.random.default_rng(0).integers(0, 256, (120, 200), np.uint8)
    flat = bent((200, 120), 2.0, scale)
    grid = flat.grid.copy()
    grid[0, 0] += 0.002  # no longer flat, before the first pixel
    found = [moved_image(image, warp, 77).astype(int) for warp in (flat, replace(flat, grid=grid))]
    assert np.abs(found[0] - found[1]).max() <= 2


@given(st.lists(st.floats(-5, 5), max_size=70))
def test_keys_are_put_in_order(keys: list[float]) -> None:
    array = np.array(keys, np.float64)
    np.testing.assert_array_equal(_order(array), np.argsort(array, kind="stable"))
