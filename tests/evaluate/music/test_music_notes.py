"""Notes, signs and measures of recognised music: properties of the matching, and cases worked out by hand."""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from notehead.errors import ScoreLimitError
from notehead.evaluate.music import alignment
from notehead.evaluate.music.adding_up import measures_that_add_up
from notehead.evaluate.music.counts import Matches, Share
from notehead.evaluate.music.notes import CRITERIA, SIGNS, NoteComparison, compare_notes
from notehead.evaluate.music.written import WrittenPart, written_part
from tests.support.music import HEAD, Bar, Event, score

lengths = st.sampled_from([[8], [4, 4], [2, 2, 4], [4, 2, 1, 1], [1] * 8])


@st.composite
def voices(draw: st.DrawFn) -> list[Event]:
    """A voice that fills a measure of 4/4, with a grace note here and there."""
    staff, made = draw(st.integers(1, 2)), []
    for length in draw(lengths):
        if draw(st.integers(0, 5)) == 0:
            made.append(Event(0, [draw(st.integers(0, 13))], staff))
        made.append(Event(length, draw(st.lists(st.integers(0, 13), max_size=3, unique=True)), staff))
    return made


bars = st.lists(st.lists(voices(), min_size=1, max_size=3).map(Bar), min_size=1, max_size=5)


few = settings(max_examples=40)


def with_head(music: list[Bar]) -> list[Bar]:
    first = Bar(music[0].voices, HEAD + "<staves>2</staves>") if music else Bar([])
    return [first, *music[1:]]


def read(text: str) -> list[WrittenPart]:
    return [written_part(part) for part in etree.fromstring(text).iterchildren("part")]


def compared(found: str, true: str) -> NoteComparison:
    return compare_notes(read(found), read(true))


def count(music: list[Bar]) -> int:
    return sum(len(event.pitches) for bar in music for voice in bar.voices for event in voice)


# Properties


@few
@given(bars, bars)
def test_a_score_against_itself_is_perfect(one: list[Bar], two: list[Bar]) -> None:
    text = score(with_head(one), with_head(two))
    figures = compared(text, text)
    whole = count(one) + count(two)
    assert set(figures.notes.values()) == {Matches(whole, whole, whole)}
    assert all(share.value == 1 for share in figures.signs.values())
    assert figures.adding_up == Share(len(one) + len(two), len(one) + len(two))


@few
@given(bars, st.data())
def test_notes_that_are_removed_lower_recall_by_just_that(music: list[Bar], data: st.DataObject) -> None:
    music = with_head(music)
    found = copy.deepcopy(music)
    timed = [event for bar in found for voice in bar.voices for event in voice if event.length]
    for event in timed:
        event.pitches = [pitch for pitch in event.pitches if data.draw(st.booleans())]
    left = count(found)
    figures = compared(score(found), score(music))
    assert set(figures.notes.values()) == {Matches(left, left, count(music))}


@few
@given(bars, st.integers(0, 5), st.booleans())
def test_an_empty_measure_more_changes_only_that_measure(music: list[Bar], place: int, rest: object) -> None:
    music = with_head(music)
    place = min(place, len(music))
    assume(place)
    found = [*music[:place], Bar([[Event(8)]] if rest else []), *music[place:]]
    figures = compared(score(found), score(music))
    whole = count(music)
    assert set(figures.notes.values()) == {Matches(whole, whole, whole)}
    assert figures.measures == Matches(len(music), len(music) + 1, len(music))
    assert all(share.value == 1 for share in figures.signs.values())


@few
@given(bars, st.integers(1, 4))
def test_a_lost_measure_costs_only_its_own_notes(music: list[Bar], place: int) -> None:
    assume(place < len(music))
    music = with_head(music)
    figures = compared(score([*music[:place], *music[place + 1 :]]), score(music))
    left = count(music) - count([music[place]])
    assert set(figures.notes.values()) == {Matches(left, left, count(music))}


@few
@given(bars, st.permutations(range(3)))
def test_the_order_of_voices_does_not_matter(music: list[Bar], order: list[int]) -> None:
    music = with_head(music)
    figures = compared(score(music, order=order.index), score(music))
    whole = count(music)
    assert set(figures.notes.values()) == {Matches(whole, whole, whole)}


@few
@given(bars, bars)
def test_what_must_match_more_matches_less(one: list[Bar], two: list[Bar]) -> None:
    figures = compared(score(with_head(one)), score(with_head(two)))
    hits = {name: matches.hits for name, matches in figures.notes.items()}
    for kind in ("pitch", "MIDI number"):
        assert hits[kind] >= hits[f"{kind}, duration"] >= hits[f"{kind}, duration, onset"]
    assert hits["MIDI number"] >= hits["pitch"]


