"""Tremolos between two notes are drawn as beams are; what stands at their ends tells them apart.

A beam begins and ends at stems. So bars that reach no stem at either end, between stems, are a tremolo's, and
so are those from the stem of a half note to that of another, for beamed notes have black heads. Of such long
bars the network sometimes sees the two ends alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.detect.maps import Found
from notehead.detect.oriented import ends_of_boxes
from notehead.detect.touching import touching
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY

_BEAM, _STEM = VOCABULARY.id("beam"), VOCABULARY.id("stem")
_TREMOLO = VOCABULARY.id("tremoloTwoNote")
_HALVES = [row.id for row in VOCABULARY.classes if row.name.startswith("noteheadHalf")]
_SURE = 0.3
"""Score from which a stem, a beam or a head counts here."""
_TOUCHES = 3.0
"""Pixels from the end of a beam, or from a head, within which a stem touches it."""
_GAP = 18.0
"""Pixels between a bar of a tremolo and the stems beside it, at most."""
_PAST = 14.0
"""Pixels above and below a stem within which a bar is still beside it."""
_WIDE = 180.0
"""Pixels from the stem of one half note to that of the other, at most."""
_APART = 16.0
"""Pixels from one bar of a tremolo to the next, at most."""


@dataclass(frozen=True, eq=False)
class _Bars:
    """Beams: rows among the lines, left and right ends (n, 2), boxes (n, 4)."""

    rows: NDArray[np.int64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    box: NDArray[np.float64]


def with_tremolos(glyphs: Found, lines: Found) -> tuple[Found, Found]:
    """Glyphs and lines, with beams that are a tremolo between two notes among the glyphs.

    Args:
        glyphs: found by their centres, heads among them; of a tremolo and the beams that it may be, the
            surer is left.
        lines: beams and stems among them, in pixels at the network's scale.
    """
    bars = _bars(lines)
    stems = lines.box[(lines.label == _STEM) & (lines.score >= _SURE)]
    seeds = np.flatnonzero(_free(bars, stems) | _of_halves(bars, stems, glyphs))
    groups = list(_torn(bars, stems, glyphs))
    taken = np.zeros(len(bars.rows), np.bool_)
    for group in groups:
        taken[group] = True
    for seed in seeds.tolist():
        if not taken[seed]:
            groups.append(_beside(bars, seed))
            taken[groups[-1]] = True
    made = _made(lines, [bars.rows[group] for group in groups])
    glyphs = glyphs.chosen(~((glyphs.label == _TREMOLO) & _within(glyphs.box, made.box).any(axis=1)))
    lost = np.zeros(len(lines.label), np.bool_)
    lost[bars.rows[taken]] = True
    glyphs, lines = _surer(glyphs, lines.chosen(~lost))
    return glyphs.and_those_of(made), lines


def _bars(lines: Found) -> _Bars:
    rows = np.flatnonzero((lines.label == _BEAM) & (lines.score >= _SURE))
    _, left, right = ends_of_boxes(lines.corners[rows], 0)
    return _Bars(rows, left.mean(axis=1), right.mean(axis=1), lines.box[rows])


def _touched(ends: NDArray[np.float64], stems: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each end (n, 2) lies at each stem, boxes (m, 4): (n, m)."""
    x, y = ends[:, None, 0], ends[:, None, 1]
    near = np.abs(x - (stems[:, 0] + stems[:, 2]) / 2) <= _TOUCHES
    return np.asarray(near & (y >= stems[:, 1] - _TOUCHES) & (y <= stems[:, 3] + _TOUCHES))


