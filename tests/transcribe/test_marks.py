"""Marks and the chords that they hang at."""

from __future__ import annotations

import pytest

from notehead.transcribe import transcribe
from notehead.transcribe.sheet import Sheet
from tests.support.engraved import measure, mei, notes, page
from tests.transcribe.by_hand import Mark, head, staff
from tests.transcribe.by_hand import page as drawn

STEMS: list[Mark] = [("stem", 111, 85, 112, 120), ("stem", 211, 85, 212, 120), ("stem", 311, 85, 312, 120)]
HEADS = [head(100, 0), head(200, 0), head(300, 0)]


def marks(*more: Mark) -> dict[int, tuple[str, ...]]:
    sheet = Sheet.of(drawn([staff(120)], *HEADS, *STEMS, *more))
    return {int(sheet.events[k].x): names for k, names in sheet.marks_at.items()}


@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("articStaccatoAbove", (210, 74, 214, 78)),
        ("articAccentBelow", (199, 132, 213, 142)),
        ("fermataAbove", (196, 50, 216, 64)),
        ("ornamentTrill", (198, 50, 214, 66)),
        ("stringsUpBow", (202, 60, 210, 76)),
        ("tremolo2", (205, 92, 217, 104)),
        ("arpeggiato", (188, 108, 193, 132)),
        ("breathMark", (225, 80, 231, 92)),
        ("caesura", (225, 80, 235, 100)),
    ],
)
def test_a_mark_hangs_at_its_chord(name: str, box: tuple[float, float, float, float]) -> None:
    assert marks((name, *box)) == {200: (name,)}


def test_a_mark_far_from_all_chords_is_of_none() -> None:
    assert marks(("articStaccatoAbove", 150, 74, 154, 78)) == {}
    assert marks(("tremolo2", 150, 92, 162, 104)) == {}


def test_an_accent_below_is_never_of_a_chord_below_it() -> None:
    sheet = Sheet.of(drawn([staff(120)], head(100, -4), ("articAccentBelow", 99, 100, 113, 110)))
    assert sheet.marks_at == {}


def test_a_tremolo_of_two_notes_is_of_both() -> None:
    assert marks(("tremoloTwoNote", 215, 90, 309, 98)) == {200: ("tremoloTwoNote",), 300: ("tremoloTwoNote",)}


def test_an_arpeggio_is_of_all_staves_that_it_goes_over() -> None:
    low = [head(100, 0, 220), ("brace", -12, 100, -2, 240)]
    sheet = Sheet.of(
        drawn([staff(120), staff(220, number=1)], *HEADS, *STEMS, *low, ("arpeggiato", 88, 110, 93, 228))
    )
    assert [sheet.events[k].staff for k in sorted(sheet.marks_at)] in ([0, 1], [1, 0])


def test_fingers_stand_in_the_order_of_the_heads() -> None:
    chord = [head(100, 0), head(100, 4), ("stem", 111, 65, 112, 120)]
    fingers: list[Mark] = [("fingering5", 103, 40, 109, 50), ("fingering1", 103, 52, 109, 62)]
    sheet = Sheet.of(drawn([staff(120)], *chord, *fingers))
    assert sheet.fingers_at == {1: ("5",), 0: ("1",)}


def test_a_finger_left_of_a_note_is_its_own() -> None:
    sheet = Sheet.of(drawn([staff(120)], *HEADS, *STEMS, ("fingering3", 190, 115, 196, 125)))
    assert sheet.fingers_at == {1: ("3",)}


def test_engraved_marks_are_read() -> None:
    controls = '<fermata startid="#b"/><trill startid="#a"/><fing startid="#c">4</fing>'
    music = notes("a=c5:4 b=d5:4", 'artic="stacc"') + notes("c=e5:4 d=f5:4", 'artic="acc"')
    (part,) = transcribe(page(mei(measure(music, controls=controls)))).parts
    first, second, third, _ = part.measures[0].chords
    assert set(first.marks) == {"ornamentTrill", "articStaccatoAbove"}
    assert set(second.marks) == {"fermataAbove", "articStaccatoAbove"}
    assert third.marks == ("articAccentAbove",)
    assert third.notes[0].fingering == ("4",)
