"""A page made here is annotated: classes, staves, positions, times, links; no program is needed."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.datasets.checks import check_page
from notehead.draw.page import draw
from notehead.engrave.musescore.annotate import Annotator
from notehead.engrave.musescore.classify import Namer
from notehead.engrave.musescore.letters import Reader
from notehead.engrave.musescore.music import read_music
from notehead.engrave.musescore.staves import read_measures
from notehead.engrave.musescore.svg import read_svg
from notehead.page import Page, Pitch
from tests.engrave.musescore.snippets import (
    SCALE,
    SPACE,
    chord,
    contours,
    d,
    glyph,
    glyphs,
    line,
    mpos,
    mscx,
    note,
    path,
    rest,
    staff,
    svg,
)  # fmt: skip

WHOLE_PAGE = (50.0, 100.0, 900.0, 80.0)


def page(*parts: str, score: bytes = b"", measures: bytes = b"") -> Page:
    music = read_music(score or mscx([[rest("measure")]]))
    boxes = read_measures(measures or mpos(WHOLE_PAGE))
    annotator = Annotator(music, boxes, Namer(glyphs(), {}), Reader(()), SPACE)
    found = draw(annotator.drawing(read_svg(svg(*parts)), 1), (1000, 1400), "p")
    problems = [problem for problem in check_page(found) if problem.check != "noteheads have onsets"]
    assert problems == []
    return found


def names(found: Page, *left_out: str) -> list[str]:
    return sorted(name for name in found.symbols.names if name not in {"staff", *left_out})


def test_a_staff_is_one_symbol_of_five_lines() -> None:
    found = page(staff(100), staff(300))
    assert found.symbols.names == ["staff", "staff"]
    assert found.symbols.staff.tolist() == [0, 1]
    assert found.staff_lines[:, 2].tolist() == [100, 120, 140, 160, 180, 300, 320, 340, 360, 380]
    assert found.staff_space == SPACE


def test_heads_know_place_pitch_and_time() -> None:
    score = mscx(
        [[chord("half", note(18)) + chord("quarter", note(14, "<Accidental/>"), note(18)) + rest("quarter")]]
    )
    found = page(
        staff(100),
        glyph("Note", "noteheadHalf", 200, 180),
        glyph("Note", "noteheadBlack", 400, 130),
        glyph("Note", "noteheadBlack", 400, 80),
        glyph("Rest", "restQuarter", 600, 140),
        glyph("Clef", "gClef", 60, 160),
        glyph("Accidental", "accidentalSharp", 370, 130),
        score=score,
    )
    # The head on the bottom line is E under a G clef: the first note of the score.
    heads = [symbol for symbol in found.symbols if symbol.cls.is_notehead]
    assert [(h.name, h.position, h.onset, h.duration) for h in heads] == [
        ("noteheadHalfOnLine", -4, 0.0, 2.0),
        ("noteheadBlackInSpace", 1, 2.0, 1.0),
        ("noteheadBlackOnLine", 6, None, None),
    ]
    assert [h.pitch for h in heads] == [Pitch("E", 0, 4), Pitch("C", 0, 5), None]
    (quarter,) = found.symbols.named("restQuarter")
    assert (quarter.onset, quarter.duration, quarter.measure, quarter.voice) == (3.0, 1.0, 0, 1)
    (sharp,) = found.symbols.named("accidentalSharp")
    assert sharp.onset == 2.0
    assert sharp.id in found.symbols.linked(heads[1]).id


def test_a_head_that_disagrees_with_the_score_stays_without_a_time() -> None:
    found = page(
        staff(100), glyph("Clef", "gClef", 60, 160), glyph("Note", "noteheadBlack", 200, 170),
        score=mscx([[chord("quarter", note(18)) + rest("half", "<dots>1</dots>")]]),
    )  # fmt: skip
    (head,) = (symbol for symbol in found.symbols if symbol.cls.is_notehead)
    assert (head.onset, head.pitch, head.position) == (None, None, -3)


def test_a_hidden_note_is_passed_over() -> None:
    hidden = chord("quarter", note(18, "<visible>0</visible>"))
    found = page(
        staff(100), glyph("Clef", "gClef", 60, 160), glyph("Note", "noteheadBlack", 300, 180),
        score=mscx([[hidden + chord("quarter", note(18)) + rest("half")]]),
    )  # fmt: skip
    (head,) = (symbol for symbol in found.symbols if symbol.cls.is_notehead)
    assert head.onset == 1.0


def test_small_heads_are_small_against_their_own_staff() -> None:
    found = page(
        staff(100),
        glyph("Note", "noteheadBlack", 200, 140, SCALE * 0.7),
        glyph("Note", "noteheadBlack", 300, 140),
    )
    assert names(found) == ["noteheadBlackOnLine", "noteheadBlackOnLineSmall"]


@pytest.mark.parametrize(
    ("glyph_name", "y", "name", "position"),
    [
        ("gClef", 160, "clefG", -2),
        ("fClef", 120, "clefF", 2),
        ("cClef", 140, "clefCAlto", 0),
        ("cClef", 120, "clefCTenor", 2),
        ("cClef", 180, "clefC", -4),
    ],
)
def test_clefs(glyph_name: str, y: float, name: str, position: int) -> None:
    found = page(staff(100), glyph("Clef", glyph_name, 60, y))
    (clef,) = found.symbols.named(name)
    assert clef.position == position


def test_an_octave_clef_is_a_clef_and_a_digit() -> None:
    found = page(
        staff(100), glyph("Clef", "gClef8vb", 60, 160), glyph("Note", "noteheadBlack", 300, 180),
        score=mscx([[chord("quarter", note(18)) + rest("half", "<dots>1</dots>")]]),
    )  # fmt: skip
    assert names(found) == ["clef8", "clefG", "noteheadBlackOnLine"]
    (head,) = (symbol for symbol in found.symbols if symbol.cls.is_notehead)
    assert head.pitch == Pitch("E", 0, 3)
    (clef,) = found.symbols.named("clefG")
    assert "clef8" in found.symbols.linked(clef).names


def test_signs_of_a_key_are_not_accidentals() -> None:
    found = page(
        staff(100),
        glyph("KeySig", "accidentalFlat", 100, 140),
        glyph("Accidental", "accidentalFlat", 200, 140),
    )
    assert names(found) == ["accidentalFlat", "keyFlat"]


def test_rests_of_one_shape_by_their_place() -> None:
    found = page(staff(100), glyph("Rest", "restWhole", 200, 120), glyph("Rest", "restHalf", 300, 140))
    assert names(found) == ["restHalf", "restWhole"]


def test_stem_flag_and_ledger_lines_belong_to_their_head() -> None:
    right = 200 + 32 * SCALE
    found = page(
        staff(100),
        line("LedgerLine", (190, 200), (235, 200)),
        line("Stem", (right, 200), (right, 140)),
        glyph("Hook", "flag8thUp", right, 140),
        glyph("Note", "noteheadBlack", 200, 200),
    )
    (head,) = (symbol for symbol in found.symbols if symbol.cls.is_notehead)
    assert sorted(found.symbols.linked(head).names) == ["flag8thUp", "ledgerLine", "staff", "stem"]


def test_lines_of_a_beam_are_one_beam() -> None:
    def bar(x0: float, x1: float, y: float) -> str:
        return path("Beam", (x0, y), (x1, y + 5), (x1, y + 15), (x0, y + 10))

    found = page(staff(100), bar(200, 300, 60), bar(250, 300, 77), bar(500, 600, 60))
    assert names(found) == ["beam", "beam"]


def test_a_dynamic_is_one_symbol_for_each_letter() -> None:
    letters = [
        *(c / 10 + (100, 250) for c in contours("dynamicMezzo")),
        *(c / 10 + (145, 250) for c in contours("dynamicForte")),
    ]
    found = page(
        staff(100),
        f'<path class="Dynamic" d="{d(letters)}"/>',
        path("Dynamic", (300, 250), (400, 250), (390, 260)),
    )
    assert names(found) == ["dynamicF", "dynamicM", "textDynamic"]


@pytest.mark.parametrize(
    ("left", "right", "name"), [(0, 10, "dynamicCrescendoHairpin"), (10, 0, "dynamicDiminuendoHairpin")]
)
def test_the_lines_of_a_hairpin_are_one_symbol(left: float, right: float, name: str) -> None:
    upper = line("HairpinSegment", (100, 250 - left), (300, 250 - right))
    lower = line("HairpinSegment", (100, 250 + left), (300, 250 + right))
    assert names(page(staff(100), upper, lower)) == [name]


def test_lyric_lines_by_their_length() -> None:
    found = page(
        staff(100),
        line("LyricsLineSegment", (100, 250), (110, 250)),
        line("LyricsLineSegment", (200, 250), (300, 250)),
    )
    assert names(found) == ["lyricExtender", "lyricHyphen"]


def test_lyric_lines_are_in_one_order_whatever_the_program_says() -> None:
    lines = [line("LyricsLineSegment", (x, y), (x + 10, y)) for x, y in ((100, 250), (300, 250), (50, 290))]
    one, other = page(staff(100), *lines), page(staff(100), *reversed(lines))
    assert one.symbols.box.tolist() == other.symbols.box.tolist()


def test_a_bracket_and_its_tips_are_one_symbol() -> None:
    found = page(
        staff(100), line("Bracket", (40, 98), (40, 182), width=10), glyph("Bracket", "bracketTop", 35, 98)
    )
    assert names(found) == ["bracket"]


@pytest.mark.parametrize(
    ("strokes", "dots", "name"),
    [
        ([(500, 2)], [], "barlineSingle"),
        ([(500, 2), (510, 2)], [], "barlineDouble"),
        ([(500, 2), (512, 10)], [], "barlineFinal"),
        ([(500, 10), (512, 2)], [], "barlineReverseFinal"),
        ([(500, 10)], [], "barlineHeavy"),
        ([(500, 2), (512, 10)], [480], "repeatRight"),
        ([(500, 10), (512, 2)], [520], "repeatLeft"),
        ([(500, 2), (510, 10), (520, 2)], [485, 530], "repeatRightLeft"),
    ],
)
def test_barlines(strokes: list[tuple[float, float]], dots: list[float], name: str) -> None:
    drawn = [line("BarLine", (x, 100), (x, 180), width=width) for x, width in strokes]
    drawn += [glyph("BarLine", "repeatDot", x, y) for x in dots for y in (130, 150)]
    assert names(page(staff(100), *drawn), "repeatDot") == [name]


def test_strokes_that_touch_are_one_barline_and_a_systems_first_is_its_own() -> None:
    box = (50.0, 100.0, 900.0, 280.0)
    first = [line("BarLine", (50, 100), (50, 300)), line("BarLine", (50, 300), (50, 380))]
    second = [line("BarLine", (500, 100), (500, 300)), line("BarLine", (500, 300), (500, 380))]
    apart = [line("BarLine", (800, 100), (800, 180)), line("BarLine", (800, 300), (800, 380))]
    found = page(staff(100), staff(300), *first, *second, *apart, measures=mpos(box))
    assert names(found) == ["barlineSingle", "barlineSingle", "barlineSingle", "barlineSystemic"]


def test_a_barline_through_staves_of_two_sizes_is_one() -> None:
    box = (50.0, 100.0, 900.0, 280.0)
    first, second, final = (
        [line("BarLine", (x, y0), (x, y1), width=width) for x, y0, y1, width in strokes]
        for strokes in (
            [(49, 100, 300, 2), (50, 300, 380, 3)],
            [(500, 300, 380, 3), (499, 100, 300, 2)],
            [(850, 100, 180, 2), (851, 180, 380, 9)],
        )
    )
    found = page(staff(100), staff(300), *first, *second, *final, measures=mpos(box))
    assert names(found) == ["barlineHeavy", "barlineSingle", "barlineSingle", "barlineSystemic"]


def test_tremolos_by_their_strokes_and_their_length() -> None:
    def strokes(x: float, width: float, count: int) -> str:
        bars = [
            np.array([(x, y), (x + width, y - 8), (x + width, y + 2), (x, y + 10)])
            for y in (200 + 15 * i for i in range(count))
        ]
        return f'<path class="Tremolo" fill-rule="evenodd" d="{d(bars)}"/>'

    assert names(page(staff(100), strokes(100, 24, 3), strokes(300, 80, 2))) == ["tremolo3", "tremoloTwoNote"]


def test_text_is_text() -> None:
    box = ((100, 300), (200, 300), (200, 320), (100, 320))
    found = page(
        staff(100), path("Lyrics", *box), path("Tempo", *box), path("Text", *box), path("Strange", *box)
    )
    assert names(found) == ["otherGlyph", "textLyrics", "textTempo", "textTitle"]
    (title,) = found.symbols.named("textTitle")
    assert title.staff is None


def test_systems_and_measures_by_their_place() -> None:
    places = mpos((50, 100, 400, 80), (450, 100, 500, 80), (50, 300, 900, 80))
    found = page(
        staff(100), staff(300), glyph("Rest", "restWhole", 600, 120), glyph("Rest", "restWhole", 600, 320),
        score=mscx([[rest("measure")], [rest("measure")], [rest("measure")]]), measures=places,
    )  # fmt: skip
    rests = found.symbols.named("restWhole")
    assert sorted(zip(rests.system.tolist(), rests.measure.tolist(), rests.onset.tolist(), strict=True)) == [
        (0, 1, 4.0),
        (1, 2, 8.0),
    ]


def test_a_tie_that_is_drawn_twice_is_one() -> None:
    tie = path("TieSegment", (200, 200), (250, 220), (300, 200), (250, 210))
    assert names(page(staff(100), tie, tie)) == ["tie"]


def test_strokes_of_a_volta_and_the_line_of_an_octave_are_one_symbol_each() -> None:
    hook = line("VoltaSegment", (200, 60), (200, 40))
    top, end = line("VoltaSegment", (200, 40), (400, 40)), line("VoltaSegment", (400, 40), (400, 60))
    other = line("VoltaSegment", (420, 60), (420, 40))
    assert names(page(staff(100), hook, top, end, other)) == ["voltaBracket", "voltaBracket"]


def test_a_grace_note_is_whole_too() -> None:
    score = mscx([[chord("eighth", note(14), more="<acciaccatura/>") + rest("whole")]])
    small = SCALE * 0.7
    head = glyph("Note", "noteheadBlack", 300, 150, small)
    stem = line("Stem", (300 + 320 * small / 10, 150), (300 + 320 * small / 10, 90))
    found = page(
        staff(100),
        head,
        stem,
        glyph("Hook", "flag8thUp", 300 + 320 * small / 10, 90, small),
        line("StemSlash", (305, 130), (335, 110)),
        score=score,
    )
    assert "graceNoteAcciaccaturaStemUp" in found.symbols.names
    whole = found.symbols.named("graceNoteAcciaccaturaStemUp")
    parts = found.symbols.links[found.symbols.links[:, 0] == whole.id[0], 1]
    assert sorted(found.symbols.names[i - 1] for i in parts) == [
        "flag8thUpSmall", "graceNoteSlash", "noteheadBlackInSpaceSmall", "stem",
    ]  # fmt: skip
