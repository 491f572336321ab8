"""Clefs, keys and time signatures: where they differ from what was said before."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from notehead.transcribe.clefs import Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter
from notehead.transcribe.musicxml.element import add
from notehead.transcribe.score import Measure


@dataclass(slots=True)
class Said:
    """What the measures before have said: clef and key of each staff, and the meter."""

    staves: int
    clefs: dict[int, Clef] = field(default_factory=dict)
    keys: dict[int, Key] = field(default_factory=dict)
    meter: Meter | None = None


def write_attributes(parent: etree._Element, measure: Measure, said: Said, divisions: int | None) -> None:
    """What a measure begins with, and the divisions of a quarter note in the first of all."""
    attributes = etree.Element("attributes")
    if divisions is not None:
        add(attributes, "divisions", divisions)
    signs = measure.signs[: said.staves]
    keys = {staff: sign.key for staff, sign in enumerate(signs)}
    if any(said.keys.get(staff) != key for staff, key in keys.items()):
        said.keys.update(keys)
        _keys(attributes, said)
    if measure.meter is not None and measure.meter != said.meter:
        said.meter = measure.meter
        _time(attributes, measure.meter)
    if divisions is not None and said.staves > 1:
        add(attributes, "staves", said.staves)
    for staff, sign in enumerate(signs):
        if said.clefs.get(staff) != sign.clef:
            _clef(attributes, staff, sign.clef, said)
    if len(attributes):
        parent.append(attributes)


def write_clef(parent: etree._Element, staff: int, clef: Clef, said: Said) -> None:
    """A clef in the middle of a measure."""
    _clef(add(parent, "attributes"), staff, clef, said)


def _keys(attributes: etree._Element, said: Said) -> None:
    """One key for all staves where they have the same, else one each."""
    keys = [said.keys.get(staff, Key()) for staff in range(said.staves)]
    if len(set(keys)) == 1:
        add(add(attributes, "key"), "fifths", keys[0].fifths)
        return
    for number, key in enumerate(keys, 1):
        add(add(attributes, "key", number=str(number)), "fifths", key.fifths)


def _time(attributes: etree._Element, meter: Meter) -> None:
    time = add(attributes, "time", **({"symbol": meter.symbol} if meter.symbol in {"common", "cut"} else {}))
    add(time, "beats", meter.beats)
    add(time, "beat-type", meter.unit)


def _clef(attributes: etree._Element, staff: int, clef: Clef, said: Said) -> None:
    said.clefs[staff] = clef
    element = add(attributes, "clef", **({"number": str(staff + 1)} if said.staves > 1 else {}))
    add(element, "sign", clef.sign)
    if clef.sign == "percussion":
        return
    add(element, "line", clef.line)
    if clef.octaves:
        add(element, "clef-octave-change", clef.octaves)
