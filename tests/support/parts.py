"""A page that holds all that a page can, and what of it comes back from a format: what `holds` must say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead import Dataset, Page
from notehead.datasets.formats.format import Part
from notehead.vocabulary import Vocabulary
from tests.support.pages import disc_page

CLASSES = Vocabulary.of([(7, "stem"), (3, "smudge"), (120, "noteheadBlackOnLine")])
"""Classes whose ids are neither contiguous nor in order."""
SPLIT = "test"


def full_page(name: str = "full") -> Page:
    """A page with something in every part."""
    page = disc_page(name, CLASSES)
    symbols, n = page.symbols, len(page.symbols)
    box = symbols.box
    middle = (box[:, :2] + box[:, 2:]) / 2
    (x, y), (x0, y0, x1, y1) = middle.T, box.T
    turned = np.stack([(x, y0), (x1, y), (x, y1), (x0, y)], axis=0).transpose(2, 0, 1)
    text = np.full(n, None, object)
    text[0] = "dolce"
    numbers = np.arange(n)
    symbols = symbols.replace(
        corners=turned,
        score=np.linspace(0.25, 1, n),
        onset=numbers / 2,
        duration=numbers / 4 + 0.25,
        position=(numbers - 2).astype(np.int32),
        diatonic=(28 + numbers).astype(np.int32),
        alter=np.ones(n, np.int32),
        staff=np.zeros(n, np.int32),
        system=np.zeros(n, np.int32),
        measure=numbers.astype(np.int32),
        voice=np.ones(n, np.int32),
        text=text,
    )
    return replace(page, symbols=symbols, staff_lines=np.array([[0, 1.0, 20.0, 190.0, 20.0]]))


def surviving(page: Page, split: str, dataset: Dataset) -> set[Part]:
    """The parts of the page that are as they were in the dataset, whose only page it is."""
    (entry, back), *_ = dataset.pages()
    one, other = page.symbols, back.symbols

    def same(*columns: str) -> bool:
        return all(np.array_equal(getattr(one, column), getattr(other, column)) for column in columns)

    known: dict[Part, bool] = {
        "ids": same("id"),
        "oriented boxes": bool(np.allclose(one.corners, other.corners, atol=1e-3)),
        "areas": same("area"),
        "masks": _same_layer(page.ids, back.ids),
        "covered pixels": _same_layer(page.under, back.under),
        "links": sorted(map(tuple, one.links.tolist())) == sorted(map(tuple, other.links.tolist())),
        "scores": bool(np.allclose(one.score, other.score, atol=1e-6)),
        "onset": same("onset"),
        "duration": same("duration"),
        "staff position": same("position"),
        "pitch": same("diatonic", "alter"),
        "staff, system, measure, voice": same("staff", "system", "measure", "voice"),
        "text": one.text.tolist() == other.text.tolist(),
        "staff lines": np.array_equal(page.staff_lines, back.staff_lines),
        "origin": page.origin == back.origin,
        "split": entry.split == split,
        "class ids": same("label") and _rows(one.vocabulary) == _rows(other.vocabulary),
    }
    return {part for part, there in known.items() if there}


def _same_layer(one: NDArray[np.uint16] | None, other: NDArray[np.uint16] | None) -> bool:
    return one is not None and other is not None and np.array_equal(one, other)


def _rows(vocabulary: Vocabulary) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in vocabulary.classes]