# By hand


def one_voice(*events: Event) -> str:
    return score(with_head([Bar([list(events)])]))


def test_what_differs_counts_where_it_is_asked_for() -> None:
    true = one_voice(Event(2, [0]), Event(2, [1]), Event(4, [2]))
    longer = one_voice(Event(4, [0]), Event(2, [1]), Event(2, [2]))
    hits = {name: matches.hits for name, matches in compared(longer, true).notes.items()}
    assert [hits[name] for name in CRITERIA][:3] == [3, 1, 0]


def test_another_spelling_sounds_the_same() -> None:
    sharp, flat = (
        one_voice(Event(8, [0])).replace("<step>C</step>", f"<step>{step}</step><alter>{alter}</alter>")
        for step, alter in (("C", 1), ("D", -1))
    )
    notes = compared(flat, sharp).notes
    assert notes["pitch"].hits == 0
    assert notes["MIDI number, duration, onset"].hits == 1


def test_grace_notes_match_by_their_order() -> None:
    true = one_voice(Event(0, [4]), Event(0, [5]), Event(8, [0]))
    other = one_voice(Event(0, [5]), Event(0, [4]), Event(8, [0]))
    notes = compared(other, true).notes
    assert notes["pitch, duration"] == Matches(3, 3, 3)
    assert notes["pitch, duration, onset"] == Matches(1, 3, 3)


def test_a_staff_that_is_wrong_is_wrong() -> None:
    notes = compared(one_voice(Event(8, [0], 2)), one_voice(Event(8, [0]))).notes
    assert notes["pitch"] == Matches(0, 1, 1)


def test_hidden_notes_are_not_asked_for_but_take_their_time() -> None:
    text = one_voice(Event(4, [0]), Event(4, [1])).replace("<note>", '<note print-object="no">', 1)
    (part,) = read(text)
    (note,) = part.measures[0].notes
    assert (note.spelled, note.onset) == ("D4", Fraction(2))


def test_unpitched_notes_have_the_name_of_their_place() -> None:
    unpitched = "<unpitched><display-step>C</display-step><display-octave>4</display-octave></unpitched>"
    text = one_voice(Event(8, [0])).replace("<pitch><step>C</step><octave>4</octave></pitch>", unpitched)
    (note,) = read(text)[0].measures[0].notes
    assert (note.spelled, note.sounding) == ("xC4", "xC4")


def test_durations_that_an_editor_rounded_are_made_exact() -> None:
    septuplet = (
        "<time-modification><actual-notes>7</actual-notes><normal-notes>4</normal-notes></time-modification>"
    )
    note = f"<note><rest/><duration>{{}}</duration><type>eighth</type>{septuplet}</note>"
    text = "<part><measure><attributes><divisions>24</divisions></attributes>"
    text += "".join(note.format(length) for length in (7, 7, 7, 7, 7, 7, 6)) + "</measure></part>"
    spans = written_part(etree.fromstring(text)).measures[0].spans
    assert [span.end for span in spans] == [Fraction(2 * k, 7) for k in range(1, 8)]


def test_staves_are_paired_where_a_piano_is_read_as_two_parts() -> None:
    piano = score(with_head([Bar([[Event(8, [0])], [Event(8, [7], 2)]])]))
    two = score(*([Bar([[Event(8, [pitch])]], HEAD)] for pitch in (0, 7)))
    figures = compared(two, piano)
    assert set(figures.notes.values()) == {Matches(2, 2, 2)}


def test_a_part_that_was_not_read_is_missed() -> None:
    one = with_head([Bar([[Event(8, [0])]])])
    figures = compared(score(one), score(one, one, one))
    assert figures.notes["pitch"] == Matches(1, 1, 3)
    assert figures.signs["key"] == Share(2, 6)
    assert compare_notes([], read(score(one))).notes["pitch"] == Matches(0, 0, 1)


@pytest.mark.parametrize(
    ("was", "becomes", "name"),
    [
        ("<sign>G</sign><line>2</line>", "<sign>F</sign><line>4</line>", "clef"),
        ("<fifths>1</fifths>", "<fifths>2</fifths>", "key"),
        ("<beats>4</beats>", "<beats>3</beats>", "time signature"),
    ],
)
def test_a_wrong_sign_is_wrong_as_long_as_it_is_in_force(was: str, becomes: str, name: str) -> None:
    rest = Bar([[Event(8)]])
    attributes = f"{HEAD}<staves>2</staves><clef number='2'><sign>C</sign><line>3</line></clef>"
    true = score([Bar(rest.voices, attributes), rest, Bar(rest.voices, HEAD), rest])
    figures = compared(true.replace(was, becomes, 1), true)
    wrong = {sign: share.whole - share.part for sign, share in figures.signs.items()}
    staves = 1 if name == "clef" else 2
    assert wrong == {**dict.fromkeys(SIGNS, 0), name: 2 * staves}


