"""What the network says of a page, and what is read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

CELL = 4
"""Pixels of the page for one cell of the maps of centres and features."""
DOT = 2
"""Pixels of the page for one cell of the maps of lines."""

ReadSymbols = Callable[[Floats, NDArray[np.int64]], tuple[Floats, Floats]]
"""Features (n, features) and kinds (n,) to logits of class ids (n, classes) and boxes (n, 4)."""


class Maps(NamedTuple):
    """What the network says of a page.

    Attributes:
        centres: logits, float32 (families, height / 4, width / 4).
        traces: logits, float32 (traces, height / 2, width / 2).
        features: float32 (features, height / 4, width / 4).
    """

    centres: Floats
    traces: Floats
    features: Floats


@dataclass(frozen=True, slots=True)
class Level:
    """Which pixels of a map of lines are a line's.

    Attributes:
        bridge: logit of pixels that connect parts of a line.
        edge: logit of pixels that belong to a line where one above 0 is connected with them.
        gap: cells, up and down, of gaps that are bridged whatever is in them.
        shortest: length in cells below which a line is none.
    """

    bridge: float = -2.0
    edge: float = 0.0
    gap: int = 0
    shortest: float = 2.5


LEVELS = {
    "staffs": Level(shortest=18),
    "stems": Level(bridge=-4),
    "barlines": Level(bridge=-4, gap=12, shortest=10),
    "slursAbove": Level(-2.5, -2.5, shortest=7),
    "slursBelow": Level(-2.5, -2.5, shortest=7),
    "tiesAbove": Level(-2.5, -2.5, shortest=3.0),
    "tiesBelow": Level(-2.5, -2.5, shortest=3.0),
    "hairpins": Level(shortest=6),
}
"""By trace, measured on pages held back from training: stems go on behind strokes of tremolos, barlines
behind slurs, which hide no more than two staff spaces of them; curves fade at their ends. No staff is shorter
than three staff spaces, no barline than two, no slur or hairpin than one, no tie than three quarters, a cell
or two less."""


@dataclass(frozen=True, slots=True)
class DecodeOptions:
    """What counts as a symbol.

    Attributes:
        least: score of a centre below which it is none.
        trust: share of what a second look says of a symbol's class and presence that counts, from 0 to 1;
            two looks err less than either, the more so on print that neither was trained on.
        overlap: two boxes of one family that share more than this (IoU) are one symbol.
        levels: by trace, which pixels are a line's; other traces have the usual ones.
    """

    least: float = 0.05
    trust: float = 0.5
    overlap: float = 0.6
    levels: Mapping[str, Level] = field(default_factory=lambda: LEVELS)


@dataclass(frozen=True, eq=False)
class Candidates:
    """What may be symbols with centres, as one cell of the maps says.

    Attributes:
        kind: int64 (n,), families.
        centre: logits of being there, (n,).
        label: logits of class ids, (n, classes).
        features: of the cell, (n, features).
        box: in pixels, (n, 4).
    """

    kind: NDArray[np.int64]
    centre: Floats
    label: Floats
    features: Floats
    box: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Found:
    """Symbols found: class ids (n,), scores (n,), boxes (n, 4), corners of oriented boxes (n, 4, 2)."""

    label: NDArray[np.int64]
    score: NDArray[np.float64]
    box: NDArray[np.float64]
    corners: NDArray[np.float64]

    def chosen(self, rows: NDArray[np.bool_]) -> Found:
        """Those of some rows."""
        return Found(self.label[rows], self.score[rows], self.box[rows], self.corners[rows])

    def and_those_of(self, other: Found) -> Found:
        """These, and then those of another."""
        return Found(
            np.concatenate((self.label, other.label)),
            np.concatenate((self.score, other.score)),
            np.concatenate((self.box, other.box)),
            np.concatenate((self.corners, other.corners)),
        )


def sigmoid(logits: Floats) -> NDArray[np.float64]:
    """Probabilities, each by itself."""
    return np.asarray(1 / (1 + np.exp(-logits.astype(np.float64))))


def confidence(logits: Floats) -> NDArray[np.float64]:
    """The probability of the likeliest class, of logits (n, classes)."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(1 / np.exp(shifted).sum(axis=1))
