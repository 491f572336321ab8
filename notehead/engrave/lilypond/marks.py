"""The symbols of a page while it is put together, and its staves."""

from __future__ import annotations

from dataclasses import dataclass, field

from notehead.engrave.lilypond.svg import Tags
from notehead.page import ABSENT


@dataclass(slots=True)
class Staff:
    """One staff of one system.

    Attributes:
        index: on the page, from 0 at the top.
        system: LilyPond's number of the system.
        number: of the staff in the score.
        lines: (x0, x1, y) of each line, from the top.
        width: of its lines.
    """

    system: int
    number: int
    lines: list[tuple[float, float, float]]
    width: float
    index: int = 0

    @property
    def top(self) -> float:
        """Where the highest line lies."""
        return self.lines[0][2]

    @property
    def bottom(self) -> float:
        """Where the lowest line lies."""
        return self.lines[-1][2]

    @property
    def middle(self) -> float:
        """Half-way between the outer lines."""
        return (self.top + self.bottom) / 2

    def space(self, fallback: float = 1.0) -> float:
        """Distance between lines; `fallback` for a staff of one line."""
        if len(self.lines) < 2:
            return fallback
        return (self.bottom - self.top) / (len(self.lines) - 1)


@dataclass(slots=True)
class Mark:
    """One symbol.

    Attributes:
        name: its class.
        tags: what LilyPond says of its grob.
        staff: the staff that it belongs to.
        x, y: where it is placed; of lines, the middle of the first one.
        reach: leftmost and rightmost x, as far as lines and words are concerned.
        text: its letters.
        position: half staff spaces above the middle line, of heads and clefs.
        system: index on the page.
        onset: in quarter notes.
        notes: marks of the heads and rests that it belongs to.
    """

    name: str
    tags: Tags
    staff: Staff | None = None
    x: float = 0.0
    y: float = 0.0
    reach: tuple[float, float] = (0.0, 0.0)
    text: str | None = None
    position: int = ABSENT
    system: int = ABSENT
    onset: float | None = None
    voice: int = ABSENT
    notes: list[int] = field(default_factory=list)
