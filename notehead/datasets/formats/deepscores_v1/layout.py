"""DeepScores v1's layout (2018), with the tags of v1-extended.

`deepscores_v1/segmentation_detection/` holds `images_png/NAME.png`, `xml_annotations/NAME.xml` (boxes
as fractions of the page) and `pix_annotations_png/NAME.png` (class number of each pixel);
`deepscores_v1/DeepScores_classification/` holds `class_names.csv` and one folder of patches per class.

Classes bear v1's names where v1 has them. The published numbers are not documented, so
`class_names.csv` beside the images says ours. Classes of other vocabularies keep their names and ids.
"""

from __future__ import annotations

import csv
import io
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.formats.common.xml_text import xml_text
from notehead.page import ABSENT, Symbols
from notehead.vocabulary import VOCABULARY, Vocabulary

FOLDER = "deepscores_v1"
DETECTION = f"{FOLDER}/segmentation_detection"
CLASSIFICATION = f"{FOLDER}/DeepScores_classification"


@cache
def class_numbers() -> dict[str, int]:
    """Number of each v1 class, from 1, by its v1 name (our name where v1 lacks the class)."""
    names = dict.fromkeys(v1_name(row.id) for row in VOCABULARY.classes)
    return {name: number for number, name in enumerate(names, start=1)}


def v1_name(label: int) -> str:
    """The v1 name of a class id.

    Example:
        >>> v1_name(VOCABULARY.id("noteheadBlackInSpace")), v1_name(VOCABULARY.id("stem"))
        ('noteheadBlack', 'stem')
    """
    row = VOCABULARY.by_id[label]
    return row.deepscores_v1 or row.name


def are_ours(vocabulary: Vocabulary) -> bool:
    """Whether all classes are notehead's own, which v1 has names for."""
    return all(VOCABULARY.by_id.get(row.id) == row for row in vocabulary.classes)


def class_names_csv(vocabulary: Vocabulary = VOCABULARY) -> str:
    """`class_names.csv`: number and name of each class, without a head, as v1 has it."""
    numbers = class_numbers()
    if not are_ours(vocabulary):
        numbers = {row.name: row.id for row in vocabulary.classes}
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((number, name) for name, number in numbers.items())
    return text.getvalue()


@cache
def _number_of_id() -> NDArray[np.uint8]:
    table = np.zeros(max(VOCABULARY.by_id) + 1, np.uint8)
    for row in VOCABULARY.classes:
        table[row.id] = class_numbers()[v1_name(row.id)]
    return table


def have_pixel_values(vocabulary: Vocabulary) -> bool:
    """Whether the numbers of all classes can be values in the class image: 1 to 255, with 0 for paper."""
    return are_ours(vocabulary) or all(
        1 <= identity <= np.iinfo(np.uint8).max for identity in vocabulary.by_id
    )


def number_table(symbols: Symbols) -> NDArray[np.uint8]:
    """v1 class number by symbol id, for the class image."""
    if are_ours(symbols.vocabulary):
        return symbols.mask_values(_number_of_id())
    return symbols.mask_values(np.arange(max(symbols.vocabulary.by_id, default=0) + 1).astype(np.uint8))


def page_xml(name: str, size: tuple[int, int], symbols: Symbols, *, every: bool = False) -> bytes:
    """The annotation file of a page of (width, height) pixels.

    Args:
        name: of the page.
        size: of the page.
        symbols: what stands on it.
        every: give all symbols a duration and a position that have one; v1 has them of noteheads alone.
    """
    width, height = size
    fractions = (symbols.box / (width, height, width, height)).tolist()
    if are_ours(symbols.vocabulary):
        names = [v1_name(label) for label in symbols.label.tolist()]
    else:
        names = [xml_text(found) for found in symbols.names]
    tags = _tags(symbols, every=every)
    objects = [
        f"<object><name>{name}</name><bndbox><xmin>{x0:.8f}</xmin><xmax>{x1:.8f}</xmax>"
        f"<ymin>{y0:.8f}</ymin><ymax>{y1:.8f}</ymax></bndbox>{more}</object>\n"
        for name, (x0, y0, x1, y1), more in zip(names, fractions, tags, strict=True)
    ]
    head = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<annotation>\n<filename>{xml_text(name)}.png</filename>\n'
        f"<size><width>{width}</width><height>{height}</height><depth>1</depth></size>\n"
    )
    return "".join((head, *objects, "</annotation>\n")).encode()


def _tags(symbols: Symbols, *, every: bool) -> list[str]:
    """v1-extended's tags of each symbol: instance, onset, and for noteheads duration and position."""
    tags = []
    columns = zip(
        symbols.id.tolist(),
        symbols.onset.tolist(),
        symbols.duration.tolist(),
        symbols.position.tolist(),
        (symbols.is_notehead | every).tolist(),
        strict=True,
    )
    for identity, onset, duration, position, all_tags in columns:
        parts = f"<instance>#{identity:06x}</instance>"
        if not math.isnan(onset):
            parts += f"<onset>{round(onset, 6)}</onset>"
        if all_tags:
            if not math.isnan(duration):
                parts += f"<duration>{round(duration, 6)}</duration>"
            if position != ABSENT:
                parts += f"<rel_position>{position}</rel_position>"
        tags.append(parts)
    return tags
