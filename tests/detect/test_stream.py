"""Frames of a camera become pages whose symbols stay."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.stream import Kept, Tally, compare, count, measured, same
from benchmarks.stream_pan import Frame, PanOptions, pan
from notehead.detect import Detector, Reading
from notehead.detect import stream as stream_module
from notehead.detect.motion import motion, moved, small_frame
from notehead.detect.stream import StreamOptions, StreamReader
from notehead.page import Page, Symbols
from tests.degrade.pages import music_page
from tests.detect.stand_in import InkModel, music

Pixels = NDArray[np.uint8]


def sheet() -> Page:
    """A page whose staves are not all alike, so that a motion over it is no other's."""
    page = music_page(width=900, staves=5)
    rng = np.random.default_rng(4)
    for x, y in rng.integers((20, 20), (800, 680), (24, 2)).tolist():
        letters = "".join(chr(one) for one in rng.integers(97, 123, 5))
        cv2.putText(page.image, letters, (x, y), cv2.FONT_HERSHEY_COMPLEX, 0.8, 0, 2)
    return page


SHEET = sheet()


@dataclass
class Shaky(Detector):
    """Knows what stands on frames, but sees it shaken, and not all of it."""

    frames: list[Frame]
    missing: float = 0.0
    shake: float = 0.0
    lost: list[int] = field(default_factory=list)
    number: int = -1

    def read(self, image: Pixels, name: str = "page") -> Reading:
        self.number += 1
        frame = self.frames[self.number]
        rng = np.random.default_rng(self.number)
        kept = rng.random(len(frame.symbols)) >= self.missing
        if self.number in self.lost:
            kept[:] = False
        symbols = frame.symbols[kept]
        jump = rng.normal(0, self.shake, (len(symbols), 1, 2))
        box = symbols.box + np.tile(jump[:, 0], 2)
        symbols = symbols.replace(box=box, corners=symbols.corners + jump)
        inside = (box[:, 2:] > 0).all(axis=1) & (box[:, :2] < np.array(image.shape[::-1])).all(axis=1)
        space = 0.0 if self.number in self.lost else frame.staff_space
        return Reading(Page(name, image, symbols[np.asarray(inside)], staff_space=space))


def still(count: int) -> list[Frame]:
    whole = np.array([[1.0, 0, 0], [0, 1, 0]])
    return [Frame(SHEET.image, whole, SHEET.symbols, SHEET.staff_space) for _ in range(count)]


def streamed(shaky: Shaky, options: StreamOptions | None = None) -> list[Page]:
    reader = StreamReader(shaky, options)
    return [reader.read(frame.image) for frame in shaky.frames]


@pytest.mark.parametrize(
    ("shift", "scale", "degrees"),
    [((0, 0), 1, 0), ((25, -14), 1, 0), ((-9, 31), 1.02, 0.4), ((3, 2), 0.98, -1)],
)
def test_motion_is_found(shift: tuple[float, float], scale: float, degrees: float) -> None:
    image = np.asarray(cv2.GaussianBlur(SHEET.image, (0, 0), 1.5), np.uint8)
    way = cv2.getRotationMatrix2D((450, 350), degrees, scale)
    way[:, 2] += np.array(shift)
    after = np.asarray(cv2.warpAffine(image, way, (900, 700), borderValue=255), np.uint8)
    found = motion(small_frame(image), small_frame(after), (900, 700))
    assert found is not None
    points = np.array([[100.0, 100], [800, 100], [100, 600], [800, 600]])
    true = (points - 0.5) @ way[:, :2].T + way[:, 2] + 0.5
    assert np.abs(moved(points, found) - true).max() < 1.2


def test_another_scene_has_no_motion() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (700, 900), np.uint8)
    assert motion(small_frame(SHEET.image), small_frame(noise), (900, 700)) is None
    assert motion(small_frame(SHEET.image), small_frame(SHEET.image[:300]), (900, 700)) is None


def test_the_first_frame_is_shown_as_it_is_read() -> None:
    page = streamed(Shaky(still(1)))[0]
    assert len(page.symbols) == len(SHEET.symbols)
    np.testing.assert_allclose(page.symbols.box, SHEET.symbols.box)
    assert page.symbols.names == SHEET.symbols.names


def test_a_still_page_keeps_its_symbols_and_their_ids() -> None:
    pages = streamed(Shaky(still(8), missing=0.15))
    first = pages[-1].symbols
    assert len(np.unique(first.id)) == len(first)
    assert len(first) == len(SHEET.symbols)  # each was seen often enough, gap or not
    earlier = dict(zip(pages[-2].symbols.id.tolist(), pages[-2].symbols.box, strict=True))
    for number, box in zip(first.id.tolist(), first.box, strict=True):
        np.testing.assert_allclose(box, earlier[number], atol=0.2)


def test_boxes_jump_less_than_they_are_read() -> None:
    frames = still(10)
    pages = streamed(Shaky(frames, shake=1.0))
    raw, smooth = Tally(), Tally()
    detector = Shaky(frames, shake=1.0)
    read = [detector.read(frame.image).page for frame in frames]
    for tally, seen in ((raw, read), (smooth, pages)):
        for before, after in zip(range(3, 9), range(4, 10), strict=True):
            compare(tally, (frames[before], seen[before].symbols), (frames[after], seen[after].symbols))
    assert smooth.figures()["jump"] < 0.6 * raw.figures()["jump"]


