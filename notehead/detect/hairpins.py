"""Hairpins that are beyond doubt in the ink stand for what the network says of their place."""

from __future__ import annotations

from itertools import compress
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.hairpin_ink import InkHairpin, apart, hairpins_in_ink
from notehead.detect.maps import DOT, Floats, Found
from notehead.detect.oriented import upright_around
from notehead.detect.thin_lines import SHORTEST
from notehead.vocabulary import VOCABULARY

Place = tuple[int, int, int, int]

_OPENS = {1: VOCABULARY.id("dynamicCrescendoHairpin"), -1: VOCABULARY.id("dynamicDiminuendoHairpin")}
"""By the side to which it opens, right or left."""
_ACCENTS = [row.id for row in VOCABULARY.classes if row.name.startswith("artic")]
"""Glyphs that look the same, and are smaller."""
_FLAT = 0.25, 0.45
"""Heights of a box, by its width, between which it is lower than an accent and higher than a line."""
_SEEN = 0.0
"""Logit from which on there is something of a hairpin."""
_BESIDE, _ASIDE = (64, 320), 30
"""Pixels left and right, above and below that, in which the whole is looked for, first near, then far."""
_LARGEST = 200_000
"""Pixels of a place that is put together of several, at most."""
_MOST = 256
"""Parts of hairpins that are followed on a page, the longest; a page has a few dozen."""
_SAME = 0.5
"""Share of a box in another from which on they are of one symbol."""
_THICK = 1.0
"""Pixels by which the ink of an arm reaches beyond its middle."""
_SCORE = 0.97
"""Of a hairpin in the ink."""
_SURELY_NOT = -9.0
"""Logit of what is surely none."""
_BLANK = 3
"""Cells around a hairpin in which there is no other."""


class Drawn(NamedTuple):
    """What a map of hairpins becomes when the ink is looked at.

    Attributes:
        logits: the map, without what is told by the ink.
        found: what is.
    """

    logits: Floats
    found: Found


def drawn_hairpins(logits: Floats, image: NDArray[np.uint8], glyphs: Found) -> Drawn:
    """The hairpins that are followed in the ink where the network sees a trace of one.

    Args:
        logits: of the trace, (height / 2, width / 2).
        image: uint8 (height, width), 0 black, that the network has seen.
        glyphs: found already.
    """
    accents, flat = _accents(glyphs)
    hairpins: list[InkHairpin] = []
    left = np.concatenate((_seen(logits), flat))
    for beside in _BESIDE:
        for x0, y0, x1, y1 in _joined(_around(left, beside, image.shape)):
            hairpins += [_moved(one, x0, y0) for one in hairpins_in_ink(image[y0:y1, x0:x1])]
        hairpins = apart(hairpins)
        corners = np.array([_corners(one) for one in hairpins]).reshape(-1, 4, 2)
        box = upright_around(corners)
        right = [
            not _is_in(one, accents) and (_is_in(one, flat) or _is_seen(both, logits))
            for one, both in zip(box, corners, strict=True)
        ]
        hairpins, corners, box = [*compress(hairpins, right)], corners[right], box[right]
        left = left[[not _is_in(one, box) for one in left]]
    label = np.array([_OPENS[1 if one.upper[0] > one.tip[0] else -1] for one in hairpins], np.int64)
    found = Found(label, np.full(len(hairpins), _SCORE), box, corners)
    return Drawn(_without(logits, corners), found)


