"""Staff space, skew and orientation of a dataset's pages, clean and degraded, and of images without staves.

Every page is scaled to a staff space of 5 to 60 pixels, turned by up to 5 degrees and by quarter turns.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from notehead import Page
from notehead.datasets import Dataset
from notehead.degrade import RECIPES, degrade
from notehead.detect.orientation import Orientation, estimate_orientation

Picture = NDArray[np.uint8]
MOST_PIXELS = 30e6
STRENGTHS = (0.5, 1.0, 1.5)


@dataclass(frozen=True)
class Outcome:
    """What was found on one image beside the truth; `size` is found / true."""

    size: float
    skew: float
    side: bool
    up: bool
    doubt: float
    confidence: float
    ms: float
    megapixels: float


def truth(page: Page) -> tuple[float, float]:
    """The staff space across the lines and the skew in degrees: medians over the page's staves."""
    lines = page.staff_lines
    run, fall = lines[:, 3] - lines[:, 1], lines[:, 4] - lines[:, 2]
    spaces = []
    for staff in np.unique(lines[:, 0]):
        own = lines[:, 0] == staff
        if own.sum() == 5:
            middle = np.sort((lines[own, 2] + lines[own, 4]) / 2)
            level = np.median(run[own] / np.hypot(run[own], fall[own]))
            spaces.append(np.median(np.diff(middle)) * level)
    skew = float(np.degrees(np.arctan(np.median(fall / np.maximum(run, 1e-9)))))
    return (float(np.median(spaces)) if spaces else 0.0), skew


