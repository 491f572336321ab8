"""Stems go from a notehead to a beam, where there is one, and no further."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import Found
from notehead.detect.oriented import ends_of_boxes, upright_around
from notehead.detect.touching import touching
from notehead.vocabulary import VOCABULARY

_STEM, _BEAM = VOCABULARY.id("stem"), VOCABULARY.id("beam")
_HEADS = [row.id for row in VOCABULARY.classes if row.is_notehead]
_SURE = 0.2
"""Score of a head or a beam that counts here, at least."""
_BESIDE = 5.0
"""Pixels around a head in which its stem is."""
_DOUBT = 0.5
"""What is left of the score of a stem without a head: those of tablature and of rhythms have none."""
_PAST = 14.0
"""Pixels by which a stem may end beyond a beam and be meant to end at it: something else goes on there."""
_WITHIN = 2.0
"""Pixels from the outer edge of a beam to the ends of its stems."""
_EDGE = 3.0
"""Pixels beyond the ends of a beam in which its stems may stand."""


def at_beams(lines: Found, glyphs: Found) -> Found:
    """The lines, in which stems without heads are doubted and those with beams end in these.

    Args:
        lines: stems and beams among them, in pixels at the network's scale.
        glyphs: heads among them.
    """
    rows = np.flatnonzero(lines.label == _STEM)
    heads = glyphs.box[np.isin(glyphs.label, _HEADS) & (glyphs.score >= _SURE)]
    beams = np.flatnonzero((lines.label == _BEAM) & (lines.score >= _SURE))
    touch = touching(lines.box[rows], heads, _BESIDE)
    score = lines.score.copy()
    score[rows[~touch.any(axis=1)]] *= _DOUBT
    own = np.flatnonzero(touch.any(axis=1))
    first = np.where(touch[own], heads[:, 1], np.inf).min(axis=1, initial=np.inf)
    last = np.where(touch[own], heads[:, 3], -np.inf).max(axis=1, initial=-np.inf)
    stems = lines.box[rows[own]]
    up = first - stems[:, 1] > stems[:, 3] - last
    corners = _ended(lines.corners[rows[own]], up, lines.corners[beams])
    box, whole = lines.box.copy(), lines.corners.copy()
    whole[rows[own]] = corners
    box[rows[own]] = upright_around(corners)
    return Found(lines.label, score, box, whole)


def _ended(
    stems: NDArray[np.float64], up: NDArray[np.bool_], beams: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Corners of stems (n, 4, 2), none of which goes past its beam; of beams, corners (m, 4, 2).

    `up` says which of the stems go up from their heads.
    """
    if not len(stems) or not len(beams):
        return stems
    order, *ends = ends_of_boxes(stems, 1)
    upper, lower = (both.mean(axis=1) for both in ends)
    end, start = np.where(up[:, None], upper, lower), np.where(up[:, None], lower, upper)
    side = np.where(up, -1.0, 1.0)[:, None]
    beyond = (end[:, 1:] - _outer_edges(beams, end[:, 0], up)) * side
    beyond = np.where(np.abs(beyond) <= _PAST, beyond, np.inf).min(axis=1)  # of several, the outermost counts
    along = end - start
    past = (beyond > 0) & np.isfinite(beyond) & (np.abs(along[:, 1]) > _PAST)
    back = np.where(past, beyond + _WITHIN, 0)
    shift = -along * (back / np.maximum(np.abs(along[:, 1]), 1))[:, None]
    moved = np.where(up[:, None], order[:, :2], order[:, 2:])
    result = stems.copy()
    result[np.arange(len(stems))[:, None], moved] += shift[:, None]
    return result


def _outer_edges(
    beams: NDArray[np.float64], x: NDArray[np.float64], up: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Heights (n, m) of the outer edges of beams at stems that stand at x; NaN where there is none.

    The outer edge is the upper one for stems that point upwards.
    """
    _, left, right = ends_of_boxes(beams, 0)
    x0, x1 = left[..., 0].mean(axis=1), right[..., 0].mean(axis=1)
    share = np.clip((x[:, None] - x0) / np.maximum(x1 - x0, 1), 0, 1)
    top, bottom = (
        edge(left[..., 1], axis=1) * (1 - share) + edge(right[..., 1], axis=1) * share
        for edge in (np.min, np.max)
    )
    here = (x[:, None] >= x0 - _EDGE) & (x[:, None] <= x1 + _EDGE)
    return np.where(here, np.where(up[:, None], top, bottom), np.nan)
