"""`Detector`: an image of a page in, its symbols out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.decode import DecodeOptions, Found, Maps, decode
from notehead.detect.tiles import TileOptions, read_in_tiles
from notehead.page import Page, Symbols

STAFF_SPACE = 12.0
"""Pixels of a staff space in pages as the network sees them."""


class Model(Protocol):
    """A network, however it is run."""

    def maps(self, ink: NDArray[np.float32]) -> Maps:
        """What the network says of an image, float32 (height, width) from 0 for paper to 1 for ink."""

    def read(
        self, features: NDArray[np.float32], kinds: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Logits of class ids and boxes from features at symbols, and their kinds."""


@dataclass(frozen=True, slots=True)
class DetectOptions:
    """How a page is read.

    Attributes:
        confidence: symbols with a lower score are left out.
        decode: what counts as a symbol.
        tiles: how large pages are cut.
    """

    confidence: float = 0.05
    decode: DecodeOptions = field(default_factory=DecodeOptions)
    tiles: TileOptions = field(default_factory=TileOptions)


def detect_at(image: NDArray[np.uint8], staff_space: float, model: Model, options: DetectOptions) -> Symbols:
    """The symbols of an image whose staff space is known, in pixels of that image.

    Args:
        image: uint8 (height, width), 0 black.
        staff_space: in pixels of the image.
        model: the network.
        options: how the page is read.
    """
    scale = STAFF_SPACE / staff_space
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    seen = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    found = decode(read_in_tiles(seen, model.maps, options.tiles), model.read, options.decode)
    back = np.array([image.shape[1] / size[0], image.shape[0] / size[1]])
    return _symbols(found, back, options.confidence)


def _symbols(found: Found, back: NDArray[np.float64], confidence: float) -> Symbols:
    kept = np.flatnonzero(found.score >= confidence)
    return Symbols.build(
        found.label[kept].tolist(),
        found.box[kept] * np.tile(back, 2),
        corners=found.corners[kept] * back,
        score=found.score[kept],
    )


def as_page(name: str, image: NDArray[np.uint8], symbols: Symbols, staff_space: float) -> Page:
    """A page of what was found."""
    return Page(name, image, symbols, staff_space=staff_space)
