"""Drawables that are one symbol: the lines of a beam; and tremolos, named by their strokes."""

from __future__ import annotations

import numpy as np

from notehead.engrave.musescore.marks import Mark, make_mark

LEVELS = 1.3
"""Lines of one beam lie within so many staff spaces of each other."""
LONG_TREMOLO = 1.7
"""A tremolo between two notes is longer than this many staff spaces."""


def join_beams(marks: list[Mark], space: float) -> list[Mark]:
    """The marks with the lines of each beam joined to one."""
    beams = [i for i, mark in enumerate(marks) if mark.name == "beam"]
    leader = {i: i for i in beams}
    for place, i in enumerate(beams):
        for j in beams[place + 1 : place + 40]:
            if _same_beam(marks[i], marks[j], space):
                old, new = leader[j], leader[i]
                leader = {k: new if v == old else v for k, v in leader.items()} if old != new else leader
    members: dict[int, list[int]] = {}
    for i in beams:
        members.setdefault(leader[i], []).append(i)
    joined: dict[int, Mark] = {}
    for group in members.values():
        joined[group[0]] = make_mark("beam", [piece for i in group for piece in marks[i].drawn])
    return [joined.get(i, mark) for i, mark in enumerate(marks) if i not in leader or i in joined]


def _same_beam(first: Mark, second: Mark, space: float) -> bool:
    """Whether two lines overlap from left to right, and are no farther apart than two levels."""
    left, right = max(first.box[0], second.box[0]), min(first.box[2], second.box[2])
    if right < left - 0.5:
        return False
    middle = (left + right) / 2
    return abs(height_at(first, middle) - height_at(second, middle)) < LEVELS * space


def height_at(mark: Mark, x: float) -> float:
    """Height (y) of the middle of a beam's first line at x."""
    corners = mark.drawn[0].every_point()
    ends = corners[np.argsort(corners[:, 0], kind="stable")]
    (x0, y0), (x1, y1) = ends[:2].mean(axis=0), ends[-2:].mean(axis=0)
    return float(y0 if x1 == x0 else y0 + (x - x0) * (y1 - y0) / (x1 - x0))


def name_tremolos(marks: list[Mark], space: float) -> None:
    """Give tremolos their class: long ones stand between two notes, others have their number of strokes."""
    for mark in marks:
        if mark.name == "tremolo":
            strokes = sum(len(piece.contours) for piece in mark.drawn)
            long = mark.box[2] - mark.box[0] > LONG_TREMOLO * space
            mark.name = "tremoloTwoNote" if long else f"tremolo{min(max(strokes, 1), 5)}"
        elif mark.name == "hairpin":
            mark.name = "dynamicCrescendoHairpin"
