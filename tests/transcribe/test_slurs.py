"""Slurs from chord to chord."""

from __future__ import annotations

from notehead.transcribe import transcribe
from notehead.transcribe.score import Chord, Score
from notehead.transcribe.sheet import Sheet
from notehead.transcribe.slurs import SlurJoiner
from tests.support.engraved import PIANO, measure, mei, notes, pages
from tests.transcribe.by_hand import Mark, head, page, staff

HEADS = [head(100, 0), head(200, 2), head(300, 0)]


def ends(*marks: Mark, heads: list[Mark] = HEADS) -> list[tuple[int | None, int | None, bool]]:
    sheet = Sheet.of(page([staff(120)], *heads, *marks))
    x = {k: int(event.x) for k, event in enumerate(sheet.events)}
    return [
        (None if one.first is None else x[one.first], None if one.last is None else x[one.last], one.above)
        for one in sheet.slurs
    ]


def chords(score: Score) -> list[Chord]:
    return [chord for part in score.parts for measure in part.measures for chord in measure.chords]


def pairs(score: Score) -> list[tuple[str, str]]:
    """Pitches of the first notes of the chords that slurs go from and to."""
    begins = {number: chord for chord in chords(score) for number in chord.slurs}
    ends = {number: chord for chord in chords(score) for number in chord.slurred}
    assert set(begins) == set(ends)
    return sorted((begins[k].notes[0].pitch.step, ends[k].notes[0].pitch.step) for k in begins)


def test_a_slur_goes_from_the_chord_at_one_end_to_that_at_the_other() -> None:
    assert ends(("slur", 106, 80, 306, 108)) == [(100, 300, True)]
    assert ends(("slur", 106, 130, 206, 140)) == [(100, 200, False)]


def test_a_slur_at_the_edge_of_a_staff_goes_on() -> None:
    assert ends(("slur", 306, 100, 400, 112)) == [(300, None, True)]
    assert ends(("slur", 70, 100, 106, 112)) == [(None, 100, True)]


def test_a_slur_at_nothing_is_none() -> None:
    assert ends(("slur", 140, 20, 160, 30)) == []
    assert ends(("slur", 106, 80, 306, 108), heads=[]) == []


def test_slurs_are_joined_over_systems_by_height() -> None:
    sheet = Sheet.of(
        page(
            [staff(120), staff(320, number=1)], *HEADS, head(350, -6), head(80, 0, 320), head(110, -6, 320),
            ("slur", 306, 100, 400, 112), ("slur", 356, 155, 400, 165),
            ("slur", 60, 300, 86, 312), ("slur", 60, 355, 116, 365),
        )
    )  # fmt: skip
    joiner = SlurJoiner.empty()
    for row in (0, 1):
        own = [slur for slur in sheet.slurs if slur.staff == row]
        assert len(own) == 2
        joiner.add(0, own, {row: 0}, sheet.staves, sheet.page.symbols)
    heights = sorted((sheet.events[a.event].y, sheet.events[b.event].y) for a, b in joiner.links)
    assert heights == [(120.0, 320.0), (150.0, 350.0)]


def test_a_slur_that_goes_on_to_nothing_is_left_out() -> None:
    joiner = SlurJoiner.empty()
    sheet = Sheet.of(page([staff(120)], *HEADS, ("slur", 306, 100, 400, 112)))
    joiner.add(0, sheet.slurs, {0: 0}, sheet.staves, sheet.page.symbols)
    joiner.add(1, [], {0: 0}, sheet.staves, sheet.page.symbols)
    assert joiner.links == []
    assert all(not chord.slurs for chord in chords(transcribe(sheet.page)))


def test_engraved_slurs_are_read() -> None:
    music = measure(
        notes("a=c5:4 d5:4 b=e5:4 f5:4"), notes("c=g3:2 d=a3:2"),
        controls='<slur startid="#a" endid="#b"/><slur startid="#c" endid="#d"/>',
    )  # fmt: skip
    assert pairs(transcribe(pages(mei(music, staves=PIANO)))) == [("C", "E"), ("G", "A")]


def test_engraved_slurs_go_over_the_end_of_a_system() -> None:
    music = [
        measure(
            notes(f"a{k}=c5:8 d5:8 e5:8 f5:8 e5:8 f5:8 e5:8 b{k}=g5:8"),
            controls=f'<slur startid="#b{k}" endid="#a{k + 1}"/>' if k < 9 else "",
        )
        for k in range(10)
    ]
    found = transcribe(pages(mei(*music)))
    assert len({(one.page, one.system) for one in found.parts[0].measures}) > 1
    assert pairs(found) == [("G", "C")] * 9
