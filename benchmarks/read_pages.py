"""Pages as the benchmarks of reading ask for them: degraded, and with the symbols that a detector finds."""

from __future__ import annotations

import sys
import zlib
from dataclasses import replace

from benchmarks.detect_pages import SEED
from notehead import Page
from notehead.degrade import RECIPES, degrade
from notehead.detect import Detector


def degraded_page(page: Page, recipe: str, strength: float) -> Page:
    """A page through a recipe, the same each time."""
    if not RECIPES[recipe].steps:
        return page
    return degrade(page, RECIPES[recipe], SEED + zlib.crc32(recipe.encode()) % 1000, strength)


def detected_page(page: Page, detector: Detector, confidence: float) -> Page:
    """What the detector finds on a page; nothing where it fails, as a user would see it."""
    try:
        found = detector.read(page.image, page.name).page
    except Exception as error:  # noqa: BLE001  # one page never stops the others
        print(f"{page.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return Page(page.name, page.image)
    return replace(found, symbols=found.symbols[found.symbols.score >= confidence])
