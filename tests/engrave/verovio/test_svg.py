"""Verovio's small SVG grammar, one sentence at a time."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from notehead.engrave.drawing import Shapes
from notehead.engrave.verovio.fonts import glyph_codes, glyph_outline
from notehead.engrave.verovio.marks import Mark, SvgPage
from notehead.engrave.verovio.svg import SvgReader
from notehead.engrave.verovio.textlayout import TextRuns

READER = SvgReader("Leipzig", TextRuns("Leipzig", "STIX"))


def read(inside: str) -> SvgPage:
    return READER.read(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<svg class="definition-scale" viewBox="0 0 2100 2970"><g class="page-margin" '
        f'transform="translate(100, 50)">{inside}</g></svg></svg>'
    )


def use(name: str, x: int = 0, y: int = 0, scale: str = "0.72, 0.72") -> str:
    return f'<use xlink:href="#{glyph_codes()[name]}-abc" transform="translate({x}, {y}) scale({scale})" />'


def group(element: str, inside: str, identity: str = "", **attributes: str) -> str:
    more = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<g class="{element}" id="{identity}" {more}>{inside}</g>'


def line(*numbers: int, width: int = 20, more: str = "") -> str:
    x0, y0, x1, y1 = numbers
    return f'<path d="M{x0} {y0} L{x1} {y1}" stroke-width="{width}" {more}/>'


def only(page: SvgPage) -> Mark:
    (mark,) = page.marks
    return mark


def finish(page: SvgPage) -> Shapes:
    return page.shapes.finish(np.arange(len(page.marks)))


def extent(page: SvgPage, mark: int = 0) -> list[float]:
    """(x0, y0, x1, y1) of all that was drawn for a mark."""
    shapes = finish(page)
    points = []
    for outline, (x, y, scale) in zip(
        shapes.outline[shapes.symbol == mark].tolist(),
        shapes.place[shapes.symbol == mark].tolist(),
        strict=True,
    ):
        first, after = shapes.contours[shapes.outlines[outline : outline + 2]]
        points.append(shapes.points[first:after] * scale + (x, y))
    every = np.concatenate(points)
    return [round(number, 3) for number in (*every.min(axis=0).tolist(), *every.max(axis=0).tolist())]


def test_the_page_has_the_size_of_the_view_box() -> None:
    page = read("")
    assert (page.width, page.height, page.marks) == (2100, 2970, [])


def test_a_glyph_is_a_mark_where_it_stands() -> None:
    mark = only(read(group("notehead", use("noteheadBlack", 30, 40))))
    assert (mark.name, mark.rule.name, mark.x, mark.y, mark.scale) == (
        "noteheadBlack",
        "notehead",
        130,
        90,
        0.72,
    )
    x0, y0, x1, y1 = glyph_outline("Leipzig", glyph_codes()["noteheadBlack"]).bounds
    expected = [130 + 0.72 * x0, 90 + 0.72 * y0, 130 + 0.72 * x1, 90 + 0.72 * y1]
    assert extent(read(group("notehead", use("noteheadBlack", 30, 40)))) == pytest.approx(expected, abs=1e-3)


def test_a_glyph_may_be_stretched() -> None:
    plain = extent(read(group("grpSym", use("gClef"))))
    tall = extent(read(group("grpSym", use("gClef", scale="0.72, 1.44"))))
    assert tall[3] - tall[1] == pytest.approx(2 * (plain[3] - plain[1]))
    assert tall[2] - tall[0] == pytest.approx(plain[2] - plain[0])


def test_marks_know_the_groups_around_them() -> None:
    note = group("note", group("notehead", use("noteheadBlack")), "n")
    chord = group("tuplet", group("chord", note, "c"), "t")
    staff = group("measure", group("staff", group("layer", chord), "s"), "m")
    page = read(group("system", "") + group("system", staff, "sys"))
    mark = only(page)
    assert (mark.system, mark.measure, mark.staff, mark.tuplet) == (1, "m", "s", "t")
    assert (mark.chord, mark.note) == ("c", "n")
    assert only(read(group("notehead", use("noteheadBlack")))).system == -1


def test_an_element_without_a_rule_keeps_the_one_around_it() -> None:
    mark = only(read(group("accid", group("unheard-of", use("accidentalSharp"), "inner"), "outer")))
    assert (mark.rule.name, mark.element) == ("accid", "outer")


def test_parts_of_spanning_elements_name_the_element() -> None:
    curve = '<path d="M0 0 C30 -30 60 -30 90 0 C60 -20 30 -20 0 0" stroke-width="9"/>'
    assert only(read(group("slur", curve, "s"))).element == "s"
    assert only(read(group("slur id-s spanning", curve))).element == "s"


@pytest.mark.parametrize(
    "hidden",
    [
        group("note", use("noteheadBlack"), visibility="hidden"),
        group("note", use("noteheadBlack"), color="white"),
        group("note", use("noteheadBlack"), fill="#FFFFFF"),
        group("note bounding-box", use("noteheadBlack")),
        group("placeholder", '<ellipse cx="1" cy="1" rx="1" ry="1"/>'),
        "<use xlink:href='#E0A4' />",
        "<desc>nothing</desc><!-- nothing -->",
    ],
)
def test_what_is_not_seen_is_not_read(hidden: str) -> None:
    page = read(hidden)
    assert page.marks == []
    assert len(finish(page).symbol) == 0


def test_staff_lines_are_kept_apart_from_marks() -> None:
    page = read(group("system", group("staff", line(0, 10, 500, 10, width=13), "s")))
    assert page.staff_lines == [(0, "s", 100, 60, 600, 60, 13)]
    assert page.marks == []


def test_every_ledger_line_is_a_mark_and_knows_its_reach() -> None:
    page = read(group("ledgerLines", line(0, 10, 50, 10) + line(0, 20, 60, 20)))
    assert [mark.name for mark in page.marks] == ["ledgerLine", "ledgerLine"]
    assert [mark.reach for mark in page.marks] == [(100, 150), (100, 160)]
    assert extent(page, 1) == [100, 60, 160, 80]


def test_a_second_stroke_on_a_stem_is_the_slash_of_a_grace_note() -> None:
    page = read(group("stem", line(0, 0, 0, 90, width=10) + line(-20, 60, 30, 20)))
    assert [mark.name for mark in page.marks] == ["stem", "graceNoteSlash"]
    assert [mark.x for mark in page.marks] == [100, 105]


def test_caps_make_strokes_longer() -> None:
    assert extent(read(group("bracketSpan", line(0, 0, 0, 90)))) == [90, 50, 110, 140]
    assert extent(read(group("bracketSpan", line(0, 0, 0, 90, more='stroke-linecap="square"')))) == [
        90,
        40,
        110,
        150,
    ]


def test_dashed_strokes_are_one_mark() -> None:
    page = read(group("octave", line(0, 0, 100, 0, more='stroke-dasharray="10,15"')))
    assert only(page).name == "ottavaBracket"
    assert len(finish(page).symbol) == 4


def test_beams_of_a_group_are_one_mark() -> None:
    one, two = '<polygon points="0,0 90,10 90,20 0,10"/>', '<polygon points="0,30 0,40 90,50 90,40"/>'
    page = read(group("beam", one + two) + group("beam", one))
    assert [mark.name for mark in page.marks] == ["beam", "beam"]
    assert extent(page) == [100, 50, 190, 100]
    assert page.marks[0].reach == (100, 190)


def test_stems_inside_of_a_beam_are_not_the_beam() -> None:
    inner = group("note", group("stem", line(0, 0, 0, 90)), "n")
    page = read(group("beam", '<polygon points="0,0 90,10 90,20 0,10"/>' + inner, "b"))
    assert [(mark.name, mark.note) for mark in page.marks] == [("beam", ""), ("stem", "n")]


def test_polygons_are_all_wound_alike() -> None:
    ring = ["0,0", "90,0", "90,20", "0,20"]
    page = read("".join(group("beam", f'<polygon points="{" ".join(r)}"/>') for r in (ring, ring[::-1])))
    shapes = finish(page)
    one, two = shapes.points[:4], shapes.points[4:]
    assert {tuple(p) for p in one.tolist()} == {tuple(p) for p in two.tolist()}
    for x, y in (one.T, two.T):
        assert np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)) > 0


def test_slurs_are_filled_curves() -> None:
    curve = '<path d="M0,0 C30,-30 60,-30 90,0 C60,-20 30,-20 0,0" stroke-width="9"/>'
    page = read(group("slur", curve))
    assert (only(page).name, only(page).reach) == ("slur", (100, 190))
    x0, y0, x1, y1 = extent(page)
    assert (x0, x1) == pytest.approx((95.5, 194.5), abs=4)
    assert (y0, y1) == pytest.approx((50 - 22.5 - 4.5, 52), abs=3)


def test_dashed_slurs_are_drawn_with_a_pen() -> None:
    curve = '<path d="M0 0 C30 -30 60 -30 90 0" stroke-width="9" {}/>'
    whole = read(group("slur", curve.format("")))
    dashed = read(group("slur", curve.format('stroke-dasharray="3 3"')))
    assert (only(dashed).name, only(dashed).reach) == ("slur", (100, 190))
    assert len(finish(dashed).symbol) == len(finish(whole).symbol) / 2


def test_hairpins_are_polylines_with_round_corners() -> None:
    page = read(group("hairpin", '<polyline points="90,0 0,20 90,40" stroke-width="6"/>'))
    assert only(page).name == "hairpin"
    assert len(finish(page).symbol) == 3


def test_dots_and_frames_by_their_ellipses() -> None:
    dot = '<ellipse cx="5" cy="6" rx="7" ry="8"/>'
    page = read(group("dots", dot + dot))
    assert [mark.name for mark in page.marks] == ["augmentationDot", "augmentationDot"]
    assert extent(page) == pytest.approx([98, 48, 112, 64], abs=0.2)
    frame = read(group("dir", '<ellipse cx="5" cy="6" rx="30" ry="20" fill-opacity="0" stroke-width="4"/>'))
    assert only(frame).name == "textFrame"
    assert extent(frame) == pytest.approx([73, 34, 137, 78], abs=0.2)


def test_barlines_wait_for_the_whole_page() -> None:
    inside = (
        line(0, 0, 0, 90)
        + '<ellipse cx="30" cy="40" rx="5" ry="5"/>'
        + line(9, 0, 9, 9, more='stroke-dasharray="2,3"')
    )
    page = read(group("system", group("barLine", inside, "b")))
    assert page.marks == []
    (bars,) = page.bars.values()
    assert [(bar.x, bar.y0, bar.y1, bar.width, bar.style) for bar in bars] == [
        (100, 50, 140, 20, ""),
        (130, 85, 95, 10, "dot"),
        (109, 50, 59, 20, "2,3"),
    ]
    assert bars[0].where.element == "b"


@pytest.mark.parametrize(
    ("element", "size", "name"),
    [
        ("syl", (40, 10), "lyricHyphen"),
        ("syl", (400, 10), "lyricExtender"),
        ("grpSym", (40, 90), "bracketSquare"),
    ],
)
def test_filled_rectangles(element: str, size: tuple[int, int], name: str) -> None:
    page = read(group(element, '<rect x="5" y="6" width="{}" height="{}"/>'.format(*size)))
    assert only(page).name == name
    assert only(page).reach == (105, 105 + size[0])
    assert extent(page) == [105, 56, 105 + size[0], 56 + size[1]]


def test_framed_rectangles() -> None:
    rect = '<rect x="5" y="6" width="40" height="20" fill-opacity="0" stroke-width="4"/>'
    page = read(group("reh", rect))
    assert only(page).name == "textFrame"
    assert len(finish(page).symbol) >= 4


def test_rotated_glyphs_make_one_arpeggio() -> None:
    wiggles = "".join(use("wiggleArpeggiatoUp", x, 0) for x in (0, 200, 400))
    page = read(f'<g class="arpeg" transform="rotate(-90 0,0)">{wiggles}</g>')
    assert only(page).name == "arpeggiato"
    x0, y0, x1, y1 = extent(page)
    assert y1 - y0 > 3 * (x1 - x0)
    assert y1 == pytest.approx(50, abs=40)
    assert y0 < 50 - 400


@pytest.mark.parametrize(
    ("glyph", "plain", "digit", "above"),
    [
        ("gClef8vb", "gClef", "clef8", False),
        ("gClef8va", "gClef", "clef8", True),
        ("fClef8vb", "fClef", "clef8", False),
        ("gClef15ma", "gClef", "clef15", True),
    ],
)
def test_digits_of_clefs_are_marks_of_their_own(glyph: str, plain: str, digit: str, above: bool) -> None:  # noqa: FBT001
    page = read(group("clef", use(glyph, 30, 40), "c"))
    assert [mark.name for mark in page.marks] == [plain, digit]
    assert {mark.element for mark in page.marks} == {"c"}
    clef, eight = extent(page, 0), extent(page, 1)
    assert clef == extent(read(group("clef", use(plain, 30, 40))))
    assert (eight[3] <= clef[1] + 1) if above else (eight[1] >= clef[3] - 1)
    assert clef[0] < (eight[0] + eight[2]) / 2 < clef[2]


def text(inside: str, x: int = 0, y: int = 0, anchor: str = "start", size: int = 0) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}px">{inside}</text>'


def span(inside: str, size: int = 400, more: str = "") -> str:
    return f'<tspan font-size="{size}px" {more}>{inside}</tspan>'


def test_a_line_of_text_is_one_mark() -> None:
    page = read(group("dir", text(span("dol") + span("ce"), 30, 40)))
    assert (only(page).name, only(page).text) == ("textDirection", "dolce")
    x0, y0, x1, y1 = extent(page)
    assert 125 < x0 < 150
    assert y0 < 60 < y1 < 110
    assert 400 < x1 - x0 < 900


def test_text_is_set_at_its_anchor() -> None:
    start, middle, end = (
        extent(read(group("dir", text(span("oo"), 900, 40, a)))) for a in ("start", "middle", "end")
    )
    assert start[0] - middle[0] == pytest.approx(middle[0] - end[0], abs=0.01)
    assert (middle[0] + middle[2]) / 2 == pytest.approx(1000, abs=10)
    assert end[2] <= 1000 <= start[0]


def test_a_new_place_starts_a_new_line() -> None:
    two = span("one") + '<tspan x="0" y="500" font-size="400px">two</tspan>'
    page = read(group("pgHead", text(two, 0, 100)))
    assert [mark.text for mark in page.marks] == ["one", "two"]
    assert page.marks[1].y == 550


def test_digits_of_fingerings_are_marks_of_their_own() -> None:
    page = read(group("fing", text(span("1-5"))))
    assert [(mark.name, mark.text) for mark in page.marks] == [
        ("fingering1", "1"),
        ("textFingering", "-"),
        ("fingering5", "5"),
    ]


def test_music_glyphs_in_text_are_symbols() -> None:
    forte = chr(int(glyph_codes()["dynamicForte"], 16))
    mixed = span(forte, more='font-family="Leipzig"') + span(" sub.")
    page = read(group("dynam", text(mixed)))
    assert [(mark.name, (mark.text or "").strip()) for mark in page.marks] == [
        ("dynamicForte", ""),
        ("textDynamic", "sub."),
    ]
    assert page.marks[0].scale == 0.4
    flat = chr(int(glyph_codes()["csymAccidentalFlat"], 16)) if "csymAccidentalFlat" in {*"x"} else "b"
    assert only(read(group("harm", text(span("B") + span(flat))))).text == "Bb"


def test_blank_text_and_titles_draw_nothing() -> None:
    page = read(group("dir", text(span(" ")) + "<text><title>tip</title></text>"))
    assert len(finish(page).symbol) == 0


def test_elements_set_their_text_bold_or_italic() -> None:
    shapes = {
        element: finish(read(group(element, text(span("R"))))).points.tobytes()
        for element in ("harm", "dir", "tempo")
    }
    assert len(set(shapes.values())) == 3
    upright = read(group("dir", text(span("R", more='font-style="normal"'))))
    assert finish(upright).points.tobytes() == shapes["harm"]


def test_digits_of_repeated_measures_are_one_number() -> None:
    for element, glyphs in (("mRptNum", "tuplet{}"), ("mRpt2", "timeSig{}"), ("multiRpt", "timeSig{}")):
        found = only(read(group(element, use(glyphs.format(1)) + use(glyphs.format(4), 150))))
        assert (found.name, found.text) == ("textOther", "14")


def test_frets_of_lutes_are_their_letters() -> None:
    assert only(read(group("note", use("luteFrenchFretC")))).text == "c"
    assert only(read(group("note", use("luteItalianFret3")))).text == "3"


def test_the_barline_that_a_repeat_of_two_measures_stands_on() -> None:
    found = read(group("mRpt2", use("repeat2Bars") + line(100, 0, 100, 720)))
    assert [mark.name for mark in found.marks] == ["repeat2Bars", "barlineSingle"]


def test_a_straight_group_sign_is_a_bracket_and_a_bent_one_a_brace() -> None:
    assert only(read(group("grpSym", line(0, 0, 0, 720, width=90)))).name == "bracket"
    bent = '<path d="M0,9 C1,2 3,4 5,6 C7,8 9,1 2,3 C4,5 6,7 0,9"/>'
    assert only(read(group("grpSym", bent))).name == "brace"


def test_the_outline_of_a_cluster_is_a_head() -> None:
    frame = '<rect x="0" y="0" width="200" height="700" fill-opacity="0" stroke-width="20"/>'
    assert only(read(group("notehead", frame))).name == "noteheadOther"


@pytest.mark.parametrize("order", list(permutations(((9, 90), (9, 30), (20, 90)))))
def test_dots_come_in_one_order_whatever_that_of_the_file(order: tuple[tuple[int, int], ...]) -> None:
    dots = "".join(f'<ellipse cx="{x}" cy="{y}" rx="5" ry="5"/>' for x, y in order)
    marks = read(group("dots", dots)).marks
    assert [(mark.x - 100, mark.y - 50) for mark in marks] == [(9, 90), (20, 90), (9, 30)]
