"""`python -m benchmarks.align DATASET`: known pages under unknown warps, and how well they are found again.

Each page is turned by up to 3 degrees, seen askew, curled, placed in a margin and made smaller or larger,
then lit unevenly, blurred, and stored with noise as JPEG or in two colours. The error of a symbol is the
largest distance between an edge or the middle of its aligned box and of its true one, in pixels of the scan.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead import Dataset, Page
from notehead.datasets.overlay import overlay
from notehead.degrade.align import align
from notehead.degrade.warp import Warp
from notehead.degrade.warp_page import warp_page
from notehead.errors import DatasetError
from notehead.images import encode_png


@dataclass(frozen=True)
class Distortion:
    """From points of a scan to points of the page: a projection, then a curl.

    Attributes:
        projection: (3, 3), scan to page.
        curl: waves, each (amplitude in pixels, waves across the page, phase, change from top to bottom,
            how much of it goes sideways).
        size: (width, height) of the page.
        scan: (width, height) of the scan.
    """

    projection: NDArray[np.float64]
    curl: NDArray[np.float64]
    size: tuple[int, int]
    scan: tuple[int, int]

    @classmethod
    def drawn(cls, rng: np.random.Generator, size: tuple[int, int]) -> Distortion:
        """One at random."""
        width, height = size
        angle = np.radians(rng.uniform(-3, 3))
        corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        moved = (corners - (width / 2, height / 2)) @ turn.T + rng.uniform(-0.03, 0.03, (4, 2)) * width
        margin = rng.uniform(-0.01, 0.06) * width
        low, high = moved.min(axis=0) - margin, moved.max(axis=0) + margin
        scale = rng.uniform(0.5, 1.1)
        moved = (moved - low) * scale
        right, bottom = np.ceil((high - low) * scale).astype(int).tolist()
        projection = cv2.getPerspectiveTransform(moved.astype(np.float32), corners.astype(np.float32))
        curl = np.column_stack(
            [
                rng.normal(0, 0.007, 3) * width / (1, 2, 3),
                (0.5, 1.0, 1.5),
                rng.uniform(0, 2 * np.pi, 3),
                rng.uniform(-1, 1, 3),
                rng.uniform(-0.4, 0.4, 3),
            ]
        )
        return cls(np.asarray(projection, np.float64), curl, size, (right, bottom))

    def backward(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (n, 2) of the scan as points of the page."""
        seen = points @ self.projection[:, :2].T + self.projection[:, 2]
        flat: NDArray[np.float64] = seen[:, :2] / seen[:, 2:]
        x, y = (flat / self.size).T
        total = np.zeros_like(flat)
        for amplitude, waves, phase, change, aside in self.curl:
            wave = amplitude * np.sin(2 * np.pi * waves * x + phase) * (1 + change * (y - 0.5))
            total += np.column_stack([aside * wave, wave])
        return flat + total

    def warp(self) -> Warp:
        """The same as `Warp`."""
        return Warp.of(self.backward, self.scan, self.size)


def worn(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Uneven light, blur, noise, and JPEG or two colours."""
    height, width = image.shape
    light = cv2.resize(rng.uniform(0.55, 1.0, (3, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    seen = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3)) * light
    grey = np.clip(seen + rng.normal(0, rng.uniform(1, 10), image.shape), 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        block = 2 * (width // 60) + 1
        how = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
        return np.asarray(cv2.adaptiveThreshold(grey, 255, *how, block, 25), np.uint8)
    data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])[1]
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return np.asarray(decoded, np.uint8)


def scanned(page: Page, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Page]:
    """A scan of a page, and the page as it is there."""
    moved = warp_page(page, Distortion.drawn(rng, (page.width, page.height)).warp())
    return worn(moved.image, rng), moved


def errors(found: Page, true: Page) -> NDArray[np.float64]:
    """Of each symbol on both, the largest distance of its box's edges and middle."""
    both = np.intersect1d(found.symbols.id, true.symbols.id)
    one, other = (page.symbols[np.isin(page.symbols.id, both)].box for page in (found, true))
    middle = np.hypot(*((one - other)[:, :2] + (one - other)[:, 2:]).T) / 2
    return np.asarray(np.maximum(abs(one - other).max(axis=1), middle))


def right_pages(pages: list[Page], overlays: Path | None) -> None:
    """Print what came of scans of these very pages."""
    every: list[NDArray[np.float64]] = []
    walls, processor = [], []
    print(
        f"{'page':44} {'symbols':>7} {'median':>7} {'95 %':>6} {'most':>6} | {'said':>6} {'95 %':>6} agree  s"
    )
    for number, page in enumerate(pages):
        scan, true = scanned(page, np.random.default_rng(number))
        start, start_processor = time.perf_counter(), time.process_time()
        try:
            found = align(scan, page)
        except DatasetError as error:
            print(f"{page.name[:44]:44} REFUSED: {error}")
            every.append(np.full(len(true.symbols), np.inf))
            continue
        walls.append(time.perf_counter() - start)
        processor.append(time.process_time() - start_processor)
        off = errors(found.page, true)
        missing = len(true.symbols) - len(off)
        every.append(np.concatenate([off, np.full(missing, np.inf)]))
        median, most = found.residual
        print(
            f"{page.name[:44]:44} {len(off):7} {np.median(off):7.2f} {np.percentile(off, 95):6.2f} "
            f"{off.max():6.2f} | {median:6.2f} {most:6.2f} {found.agreement:4.0%} {walls[-1]:4.1f}",
            flush=True,
        )
        if overlays is not None and number < 6:
            (overlays / f"{number}.png").write_bytes(encode_png(overlay(found.page)))
    total = np.concatenate(every)
    print(f"{len(pages)} pages, {len(total):,} symbols: {np.mean(total <= 2):.2%} within 2 px, ", end="")
    middle, most = np.percentile(total, [50, 95])
    print(f"median {middle:.2f}, 95 % within {most:.2f}, most {total.max():.2f} px")
    print(f"seconds a page: median {np.median(walls):.2f}, most {max(walls):.2f}; of processor time ", end="")
    print(f"{np.median(processor):.2f}, {max(processor):.2f}")


def wrong_pages(pairs: list[tuple[Page, Page]]) -> None:
    """Print what came of scans of other pages."""
    refused = 0
    for number, (page, other) in enumerate(pairs):
        scan, _ = scanned(other, np.random.default_rng(1000 + number))
        try:
            found = align(scan, page)
            print(f"TAKEN: {other.name} for {page.name}, {found.agreement:.0%} agree")
        except DatasetError as error:
            refused += 1
            print(error)
    print(f"wrong pages: {refused} of {len(pairs)} refused")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--wrong", type=int, default=10)
    parser.add_argument("--overlays", type=Path, help="a folder for pictures of the first six")
    options = parser.parse_args()
    dataset = Dataset(options.dataset)
    places = np.linspace(0, len(dataset) - 1, options.pages).astype(int).tolist()
    right_pages([dataset[place] for place in places], options.overlays)
    # every other pair is of neighbours, mostly pages of one score in one style
    pairs = [
        (place, (place + 1 if number % 2 else place + len(dataset) // 2) % len(dataset))
        for number, place in enumerate(np.linspace(1, len(dataset) - 3, options.wrong).astype(int).tolist())
    ]
    wrong_pages([(dataset[one], dataset[other]) for one, other in pairs])


if __name__ == "__main__":
    main()
