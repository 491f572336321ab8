"""`Idea` and `FrameIdea`: small pieces of notation, each there for one class of symbol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from notehead.compose.bar import Bar


@dataclass(frozen=True, slots=True)
class Idea:
    """Some notes on one staff that show a class.

    Attributes:
        write: adds them to a bar.
        length: what it takes at most, in whole notes.
        pitched: needs a staff with pitches: for clefs.
        weight: how often it is dealt against others; more than once where it shows its class only once.
    """

    write: Callable[[Bar], None]
    length: Fraction = Fraction(1, 2)
    pitched: bool = False
    weight: int = 1


@dataclass(slots=True)
class Frame:
    """What all staves of a measure share.

    Attributes:
        rng: where everything random comes from.
        meter: (count, unit, symbol) in force.
        key: the key signature in force.
        attributes: of the measure: its barlines.
        before: what stands before the measure: changes of meter and key.
        ending: number of the ending that it is, or empty.
        whole: what fills each staff of it instead of notes.
        controls: signs of the whole measure.
    """

    rng: np.random.Generator
    meter: tuple[str, int, str] = ("4", 4, "")
    key: str = "0"
    attributes: str = ""
    before: str = ""
    ending: str = ""
    whole: str = ""
    controls: list[str] = field(default_factory=list)

    def set_meter(self, count: str, unit: int, symbol: str = "", length_as: str = "") -> None:
        """Another time signature from here on; `length_as` is the number of units, if `count` is no sum."""
        if (count, unit, symbol) == self.shown:
            return
        sign = f' sym="{symbol}"' if symbol else ""
        self.before += f'<scoreDef><meterSig count="{count}" unit="{unit}"{sign}/></scoreDef>'
        self.meter, self.shown = (length_as or count, unit, symbol), (count, unit, symbol)

    shown: tuple[str, int, str] = ("4", 4, "")

    @property
    def length(self) -> Fraction:
        """Of the measure, in whole notes."""
        count, unit, _ = self.meter
        return Fraction(sum(map(int, count.split("+"))), unit)


FrameIdea = Callable[[Frame], None]
"""Changes what all staves of one measure share, so that it shows a class."""
