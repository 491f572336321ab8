"""MusicXML (partwise): parts that the part list announces, and numbers that a score can mean.

The numbers are those that the engraver counts, divides or allocates by. What only sounds or only moves a
symbol by a hair is left alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notehead.engrave.checks.place import refuse
from notehead.engrave.checks.values import REMEDY, Each, Fault, Form, Number, Rule, Whole, quoted, words
from notehead.errors import ScoreFormatError, ScoreLimitError

if TYPE_CHECKING:
    from lxml import etree

    from notehead.engrave.checks.limits import ScoreLimits

LONGEST = 1_024
"""Quarter notes that one note, rest or jump in time may last: 32 times a maxima."""

_ID = re.compile(r"[\w.:-]{1,100}")
"""The engraver puts ids into a query language of its own, in a buffer of fixed size."""

_SMALL = Whole(1, 64)
_TEXTS: dict[str, Rule] = {
    "actual-notes": Whole(1, 1_000),
    "alter": Number(-4, 4),
    "beat-type": Each(Whole(1, 256), r"\+"),
    "beats": Each(Whole(1, 1_000), r"\+"),
    "chromatic": Number(-60, 60),
    "clef-octave-change": Whole(-4, 4),
    "degree-value": Whole(1, 100),
    "diatonic": Whole(-60, 60),
    "display-octave": Whole(0, 9),
    "divisions": Number(1, 1_000_000),
    "duration": Number(0, LONGEST * 1_000_000),
    "fifths": Whole(-14, 14),
    "key-alter": Number(-4, 4),
    "key-octave": Whole(0, 9),
    "line": Whole(-16, 16),
    "measure-repeat": Whole(1, 64),
    "multiple-rest": Whole(1, 2_000),
    "normal-notes": Whole(1, 1_000),
    "octave": Whole(0, 9),
    "octave-change": Whole(-8, 8),
    "offset": Number(-LONGEST * 1_000_000, LONGEST * 1_000_000),
    "per-minute": Form(re.compile(r"(?!.*[0-9][eE][+-]?[0-9]).*", re.DOTALL), "a tempo"),
    "staff": _SMALL,
    "staff-lines": Whole(0, 16),
    "staff-size": Number(1, 1_000),
    "staves": _SMALL,
    "string": _SMALL,
    "tremolo": Whole(0, 8),
    "tuning-octave": Whole(0, 9),
}
_NUMBERED = (
    "beam",
    "bracket",
    "dashes",
    "glissando",
    "octave-shift",
    "slide",
    "slur",
    "tuplet",
    "wavy-line",
    "wedge",
)
"""Elements whose `number` tells one of them from another that is open at the same time."""

_WORDS: tuple[tuple[str, str, str, Rule], ...] = (
    ("ending", "number", "1", Form(re.compile("[^'\"]{0,100}"), "the number of an ending")),
    ("part-group", "type", "", words("start stop")),
    ("repeat", "times", "1", Whole(0, 100)),
)
"""Other attributes that the engraver relies on: element, attribute, what it means where it is missing."""

_OF_STAFF = ("clef", "key", "time", "transpose", "staff-details", "measure-style")
"""Elements whose `number` names a staff of the part."""


def check_musicxml(root: etree._Element, text: str, file: str, limits: ScoreLimits) -> None:
    """Raise where a partwise score cannot be meant as it stands; `text` is what `root` was read from.

    Raises:
        ScoreFormatError: parts and part list disagree, no measure, or a value is no number.
        ScoreLimitError: a number is out of the range of music.
    """
    if "xmlns" in text:
        _check_namespaces(root, file)
    _check_part_list(root, file)
    _check_texts(root, file)
    _check_numbers(root, file)
    _check_words(root, file)
    _check_groups(root, file)
    for part in root.iterchildren("part"):
        _check_part(part, file, limits)


def _check_namespaces(root: etree._Element, file: str) -> None:
    """MusicXML has no namespace; the engraver, which knows none, would take a foreign element for its own."""
    for element in root.iter("{*}*"):
        if str(element.tag).startswith("{"):
            refuse(file, Fault(ScoreFormatError, "it belongs to another XML language"), element)


def _check_part_list(root: etree._Element, file: str) -> None:
    parts = list(root.iterchildren("part"))
    listed = root.findall("part-list/score-part")
    if not listed or not parts:
        raise ScoreFormatError(file, "it holds no part", REMEDY)
    for group in (listed, parts):
        seen: set[str] = set()
        for element in group:
            name = element.get("id", "")
            if name and not _ID.fullmatch(name):
                refuse(file, Fault(ScoreFormatError, f"{quoted(name)} cannot be an id"), element, "id")
            if name in seen:
                refuse(file, Fault(ScoreFormatError, f"the id {quoted(name)} is used twice"), element, "id")
            seen.add(name)
    for part in parts:
        if part.find("measure") is None:
            refuse(file, Fault(ScoreFormatError, "it holds no measure"), part)


def _check_texts(root: etree._Element, file: str) -> None:
    good: set[tuple[str, str]] = set()
    for element in root.iter(*_TEXTS):
        found = element.tag, element.text or ""
        if found in good:
            continue
        if fault := _TEXTS[found[0]].fault(found[1]):
            refuse(file, fault, element)
        good.add(found)


def _check_numbers(root: etree._Element, file: str) -> None:
    good: set[str | None] = {None}
    for element in root.iter(*_NUMBERED):
        number = element.get("number")
        if number in good:
            continue
        if fault := _SMALL.fault(number or ""):
            refuse(file, fault, element, "number")
        good.add(number)


def _check_groups(root: etree._Element, file: str) -> None:
    """No more groups of parts are closed than are open: the engraver keeps them on a stack."""
    opened = 0
    for group in root.iterfind("part-list/part-group"):
        opened += 1 if group.get("type") == "start" else -1
        if opened < 0:
            refuse(file, Fault(ScoreFormatError, "it closes a group that nothing opens"), group)


def _check_words(root: etree._Element, file: str) -> None:
    for tag, name, default, rule in _WORDS:
        for element in root.iter(tag):
            if fault := rule.fault(element.get(name, default)):
                refuse(file, fault, element, name)


def _check_part(part: etree._Element, file: str, limits: ScoreLimits) -> None:
    """Numbers that depend on others of their part: durations on `divisions`, staffs on how many there may be."""
    longest = float(LONGEST)
    staff = Whole(1, limits.staves)
    own_staff = Whole(1, max((int(staves.text or 1) for staves in part.iter("staves")), default=1))
    for element in part.iter("duration", "offset", "divisions", "staff", "staves", *_OF_STAFF):
        tag, text = element.tag, element.text or ""
        fault = None
        if tag in ("duration", "offset"):
            if abs(float(text)) > longest:
                fault = Fault(ScoreLimitError, f"{quoted(text)} is more than {LONGEST:,} quarter notes")
        elif tag == "divisions":
            longest = LONGEST * float(text)
        elif tag in _OF_STAFF:
            if fault := own_staff.fault(element.get("number", "1")):
                refuse(file, fault, element, "number")
            fault = _time_fault(element) if tag == "time" else None
        else:
            fault = staff.fault(text)
        if fault:
            refuse(file, fault, element)


def _time_fault(time: etree._Element) -> Fault | None:
    """A time signature needs as many units as counts, or to say that it has none."""
    counts, units = len(time.findall("beats")), len(time.findall("beat-type"))
    if counts == units and (counts or time.find("senza-misura") is not None):
        return None
    return Fault(ScoreFormatError, f"it has {counts} <beats> and {units} <beat-type>")