def test_a_clef_in_mid_measure_counts_with_its_place() -> None:
    clef = "<attributes><clef><sign>F</sign><line>4</line></clef></attributes>"
    first, second = "<duration>2</duration>", "<duration>6</duration>"
    text = one_voice(Event(2, [0]), Event(6, [1]))
    early, late = (
        text.replace(f"{length}<voice>1</voice>", f"{length}<voice>1</voice><!---->", 1)
        for length in (first, second)
    )
    early = text.replace("</note><note>", f"</note>{clef}<note>")
    late = text.replace("</note></measure>", f"</note>{clef}</measure>")
    assert compared(early, early).signs["clef"].value == 1
    assert compared(late, early).signs["clef"] == Share(1, 2)  # the second staff has none in both
    assert compared(text, early).signs["clef"] == Share(1, 2)


@pytest.mark.parametrize(
    ("events", "good"),
    [
        ([Event(8, [0])], True),
        ([Event(4, [0]), Event(2, [1])], False),
        ([Event(8, [0]), Event(1, [1])], False),
    ],
)
def test_measures_that_add_up(events: list[Event], *, good: bool) -> None:
    full = Bar([[Event(8, [0])]])
    (part,) = read(score(with_head([full, full, Bar([events]), full, full])))
    assert measures_that_add_up(part) == [True, True, good, True, True]


def test_pickups_and_measures_in_two_halves_add_up() -> None:
    full, half = Bar([[Event(8, [0])]]), Bar([[Event(4, [0])]])
    (part,) = read(score(with_head([half, full, half, half, full, half, full, half])))
    assert measures_that_add_up(part) == [True, True, True, True, True, False, True, True]
    (part,) = read(score(with_head([full, full, Bar(half.voices, implicit=True), full, full])))
    assert all(measures_that_add_up(part))


def test_measures_beside_repeats_may_be_short() -> None:
    """A section that begins with a pickup ends with the rest of a measure."""
    full, three = Bar([[Event(8, [0])]]), Bar([[Event(6, [0])]])
    text = score(with_head([full, three, three, full, full, full]))
    assert measures_that_add_up(read(text)[0]) == [True, False, False, True, True, True]
    repeat = '<barline location="right"><repeat direction="backward"/></barline>'
    first, middle, *rest = text.split("</measure>")
    assert all(measures_that_add_up(read("</measure>".join([first, middle + repeat, *rest]))[0]))
    double = "<barline><bar-style>light-light</bar-style></barline>"
    assert all(measures_that_add_up(read("</measure>".join([first, middle + double, *rest]))[0]))
    single = "<barline><bar-style>regular</bar-style></barline>"
    assert not all(measures_that_add_up(read("</measure>".join([first, middle + single, *rest]))[0]))


def test_each_staff_must_be_full() -> None:
    full = Bar([[Event(8, [0])], [Event(8, [0], 2)]])
    short = Bar([[Event(8, [0])], [Event(4, [0], 2)]])
    wandering = Bar([[Event(4, [0]), Event(4, [1], 2)], [Event(4, [2], 2)]])
    (part,) = read(score(with_head([full, short, wandering, full])))
    assert measures_that_add_up(part) == [True, False, True, True]


def test_a_gap_or_an_overlap_does_not_add_up() -> None:
    full = Bar([[Event(8, [0])]])
    (part,) = read(score(with_head([full, Bar([[Event(4, [0]), Event(4, [1])]]), full])))
    assert all(measures_that_add_up(part))
    for jump, lengths_ in (("forward", (2, 4)), ("backup", (6, 4))):
        text = score(with_head([full, Bar([[Event(lengths_[0], [0]), Event(lengths_[1], [1])]]), full]))
        text = text.replace("</note><note>", f"</note><{jump}><duration>2</duration></{jump}><note>", 1)
        assert measures_that_add_up(read(text)[0]) == [True, False, True]


# Limits


def test_times_finer_than_music_are_refused() -> None:
    notes = "".join(
        f"<attributes><divisions>{prime}</divisions></attributes><note><rest/><duration>1</duration></note>"
        for prime in (999_983, 999_979, 999_961)
    )
    with pytest.raises(ScoreLimitError, match="divides a quarter note"):
        written_part(etree.fromstring(f"<part><measure>{notes}</measure></part>"), "bad.xml")


def test_more_measures_than_can_be_aligned_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MOST_CELLS", 3)
    parts = read(score([Bar([]), Bar([])]))
    with pytest.raises(ScoreLimitError, match="2 measures cannot be aligned with 2"):
        compare_notes(parts, parts, "long.xml")
