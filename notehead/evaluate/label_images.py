"""Label images: the number of each pixel's class, from pages with masks and from class images (PNG).

A class's number is its place in the vocabulary, from 1; 0 is the background (paper).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.errors import DatasetError
from notehead.images.read import opened_image
from notehead.page import Page
from notehead.vocabulary import Vocabulary, class_map

_IDS = 1 << 16
"""Ids that masks can hold."""
_GREYS = 256


def page_labels(page: Page, vocabulary: Vocabulary) -> NDArray[np.uint16]:
    """The label image uint16 (h, w) of a page: the class of the symbol on top of each pixel.

    Args:
        page: with masks. Pixels of symbols that it does not list are background.
        vocabulary: the classes that are numbered; those of the page are brought to it by `class_map`.

    Raises:
        DatasetError: the page has no masks, or a class that the vocabulary lacks.

    Example:
        >>> from notehead.page import Symbols
        >>> from notehead.vocabulary import VOCABULARY
        >>> page = Page("p", np.zeros((1, 3), np.uint8), Symbols.build(["brace"], [[1, 0, 3, 1]]),
        ...             ids=np.array([[0, 1, 1]], np.uint16))
        >>> page_labels(page, VOCABULARY)
        array([[0, 1, 1]], dtype=uint16)
    """
    if page.ids is None:
        message = f"page {page.name} has no masks"
        raise DatasetError(message, "Use a dataset with masks, or a folder of class images.")
    symbols = page.symbols
    mapping = class_map(symbols.vocabulary, vocabulary)
    number = {name: place for place, name in enumerate(vocabulary, start=1)}
    of_class = np.zeros(max(symbols.vocabulary.by_id, default=0) + 1, np.uint16)
    for row in symbols.vocabulary.classes:
        of_class[row.id] = number[mapping.names[row.name]] if row.name in mapping.names else 0
    table = np.zeros(max(_IDS, int(symbols.id.max(initial=0)) + 1), np.uint16)
    table[symbols.id] = of_class[symbols.label]
    unknown = symbols[of_class[symbols.label] == 0]
    if len(unknown):
        symbol = unknown[0]
        message = f"page {page.name}: symbol {symbol.id}: the truth has no class {symbol.name!r}"
        raise DatasetError(message, "Bring both to one set of classes first: `remap`, or --classes.")
    labels: NDArray[np.uint16] = table[page.ids]
    return labels


def read_class_image(path: Path, vocabulary: Vocabulary) -> NDArray[np.uint16]:
    """The label image uint16 (h, w) of a PNG file whose values are the grey values of classes, 0 for paper.

    The image is grey of at most 8 bits, or has a palette: then its values are the palette's indices.

    Raises:
        DatasetError: the file is missing, damaged or an image of another kind; a value is that of no
            class; the vocabulary has more classes than there are grey values.
    """
    table = _number_of_grey(vocabulary, path)
    with opened_image(path) as image:
        if image.mode not in ("1", "L", "P"):
            message = f"{path}: no class image, its pixels are {image.mode}"
            raise DatasetError(message, "Save the grey values of the classes as PNG of 8 bits, one channel.")
        greys = np.asarray(image.convert("L") if image.mode == "1" else image)
    labels: NDArray[np.uint16] = table[greys]
    if labels.max(initial=0) > len(vocabulary):
        y, x = np.argwhere(labels > len(vocabulary))[0].tolist()
        message = f"{path}: grey value {greys[y, x]} at ({x}, {y}) stands for no class"
        raise DatasetError(message, "Pixels have the grey values of the truth's classes, 0 for paper.")
    return labels


def _number_of_grey(vocabulary: Vocabulary, path: Path) -> NDArray[np.uint16]:
    table = np.full(_GREYS, len(vocabulary) + 1, np.uint16)
    for number, row in enumerate(vocabulary.classes, start=1):
        if not row.grey:
            message = f"{path}: grey values cannot tell {len(vocabulary):,} classes apart"
            raise DatasetError(message, "Give the predictions as a dataset with masks.")
        table[row.grey] = number
    table[0] = 0
    return table
