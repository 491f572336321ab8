"""What the music says: onset, duration, pitch, staff and voice of every element, read from MEI.

The engraver's own time map gives the same onsets (a test compares them on real scores), but costs a
quarter of a page's whole time; this walk costs 2 ms a page. Times are counted in ticks, so that
triplets of triplets stay exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from notehead.page import ABSENT

OSSIA = 1000
"""Added to the number of the staff that an ossia stands over, once more for each further ossia over it."""
TICKS = 4096 * math.lcm(*range(1, 65))
"""Ticks in a quarter note: 1024th notes with dots, and tuplets by any number up to 64, are whole."""

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
REVERSED = "barlineReverseFinal"
"""A measure of this MEI type ends in a heavy and a thin line, in this order; `right` must be `end`."""
_READ = ("scoreDef", "staffDef", "measure", "staffGrp")
_NOT_MUSIC = frozenset({"verse", "syl", "stem", "annot", "ornam"})
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_MEI = "{http://www.music-encoding.org/ns/mei}"


@dataclass(slots=True)
class Event:
    """One element of the score in time.

    Attributes:
        onset, duration: ticks from the start of the score.
        measure: index from 0.
        staff: number in the score, from 1 at the top; the staff that it is WRITTEN on.
        voice: layer number.
        diatonic: 7 * octave + step, `ABSENT` where it has no pitch.
        alter: semitones.
        parent: id of the chord that it belongs to.
        inside: ids of the beams and tuplets around it.
        grace: "" or MEI's `acc`, `unacc`, `unknown`.
    """

    onset: int
    duration: int
    measure: int
    staff: int = ABSENT
    voice: int = ABSENT
    diatonic: int = ABSENT
    alter: int = ABSENT
    parent: str = ""
    inside: tuple[str, ...] = ()
    grace: str = ""


@dataclass(slots=True)
class Control:
    """An element that is tied to times or to other elements: slur, hairpin, dynamics ..."""

    measure: int
    staff: int
    start: str
    end: str
    onset: int
    finish: int | None
    notes: tuple[str, ...]
    form: str


@dataclass(slots=True)
class Music:
    """A score's elements by xml:id, and its measures."""

    events: dict[str, Event] = field(default_factory=dict)
    controls: dict[str, Control] = field(default_factory=dict)
    staff_of: dict[str, int] = field(default_factory=dict)
    measure_of: dict[str, int] = field(default_factory=dict)
    measure_onset: list[int] = field(default_factory=list)
    measure_length: list[int] = field(default_factory=list)
    reversed_measures: set[str] = field(default_factory=set)
    chords: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def notes_of(self, element: str) -> list[str]:
        """Ids of the notes of a chord, or the id itself for a note or a rest."""
        return self.chords.get(element, [element])


def read_music(mei: str) -> Music:
    """The music of an MEI document as Verovio exports it; no more of its tree is kept than a measure."""
    # The text comes from the engraver, not from a user; still nothing is fetched. Verovio gives some
    # elements of Humdrum files the same xml:id, which only `recover` forgives.
    walk = etree.iterparse(
        BytesIO(mei.encode()), events=("start", "end"), tag=[_MEI + name for name in (*_READ, "ending")],
        resolve_entities=False, no_network=True, huge_tree=True, recover=True,
    )  # fmt: skip
    return _Reader().read(walk)


@dataclass(slots=True)
class _Meter:
    count: int = 4
    unit: int = 4

    @property
    def ticks(self) -> int:
        return self.count * 4 * TICKS // self.unit


