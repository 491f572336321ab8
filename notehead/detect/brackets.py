"""The two halves of a tuplet's bracket are one symbol, for its number stands between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import DOT, Floats, Found
from notehead.vocabulary import VOCABULARY

_NUMBERS = [
    row.id for row in VOCABULARY.classes if row.name.startswith("tuplet") and row.name != "tupletBracket"
]
_SURE = 0.2
"""Score of a digit at least."""
_BESIDE, _ASIDE = 15.0, 2.0
"""Pixels left and right of a digit, above and below it, within which a half of a bracket is joined to it."""
_JOINS = -1.0
"""Logit of what connects lines, and is none itself."""


def bridged(logits: Floats, glyphs: Found) -> Floats:
    """The map of tuplets' brackets, in which the halves beside a number are connected.

    Args:
        logits: of the trace, (height / 2, width / 2).
        glyphs: found by their centres, the numbers among them.
    """
    boxes = glyphs.box[np.isin(glyphs.label, _NUMBERS) & (glyphs.score >= _SURE)]
    if not len(boxes):
        return logits
    reach = np.array([-_BESIDE, -_ASIDE, _BESIDE, _ASIDE])
    limits = np.tile(np.array(logits.shape[::-1]), 2)
    around: NDArray[np.int64] = np.clip(np.rint((boxes + reach) / DOT), 0, limits).astype(np.int64)
    result = logits.copy()
    for x0, y0, x1, y1 in around.tolist():
        np.maximum(result[y0:y1, x0:x1], _JOINS, out=result[y0:y1, x0:x1])
    return result
