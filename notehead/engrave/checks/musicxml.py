"""MusicXML (partwise): parts that the part list announces, measures in them, and values that can be meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notehead.engrave.checks.musicxml_values import LONGEST, check_values
from notehead.engrave.checks.place import refuse
from notehead.engrave.checks.values import REMEDY, Fault, Whole, quoted
from notehead.errors import ScoreFormatError, ScoreLimitError

if TYPE_CHECKING:
    from lxml import etree

    from notehead.engrave.checks.limits import ScoreLimits

_ID = re.compile(r"[\w.:-]{1,100}")
"""The engraver puts ids into a query language of its own, in a buffer of fixed size."""

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
    check_values(root, file)
    _check_groups(root, file)
    for part in root.iterchildren("part"):
        _check_part(part, file, limits)


def _check_namespaces(root: etree._Element, file: str) -> None:
    """MusicXML has no namespace; the engraver, who knows none, would take a foreign element for its own."""
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


def _check_groups(root: etree._Element, file: str) -> None:
    """No more groups of parts are closed than are open: the engraver keeps them on a stack."""
    opened = 0
    for group in root.iterfind("part-list/part-group"):
        opened += 1 if group.get("type") == "start" else -1
        if opened < 0:
            refuse(file, Fault(ScoreFormatError, "it closes a group that nothing opens"), group)


def _check_part(part: etree._Element, file: str, limits: ScoreLimits) -> None:
    """Numbers that depend on others of their part: durations on `divisions`, staffs on `staves`."""
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
