"""One layer of one staff of one measure of an MEI document: its elements one after the other, in time."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from notehead.engrave.verovio.events import TICKS, Event, Music
from notehead.engrave.verovio.meters import Meters

_QUARTERS = {
    "maxima": 32, "long": 16, "longa": 16, "breve": 8, "brevis": 8, "semibrevis": 4, "minima": 2,
    "semiminima": 1, "1": 4, "2": 2, "4": 1,
}  # fmt: skip
_WHOLE: dict[str, int] = {name: TICKS * quarters for name, quarters in _QUARTERS.items()} | {
    "fusa": TICKS // 2,
    "semifusa": TICKS // 4,
    **{str(2**power): TICKS * 4 // 2**power for power in range(3, 12)},
}
_STRADDLE = "straddle"
"""Verovio's word for what a Humdrum file holds on over a barline that is not drawn."""
_ALTER = {
    "s": 1, "f": -1, "n": 0, "ss": 2, "x": 2, "ff": -2, "xs": 3, "sx": 3, "ts": 3, "tf": -3, "ns": 1,
    "nf": -1, "su": 1, "sd": 1, "fu": -1, "fd": -1, "nu": 0, "nd": 0,
}  # fmt: skip
_STEP = {name: step for step, name in enumerate("cdefgab")}
_FIRST_CHILD_ONLY = frozenset({"app", "choice", "subst"})
_TIMELESS = frozenset(
    {"clef", "keySig", "meterSig", "meterSigGrp", "barLine", "custos", "dot", "accid", "artic", "label"}
)
_NOT_MUSIC = frozenset({"verse", "syl", "stem", "annot", "ornam"})
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
MEI = "{http://www.music-encoding.org/ns/mei}"