class _Reader:
    """Walks a document once, measure by measure."""

    def __init__(self) -> None:
        self.music = Music()
        self.told: dict[int, tuple[int, int]] = {}
        self._meters: dict[int, _Meter] = {}
        self._pending: list[tuple[str, Control, str]] = []
        self._open: list[int] = []
        self._ended: list[tuple[str, int, int]] = []
        self._hidden = False

    def read(self, walk: Iterable[tuple[str, etree._Element]]) -> Music:
        """Read definitions and measures, each as soon as it is whole, and forget it."""
        depth = 0
        for event, element in walk:
            if element.tag == _MEI + "ending":
                self._ending(element, event)
            elif event == "start":
                depth += 1
            else:
                depth -= 1
                if not depth:
                    self._unit(element)
                    element.clear()
        self._close_endings()
        for moment, control, identity in self._pending:
            control.finish = self._moment(control.measure, moment)
            self.music.controls[identity] = control
        self._resolve_controls()
        return self.music

    def _unit(self, unit: etree._Element) -> None:
        """A definition or a measure, with the definitions inside."""
        for element in unit.iter(*(_MEI + name for name in _READ)):
            tag = element.tag[len(_MEI) :]
            if tag == "measure":
                self._measure(element)
            elif tag == "staffGrp":
                self._group(element)
            else:
                self._definition(element)

    def _ending(self, element: etree._Element, event: str) -> None:
        """An ending opens before its first measure, and ends after its last."""
        reached = len(self.music.measure_onset)
        if event == "start":
            self._open.append(len(self._ended))
            self._ended.append((element.get(_XML_ID, ""), reached, reached))
        else:
            place = self._open.pop()
            self._ended[place] = (*self._ended[place][:2], reached)

    def _close_endings(self) -> None:
        """First and second endings span their measures."""
        music = self.music
        for identity, first, after in self._ended:
            if after > first:
                onset = music.measure_onset[first]
                finish = music.measure_onset[after - 1] + music.measure_length[after - 1]
                control = Control(first, ABSENT, "", "", onset, finish, (), "")
                music.controls[identity] = control

    def _group(self, element: etree._Element) -> None:
        symbol = element.get("symbol") or ""
        for child in element:
            if child.tag == _MEI + "grpSym":
                symbol = child.get("symbol") or symbol
                self.music.groups[child.get(_XML_ID, "")] = symbol

    def meter(self, staff: int) -> _Meter:
        """The time signature in force on a staff; staves may differ (9/16 against 3/8)."""
        first = next(iter(self._meters.values()), _Meter())
        staff = (staff - 1) % OSSIA + 1
        return self._meters.get(staff) or self._meters.get(ABSENT) or first

    def _definition(self, element: etree._Element) -> None:
        number = element.get("n") if element.tag == _MEI + "staffDef" else None
        count, unit = element.get("meter.count"), element.get("meter.unit")
        symbol = element.get("meter.sym")
        signature = element.find(_MEI + "meterSig")
        if signature is not None:
            count, unit, symbol = signature.get("count"), signature.get("unit"), signature.get("sym")
        self.set_meter(int(number) if number and number.isdigit() else ABSENT, count, unit, symbol)

    def set_meter(self, staff: int, count: str | None, unit: str | None, symbol: str | None) -> None:
        """A time signature from here on, `ABSENT` for all staves."""
        meter = None
        if symbol in {"common", "cut"} and not count:
            meter = _Meter(4, 4)  # the engraver counts quarters in a cut C without numbers, too
        elif count and unit and unit.isdigit() and int(unit) > 0:
            beats = [int(part) for part in count.split("+") if part.strip().isdigit()]
            if sum(beats) > 0:
                meter = _Meter(sum(beats), int(unit))
        if meter is not None:
            if staff == ABSENT:
                self._meters.clear()
            self._meters[staff] = meter

    def _measure(self, element: etree._Element) -> None:
        music, index = self.music, len(self.music.measure_onset)
        onset = 0
        if index:
            onset = music.measure_onset[-1] + music.measure_length[-1]
        music.measure_onset.append(onset)
        music.measure_of[element.get(_XML_ID, "")] = index
        if REVERSED in element.get("type", "").split():
            music.reversed_measures.add(element.get(_XML_ID, ""))
        walks: list[_Layer] = []
        staves: set[int] = set()
        for child in _measure_children(element):
            tag = _tag(child)
            if tag in {"staff", "oStaff"}:
                number = int(child.get("n") or 1) + (OSSIA if tag == "oStaff" else 0)
                while number in staves and tag == "oStaff":
                    number += OSSIA
                walks += self._staff(child, number, index, onset)
                staves.add(number)
            elif tag in {"ending", "section"}:
                continue
            else:
                self._control(child, index)
        length = max((walk.now - onset for walk in walks), default=0) or max(
            (self.meter(staff).ticks for staff in staves), default=self.meter(ABSENT).ticks
        )
        late = 0 if self._hidden else _late(walks)
        if late and index:
            music.measure_length[-1] += late
            music.measure_onset[-1] += late
            length -= late
        waiting = [one for walk in walks for one in walk.waiting]
        for event, share in waiting:
            event.onset, event.duration = event.onset + late, length * share
        music.measure_length.append(max([length, *(e.duration for e, share in waiting if share > 1)]))
        self._hidden = element.get("right") == "invis"

    def _staff(self, element: etree._Element, number: int, index: int, onset: int) -> Iterator[_Layer]:
        """Read one staff; its voices."""
        self.music.staff_of[element.get(_XML_ID, "")] = number
        for layer in element:
            if layer.tag == _MEI + "layer":
                walk = _Layer(self, index, number, int(layer.get("n") or 1), onset)
                walk.container(layer, 1, 1, ())
                yield walk

    def _control(self, element: etree._Element, index: int) -> None:
        identity = element.get(_XML_ID)
        if not identity:
            return
        staff = (element.get("staff") or "").split()
        moment = element.get("tstamp")
        control = Control(
            measure=index,
            staff=int(staff[0]) if staff and staff[0].isdigit() else ABSENT,
            start=(element.get("startid") or "").removeprefix("#"),
            end=(element.get("endid") or "").removeprefix("#"),
            onset=self._moment(index, moment) if moment else ABSENT,
            finish=None,
            notes=tuple(name.removeprefix("#") for name in (element.get("plist") or "").split()),
            form=element.get("form") or element.get("func") or "",
        )
        finish = element.get("tstamp2")
        if finish:
            self._pending.append((finish, control, identity))
        else:
            self.music.controls[identity] = control
        for nested in element.iter(_MEI + "fb", _MEI + "f"):  # figured bass
            self.music.controls[nested.get(_XML_ID, "")] = control

    def _moment(self, index: int, moment: str) -> int:
        """Ticks of a time stamp, `[measures m +] beat`, seen from a measure."""
        ahead, _, beat = moment.rpartition("m")
        beat = beat.strip().lstrip("+").strip()
        target = min(
            index + (int(ahead) if ahead.strip().isdigit() else 0), len(self.music.measure_onset) - 1
        )
        try:
            beats = max(float(beat) - 1, 0.0)
        except ValueError:
            beats = 0.0
        above, below = beats.as_integer_ratio()
        return self.music.measure_onset[target] + above * 4 * TICKS // (below * self.meter(ABSENT).unit)

    def _resolve_controls(self) -> None:
        """Onsets of controls from the elements that they name."""
        events = self.music.events
        for control in self.music.controls.values():
            start = events.get(control.start) or next((events[n] for n in control.notes if n in events), None)
            if start is not None:
                control.onset = start.onset
                if control.staff == ABSENT:
                    control.staff = start.staff
            elif control.onset == ABSENT:
                control.onset = self.music.measure_onset[control.measure]
            end = events.get(control.end)
            if end is not None:
                control.finish = end.onset


