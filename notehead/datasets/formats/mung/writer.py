"""Writes MuNG files; `mung.py` says where they lie, `nodes.py` what stands in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.common.xml_text import can_be_named
from notehead.datasets.formats.format import WriteOptions, Writer
from notehead.datasets.formats.mung.layout import IMAGES, OWN, SPLITS
from notehead.datasets.formats.mung.masks import Patch, paint, runs_of, spell_runs
from notehead.datasets.formats.mung.nodes import TIMES, WHOLE, WrittenNode, absent, nodes_xml
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.files import make_folder, write_file
from notehead.images import encode_png
from notehead.page import ABSENT, STEPS, Page, Symbols
from notehead.vocabulary import Vocabulary

Box = tuple[int, int, int, int]
Item = tuple[str, str, str]
"""Key, type and text of what a node's Data holds."""

_DECIMALS = 4
_IDS = 1 << 16
"""So many values have the pixels of an id layer."""


class MungWriter(Writer):
    """Writes MuNG files."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, options: WriteOptions) -> None:
        super().__init__(folder, vocabulary, options)
        for name in vocabulary:
            if not can_be_named(name):
                message = f"XML cannot hold the name of the class {name!r}"
                raise DatasetError(message, "Give it another name with --classes.")
        self._splits: list[tuple[str, str]] = []
        for name in (OWN, IMAGES):
            make_folder(folder / name)

    def page(self, entry: PageEntry, page: Page) -> None:
        plain_name(entry.name, "page")
        nodes = mung_nodes(page, masked=self.options.masks)
        write_file(self.folder / OWN / f"{entry.name}.xml", nodes_xml(entry.name, nodes))
        write_file(self.folder / IMAGES / f"{entry.name}.png", encode_png(page.image, page.origin.resolution))

    def add(self, entry: PageEntry, record: None) -> None:  # noqa: ARG002  # pages need no other entry
        self._splits.append((entry.name, entry.split))

    def finish(self) -> None:
        write_file(self.folder / CLASSES, classes_csv(self.vocabulary))
        if any(split for _, split in self._splits):
            text = io.StringIO()
            rows = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
            rows.writerow(("name", "split"))
            rows.writerows(self._splits)
            write_file(self.folder / SPLITS, text.getvalue().encode("utf-8", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class _Masks:
    """Of each symbol of a page, in its order: the box in whole pixels, mask, covered pixels, visible pixels.

    `covered` is empty texts where nothing is covered or large symbols lie below small ones.
    """

    boxes: list[Box]
    texts: list[str]
    covered: list[str]
    visible: list[int]


def mung_nodes(page: Page, *, masked: bool) -> Iterator[WrittenNode]:
    """The nodes of a page, in its order."""
    symbols = page.symbols
    outlinks: dict[int, list[int]] = {identity: [] for identity in symbols.id.tolist()}
    inlinks: dict[int, list[int]] = {identity: [] for identity in outlinks}
    for source, target in symbols.links.tolist():
        outlinks[source].append(target)
        inlinks[target].append(source)
    masks = _masks(page) if masked and page.ids is not None else _no_masks(symbols)
    data = _data(symbols, masks)
    rows = zip(symbols.id.tolist(), symbols.names, masks.boxes, masks.texts, data, strict=True)
    for identity, name, box, mask, items in rows:
        yield WrittenNode(identity, name, box, mask, inlinks[identity], outlinks[identity], items)


def _no_masks(symbols: Symbols) -> _Masks:
    count = len(symbols)
    return _Masks(_hulls(symbols), ["None"] * count, [""] * count, [0] * count)


def _hulls(symbols: Symbols) -> list[Box]:
    """The whole pixels that each box touches."""
    boxes = symbols.box.round(_DECIMALS)
    hulls = np.hstack((np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:]))).astype(int)
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in hulls.tolist()]


def _masks(page: Page) -> _Masks:
    """Masks with all pixels of their symbols; boxes are widened where pixels lie outside of them."""
    ids = page.ids if page.ids is not None else np.zeros((page.height, page.width), np.uint16)
    under = page.under if page.under is not None else np.zeros_like(ids)
    visible = np.bincount(ids.ravel(), minlength=_IDS)
    hidden = np.bincount(under[(under > 0) & (under != ids)], minlength=_IDS)
    identities, boxes, patches = page.symbols.id.tolist(), _hulls(page.symbols), []
    for row, identity in enumerate(identities):
        mask = _cut(ids, identity, boxes[row]) | _cut(under, identity, boxes[row])
        if mask.sum() != visible[identity] + hidden[identity]:
            boxes[row] = _widened(boxes[row], page.mask(identity))
            mask = _cut(ids, identity, boxes[row]) | _cut(under, identity, boxes[row])
        patches.append(Patch(identity, boxes[row][0], boxes[row][1], runs_of(mask)))
    covered = [""] * len(patches)
    if hidden.any() and not all(map(np.array_equal, paint(patches, ids.shape), (ids, under))):
        for row, identity in enumerate(identities):
            if hidden[identity]:
                covered[row] = spell_runs(runs_of(_cut(under, identity, boxes[row])))
    texts = [spell_runs(patch.runs) for patch in patches]
    return _Masks(boxes, texts, covered, visible[identities].tolist())


def _widened(box: Box, mask: NDArray[np.bool_]) -> Box:
    y, x = np.nonzero(mask)
    x0, y0, x1, y1 = box
    low, high = (min(x0, x.min()), min(y0, y.min())), (max(x1, x.max() + 1), max(y1, y.max() + 1))
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _cut(layer: NDArray[np.uint16], identity: int, box: Box) -> NDArray[np.bool_]:
    """Where a symbol is in its box; beyond the page there is nothing of it."""
    x0, y0, x1, y1 = box
    mask = np.zeros((y1 - y0, x1 - x0), np.bool_)
    part = layer[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] == identity
    y, x = max(-y0, 0), max(-x0, 0)
    mask[y : y + part.shape[0], x : x + part.shape[1]] = part
    return mask


def _data(symbols: Symbols, masks: _Masks) -> list[list[Item]]:
    """What each node has in its Data."""
    columns = [
        *((key, "float", getattr(symbols, name).tolist()) for key, name in TIMES.items()),
        *((key, "int", getattr(symbols, name).tolist()) for key, name in WHOLE.items()),
    ]
    midi, rows = symbols.midi.tolist(), []
    for row in range(len(symbols)):
        items = [(key, kind, str(column[row])) for key, kind, column in columns if not absent(column[row])]
        items += _pitch(symbols, row, midi[row])
        if symbols.text[row] is not None:
            items.append(("text", "str", symbols.text[row]))
        if symbols.score[row] != 1:
            items.append(("score", "float", str(symbols.score[row].item())))
        if symbols.area[row] != masks.visible[row]:
            items.append(("area", "int", str(symbols.area[row])))
        items += _geometry(symbols.box[row], symbols.corners[row], masks.boxes[row])
        if masks.covered[row]:
            items.append(("covered", "str", masks.covered[row]))
        rows.append(items)
    return rows


def _pitch(symbols: Symbols, row: int, midi: int) -> list[Item]:
    if symbols.diatonic[row] == ABSENT:
        return []
    octave, step = divmod(int(symbols.diatonic[row]), 7)
    items = [("normalized_pitch_step", "str", STEPS[step]), ("pitch_octave", "int", str(octave))]
    if symbols.alter[row] == ABSENT:
        return items
    alter = ("pitch_modification", "int", str(symbols.alter[row]))
    return [*items, alter, ("midi_pitch_code", "int", str(midi))]


def _geometry(box: NDArray[np.float64], corners: NDArray[np.float64], whole: Box) -> list[Item]:
    """The exact box where a node's whole pixels are not it, and the corners where they are not the box's."""
    turned = not np.array_equal(corners.ravel(), box[[0, 1, 2, 1, 2, 3, 0, 3]])
    items = []
    if turned or box.tolist() != list(whole):
        items.append(("box", "list[float]", _spelled(box)))
    if turned:
        items.append(("corners", "list[float]", _spelled(corners)))
    return items


def _spelled(numbers: NDArray[np.float64]) -> str:
    return " ".join(str(number) for number in numbers.round(_DECIMALS).ravel().tolist())
