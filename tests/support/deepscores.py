"""A small dataset as DeepScoresV2 is published, written by hand: what its readers are tested with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from notehead.images import encode_png, instance_image

NAME = "lg-4711-aug-beethoven--page-2"
SIZE = (60, 40)
CATEGORIES = {
    "2": {"name": "legerLine", "annotation_set": "deepscores", "color": 2},
    "6": {"name": "clefG", "annotation_set": "deepscores", "color": 10},
    "25": {"name": "noteheadBlackOnLine", "annotation_set": "deepscores", "color": 35},
    "42": {"name": "stem", "annotation_set": "deepscores", "color": 52},
    "122": {"name": "beam", "annotation_set": "deepscores", "color": 146},
    "138": {"name": "legerLine", "annotation_set": "muscima++", "color": 2},
    "142": {"name": "clefG", "annotation_set": "muscima++", "color": 10},
    "161": {"name": "stem", "annotation_set": "muscima++", "color": 52},
    "157": {"name": "noteheadFullSmall", "annotation_set": "muscima++", "color": 35},
}


def annotation(**changes: Any) -> dict[str, Any]:
    """A stem, with some fields exchanged; None leaves one out."""
    record = {
        "a_bbox": [10.0, 5.0, 12.0, 25.0],
        "o_bbox": [12.0, 25.0, 10.0, 25.0, 10.0, 5.0, 12.0, 5.0],
        "cat_id": ["42", "161"],
        "area": 40,
        "img_id": "1",
        "comments": "instance:#000003;onset:4.5;",
        **changes,
    }
    return {key: value for key, value in record.items() if value is not None}


def document(
    annotations: dict[str, dict[str, Any]] | None = None,
    images: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """A file: one page with a stem, or with what is given."""
    found = {"501": annotation()} if annotations is None else annotations
    image = {"id": 1, "filename": f"{NAME}.png", "width": 60, "height": 40, "ann_ids": list(found)}
    return {
        "info": {"description": "x", "year": 2020},
        "annotation_sets": ["deepscores", "muscima++"],
        "categories": CATEGORIES,
        "images": [image] if images is None else images,
        "annotations": found,
        **changes,
    }


def write_dataset(
    folder: Path, documents: dict[str, dict[str, Any]] | None = None, *, images: bool = True
) -> Path:
    """A folder with JSON files by name (one for train by default), and a blank image for each page."""
    for name, content in (documents or {"deepscores_train.json": document()}).items():
        (folder / name).write_text(json.dumps(content))
        (folder / "images").mkdir(exist_ok=True)
        for image in content["images"] if images else []:
            pixels = np.full((image["height"], image["width"]), 255, np.uint8)
            (folder / "images" / image["filename"]).write_bytes(encode_png(pixels))
    return folder


def write_masks(
    folder: Path, ids: NDArray[np.uint16], greys: NDArray[np.uint8] | None = None, name: str = NAME
) -> None:
    """The masks of a page."""
    for kind in ("instance", "segmentation"):
        (folder / kind).mkdir(exist_ok=True)
    (folder / "instance" / f"{name}_inst.png").write_bytes(encode_png(instance_image(ids)))
    if greys is not None:
        (folder / "segmentation" / f"{name}_seg.png").write_bytes(encode_png(greys))