@dataclass(slots=True)
class Layer:
    """Walks one layer of one staff of one measure.

    Attributes:
        music: that grows.
        meters: in force, changed by signatures on the way.
        told: by staff what MusicXML told of a note and what it lasts, as `_told` compares them.
        measure, staff, voice: numbers.
        now: the time reached.
        waiting: the events that last as long as so many measures do.
        lead: ticks at the beginning that a note of the measure before takes; None until something was read.
        tuplets: those around, in the time of how many, how many.
    """

    music: Music
    meters: Meters
    told: dict[int, tuple[int, int]]
    measure: int
    staff: int
    voice: int
    now: int
    waiting: list[tuple[Event, int]] = field(default_factory=list)
    lead: int | None = None
    tuplets: list[tuple[int, int]] = field(default_factory=list)

    def container(self, element: etree._Element, num: int, den: int, inside: tuple[str, ...]) -> None:
        """The children one after the other; durations are multiplied by num / den."""
        for child in element:
            tag = tag_of(child)
            if tag:
                self.element(child, tag, num, den, inside)
                if tag_of(element) in _FIRST_CHILD_ONLY:
                    return

    def element(self, element: etree._Element, tag: str, num: int, den: int, inside: tuple[str, ...]) -> None:
        """One element, after which `now` is its end; what is no music of its own is left out."""
        if tag in {"note", "rest", "chord", "space", "tabGrp"}:
            self._timed(element, tag, num, den, inside)
        elif tag in {"mRest", "mSpace", "mRpt", "mRpt2", "multiRest", "multiRpt", "halfmRpt", "beatRpt"}:
            self._measure_long(element, tag)
        elif tag in _TIMELESS:
            self._add(element, Event(self.now, 0, self.measure, self.staff, self.voice))
            if tag == "meterSig":
                self.meters.change(self.staff, element.get("count"), element.get("unit"), element.get("sym"))
        elif tag not in _NOT_MUSIC:
            identity = element.get(XML_ID, "")
            if tag == "tuplet":
                self.tuplets.append((int(element.get("numbase") or 1), int(element.get("num") or 1)))
                num, den = num * self.tuplets[-1][0], den * self.tuplets[-1][1]
            elif tag == "fTrem":
                den *= 2
            start = self.now
            around = (
                (*inside, identity) if tag in {"beam", "tuplet", "fTrem", "bTrem", "graceGrp"} else inside
            )
            self.container(element, num, den, around)
            if tag == "tuplet":
                self.tuplets.pop()
            self._add(element, Event(start, self.now - start, self.measure, self.staff, self.voice))

    def _timed(self, element: etree._Element, tag: str, num: int, den: int, inside: tuple[str, ...]) -> None:
        grace = element.get("grace") or ""
        length = 0 if grace else _length(element) * num // den
        told = element.get("dur.ppq") or ""
        if length and told.isdigit():
            length = self._told(element, int(told), length)
        held, straddles = length, _STRADDLE in (element.get("type") or "").split()
        if length and straddles:
            held = _length(element, written=True) * num // den
        if self.lead is None and not grace:
            self.lead = length if tag == "space" and straddles else 0
        event = self._event(element, held, inside, grace)
        if tag == "note":
            _set_pitch(event, element)
        self._add(element, event)
        identity = element.get(XML_ID, "")
        if tag in {"chord", "tabGrp"}:
            notes = []
            for note in element.iter(MEI + "note", MEI + "tabDurSym"):
                inner = self._event(note, held, inside, grace)
                if note.get("staff") is None:
                    inner.staff = event.staff
                inner.parent = identity
                _set_pitch(inner, note)
                self._add(note, inner)
                notes.append(note.get(XML_ID, ""))
            self.music.chords[identity] = notes
        self.now += length

    def _told(self, element: etree._Element, told: int, length: int) -> int:
        """Ticks by what the MusicXML file told: nested tuplets multiply there or not, one cannot see which.

        `told` counts in a unit that the notes outside of nested tuplets give away.
        """
        if len(self.tuplets) < 2:
            self.told[self.staff] = (told, length)
            return length
        numbase, num = self.tuplets[-1]
        by_one = _length(element) * numbase // num
        unit, ticks = self.told.get(self.staff, (0, 0))
        return min((length, by_one), key=lambda choice: abs(choice * unit - told * ticks))

    def _event(self, element: etree._Element, length: int, inside: tuple[str, ...], grace: str) -> Event:
        staff = element.get("staff")
        written = int(staff) if staff and staff.isdigit() and int(staff) > 0 else self.staff
        return Event(self.now, length, self.measure, written, self.voice, inside=inside, grace=grace)

    def _measure_long(self, element: etree._Element, tag: str) -> None:
        event = Event(self.now, 0, self.measure, self.staff, self.voice)
        self._add(element, event)
        meter = self.meters.of(self.staff)
        if tag == "beatRpt":
            event.duration = 4 * TICKS // meter.unit
            self.now += event.duration
        elif tag == "halfmRpt":
            event.duration = meter.ticks // 2
            self.now += event.duration
        elif tag in {"multiRest", "multiRpt"}:
            self.waiting.append((event, int(element.get("num") or 1)))
        else:
            self.waiting.append((event, 1))

    def _add(self, element: etree._Element, event: Event) -> None:
        identity = element.get(XML_ID)
        if identity:
            self.music.events[identity] = event


def tag_of(element: etree._Element) -> str:
    """Name without namespace; empty for comments and processing instructions."""
    tag: object = element.tag
    return tag.removeprefix(MEI) if isinstance(tag, str) else ""


def _length(element: etree._Element, *, written: bool = False) -> int:
    """Ticks of a duration with its dots: what it takes of its measure, or what is written."""
    base = _WHOLE.get((not written and element.get("dur.ges")) or element.get("dur") or "")
    if base is None:  # a chord's notes may carry what the chord does not
        note = element.find(MEI + "note")
        base = _WHOLE.get((note.get("dur") if note is not None else None) or "4", TICKS)
        if note is not None and element.get("dots") is None:
            element = note
    dots = (not written and element.get("dots.ges")) or element.get("dots")
    total = base
    for _ in range(int(dots) if dots and dots.isdigit() else 0):
        base //= 2
        total += base
    return total


def _set_pitch(event: Event, element: etree._Element) -> None:
    step, octave = _STEP.get(element.get("pname") or ""), element.get("oct")
    if step is None or octave is None or not octave.lstrip("-").isdigit():
        return
    event.diatonic = 7 * int(octave) + step
    sign = element.get("accid.ges") or element.get("accid")
    if sign is None:
        accid = element.find(MEI + "accid")
        if accid is not None:
            sign = accid.get("accid.ges") or accid.get("accid")
    event.alter = _ALTER.get(sign or "n", 0)
