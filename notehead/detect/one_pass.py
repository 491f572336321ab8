"""One reading of an image whose staff space is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, TRACES, kind_of_label
from notehead.detect.decode import decode
from notehead.detect.inked import inked
from notehead.detect.maps import DOT, DecodeOptions, Maps
from notehead.detect.reader import Reader
from notehead.detect.score_map import ScoreMap
from notehead.detect.snap import is_drawn, snapped
from notehead.detect.staff_curves import StaffCurve, in_order, staff_curves
from notehead.detect.stem_ink import parted, stems_on_ink
from notehead.detect.tiles import UNIT, TileOptions, read_in_tiles
from notehead.images.shrink import area_shrunk
from notehead.page import Symbols, upright_corners
from notehead.vocabulary import VOCABULARY

STAFF_SPACE = 12.0
"""Pixels of a staff space in pages as the network sees them."""

_OVERLAP = 8 * UNIT
"""Pixels above and below that a strip of a huge page is seen with."""

_STAFFS = list(TRACES).index("staffs")
_GLYPHS = (kind_of_label() >= 0) & (kind_of_label() < len(FAMILIES))
_GLYPHS &= kind_of_label() != FAMILIES.index("ledgers")
"""By class id whether its boxes are in whole pixels. A ledger line is too thin for that."""

_STEM = VOCABULARY.id("stem")
_HEAD = np.zeros(len(kind_of_label()), np.bool_)
_HEAD[[row.id for row in VOCABULARY.classes if row.is_notehead]] = True
_SURE = 0.3
"""Score of a head that a stem may belong to, at least."""
_MUSIC = _GLYPHS.copy()
_MUSIC[[row.id for row in VOCABULARY.classes if row.name.startswith("fingering")]] = False
"""Those of them that are of a music font: others have edges that are fainter."""


class Model(Reader, Protocol):
    """All networks.

    Attributes:
        probability: from their scores to probabilities.
    """

    probability: ScoreMap

    def maps(self, ink: NDArray[np.float32]) -> Maps:
        """What the network says of an image, float32 (height, width) from 0 for paper to 1 for ink."""


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """How a page is read.

    Attributes:
        confidence: symbols with a lower score are left out.
        decode: what counts as a symbol.
        tiles: how large pages are cut.
        strip: pixels, at the network's scale, beyond which a page is read in strips, one after the other.
        doubt: probability of being upside down from which on a page is read both ways.
        skew: degrees from which on a page is levelled before it is read.
        sizes: staves that are larger or smaller than most by this factor are read once more, by themselves.
        smallest: staff space in pixels below which a page is not read.
        largest: pixels, at the network's scale, of the largest page that is read.
    """

    confidence: float = 0.05
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    tiles: TileOptions = field(default_factory=TileOptions)
    strip: int = 8_000_000
    doubt: float = 0.1
    skew: float = 3.0
    sizes: float = 1.2
    smallest: float = 3.0
    largest: int = 64_000_000


@dataclass(frozen=True, eq=False)
class Seen:
    """What one reading gives, in pixels of the image: symbols, and the staves from the top down."""

    symbols: Symbols
    staves: list[StaffCurve]

    @property
    def evidence(self) -> float:
        """How much of music is seen, and how surely: of two readings of one image the better has more.

        Clefs weigh most: hardly anything else looks so different upside down.
        """
        clefs = np.array([name.startswith("clef") for name in self.symbols.names], np.bool_)
        return float((self.symbols.score**2 * np.where(clefs, 5, 1)).sum())


def see(image: NDArray[np.uint8], staff_space: float, model: Model, options: DetectOptions) -> Seen:
    """The symbols and the staves of an image whose staff space is known.

    Args:
        image: uint8 (height, width), 0 black.
        staff_space: in pixels of the image.
        model: the network.
        options: how the page is read.
    """
    scale = STAFF_SPACE / staff_space
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    if scale < 1:
        seen = area_shrunk(image, *size)
    else:
        seen = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    parts = []
    for rows, columns in inked(seen):
        part = seen[rows, columns]
        read = _see if part.size <= options.strip else _in_strips
        parts.append(_moved(read(part, model, options), columns.start, rows.start))
    found = together(parts)
    back = np.array([image.shape[1] / size[0], image.shape[0] / size[1]])
    symbols = found.symbols
    box, corners = symbols.box * np.tile(back, 2), symbols.corners * back
    glyphs = _GLYPHS[symbols.label]
    box[glyphs] = _whole_pixels(box[glyphs])
    if is_drawn(image):
        alone = _MUSIC[symbols.label]
        box[alone] = snapped(image, box[alone], staff_space)
    corners[glyphs] = upright_corners(box[glyphs])
    return Seen(
        _with_stems(image, symbols.replace(box=box, corners=corners), staff_space),
        [curve.moved(back) for curve in found.staves],
    )


def _with_stems(image: NDArray[np.uint8], symbols: Symbols, staff_space: float) -> Symbols:
    """The symbols, of which stems are as long, and as many, as their ink says."""
    stems = np.flatnonzero(symbols.label == _STEM)
    before = symbols.box[stems]
    longer, row = stems_on_ink(image, before, symbols.score[stems], staff_space)
    heads = symbols.box[_HEAD[symbols.label] & (symbols.score >= _SURE)]
    box, source = parted(longer, heads, staff_space)
    source = row[source]
    made = symbols[stems[source]]
    moved = (box != before[source]).any(axis=1)
    corners = made.corners.copy()
    corners[moved] = upright_corners(box[moved])
    made = made.replace(box=box, corners=corners)
    rest = symbols[np.flatnonzero(symbols.label != _STEM)]
    return _joined([rest, made])


def _whole_pixels(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Boxes (n, 4) around whole pixels, as true boxes are: what is a third of a pixel off is right again."""
    low, high = np.round(boxes[:, :2]), np.round(boxes[:, 2:])
    return np.concatenate((low, np.maximum(high, low + 1)), axis=1)


