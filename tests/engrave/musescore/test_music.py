"""MuseScore's own file tells times, steps and the order of drawing."""

from __future__ import annotations

from fractions import Fraction

from notehead.engrave.musescore.music import Music, read_music, written_words
from tests.engrave.musescore.snippets import chord, mscx, note, rest

SIGNATURE = "<TimeSig><sigN>3</sigN><sigD>4</sigD></TimeSig>"


def onsets(music: Music) -> list[tuple[int, int, Fraction, Fraction]]:
    every = music.track_events(list(range(len(music.starts))))
    return [(event.staff, event.voice, event.onset, event.duration) for event in every]


def test_measures_follow_the_signature_in_force() -> None:
    music = read_music(mscx([[SIGNATURE + rest("measure")], [rest("measure")]]))
    assert music.starts == [0, Fraction(3, 4)]
    assert onsets(music) == [(0, 1, 0, Fraction(3, 4)), (0, 1, Fraction(3, 4), Fraction(3, 4))]


def test_a_pickup_has_a_length_of_its_own() -> None:
    data = mscx([[rest("quarter")], [rest("measure")]]).replace(b"<Measure>", b'<Measure len="1/4">', 1)
    music = read_music(data)
    assert music.lengths == [Fraction(1, 4), Fraction(1)]


def test_tracks_are_drawn_from_the_last_to_the_first() -> None:
    music = read_music(mscx([[rest("whole"), rest("whole")]], [[rest("whole")]]))
    assert [(staff, voice) for staff, voice, *_ in onsets(music)] == [(1, 1), (0, 2), (0, 1)]


def test_dots_tuplets_and_gaps() -> None:
    triplet = "<Tuplet><normalNotes>2</normalNotes><actualNotes>3</actualNotes></Tuplet>"
    eighth = chord("eighth", note(14))
    voice = (
        "<Chord><dots>1</dots><durationType>quarter</durationType>" + note(14) + "</Chord>"
        "<location><fractions>1/8</fractions></location>"
        + triplet
        + eighth * 3
        + "<endTuplet/>"
        + rest("quarter")
    )
    music = read_music(mscx([[voice]]))
    assert [(onset, length) for _, _, onset, length in onsets(music)] == [
        (0, Fraction(3, 8)),
        (Fraction(1, 2), Fraction(1, 12)),
        (Fraction(7, 12), Fraction(1, 12)),
        (Fraction(2, 3), Fraction(1, 12)),
        (Fraction(3, 4), Fraction(1, 4)),
    ]


def test_a_step_back_at_the_end_moves_nothing() -> None:
    voice = rest("half") * 2 + "<location><fractions>-1/8</fractions></location><StaffText/>"
    assert [onset for *_, onset, _ in onsets(read_music(mscx([[voice], [rest("whole")]])))] == [0, 0.5, 1]


def test_a_measure_that_does_not_add_up_has_the_times_of_its_voice() -> None:
    music = read_music(mscx([[rest("half")], [rest("half") * 3], [rest("whole")]]))
    assert [onset for *_, onset, _ in onsets(music)] == [0, 1, 1.5, 2, 2]


def test_grace_notes_have_no_length_and_are_drawn_after_their_note() -> None:
    grace = chord("eighth", note(16), more="<acciaccatura/>")
    music = read_music(mscx([[grace + chord("whole", note(14))]]))
    events = list(music.track_events([0]))
    assert [(event.grace, event.onset, event.duration) for event in events] == [
        ("", Fraction(0), Fraction(1)),
        ("acciaccatura", Fraction(0), Fraction(0)),
    ]


def test_steps_and_alterations_from_tonal_pitch_classes() -> None:
    heads = [
        read_music(mscx([[chord("whole", note(tpc))]])).events[0, 1][0][0].heads[0]
        for tpc in (14, 13, 21, 12, 33, -1)
    ]
    assert [(head.step, head.alter) for head in heads] == [(0, 0), (3, 0), (0, 1), (6, -1), (6, 2), (3, -2)]


def test_a_transposed_part_is_written_as_its_own_pitch() -> None:
    written = note(14, "<Accidental/>").replace("</tpc>", "</tpc><tpc2>16</tpc2>")
    (head,) = read_music(mscx([[chord("whole", written)]])).events[0, 1][0][0].heads
    assert (head.step, head.accidental) == (1, True)


def test_what_moves_to_another_staff_and_what_is_hidden() -> None:
    voice = chord("half", note(14), more="<staffMove>1</staffMove>") + rest("half", "<visible>0</visible>")
    moved, hidden = read_music(mscx([[voice]], [[rest("measure")]])).events[0, 1][0]
    assert (moved.staff, hidden.visible) == (1, False)


def test_no_score_is_no_music() -> None:
    assert read_music(b"<museScore/>").staves == 0


def test_written_words_are_whole_texts_and_their_parts() -> None:
    data = mscx([[rest("whole")]]).replace(
        b"<voice>", b"<voice><StaffText><text>A <b>B</b></text></StaffText>", 1
    )
    assert written_words(data) == {"A B", "A", "B"}
