"""Scores to MusicXML: parts, measures, and the time that runs in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from lxml import etree

from notehead.transcribe.musicxml.attributes import Said, write_attributes
from notehead.transcribe.musicxml.barlines import write_left, write_right, write_within
from notehead.transcribe.musicxml.element import add
from notehead.transcribe.musicxml.plan import Plan
from notehead.transcribe.musicxml.staff_writer import StaffWriter, Stand, move
from notehead.transcribe.score import Measure, Part, Score
from notehead.version import __version__

_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
_SAID = ("accidental", "beam", "stem")
"""What readers of the file should not make up where it says nothing: flags stay flags."""
_DRUMS = 10
"""The MIDI channel that has no pitches."""
_NOTHING = Measure(Fraction(4), None, (), ())


def to_musicxml(score: Score) -> bytes:
    """The score as an uncompressed MusicXML 4.0 file, UTF-8.

    Any score gives a valid file: voices that overlap are divided, times before a measure begin with it, and a
    part that has fewer measures than others gets empty ones.

    Args:
        score: of one part at least; one without any has an empty one.
    """
    root = etree.Element("score-partwise", version="4.0")
    encoding = add(add(root, "identification"), "encoding")
    add(encoding, "software", f"notehead {__version__}")
    for element in _SAID:
        add(encoding, "supports", element=element, type="yes")
    parts = _even(score.parts)
    listed = add(root, "part-list")
    for number in range(1, len(parts) + 1):
        _list_part(listed, number, f"Part {number}" if len(parts) > 1 else "Music")
    for number, part in enumerate(parts, 1):
        _PartWriter(add(root, "part", id=f"P{number}"), Plan.of(part), Said(max(part.staves, 1))).write()
    data: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, doctype=_DOCTYPE, pretty_print=True
    )
    return data


def _even(parts: tuple[Part, ...]) -> list[Part]:
    """One part at least, and all of one number of measures, one at least."""
    parts = parts or (Part(1, ()),)
    longest = max(parts, key=lambda part: len(part.measures)).measures or (_NOTHING,)
    return [
        replace(
            part,
            measures=part.measures
            + tuple(
                Measure(full.length, full.meter, (), (), page=full.page, system=full.system)
                for full in longest[len(part.measures) :]
            ),
        )
        for part in parts
    ]


def _list_part(listed: etree._Element, number: int, name: str) -> None:
    entry = add(listed, "score-part", id=f"P{number}")
    add(entry, "part-name", name)
    instrument = f"P{number}-I1"
    add(add(entry, "score-instrument", id=instrument), "instrument-name", name)
    midi = add(entry, "midi-instrument", id=instrument)
    channels = [channel for channel in range(1, 17) if channel != _DRUMS]
    add(midi, "midi-channel", channels[(number - 1) % len(channels)])
    add(midi, "midi-program", 1)


@dataclass(slots=True)
class _PartWriter:
    """Writes a part.

    Attributes:
        element: the part's.
        plan: of the part.
        said: clefs, keys and meter so far.
        volta: numbers of the ending that is open, "" for none.
        tremolos: voices in which a tremolo between two chords has begun.
    """

    element: etree._Element
    plan: Plan
    said: Said
    volta: str = ""
    tremolos: set[int] = field(default_factory=set)

    def write(self) -> None:
        """All measures."""
        pickup = self._pickup()
        for at in range(len(self.plan.measures)):
            number = at if pickup else at + 1
            attributes = {"implicit": "yes"} if pickup and at == 0 else {}
            self._measure(add(self.element, "measure", number=str(number), **attributes), at)

    def _pickup(self) -> bool:
        """Whether the first measure is shorter than its meter."""
        first = self.plan.measures[0]
        return first.meter is not None and first.length < first.meter.length

    def _measure(self, element: etree._Element, at: int) -> None:
        measures = self.plan.measures
        measure, before = measures[at], measures[at - 1] if at else None
        if before is not None and before.page != measure.page:
            add(element, "print", new_page="yes")
        elif before is not None and before.system != measure.system:
            add(element, "print", new_system="yes")
        write_left(element, measure, before)
        write_attributes(element, measure, self.said, self.plan.divisions if at == 0 else None)
        now = Fraction(0)
        for staff in range(self.plan.staves):
            stand = Stand(element, self.plan, self.said, self.tremolos)
            now = StaffWriter(stand, at, staff).write(now)
        for onset, name in measure.within:
            move(element, self.plan, now, max(onset, Fraction(0)))
            now = max(onset, Fraction(0))
            write_within(element, name)
        move(element, self.plan, now, max(now, measure.length))
        self.volta = measure.volta or self.volta
        write_right(element, measure, self.volta if self._volta_ends(at) else "")
        if self._volta_ends(at):
            self.volta = ""

    def _volta_ends(self, at: int) -> bool:
        """Whether the ending that is open ends with a measure: said, at the next one, or with the part."""
        measures = self.plan.measures
        last = at + 1 == len(measures) or bool(measures[at + 1].volta)
        return bool(self.volta) and (bool(measures[at].volta_stop) or last)
