"""How far moved boxes are from the ids that moved with them, in pixels, per geometric step or for a recipe.

    python -m benchmarks.label_error DATASET [--pages 5] [--strength 1] [--recipe NAME] [--seed 0]

Of each step two distances between the edges of the boxes are printed: to the page's own masks, whose edges
are whole pixels; and to the source's masks moved at a quarter of a pixel, which says how exact the boxes are.
A recipe is compared with its page's masks alone. Symbols are left out that two layers do not show whole, and
those that the page's edge cuts: no mask says where they end.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead import Dataset, Page
from notehead.datasets.checks import mask_boxes
from notehead.degrade import RECIPES, Recipe, degrade
from notehead.degrade.geometry import (
    Curl,
    Geometry,
    Mover,
    Perspective,
    Place,
    Resample,
    Rotate,
    Wave,
)
from notehead.degrade.warp import Floats, Warp
from notehead.degrade.warp_page import warp_page

FINER = 4
MEDIAN_GOAL, LARGEST_GOAL = 0.5, 1.5

STEPS: Mapping[str, tuple[Mover, ...]] = {
    "rotate": (Rotate(2.0),),
    "perspective": (Perspective(),),
    "curl": (Curl(),),
    "wave": (Wave(),),
    "place": (Place(),),
    "600 dpi": (Resample((600.0,)),),
    "300 dpi": (Resample((300.0,)),),
    "200 dpi": (Resample((200.0,)),),
    "150 dpi": (Resample((150.0,)),),
    "all at 400 dpi": (Curl(), Wave(), Rotate(), Perspective(), Place()),
    "all at 150 dpi": (Curl(), Wave(), Rotate(), Perspective(), Place(), Resample((150.0,))),
}


def seen_boxes(page: Page) -> tuple[Floats, NDArray[np.bool_]]:
    """Boxes (n, 4) of the symbols' pixels in both layers, and which symbols have any."""
    if page.ids is None or page.under is None:
        message = f"page {page.name} has no masks"
        raise ValueError(message)
    highest = int(max(page.symbols.id.max(initial=0), page.ids.max(), page.under.max()))
    one, other = (mask_boxes(layer, highest)[page.symbols.id] for layer in (page.ids, page.under))
    box = np.hstack([np.minimum(one, other)[:, :2], np.maximum(one, other)[:, 2:]])
    return box.astype(np.float64), box[:, 2] > 0


def whole_ids(page: Page) -> NDArray[np.int32]:
    """Ids of the symbols that two layers show whole."""
    box, seen = seen_boxes(page)
    whole = seen & (np.abs(box - page.symbols.box) < 0.01).all(axis=1)
    found: NDArray[np.int32] = page.symbols.id[whole]
    return found


def compared_rows(page: Page, whole: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which symbols of a moved page can be compared: whole before, and not at its edge."""
    box = page.symbols.box
    inside = (box[:, :2] > 0).all(axis=1) & (box[:, 2:] < (page.width, page.height)).all(axis=1)
    return np.isin(page.symbols.id, whole) & inside


def mask_errors(page: Page, whole: NDArray[np.int32]) -> Floats:
    """Distances (n, 4) of the boxes' edges from those of the page's own masks; inf without any."""
    box, seen = seen_boxes(page)
    away = np.where(seen[:, None], np.abs(page.symbols.box - box), np.inf)
    found: Floats = away[compared_rows(page, whole)]
    return found


def fine_errors(source: Page, warp: Warp, moved: Page, whole: NDArray[np.int32]) -> Floats:
    """Distances (n, 4) from the edges of the source's masks, moved with `FINER` samples along a pixel."""
    rows = np.flatnonzero(compared_rows(moved, whole))
    found = [
        np.abs(moved.symbols.box[row] - fine_box(source, warp, int(moved.symbols.id[row]), moved, int(row)))
        for row in rows.tolist()
    ]
    return np.array(found, np.float64).reshape(-1, 4)


def fine_box(source: Page, warp: Warp, number: int, moved: Page, row: int) -> Floats:
    """The box of a symbol's mask, moved with `FINER` samples along a pixel; inf where no sample shows it."""
    if source.ids is None or source.under is None:
        message = f"page {source.name} has no masks"
        raise ValueError(message)
    box = moved.symbols.box[row]
    low, high = np.floor(box[:2]).astype(int) - 4, np.ceil(box[2:]).astype(int) + 4
    xs, ys = (low[axis] + (np.arange((high[axis] - low[axis]) * FINER) + 0.5) / FINER for axis in range(2))
    at = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2)
    pixel = np.floor(warp.backward(at)).astype(np.int64)
    inside = ((pixel >= 0) & (pixel < (source.width, source.height))).all(axis=1)
    x, y = pixel[inside].T
    own = at[inside][(source.ids[y, x] == number) | (source.under[y, x] == number)]
    if not len(own):
        return np.full(4, np.inf)
    return np.concatenate([own.min(axis=0) - 0.5 / FINER, own.max(axis=0) + 0.5 / FINER])


def line(name: str, errors: list[Floats]) -> str:
    """A row of the table."""
    every = np.concatenate(errors).ravel()
    if not len(every):
        return f"{name:32} nothing to compare"
    median, high, largest = np.median(every), np.quantile(every, 0.999), every.max()
    good = "" if median <= MEDIAN_GOAL and largest <= LARGEST_GOAL else "  beyond the goal"
    count = len(every) // 4
    beyond = int((every > LARGEST_GOAL).sum())
    return f"{name:32} {count:8d} {median:7.3f} {high:7.3f} {largest:7.3f} {beyond:7d}{good}"


def compare_recipe(pages: list[Page], recipe: Recipe, seed: int, strength: float) -> None:
    """Print the row of a recipe."""
    errors = [mask_errors(degrade(page, recipe, seed, strength), whole_ids(page)) for page in pages]
    print(line(recipe.name, errors))


def compare_steps(pages: list[Page], seed: int, strength: float) -> None:
    """Print two rows for each step."""
    for name, moves in STEPS.items():
        coarse, fine = [], []
        for number, page in enumerate(pages):
            geometry = Geometry(moves)
            frame, warp = geometry.warp(page, np.random.default_rng([seed, number]), strength)
            moved = replace(warp_page(page, warp), name=f"{page.name} at {frame.resolution:.0f} dpi")
            whole = whole_ids(page)
            coarse.append(mask_errors(moved, whole))
            fine.append(fine_errors(page, warp, moved, whole))
        print(line(f"{name}: own masks", coarse))
        print(line(f"{name}: masks moved finely", fine), flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--recipe", choices=[*RECIPES, "all"])
    options = parser.parse_args()
    dataset = Dataset(options.dataset)
    if not len(dataset):
        sys.exit(f"{options.dataset}: no pages")
    places = np.linspace(0, len(dataset) - 1, min(options.pages, len(dataset))).astype(int)
    pages = [dataset[int(place)] for place in places]
    print(f"{len(pages)} pages, strength {options.strength:g}, pixels between edges of boxes")
    print(f"{'':32} {'symbols':>8} {'median':>7} {'99.9 %':>7} {'max':>7} {'> ' + str(LARGEST_GOAL):>7}")
    if options.recipe is None:
        compare_steps(pages, options.seed, options.strength)
    for name, recipe in RECIPES.items():
        if options.recipe in (name, "all"):
            compare_recipe(pages, recipe, options.seed, options.strength)


if __name__ == "__main__":
    main()
