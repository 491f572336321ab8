"""MuseScore's own file of a score -> its notes and rests in the order in which MuseScore draws them.

MuseScore says of a drawable only what kind it is. But it draws each kind track by track (a voice of a
staff), the last track first, each in the order of time. `match.py` brings the two lists together.
Times are exact: whole notes as fractions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

_LENGTHS = {
    "long": Fraction(4), "breve": Fraction(2), "whole": Fraction(1), "half": Fraction(1, 2),
    "quarter": Fraction(1, 4), "eighth": Fraction(1, 8), "16th": Fraction(1, 16), "32nd": Fraction(1, 32),
    "64th": Fraction(1, 64), "128th": Fraction(1, 128), "256th": Fraction(1, 256),
    "512th": Fraction(1, 512), "1024th": Fraction(1, 1024),
}  # fmt: skip
_GRACE = frozenset(
    {
        "acciaccatura", "appoggiatura", "grace4", "grace16", "grace32",
        "grace8after", "grace16after", "grace32after",
    }
)  # fmt: skip
_FIFTHS = (3, 0, 4, 1, 5, 2, 6)
"""Steps (0 for C) of F C G D A E B, the order of tonal pitch classes."""
_WORDS = (
    "text", "longName", "shortName", "trackName", "beginText", "continueText", "endText", "metaTag",
    "oddFooterC", "oddFooterL", "oddFooterR",
)  # fmt: skip
"""Elements with words for the reader."""
MOST_MEASURES = 20_000


@dataclass(frozen=True, slots=True)
class Head:
    """A note of a chord, as written.

    Attributes:
        step: 0 (C) to 6 (B).
        alter: semitones up.
        visible: whether it is drawn.
        accidental: whether an accidental stands before it.
    """

    step: int
    alter: int
    visible: bool = True
    accidental: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A chord or a rest.

    Attributes:
        measure: of the score, from 0.
        staff: that it is drawn on, from 0.
        voice: from 1.
        onset, duration: in whole notes; grace notes have no duration.
        heads: its notes, from the lowest; empty for a rest.
        grace: MuseScore's word for a grace note.
        visible: whether a rest is drawn.
        kind: MuseScore's word for the length that is written.
    """

    measure: int
    staff: int
    voice: int
    onset: Fraction
    duration: Fraction
    heads: tuple[Head, ...] = ()
    grace: str = ""
    visible: bool = True
    kind: str = ""


@dataclass(slots=True)
class Music:
    """A score: events by track (staff, voice) and measure, and where measures start.

    Voices that are shorter or longer than their measure have times all the same: where MuseScore puts them.
    """

    staves: int = 0
    events: dict[tuple[int, int], dict[int, list[Event]]] = field(default_factory=dict)
    starts: list[Fraction] = field(default_factory=list)
    lengths: list[Fraction] = field(default_factory=list)

    def track_events(self, measures: list[int]) -> Iterator[Event]:
        """All events of some measures, in drawing order."""
        for track in sorted(self.events, reverse=True):
            of_measure = self.events[track]
            for measure in measures:
                yield from of_measure.get(measure, ())


def read_music(data: bytes) -> Music:
    """The music of a score that MuseScore saved (`.mscx`)."""
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))
    music = Music()
    score = root.find("Score")
    if score is None:
        return music
    staves = score.findall("Staff")
    music.staves = len(staves)
    if staves:
        _find_measures(staves[0], music)
    for number, staff in enumerate(staves):
        _StaffReader(music, number).read(staff)
    return music


def written_words(data: bytes) -> set[str]:
    """All words of a saved score, whole texts and the parts that have a style of their own."""
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True, resolve_entities=False))
    found: set[str] = set()
    for node in root.iter(*_WORDS):
        found.add("".join(map(str, node.itertext())).strip())
        found.update(str(part).strip() for part in node.itertext())
    return found - {""}


def _find_measures(staff: etree._Element, music: Music) -> None:
    """Where measures start: of their own length, or of that of the time signature in force."""
    start, signature = Fraction(0), Fraction(1)
    for measure in staff.iterfind("Measure"):
        found = measure.find("voice/TimeSig")
        if found is not None:
            signature = _fraction(f"{_text(found, 'sigN', '4')}/{_text(found, 'sigD', '4')}")
        length = _fraction(measure.get("len") or "") or signature
        music.starts.append(start)
        music.lengths.append(length)
        start += length


class _StaffReader:
    """Reads the measures of one staff."""

    def __init__(self, music: Music, staff: int) -> None:
        self._music = music
        self._staff = staff

    def read(self, staff: etree._Element) -> None:
        for number, measure in enumerate(staff.iterfind("Measure")):
            if number >= min(len(self._music.starts), MOST_MEASURES):
                break
            for voice, content in enumerate(measure.iterfind("voice"), start=1):
                self._voice(content, number, voice)

    def _voice(self, content: etree._Element, measure: int, voice: int) -> None:
        music, now = self._music, Fraction(0)
        length = music.lengths[measure]
        ratios = [Fraction(1)]
        graces: list[Event] = []
        events: list[Event] = []
        for node in content:
            tag = node.tag
            if tag == "Tuplet":
                ratios.append(ratios[-1] * _ratio(node))
            elif tag == "endTuplet" and len(ratios) > 1:
                ratios.pop()
            elif tag == "location":
                now += _fraction(_text(node, "fractions"))
            elif tag in {"Chord", "Rest"}:
                start = music.starts[measure] + now
                event = self._event(node, measure, voice, start, _length(node, length) * ratios[-1])
                if event.grace:
                    graces.append(event)
                    continue
                now += event.duration
                events += [event, *graces]  # the order in which they are drawn
                graces = []
        if events:
            music.events.setdefault((self._staff, voice), {})[measure] = events

    def _event(
        self, node: etree._Element, measure: int, voice: int, start: Fraction, length: Fraction
    ) -> Event:
        grace = next((child.tag for child in node if child.tag in _GRACE), "")
        return Event(
            measure=measure,
            staff=self._staff + int(_text(node, "staffMove", "0") or _text(node, "move", "0")),
            voice=voice,
            onset=start,
            duration=Fraction(0) if grace else length,
            heads=tuple(_head(note) for note in node.iterfind("Note")),
            grace=grace,
            visible=_text(node, "visible", "1") != "0",
            kind=_text(node, "durationType"),
        )


def _text(node: etree._Element, name: str, default: str = "") -> str:
    return (node.findtext(name) or default).strip()


def _fraction(text: str) -> Fraction:
    """A fraction as MuseScore writes it; 0 for none."""
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _ratio(tuplet: etree._Element) -> Fraction:
    return _fraction(f"{_text(tuplet, 'normalNotes', '1')}/{_text(tuplet, 'actualNotes', '1')}") or Fraction(
        1
    )


def _length(node: etree._Element, measure: Fraction) -> Fraction:
    kind = _text(node, "durationType")
    written = _fraction(_text(node, "duration"))
    if written:
        return written
    if kind == "measure":
        return measure
    length, dots = _LENGTHS.get(kind, Fraction(0)), int(_text(node, "dots", "0"))
    return length * (2 - Fraction(1, 2**dots)) if 0 <= dots < 8 else length


def _head(note: etree._Element) -> Head:
    tonal = int(_text(note, "tpc2") or _text(note, "tpc", "14"))
    alter, step = divmod(tonal - 13, 7)
    return Head(
        step=_FIFTHS[step],
        alter=alter,
        visible=_text(note, "visible", "1") != "0",
        accidental=note.find("Accidental") is not None,
    )
