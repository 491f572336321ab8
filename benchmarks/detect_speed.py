"""`python -m benchmarks.detect_speed DATASET --yolo yolov10n.onnx`: seconds from file to symbols, and memory.

Pages of a dataset are set on A4 at 300 dpi, with the usual staff space of 1.75 mm, and written as PNG and
PDF. Each file is read by the detector and, in turn with it, by a YOLOv10n on slices, as seed 002 does it with
SAHI: the page at DeepScoresV2's size of 1960 x 2772 pixels, 640 x 640 with an overlap of 0.2, so 24 slices,
one at a time; what they find is merged. ONNX Runtime runs both with the same threads, in one process.

What is to YOLO's advantage: its slices alone are counted, not the pass over the whole page that SAHI adds by
default; the page is brought to the smaller size, where SAHI would cut 35 slices of it as it is; they are cut
and scaled by NumPy and OpenCV, and merged by OpenCV's NMS, which is faster than SAHI's own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image

from benchmarks.detect_pages import drawn
from notehead import Dataset, Page
from notehead.detect import DetectOptions, Detector
from notehead.detect.batch import BatchOptions, Read, read_files
from notehead.images.document import DocumentReader, Scan

T = TypeVar("T")
Picture = NDArray[np.uint8]

DPI = 300
A4 = 3508, 2480
_SPACE = 1.75 / 25.4 * DPI
SLICED = 2772, 1960
SIDE, OVERLAP = 640, 0.2
_SAME = 0.5
GOAL_SECONDS, GOAL_TIMES, GOAL_BYTES = 0.4, 5.0, 1e9
_EVERY = 0.1


@dataclass
class Spent:
    """Seconds of the clock and of the processor, a list of each, by what they were spent on."""

    wall: dict[str, list[float]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    def on(self, what: str, do: Callable[[], T]) -> T:
        """Do something and keep what it takes."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = do()
        self.wall.setdefault(what, []).append(time.perf_counter() - wall)
        self.cpu.setdefault(what, []).append(time.process_time() - cpu)
        return result

    def median(self, what: str) -> tuple[float, float]:
        """Of the clock and of the processor."""
        return float(np.median(self.wall[what])), float(np.median(self.cpu[what]))


class Slices:
    """A YOLO model on slices.

    Args:
        file: ONNX, from images (1, 3, 640, 640) to the best boxes (1, n, 6): corners, score, class.
        threads: of ONNX Runtime.

    Raises:
        ValueError: it is another kind of model.
    """

    def __init__(self, file: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0]
        shape = self._session.get_outputs()[0].shape
        if self._input.shape != [1, 3, SIDE, SIDE] or len(shape) != 3 or shape[2] != 6:
            message = (
                f"{file}: takes {self._input.shape}, gives {shape}; write it with benchmarks.detect_yolo"
            )
            raise ValueError(message)

    def read(self, image: Picture, most: int) -> int:
        """How many symbols are found on a page: of its `most` surest boxes those that NMS leaves.

        The scores of untrained weights say nothing, so that a threshold would leave none to merge.
        """
        page = cv2.resize(image, SLICED[::-1], interpolation=cv2.INTER_AREA)
        found = []
        for y, x in slices(SLICED):
            part = page[y : y + SIDE, x : x + SIDE].astype(np.float32) / 255
            given = np.ascontiguousarray(np.broadcast_to(part, (1, 3, SIDE, SIDE)))
            boxes = self._session.run(None, {self._input.name: given})[0][0]
            found.append(boxes + np.array([x, y, x, y, 0, 0], np.float32))
        every = np.concatenate(found)
        every = every[np.argsort(-every[:, 4], kind="stable")[:most]]
        size = every[:, 2:4] - every[:, :2]
        boxes = np.hstack((every[:, :2], size)).tolist()
        return len(
            cv2.dnn.NMSBoxesBatched(boxes, every[:, 4].tolist(), every[:, 5].astype(int).tolist(), 0.0, _SAME)
        )


def slices(size: tuple[int, int]) -> list[tuple[int, int]]:
    """The upper left corners (y, x) of the slices that SAHI cuts of a page (height, width).

    Example:
        >>> len(slices(SLICED)), len(slices(A4)), slices((700, 640))
        (24, 35, [(0, 0), (60, 0)])
    """
    step = SIDE - int(OVERLAP * SIDE)
    ends = [
        sorted({min(begin, side - SIDE) for begin in range(0, side - SIDE + step, step)}) for side in size
    ]
    return [(y, x) for y in ends[0] for x in ends[1]]


