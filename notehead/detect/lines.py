"""Symbols found by the pixels of their lines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from notehead.detect.arc_ends import all_followed
from notehead.detect.arc_halves import joined_halves
from notehead.detect.arcs import arcs
from notehead.detect.barlines import at_staffs
from notehead.detect.brackets import bridged, middles_of, numbers, parted
from notehead.detect.classes import BELOW, CURVES, FAMILIES, TRACES, trace_kind
from notehead.detect.curves import CurveSight
from notehead.detect.hairpins import drawn_hairpins
from notehead.detect.known_ink import known_ink
from notehead.detect.maps import (
    CELL,
    DOT,
    DecodeOptions,
    Found,
    Level,
    Maps,
    confidence,
)
from notehead.detect.parts import SAMPLES, WEDGES, Mend, Split, TraceSight, parts_of
from notehead.detect.reader import Reader
from notehead.detect.rivals import without_rivals
from notehead.detect.tip_ink import Ink
from notehead.detect.wedges import wedges

_BRACKETS = "tuplets"


def find_lines(
    image: NDArray[np.uint8], maps: Maps, reader: Reader, options: DecodeOptions, glyphs: Found
) -> Found:
    """The connected parts of each trace.

    Args:
        image: uint8 (height, width), 0 black, that the network has seen.
        maps: what it says of it.
        reader: tells classes, and where curves end.
        options: what counts as a line.
        glyphs: found already.
    """
    traces = dict(zip(TRACES, maps.traces, strict=True))
    levels = {name: options.levels.get(name, Level()) for name in TRACES}
    boxes = numbers(glyphs)
    traces[_BRACKETS] = bridged(traces[_BRACKETS], boxes, image)
    traces[WEDGES], drawn = drawn_hairpins(traces[WEDGES], image, glyphs)
    curves = without_rivals([traces[name] for name in CURVES], [levels[name] for name in CURVES])
    traces |= zip(CURVES, curves, strict=True)
    splits, mends = _splits(image, boxes), _mends(image)
    ink = Ink(image, known_ink(image, traces, glyphs))
    parts = []
    for name, logits in traces.items():
        tips = None
        if name in CURVES:
            tips = CurveSight(ink, logits, name in BELOW.values(), name.startswith("tie"), reader.tips)
        sight = TraceSight(image, levels[name], splits.get(name), mends.get(name), tips)
        parts.append(parts_of(logits, name, sight))
    corners = np.concatenate([part.corners for part in parts])
    shortest = np.repeat([levels[name].shortest for name in TRACES], [len(part.score) for part in parts])
    long = np.linalg.norm(np.diff(corners[:, :3], axis=1), axis=2).max(axis=1, initial=0) >= shortest
    if not long.any():
        return drawn
    corners = corners[long] * DOT
    kind = np.repeat(np.arange(len(parts)) + len(FAMILIES), [len(part.score) for part in parts])[long]
    dots = np.concatenate([part.samples for part in parts])[long]  # (lines, samples, 2): x, y
    cells = np.minimum(dots * DOT // CELL, np.array(maps.features.shape[:0:-1]) - 1)
    x, y = cells.reshape(-1, 2).T
    scores, _ = reader.read(np.ascontiguousarray(maps.features[:, y, x].T), np.repeat(kind, SAMPLES))
    scores = scores.reshape(len(kind), SAMPLES, -1).mean(axis=1)
    score = np.concatenate([part.score for part in parts])[long] * confidence(scores)
    box = np.concatenate([part.box for part in parts])[long] * DOT
    found = Found(scores.argmax(axis=1), score, box, corners)
    return at_staffs(found, kind == trace_kind("barlines"), traces["staffs"]).and_those_of(drawn)


def _splits(image: NDArray[np.uint8], boxes: NDArray[np.float64]) -> dict[str, Split]:
    """By trace, how several symbols in one connected part are told apart; `boxes` of numbers of tuplets."""
    return {
        WEDGES: partial(wedges, image=image),
        _BRACKETS: partial(parted, middles=middles_of(boxes)),
        **{name: partial(arcs, hangs=name in BELOW.values()) for name in CURVES},
    }


def _mends(image: NDArray[np.uint8]) -> dict[str, Mend]:
    """By trace, how symbols that are seen in parts are made whole."""

    def whole(arcs: Sequence[NDArray[np.int32]], *, hangs: bool) -> list[NDArray[np.int32]]:
        return all_followed(joined_halves(arcs, image, hangs=hangs), image)

    return {name: partial(whole, hangs=name in BELOW.values()) for name in CURVES}
