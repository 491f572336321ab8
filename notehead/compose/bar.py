"""`Bar`: one staff's part of one measure, filled from left to right so that it adds up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape

import numpy as np

from notehead.compose.clef import Clef, key_alterations

WHOLE = Fraction(1)
_LONG = {"breve": Fraction(2), "long": Fraction(4), "maxima": Fraction(8)}
_PLAIN = tuple(Fraction(1, 2**power) for power in range(11))


def length_of(duration: str, dots: int = 0) -> Fraction:
    """Length in whole notes of a written duration.

    Example:
        >>> length_of("4", 1), length_of("breve")
        (Fraction(3, 8), Fraction(2, 1))
    """
    plain = _LONG.get(duration) or Fraction(1, int(duration))
    return plain * (2 - Fraction(1, 2**dots))


def written(length: Fraction) -> str:
    """The name of a length that one plain note has."""
    return next((name for name, value in _LONG.items() if value == length), "") or str(1 / length)


@dataclass(slots=True)
class Staff:
    """What goes on from one bar of a staff to the next.

    Attributes:
        number: from 1 at the top.
        clef: in force now.
        key: the key signature in force, such as `3f`.
        place: where the last note stood, so that the line moves by small steps.
        prefix: of the ids of its notes.
        count: of the notes so far.
    """

    number: int
    clef: Clef
    key: str = "0"
    place: int = 0
    prefix: str = "n"
    count: int = 0


@dataclass(slots=True)
class Bar:
    """One staff's part of one measure: notes are added at its end, signs go to notes by their ids.

    Attributes:
        staff: the staff; its clef and its count of notes change.
        length: of the measure in whole notes.
        rng: where everything random comes from.
        filled: how much of it has been written.
        events: what stands in the layer.
        controls: what stands behind the staves: slurs, dynamics ...
        in_force: accidentals of this measure by (step, octave).
    """

    staff: Staff
    length: Fraction
    rng: np.random.Generator
    filled: Fraction = Fraction(0)
    events: list[str] = field(default_factory=list)
    controls: list[str] = field(default_factory=list)
    in_force: dict[tuple[str, int], str] = field(default_factory=dict)
    _share: Fraction = WHOLE

    @property
    def room(self) -> Fraction:
        """What is left of it."""
        return self.length - self.filled

    @property
    def room_from_beat(self) -> Fraction:
        """What is left of it from the next quarter on, where ideas begin."""
        return self.room - -self.filled % Fraction(1, 4)

    def pick(self, *choices: str) -> str:
        """One of some words."""
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, share: float) -> bool:
        """True so often."""
        return bool(self.rng.random() < share)

    def raw(self, xml: str, length: Fraction = Fraction(0)) -> None:
        """Add an element that lasts so long."""
        self.events.append(xml)
        self.filled += length * self._share

    def note(  # noqa: PLR0913  # what a note may have
        self,
        duration: str = "4",
        extra: str = "",
        inner: str = "",
        *,
        dots: int = 0,
        position: int | None = None,
        accid: str = "",
        grace: bool = False,
    ) -> str:
        """Add a note and return its id.

        Args:
            duration: as MEI writes it: `4`, `1024`, `breve`.
            extra: further attributes.
            inner: elements inside of the note, articulations for instance.
            dots: how many.
            position: half staff spaces above the middle line; by default near the note before.
            accid: the accidental beside it, by MEI's name; without one the measure's or the key's rule.
            grace: takes no time.
        """
        identity = self._next_id()
        pitch, sign = self._pitch(position, accid)
        dotted = f' dots="{dots}"' if dots else ""
        self.raw(
            f'<note xml:id="{identity}" {pitch} dur="{duration}"{dotted} {extra}>{sign}{inner}</note>',
            Fraction(0) if grace else length_of(duration, dots),
        )
        return identity

    def chord(self, duration: str = "4", extra: str = "", inner: str = "", heads: int = 3) -> str:
        """Add a chord of thirds and return its id."""
        identity = self._next_id()
        low = self._move(-5, 3)
        notes = "".join(
            f'<note xml:id="{self._next_id()}" {pitch}>{sign}</note>'
            for pitch, sign in (self._pitch(low + 2 * step, "") for step in range(heads))
        )
        self.raw(
            f'<chord xml:id="{identity}" dur="{duration}" {extra}>{notes}{inner}</chord>', length_of(duration)
        )
        return identity

    def rest(self, duration: str, extra: str = "", dots: int = 0) -> str:
        """Add a rest and return its id."""
        identity = self._next_id()
        dotted = f' dots="{dots}"' if dots else ""
        self.raw(f'<rest xml:id="{identity}" dur="{duration}"{dotted} {extra}/>', length_of(duration, dots))
        return identity

    def control(self, name: str, start: str, extra: str = "", text: str = "", end: str = "") -> None:
        """Add a sign that begins at a note and may end at another; `text` may hold elements."""
        until = f' endid="#{end}"' if end else ""
        self.controls.append(
            f'<{name} staff="{self.staff.number}" startid="#{start}"{until} {extra}>{text}</{name}>'
        )

    def words(self, name: str, start: str, text: str, extra: str = "", end: str = "") -> None:
        """Add plain text at a note, until another."""
        self.control(name, start, extra, escape(text), end)

    def clef(self, clef: Clef) -> None:
        """Change the clef, unless it is in force already."""
        if clef != self.staff.clef:
            self.raw(f"<clef {clef.attributes()}/>")
            self.staff.clef = clef

    @contextmanager
    def group(self, tag: str, extra: str = "", share: Fraction = WHOLE) -> Iterator[None]:
        """Put what is added meanwhile into an element; lengths in it count `share` times."""
        start, before = len(self.events), self._share
        self._share = before * share
        try:
            yield
        finally:
            self._share = before
            inside = "".join(self.events[start:])
            self.events[start:] = [f"<{tag} {extra}>{inside}</{tag}>"]

    def complete(self, unit: Fraction = Fraction(1, 4)) -> None:
        """Go on to the next multiple of `unit`, in a beamed run or with rests."""
        missing = min(-self.filled % unit, self.room)
        lengths = _parts(missing)
        if len(lengths) > 1 and all(length < Fraction(1, 4) for length in lengths) and self.chance(0.6):
            with self.group("beam"):
                for length in lengths:
                    self.note(written(length))
            return
        for length in lengths:
            self.rest(written(length))

    def fill(self) -> None:
        """Plain music up to the barline."""
        self.complete(Fraction(1, 16))
        while self.room:
            self._figure(min(self.room, Fraction(1, 2)))

    def _figure(self, most: Fraction) -> None:
        """A few plain notes no longer than `most`."""
        length = next(length for length in (Fraction(1, 2), *_PLAIN[2:]) if length <= most)
        if self.room >= 1 and self.staff.clef.pitched and self.length >= 2:
            self.note("1")
        elif length == Fraction(1, 2) and self.chance(0.3):
            self.note("2")
        elif length >= Fraction(1, 4):
            self._quarter()
        elif self.chance(0.3):
            self.rest(written(length))
        else:
            self.note(written(length))

    def _quarter(self) -> None:
        kind = int(self.rng.choice(4, p=(0.4, 0.35, 0.15, 0.1)))
        if kind == 0:
            self.note("4")
        elif kind == 3:
            self.rest("4")
        else:
            first = ""
            with self.group("beam"):
                for _ in range(2 * kind):
                    last = self.note(str(8 * kind))
                    first = first or last
            if self.chance(0.2):
                self.control("slur", first, end=last)

    def _next_id(self) -> str:
        self.staff.count += 1
        return f"{self.staff.prefix}{self.staff.number}-{self.staff.count}"

    def _move(self, low: int = -6, high: int = 6) -> int:
        """The next place of the line: mostly by step, within some lines of the staff."""
        place = self.staff.place + int(self.rng.choice((-3, -2, -1, 1, 2, 3)))
        if not low <= place <= high:
            place = int(self.rng.integers(low, high + 1))
        self.staff.place = place
        return place

    def _pitch(self, position: int | None, accid: str) -> tuple[str, str]:
        """Attributes of a note's pitch, and its accidental as an element."""
        place = self._move() if position is None else position
        self.staff.place = max(-6, min(6, place))
        sign = f'<accid accid="{accid}"/>' if accid else ""
        if not self.staff.clef.pitched:
            return f'loc="{place + 4}"', sign
        step, octave = self.staff.clef.pitch(place)
        sounding = self.in_force.get((step, octave)) or key_alterations(self.staff.key).get(step, "")
        if accid:
            self.in_force[step, octave] = accid
        elif sounding:
            sign = f'<accid accid.ges="{_GESTURAL.get(sounding, sounding)}"/>'
        return f'pname="{step.lower()}" oct="{octave}"', sign


_GESTURAL = {"x": "ss", "ns": "s", "nf": "f", "xs": "ts", "sx": "ts"}
"""What an accidental means for the notes after it, where MEI has another name for that."""


def _parts(length: Fraction) -> list[Fraction]:
    """A length as plain notes, the shortest first."""
    found = []
    for part in _PLAIN:
        if part <= length:
            found.append(part)
            length -= part
    return found[::-1]
