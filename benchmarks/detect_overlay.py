"""Where the detector errs, drawn on a page."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.detect_groups import KINDS, TRACED
from benchmarks.detect_pages import Judged
from benchmarks.detect_tally import CONFIDENCE
from notehead.detect.classes import kind_of_label
from notehead.evaluate.calibration import right_ones
from notehead.page import Symbols

Colours: TypeAlias = NDArray[np.uint8]

_SPACE = 14.0
"""Pixels of a staff space in the drawing."""
_RIGHT, _MISSED, _FALSE, _OTHER = (150, 205, 150), (210, 30, 30), (30, 60, 220), (200, 110, 0)
"""Red, green, blue."""
_SAME_PLACE = 0.5
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def drawn_errors(one: Judged) -> Colours:
    """A page in grey; right symbols pale green, missed ones red, false ones blue, wrong classes orange.

    Text is left out, as are detections below the confidence.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    truth, found = _without_words(one.page.symbols), _without_words(one.found)
    found = found[found.score >= CONFIDENCE]
    right = right_ones(truth, found, one.page.staff_space, TRACED)
    # matching is the same from both sides but for scores: what nothing right fits was missed
    hit = right_ones(
        found[right].replace(score=np.ones(int(right.sum()))), truth, one.page.staff_space, TRACED
    )
    false, missed = found[~right], truth[~hit]
    scale = _SPACE / one.page.staff_space
    size = round(one.page.width * scale), round(one.page.height * scale)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = 255 - (255 - cv2.resize(one.page.image, size, interpolation=method)) // 2
    canvas = np.ascontiguousarray(cv2.cvtColor(np.asarray(grey, np.uint8), cv2.COLOR_GRAY2RGB), np.uint8)
    _draw(canvas, found[right], scale, _RIGHT)
    taken = _overlaps(false, missed) > _SAME_PLACE
    for row in range(len(missed)):
        if not taken[:, row].any():
            _draw(canvas, missed[[row]], scale, _MISSED, f"-{missed.names[row]}")
    names = missed.names
    for row, (name, score) in enumerate(zip(false.names, false.score.tolist(), strict=True)):
        others = np.flatnonzero(taken[row])
        text = _wrong(name, names[others[0]]) if len(others) else f"+{name} {score:.2f}"
        _draw(canvas, false[[row]], scale, _OTHER if len(others) else _FALSE, text)
    return canvas


def _without_words(symbols: Symbols) -> Symbols:
    some: Symbols = symbols[kind_of_label()[symbols.label] != KINDS.index("words")]
    return some


def _overlaps(one: Symbols, other: Symbols) -> NDArray[np.float64]:
    """IoU of each box with each other box: float64 (n, m)."""
    low = np.maximum(one.box[:, None, :2], other.box[None, :, :2])
    high = np.minimum(one.box[:, None, 2:], other.box[None, :, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    area = [np.prod(some.box[:, 2:] - some.box[:, :2], axis=1) for some in (one, other)]
    return np.asarray(shared / np.maximum(area[0][:, None] + area[1][None] - shared, 1e-9))


def _draw(
    canvas: Colours, symbols: Symbols, scale: float, colour: tuple[int, int, int], text: str = ""
) -> None:
    points = np.rint((symbols.corners * scale - 0.5) * 16).astype(np.int32)
    cv2.polylines(canvas, list(points), isClosed=True, color=colour, lineType=cv2.LINE_AA, shift=4)
    if text and len(symbols):
        x, y = (symbols.box[0, :2] * scale).astype(int).tolist()
        cv2.putText(canvas, text, (max(x, 0), max(y - 2, 8)), _FONT, 0.33, colour, 1, cv2.LINE_AA)


def _wrong(found: str, true: str) -> str:
    return f"{found}, too far off" if found == true else f"{found}, not {true}"
