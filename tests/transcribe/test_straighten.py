"""Bent, leaning and tilted pages come back as they were printed, symbols, staff lines and pixels alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.page import Page, upright_corners
from notehead.transcribe import transcribe
from notehead.transcribe.placing import places_of
from notehead.transcribe.staves import staff_paths, staves_of
from notehead.transcribe.straighten import straightened
from tests.transcribe.by_hand import head, lines, page, staff

Floats = NDArray[np.float64]
MIDDLES = (120.0, 260.0, 400.0, 540.0)
BARS = (60.0, 180.0, 300.0, 420.0, 540.0)
SIZE = 640, 640


def printed() -> Page:
    """Four staves with notes between their barlines, as they are printed."""
    staves = [staff(middle, 20, 600, number) for number, middle in enumerate(MIDDLES)]
    marks = [("barlineSingle", x - 1, middle - 20, x + 1, middle + 20) for x in BARS for middle in MIDDLES]
    notes = [head(x + 20, 2 * k - 4, middle) for k, x in enumerate(BARS) for middle in MIDDLES]
    image = np.full(SIZE, 255, np.uint8)
    for middle in MIDDLES:
        for by in (-20, -10, 0, 10, 20):
            image[int(middle) + by, 20:600] = 0
    return replace(page(staves, *marks, *notes), image=image)


def seen(flat: Page, move: Callable[[Floats], Floats]) -> Page:
    """A page as it looks where each of its points is somewhere else."""
    bars = np.array([name.startswith("bar") for name in flat.symbols.names])
    middle = (flat.symbols.box[:, :2] + flat.symbols.box[:, 2:]) / 2
    size = flat.symbols.box[:, 2:] - flat.symbols.box[:, :2]
    box = np.hstack((move(middle) - size / 2, move(middle) + size / 2))
    corners = upright_corners(box)
    corners[bars] = move(flat.symbols.corners[bars].reshape(-1, 2)).reshape(-1, 4, 2)
    box[bars] = np.hstack((corners[bars].min(axis=1), corners[bars].max(axis=1)))
    rows = []
    for number, middle_y in enumerate(MIDDLES):
        for left, right in zip(range(20, 600, 58), range(78, 601, 58), strict=True):
            ends = move(lines(middle_y, left, right).reshape(-1, 2)).reshape(-1, 4)
            rows.append(np.insert(ends, 0, number, axis=1))
    points = np.stack(np.meshgrid(np.arange(640) + 0.5, np.arange(640) + 0.5), axis=2).reshape(-1, 2)
    back = points.copy()
    for _ in range(6):
        back = back + points - move(back)
    maps = (back - 0.5).reshape(*SIZE, 2).astype(np.float32)
    image = np.asarray(cv2.remap(flat.image, maps, None, cv2.INTER_LINEAR, borderValue=(255,)), np.uint8)  # type: ignore[call-overload]
    return replace(
        flat, image=image, symbols=flat.symbols.replace(box=box, corners=corners),
        staff_lines=np.concatenate(rows),
    )  # fmt: skip


def agree(found: Page, flat: Page, most: float) -> None:
    """Symbols stand where they stood beside one another, at the same heights of the same staves."""
    assert found.symbols.id.tolist() == flat.symbols.id.tolist()
    assert np.ptp(staves_of(found)[0].lines[:, [1, 3]], axis=1).max() < most
    for middle in MIDDLES:
        here = [k for k, box in enumerate(flat.symbols.box) if abs(box[[1, 3]].mean() - middle) < 60]
        away = (found.symbols.box - flat.symbols.box)[here]
        assert np.ptp(away[:, [0, 2]].mean(axis=1)) < most
    x = np.array([[found.symbols.box[k::4][:5, [0, 2]].mean(axis=1)] for k in range(4)])[:, 0]
    assert np.ptp(x, axis=0).max() < most, "barlines are above one another"
    ours, theirs = (places_of(staves_of(one), one.symbols) for one in (found, flat))
    heads = flat.symbols.is_notehead
    assert (ours.staff == theirs.staff)[heads].all()
    np.testing.assert_allclose(ours.height[heads], theirs.height[heads], atol=0.3)


def test_a_straight_page_is_left_alone() -> None:
    flat = printed()
    assert straightened(flat) is flat


@given(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
@settings(max_examples=12, deadline=None)
def test_a_leaning_page_stands_upright_again(slope: float, lean: float) -> None:
    flat = printed()
    bent = seen(flat, lambda p: p + np.stack([lean * (p[:, 1] - 320), slope * (p[:, 0] - 320)], axis=1))
    found = straightened(bent)
    if found is bent:
        assert abs(slope) < 0.015
        assert abs(lean) < 0.02
        return
    agree(found, flat, 1.5)


def test_a_bent_page_seen_from_aside() -> None:
    flat = printed()

    def move(points: Floats) -> Floats:
        x, y = points.T
        bend = 9 * np.sin(x / 200) + 0.02 * (x - 320) + 0.01 * (x - 320) * (y - 320) / 320
        return np.asarray(points + np.stack([(0.03 + 0.00008 * (x - 320)) * (y - 320), bend], axis=1))

    bent = seen(flat, move)
    before = places_of(staves_of(bent), bent.symbols).height[flat.symbols.is_notehead]
    right = places_of(staves_of(flat), flat.symbols).height[flat.symbols.is_notehead]
    assert np.abs(before - right).max() > 0.8, "the example must be bent"
    found = straightened(bent)
    agree(found, flat, 2.5)
    for one in staves_of(found):
        row = round(one.lines[2, 1] - 0.5)
        dark = found.image[row - 1 : row + 2, 60:560].min(axis=0)
        assert (dark < 200).mean() > 0.9, "the ink of a line is where the line is"


def test_measures_of_a_leaning_page_are_whole() -> None:
    flat = printed()
    bent = seen(flat, lambda p: p + np.stack([0.06 * (p[:, 1] - 320), -0.05 * (p[:, 0] - 320)], axis=1))
    ours, theirs = transcribe(bent), transcribe(flat)
    assert [len(part.measures) for part in ours.parts] == [len(part.measures) for part in theirs.parts]


def test_without_barlines_staves_alone_are_levelled() -> None:
    flat = printed()
    few = replace(flat, symbols=flat.symbols[flat.symbols.is_notehead])
    bent = seen(few, lambda p: p + np.stack([np.zeros(len(p)), 0.04 * (p[:, 0] - 320)], axis=1))
    found = straightened(bent)
    np.testing.assert_allclose(found.symbols.box[:, 0], few.symbols.box[:, 0], atol=0.01)
    ours, theirs = (places_of(staves_of(one), one.symbols).height for one in (found, few))
    np.testing.assert_allclose(ours, theirs, atol=0.3)


def test_a_staff_that_begins_later_is_level_from_its_beginning() -> None:
    """Where one staff is indented, the others do not say how high it is."""
    indented = replace(
        printed(), staff_lines=np.concatenate([
            np.insert(np.add(lines(120, 120, 600), (0, 0, 0, 36)), 0, 0, axis=1),
            np.insert(lines(260, 20, 600), 0, 1, axis=1),
        ]),
    )  # fmt: skip
    for one in staves_of(straightened(indented)):
        assert np.ptp(one.lines[2, [1, 3]]) < 1.0


@pytest.mark.parametrize("size", [(1, 1), (3, 40_000)])
def test_odd_images_are_no_obstacle(size: tuple[int, int]) -> None:
    table = np.insert(np.add(lines(120), (0, 0, 0, 40)), 0, 0, axis=1)
    odd = Page("odd", np.full(size, 255, np.uint8), staff_lines=table, staff_space=10.0)
    assert straightened(odd).image.shape == size


def test_staves_in_pieces_are_read_whole() -> None:
    left, right = np.add(lines(120, 0, 200), (0, 0, 0, 4)), lines(124, 200, 400)
    table = np.insert(np.concatenate((right, left)), 0, 3, axis=1)
    whole = replace(printed(), staff_lines=table)
    (one,) = staves_of(whole)
    assert (one.number, one.left, one.right, one.space) == (3, 0, 400, 10)
    assert one.lines[2].tolist() == [0, 120, 400, 124]
    (path,) = staff_paths(whole)
    assert path.x.tolist() == [0, 200, 400]
    assert path.y.tolist() == [120, 124, 124]
    assert path.level == 123
    assert path.at(np.array([-100.0, 500.0])).tolist() == [118, 124]
