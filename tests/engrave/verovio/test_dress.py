"""What a style changes in the score is on the page, labelled, and right about pitch, place and size."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from notehead.datasets.checks import check_page
from notehead.engrave.style import Foot, PageNumbers, Paper, Script, SmallStaves, Style
from notehead.engrave.verovio.dress import dress
from tests.support.engraved import PIANO, SMALL, TREBLE, chord, measure, mei, names, notes, page, pages

if TYPE_CHECKING:
    from notehead.page import Page

SONG = TREBLE + PIANO.replace('n="2"', 'n="3"').replace('n="1"', 'n="2"')
BAR = measure(
    notes("c5:4 d5:8 e5:8 f#5:2"),
    notes("c5:4 d5:8 e5:8 f#5:2"),
    notes("c3:4 d3:4 e3:2"),
    attributes='right="end"',
)
AIR = measure(notes("c5:4 d5:8 e5:8 f5:4 c#5:4"))
LONG = mei(*[AIR] * 60)
HEADED = Style(measure_numbers="none", paper=Paper("small", 80.0, 60.0))


def spaces(found: Page) -> list[float]:
    """Distance between the lines of each staff, in pixels."""
    return [
        float(np.diff(np.unique(found.staff_lines[found.staff_lines[:, 0] == staff, 2])).mean())
        for staff in np.unique(found.staff_lines[:, 0])
    ]


def texts(found: Page) -> list[str | None]:
    return [row.text for row in found.symbols.named("textTitle")]


def alone(text: str, style: Style) -> Page:
    found = page(text, style)
    assert list(check_page(found)) == []
    return found


# Sizes of staves


@pytest.mark.parametrize("size", [0.6, 0.75, 0.86])
def test_a_voice_above_a_piano_is_small(size: float) -> None:
    found = alone(mei(BAR, staves=SONG), replace(SMALL, small_staves="above", small_staff=size))
    voice, right, left = spaces(found)
    assert voice / right == pytest.approx(size, abs=0.01)
    assert right == pytest.approx(left)
    assert found.staff_space == pytest.approx(right)


@pytest.mark.parametrize("size", [0.6, 0.86])
def test_what_is_small_for_the_page_is_not_small_for_its_staff(size: float) -> None:
    found = alone(mei(BAR, staves=SONG), replace(SMALL, small_staves="above", small_staff=size)).symbols
    small = [row for row in found if row.staff == 0]
    usual = [row for row in found if row.staff == 1]
    both = [
        [(row.name, row.position, row.pitch) for row in rows if row.position is not None]
        for rows in (small, usual)
    ]
    assert both[0] == both[1]
    assert not [name for name in found.names if name.endswith("Small")]


def test_grace_notes_on_a_small_staff_are_small() -> None:
    grace = '<note grace="acc" pname="b" oct="4" dur="8"/>'
    bar = measure(grace + notes("c5:1"), notes("c5:1"), notes("c3:1"))
    found = alone(mei(bar, staves=SONG), replace(SMALL, small_staves="above", small_staff=0.6)).symbols
    assert names(found, "notehead").count("noteheadBlackOnLineSmall") == 1
    assert names(found, "notehead").count("noteheadWholeInSpace") == 3


@pytest.mark.parametrize("size", [0.6, 0.8])
def test_final_barlines_are_final_on_small_staves(size: float) -> None:
    found = alone(mei(BAR, staves=SONG), replace(SMALL, small_staves="above", small_staff=size)).symbols
    assert set(names(found, "barline")) == {"barlineFinal", "barlineSystemic"}


def test_a_keyboard_below_voices_may_be_small() -> None:
    choir = (
        TREBLE + TREBLE.replace('n="1"', 'n="2"') + PIANO.replace('n="2"', 'n="4"').replace('n="1"', 'n="3"')
    )
    bar = measure(*[notes("c5:1")] * 3, notes("c3:1"))
    sizes = spaces(alone(mei(bar, staves=choir), replace(SMALL, small_staves="below", small_staff=0.7)))
    assert sizes[2] / sizes[0] == pytest.approx(0.7, abs=0.01)
    assert sizes[1] == pytest.approx(sizes[0])


@pytest.mark.parametrize("which", ["above", "below", "one"])
def test_a_score_that_does_not_allow_it_stays_of_one_size(which: SmallStaves) -> None:
    style = replace(SMALL, small_staves=which)
    for text in (mei(AIR), mei(measure(notes("c5:1"), notes("c3:1")), staves=PIANO)):
        assert max(spaces(page(text, style))) == pytest.approx(min(spaces(page(text, style))))


# Ossias


@pytest.mark.parametrize("seed", range(4))
def test_an_ossia_is_a_small_staff_an_octave_away(seed: int) -> None:
    style = replace(SMALL, ossias=1, ossia_staff=0.7, details=seed)
    found = alone(mei(*[AIR] * 8), style)
    size, usual = sorted(set(np.round(spaces(found), 1)))
    assert size / usual == pytest.approx(0.7, abs=0.02)
    (staff,) = [i for i, space in enumerate(spaces(found)) if space < 0.9 * usual]
    heads = [row for row in found.symbols if row.staff == staff and row.name.startswith("notehead")]
    (index,) = {row.measure for row in heads}
    below = [
        row for row in found.symbols
        if row.measure == index and row.staff == staff + 1 and row.name.startswith("notehead")
    ]  # fmt: skip
    assert [row.onset for row in heads] == [row.onset for row in below]
    for row, other in zip(heads, below, strict=True):
        assert row.pitch is not None
        assert other.pitch is not None
        assert row.pitch.midi == other.pitch.midi + 12
        assert row.position is not None
        assert other.position is not None
        assert row.position == other.position + 7
        assert not row.name.endswith("Small")


def test_an_ossia_leaves_the_score_as_it_is() -> None:
    plain, with_ossia = (alone(mei(*[AIR] * 8), replace(SMALL, ossias=n)).symbols for n in (0, 1))
    assert int(with_ossia.is_notehead.sum()) == int(plain.is_notehead.sum()) + 5
    assert max(with_ossia.measure) == max(plain.measure)
    assert with_ossia.onset[with_ossia.is_notehead].max() == plain.onset[plain.is_notehead].max()


def test_short_scores_and_measures_with_more_than_notes_have_none() -> None:
    style = replace(SMALL, ossias=3)
    for text in (mei(AIR), mei(*[measure((notes("c5:2 d5:4 e5:4"), notes("c4:1")))] * 8)):
        assert len(set(np.round(spaces(page(text, style)), 1))) == 1


def test_ossias_of_high_music_go_down() -> None:
    high = measure(notes("c7:4 d7:4 e7:2"))
    found = alone(mei(*[high] * 8), replace(SMALL, ossias=1)).symbols
    assert {row.pitch.octave for row in found if row.pitch} == {6, 7}


def test_chords_and_ties_in_ossias() -> None:
    bar = measure(chord("c5 e#5", "4") + notes("d5:4 e5:2"))
    found = alone(mei(*[bar] * 8), replace(SMALL, ossias=1)).symbols
    assert names(found, "accidentalSharp").count("accidentalSharp") == 9


# Heads and feet


def test_made_up_titles_are_text_of_the_head() -> None:
    found = alone(mei(AIR), replace(HEADED, titles="new", details=4))
    assert len(texts(found)) >= 2
    assert texts(found) == texts(page(mei(AIR), replace(HEADED, titles="new", details=4, stem=0.25)))
    assert texts(found) != texts(page(mei(AIR), replace(HEADED, titles="new", details=5)))


def test_without_a_header_there_is_none() -> None:
    assert texts(page(mei(AIR), replace(SMALL, titles="new"))) == []


@pytest.mark.parametrize("where", ["left", "middle", "right", "dashes", "foot"])
def test_pages_from_the_second_on_are_numbered(where: PageNumbers) -> None:
    found = pages(LONG, replace(HEADED, page_numbers=where))
    assert len(found) > 1
    for number, one in enumerate(found, 1):
        expected = [f"\u2013 {number} \u2013" if where == "dashes" else str(number)] if number > 1 else []
        assert texts(one) == expected
        assert list(check_page(one)) == []
    (row,) = found[1].symbols.named("textTitle")
    middle = (row.box[0] + row.box[2]) / 2 / found[1].width
    assert middle == pytest.approx({"left": 0.03, "right": 0.97}.get(where, 0.5), abs=0.03)
    assert (row.box[1] > found[1].height / 2) == (where == "foot")


def test_plate_numbers_stand_on_every_page_and_notices_on_the_first() -> None:
    first, second = pages(LONG, replace(HEADED, foot="plate"))[:2]
    assert texts(first) == texts(second)
    assert len(texts(first)) == 1
    once: tuple[Foot, ...] = ("rights", "note")
    for foot in once:
        first, second = pages(LONG, replace(HEADED, foot=foot))[:2]
        assert (len(texts(first)), texts(second)) == (1, [])
        (row,) = first.symbols.named("textTitle")
        assert row.box[1] > first.height * 0.9


def test_a_system_that_is_too_high_for_its_page_has_no_foot_in_it() -> None:
    staves = "".join(TREBLE.replace('n="1"', f'n="{n}"') for n in range(1, 13))
    text = mei(measure(*[notes("c5:1")] * 12), staves=staves)
    assert texts(page(text, replace(HEADED, foot="plate", staff_space=0.6))) == []
    roomy = replace(HEADED, foot="plate", paper=Paper())
    assert len(texts(page(text, roomy))) == 1


# Lyrics


def sung(text: str, ends: str = "") -> str:
    return f'<note pname="c" oct="5" dur="1"><verse n="1"><syl {ends}>{text}</syl></verse></note>'


@pytest.mark.parametrize(
    ("script", "text"), [("Cyrillic", "\u043d\u043e\u0441"), ("Greek", "\u03bd\u03bf\u03c2")]
)
def test_lyrics_in_another_script(script: Script, text: str) -> None:
    found = alone(mei(measure(sung("nos"))), replace(SMALL, lyric_script=script))
    assert [row.text for row in found.symbols.named("textLyrics")] == [text]


def test_text_that_runs_to_the_left_is_read_in_its_order() -> None:
    found = alone(mei(measure(sung("shalom"))), replace(SMALL, lyric_script="Hebrew")).symbols
    assert [row.text for row in found.named("textLyrics")] == ["\u05e9\u05d0\u05dc\u05d5\u05dd"]


def test_a_syllable_that_cannot_be_drawn_is_no_symbol_and_no_box() -> None:
    found = alone(mei(measure(sung("\u66f2"))), SMALL).symbols
    assert not len(found.named("textLyrics"))


def test_the_number_of_a_verse_is_text_of_the_lyrics() -> None:
    verse = '<note pname="c" oct="5" dur="1"><verse n="1"><label>1.</label><syl>la</syl></verse></note>'
    found = alone(mei(measure(verse)), SMALL).symbols
    assert sorted(row.text or "" for row in found.named("textLyrics")) == ["1.", "la"]
    assert not len(found.named("textPartName"))


# The rest


def test_empty_staves_may_be_left_out() -> None:
    """Not in the first system, where every staff is shown."""
    rests = "<mRest/>"
    bars = [measure(notes("c5:4 d5:4 e5:4 f5:4"), rests if i > 2 else notes("c3:1")) for i in range(40)]
    counts = [
        sum(
            len(np.unique(one.staff_lines[:, 0]))
            for one in pages(mei(*bars, staves=PIANO.replace(' symbol="brace"', "")), style)
        )
        for style in (SMALL, replace(SMALL, hide_empty=True))
    ]
    assert counts[1] < counts[0]


@pytest.mark.parametrize("glyph", [True, False])
def test_a_brace_is_a_brace_however_it_is_drawn(*, glyph: bool) -> None:
    bar = measure(notes("c5:1"), notes("c3:1"))
    found = alone(mei(bar, staves=PIANO), replace(SMALL, brace_glyph=glyph)).symbols
    assert names(found, "brace", "bracket") == ["brace"]


def test_remarks_of_the_humdrum_reader_are_not_printed() -> None:
    remark = '<dir type="problem" staff="1" tstamp="1"><rend>\u26a0</rend></dir>'
    words = '<dir staff="1" tstamp="1">dolce</dir>'
    found = alone(mei(measure(notes("c5:1"), controls=remark + words)), SMALL).symbols
    assert [row.text for row in found.named("textDirection")] == ["dolce"]


@pytest.mark.parametrize(
    ("names", "left"),
    [
        ("#a #b", ["#a #b"]),
        ("#a #none", ["#a"]),
        ("#none #some #c", ["#some"]),
        ("#none #c", []),
        ("", [""]),
        ("#unknown #a", ["#unknown #a"]),
    ],
)
def test_arpeggios_reach_to_what_is_seen(names: str, left: list[str]) -> None:
    """Verovio drew one to a hidden note in one run of twelve: Bach's prelude BWV 847."""
    hidden = '<note pname="c" oct="4" dur="4" visible="false"/>'
    layer = f"""
        <note xml:id="a" pname="c" oct="4" dur="4"/><note xml:id="b" pname="e" oct="4" dur="4"/>
        <note xml:id="c" pname="e" oct="4" dur="4" visible="false"/>
        <chord xml:id="none" dur="4">{hidden}{hidden}</chord>
        <chord xml:id="some" dur="4">{hidden}<note pname="g" oct="4" dur="4"/></chord>"""
    score = mei(
        f'<measure><staff n="1"><layer n="1">{layer}</layer></staff><arpeg plist="{names}"/></measure>'
    )
    assert re.findall(r'<arpeg plist="([^"]*)"', dress(score, SMALL)) == left
