"""Clefs, keys and time signatures of a MusicXML file."""

from __future__ import annotations

from lxml import etree

from notehead.transcribe.clefs import TREBLE, Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter

_USUAL_LINES = {"G": 2, "F": 4, "C": 3}


def staff_number(element: etree._Element) -> int:
    """The number of the staff that an element is for, from 1."""
    return int(element.findtext("staff") or element.get("number") or 1)


def clef_from(element: etree._Element) -> Clef:
    """A clef; one of a kind that has no pitches here is read as a treble clef."""
    sign = (element.findtext("sign") or "").strip()
    if sign == "percussion":
        return Clef(sign, 0)
    if sign not in _USUAL_LINES:
        return TREBLE
    line = int(element.findtext("line") or _USUAL_LINES[sign])
    octaves = int(element.findtext("clef-octave-change") or 0)
    return Clef(sign, 2 * (min(max(line, 1), 5) - 3), octaves)


def key_from(element: etree._Element) -> Key:
    """A key; one of unusual accidentals has none."""
    return Key(min(max(int(element.findtext("fifths") or 0), -7), 7))


def meter_from(element: etree._Element) -> Meter | None:
    """A meter, the first where there are several, None for music without."""
    beats, unit = element.findtext("beats"), element.findtext("beat-type")
    if not beats or not unit or element.get("print-object") == "no":
        return None
    symbol = element.get("symbol", "")
    count = sum(int(part) for part in beats.split("+"))
    return Meter(count, int(unit.split("+")[0]), symbol if symbol in {"common", "cut"} else "")