def test_frames_in_which_nothing_is_read_are_bridged_but_not_for_ever() -> None:
    pages = streamed(Shaky(still(10), lost=[3, 4, 6, 7, 8, 9]))
    counts = [len(page.symbols) for page in pages]
    assert counts[:7] == [len(SHEET.symbols)] * 7
    assert counts[-1] == 0
    assert all(page.staff_space == SHEET.staff_space for page in pages)


def test_what_is_seen_once_is_not_shown() -> None:
    frames = still(4)
    ghost = Symbols.build(["clefG"], [[400.0, 300, 430, 360]])
    names = [*SHEET.symbols.names, *ghost.names]
    both = Symbols.build(names, np.concatenate((SHEET.symbols.box, ghost.box)))
    frames[1] = Frame(SHEET.image, frames[1].way, both, SHEET.staff_space)
    assert not any("clefG" in page.symbols.names for page in streamed(Shaky(frames)))
    eager = StreamOptions(appear=0.3)
    assert "clefG" in streamed(Shaky(frames), eager)[1].symbols.names


def test_a_class_that_flips_is_decided_by_all_frames() -> None:
    frames = still(6)
    wrong = np.where(
        SHEET.symbols.is_notehead,
        Symbols.build(["noteheadBlackInSpace"], [[0, 0, 1, 1]]).label[0],
        SHEET.symbols.label,
    ).astype(np.int32)
    frames[4] = Frame(SHEET.image, frames[4].way, SHEET.symbols.replace(label=wrong), SHEET.staff_space)
    pages = streamed(Shaky(frames))
    assert sorted(pages[4].symbols.names) == sorted(SHEET.symbols.names)


def test_another_page_begins_anew() -> None:
    other = music_page(width=700, staves=3)
    frames = [*still(3), Frame(other.image, still(1)[0].way, other.symbols, other.staff_space)]
    pages = streamed(Shaky(frames))
    assert len(pages[-1].symbols) == len(other.symbols)
    assert pages[-1].symbols.id.min() > pages[-2].symbols.id.max()


def test_a_wrong_motion_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is followed would be beside itself for as long as it lasts: it is given up."""
    astray = np.array([[1.0, 0, 25], [0, 1, 70]])
    monkeypatch.setattr(stream_module, "motion", lambda *_: astray)
    for page in streamed(Shaky(still(3))):
        np.testing.assert_allclose(page.symbols.box, SHEET.symbols.box)


def test_nothing_and_no_image() -> None:
    reader = StreamReader(Detector(InkModel()))
    assert len(reader.read(np.empty((0, 0), np.uint8)).symbols) == 0
    assert len(reader.read(np.full((90, 90), 255, np.uint8)).symbols) == 0
    with pytest.raises(ValueError, match="an image is uint8"):
        reader.read(np.zeros((4, 4, 2), np.uint8))


def test_over_a_pan_symbols_flicker_less() -> None:
    frames = list(pan(SHEET, PanOptions(frames=14, blur=0, noise=0, turn=0.2)))
    shaky = Shaky(frames, missing=0.1, shake=0.7)
    pages = streamed(shaky)
    again = Shaky(frames, missing=0.1, shake=0.7)
    raw, smooth = Tally(), Tally()
    read = [again.read(frame.image).page for frame in frames]
    for tally, seen in ((raw, read), (smooth, pages)):
        for number, frame in enumerate(frames):
            count(tally, seen[number].symbols, frame)
            if number:
                compare(tally, (frames[number - 1], seen[number - 1].symbols), (frame, seen[number].symbols))
    assert smooth.figures()["flicker"] < 0.5 * raw.figures()["flicker"]
    assert smooth.figures()["f1"] > raw.figures()["f1"]


def test_a_real_detector_reads_a_pan() -> None:
    image, placed = music([12.0, 12.0], notes=4, width=40)
    detector = Kept(InkModel())
    page = Page("page", image, detector.read(image).page.symbols, staff_space=12.0)
    assert np.sum(page.symbols.is_notehead) == len(placed)
    ways = [Tally(), Tally()]
    how = PanOptions(frames=3, share=0.9, blur=0, noise=0, shade=0, turn=0, zoom=0)
    measured(page, detector, how, StreamOptions(), ways)
    figures = [tally.figures() for tally in ways]
    assert figures[0]["f1"] > 0.8
    assert figures[1]["f1"] >= figures[0]["f1"] - 0.05
    assert len(ways[1].seconds) == 3


def test_frames_know_where_symbols_are() -> None:
    for frame in pan(SHEET, PanOptions(frames=3, blur=0, noise=0, shade=0)):
        heads = frame.symbols[frame.symbols.is_notehead]
        middle = ((heads.box[:, :2] + heads.box[:, 2:]) / 2).astype(int)
        height, width = frame.image.shape
        there = (middle > 5).all(axis=1) & (middle < np.array([width, height]) - 5).all(axis=1)
        black = np.array([name.startswith("noteheadBlack") for name in heads.names])
        x, y = middle[there & black].T
        assert len(x) > 3
        assert (frame.image[y, x] < 60).all()
        assert len(same(frame.symbols, frame.symbols, frame.staff_space)) == len(frame.symbols)
        size = heads.box[:, 2:] - heads.box[:, :2]
        as_on_page = SHEET.symbols[SHEET.symbols.is_notehead].box
        scale = frame.staff_space / SHEET.staff_space
        np.testing.assert_allclose(size, (as_on_page[:, 2:] - as_on_page[:, :2]) * scale)
