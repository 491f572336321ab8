"""Scores as they are written down (`notehead.transcribe.Score`), made up by Hypothesis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from notehead.page import STEPS, Pitch
from notehead.transcribe.clefs import Clef
from notehead.transcribe.keys import Key
from notehead.transcribe.meters import Meter
from notehead.transcribe.musicxml.names import ACCIDENTALS, ARPEGGIO, DYNAMICS, HEADS, MARKS
from notehead.transcribe.musicxml.numbering import numbered
from notehead.transcribe.score import Chord, Direction, Measure, Note, Part, Score, Signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLEFS = (Clef("G", -2), Clef("F", 2), Clef("C", 0), Clef("C", 2), Clef("G", -2, -1), Clef("F", 2, -1))
METERS = (Meter(4, 4), Meter(3, 4), Meter(2, 2, "cut"), Meter(6, 8), Meter(4, 4, "common"), Meter(5, 8))
SHAPES = tuple(
    (Fraction(written), dots)
    for written in ("4", "2", "1", "1/2", "1/4", "1/8")
    for dots in (0, 1)
    if not (written == "1/8" and dots)
)
TUPLETS = (
    ((3, 2), ("1/2", "1/2", "1/2")), ((3, 2), ("1", "1/2")), ((3, 2), ("1/4",) * 3), ((5, 4), ("1/4",) * 5),
    ((6, 4), ("1/4",) * 6), ((3, 2), ("1/2", "1/4", "1/4", "1/2")), ((3, 2), ("1", "1", "1")),
)  # fmt: skip
"""How many in the time of how many, and what is written."""
ENDINGS = (
    "barlineSingle",
    "barlineDouble",
    "barlineFinal",
    "repeatRight",
    "barlineDashed",
    "repeatRightLeft",
)
_ACCIDENTAL = {
    -2: "accidentalDoubleFlat", -1: "accidentalFlat", 0: "accidentalNatural", 1: "accidentalSharp",
    2: "accidentalDoubleSharp",
}  # fmt: skip


@dataclass(frozen=True)
class Ways:
    """What scores are made of.

    Attributes:
        parts: at most.
        staves: of a part, at most.
        measures: at most.
        marked: with marks, slurs, grace notes, directions, endings, accidentals and heads of any shape.
        clefs: to choose from.
        tuplets: whether there are any.
        shortest: length of a note without dots and tuplets, in quarter notes, at least.
        reach: how far from the middle line notes may be, in steps.
    """

    parts: int = 2
    staves: int = 2
    measures: int = 3
    marked: bool = True
    clefs: Sequence[Clef] = CLEFS
    tuplets: bool = True
    shortest: Fraction = SHAPES[-1][0]
    reach: int = 8


@st.composite
def scores(draw: st.DrawFn, ways: Ways = Ways()) -> Score:
    """Scores that are right: voices fill their measures and do not overlap."""
    frame = [
        Measure(meter.length, meter, (), ())
        for meter in draw(st.lists(st.sampled_from(METERS), min_size=1, max_size=2))
        for _ in range(draw(st.integers(1, max(1, ways.measures // 2))))
    ]
    if ways.marked:
        frame = _bounded(draw, frame)
    keys = draw(st.lists(st.integers(-7, 7), min_size=len(frame), max_size=len(frame)))
    parts = draw(st.integers(1, ways.parts))
    made = [numbered(draw(_part(frame, keys, ways))) for _ in range(parts)]
    return Score(tuple(made if ways.marked else map(with_accidentals, made)))


def with_accidentals(part: Part) -> Part:
    """The part with the accidentals that its pitches need; what begins together on one line sounds alike."""
    return replace(part, measures=tuple(_with_accidentals(measure) for measure in part.measures))


def _with_accidentals(measure: Measure) -> Measure:
    chords = list(measure.chords)
    now: dict[tuple[int, int], tuple[int, Fraction]] = {}
    for k in sorted(range(len(chords)), key=lambda k: chords[k].onset):
        chord, notes = chords[k], []
        for note in chord.notes:
            pitch = note.pitch
            diatonic = 7 * pitch.octave + STEPS.index(pitch.step)
            usual = measure.signs[chord.staff].key.alter(diatonic), Fraction(-1)
            alter, since = now.get((chord.staff, diatonic), usual)
            if note.tied_back:
                notes.append(note)
                continue
            if since == chord.onset:
                pitch = replace(pitch, alter=alter)
            name = "" if pitch.alter == alter else _ACCIDENTAL[pitch.alter]
            now[chord.staff, diatonic] = pitch.alter, chord.onset
            notes.append(replace(note, pitch=pitch, accidental=name))
        chords[k] = replace(chord, notes=tuple(notes))
    return replace(measure, chords=tuple(chords))


def as_drawn(score: Score) -> Score:
    """The score without what no page draws: numbers of symbols, confidence, doubt."""
    return Score(tuple(numbered(_stripped(part)) for part in score.parts))


def _stripped(part: Part) -> Part:
    def chord(one: Chord) -> Chord:
        notes = tuple(replace(note, page=0, symbol=0, confidence=1.0) for note in one.notes)
        return replace(one, page=0, symbol=0, notes=notes)

    measures = (
        replace(measure, doubt=0.0, chords=tuple(chord(one) for one in measure.chords))
        for measure in part.measures
    )
    return Part(part.staves, tuple(measures))


def _bounded(draw: st.DrawFn, frame: list[Measure]) -> list[Measure]:
    """Barlines, endings, systems and pages of all parts; a pickup."""
    found: list[Measure] = []
    page = system = 0
    opening = draw(st.sampled_from(["", "repeatLeft"]))
    if draw(st.booleans()):
        frame[0] = replace(frame[0], length=frame[0].length / 2)
    for measure in frame:
        closing = draw(st.sampled_from(ENDINGS))
        volta = draw(st.sampled_from(["", "1", "1, 2", "last"]))
        turn = draw(st.sampled_from(["", "", "system", "page"]))
        if closing == "repeatRightLeft" and (turn or measure is frame[-1]):
            closing = "repeatRight"
        found.append(
            replace(
                measure, opening=opening, closing=closing, page=page, system=system, volta=volta,
                volta_stop=draw(st.sampled_from(["stop", "discontinue"])) if volta else "",
                within=draw(st.sampled_from([(), ((Fraction(1, 2), "barlineDotted"),)])),
            )
        )  # fmt: skip
        page, system = page + (turn == "page"), 0 if turn == "page" else system + (turn == "system")
        opening = draw(st.sampled_from(["", "repeatLeft"])) if turn else closing
    return found


@st.composite
def _part(draw: st.DrawFn, frame: Sequence[Measure], keys: Sequence[int], ways: Ways) -> Part:
    staves = draw(st.integers(1, ways.staves))
    clefs = [draw(st.sampled_from(ways.clefs)) for _ in range(staves)]
    measures = []
    numbers = iter(range(1, 10_000))
    for at, empty in enumerate(frame):
        if at and ways.marked and draw(st.booleans()):
            clefs[0] = draw(st.sampled_from(ways.clefs))
        signs = [Signs(clef, Key(keys[at])) for clef in clefs]
        if ways.marked and draw(st.booleans()):
            clefs[-1] = draw(st.sampled_from(ways.clefs))
            onset = draw(st.sampled_from([Fraction(1, 2), Fraction(1), empty.length]))
            signs[-1] = replace(signs[-1], changes=((onset, clefs[-1]),))
        chords = [
            chord
            for staff in range(staves)
            for count in [draw(st.integers(1, 2))]
            for voice in range(1, count + 1)
            for chord in _voice(draw, (staff, voice), empty.length, signs[staff], ways, count)
        ]
        chords = _beamed(draw, chords, numbers)
        measures.append(replace(empty, signs=tuple(signs), chords=tuple(chords)))
    if ways.marked:
        measures = _slurred(draw, measures, numbers)
        measures = _directed(draw, measures, staves, numbers)
    return Part(staves, tuple(_tied(draw, measures)))


def _voice(
    draw: st.DrawFn, lane: tuple[int, int], length: Fraction, signs: Signs, ways: Ways, voices: int
) -> list[Chord]:
    """A voice of a staff; the first of two stays above the middle line, the second below."""
    staff, voice = lane
    span = (-ways.reach, ways.reach) if voices == 1 else (1, ways.reach) if voice == 1 else (-ways.reach, -1)
    if draw(st.integers(0, 9)) == 0:
        return [Chord(Fraction(0), length, Fraction(4), staff=staff, voice=voice, whole=True)]
    chords: list[Chord] = []
    now = Fraction(0)
    while now < length:
        groups = _groups(now, length - now, tuplets=ways.tuplets and draw(st.integers(0, 3)) == 0)
        groups = [group for group in groups if group[0][0][0] >= ways.shortest] or groups
        for (written, dots), ratio in draw(st.sampled_from(groups)):
            lasting = _length(written, dots, ratio)
            chord = Chord(now, lasting, written, dots, ratio, staff=staff, voice=voice)
            chords += _filled(draw, chord, signs, span, marked=ways.marked)
            now += lasting
    return chords


def _groups(
    now: Fraction, left: Fraction, *, tuplets: bool
) -> list[list[tuple[tuple[Fraction, int], tuple[int, int]]]]:
    """What may come when so much is left: notes at most half off their own grid, tuplets on theirs."""
    groups = [
        [(shape, (1, 1))]
        for shape in SHAPES
        if _length(*shape, (1, 1)) <= left and now % min(shape[0] / 2, Fraction(1)) == 0
    ]
    for ratio, words in TUPLETS if tuplets else ():
        total = sum(Fraction(word) for word in words) * ratio[1] / ratio[0]
        if total <= left and now % total == 0:
            groups.append([((Fraction(word), 0), ratio) for word in words])
    return groups


def _length(written: Fraction, dots: int, ratio: tuple[int, int]) -> Fraction:
    return written * (2 - Fraction(1, 2**dots)) * ratio[1] / ratio[0]


def _filled(
    draw: st.DrawFn, chord: Chord, signs: Signs, span: tuple[int, int], *, marked: bool
) -> list[Chord]:
    """The chord as a rest or with notes, and grace notes before it."""
    if draw(st.integers(0, 5)) == 0:
        return [chord]
    stem = 0 if chord.written >= 4 else 1 if chord.voice == 1 else -1
    chord = replace(chord, stem=stem, notes=_notes(draw, signs, span, marked=marked))
    if not marked:
        return [chord]
    marks = draw(st.lists(st.sampled_from([*sorted(MARKS), "otherGlyph"]), max_size=2, unique=True))
    if draw(st.integers(0, 5)) == 0:
        marks.append(ARPEGGIO)
    chord = replace(chord, marks=tuple(marks))
    if draw(st.integers(0, 5)):
        return [chord]
    grace = replace(
        chord, length=Fraction(0), written=Fraction(1, 2), dots=0, tuplet=(1, 1), marks=(), stem=1,
        grace=draw(st.sampled_from(["plain", "slashed"])),
    )  # fmt: skip
    return [grace, chord]


def _notes(draw: st.DrawFn, signs: Signs, span: tuple[int, int], *, marked: bool) -> tuple[Note, ...]:
    most = 3 if draw(st.booleans()) else 1
    positions = draw(st.lists(st.integers(*span), min_size=1, max_size=most, unique=True))
    notes = []
    for position in sorted(positions):
        octave, step = divmod(signs.clef.diatonic(position), 7)
        alter = signs.key.alter(7 * octave + step)
        if draw(st.integers(0, 3)) == 0:
            alter = draw(st.integers(-2, 2))
        notes.append(Note(Pitch(STEPS[step], alter, octave)))
        if marked:
            notes[-1] = replace(
                notes[-1],
                accidental=draw(st.sampled_from(["", "accidentalFlatSmall", *ACCIDENTALS])),
                head=draw(st.sampled_from(["", "", "", *HEADS])),
                fingering=tuple(draw(st.lists(st.sampled_from("12345"), max_size=2))),
            )
    return tuple(notes)


def _beamed(draw: st.DrawFn, chords: list[Chord], numbers: Iterator[int]) -> list[Chord]:
    """Chords of one voice that follow one another under beams, two at least."""
    found = list(chords)
    run: list[int] = []

    def close() -> None:
        if len(run) > 1 and draw(st.booleans()):
            number = next(numbers)
            for k in run:
                found[k] = replace(found[k], beams=(number,))
        run.clear()

    for k, chord in enumerate(chords):
        before = chords[run[-1]] if run else None
        if before is not None and (
            (before.staff, before.voice) != (chord.staff, chord.voice)
            or before.onset + before.length != chord.onset
            or before.tuplet != chord.tuplet
        ):
            close()
        if chord.grace:
            continue
        if not chord.notes or chord.written > Fraction(1, 2):
            close()
        else:
            run.append(k)
    close()
    return found


def _tied(draw: st.DrawFn, measures: list[Measure]) -> list[Measure]:
    """Ties between chords that follow one another in a voice and have a pitch in common."""
    made = [list(measure.chords) for measure in measures]
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for at, chords in enumerate(made):
        for k, chord in enumerate(chords):
            lane = chord.staff, chord.voice
            if chord.grace:
                continue
            before = last.get(lane)
            last[lane] = at, k
            if before is None or before[0] < at - 1 or not chord.notes or draw(st.booleans()):
                continue
            source = made[before[0]][before[1]]
            same = {note.pitch for note in source.notes} & {note.pitch for note in chord.notes}
            made[before[0]][before[1]] = _with_ties(source, same, "tied_on")
            chords[k] = _with_ties(chord, same, "tied_back")
    return [replace(measure, chords=tuple(chords)) for measure, chords in zip(measures, made, strict=True)]


def _with_ties(chord: Chord, pitches: set[Pitch], side: str) -> Chord:
    notes = (replace(note, **{side: True}) if note.pitch in pitches else note for note in chord.notes)  # type: ignore[arg-type]
    return replace(chord, notes=tuple(notes))


def _slurred(draw: st.DrawFn, measures: list[Measure], numbers: Iterator[int]) -> list[Measure]:
    made = [list(measure.chords) for measure in measures]
    cells = [(at, k) for at, chords in enumerate(made) for k, chord in enumerate(chords) if chord.notes]
    if len(cells) < 2:
        return measures
    pairs = draw(st.lists(st.tuples(st.sampled_from(cells), st.sampled_from(cells)), max_size=3))
    for (at, k), (to, other) in pairs:
        if (at, k) != (to, other):
            number = next(numbers)
            made[at][k] = replace(made[at][k], slurs=(*made[at][k].slurs, number))
            made[to][other] = replace(made[to][other], slurred=(*made[to][other].slurred, number))
    return [replace(measure, chords=tuple(chords)) for measure, chords in zip(measures, made, strict=True)]


def _directed(draw: st.DrawFn, measures: list[Measure], staves: int, numbers: Iterator[int]) -> list[Measure]:
    """Directions of all kinds; one pair at most of each that lasts."""
    made: list[list[Direction]] = [[] for _ in measures]
    base = st.builds(
        Direction,
        kind=st.sampled_from(["dynamic", "words", "segno", "coda"]),
        onset=st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(3, 4), Fraction(2)]),
        staff=st.integers(0, staves - 1),
        above=st.booleans(),
    )
    for own in made:
        for one in draw(st.lists(base, max_size=3)):
            said = ""
            if one.kind == "dynamic":
                said = draw(st.sampled_from([*sorted(DYNAMICS), "fffz", "mfp"]))
            elif one.kind == "words":
                said = draw(st.text(st.characters(codec="utf-8"), max_size=5))
            own.append(replace(one, text="".join(c for c in said if c.isprintable())))
    for kind in draw(st.lists(st.sampled_from(["crescendo", "pedal", "ottava"]), unique=True)):
        first, last = sorted(draw(st.integers(0, len(measures) - 1)) for _ in range(2))
        staff, above = draw(st.integers(0, staves - 1)), draw(st.booleans())
        text = draw(st.sampled_from(["1", "-1", "2"])) if kind == "ottava" else ""
        both = Direction(kind, Fraction(0), staff, text, "start", next(numbers), above)
        made[first].append(both)
        made[last].append(replace(both, onset=measures[last].length, role="stop"))
    return [
        replace(measure, directions=tuple(sorted(own, key=lambda one: (one.onset, one.staff))))
        for measure, own in zip(measures, made, strict=True)
    ]
