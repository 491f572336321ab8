"""The whole way with the program itself; skipped where it is not installed."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from notehead.datasets.checks import check_page
from notehead.draw.page import draw
from notehead.engrave.musescore import MuseScoreEngraver
from notehead.engrave.musescore.program import NAMES
from notehead.engrave.score import Score, score_from_bytes
from notehead.engrave.style import Paper, Style
from notehead.errors import EngraverError
from notehead.page import Page, Pitch

pytestmark = pytest.mark.skipif(
    not any(shutil.which(name) for name in NAMES),
    reason="MuseScore 3 is not installed (apt-get install musescore3)",
)

NOTE = (
    "<note>{chord}<pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
    "<duration>{length}</duration><voice>1</voice><type>{kind}</type></note>"
)
ATTRIBUTES = (
    "<attributes><divisions>2</divisions><key><fifths>1</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time>"
    "<clef><sign>G</sign><line>2</line></clef></attributes>"
)


def note(
    step: str, octave: int, length: int = 2, kind: str = "quarter", *, alter: int = 0, chord: bool = False
) -> str:
    return NOTE.format(
        step=step, octave=octave, length=length, kind=kind,
        alter=f"<alter>{alter}</alter>" if alter else "", chord="<chord/>" if chord else "",
    )  # fmt: skip


def musicxml(*measures: str) -> Score:
    inside = "".join(
        f'<measure number="{i}">{ATTRIBUTES if i == 1 else ""}{measure}</measure>'
        for i, measure in enumerate(measures, start=1)
    )
    text = (
        '<score-partwise version="3.1"><part-list><score-part id="P1"><part-name>Oboe</part-name>'
        f'</score-part></part-list><part id="P1">{inside}</part></score-partwise>'
    )
    return score_from_bytes(text.encode(), "oboe.musicxml")


SONG = musicxml(
    note("E", 4)
    + note("F", 4, alter=1)
    + note("G", 4, 1, "eighth")
    + note("A", 4, 1, "eighth")
    + note("C", 5)
    + note("E", 5, chord=True),
    note("B", 3, 4, "half")
    + "<note><rest/><duration>2</duration><voice>1</voice><type>quarter</type></note>"
    + note("C", 5, alter=1),
)


def pages(score: Score, style: Style) -> list[Page]:
    size = style.paper.pixels(300)
    return [
        draw(drawing, size, f"p{drawing.number}") for drawing in MuseScoreEngraver().engrave(score, style)
    ]


@pytest.mark.parametrize("font", ["Emmentaler", "Bravura", "Gonville", "MuseJazz"])
def test_a_song_in_every_font(font: str) -> None:
    if font not in MuseScoreEngraver().fonts:
        pytest.skip(f"this MuseScore has not {font}")
    (page,) = pages(SONG, Style(font=font))
    assert list(check_page(page)) == []
    heads = [symbol for symbol in page.symbols if symbol.cls.is_notehead]
    heads.sort(key=lambda head: (head.onset or 0, head.position or 0))
    assert [(head.pitch, head.onset, head.position) for head in heads] == [
        (Pitch("E", 0, 4), 0, -4),
        (Pitch("F", 1, 4), 1, -3),
        (Pitch("G", 0, 4), 2, -2),
        (Pitch("A", 0, 4), 2.5, -1),
        (Pitch("C", 0, 5), 3, 1),
        (Pitch("E", 0, 5), 3, 3),
        (Pitch("B", 0, 3), 4, -7),
        (Pitch("C", 1, 5), 7, 1),
    ]
    names = page.symbols.names
    assert {
        "clefG",
        "keySharp",
        "timeSig4",
        "beam",
        "restQuarter",
        "ledgerLine",
        "accidentalSharp",
        "noteheadHalfInSpace",
    } <= set(names)
    assert {name for name in names if "other" in name.lower()} <= {"textOther"}


def test_the_same_score_gives_the_same_page() -> None:
    first, second = pages(SONG, Style(font="Bravura")), pages(SONG, Style(font="Bravura"))
    np.testing.assert_array_equal(first[0].image, second[0].image)
    np.testing.assert_array_equal(first[0].symbols.label, second[0].symbols.label)


def test_many_measures_make_many_pages_numbered_from_one() -> None:
    bar = note("E", 4, 4, "half") * 2
    style = Style(font="Emmentaler", paper=Paper("small", 60, 60))
    drawings = list(MuseScoreEngraver().engrave(musicxml(*[bar] * 40), style))
    assert [drawing.number for drawing in drawings] == list(range(1, len(drawings) + 1))
    assert len(drawings) > 1
    onsets = np.concatenate([drawing.symbols.onset[drawing.symbols.is_notehead] for drawing in drawings])
    assert sorted(onsets.tolist()) == [2.0 * i for i in range(80)]


def test_only_musicxml_is_read() -> None:
    kern = score_from_bytes(b"**kern\n4c\n*-\n", "a.krn")
    with pytest.raises(EngraverError, match=r"a.krn: MuseScore reads MusicXML.*Verovio"):
        list(MuseScoreEngraver().engrave(kern, Style(font="Bravura")))


def test_a_font_that_it_lacks_is_said() -> None:
    with pytest.raises(EngraverError, match="no music font Leipzig"):
        list(MuseScoreEngraver().engrave(SONG, dataclasses.replace(Style(), font="Leipzig")))


@pytest.mark.parametrize("font", ["Emmentaler", "Bravura", "Gonville", "MuseJazz"])
@pytest.mark.parametrize("word", ["p", "pp", "ff", "mp", "sffz", "sfpp"])
def test_dynamics_are_letters_though_they_run_into_one_another(font: str, word: str) -> None:
    if font not in MuseScoreEngraver().fonts:
        pytest.skip(f"this MuseScore has not {font}")
    direction = f"<direction><direction-type><dynamics><{word}/></dynamics></direction-type></direction>"
    (page,) = pages(musicxml(direction + note("B", 4, 8, "whole")), Style(font=font))
    found = sorted(name for name in page.symbols.names if "ynamic" in name)
    assert found == sorted(f"dynamic{letter.upper()}" for letter in word)
