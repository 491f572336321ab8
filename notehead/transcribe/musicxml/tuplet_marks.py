"""Tuplets: where in a row of chords with a ratio one begins and ends.

A score says how many are played in the time of how many, chord by chord; a tuplet is full when as many of
some note as its number says have been played.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from notehead.transcribe.musicxml.lanes import length_of, start_of
from notehead.transcribe.musicxml.spelling import Spelling
from notehead.transcribe.score import Chord

_LONGEST = 64
"""Chords in one tuplet at most."""
_INCOMPLETE, _ASKEW, _MEMBER = 1000.0, 1.0, 0.01


@dataclass(frozen=True, slots=True)
class TupletMark:
    """Where a tuplet begins or ends.

    Attributes:
        start: whether it begins.
        number: 1, or 2 inside of another.
        actual: how many are played.
        normal: in the time of how many.
    """

    start: bool
    number: int
    actual: int
    normal: int


@dataclass(frozen=True, slots=True)
class _Member:
    key: int
    onset: Fraction
    end: Fraction
    nominal: Fraction
    written: Fraction
    ratio: tuple[int, int]


def tuplet_marks(
    chords: Sequence[Chord], row: Iterable[int], spellings: Mapping[int, Spelling]
) -> dict[int, list[TupletMark]]:
    """By chord of a row the tuplets that begin and end there, those inside others nearer to the chord.

    Args:
        chords: of a measure.
        row: which of them, in order.
        spellings: of each of them.
    """
    marks: dict[int, list[TupletMark]] = {}
    for run in _runs(chords, row, spellings):
        outer = min((member.ratio for member in run), key=lambda ratio: ratio[0])
        _mark(run, (outer, 1, Fraction(1)), marks)
        if all(member.ratio == outer for member in run):
            continue
        inner: list[_Member] = []
        for member in [*run, None]:
            ratio = (member and _over(member.ratio, outer)) or (1, 1)
            if inner and (member is None or ratio != inner[-1].ratio):
                _mark(inner, (inner[0].ratio, 2, Fraction(*outer)), marks)
                inner = []
            if member is not None and ratio != (1, 1):
                inner.append(
                    _Member(member.key, member.onset, member.end, member.nominal, member.written, ratio)
                )
    return marks


def _runs(
    chords: Sequence[Chord], row: Iterable[int], spellings: Mapping[int, Spelling]
) -> Iterable[list[_Member]]:
    """Chords with a ratio that follow one another without a gap, with one ratio or multiples of it."""
    run: list[_Member] = []
    for k in row:
        chord, spelling = chords[k], spellings[k]
        if chord.grace:
            continue
        ratio = (spelling.actual, spelling.normal)
        plain = chord.whole or ratio[0] == ratio[1] or "tremoloTwoNote" in chord.marks
        follows = run and run[-1].end == start_of(chord) and (
            _over(ratio, run[0].ratio) or _over(run[0].ratio, ratio)
        )  # fmt: skip
        if run and (plain or not follows):
            yield run
            run = []
        if not plain:
            onset = start_of(chord)
            run.append(_Member(k, onset, onset + length_of(chord), spelling.nominal, spelling.written, ratio))
    if run:
        yield run


def _over(ratio: tuple[int, int], outer: tuple[int, int]) -> tuple[int, int] | None:
    """What is left of a ratio inside of another: (1, 1) for the same, None where it is no multiple.

    Example:
        >>> _over((15, 8), (3, 2)), _over((6, 4), (3, 2)), _over((5, 4), (3, 2))
        ((5, 4), None, None)
    """
    if ratio == outer:
        return 1, 1
    (actual, first), (normal, second) = divmod(ratio[0], outer[0]), divmod(ratio[1], outer[1])
    return None if first or second or actual in (normal, 1) else (actual, normal)


def _mark(
    run: Sequence[_Member], tuplet: tuple[tuple[int, int], int, Fraction], marks: dict[int, list[TupletMark]]
) -> None:
    """Mark the tuplets of a run: their ratio and number, and how much faster the time around them runs."""
    ratio, number, faster = tuplet
    for first, last in _tuplets(run, faster / ratio[1]):
        begin, end = TupletMark(True, number, *ratio), TupletMark(False, number, *ratio)
        marks.setdefault(run[first].key, []).append(begin)
        marks.setdefault(run[last].key, []).insert(0, end)
        if first == last:
            marks[run[first].key].sort(key=lambda mark: not mark.start)


def _tuplets(run: Sequence[_Member], share: Fraction) -> list[tuple[int, int]]:
    """The cheapest division of a run into tuplets: first and last member of each.

    Args:
        run: chords that follow one another.
        share: of its time that one note of a tuplet's kind is written to last.
    """
    costs, back = [0.0], [0]
    for end in range(1, len(run) + 1):
        best, source = float("inf"), 0
        played, least = Fraction(0), run[end - 1].written
        for begin in range(end - 1, max(-1, end - 1 - _LONGEST), -1):
            member = run[begin]
            played += member.end - member.onset
            least = min(least, member.written)
            cost = costs[begin] + _cost(member.onset, played, played * share, least, end - begin)
            if cost < best:
                best, source = cost, begin
        costs.append(best)
        back.append(source)
    found, end = [], len(run)
    while end:
        found.append((back[end], end - 1))
        end = back[end]
    return found[::-1]


def _cost(onset: Fraction, played: Fraction, unit: Fraction, least: Fraction, members: int) -> float:
    """Of a tuplet: full ones cost little, those that begin off their own grid more, short ones least."""
    power = unit.numerator & (unit.numerator - 1) == 0 and unit.denominator & (unit.denominator - 1) == 0
    full = power and (unit.numerator == 1 or unit.denominator == 1) and unit >= least
    askew = onset % played != 0
    return (0.0 if full else _INCOMPLETE) + (_ASKEW if askew else 0.0) + _MEMBER * members**2
