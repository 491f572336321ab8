"""Dynamics, hairpins, pedals and octave lines, on the page and in the score."""

from __future__ import annotations

from fractions import Fraction

import pytest

from notehead.transcribe import transcribe
from notehead.transcribe.directions import Sign
from notehead.transcribe.score import Direction, Score
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.spanners import Spanners
from tests.support.engraved import PIANO, measure, mei, notes, pages
from tests.transcribe.by_hand import Mark, head, page, staff

HEADS = [head(100, 0), head(200, 2), head(300, 0)]


def signs(*marks: Mark) -> list[Sign]:
    return Sheet.of(page([staff(120)], *HEADS, *marks)).signs


def said(score: Score) -> list[tuple[str, float, int, str, str]]:
    return [
        (one.kind, float(one.onset), one.staff, one.text, one.role)
        for part in score.parts for each in part.measures for one in each.directions
    ]  # fmt: skip


def test_letters_beside_each_other_are_one_dynamic() -> None:
    letters: list[Mark] = [("dynamicF", 108, 160, 118, 175), ("dynamicM", 95, 163, 107, 172)]
    far: Mark = ("dynamicP", 300, 160, 312, 175)
    assert [one.text for one in signs(*letters, far)] == ["mf", "p"]


def test_a_dynamic_between_systems_is_of_the_staff_whose_notes_it_is_nearer_to() -> None:
    staves = [staff(120), staff(250, number=1)]
    for y, row in ((150, 0), (205, 1)):
        sheet = Sheet.of(page(staves, *HEADS, head(100, 0, 250), ("dynamicP", 98, y, 110, y + 12)))
        assert [(one.staff, one.above) for one in sheet.signs] == [(row, row == 1)]


def test_a_pedal_is_made_of_its_signs() -> None:
    ped: Mark = ("keyboardPedalPed", 95, 160, 115, 175)
    star: Mark = ("keyboardPedalUp", 190, 160, 200, 175)
    (one,) = signs(ped, star)
    assert (one.kind, round(one.x), round(one.end), one.ends) == ("pedal", 102, 196, True)
    (without,) = signs(ped)
    assert without.end != without.end
    (line,) = signs(ped, ("pedalLine", 118, 170, 190, 175))
    assert round(line.end) == 196
    (lone,) = signs(star)
    assert not lone.begins


def test_pedals_that_lie_on_each_other_follow_one_another() -> None:
    """As Verovio draws those that a score never ends: with six at one time MuseScore took no such file."""
    lines: list[Mark] = [("pedalLine", x, 170, 300, 175) for x in (100, 150, 200)]
    found = signs(*lines)
    assert [round(one.x) for one in found] == [106, 156, 206]
    assert [round(one.end) for one in found[:2]] == [156, 206]
    assert [one.ends for one in found[:2]] == [True, True]


def test_an_octave_line_goes_up_above_a_staff_and_down_below_it() -> None:
    (above,) = signs(*HEADS, ("ottavaBracket", 90, 60, 215, 75))
    assert (above.kind, above.text) == ("ottava", "1")
    (below,) = signs(*HEADS, ("ottavaBracket", 190, 160, 215, 175))
    assert (below.kind, below.text) == ("ottava", "-1")


def test_engraved_directions_are_read() -> None:
    controls = (
        '<dynam startid="#a">sfz</dynam><hairpin form="dim" startid="#b" endid="#d"/>'
        '<octave startid="#a" endid="#c" dis="8" dis.place="above"/>'
    )
    music = measure(notes("a=c6:4 b=d6:4 c=e6:4 d=f5:4"), controls=controls)
    found = transcribe(pages(mei(music)))
    assert sorted(said(found)) == [
        ("diminuendo", 1, 0, "", "start"), ("diminuendo", 3, 0, "", "stop"), ("dynamic", 0, 0, "sfz", ""),
        ("ottava", 0, 0, "1", "start"), ("ottava", 3, 0, "1", "stop"),
    ]  # fmt: skip
    assert [chord.notes[0].pitch.octave for chord in found.parts[0].measures[0].chords] == [6, 6, 6, 5]


def test_a_dynamic_between_the_staves_of_a_piano_is_of_the_upper_one() -> None:
    music = measure(notes("c5:2 a=d5:2"), notes("c3:1"), controls='<dynam startid="#a">pp</dynam>')
    assert said(transcribe(pages(mei(music, staves=PIANO)))) == [("dynamic", 2, 0, "pp", "")]


def test_a_hairpin_goes_over_the_end_of_a_system() -> None:
    music = [
        measure(
            notes(f"c5:8 d5:8 a{k}=e5:8 f5:8 e5:8 b{k}=f5:8 e5:8 g5:8"),
            controls=f'<hairpin form="cres" startid="#b{k}" endid="#a{k + 1}"/>' if k < 9 else "",
        )
        for k in range(10)
    ]
    (part,) = transcribe(pages(mei(*music))).parts
    assert len({(one.page, one.system) for one in part.measures}) > 1
    found = [(k, one) for k, measure in enumerate(part.measures) for one in measure.directions]
    starts = {one.number: (k, one.onset) for k, one in found if one.role == "start"}
    stops = {one.number: (k, one.onset) for k, one in found if one.role == "stop"}
    half = Fraction(5, 2)
    ends = [((k, half), (k + 1, Fraction(1))) for k in range(9)]
    assert [(starts[number], stops[number]) for number in sorted(starts)] == ends
    assert len(found) == 18


def sign(kind: str, *, begins: bool = True, ends: bool = True) -> Sign:
    return Sign(kind, 0, 10.0, 20.0, "", False, begins, ends, (0, 0, 1, 1))


@pytest.mark.parametrize("goes_on", [True, False])
def test_what_goes_on_to_another_system_ends_once(goes_on: bool) -> None:  # noqa: FBT001
    spanners = Spanners()
    spanners.add(sign("crescendo", ends=False), 0, 0, (0, Fraction(0)), (0, Fraction(4)))
    spanners.add(sign("crescendo", begins=not goes_on), 0, 0, (1, Fraction(0)), (1, Fraction(2)))
    spanners.close()
    stops = [(measure, float(one.onset)) for _, measure, one in spanners.found if one.role == "stop"]
    assert stops == ([(1, 2)] if goes_on else [(0, 4), (1, 2)])
    assert sum(one.role == "start" for _, _, one in spanners.found) == (1 if goes_on else 2)


def test_an_end_never_comes_before_its_beginning() -> None:
    spanners = Spanners()
    spanners.add(sign("pedal"), 0, 1, (3, Fraction(2)), (3, Fraction(1)))
    assert [(measure, one) for _, measure, one in spanners.found] == [
        (3, Direction("pedal", Fraction(2), 1, "", "start", 1)),
        (3, Direction("pedal", Fraction(2), 1, "", "stop", 1)),
    ]


def test_the_end_of_nothing_is_left_out() -> None:
    spanners = Spanners()
    spanners.add(sign("pedal", begins=False), 0, 0, (0, Fraction(1)), (0, Fraction(1)))
    assert spanners.found == []
