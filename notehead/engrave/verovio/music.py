"""What the music says: onset, duration, pitch, staff and voice of every element, read from MEI.

The engraver's own time map gives the same onsets (a test compares them on real scores), but costs a
quarter of a page's whole time; this walk costs 2 ms a page. Times are counted in ticks, so that
triplets of triplets stay exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from lxml import etree

from notehead.engrave.verovio.events import OSSIA, TICKS, Control, Music
from notehead.engrave.verovio.layers import MEI, XML_ID, Layer, tag_of
from notehead.engrave.verovio.meters import Meters
from notehead.page import ABSENT

REVERSED = "barlineReverseFinal"
"""A measure of this MEI type ends in a heavy and a thin line, in this order; `right` must be `end`."""
_READ = ("scoreDef", "staffDef", "measure", "staffGrp")


def read_music(mei: str) -> Music:
    """The music of an MEI document as Verovio exports it; no more of its tree is kept than a measure."""
    # The text comes from the engraver, not from a user; still nothing is fetched. Verovio gives some
    # elements of Humdrum files the same xml:id, which only `recover` forgives.
    walk = etree.iterparse(
        BytesIO(mei.encode()), events=("start", "end"), tag=[MEI + name for name in (*_READ, "ending")],
        resolve_entities=False, no_network=True, huge_tree=True, recover=True,
    )  # fmt: skip
    return _Reader().read(walk)


class _Reader:
    """Walks a document once, measure by measure."""

    def __init__(self) -> None:
        self.music = Music()
        self._meters = Meters()
        self._told: dict[int, tuple[int, int]] = {}
        self._pending: list[tuple[str, Control, str]] = []
        self._open: list[int] = []
        self._ended: list[tuple[str, int, int]] = []
        self._hidden = False

    def read(self, walk: Iterable[tuple[str, etree._Element]]) -> Music:
        """Read definitions and measures, each as soon as it is whole, and forget it."""
        depth = 0
        for event, element in walk:
            if element.tag == MEI + "ending":
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
        for element in unit.iter(*(MEI + name for name in _READ)):
            tag = element.tag[len(MEI) :]
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
            self._ended.append((element.get(XML_ID, ""), reached, reached))
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
            if child.tag == MEI + "grpSym":
                symbol = child.get("symbol") or symbol
                self.music.groups[child.get(XML_ID, "")] = symbol

    def _definition(self, element: etree._Element) -> None:
        number = element.get("n") if element.tag == MEI + "staffDef" else None
        count, unit = element.get("meter.count"), element.get("meter.unit")
        symbol = element.get("meter.sym")
        signature = element.find(MEI + "meterSig")
        if signature is not None:
            count, unit, symbol = signature.get("count"), signature.get("unit"), signature.get("sym")
        self._meters.change(int(number) if number and number.isdigit() else ABSENT, count, unit, symbol)

    def _measure(self, element: etree._Element) -> None:
        music, index = self.music, len(self.music.measure_onset)
        onset = 0
        if index:
            onset = music.measure_onset[-1] + music.measure_length[-1]
        music.measure_onset.append(onset)
        music.measure_of[element.get(XML_ID, "")] = index
        if REVERSED in element.get("type", "").split():
            music.reversed_measures.add(element.get(XML_ID, ""))
        walks: list[Layer] = []
        staves: set[int] = set()
        for child in _measure_children(element):
            tag = tag_of(child)
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
            (self._meters.of(staff).ticks for staff in staves), default=self._meters.of(ABSENT).ticks
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

    def _staff(self, element: etree._Element, number: int, index: int, onset: int) -> Iterator[Layer]:
        """Read one staff; its voices."""
        self.music.staff_of[element.get(XML_ID, "")] = number
        for layer in element:
            if layer.tag == MEI + "layer":
                walk = Layer(
                    self.music, self._meters, self._told, index, number, int(layer.get("n") or 1), onset
                )
                walk.container(layer, 1, 1, ())
                yield walk

    def _control(self, element: etree._Element, index: int) -> None:
        identity = element.get(XML_ID)
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
        for nested in element.iter(MEI + "fb", MEI + "f"):  # figured bass
            self.music.controls[nested.get(XML_ID, "")] = control

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
        return self.music.measure_onset[target] + above * 4 * TICKS // (below * self._meters.of(ABSENT).unit)

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


def _late(walks: Iterable[Layer]) -> int:
    """By how much too early a measure begins: in all its voices with notes of the one before.

    Nothing is held on over a barline that is drawn, without a tie; Verovio counts a few Humdrum files wrong.
    """
    leads = {walk.lead for walk in walks if walk.lead is not None}
    return (leads.pop() or 0) if len(leads) == 1 else 0


def _measure_children(measure: etree._Element) -> Iterator[etree._Element]:
    """Elements directly in a measure, and the staves of its ossias, of which some are drawn small."""
    for child in measure:
        if tag_of(child) == "ossia":
            yield from (staff for staff in child if tag_of(staff) in {"staff", "oStaff"})
        elif tag_of(child):
            yield child
