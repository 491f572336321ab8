"""Barlines that are not drawn, time signatures that are not, and small notes that take time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from notehead.page import Page, Symbols
from notehead.transcribe import transcribe
from notehead.transcribe.score import Measure
from tests.support.engraved import measure, mei, notes
from tests.support.engraved import page as engraved
from tests.transcribe.by_hand import Mark, head, mark, page, staff

SMALL = "noteheadBlackOnLineSmall"


def without(one: Page, *starts: str) -> Page:
    """A page on which nothing of these classes is seen."""
    kept = np.array([not name.startswith(starts) for name in one.symbols.names])
    return Page(
        one.name, one.image, one.symbols[kept], staff_lines=one.staff_lines, staff_space=one.staff_space
    )


def read(one: Page) -> Sequence[Measure]:
    (part,) = transcribe(one).parts
    return part.measures


def onsets(one: Measure) -> list[Fraction]:
    return [chord.onset for chord in one.chords]


def test_measures_without_barlines_are_divided() -> None:
    bars = [measure(notes("c5:4 d5:4 e5:2")), measure(notes("f5:2 e5:4 d5:4")), measure(notes("c5:1"))]
    found = read(without(engraved(mei(*bars)), "barline"))
    assert [one.length for one in found] == [4, 4, 4]
    assert [onsets(one) for one in found] == [[0, 1, 2], [0, 2, 3], [0]]
    assert [one.doubt for one in found] == [0, 0, 0]


def test_a_note_over_the_end_of_a_measure_leaves_it_undivided() -> None:
    bars = [measure(notes("c5:2 d5:2.")), measure(notes("f5:4 e5:4 d5:4"))]
    (found,) = read(without(engraved(mei(*bars)), "barline"))
    assert found.length == 8


def test_two_voices_in_one_measure_are_not_two_measures() -> None:
    found = read(engraved(mei(measure((notes("c5:1"), notes("d4:2 e4:2"))))))
    assert [one.length for one in found] == [4]


def test_without_time_signatures_measures_are_as_long_as_those_around() -> None:
    fours = [measure(notes(8 * "c5:8 ")) for _ in range(18)]
    threes = [measure(notes(6 * "c5:8 ")) for _ in range(11)]
    odd = measure(notes("c5:4 d5:4 e5:8 f5:8 g5:8"))  # a triplet by its looks alone
    found = read(without(engraved(mei(*fours, *threes, odd)), "timeSig"))
    assert {bar.meter for bar in found} == {None}
    assert found[-1].system >= 4
    assert onsets(found[-1]) == [0, 1, 2, Fraction(7, 3), Fraction(8, 3)]


def test_a_page_without_any_measure_that_adds_up_has_a_length_all_the_same() -> None:
    half = mark("restHalf", 60, 0)
    lines: list[Mark] = [
        head(60, -4),
        ("stem", 71, 100, 72, 140),
        half,
        head(120, -4),
        ("stem", 131, 100, 132, 140),
    ]
    assert len(read(page([staff(120)], *lines))) == 1


def small(xs: Sequence[float]) -> list[Mark]:
    return [part for x in xs for part in (head(x, 0, name=SMALL), ("stem", x + 11, 95, x + 12, 120))]


def test_a_measure_of_small_notes_takes_time() -> None:
    (bar,) = read(page([staff(120)], *small([80, 130, 180])))
    assert [(one.grace, float(one.onset)) for one in bar.chords] == [("", 0), ("", 1), ("", 2)]


def test_small_notes_before_others_are_grace_notes() -> None:
    marks = [*small([80, 130]), head(180, 0), ("stem", 191, 85, 192, 120)]
    (bar,) = read(page([staff(120)], *marks))
    assert [bool(one.grace) for one in bar.chords] == [True, True, False]


def test_small_notes_beside_a_rest_of_the_measure_are_grace_notes() -> None:
    marks = [*small([80, 130]), ("restWhole", 220, 110, 232, 115)]
    (bar,) = read(page([staff(120)], *marks))
    assert all(one.grace for one in bar.chords if one.notes)


@pytest.mark.parametrize(
    ("long", "before"),
    [
        ([head(80, 0, name="noteheadWholeOnLineSmall")], 4),
        ([*small([80]), mark("augmentationDot", 96, 1, (4, 4))], 1.5),
    ],
)
def test_small_notes_that_are_whole_or_dotted_take_time(long: list[Mark], before: float) -> None:
    """Editors crash at grace notes of such lengths, and nobody writes any."""
    (bar,) = read(page([staff(120)], *long, head(180, 0), ("stem", 191, 85, 192, 120)))
    assert [(one.grace, float(one.onset)) for one in bar.chords] == [("", 0), ("", before)]


def test_nothing_is_nothing() -> None:
    nothing = Page("page", np.full((100, 100), 255, np.uint8), Symbols.build([], np.empty((0, 4))))
    assert not transcribe(nothing).parts or not transcribe(nothing).parts[0].measures


def test_measures_that_look_longer_by_half_have_triplets() -> None:
    """Without numbers and time signature: most measures last four quarters, one system's would last six."""
    fours = [measure(notes(8 * "c5:8 ")) for _ in range(12)]
    triplets = [measure(4 * f"<beam>{notes('c5:8 d5:8 e5:8')}</beam>") for _ in range(4)]
    found = read(without(engraved(mei(*fours, *triplets)), "timeSig"))
    assert {bar.length for bar in found} == {4}
    assert onsets(found[-1])[:4] == [0, Fraction(1, 3), Fraction(2, 3), 1]