def on_a4(page: Page) -> Picture:
    """A page on A4 at 300 dpi, with a staff space of 1.75 mm, as far as it fits."""
    fits = min(A4[0] / page.height, A4[1] / page.width)
    scale = min(_SPACE / page.staff_space, fits)
    size = min(A4[1], round(page.width * scale)), min(A4[0], round(page.height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(page.image, size, interpolation=method)
    sheet = np.full(A4, 255, np.uint8)
    top, left = (A4[0] - size[1]) // 2, (A4[1] - size[0]) // 2
    sheet[top : top + size[1], left : left + size[0]] = small
    return sheet


def write_pages(dataset: Dataset, count: int, folder: Path) -> list[Path]:
    """Pages as files, PNG and PDF by turns."""
    files = []
    for number, name in enumerate(drawn(dataset.entries, count)):
        page = dataset[name]
        if page.staff_space <= 0:
            continue
        ending = ("png", "pdf")[number % 2]
        files.append(folder / f"{number:03}.{ending}")
        Image.fromarray(on_a4(page)).save(files[-1], resolution=DPI)
    return files


def compare(files: list[Path], detector: Detector, yolo: Slices | None) -> Spent:
    """Seconds of each page: decoded, read by the detector, read in slices. The first page is not counted."""
    spent = Spent()
    with DocumentReader() as reader:
        for number, file in enumerate([files[0], *files]):
            if number == 1:
                spent = Spent()
            scan = spent.on(f"decode {file.suffix[1:]}", partial(next, reader.read(file)))
            if not isinstance(scan, Scan):
                raise scan
            reading = spent.on("detector", partial(detector.read_scan, scan))
            if yolo is not None:
                spent.on("slices", partial(yolo.read, scan.image, len(reading.page.symbols)))
    return spent


@contextlib.contextmanager
def peak_memory() -> Iterator[list[float]]:
    """The most bytes (PSS) that this process and its children held meanwhile, in a list of one."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(_EVERY):
            peak[0] = max(peak[0], sum(map(_pss, _family())))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def _family() -> list[int]:
    """This process and all below it."""
    family = [os.getpid()]
    for parent in family:
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{parent}/task").iterdir():
                family += map(int, (thread / "children").read_text().split())
    return family


def _pss(process: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1024
    return 0.0


def alone(files: list[Path], model: Path | None) -> None:
    """Print as JSON the seconds a page and the peak memory of `notehead detect`'s way through files."""
    began = time.perf_counter()
    started, number = began, 0
    with peak_memory() as peak:
        for _, read in read_files(files, BatchOptions(model=model)):
            if isinstance(read, Read):
                number += 1
                if number == 1:
                    started = time.perf_counter()
    seconds = (time.perf_counter() - started) / max(number - 1, 1)
    print(json.dumps({"seconds": seconds, "first": started - began, "bytes": peak[0], "pages": number}))


def _run_alone(files: list[Path], options: argparse.Namespace) -> dict[str, float]:
    model = ["--model", str(options.model)] if options.model else []
    command = [sys.executable, "-m", "benchmarks.detect_speed", *model, "--alone", *map(str, files)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(options.threads)}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    facts: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return facts


def _print(spent: Spent, facts: dict[str, float]) -> dict[str, float]:
    shown = {name: spent.median(name) for name in spent.wall}
    for name, (wall, cpu) in shown.items():
        print(f"{name:<12} {wall:7.3f} s a page, {cpu:7.3f} processor seconds in this process (medians)")
    decode = float(np.mean([wall for name, (wall, _) in shown.items() if name.startswith("decode")]))
    total = decode + shown["detector"][0]
    memory = facts["bytes"] / 1e6
    print(f"file to symbols    {total:6.3f} s an A4 page (goal {GOAL_SECONDS})")
    print(f"many in a row      {facts['seconds']:6.3f} s a page, the first after {facts['first']:.2f} s")
    print(f"peak memory        {memory:6.0f} MB, PSS with its child (goal {GOAL_BYTES / 1e6:.0f})")
    figures = {"seconds": total, **facts}
    if "slices" in shown:
        count, whole = len(slices(SLICED)), len(slices(A4))
        sliced, cpu = decode + shown["slices"][0], shown["slices"][1] / shown["detector"][1]
        uncut = decode + shown["slices"][0] * whole / count
        print(f"sliced YOLOv10n    {sliced:6.3f} s a page of {count} slices; of {whole}, about {uncut:.3f} s")
        print(
            f"times faster       {sliced / total:6.1f} (goal {GOAL_TIMES:g}); of {whole}, {uncut / total:.1f}"
        )
        print(f"  without decoding {cpu:6.1f} by processor seconds; of {whole}, {cpu * whole / count:.1f}")
        figures |= {"sliced": sliced, "uncut": uncut, "times": sliced / total, "times_cpu": cpu}
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--model", type=Path, help="folder of a model; default: the one of the package")
    parser.add_argument("--yolo", type=Path, help="what benchmarks.detect_yolo wrote")
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write all figures there")
    parser.add_argument("--alone", nargs="*", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    cv2.setNumThreads(options.threads)
    if options.alone:
        alone(options.alone, options.model)
        return
    if options.dataset is None:
        parser.error("DATASET is missing")
    detector = Detector(options.model, DetectOptions(), options.threads)
    yolo = Slices(options.yolo, options.threads) if options.yolo else None
    with tempfile.TemporaryDirectory() as folder:
        files = write_pages(Dataset(options.dataset), options.pages, Path(folder))
        spent = compare(files, detector, yolo)
        facts = _run_alone(files, options)
    figures = _print(spent, facts)
    if options.json:
        seconds = {"wall": spent.wall, "cpu": spent.cpu}
        options.json.write_text(json.dumps({**figures, **seconds}, indent=1) + "\n")


if __name__ == "__main__":
    main()
