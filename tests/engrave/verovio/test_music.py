"""Onsets and durations are those of Verovio's own time map, exactly."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import verovio

from notehead.engrave.score import read_score
from notehead.engrave.verovio.events import TICKS, Music
from notehead.engrave.verovio.music import read_music
from notehead.page import ABSENT
from tests.support.engraved import PIANO, chord, engraver, measure, mei, notes

CORPUS = Path(__file__).parents[4] / "shared" / "scores"
BAR = measure(notes("c5:1"))
TWO_METERS = "".join(
    f'<staffDef n="{n}" lines="5" clef.shape="G" clef.line="2" meter.count="{count}" meter.unit="{unit}"/>'
    for n, count, unit in ((1, 3, 8), (2, 9, 16))
)


class Read(NamedTuple):
    """A score, as we read it and as Verovio times it."""

    music: Music
    times: list[dict[str, Any]]
    durations: dict[str, Fraction]


@cache
def toolkit() -> Any:
    engraver()  # silences the log
    tool = verovio.toolkit()
    tool.setOptions({"breaks": "none", "expandNever": True, "xmlIdSeed": 1})
    return tool


def read(text: str, form: str = "mei") -> Read:
    tool = toolkit()
    tool.setInputFrom(form)
    tool.resetXmlIdSeed(1)
    assert tool.loadData(text)
    times = tool.renderToTimemap({"includeMeasures": True, "includeRests": True})
    music = read_music(tool.getMEI({"removeIds": False}))
    durations = {}
    for moment in times:
        for name in moment.get("on", ()):
            durations[name] = Fraction(*tool.getTimesForElement(name)["qfracDuration"][0])
    return Read(music, times, durations)


def onset(music: Music, name: str) -> Fraction:
    return Fraction(music.events[name].onset, TICKS)


def duration(music: Music, name: str) -> Fraction:
    return Fraction(music.events[name].duration, TICKS)


def tuplet(num: int, numbase: int, inside: str) -> str:
    return f'<tuplet num="{num}" numbase="{numbase}">{inside}</tuplet>'


SEVEN = tuplet(7, 4, notes("c4:16 d4:16 e4:16 f4:16 g4:16 a4:16 b4:16"))
SEVENTEEN = tuplet(17, 16, "".join(notes("c4:32") for _ in range(17)))
SCORES = {
    "dots": mei(measure(notes("c4:4. d4:8 e4:8.. f4:32 g4:4")), measure(notes("r:2. c4:4"))),
    "triplets": mei(measure(tuplet(3, 2, notes("c4:4 d4:8")) + notes("c4:4 d4:2")), BAR),
    "sevens": mei(measure(SEVEN + notes("r:4") + SEVEN + notes("c4:4")), BAR),
    "seventeens": mei(measure(SEVENTEEN + notes("c4:2")), BAR, measure(notes("c4:2 d4:2"))),
    "chords": mei(measure(chord("c4 e4", "2") + chord("d4 f4", "4.") + notes("c4:8"))),
    "beams": mei(measure(f"<beam>{notes('c4:8 d4:8 r:8 e4:8')}</beam>" + notes("c4:2")), BAR),
    "measure rests": mei(
        measure("<mRest/>"), measure(notes("c4:4 d4:2")), meter='meter.count="3" meter.unit="4"'
    ),
    "meters": mei(
        BAR, '<scoreDef meter.count="3" meter.unit="8"/>', measure("<mRest/>"), measure(notes("c4:8 d4:4"))
    ),
    "a meter in a layer": mei(
        BAR, measure('<meterSig count="3" unit="4"/><mRest/>'), measure(notes("c4:2."))
    ),
    "clefs": mei(measure(notes("c4:4 d4:4") + '<clef shape="F" line="4"/>' + notes("c4:2")), BAR),
    "tremolos": mei(
        measure(f'<fTrem beams="3">{notes("c4:2 e4:2")}</fTrem><bTrem unitdur="32">{notes("g4:2")}</bTrem>'),
        BAR,
    ),
    "many rests": mei(measure('<multiRest num="12"/>'), BAR, BAR),
    "sounding lengths": mei(measure(notes("c4:4", 'dur.ges="8"') + notes("d4:8 e4:4 f4:2")), BAR),
    "two meters": mei(
        measure(notes("c4:8 d4:4"), notes("c4:16 d4:8 e4:16 f4:8 g4:8 a4:16")),
        measure("<mRest/>", "<mRest/>"),
        measure(notes("c4:4."), "<mRest/>"),
        meter="",
        staves=TWO_METERS,
    ),
    "one meter after two": mei(
        measure(notes("c4:4 d4:2"), "<mRest/>"),
        measure("<mRest/>", notes("c4:4. d4:4.")),
        '<scoreDef meter.count="2" meter.unit="4"/>',
        measure("<mRest/>", "<mRest/>"),
        measure(notes("c4:2"), "<mRest/>"),
        meter="",
        staves=TWO_METERS.replace('"8"', '"4"').replace('"9"', '"6"').replace('"16"', '"8"'),
    ),
    "a pickup": mei(measure(notes("c4:4"), attributes='metcon="false"'), BAR, measure(notes("d4:2."))),
    "voices": mei(
        measure((notes("c4:4 d4:4 e4:2"), notes("c4:2. d4:8"))), measure((notes("c4:2"), notes("d4:1")))
    ),
    "staves": mei(
        measure("<mRest/>", notes("c3:1")), measure(notes("c4:2"), notes("c3:2 d3:2")), staves=PIANO
    ),
    "invisible rests": mei(measure(f'{notes("c4:4")}<space dur="4" dots="1"/>{notes("d4:8 e4:4")}'), BAR),
    "repeated measures": mei(BAR, measure("<mRpt/>"), BAR),
    "repeated halves": mei(measure(notes("c4:4 d4:4") + "<halfmRpt/>"), BAR),
    "repeated beats": mei(measure(notes("c4:4") + "<beatRpt/>" + notes("d4:2")), BAR),
    "cut time": mei(measure(notes("c4:4") + "<beatRpt/>" + notes("d4:2")), BAR, meter='meter.sym="cut"'),
    "common time": mei(measure("<mRest/>"), BAR, meter='meter.sym="common"'),
    "added meters": mei(measure("<mRest/>"), BAR, meter='meter.count="3+2" meter.unit="8"'),
    "breves": mei(measure(notes("c4:breve")), measure("<mRest/>"), meter='meter.count="4" meter.unit="2"'),
    "ties": mei(
        measure(notes("a=c4:1"), controls='<tie startid="#a" endid="#b"/>'), measure(notes("b=c4:1")), BAR
    ),
}


@pytest.mark.parametrize("name", SCORES)
def test_onsets_and_durations_are_verovios(name: str) -> None:
    music, times, durations = read(SCORES[name])
    ours = {name: event.onset / TICKS for name, event in music.events.items()}
    ours |= {name: music.measure_onset[index] / TICKS for name, index in music.measure_of.items()}
    theirs = {
        element: moment["qstamp"]
        for moment in times
        for element in [
            *moment.get("on", ()),
            *moment.get("restsOn", ()),
            *filter(None, [moment.get("measureOn")]),
        ]
    }
    assert {element: ours[element] for element in theirs} == theirs
    assert {element: duration(music, element) for element in durations} == durations


def test_the_scores_above_are_full_of_notes() -> None:
    assert {name for name, text in SCORES.items() if not read(text).durations} == set()


GRACE = mei(
    measure(
        notes("g=d5:8", 'grace="unacc"')
        + notes("a=c5:4")
        + "<graceGrp><beam>"
        + notes("h=d5:16 i=e5:16", 'grace="acc"')
        + "</beam></graceGrp>"
        + notes("b=d5:2.")
    ),
    measure(notes("c=c5:1")),
)


def test_a_note_that_is_held_over_a_hidden_barline_lasts_as_it_is_written() -> None:
    """Verovio's time map cuts it off there: 2 of 3 quarter notes; what follows begins when it should."""
    music = read("**kern\n*clefG2\n*M4/4\n=1-\n2c\n2.d\n=2-\n4e\n2f\n=\n*-\n", "humdrum").music
    notes = sorted(
        (one for one in music.events.values() if one.diatonic != ABSENT), key=lambda one: one.onset
    )
    assert [(one.onset / TICKS, one.duration / TICKS) for one in notes] == [(0, 2), (2, 3), (5, 1), (6, 2)]


