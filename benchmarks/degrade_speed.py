"""Milliseconds a page for each recipe, beside augraphy's default pipeline on the same pages, in one run.

Processor time of one core. `--python` names an interpreter with augraphy; it is no dependency of notehead:
`python -m venv /tmp/augra && /tmp/augra/bin/pip install augraphy`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from notehead import Page
from notehead.datasets import Dataset
from notehead.degrade import RECIPES, Recipe, degrade

GOAL_MS = 60
GOAL_TIMES = 10
_THEIRS = """
import json, random, sys, time
import cv2, numba, numpy as np
from augraphy import default_augraphy_pipeline
cv2.setNumThreads(1)
numba.set_num_threads(1)
images = [cv2.imread(name) for name in sys.argv[2:]]
def once(image, seed):
    random.seed(seed)
    np.random.seed(seed)
    started = time.process_time()
    try:
        default_augraphy_pipeline()(image)
    except Exception as error:  # some of its draws fail on new versions of numpy: they are not counted
        print(type(error).__name__, error, file=sys.stderr)
        return None
    return time.process_time() - started
once(images[0], 0)
spent = [once(image, seed) for seed in range(int(sys.argv[1])) for image in images]
print(json.dumps([one for one in spent if one is not None]))
"""


def seconds(pages: Sequence[Page], recipe: Recipe, seeds: int) -> list[float]:
    """Processor seconds for each page and seed; each is one whole degradation, labels and all."""
    degrade(pages[0], recipe)  # compile
    spent = []
    for seed in range(seeds):
        for page in pages:
            started = time.process_time()
            degrade(page, recipe, seed)
            spent.append(time.process_time() - started)
    return spent


def step_means(pages: Sequence[Page], recipe: Recipe, seeds: int) -> list[tuple[str, float]]:
    """Milliseconds of each of a recipe's steps, mean over pages and seeds."""
    spent = np.zeros(len(recipe.steps))
    for seed in range(seeds):
        for page in pages:
            done = page
            for place, step in enumerate(recipe.steps):
                started = time.process_time()
                done = step(done, np.random.default_rng([seed, place]), 1.0)
                spent[place] += time.process_time() - started
    names = [type(step).__name__ for step in recipe.steps]
    return list(zip(names, (spent * 1000 / seeds / len(pages)).tolist(), strict=True))


def augraphy_seconds(python: str, pages: Sequence[Page], seeds: int) -> list[float]:
    """Processor seconds of augraphy's default pipeline for each page and seed."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for number, page in enumerate(pages):
            names.append(str(Path(folder) / f"{number}.png"))
            cv2.imwrite(names[-1], page.image)
        run = subprocess.run(
            [python, "-c", _THEIRS, str(seeds), *names],
            capture_output=True, text=True, check=True, cwd=folder, timeout=3600,
        )  # fmt: skip
    spent: list[float] = json.loads(run.stdout.splitlines()[-1])
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, help="a dataset with masks; pages of 1960 x 2772 are taken")
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--seeds", type=int, default=5, help="degradations of each page by each recipe")
    parser.add_argument("--steps", action="store_true", help="also each step by itself")
    parser.add_argument("--python", help="an interpreter with augraphy")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    dataset = Dataset(options.dataset)
    every = max(len(dataset) // (3 * options.pages), 1)
    some = (dataset[number] for number in range(0, len(dataset), every))
    pages = [page for page in some if page.image.shape == (2772, 1960)][: options.pages]
    print(f"{len(pages)} pages of 1960 x 2772, each {options.seeds} times, one core, strength 1")
    slowest = 0.0
    for recipe in RECIPES.values():
        ours = np.array(seconds(pages, recipe, options.seeds)) * 1000
        slowest = max(slowest, float(ours.mean()))
        goal = f"  (goal {GOAL_MS})" if recipe.name == "flatbed-scan" else ""
        print(f"  {recipe.name:<13} mean {ours.mean():7.1f} ms, worst {ours.max():7.1f} ms{goal}")
        if options.steps:
            means = step_means(pages, recipe, options.seeds)
            print("    " + ", ".join(f"{name} {ms:.1f}" for name, ms in means))
    if not options.python:
        return
    rounds = max(options.seeds // 2, 1)
    theirs = np.array(augraphy_seconds(options.python, pages, rounds)) * 1000
    failed = rounds * len(pages) - len(theirs)
    print(
        f"  augraphy      mean {theirs.mean():7.0f} ms, median {np.median(theirs):.0f} ms (default pipeline, "
        f"{failed} of {rounds * len(pages)} draws failed)"
    )
    print(f"  the slowest recipe is {theirs.mean() / slowest:.0f} times faster (goal {GOAL_TIMES})")


if __name__ == "__main__":
    main()