@dataclass(slots=True)
class _Layer:
    """Walks one layer of one staff of one measure.

    Attributes:
        reader: whose music it is.
        measure, staff, voice: numbers.
        now: the time reached.
        waiting: the events that last as long as so many measures do.
        lead: ticks at the beginning that a note of the measure before takes; None until something was read.
        tuplets: those around, in the time of how many, how many.
    """

    reader: _Reader
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
            tag = _tag(child)
            if tag:
                self.element(child, tag, num, den, inside)
                if _tag(element) in _FIRST_CHILD_ONLY:
                    return

    def element(self, element: etree._Element, tag: str, num: int, den: int, inside: tuple[str, ...]) -> None:
        if tag in {"note", "rest", "chord", "space", "tabGrp"}:
            self._timed(element, tag, num, den, inside)
        elif tag in {"mRest", "mSpace", "mRpt", "mRpt2", "multiRest", "multiRpt", "halfmRpt", "beatRpt"}:
            self._measure_long(element, tag)
        elif tag in _TIMELESS:
            self._add(element, Event(self.now, 0, self.measure, self.staff, self.voice))
            if tag == "meterSig":
                self.reader.set_meter(
                    self.staff, element.get("count"), element.get("unit"), element.get("sym")
                )
        elif tag not in _NOT_MUSIC:
            identity = element.get(_XML_ID, "")
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
        identity = element.get(_XML_ID, "")
        if tag in {"chord", "tabGrp"}:
            notes = []
            for note in element.iter(_MEI + "note", _MEI + "tabDurSym"):
                inner = self._event(note, held, inside, grace)
                if note.get("staff") is None:
                    inner.staff = event.staff
                inner.parent = identity
                _set_pitch(inner, note)
                self._add(note, inner)
                notes.append(note.get(_XML_ID, ""))
            self.reader.music.chords[identity] = notes
        self.now += length

    def _told(self, element: etree._Element, told: int, length: int) -> int:
        """Ticks by what the MusicXML file told: nested tuplets multiply there or not, one cannot see which.

        `told` counts in a unit that the notes outside of nested tuplets give away.
        """
        if len(self.tuplets) < 2:
            self.reader.told[self.staff] = (told, length)
            return length
        numbase, num = self.tuplets[-1]
        by_one = _length(element) * numbase // num
        unit, ticks = self.reader.told.get(self.staff, (0, 0))
        return min((length, by_one), key=lambda choice: abs(choice * unit - told * ticks))

    def _event(self, element: etree._Element, length: int, inside: tuple[str, ...], grace: str) -> Event:
        staff = element.get("staff")
        written = int(staff) if staff and staff.isdigit() and int(staff) > 0 else self.staff
        return Event(self.now, length, self.measure, written, self.voice, inside=inside, grace=grace)

    def _measure_long(self, element: etree._Element, tag: str) -> None:
        event = Event(self.now, 0, self.measure, self.staff, self.voice)
        self._add(element, event)
        meter = self.reader.meter(self.staff)
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
        identity = element.get(_XML_ID)
        if identity:
            self.reader.music.events[identity] = event