SPILT = 'type="straddle" dur.ges="16" dots.ges="0"'
LEAD = '<space type="straddle" dur="16"/>'


@pytest.mark.parametrize(
    ("barline", "lead", "begins"),
    [("", LEAD, Fraction(3)), ('right="invis"', LEAD, Fraction(11, 4)), ("", "", Fraction(11, 4))],
)
def test_nothing_is_held_over_a_barline_that_is_drawn(barline: str, lead: str, begins: Fraction) -> None:
    """As Verovio gives some Humdrum files: all voices begin a measure with notes of the one before."""
    ends = notes("g4:4 c5:4.") + notes("a=b4:8", SPILT)
    bass = notes("c4:4 r:4") + notes("d4:4", 'type="straddle" dur.ges="8" dots.ges="1"')
    upper = (LEAD + notes("b=a4:4 a4:4 f4:4"), '<mRest xml:id="c"/>')
    second = measure(upper, lead + notes("c4:4 c4:4 d4:4"))
    music = read_music(mei(measure(ends, bass, attributes=barline), second, BAR, staves=PIANO))
    assert Fraction(music.measure_onset[1], TICKS) == begins
    assert Fraction(music.measure_onset[2], TICKS) == 6
    assert onset(music, "a") + duration(music, "a") == onset(music, "b") == 3
    assert onset(music, "c") == begins
    assert onset(music, "c") + duration(music, "c") == 6


