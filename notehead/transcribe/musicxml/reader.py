"""MusicXML to scores: what `Score` holds of a file; the rest is passed over."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from lxml import etree

from notehead.engrave.score import score_from_bytes
from notehead.errors import ScoreFormatError
from notehead.transcribe.musicxml.numbering import numbered
from notehead.transcribe.musicxml.part_reader import PartReader
from notehead.transcribe.score import Measure, Part, Score


def from_musicxml(data: bytes, name: str) -> Score:
    """The music of a MusicXML file.

    What is not printed is left out, as are lyrics, chord symbols, layout and sound. Pitches are as they are
    drawn: octave lines are taken off, transposing instruments are left as written.

    Args:
        data: partwise MusicXML, packed (.mxl) or not.
        name: what errors call it.

    Raises:
        ScoreFormatError: it is no partwise MusicXML, or is damaged.
        ScoreLimitError: it asks for more than a score can mean.
    """
    checked = score_from_bytes(data, name)
    if checked.format != "musicxml":
        raise ScoreFormatError(name, f"it is {checked.format}, no MusicXML", "Export it as MusicXML.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, collect_ids=False)
    root = etree.fromstring(checked.text.encode(), parser)
    return Score(tuple(_part(element) for element in root.iterchildren("part")))


def _part(element: etree._Element) -> Part:
    reader = PartReader.of(element)
    return numbered(Part(reader.staves, _bounded(reader.measures())))


def _bounded(measures: list[Measure]) -> tuple[Measure, ...]:
    """Measures of which neighbours in a system agree on the barline between them."""
    for at, (left, right) in enumerate(pairwise(measures)):
        if (left.page, left.system) != (right.page, right.system):
            continue
        name = left.closing or right.opening
        if left.closing == "repeatRight" and right.opening == "repeatLeft":
            name = "repeatRightLeft"
        elif left.closing in {"", "barlineSingle"} and right.opening:
            name = right.opening
        name = name or "barlineSingle"
        measures[at], measures[at + 1] = replace(left, closing=name), replace(right, opening=name)
    return tuple(replace(measure, closing=measure.closing or "barlineSingle") for measure in measures)
