"""Which read note is which true one, and how many are right.

A true note is matched by the id of its head where the symbols are the page's own, by its place where they
were detected. A read note whose head is none is a false one; a head that gave no note is a missed one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from benchmarks.read_truth import Sounded, TrueNote
from notehead.page import Symbols
from notehead.transcribe import Chord, Note, Part, Score

Head = tuple[int, int]
"""Index of a page, and the id of a head on it."""

Cell = tuple[int, int, int]
"""Index of a page, a staff on it, a measure of the score."""

_NEAR = 0.5
"""Staff spaces between the middles of a true head and of one found for it, at most."""
_SAME_TIME = 0.01
"""Quarter notes by which times may differ."""


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note of a score, and where in it.

    Attributes:
        note: itself.
        chord: that it is of.
        part: index of its part.
        measure: index of its measure.
        before: quarter notes from the last barline that was seen to the beginning of its measure.
    """

    note: Note
    chord: Chord
    part: int
    measure: int
    before: Fraction = Fraction(0)

    @property
    def onsets(self) -> tuple[float, float]:
        """Its onset in its measure, and from the last barline that was seen on."""
        return float(self.chord.onset), float(self.chord.onset + self.before)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is right of a note: its pitch, that and its duration, those and its onset."""

    pitch: bool = False
    timed: bool = False
    placed: bool = False

    @property
    def rank(self) -> int:
        """How many of the three, from 0 to 3."""
        return self.pitch + self.timed + self.placed


@dataclass(frozen=True, eq=False)
class Matched:
    """The notes of a score beside those that are true.

    Attributes:
        truth: the true notes.
        read: of each, what was read at it; empty where it was missed.
        verdicts: of each, the best of what was read.
        false: notes read where none is.
    """

    truth: Sequence[TrueNote]
    read: list[list[ReadNote]]
    verdicts: list[Verdict]
    false: list[ReadNote]

    def counts(self, *, said: bool = False) -> Counts:
        """How many of each; `said`: of notes alone whose pitch the page says."""
        rows = [k for k, note in enumerate(self.truth) if note.said or not said]
        verdicts = [self.verdicts[k] for k in rows]
        hit = sum(bool(self.read[k]) for k in rows)
        return Counts(
            len(rows),
            hit + len({(one.note.page, one.note.symbol) for one in self.false}),
            hit,
            sum(one.pitch for one in verdicts),
            sum(one.timed for one in verdicts),
            sum(one.placed for one in verdicts),
        )

    def judged(self, *, said: bool = False) -> list[tuple[float, bool]]:
        """Of each read note its confidence and whether all of it is right.

        With `said` those whose pitch the page does not say are left out.
        """
        found = []
        for truth, notes in zip(self.truth, self.read, strict=True):
            if said and not truth.said:
                continue
            found += [(one.note.confidence, verdict_of(one, truth).placed) for one in notes]
        return found + [(one.note.confidence, False) for one in self.false]


@dataclass(slots=True)
class Counts:
    """True notes, read ones, matched ones, and how many are right so far. They can be added up."""

    true: int = 0
    read: int = 0
    matched: int = 0
    pitch: int = 0
    timed: int = 0
    placed: int = 0

    def add(self, other: Counts) -> None:
        """Count those of another score as well."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def f1(self, name: str) -> float:
        """F1 of notes by "pitch", "timed" or "placed"; 1 where there is nothing to read and nothing was.

        Example:
            >>> Counts(true=10, read=8, matched=8, pitch=6).f1("pitch")
            0.6666666666666666
        """
        both = self.true + self.read
        return 2 * int(getattr(self, name)) / both if both else 1.0


@dataclass(frozen=True, slots=True)
class Heads:
    """To which true note a read head belongs, and, of a detected page, which of its symbols stand where."""

    owner: Mapping[Head, int] = field(default_factory=dict)


def by_id(truth: Sequence[TrueNote]) -> Heads:
    """Heads of pages whose symbols have their true ids."""
    return Heads({(note.page, one): k for k, note in enumerate(truth) for one in note.ids})


