"""What several benchmarks are given, and what they leave."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from notehead.degrade import RECIPES

CLEAN = "clean"
"""Pages as they are engraved."""


def recipe_names(text: str) -> list[str]:
    """`all`, or names of recipes separated by commas; for `argparse`."""
    names = [CLEAN, *(name for name in RECIPES if name != CLEAN)] if text == "all" else text.split(",")
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        message = f"there is no recipe {unknown[0]!r}; choose among {', '.join(RECIPES)}"
        raise argparse.ArgumentTypeError(message)
    return names


def write_facts(file: Path, facts: Any) -> None:
    """All figures as JSON, in which there is no NaN."""
    file.write_text(json.dumps(_plain(facts), indent=1) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value
