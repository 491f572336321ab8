"""All ideas: by class, one file per family of symbols. A new class is one more entry in one of the tables."""

from __future__ import annotations

from notehead.compose.idea import FrameIdea, Idea
from notehead.compose.ideas import (
    accidentals,
    articulations,
    dynamics,
    frames,
    grace,
    heads,
    lines,
    ornaments,
    rests,
    rhythm,
    words,
)

MUSIC_IDEAS: dict[str, Idea] = {
    name: idea
    for family in (heads, rhythm, rests, grace, accidentals, articulations, ornaments, dynamics, lines, words)
    for name, idea in family.IDEAS.items()
}
"""Ideas for a staff, by the class that each is there for."""

FRAME_IDEAS: dict[str, FrameIdea] = frames.IDEAS
"""Ideas for a whole measure, by class."""

SHOWN_ONCE: frozenset[str] = frames.SHOWN_ONCE
"""Ideas for a measure that are dealt twice, because one symbol of their class comes of them."""
