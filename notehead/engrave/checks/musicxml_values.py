"""The values of MusicXML that the engraver counts, divides or allocates by, and what they may be.

What only sounds, or only moves a symbol by a hair, is left alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notehead.engrave.checks.place import refuse
from notehead.engrave.checks.values import Each, Form, Number, Rule, Whole, words

if TYPE_CHECKING:
    from lxml import etree

LONGEST = 1_024
"""Quarter notes that one note, rest or jump in time may last: 32 times a maxima."""

_SMALL = Whole(1, 64)
_OCTAVE = Whole(0, 9)
_ALTER = Number(-4, 4)
_RATIO = Whole(1, 1_000)

_TEXTS: dict[str, Rule] = {
    "actual-notes": _RATIO,
    "alter": _ALTER,
    "beat-type": Each(Whole(1, 256), r"\+"),
    "beats": Each(_RATIO, r"\+"),
    "chromatic": Number(-60, 60),
    "clef-octave-change": Whole(-4, 4),
    "degree-value": Whole(1, 100),
    "diatonic": Whole(-60, 60),
    "display-octave": _OCTAVE,
    "divisions": Number(1, 1_000_000),
    "duration": Number(0, LONGEST * 1_000_000),
    "fifths": Whole(-14, 14),
    "key-alter": _ALTER,
    "key-octave": _OCTAVE,
    "line": Whole(-16, 16),
    "measure-repeat": _SMALL,
    "multiple-rest": Whole(1, 2_000),
    "normal-notes": _RATIO,
    "octave": _OCTAVE,
    "octave-change": Whole(-8, 8),
    "offset": Number(-LONGEST * 1_000_000, LONGEST * 1_000_000),
    "per-minute": Form(re.compile(r"(?!.*[0-9][eE][+-]?[0-9]).*", re.DOTALL), "a tempo"),
    "staff": _SMALL,
    "staff-lines": Whole(0, 16),
    "staff-size": Number(1, 1_000),
    "staves": _SMALL,
    "string": _SMALL,
    "tremolo": Whole(0, 8),
    "tuning-octave": _OCTAVE,
}
"""Elements whose text is checked."""

_SPANNERS = "beam bracket dashes glissando octave-shift slide slur tuplet wavy-line wedge"
_ATTRIBUTES: dict[str, tuple[str, str, Rule]] = {
    # The number tells a spanner from another that is open at the same time.
    **dict.fromkeys(_SPANNERS.split(), ("number", "1", _SMALL)),
    "ending": ("number", "1", Form(re.compile("[^'\"]{0,100}"), "the number of an ending")),
    "part-group": ("type", "", words("start stop")),
    "repeat": ("times", "1", Whole(0, 100)),
}
"""Elements of which one attribute is checked: its name, what it means where it is missing, its rule."""


def check_values(root: etree._Element, file: str) -> None:
    """Raise where a text or an attribute is no number, or none that music has.

    Raises:
        ScoreFormatError: a value is no number.
        ScoreLimitError: a number is out of range.
    """
    # A score repeats few values many times: each one is looked at once.
    good: set[tuple[str, str]] = set()
    for element in root.iter(*_TEXTS):
        found = element.tag, element.text or ""
        if found not in good:
            if fault := _TEXTS[found[0]].fault(found[1]):
                refuse(file, fault, element)
            good.add(found)
    for element in root.iter(*_ATTRIBUTES):
        name, default, rule = _ATTRIBUTES[element.tag]
        found = element.tag, element.get(name, default)
        if found not in good:
            if fault := rule.fault(found[1]):
                refuse(file, fault, element, name)
            good.add(found)
