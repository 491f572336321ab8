"""MusicXML with marks for the report: ids of measures, the scan's pages and systems, colours of notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias

from lxml import etree

from notehead.reading.doubts import Doubt, PlacedNote, measures_of
from notehead.transcribe import Score

UNSURE_COLOUR = "#c2185b"
_Key: TypeAlias = tuple[Fraction, int, str, int]
"""Onset, staff, step and octave of a note in its measure."""


def marked(musicxml: bytes, score: Score, doubts: Iterable[Doubt]) -> bytes:
    """The music with measure k of the first part under the id `mk`, and breaks where the pages have them."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    root = etree.fromstring(musicxml, parser)
    unsure = {doubt.measure: doubt.notes for doubt in doubts}
    places = [(row[0].page, row[0].system) for row in measures_of(score)]
    for number, part in enumerate(root.findall("part")):
        divisions = 1
        for k, measure in enumerate(part.findall("measure")):
            divisions = int(measure.findtext("attributes/divisions") or divisions)
            measure.set("id", f"m{k}" if not number else f"p{number}m{k}")
            _break(measure, places[max(k - 1, 0) : k + 1])
            _colour(measure, [one for one in unsure.get(k, ()) if one.part == number], divisions)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return data


def has_systems(score: Score) -> bool:
    """Whether the music says where systems begin."""
    return len({(row[0].page, row[0].system) for row in measures_of(score)}) > 1


def _break(measure: etree._Element, places: Sequence[tuple[int, int]]) -> None:
    for old in measure.findall("print"):
        measure.remove(old)
    if len(places) == 2 and places[0] != places[1]:
        kind = "new-page" if places[0][0] != places[1][0] else "new-system"
        measure.insert(0, etree.Element("print", {kind: "yes"}))


def _colour(measure: etree._Element, unsure: Iterable[PlacedNote], divisions: int) -> None:
    left = [_key(one) for one in unsure]
    if not left:
        return
    for element, key in _notes(measure, divisions):
        if key in left:
            left.remove(key)
            element.set("color", UNSURE_COLOUR)


def _key(one: PlacedNote) -> _Key:
    return one.chord.onset, one.staff, one.note.pitch.step, one.note.pitch.octave


def _notes(measure: etree._Element, divisions: int) -> Iterable[tuple[etree._Element, _Key]]:
    """The notes of a measure with their keys, by following its time."""
    at = onset = Fraction(0)
    for element in measure:
        length = Fraction(int(element.findtext("duration") or 0), divisions)
        if element.tag == "backup":
            at -= length
        elif element.tag == "forward":
            at += length
        elif element.tag == "note":
            if element.find("chord") is None:
                onset, at = at, at + length
            step, octave = element.findtext("pitch/step"), element.findtext("pitch/octave")
            if step and octave:
                yield element, (onset, int(element.findtext("staff") or 1) - 1, step, int(octave))