def test_grace_notes_take_no_time() -> None:
    """Verovio's time map plays them; what is written is that they stand at the next note's onset."""
    music = read(GRACE).music
    assert {name: onset(music, name) for name in "gahibc"} == {"g": 0, "a": 0, "h": 1, "i": 1, "b": 1, "c": 4}
    assert [duration(music, name) for name in "ghi"] == [0, 0, 0]
    assert [music.events[name].grace for name in "ga"] == ["unacc", ""]


def test_tuplets_in_tuplets_multiply() -> None:
    """Verovio's time map counts the inner one only."""
    five = tuplet(5, 4, notes("x=c4:16 y=c4:16 c4:16 c4:16 c4:16"))
    music = read(mei(measure(tuplet(3, 2, notes("c4:4 d4:4") + five) + notes("z=c4:2")))).music
    assert duration(music, "x") == Fraction(1, 4) * Fraction(4, 5) * Fraction(2, 3)
    assert onset(music, "y") == Fraction(4, 3) + duration(music, "x")
    assert onset(music, "z") == 2


def nested(inner: int) -> str:
    """Triplet quarters, of which the last is five notes, timed in the file as `inner` of its divisions."""

    def note(length: int, kind: str, ratio: tuple[int, int], tuplets: str = "") -> str:
        return (
            f"<note><pitch><step>C</step><octave>5</octave></pitch><duration>{length}</duration><voice>1</voice>"
            f"<type>{kind}</type><time-modification><actual-notes>{ratio[0]}</actual-notes>"
            f"<normal-notes>{ratio[1]}</normal-notes></time-modification><notations>{tuplets}</notations></note>"
        )

    shown = "<tuplet-actual><tuplet-number>{}</tuplet-number></tuplet-actual><tuplet-normal><tuplet-number>{}"
    shown += "</tuplet-number></tuplet-normal></tuplet>"
    start = f'<tuplet type="start" number="1">{shown.format(3, 2)}'
    inside = f'<tuplet type="start" number="2">{shown.format(5, 4)}'
    stop, out = '<tuplet type="stop" number="2"/>', '<tuplet type="stop" number="1"/>'
    fives = [inside, "", "", "", stop + out]
    return (
        '<score-partwise version="4.0"><part-list><score-part id="P1"><part-name/></score-part></part-list>'
        '<part id="P1"><measure number="1"><attributes><divisions>60</divisions><time><beats>4</beats>'
        "<beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef></attributes>"
        + note(40, "quarter", (3, 2), start)
        + note(40, "quarter", (3, 2))
        + "".join(note(inner, "16th", (15, 8), tuplets) for tuplets in fives)
        + "<note><rest/><duration>120</duration><voice>1</voice><type>half</type></note></measure></part>"
        "</score-partwise>"
    )


@pytest.mark.parametrize(("inner", "expected"), [(8, Fraction(2, 15)), (12, Fraction(1, 5))])
def test_nested_tuplets_of_musicxml_are_timed_as_the_file_says(inner: int, expected: Fraction) -> None:
    music = read(nested(inner), "musicxml").music
    timed = sorted(
        (event.onset, event.duration) for event in music.events.values() if event.diatonic != ABSENT
    )
    assert [Fraction(length, TICKS) for _, length in timed] == [Fraction(2, 3)] * 2 + [expected] * 5


def test_a_measure_without_any_time_lasts_as_its_meter_says() -> None:
    """Verovio's time map gives such a measure no time at all."""
    music = read(mei(measure("<mSpace/>"), measure(""), BAR, meter='meter.count="3" meter.unit="4"')).music
    assert [Fraction(ticks, TICKS) for ticks in music.measure_onset] == [0, 3, 6]


def test_controls_beyond_the_last_beat_do_not_stretch_a_measure() -> None:
    dynam = '<dynam staff="1" tstamp="7">f</dynam>'
    music = read(mei(measure(notes("c5:2"), controls=dynam), BAR)).music
    assert Fraction(music.measure_onset[1], TICKS) == 2


