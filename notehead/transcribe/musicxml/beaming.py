"""Beams as MusicXML has them: at each chord and level what begins, goes on, ends, or sticks out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from notehead.transcribe.musicxml.lanes import start_of
from notehead.transcribe.musicxml.rows import Row
from notehead.transcribe.score import Chord, Measure

Cell = tuple[int, int]
"""A chord of a part: the index of its measure, and its own in that."""
_LEVELS = 8


def flags_of(written: Fraction) -> int:
    """How many flags, or bars of a beam, a note of this length has.

    Example:
        >>> flags_of(Fraction(1, 4)), flags_of(Fraction(2))
        (2, 0)
    """
    return min(max((written.denominator - 1).bit_length(), 0), _LEVELS)


def beams_of(
    measures: Sequence[Measure], rows: Sequence[Sequence[Row]], written: Mapping[Cell, Fraction]
) -> dict[Cell, list[str]]:
    """By chord the words for its beams, from level 1 on.

    Args:
        measures: of a part.
        rows: of each measure.
        written: lengths of chords as they are spelt.
    """
    return {
        cell: words
        for group in _groups(measures, rows, written)
        for cell, words in zip(
            group,
            _words([measures[at].chords[k] for at, k in group], [flags_of(written[cell]) for cell in group]),
            strict=True,
        )
    }


def _groups(
    measures: Sequence[Measure], rows: Sequence[Sequence[Row]], written: Mapping[Cell, Fraction]
) -> list[list[Cell]]:
    """Chords of one voice that share beams, two at least, in order.

    Symbols are numbered page by page, so the same number far on is another beam.
    """
    open_groups: dict[tuple[int, int, bool, int], list[Cell]] = {}
    groups: list[list[Cell]] = []
    for at, measure in enumerate(measures):
        for row in rows[at]:
            for k in row.chords:
                chord = measure.chords[k]
                if not chord.notes or not chord.beams or not flags_of(written[at, k]):
                    continue
                keys = [(*row.lane, bool(chord.grace), beam) for beam in chord.beams]
                own = next((open_groups[key] for key in keys if key in open_groups), None)
                if own is None or own[-1][0] < at - 1 or measures[own[-1][0]].page != measure.page:
                    own = []
                    groups.append(own)
                own.append((at, k))
                open_groups.update(dict.fromkeys(keys, own))
    return [group for group in groups if len(group) > 1]


def _words(chords: Sequence[Chord], counts: Sequence[int]) -> list[list[str]]:
    words: list[list[str]] = [[] for _ in chords]
    for level in range(1, max(counts) + 1):
        for place, count in enumerate(counts):
            if count < level:
                continue
            before = place > 0 and counts[place - 1] >= level
            after = place + 1 < len(counts) and counts[place + 1] >= level
            if before and after:
                word = "continue"
            elif before or after:
                word = "end" if before else "begin"
            else:
                word = _hook(chords, place)
            words[place].append(word)
    return words


def _hook(chords: Sequence[Chord], place: int) -> str:
    """To which side a bar at a single stem sticks out: to the note that it fills a beat with."""
    if place == 0:
        return "forward hook"
    if place + 1 == len(chords) or chords[place - 1].dots:
        return "backward hook"
    if chords[place + 1].dots:
        return "forward hook"
    whole = 2 * chords[place].written
    return "forward hook" if start_of(chords[place]) % whole == 0 else "backward hook"
