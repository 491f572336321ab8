"""Symbols come back where they stand in the given image, whatever the page had to go through to be read."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from notehead.detect import DetectOptions, Detector
from notehead.detect import detector as detector_module
from notehead.detect.detector import NO_STAFF, Reading, detect_at
from notehead.detect.maps import Maps
from notehead.detect.orientation import Orientation
from notehead.detect.staff_space import best_look, measured
from notehead.detect.tiles import TileOptions
from notehead.images.failure import DocumentError
from notehead.page import ABSENT, Symbols
from tests.detect.pages import page_of_text
from tests.detect.stand_in import InkModel, music

Pixels = NDArray[np.uint8]
Placed = list[tuple[int, int, float, float]]


def unsure(image: Pixels) -> Orientation | None:
    """A page that may as well be upside down."""
    look = best_look(image)
    found = measured(look)
    return Orientation(int(look.turned), 0.5, found) if found else None


@pytest.fixture(autouse=True)
def _unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector_module, "estimate_orientation", unsure)


def middles(symbols: Symbols) -> NDArray[np.float64]:
    return np.asarray((symbols.box[:, :2] + symbols.box[:, 2:]) / 2)


def agree(reading: Reading, points: NDArray[np.float64], placed: Placed, most: float) -> None:
    """Every notehead is found within so many pixels, with its staff and position, and nothing else."""
    heads = reading.page.symbols[reading.page.symbols.is_notehead]
    assert len(heads) == len(placed)
    away = np.abs(points[:, None] - middles(heads)[None]).max(axis=2)
    nearest = away.argmin(axis=1)
    assert away.min(axis=1).max() < most
    assert len(set(nearest.tolist())) == len(placed)
    found = list(zip(heads.staff[nearest].tolist(), heads.position[nearest].tolist(), strict=True))
    assert found == [(staff, position) for staff, position, _, _ in placed]


def places(placed: Placed) -> NDArray[np.float64]:
    return np.array([(x, y) for _, _, x, y in placed])


@settings(max_examples=6)
@given(space=st.floats(9, 24), turns=st.integers(0, 3))
def test_a_page_of_any_size_however_it_lies(space: float, turns: int) -> None:
    image, placed = music([space] * 3)
    height, width = image.shape
    x, y = places(placed).T
    points = {
        0: np.stack((x, y), 1), 1: np.stack((y, width - x), 1),
        2: np.stack((width - x, height - y), 1), 3: np.stack((height - y, x), 1),
    }[turns]  # fmt: skip
    model = InkModel()
    reading = Detector(model).read(np.ascontiguousarray(np.rot90(image, turns)))
    assert len(model.sizes) == 2  # once each way up
    assert reading.turned == (360 - 90 * turns) % 360
    assert reading.page.staff_space == pytest.approx(space, rel=0.02)
    assert len(reading.page.symbols.named("clefG")) == len(reading.page.symbols.named("staff")) == 3
    agree(reading, points, placed, 0.15 * space + 0.5)


@given(st.floats(9, 24), st.integers(0, 3))
@settings(max_examples=4)
def test_boxes_of_glyphs_are_around_whole_pixels(space: float, turns: int) -> None:
    image, placed = music([space])
    reading = Detector(InkModel()).read(np.ascontiguousarray(np.rot90(image, turns)))
    heads = reading.page.symbols[reading.page.symbols.is_notehead]
    assert len(heads) == len(placed)
    np.testing.assert_allclose(heads.box, np.round(heads.box), atol=1e-9)
    assert (heads.box[:, 2:] - heads.box[:, :2] >= 1).all()
    assert (heads.corners.min(axis=1) == heads.box[:, :2]).all()


def test_the_lines_of_staves() -> None:
    image, _ = music([12.0, 12.0])
    page = Detector(InkModel()).read(np.ascontiguousarray(np.rot90(image, 2))).page
    assert page.staff_lines[:, 0].tolist() == [0.0] * 5 + [1.0] * 5
    # upside down the first staff stands below the second, and its first line below the others
    middle = (8 + 6) * 12
    expected = [image.shape[0] - middle - 12 * k - 14 * 12 * n for n in range(2) for k in range(-2, 3)]
    assert page.staff_lines[:, 2] == pytest.approx(expected, abs=1.2)
    assert page.staff_lines[:, 4] == pytest.approx(expected, abs=1.2)
    assert page.staff_lines[:, 1] == pytest.approx([64 * 12] * 10, abs=5)
    assert page.staff_lines[:, 3] == pytest.approx([4 * 12] * 10, abs=5)


@pytest.mark.parametrize("degrees", [-9.0, 5.0, 12.0])
def test_a_page_that_is_askew(degrees: float) -> None:
    image, placed = music([14.0] * 3)
    height, width = image.shape
    size = (width + 260, height + 260)
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += 130
    askew = np.asarray(cv2.warpAffine(image, matrix, size, borderValue=255), np.uint8)
    points = (places(placed) - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    reading = Detector(InkModel()).read(askew)
    assert reading.staff_space is not None
    assert reading.staff_space.skew == pytest.approx(degrees, abs=0.2)
    agree(reading, points, placed, 3.0)
    staff = reading.page.symbols.named("staff")
    long = staff.corners[:, [0, 1, 2, 3, 0]]
    side = np.linalg.norm(np.diff(long, axis=1), axis=2).max(axis=1)
    assert side == pytest.approx([60 * 14.0] * 3, rel=0.03)
    low, high = staff.corners.min(axis=1), staff.corners.max(axis=1)
    assert np.allclose(staff.box, np.hstack((low, high)))  # and no box of a box
    line = reading.page.staff_lines[0]
    assert math.degrees(math.atan2(line[4] - line[2], line[3] - line[1])) == pytest.approx(degrees, abs=0.3)


def test_light_on_dark() -> None:
    image, placed = music([12.0, 12.0])
    reading = Detector(InkModel()).read(255 - image)
    agree(reading, places(placed), placed, 1.5)
    assert np.array_equal(reading.page.image, 255 - image)  # the image stays as given


def test_staves_of_two_sizes_are_read_at_their_own_scales() -> None:
    image, placed = music([20.0, 20.0, 11.0, 20.0])
    model = InkModel()
    agree(Detector(model).read(image), places(placed), placed, 2.0)
    heights = {shape[0] for shape in model.sizes}
    assert min(heights) < 0.4 * max(heights)  # the small staff alone
    once = InkModel()
    Detector(once, DetectOptions(sizes=99)).read(image)
    assert min(shape[0] for shape in once.sizes) > 0.4 * max(heights)


class Worse(InkModel):
    """Sees nothing where it is shown little."""

    def maps(self, ink: NDArray[np.float32]) -> Maps:
        found = super().maps(ink)
        return found._replace(centres=found.centres - 20) if ink.shape[0] < 500 else found


def test_a_second_reading_that_shows_less_is_not_taken() -> None:
    image, placed = music([20.0, 20.0, 14.0, 20.0])
    reading = Detector(Worse()).read(image)
    assert np.sum(reading.page.symbols.is_notehead) == len(placed)


def test_a_huge_page_is_read_in_strips_to_the_same_symbols() -> None:
    image, placed = music([12.0] * 6)
    model = InkModel()
    whole = Detector(InkModel()).read(image)
    strips = Detector(model, DetectOptions(strip=300_000)).read(image)
    assert len(model.sizes) >= 6
    assert max(shape[0] for shape in model.sizes) < image.shape[0]
    agree(strips, places(placed), placed, 1.5)

    def sorted_boxes(reading: Reading) -> NDArray[np.float64]:
        box = reading.page.symbols.box
        return np.asarray(box[np.lexsort(box.T)])

    assert np.allclose(sorted_boxes(whole), sorted_boxes(strips), atol=0.6)
    assert np.allclose(whole.page.staff_lines, strips.page.staff_lines, atol=0.6)


def test_a_page_in_tiles() -> None:
    """Maps that are put together from tiles are in half precision."""
    image, placed = music([12.0] * 6)
    model = InkModel()
    tiles = TileOptions(pixels=1, side=512, overlap=128)
    reading = Detector(model, DetectOptions(tiles=tiles)).read(image)
    assert len(model.sizes) >= 8
    assert np.sum(reading.page.symbols.is_notehead) == len(placed)


def test_symbols_of_low_score_are_left_out() -> None:
    image, _ = music([12.0, 12.0])
    sure = Detector(InkModel(), DetectOptions(confidence=0.999)).read(image).page.symbols
    assert "clefG" not in sure.names  # their score is .9975
    assert "clefG" in Detector(InkModel(), DetectOptions(confidence=0.9)).read(image).page.symbols.names


NOISE = np.random.default_rng(1).integers(0, 256, (500, 400), np.uint8)
CAT = cv2.GaussianBlur(NOISE, (0, 0), 9)


@pytest.mark.parametrize(
    "image",
    [
        np.full((1, 1), 255, np.uint8), np.empty((0, 0), np.uint8), np.full((1000, 700), 255, np.uint8),
        np.zeros((300, 300), np.uint8), page_of_text(0.6, 1.2, cv2.FONT_HERSHEY_COMPLEX), NOISE,
        cv2.normalize(CAT, np.empty(0), 0, 255, cv2.NORM_MINMAX).astype(np.uint8),
    ],
    ids=["pixel", "nothing", "blank", "black", "text", "noise", "cat"],
)  # fmt: skip
def test_what_is_no_music_is_an_empty_page(image: Pixels) -> None:
    model = InkModel()
    reading = Detector(model).read(image)
    assert reading.notes == (NO_STAFF,)
    assert (len(reading.page.symbols), reading.page.staff_space, reading.confidence) == (0, 0.0, 0.0)
    assert reading.page.image is image
    assert model.sizes == []  # nor does it cost anything


@pytest.mark.parametrize(
    ("options", "note"),
    [
        (DetectOptions(smallest=7), "too small to be read; scan it at a higher resolution"),
        (DetectOptions(largest=100_000), "too small to be read on a page so large; cut it into parts"),
    ],
)
def test_staves_too_small_to_read(options: DetectOptions, note: str) -> None:
    model = InkModel()
    reading = Detector(model, options).read(music([6.0, 6.0])[0])
    assert reading.notes == (f"its staff space is 6.0 pixels, {note}",)
    assert len(reading.page.symbols) == len(model.sizes) == 0


def test_colours_and_other_arrays() -> None:
    image, placed = music([12.0])
    detector = Detector(InkModel())
    page = detector.detect(np.stack([image] * 3, axis=2), "a")
    assert (page.name, page.image.ndim) == ("a", 2)
    assert np.sum(page.symbols.is_notehead) == len(placed)
    for wrong in (image.astype(float), image[:, :, None], np.zeros(5, np.uint8)):
        with pytest.raises(ValueError, match="an image is uint8"):
            detector.detect(wrong)


def test_files(tmp_path: Path) -> None:
    image, placed = music([12.0])
    data = io.BytesIO()
    blank = Image.fromarray(np.full_like(image, 255))
    blank.save(data, "TIFF", save_all=True, append_images=[Image.fromarray(image)], dpi=(300, 300))
    detector = Detector(InkModel())
    page = detector.detect(data.getvalue(), page=2)
    assert np.sum(page.symbols.is_notehead) == len(placed)
    assert (page.origin.number, page.origin.resolution) == (2, 300)
    (tmp_path / "scan.tif").write_bytes(data.getvalue())
    assert detector.detect(tmp_path / "scan.tif").name == "scan"
    assert len(detector.detect(str(tmp_path / "scan.tif")).symbols) == 0
    with pytest.raises(DocumentError, match="it has 2 pages, none of them is in 3"):
        detector.detect(tmp_path / "scan.tif", page=3)
    with pytest.raises(DocumentError, match="does not exist"):
        detector.detect(tmp_path / "none.png")


def test_a_page_whose_staff_space_is_known() -> None:
    image, placed = music([12.0, 12.0])
    symbols = detect_at(image, 12.0, InkModel(), DetectOptions())
    assert np.sum(symbols.is_notehead) == len(placed)
    assert (symbols.staff == ABSENT).all()


def test_where_it_is_sure_it_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def sure(image: Pixels) -> Orientation | None:
        found = unsure(image)
        return replace(found, doubt=0.01) if found else None

    monkeypatch.setattr(detector_module, "estimate_orientation", sure)
    model = InkModel()
    Detector(model).read(music([12.0])[0])
    assert len(model.sizes) == 1


@pytest.mark.parametrize("turns", range(4))
def test_what_the_staves_say_and_what_the_network_says_agree(
    turns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real estimate of how the page lies."""
    monkeypatch.undo()
    image, placed = music([14.0] * 4)
    reading = Detector(InkModel(), DetectOptions(doubt=0)).read(np.ascontiguousarray(np.rot90(image, turns)))
    assert reading.turned == (360 - 90 * turns) % 360
    assert np.sum(reading.page.symbols.is_notehead) == len(placed)