def by_place(truth: Sequence[TrueNote], found: Sequence[Symbols], spaces: Sequence[float]) -> Heads:
    """Heads of detected pages: each true one gets the nearest that no nearer one has.

    Args:
        truth: the true notes of all pages.
        found: the detected symbols of each page, in the coordinates of the true ones.
        spaces: staff space of each page in pixels.
    """
    owner: dict[Head, int] = {}
    for page, (symbols, space) in enumerate(zip(found, spaces, strict=True)):
        heads = symbols[symbols.is_notehead]
        numbers = [k for k, note in enumerate(truth) if note.page == page]
        if not numbers or not len(heads):
            continue
        boxes = np.stack([truth[k].box for k in numbers])
        middle, there = ((box[:, :2] + box[:, 2:]) / 2 for box in (boxes, heads.box))
        away = np.hypot(*(middle[:, None] - there[None]).transpose(2, 0, 1))
        rows, columns = np.nonzero(away <= _NEAR * space)
        taken: set[int] = set()
        for at in np.argsort(away[rows, columns], kind="stable").tolist():
            number, head = numbers[rows[at]], int(heads.id[columns[at]])
            if number not in taken and (page, head) not in owner:
                taken.add(number)
                owner[page, head] = number
    return Heads(owner)


def matched(score: Score, truth: Sequence[TrueNote], heads: Heads) -> Matched:
    """The notes of a score beside the true ones."""
    read: list[list[ReadNote]] = [[] for _ in truth]
    false = []
    for one in read_notes(score):
        number = heads.owner.get((one.note.page, one.note.symbol))
        if number is None:
            false.append(one)
        else:
            read[number].append(one)
    verdicts = [
        max((verdict_of(one, note) for one in notes), key=lambda one: one.rank, default=Verdict())
        for note, notes in zip(truth, read, strict=True)
    ]
    return Matched(truth, read, verdicts, false)


def read_notes(score: Score) -> list[ReadNote]:
    """All notes of a score."""
    return [
        ReadNote(note, chord, part, number, before)
        for part, own in enumerate(score.parts)
        for number, (measure, before) in enumerate(zip(own.measures, _since_barlines(own), strict=True))
        for chord in measure.chords
        for note in chord.notes
    ]


def _since_barlines(part: Part) -> Iterator[Fraction]:
    """How long it is from the last barline that was seen to the beginning of each measure.

    Without barlines, where one measure ends and the next begins is the reader's choice alone.
    """
    before, last = Fraction(0), None
    for measure in part.measures:
        unseen = last is not None and not (measure.opening or last.closing)
        same = last is not None and (measure.page, measure.system) == (last.page, last.system)
        before = before + last.length if last is not None and unseen and same else Fraction(0)
        yield before
        last = measure


def verdict_of(read: ReadNote, truth: TrueNote) -> Verdict:
    """What is right of a note that was read at a true one; the onset of a grace note is not asked."""
    return max((_verdict(read, one) for one in truth.truths), key=lambda one: one.rank, default=Verdict())


def _verdict(read: ReadNote, one: Sounded) -> Verdict:
    pitch = read.note.pitch == one.pitch
    timed = pitch and abs(float(read.chord.length) - one.duration) <= _SAME_TIME
    grace = one.duration == 0
    placed = timed and (grace or any(abs(onset - one.onset) <= _SAME_TIME for onset in read.onsets))
    return Verdict(pitch, timed, placed)


def places_of(read: Matched) -> dict[Cell, tuple[int, int, int] | None]:
    """Of each (page, staff, measure) with true notes the (part, measure, staff of it) that was read there.

    The staff is the one that most notes of that staff are on, the measure the one that most notes of that
    measure of the page are in: a chord over two staves is on one of them. None where no note was read.
    """
    staves: defaultdict[tuple[int, int], Counter[tuple[int, int]]] = defaultdict(Counter)
    measures: defaultdict[tuple[int, int], Counter[int]] = defaultdict(Counter)
    for truth, notes in zip(read.truth, read.read, strict=True):
        staves[truth.page, truth.staff].update((one.part, one.chord.staff) for one in notes)
        measures[truth.page, truth.measure].update(one.measure for one in notes)
    found: dict[Cell, tuple[int, int, int] | None] = {}
    for note in read.truth:
        staff, measure = staves[note.page, note.staff], measures[note.page, note.measure]
        cell = (note.page, note.staff, note.measure)
        if staff and measure:
            part, own = staff.most_common(1)[0][0]
            found[cell] = (part, measure.most_common(1)[0][0], own)
        else:
            found[cell] = None
    return found