def disturbed(page: Page, rng: np.random.Generator) -> tuple[Picture, float, float, int]:
    """A page scaled and turned: image, true staff space, true skew, quarter turns that set it right."""
    space, skew = truth(page)
    factor = np.exp(rng.uniform(np.log(5), np.log(60))) / space
    factor = float(min(factor, np.sqrt(MOST_PIXELS / page.image.size)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    image = cv2.resize(page.image, None, fx=factor, fy=factor, interpolation=how)
    height, width = image.shape
    angle, turns = float(rng.uniform(-5, 5)), int(rng.integers(4))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    image = cv2.warpAffine(image, matrix, (width, height), borderValue=255)
    turned = np.ascontiguousarray(np.rot90(image, -turns)).astype(np.uint8)
    return turned, space * factor, skew + angle, turns


def timed(image: Picture) -> tuple[Orientation | None, float]:
    """The orientation, and the processor's milliseconds."""
    started = time.process_time()
    found = estimate_orientation(image)
    return found, (time.process_time() - started) * 1000


def outcome(page: Page, rng: np.random.Generator) -> Outcome:
    """What is found on a page that is scaled and turned by chance."""
    image, space, skew, turns = disturbed(page, rng)
    found, ms = timed(image)
    area = image.size / 1e6
    if found is None:
        return Outcome(0, 90, False, False, 0.5, 0, ms, area)
    staff = found.staff_space
    side, up = found.turns % 2 == turns % 2, found.turns == turns
    off = abs(staff.skew - skew)
    return Outcome(staff.pixels / space, off, side, up, found.doubt, staff.confidence, ms, area)


def report(name: str, outcomes: list[Outcome]) -> None:
    """One line of the table."""
    off = np.array([abs(one.size - 1) for one in outcomes])
    skew = np.array([one.skew for one in outcomes])
    sure = [one for one in outcomes if one.doubt < 0.1]
    print(
        f"{name:<17}{len(off):5}{(off < 0.05).mean():8.1%}{(off < 0.02).mean():8.1%}"
        f"{np.median(skew):8.3f}{np.quantile(skew, 0.95):7.2f}"
        f"{np.mean([one.side for one in outcomes]):8.1%}{np.mean([one.up for one in outcomes]):8.1%}"
        f"{np.mean([one.up for one in sure]) if sure else 0:8.1%} of {len(sure):<4}"
        f"{min(one.confidence for one in outcomes):6.2f}"
        f"{sum(one.ms for one in outcomes) / sum(one.megapixels for one in outcomes):7.1f}",
        flush=True,
    )


def text(rng: np.random.Generator) -> Picture:
    """A page of words in one of the fonts that come with matplotlib."""
    fonts = sorted(Path(mpl.get_data_path(), "fonts", "ttf").glob("*.ttf"))
    size = int(rng.integers(8, 70))
    font = ImageFont.truetype(fonts[rng.integers(len(fonts))], size)
    page = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(page)
    for y in np.arange(90, 1650, size * rng.uniform(1.0, 1.9)):
        words = ["".join(rng.choice(list("etaoinshrdlucmfwyp"), rng.integers(1, 11))) for _ in range(40)]
        draw.text((90, y), " ".join(words)[: int(2000 / size)], 0, font)
    return np.array(page)


def ruled(rng: np.random.Generator) -> Picture:
    """Notebook paper, squared paper or a table without words."""
    page = np.full((1754, 1240), 255, np.uint8)
    gap, thick, tone = rng.uniform(12, 70), int(rng.integers(1, 4)), int(rng.integers(0, 190))
    for y in np.arange(rng.uniform(20, 200), 1730, gap):
        cv2.line(page, (0, int(y)), (1240, int(y)), tone, thick)
    x, kind = 150.0, rng.integers(3)
    while x < 1240 and kind:
        cv2.line(page, (int(x), 0), (int(x), 1754), tone, thick)
        x += gap * (1 if kind == 1 else rng.choice([1, 2, 3]))
    return page


def sheet(rng: np.random.Generator) -> Picture:
    """A spreadsheet full of numbers."""
    page = ruled(rng)
    row = int(rng.integers(18, 40))
    for y in range(30, 1740, row):
        for x in range(20, 1200, 130):
            cv2.putText(page, f"{rng.normal() * 100:.2f}", (x, y), cv2.FONT_HERSHEY_SIMPLEX, row / 45, 0, 1)
    return page


def photograph(rng: np.random.Generator) -> Picture:
    """Clouds, fur and edges."""
    image = np.zeros((1100, 1500), np.float32)
    for octave in range(2, 10):
        waves = rng.normal(size=(2**octave, 2**octave)).astype(np.float32)
        image += cv2.resize(waves, (1500, 1100), interpolation=cv2.INTER_CUBIC) * 2.0 ** (-octave)
    fur = rng.normal(size=image.shape).astype(np.float32)
    image += cv2.GaussianBlur(fur, (0, 0), sigmaX=40, sigmaY=2) * rng.uniform(0, 10)
    picture = cv2.normalize(image, np.empty(0), 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    for _ in range(60):
        ends = rng.integers(0, [1500, 1100], (2, 2)).tolist()
        cv2.line(picture, ends[0], ends[1], int(rng.integers(256)), int(rng.integers(1, 5)), cv2.LINE_AA)
    return picture


def pattern(rng: np.random.Generator) -> Picture:
    """Checks, waves, a bar code, noise, a gradient or plain grey."""
    rows, columns = np.indices((1600, 1200))
    size = int(rng.integers(4, 60))
    bars = np.repeat(rng.integers(0, 2, 1200), int(rng.integers(2, 12)))[:1200] * 255
    kinds: list[Callable[[], NDArray[np.generic]]] = [
        lambda: (rows // size + columns // size) % 2 * 255,
        lambda: 127 + 120 * np.sin(rows * 2 * np.pi / size),
        lambda: np.tile(bars, (1600, 1)),
        lambda: rng.integers(0, 256, rows.shape),
        lambda: columns * 255 / 1200,
        lambda: np.full(rows.shape, rng.integers(256)),
    ]
    return kinds[rng.integers(len(kinds))]().astype(np.uint8)


def no_music(count: int) -> Iterator[tuple[str, Picture]]:
    """Images without staves, scaled, blurred, noisy, askew, inverted by chance."""
    draws = (text, text, text, ruled, sheet, photograph, pattern)
    for number in range(count):
        rng = np.random.default_rng([number, 3])
        draw = draws[number % len(draws)]
        image = draw(rng)
        height, width = image.shape
        if rng.random() < 0.3:
            matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-5, 5)), 1)
            image = cv2.warpAffine(image, matrix, (width, height), borderValue=255).astype(np.uint8)
        if rng.random() < 0.3:
            soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.5))
            image = np.clip(soft + rng.normal(0, rng.uniform(2, 12), image.shape), 0, 255).astype(np.uint8)
        if rng.random() < 0.1:
            image = 255 - image
        factor = float(rng.uniform(0.4, 2))
        scaled = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        yield draw.__name__, scaled.astype(np.uint8)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--others", type=int, default=150, help="images without music")
    parser.add_argument("--recipes", nargs="*", default=list(RECIPES), choices=list(RECIPES))
    options = parser.parse_args()
    cv2.setNumThreads(1)
    estimate_orientation(np.full((100, 100), 255, np.uint8))  # compile
    accepted = [name for name, image in no_music(options.others) if timed(image)[0] is not None]
    print(f"{len(accepted)} of {options.others} images without music accepted: {accepted}", flush=True)
    dataset = Dataset(options.dataset)
    chosen = np.random.default_rng(11).permutation(len(dataset))[: options.pages].tolist()
    print("recipe, strength pages  in 5 %  in 2 %  skew: median, 95 %  side  up   up where sure  conf ms/MP")
    for recipe in map(RECIPES.__getitem__, options.recipes):
        for strength in STRENGTHS if recipe.steps else (1.0,):
            outcomes = []
            for number in chosen:
                page = degrade(dataset[number], recipe, number, strength)
                if truth(page)[0] > 0:
                    rng = np.random.default_rng([number, int(strength * 10), len(recipe.name)])
                    outcomes.append(outcome(page, rng))
            report(f"{recipe.name} {strength:g}", outcomes)


if __name__ == "__main__":
    main()