def _in_strips(seen: NDArray[np.uint8], model: Model, options: DetectOptions) -> Seen:
    """A huge page in strips from side to side, so that the maps of one alone are in memory."""
    height = len(seen)
    step = max(1, round(options.strip / (seen.shape[1] * UNIT))) * UNIT
    parts = []
    for first in range(0, height, step):
        last = min(height, first + step)
        top, bottom = max(0, first - _OVERLAP), min(height, last + _OVERLAP)
        part = _moved(_see(seen[top:bottom], model, options), 0, top)
        parts.append(chosen(part, _rows(first or -np.inf, last if last < height else np.inf)))
    return together(parts)


def _rows(first: float, last: float) -> Callable[[NDArray[np.float64]], NDArray[np.bool_]]:
    return lambda points: (points[:, 1] >= first) & (points[:, 1] < last)


def together(parts: Iterable[Seen]) -> Seen:
    """Several readings of parts of one image, in the order in which they are given."""
    parts = list(parts)
    return Seen(
        _joined([part.symbols for part in parts]),
        in_order([curve for part in parts for curve in part.staves]),
    )


def _joined(symbols: list[Symbols]) -> Symbols:
    """Symbols one after the other."""
    return Symbols.build(
        np.concatenate([one.label for one in symbols]).tolist(),
        np.concatenate([one.box for one in symbols]),
        corners=np.concatenate([one.corners for one in symbols]),
        score=np.concatenate([one.score for one in symbols]),
    )


def chosen(seen: Seen, here: Callable[[NDArray[np.float64]], NDArray[np.bool_]]) -> Seen:
    """The symbols and staves whose middles, points (n, 2), lie `here`."""
    box = seen.symbols.box
    symbols = seen.symbols[here((box[:, :2] + box[:, 2:]) / 2)]
    middles = np.array([(one.x.mean(), one.y.mean()) for one in seen.staves]).reshape(-1, 2)
    kept = here(middles)
    return Seen(symbols, [one for one, good in zip(seen.staves, kept.tolist(), strict=True) if good])


def _moved(seen: Seen, right: int, down: int) -> Seen:
    """A reading of an image that begins so many columns and rows further."""
    symbols, away = seen.symbols, np.array([float(right), float(down)])
    return Seen(
        symbols.replace(box=symbols.box + np.tile(away, 2), corners=symbols.corners + away),
        [curve.moved(np.ones(2), (right, down)) for curve in seen.staves],
    )


def see_rows(
    image: NDArray[np.uint8], rows: tuple[int, int], staff_space: float, model: Model, options: DetectOptions
) -> Seen:
    """As `see`, of some rows of an image alone; coordinates are those of the whole image."""
    return _moved(see(image[rows[0] : rows[1]], staff_space, model, options), 0, rows[0])


def _see(seen: NDArray[np.uint8], model: Model, options: DetectOptions) -> Seen:
    """The symbols of an image at the network's scale."""
    maps = read_in_tiles(seen, model.maps, options.tiles)
    found = decode(seen, maps, model, options.decode)
    kind = kind_of_label()[found.label]
    score = model.probability(found.score, kind)
    kept = np.flatnonzero(score >= options.confidence)
    symbols = Symbols.build(
        found.label[kept].tolist(), found.box[kept], corners=found.corners[kept], score=score[kept]
    )
    height, width = (-(-side // DOT) for side in seen.shape)
    return Seen(symbols, staff_curves(maps.traces[_STAFFS, :height, :width], STAFF_SPACE))
