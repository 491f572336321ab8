"""Directions of a MusicXML file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lxml import etree

from notehead.transcribe.musicxml.sign_reader import staff_number
from notehead.transcribe.score import Direction

_OCTAVES = {"8": 1, "15": 2, "22": 3}
_PEDALS = {"start": ("start",), "sostenuto": ("start",), "stop": ("stop",), "change": ("stop", "start")}


class DirectionReader:
    """Reads the directions of a part, measure by measure, and tells which ends belong to which beginnings."""

    def __init__(self) -> None:
        self._found: list[Direction] = []
        self._open: dict[tuple[str, str], Direction] = {}
        self._count = 0

    def begin(self) -> None:
        """A new measure."""
        self._found = []

    def directions(self) -> tuple[Direction, ...]:
        """Those of the measure."""
        return tuple(sorted(self._found, key=lambda one: (one.onset, one.staff)))

    def read(self, element: etree._Element, onset: Fraction) -> None:
        """A direction, at an onset in its measure."""
        base = Direction(
            "", onset, staff_number(element) - 1, above=element.get("placement", "below") == "above"
        )
        for kind in element.iterfind("direction-type/*"):
            self._read(kind, base)

    def dynamics(self, element: etree._Element, onset: Fraction, staff: int) -> None:
        """Dynamics among the notations of a note."""
        above = element.get("placement", "below") == "above"
        self._read(element, Direction("", onset, staff, above=above))

    def _read(self, element: etree._Element, base: Direction) -> None:
        tag = str(element.tag)
        if element.get("print-object") == "no":
            return
        if tag == "dynamics":
            letters = (
                one.text or "" if one.tag == "other-dynamics" else str(one.tag)
                for one in element.iter("{*}*")
            )
            text = "".join(list(letters)[1:])
            self._found.append(replace(base, kind="dynamic", text=text))
        elif tag == "words":
            self._found.append(replace(base, kind="words", text=element.text or ""))
        elif tag in {"segno", "coda"}:
            self._found.append(replace(base, kind=tag))
        elif tag == "wedge":
            self._wedge(element, base)
        elif tag == "pedal":
            for role in _PEDALS.get(element.get("type", ""), ()):
                self._end(element, replace(base, kind="pedal", role=role))
        elif tag == "octave-shift":
            self._octaves(element, base)

    def _wedge(self, element: etree._Element, base: Direction) -> None:
        kind = element.get("type", "")
        if kind in {"crescendo", "diminuendo"}:
            self._end(element, replace(base, kind=kind, role="start"))
        elif kind == "stop":
            self._end(element, replace(base, kind="crescendo", role="stop"))

    def _octaves(self, element: etree._Element, base: Direction) -> None:
        kind = element.get("type", "")
        if kind in {"up", "down"}:
            octaves = _OCTAVES.get(element.get("size", "8"), 1) * (1 if kind == "down" else -1)
            self._end(element, replace(base, kind="ottava", role="start", text=str(octaves)))
        elif kind == "stop":
            self._end(element, replace(base, kind="ottava", role="stop"))

    def _end(self, element: etree._Element, direction: Direction) -> None:
        """One end of what lasts; the other end has the same number, kind and text."""
        key = str(element.tag), element.get("number", "1")
        if direction.role == "start" or key not in self._open:
            self._count += 1
            direction = replace(direction, number=self._count)
            if direction.role == "start":
                self._open[key] = direction
        else:
            start = self._open.pop(key)
            direction = replace(direction, number=start.number, kind=start.kind, text=start.text)
        self._found.append(direction)
