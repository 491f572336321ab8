"""`python -m benchmarks.stream DATASET`: frames of a camera, read one by one and as a stream.

A camera moves over each page and back, shaken, nearer and farther, more and less sharp. Of every frame: F1 of
what is shown, without smoothing and with it; flicker, the share of shown symbols that appear or vanish from
one frame to the next though they are on both; jumps, how far boxes move that should not, in staff spaces.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.detect_pages import drawn
from benchmarks.stream_pan import Frame, PanOptions, pan
from notehead import Dataset, Page
from notehead.detect import DetectOptions, Detector, Reading
from notehead.detect.stream import StreamOptions, StreamReader
from notehead.evaluate.matching import match
from notehead.evaluate.overlap import UPRIGHT, Shapes, find_pairs
from notehead.page import Symbols

CONFIDENCE = 0.4
_SAME, _SLACK = 0.5, 0.1
"""IoU of boxes that are one symbol, grown by so many staff spaces."""
_RIM = 0.5
"""Staff spaces; what is nearer to a frame's edge is not judged."""


@dataclass
class Tally:
    """Figures of one way to read frames.

    Attributes:
        right: shown symbols that are there.
        wrong: shown symbols that are not.
        missed: symbols that are there and not shown.
        changed: symbols that appeared or vanished.
        stayed: those that could have.
        jumps: how far each symbol moved that should not have, in staff spaces.
        seconds: of each frame.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0
    changed: int = 0
    stayed: int = 0
    jumps: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """All of them."""
        return {
            "f1": 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1),
            "flicker": self.changed / max(self.stayed, 1),
            "jump": float(np.mean(self.jumps)) if self.jumps else 0.0,
            "seconds": float(np.median(self.seconds)) if self.seconds else 0.0,
        }


class Kept(Detector):
    """A detector that keeps what it read last, and how long that took."""

    last = Reading(Page("none", np.empty((0, 0), np.uint8)))
    seconds = 0.0

    def read(self, image: NDArray[np.uint8], name: str = "page") -> Reading:
        """As the detector's."""
        began = time.perf_counter()
        self.last = super().read(image, name)
        self.seconds = time.perf_counter() - began
        return self.last


def measured(page: Page, detector: Kept, how: PanOptions, options: StreamOptions, ways: list[Tally]) -> None:
    """Read a pan over a page and add its figures: to the first tally as read, to the second as a stream."""
    reader = StreamReader(detector, options)
    before: tuple[Frame, list[Symbols]] | None = None
    for frame in pan(page, how):
        began = time.perf_counter()
        streamed = reader.read(frame.image).symbols
        seconds = time.perf_counter() - began
        shown = [one[one.score >= CONFIDENCE] for one in (detector.last.page.symbols, streamed)]
        for number, (tally, symbols) in enumerate(zip(ways, shown, strict=True)):
            count(tally, symbols, frame)
            if before is not None:
                compare(tally, (before[0], before[1][number]), (frame, symbols))
            tally.seconds.append(seconds if number else detector.seconds)
        before = (frame, shown)


def count(tally: Tally, found: Symbols, frame: Frame) -> None:
    """Add what is right, wrong and missed in a frame."""
    true = _cut(frame.symbols, frame)
    pairs = same(found, true, frame.staff_space)
    hit, seen = np.zeros(len(found), np.bool_), np.zeros(len(true), np.bool_)
    hit[pairs[:, 0]], seen[pairs[:, 1]] = True, True
    tally.right += len(pairs)
    tally.wrong += int((~hit & inner(found, frame)).sum())
    tally.missed += int((~seen & inner(true, frame)).sum())


def compare(tally: Tally, before: tuple[Frame, Symbols], after: tuple[Frame, Symbols]) -> None:
    """Add how much changed from one frame to the next."""
    (first, shown), (second, symbols) = before, after
    old = _carried(shown, first, second)
    old, new = (
        old[inner(shown, first) & inner(old, second)],
        symbols[inner(symbols, second) & inner(_carried(symbols, second, first), first)],
    )
    pairs = same(new, old, second.staff_space)
    tally.changed += len(old) + len(new) - 2 * len(pairs)
    tally.stayed += len(old) + len(new)
    away = np.abs(new.box[pairs[:, 0]] - old.box[pairs[:, 1]]).mean(axis=1) / second.staff_space
    tally.jumps += away.tolist()


def same(found: Symbols, true: Symbols, space: float) -> NDArray[np.int64]:
    """Pairs of symbols of one class at one place, the surest first: rows, int64 (n, 2)."""
    grow = np.array([-1.0, -1.0, 1.0, 1.0]) * _SLACK * space
    surest = np.argsort(-found.score, kind="stable")
    by_class = np.argsort(true.label, kind="stable")
    label = true.label[by_class]
    wanted = found.label[surest]
    shapes = Shapes(
        found.box[surest] + grow,
        np.searchsorted(label, wanted).astype(np.int64),
        np.searchsorted(label, wanted, side="right").astype(np.int64),
    )
    pairs = find_pairs(UPRIGHT, shapes, true.box[by_class] + grow, _SAME)
    partner = match(pairs, np.array([_SAME]), len(true))[0]
    hit = partner >= 0
    return np.stack((surest[hit], by_class[partner[hit]]), axis=1)


def inner(symbols: Symbols, frame: Frame) -> NDArray[np.bool_]:
    """Which symbols stay clear of a frame's edges."""
    rim = _RIM * frame.staff_space
    height, width = frame.image.shape
    box = symbols.box
    return np.asarray(
        (box[:, :2] > rim).all(axis=1) & (box[:, 2:] < np.array([width, height]) - rim).all(axis=1)
    )


def _cut(symbols: Symbols, frame: Frame) -> Symbols:
    """The symbols on a frame, cut at its edges."""
    height, width = frame.image.shape
    box = np.clip(symbols.box, 0, np.array([width, height, width, height]))
    return symbols.replace(box=box)[np.asarray((box[:, 2:] > box[:, :2]).all(axis=1))]


def _carried(symbols: Symbols, before: Frame, after: Frame) -> Symbols:
    """Where symbols of a frame should be in another."""
    turn = after.way[:, :2] @ np.linalg.inv(before.way[:, :2])
    shift = after.way[:, 2] - turn @ before.way[:, 2]
    # turns are slight: the sides of upright boxes move as their middles do
    middle = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2
    half = (symbols.box[:, 2:] - symbols.box[:, :2]) / 2 * np.sqrt(np.linalg.det(turn))
    moved = middle @ turn.T + shift
    return symbols.replace(box=np.hstack((moved - half, moved + half)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", type=Path, help="folder of a model; default: the one of the package")
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    dataset = Dataset(options.dataset)
    detector = Kept(options.model, DetectOptions(), options.threads)
    ways = [Tally(), Tally()]
    for number, name in enumerate(drawn(dataset.entries, options.pages, options.seed)):
        page = dataset[name]
        if page.staff_space > 0:
            how = PanOptions(frames=options.frames, seed=options.seed + number)
            measured(page, detector, how, StreamOptions(), ways)
    figures = dict(zip(("frames", "stream"), (tally.figures() for tally in ways), strict=True))
    for name, row in figures.items():
        print(
            f"{name:<7} F1 {row['f1']:.4f}, flicker {row['flicker']:.4f}, "
            f"jump {row['jump']:.4f} staff spaces, {row['seconds']:.3f} s a frame"
        )
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
