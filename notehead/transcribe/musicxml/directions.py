"""Directions: dynamics, hairpins, pedals, octave lines, segno, coda, words."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from notehead.transcribe.musicxml.element import add
from notehead.transcribe.musicxml.names import DYNAMICS
from notehead.transcribe.musicxml.ottavas import octaves_of
from notehead.transcribe.musicxml.plan import Place, Plan
from notehead.transcribe.score import Direction

_LASTING = frozenset({"crescendo", "diminuendo", "pedal", "ottava"})
_SIZES = {1: "8", 2: "15", 3: "22"}


def write_direction(parent: etree._Element, plan: Plan, place: Place, at: Fraction) -> None:
    """A direction, where the file stands at a time of its measure.

    An octave line or a hairpin of which one end is missing is left out: it would never end.
    """
    direction = plan.measures[place[0]].directions[place[1]]
    kind = etree.Element("direction-type")
    number = plan.lasting.get(place)
    if direction.kind in _LASTING:
        if number is None or direction.role not in {"start", "stop"}:
            return
        _lasting(kind, direction, str(number))
    else:
        _momentary(kind, direction)
    element = add(parent, "direction", placement="above" if direction.above else "below")
    element.append(kind)
    offset = plan.ticks(max(direction.onset, Fraction(0))) - plan.ticks(at)
    if offset:
        add(element, "offset", offset)
    if plan.staves > 1:
        add(element, "staff", min(max(direction.staff, 0), plan.staves - 1) + 1)


def _lasting(kind: etree._Element, direction: Direction, number: str) -> None:
    start = direction.role == "start"
    if direction.kind == "pedal":
        add(kind, "pedal", type=direction.role, number=number, sign="yes")
    elif direction.kind == "ottava":
        octaves = octaves_of(direction.text)
        way = ("down" if octaves > 0 else "up") if start else "stop"
        add(kind, "octave-shift", type=way, number=number, size=_SIZES[abs(octaves)])
    else:
        add(kind, "wedge", type=direction.kind if start else "stop", number=number)


def _momentary(kind: etree._Element, direction: Direction) -> None:
    if direction.kind == "dynamic":
        dynamics = add(kind, "dynamics")
        if direction.text in DYNAMICS:
            add(dynamics, direction.text)
        else:
            add(dynamics, "other-dynamics", direction.text)
    elif direction.kind in {"segno", "coda"}:
        add(kind, direction.kind)
    elif direction.kind == "words":
        add(kind, "words", direction.text)
    else:
        add(kind, "other-direction", f"{direction.kind} {direction.text}".strip())