def _accents(glyphs: Found) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes of accents and their like, (n, 4), and of what looks like one, but is too flat."""
    box = glyphs.box[np.isin(glyphs.label, _ACCENTS)]
    width, height = (box[:, 2:] - box[:, :2]).T
    flat = (height > _FLAT[0] * width) & (height < _FLAT[1] * width) & (width >= SHORTEST)
    return box[~flat], box[flat]


def _seen(logits: Floats) -> NDArray[np.float64]:
    """Boxes in pixels, (n, 4), of what may be parts of hairpins."""
    weak = (logits > _SEEN).view(np.uint8)
    if not weak.any():
        return np.empty((0, 4))
    parts = cv2.connectedComponentsWithStats(weak, connectivity=8)[2][1:].astype(np.float64)
    parts = parts[np.argsort(-parts[:, 2], kind="stable")[:_MOST]]
    return np.concatenate((parts[:, :2], parts[:, :2] + parts[:, 2:4]), axis=1) * DOT


def _around(boxes: NDArray[np.float64], beside: int, shape: tuple[int, ...]) -> list[Place]:
    """The pixels around boxes, as much of them as is in the image."""
    reach = np.array([-beside, -_ASIDE, beside, _ASIDE])
    limits = np.array([shape[1], shape[0]] * 2)
    return [(x0, y0, x1, y1) for x0, y0, x1, y1 in np.clip(boxes + reach, 0, limits).astype(int).tolist()]


def _is_in(box: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Whether most of a box lies in another."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return bool((np.prod(np.clip(sides, 0, None), axis=1) > _SAME * np.prod(box[2:] - box[:2])).any())


def _joined(boxes: list[Place]) -> list[Place]:
    """Boxes of which those that lie mostly on the same place are one."""
    joined: list[Place] = []
    waiting = sorted(boxes)
    while waiting:
        box = waiting.pop()
        for place, other in enumerate(joined):
            both = _both(box, other)
            if _area(both) <= min(_area(box) + _area(other), _LARGEST):
                waiting.append(both)
                del joined[place]
                break
        else:
            joined.append(box)
    return joined


def _both(box: Place, other: Place) -> Place:
    return min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])


def _area(box: Place) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _moved(hairpin: InkHairpin, right: int, down: int) -> InkHairpin:
    return InkHairpin(*((x + right, y + down) for x, y in (hairpin.tip, hairpin.upper, hairpin.lower)))


def _corners(hairpin: InkHairpin) -> NDArray[np.float64]:
    """The oriented box along the axis: (4, 2)."""
    tip, upper, lower = (np.array(point) + 0.5 for point in (hairpin.tip, hairpin.upper, hairpin.lower))
    axis = (upper + lower) / 2 - tip
    across = np.array([-axis[1], axis[0]]) / np.linalg.norm(axis)
    across *= (np.linalg.norm(lower - upper) / 2 + _THICK) * np.sign(across[1])
    start, stop = sorted((tip, (upper + lower) / 2), key=lambda point: float(point[0]))
    return np.array([start - across, stop - across, stop + across, start + across])


def _is_seen(corners: NDArray[np.float64], logits: Floats) -> bool:
    """Whether the network sees something of a hairpin in a box (4, 2)."""
    x0, y0, x1, y1 = _cells(corners, logits.shape)
    return bool(logits[y0:y1, x0:x1].max(initial=_SURELY_NOT) > _SEEN)


def _cells(corners: NDArray[np.float64], shape: tuple[int, ...]) -> Place:
    """The cells of a map in which a box lies: first column and row, and those after the last."""
    low, high = np.floor(corners.min(axis=0) / DOT), np.ceil(corners.max(axis=0) / DOT)
    (x0, y0), (x1, y1) = np.maximum(low, 0).astype(int).tolist(), high.astype(int).tolist()
    return x0, y0, min(x1, shape[1]), min(y1, shape[0])


def _without(logits: Floats, corners: NDArray[np.float64]) -> Floats:
    """The map in which nothing is left near boxes (n, 4, 2)."""
    if not len(corners):
        return logits
    result = logits.copy()
    for one in corners:
        x0, y0, x1, y1 = _cells(one, logits.shape)
        result[max(y0 - _BLANK, 0) : y1 + _BLANK, max(x0 - _BLANK, 0) : x1 + _BLANK] = _SURELY_NOT
    return result
