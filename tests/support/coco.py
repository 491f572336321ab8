"""COCO datasets for tests: written by us, and as strangers' programs write them."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page
from notehead.datasets.convert import ConvertOptions, convert
from notehead.images import encode_png
from notehead.page import ABSENT, COLUMNS, Origin
from notehead.vocabulary import Vocabulary
from tests.support.pages import MemorySource, disc_page

OWN = Vocabulary.of([(7, "stem"), (3, "smudge"), (0, "noteheadBlack"), (1200, "Größe, ♯")])

MISCHIEF = st.sampled_from(
    [
        "",
        "null",
        "-1",
        "1e999",
        "NaN",
        '"',
        "{",
        "]",
        "{}",
        "[[]]",
        "99999999999999999999",
        '"x":',
        ",",
        "\\ud800",
    ]
) | st.text(max_size=3)
"""What to put into JSON to damage it."""


def assert_same(found: Page, wanted: Page) -> None:
    """Two pages are one; links may come in another order."""
    for column in COLUMNS[:-2]:
        one, other = getattr(found.symbols, column), getattr(wanted.symbols, column)
        assert one.dtype == other.dtype, column
        if column == "corners":
            assert np.allclose(one, other, rtol=0, atol=0.00051), "to a thousandth of a pixel"
        else:
            assert np.array_equal(one, other, equal_nan=one.dtype == np.float64), column
    assert found.symbols.text.tolist() == wanted.symbols.text.tolist()
    assert sorted(found.symbols.links.tolist()) == sorted(wanted.symbols.links.tolist())
    for layer in ("image", "ids", "under", "staff_lines"):
        one, other = getattr(found, layer), getattr(wanted, layer)
        assert np.array_equal(one, other), layer
        assert getattr(one, "dtype", None) == getattr(other, "dtype", None), layer
    assert (found.name, found.staff_space, found.origin) == (wanted.name, wanted.staff_space, wanted.origin)


def written(
    folder: Path, *pages: Page, vocabulary: Vocabulary = VOCABULARY, options: ConvertOptions | None = None
) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nothing is lost
        convert(Dataset(MemorySource(pages, vocabulary)), folder, "coco", options)
    return Dataset(folder)


def full_page(name: str = "full") -> Page:
    """A page with everything that a page may have."""
    page = disc_page(name)
    head = VOCABULARY.id("noteheadBlackOnLine")
    symbols = page.symbols.replace(
        label=np.array([head, 42, 42, head, 1], np.int32),
        box=page.symbols.box + np.array([0.125, -0.25, 0.0, 0.001]),
        score=np.array([1, 0.5, 0.25, 1, 0.000123]),
        staff=np.array([0, 1, ABSENT, 3, 4], np.int32),
        system=np.array([0, 0, 0, ABSENT, 1], np.int32),
        measure=np.array([10, 11, 12, 13, ABSENT], np.int32),
        voice=np.array([1, 2, ABSENT, 1, 1], np.int32),
        position=np.array([-4, ABSENT, 0, 7, ABSENT], np.int32),
        onset=np.array([0, 1 / 3, np.nan, 7.25, 1e6]),
        duration=np.array([np.nan, 0.1, 1 / 7, 4, 0]),
        diatonic=np.array([28, ABSENT, 0, 35, ABSENT], np.int32),
        alter=np.array([-1, ABSENT, 0, 2, ABSENT], np.int32),
        text=np.array([None, "Größe ♯", "", None, "p"], object),
    )
    corners = symbols.box[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    corners[1] = np.array([[1.5, 2], [3, 4.25], [1, 6], [-0.5, 3.125]])
    corners[2] = np.roll(corners[2], 1, axis=0)  # the same box from another corner on
    return replace(
        page,
        symbols=symbols.replace(corners=corners),
        staff_lines=np.array([[0, 1, 20.5, 199, 20.25], [0, 1, 30, 199, 30]]),
        staff_space=9.5,
        origin=Origin(
            "ä/b.mei", "id 1", 3, "verovio 6", "Leland", 300.0, 2**60, {"a": 1.5, "b": True, "c": "x"}, "CC0"
        ),
    )


def document(**changes: Any) -> dict[str, Any]:
    """A small dataset as a stranger's program writes it."""
    return {
        "images": [{"id": 17, "file_name": "one.png", "width": 30, "height": 20}],
        "annotations": [
            {"id": 1, "image_id": 17, "category_id": 9, "bbox": [1, 2, 10, 5], "segmentation": []},
            {"id": 2, "image_id": 17, "category_id": 4, "bbox": [3.5, 2, 2.25, 4]},
        ],
        "categories": [{"id": 9, "name": "stem"}, {"id": 4, "name": "smudge"}],
        **changes,
    }


def put(folder: Path, path: str, content: Any = None, images: str = "images") -> Path:
    """Write such a dataset, with an image."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content or document()))
    (folder / images).mkdir(parents=True, exist_ok=True)
    (folder / images / "one.png").write_bytes(encode_png(np.full((20, 30), 200, np.uint8)))
    return folder
