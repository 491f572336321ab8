"""MuNG files, the format of MUSCIMA++: symbols with masks and links, one XML file per page.

Read: a folder of such files (`NAME.xml`), or MUSCIMA++ as it is unpacked (`v2.0/data/annotations`; also
2.1 and 1.0). A page's image has its file's name and lies beside it, in `images/` or `fulls/` beside or
above, or in CVC-MUSCIMA's own folders (`ideal/w-01/image/p010.png`, also within `CvcMuscima-Distortions`).
Pages without an image have symbols alone. CVC-MUSCIMA's staff removal set is white on black; images are
read as they are.

Classes are, of these the first: the vocabulary of `ReadOptions`; `classes.csv` (id,name) beside;
`specifications/mff-muscima-mlclasses-annot.xml`, where it names other classes than 2.0's; 2.0's, by which
the names of 1.0 and 2.1 are understood, too, where one became one.

Splits: `splits.csv` (name,split) beside, or test pages by `specifications/testset-independent.txt` (else
`-dependent`). MUSCIMA++'s pages name the music that they are copies of as their score.

Ids are the nodes'; in a file with an Id 0, which MUSCIMA++ has, all are more by one. Areas are visible
pixels. Layers are the masks painted one over the other, see `mung_masks.paint`.

Written: `annotations/NAME.xml`, `images/NAME.png`, `classes.csv`, `splits.csv`. What a node has no
element for is in its Data, see `nodes.py`: exact boxes, for one, as its own are whole pixels.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.boxes import good_boxes
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.format import PARTS, Format
from notehead.datasets.formats.mung.layout import Layout, find_annotations
from notehead.datasets.formats.mung.masks import Patch, paint
from notehead.datasets.formats.mung.nodes import LARGEST_ID, ROOTS, TIMES, WHOLE, Node, read_nodes
from notehead.datasets.formats.mung.writer import MungWriter
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions, Source
from notehead.errors import DatasetError
from notehead.images import image_size, read_image
from notehead.images.read import MOST_PIXELS
from notehead.page import ABSENT, Page, Symbols, upright_corners
from notehead.vocabulary import Vocabulary


class MungSource(Source):
    """MUSCIMA++, or any folder of MuNG files."""

    def __init__(self, folder: Path, options: ReadOptions) -> None:
        self.folder = folder
        self.complaints = Complaints(options.keep_going)
        annotations = find_annotations(folder)
        if annotations is None:
            message = f"{folder}: there are no MuNG files"
            raise DatasetError(
                message, f"It holds XML files whose root is <{ROOTS[0]}>, or annotations/ does."
            )
        layout = Layout(folder, annotations)
        self.vocabulary = options.vocabulary or layout.vocabulary()
        self.entries = layout.entries()
        self._files = {name: annotations / file for name, file in layout.files.items()}
        self._images = dict(layout.images())

    def symbols(self, entry: PageEntry) -> Symbols:
        return self._read(entry)[0]

    def page(self, entry: PageEntry) -> Page:
        path = self._images.get(entry.name)
        if path is None:
            message = f"{self._files[entry.name]}: there is no image for it"
            raise DatasetError(message, "Put it beside the file or into images/, under the same name.")
        symbols, layers = self._read(entry)
        image = read_image(path)
        ids, under = layers or (None, None)
        return Page(entry.name, image, symbols, ids, under)

    def _read(self, entry: PageEntry) -> tuple[Symbols, tuple[NDArray[np.uint16], NDArray[np.uint16]] | None]:
        """A page's symbols and its layers, None where no symbol has a mask."""
        path = self._files[entry.name]
        image = self._images.get(entry.name)
        size = (0, 0) if image is None else image_size(image)
        nodes = read_nodes(path, self.vocabulary, self.complaints)
        boxes = np.array([node.box for node in nodes], np.float64).reshape(-1, 4)
        good = good_boxes(boxes, size, self.complaints, lambda row: (str(path), nodes[row].name))
        nodes = [node for node, fine in zip(nodes, good.tolist(), strict=True) if fine]
        layers = _layers(path, nodes, size) if any(node.runs is not None for node in nodes) else None
        return _symbols(nodes, self.vocabulary, None if layers is None else layers[0]), layers


def _layers(
    path: Path, nodes: list[Node], size: tuple[int, int]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    width, height = (
        size if all(size) else (math.ceil(max(node.box[side] for node in nodes)) for side in (2, 3))
    )
    if width * height > MOST_PIXELS:
        message = f"{path}: its symbols span {width} x {height} pixels, more than a page can have"
        raise DatasetError(message, "Mend the largest box.")
    return paint(
        [Patch(node.id, node.corner[0], node.corner[1], node.filled, node.covered) for node in nodes],
        (height, width),
    )


def _symbols(nodes: list[Node], vocabulary: Vocabulary, ids: NDArray[np.uint16] | None) -> Symbols:
    identities = np.array([node.id for node in nodes], np.int32)
    kept = set(identities.tolist())
    links = [(node.id, link) for node in nodes for link in node.links if link in kept]
    seen = (
        np.zeros(LARGEST_ID + 1, int) if ids is None else np.bincount(ids.ravel(), minlength=LARGEST_ID + 1)
    )

    def column(name: str, default: float) -> list[float]:
        return [node.columns.get(name, default) for node in nodes]

    boxes = np.array([node.columns.get("box", node.box) for node in nodes], np.float64).reshape(-1, 4)
    upright = upright_corners(boxes)
    corners = [node.columns.get("corners", flat) for node, flat in zip(nodes, upright, strict=True)]
    text = np.full(len(nodes), None, object)
    text[:] = [node.columns.get("text") for node in nodes]
    return Symbols.build(
        [node.label for node in nodes],
        boxes,
        vocabulary,
        id=identities,
        corners=np.array(corners, np.float64).reshape(-1, 4, 2),
        area=[node.columns.get("area", seen[node.id]) for node in nodes],
        score=column("score", 1.0),
        text=text,
        links=np.array(links, np.int32).reshape(-1, 2),
        **{name: column(name, ABSENT) for name in (*WHOLE.values(), "diatonic", "alter")},
        **{name: column(name, math.nan) for name in TIMES.values()},
    )


FORMAT = Format(
    name="mung",
    title="MUSCIMA++ (MuNG)",
    holds=frozenset(PARTS) - {"staff lines", "origin"},
    here=lambda path: find_annotations(path) is not None,
    read=MungSource,
    writer=MungWriter,
)
