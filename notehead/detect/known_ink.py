"""Where there are symbols other than curves: what is seen of a curve there says nothing, or it ends there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import CURVES, FAMILIES, kind_of_label
from notehead.detect.maps import DOT, Floats, Found
from notehead.detect.tip_kernels import CURVE, ENDS, HIDDEN

Image = NDArray[np.uint8]

_SEEN = ("staffs", "braces", "stems", "barlines")
"""Traces that say nothing here: those of areas, and stems, which are seen in the ink; tips look like them."""
_COARSE, _WIDE = 4, 7
"""Pixels of which one is made, and of these to a side, of which some are paper."""
_FAINT, _LINE = 30, 49
"""By how much a staff line is darker than paper, and so many pixels of it are side by side."""
_AROUND = 1.5
"""Pixels around a glyph's box that may be its ink."""
_SCORE = 0.3
"""Of glyphs that are."""
_HEADS = (FAMILIES.index("noteheads"),)
_GLYPHS = tuple(k for k, name in enumerate(FAMILIES) if name not in ("accidentals", "words", "groups"))
"""Families of glyphs whose boxes are not mostly paper."""
_CORNER = 2.0
"""Pixels at the sides of a notehead's box by which it is larger than what ends a curve."""


def known_ink(image: Image, traces: Mapping[str, Floats], glyphs: Found) -> Image:
    """Where there are symbols, as `follow_tips` wants it: uint8 (height, width).

    Args:
        image: uint8 (height, width), 0 black.
        traces: logits by name, (height / 2, width / 2) each.
        glyphs: found already, in pixels.
    """
    curve = _any_of([traces[name] for name in CURVES])
    other = _any_of([traces[name] for name in traces if name not in (*CURVES, *_SEEN)])
    cells = np.where(other, np.uint8(HIDDEN), np.where(curve, np.uint8(CURVE), np.uint8(0)))
    found = cells.repeat(DOT, axis=0).repeat(DOT, axis=1)[: image.shape[0], : image.shape[1]]
    found[_on_staff_lines(image)] = HIDDEN
    kind = kind_of_label()[glyphs.label]
    for families, what, inside in ((_GLYPHS, HIDDEN, -_AROUND), (_HEADS, ENDS, _CORNER)):
        box = glyphs.box[np.isin(kind, families) & (glyphs.score >= _SCORE)]
        box = np.concatenate((box[:, :2] + inside, box[:, 2:] - inside), axis=1)
        for x0, y0, x1, y1 in np.maximum(np.rint(box), 0).astype(int).tolist():
            found[y0:y1, x0:x1] = what
    return found


def _any_of(traces: Sequence[Floats]) -> NDArray[np.bool_]:
    """Where one of some traces has a line."""
    found, more = traces[0] > 0, np.empty(traces[0].shape, np.bool_)
    for trace in traces[1:]:
        found |= np.greater(trace, 0, out=more)
    return found


def _on_staff_lines(image: Image) -> NDArray[np.bool_]:
    """The pixels of long horizontal lines, and those above and below."""
    coarse = cv2.resize(image, None, fx=1 / _COARSE, fy=1 / _COARSE)
    paper = cv2.resize(cv2.dilate(coarse, np.ones((_WIDE, _WIDE), np.uint8)), image.shape[::-1])
    dark = (cv2.subtract(paper, image) > _FAINT).astype(np.uint8)
    lines = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, _LINE), np.uint8))
    return np.asarray(cv2.dilate(lines, np.ones((3, 1), np.uint8)) > 0)