def _free(bars: _Bars, stems: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Bars that no stem touches, neither at their ends nor between, with stems a bit beyond both ends."""
    middle = (stems[:, 0] + stems[:, 2]) / 2
    y = (bars.left + bars.right)[:, 1:] / 2
    beside = (y >= stems[:, 1] - _PAST) & (y <= stems[:, 3] + _PAST)
    before, after = bars.left[:, :1] - middle, middle - bars.right[:, :1]
    left = beside & (before > _TOUCHES) & (before <= _GAP)
    right = beside & (after > _TOUCHES) & (after <= _GAP)
    reached = beside & (before <= _TOUCHES) & (after <= _TOUCHES)
    return np.asarray(left.any(axis=1) & right.any(axis=1) & ~reached.any(axis=1))


def _have_halves(stems: NDArray[np.float64], glyphs: Found) -> NDArray[np.bool_]:
    """Which stems are those of half notes."""
    heads = glyphs.box[np.isin(glyphs.label, _HALVES) & (glyphs.score >= _SURE)]
    return np.asarray(touching(stems, heads, _TOUCHES).any(axis=1))


def _torn(bars: _Bars, stems: NDArray[np.float64], glyphs: Found) -> Iterator[NDArray[np.int64]]:
    """The bars of each tremolo of half notes that is seen in parts: at one stem, and at the next."""
    halves = stems[_have_halves(stems, glyphs)]
    left, right = _touched(bars.left, halves), _touched(bars.right, halves)
    x = (halves[:, 0] + halves[:, 2]) / 2
    open_left = left[~right.any(axis=1)]
    seen = set[int]()  # two notes may have their stems at one place
    for first in np.flatnonzero(open_left.any(axis=0)).tolist():
        after = np.flatnonzero((x > x[first] + _TOUCHES) & (x <= x[first] + _WIDE) & right.any(axis=0))
        if not len(after):
            continue
        last = int(after[x[after].argmin()])
        rows = np.flatnonzero(left[:, first] | right[:, last])
        box = np.array([(*bars.box[rows, :2].min(axis=0), *bars.box[rows, 2:].max(axis=0))])
        middle = (stems[:, 0] + stems[:, 2]) / 2
        between = (middle > x[first] + _TOUCHES) & (middle < x[last] - _TOUCHES)
        if seen.isdisjoint(rows.tolist()) and not (between & touching(box, stems)[0]).any():
            seen.update(rows.tolist())
            yield rows


def _of_halves(bars: _Bars, stems: NDArray[np.float64], glyphs: Found) -> NDArray[np.bool_]:
    """Bars from the stem of a half note to that of another, with no stem between."""
    of_half = _have_halves(stems, glyphs)
    left, right = _touched(bars.left, stems), _touched(bars.right, stems)
    middle = (stems[:, 0] + stems[:, 2]) / 2
    between = (middle > bars.left[:, :1] + _TOUCHES) & (middle < bars.right[:, :1] - _TOUCHES)
    crossed = (between & touching(bars.box, stems)).any(axis=1)
    return np.asarray((left & of_half).any(axis=1) & (right & of_half).any(axis=1) & ~crossed)


def _beside(bars: _Bars, seed: int) -> NDArray[np.int64]:
    """The bars above and below one, each not far from the next, and itself."""
    low = np.maximum(bars.left[:, 0], bars.left[seed, 0])
    high = np.minimum(bars.right[:, 0], bars.right[seed, 0])
    width = bars.right[:, 0] - bars.left[:, 0]
    same = np.flatnonzero(high - low >= 0.8 * np.minimum(width, width[seed]))
    same = same[np.minimum(width[same], width[seed]) >= 0.5 * np.maximum(width[same], width[seed])]
    y = (bars.left + bars.right)[same, 1] / 2
    order = np.argsort(y)
    parts = np.split(same[order], np.flatnonzero(np.diff(y[order]) > _APART) + 1)
    return next(part for part in parts if seed in part)


def _made(lines: Found, groups: list[NDArray[np.int64]]) -> Found:
    """One tremolo from each group of rows: around all, as sure as the least sure."""
    box = np.array([
        (*lines.box[rows, :2].min(axis=0), *lines.box[rows, 2:].max(axis=0)) for rows in groups
    ]).reshape(-1, 4)  # fmt: skip
    score = np.array([lines.score[rows].min() for rows in groups], np.float64)
    return Found(np.full(len(groups), _TREMOLO, np.int64), score, box, upright_corners(box))


def _surer(glyphs: Found, lines: Found) -> tuple[Found, Found]:
    """Of a tremolo and the beams in its box, the surer."""
    found, beams = np.flatnonzero(glyphs.label == _TREMOLO), np.flatnonzero(lines.label == _BEAM)
    within = _within(lines.box[beams], glyphs.box[found])
    sure = within & (lines.score[beams][:, None] >= glyphs.score[found])
    kept_glyphs, kept_lines = np.ones(len(glyphs.label), np.bool_), np.ones(len(lines.label), np.bool_)
    kept_glyphs[found] = ~sure.any(axis=0)
    kept_lines[beams] = ~(within & kept_glyphs[found]).any(axis=1)
    return glyphs.chosen(kept_glyphs), lines.chosen(kept_lines)


def _within(inner: NDArray[np.float64], outer: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the middle of each of (n, 4) lies in each of (m, 4): (n, m)."""
    middle = (inner[:, None, :2] + inner[:, None, 2:]) / 2
    return np.asarray(((middle >= outer[:, :2]) & (middle <= outer[:, 2:])).all(axis=2))