def _late(walks: Iterable[_Layer]) -> int:
    """By how much too early a measure begins: in all its voices with notes of the one before.

    Nothing is held on over a barline that is drawn, without a tie; Verovio counts a few Humdrum files wrong.
    """
    leads = {walk.lead for walk in walks if walk.lead is not None}
    return (leads.pop() or 0) if len(leads) == 1 else 0


def _measure_children(measure: etree._Element) -> Iterator[etree._Element]:
    """Elements directly in a measure, and the staves of its ossias, of which some are drawn small."""
    for child in measure:
        if _tag(child) == "ossia":
            yield from (staff for staff in child if _tag(staff) in {"staff", "oStaff"})
        elif _tag(child):
            yield child


def _tag(element: etree._Element) -> str:
    """Name without namespace; empty for comments and processing instructions."""
    tag: object = element.tag
    return tag.removeprefix(_MEI) if isinstance(tag, str) else ""


def _length(element: etree._Element, *, written: bool = False) -> int:
    """Ticks of a duration with its dots: what it takes of its measure, or what is written."""
    base = _WHOLE.get((not written and element.get("dur.ges")) or element.get("dur") or "")
    if base is None:  # a chord's notes may carry what the chord does not
        note = element.find(_MEI + "note")
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
        accid = element.find(_MEI + "accid")
        if accid is not None:
            sign = accid.get("accid.ges") or accid.get("accid")
    event.alter = _ALTER.get(sign or "n", 0)