def test_pitches_staves_and_voices() -> None:
    upper = notes("a=f#5:4 b=bb4:4") + chord("c=c6 d=e3", "2", 'xml:id="k"')
    lower = notes("e=c4:2", 'staff="1"') + notes("f=b2:2")
    music = read(mei(measure((upper, notes("g=c5:1")), lower), staves=PIANO)).music
    pitches = {name: (music.events[name].diatonic, music.events[name].alter) for name in "abcdef"}
    expected = {"a": (38, 1), "b": (34, -1), "c": (42, 0), "d": (23, 0), "e": (28, 0), "f": (20, 0)}
    assert pitches == expected
    assert [music.events[name].staff for name in "acef"] == [1, 1, 1, 2]
    assert [music.events[name].voice for name in "agf"] == [1, 2, 1]
    assert music.chords["k"] == ["c", "d"]
    assert music.notes_of("k") == ["c", "d"]
    assert music.notes_of("a") == ["a"]
    assert [music.events[name].parent for name in "ca"] == ["k", ""]


def test_a_chord_on_the_other_staff_takes_its_notes_along() -> None:
    other = chord("a=c4 b=e4", "1", 'staff="1"')
    music = read(mei(measure(notes("r:1"), other), staves=PIANO)).music
    assert [music.events[name].staff for name in "ab"] == [1, 1]


def test_accidentals_inside_of_notes_count() -> None:
    inside = '<note xml:id="a" pname="c" oct="5" dur="2"><accid accid="ss"/></note>'
    sounding = '<note xml:id="b" pname="c" oct="5" dur="2" accid.ges="f"/>'
    music = read(mei(measure(inside + sounding))).music
    assert [music.events[name].alter for name in "ab"] == [2, -1]


def test_beams_and_tuplets_around_a_note_are_known() -> None:
    inside = (
        f'<tuplet xml:id="t" num="3" numbase="2"><beam xml:id="b">{notes("x=c4:8 c4:8 c4:8")}</beam></tuplet>'
    )
    music = read(mei(measure(inside + notes("y=c4:4 c4:2")))).music
    assert music.events["x"].inside == ("t", "b")
    assert music.events["y"].inside == ()
    assert duration(music, "t") == 1


HAIRPINS = (
    '<hairpin xml:id="h" form="cres" staff="1" tstamp="2" tstamp2="1m+3.5"/>'
    '<slur xml:id="s" startid="#a" endid="#d"/><dynam xml:id="f" startid="#b">f</dynam>'
    '<arpeg xml:id="p" plist="#b #a"/><dynam xml:id="g" staff="2 1" tstamp="1.75">p</dynam>'
)


@pytest.mark.parametrize("unit", [4, 2, 8])
def test_controls_by_beat_and_by_note(unit: int) -> None:
    bars = [measure(notes("a=c5:2 b=d5:2"), controls=HAIRPINS), measure(notes("c=c5:2 d=d5:2"))]
    music = read(mei(*bars, meter=f'meter.count="{unit}" meter.unit="{unit}"')).music
    quarters = Fraction(4, unit)
    hairpin, slur = music.controls["h"], music.controls["s"]
    assert hairpin.finish is not None
    assert slur.finish is not None
    assert (Fraction(hairpin.onset, TICKS), Fraction(hairpin.finish, TICKS)) == (
        quarters,
        4 + 5 * quarters / 2,
    )
    assert [slur.onset, Fraction(slur.finish, TICKS), slur.staff] == [0, 6, 1]
    assert Fraction(music.controls["f"].onset, TICKS) == 2
    assert Fraction(music.controls["p"].onset, TICKS) == 2
    assert (Fraction(music.controls["g"].onset, TICKS), music.controls["g"].staff) == (3 * quarters / 4, 2)
    assert hairpin.form == "cres"


FOLDERS = {
    "lilypond_testsuite": 12,
    "musetrainer_piano": 2,
    "nifc_chopin_kern": 6,
    "nifc_polish_kern": 6,
    "openewld_leadsheets": 6,
    "openscore_lieder": 6,
    "openscore_quartets": 1,
}
_OTHERWISE = {"32b_Articulations_Texts.mxl", "050_1a_Sm_002.krn"}
"""Scores with texts beyond a measure's last beat, by which Verovio's time map makes the measure longer, and
with measures that it begins before the one before has ended."""


@pytest.mark.scale
@pytest.mark.parametrize("folder", FOLDERS)
def test_measures_of_real_scores_begin_when_verovios_do(folder: str) -> None:
    if not CORPUS.is_dir():
        pytest.skip("the score corpus is not here")
    files = sorted((CORPUS / folder).iterdir(), key=lambda path: (path.stat().st_size, path.name))
    files = [file for file in files if file.name not in _OTHERWISE]
    step = max(len(files) // (2 * FOLDERS[folder]), 1)
    for file in files[::step][: FOLDERS[folder]]:
        score = read_score(file)
        music, times, _ = read(score.text, {"kern": "humdrum"}.get(score.format, score.format))
        theirs = [(moment["measureOn"], moment["qstamp"]) for moment in times if "measureOn" in moment]
        ours = [(name, music.measure_onset[music.measure_of[name]] / TICKS) for name, _ in theirs]
        assert ours == theirs, file.name
        assert len(theirs) == len(music.measure_onset)
