"""Pages written by hand, with a square for every glyph of the music font."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from notehead.datasets.checks import check_page
from notehead.draw import draw
from notehead.engrave.lilypond import page as page_module
from notehead.engrave.lilypond.annotate import Annotator
from notehead.engrave.lilypond.letters import Letters
from notehead.engrave.lilypond.svg import read_svg
from notehead.engrave.outlines import Outline
from notehead.page import Page
from tests.engrave.lilypond.svgs import glyph, grob, page, rect, staff, words

SQUARE = Outline(
    np.array([(0, -130), (300, -130), (300, 130), (0, 130)], float), np.array([0, 4], np.int64), 300.0
)


@pytest.fixture(autouse=True)
def _squares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "glyph_outline", lambda _font, _name: SQUARE)


def pages(*contents: tuple[str, ...]) -> Iterator[Page]:
    read = [read_svg(page(*groups)) for groups in contents]
    annotator = Annotator(read, Letters())
    for number, found in enumerate(read, start=1):
        drawn = draw(annotator.drawing(found, number), (1000, 800))
        assert list(check_page(drawn)) == []
        yield drawn


def only(*groups: str) -> Page:
    return next(pages(groups))


CLEF = grob("Clef", 2, glyph("clefs.G", 6, 13), heads="2")


def head(identity: int, x: float, y: float, step: int, **tags: int | str) -> str:
    tags = {"length": "1/4", "voice": 3, **tags}
    return grob("NoteHead", identity, glyph("noteheads.s2", x, y), heads=str(identity), step=step, **tags)


def test_a_note_with_all_its_parts() -> None:
    found = only(
        staff(10),
        CLEF,
        head(5, 20, 12.5, 5, onset="3/4", alter="-1"),
        grob("Stem", 6, rect(21.1, 9, 0.13, 3.5), heads="5"),
        grob("Flag", 7, glyph("flags.u3", 21.2, 9), heads="5"),
        grob("Accidental", 8, glyph("accidentals.flat", 18, 12.5), heads="5"),
        grob("Dots", 9, glyph("dots.dot", 22, 12.5), heads="5"),
    )
    note = found.symbols[found.symbols.names.index("noteheadBlackInSpace")]
    assert (note.position, note.onset, note.duration, note.staff, note.system, note.voice) == (
        -1,
        3.0,
        1.0,
        0,
        0,
        1,
    )
    assert str(note.pitch) == "Pitch(step='A', alter=-1, octave=4)"
    assert sorted(found.symbols.linked(note).names) == [
        "accidentalFlat", "augmentationDot", "flag8thUp", "staff", "stem",
    ]  # fmt: skip


def test_a_staff_is_one_symbol() -> None:
    found = only(staff(10), staff(30, number=1), staff(50, system=9))
    assert found.symbols.names == ["staff"] * 3
    assert found.symbols.staff.tolist() == [0, 1, 2]
    assert found.symbols.system.tolist() == [0, 0, 1]
    assert len(found.staff_lines) == 15
    assert found.staff_space == pytest.approx(10)


def test_ledger_lines_belong_to_the_heads_beyond_them() -> None:
    ledgers = rect(19.5, 14.95, 2.2, 0.1) + rect(39.5, 14.95, 2.2, 0.1) + rect(39.5, 15.95, 2.2, 0.1)
    found = only(
        staff(10),
        CLEF,
        head(5, 20, 15, 0, onset="1/4"),
        head(6, 40, 16, -2, onset="1/2"),
        grob("LedgerLineSpanner", 7, ledgers),
    )
    symbols = found.symbols
    heads = [symbol for symbol in symbols if symbol.cls.is_notehead]
    assert [symbols.linked(note).names.count("ledgerLine") for note in heads] == [1, 2]
    assert sorted(symbols.named("ledgerLine").onset.tolist()) == [1, 2, 2]


def test_a_clef_with_its_digit_moves_the_pitch() -> None:
    # check_page compares the place with pitch, clef and digit: C4 under an octave clef is in the third space.
    found = only(
        staff(10),
        CLEF,
        grob("ClefModifier", 3, words("8", 6.5, 16), heads="2"),
        head(5, 20, 11.5, 0),
    )
    clef = found.symbols.named("clefG")[0]
    assert found.symbols.linked(clef).names == ["staff", "clef8"]


def test_an_octave_line_moves_the_written_pitch() -> None:
    found = only(
        staff(10), CLEF, head(5, 20, 12.5, 12, shift=-7), grob("OttavaBracket", 8, words("8", 20, 8))
    )
    (note,) = found.symbols[found.symbols.is_notehead]
    assert note.pitch is not None
    assert (note.pitch.step, note.pitch.octave) == ("A", 4)
    assert "ottavaBracket" in found.symbols.names


def test_what_spans_notes_begins_with_the_first() -> None:
    tie = '<path stroke-width="0.1" fill="currentColor" '
    tie += 'd="M22 14C25 15 28 15 32 14L32 14.2C28 15.3 25 15.3 22 14.2z"/>'
    found = only(
        staff(10),
        CLEF,
        head(5, 20, 12.5, 5, onset="1/4"),
        head(6, 32, 12.5, 5, onset="1/2"),
        grob("Tie", 7, tie, heads="5 6", onset="1/2"),
    )
    (tied,) = found.symbols.named("tie")
    assert tied.onset == 1.0
    assert sum(int(target) == tied.id for target in found.symbols.links[:, 1]) == 2


def test_barlines_through_staves_that_touch_are_one() -> None:
    found = only(
        staff(10),
        staff(20, number=1),
        staff(40, number=2),
        grob("BarLine", 4, rect(50, 10, 0.2, 4), onset=1),
        grob("SpanBar", 5, rect(50, 14, 0.2, 6), onset=1, staff=-1),
        grob("BarLine", 6, rect(50, 20, 0.2, 4), onset=1, staff=1),
        grob("BarLine", 7, rect(50, 40, 0.2, 4), onset=1, staff=2),
    )
    bars = found.symbols.named("barlineSingle")
    assert [(symbol.staff, round(float(symbol.box[3] - symbol.box[1]))) for symbol in bars] == [
        (None, 140),
        (2, 40),
    ]


@pytest.mark.parametrize(
    ("strokes", "name"),
    [
        ([(50, 0.2), (50.6, 0.2)], "barlineDouble"),
        ([(50, 0.2), (50.6, 0.5)], "barlineFinal"),
        ([(50, 0.5), (51, 0.2)], "barlineReverseFinal"),
        ([(50, 0.5)], "barlineHeavy"),
        ([(50, 0.5), (51, 0.5)], "barlineHeavyHeavy"),
    ],
)
def test_kinds_of_barlines(strokes: list[tuple[float, float]], name: str) -> None:
    bar = "".join(rect(x, 10, width, 4) for x, width in strokes)
    assert name in only(staff(10), grob("BarLine", 4, bar)).symbols.names


def test_a_repeat_has_dots() -> None:
    bar = (
        glyph("dots.dot", 49, 11.5)
        + glyph("dots.dot", 49, 12.5)
        + rect(50, 10, 0.2, 4)
        + rect(50.6, 10, 0.5, 4)
    )
    assert sorted(only(staff(10), grob("BarLine", 4, bar)).symbols.names) == [
        "repeatDot", "repeatDot", "repeatRight", "staff",
    ]  # fmt: skip


def test_words_on_one_line_are_one_text() -> None:
    found = only(
        staff(30),
        grob("TextScript", 4, words("tutto", 10, 20) + words("legato", 15.2, 20) + words("far", 40, 20)),
        grob("LyricText", 5, words("Lie", 10, 40)),
        words("Lied", 10, 5),
    )
    texts = {symbol.text: symbol.name for symbol in found.symbols if symbol.text}
    assert texts == {
        "tutto legato": "textDirection", "far": "textDirection", "Lie": "textLyrics", "Lied": "textTitle",
    }  # fmt: skip


def test_tuplet_numbers_are_digits() -> None:
    found = only(staff(30), grob("TupletNumber", 4, words("13:8", 10, 20)))
    assert found.symbols.names[1:] == ["tuplet1", "tuplet3", "tupletColon", "tuplet8"]


def test_small_heads() -> None:
    found = only(staff(10), grob("NoteHead", 5, glyph("noteheads.s2", 20, 12.5, 2.8), heads="5", step=5))
    assert "noteheadBlackInSpaceSmall" in found.symbols.names


def test_whole_grace_notes() -> None:
    grace = {"grace": "-1/8"}
    found = only(
        staff(10),
        CLEF,
        head(5, 20, 12.5, 5, **grace),
        grob("Stem", 6, rect(21.1, 9, 0.13, 3.5), heads="5", **grace),
        grob("Flag", 7, glyph("flags.u3", 21.2, 9) + glyph("flags.ugrace", 21.2, 9.5), heads="5", **grace),
    )
    (whole,) = found.symbols.named("graceNoteAcciaccaturaStemUp")
    assert sorted(found.symbols.linked(whole).names) == [
        "flag8thUp", "graceNoteSlash", "noteheadBlackInSpace", "stem",
    ]  # fmt: skip


def test_measures_count_from_the_first_with_a_pickup() -> None:
    contents = (
        (staff(10), CLEF, head(5, 20, 12.5, 5, bar=1, place="-1/4"), head(6, 30, 12.5, 5, bar=1, place="0")),
        (staff(10), head(7, 20, 12.5, 5, bar=2, place="0")),
    )
    found = [drawn.symbols.measure[drawn.symbols.is_notehead].tolist() for drawn in pages(*contents)]
    assert found == [[0, 1], [2]]


def test_notes_of_a_tempo_mark_are_apart() -> None:
    found = only(
        staff(30),
        grob("MetronomeMark", 4, glyph("noteheads.s2", 10, 20) + rect(11.1, 17, 0.1, 3) + words("=", 12, 20)
             + glyph("noteheads.s1", 15, 20)),
    )  # fmt: skip
    assert found.symbols.names.count("metronomeNote") == 2
    assert "textTempo" in found.symbols.names


def test_a_letter_of_a_text_font_is_text() -> None:
    shape = '<glyph font="c059-roman" size="4" name="a" x="0" y="0"/>'
    letter = f'<g transform="translate(20, 30)">{shape}</g>'
    found = only(staff(10), grob("DynamicText", 7, letter)).symbols.named("textDynamic")
    assert found.text.tolist() == ["a"]


def test_a_chord_symbol_is_one_symbol() -> None:
    chord = grob("ChordName", 7, words("C", 20, 8), words("7", 30, 6, 1.0))
    found = only(staff(10), chord).symbols.named("textChordSymbol")
    assert found.text.tolist() == ["C7"]
