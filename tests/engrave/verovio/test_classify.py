"""Which class a mark has: by its glyph, its size against its staff, its place and its element."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notehead.engrave.verovio.classify import barline_class, class_name
from notehead.engrave.verovio.marks import Bar, Mark, Where
from notehead.engrave.verovio.rules import RULES
from notehead.vocabulary import VOCABULARY

SPACE = 180.0
FULL = 0.72
WHERE = Where(RULES["barLine"])


def named(
    name: str, element: str = "notehead", position: int = 0, scale: float = FULL, form: str = ""
) -> str:
    mark = Mark(name, RULES[element], "", "", "", 0, "", "", scale=scale)
    return class_name(mark, position, SPACE, form)


@pytest.mark.parametrize(
    ("glyph", "position", "scale", "name"),
    [
        ("noteheadBlack", 0, FULL, "noteheadBlackOnLine"),
        ("noteheadBlack", -3, FULL, "noteheadBlackInSpace"),
        ("noteheadHalf", 6, FULL, "noteheadHalfOnLine"),
        ("noteheadWhole", 7, FULL, "noteheadWholeInSpace"),
        ("noteheadDoubleWholeSquare", 1, FULL, "noteheadDoubleWholeInSpace"),
        ("noteheadBlack", 0, 0.75 * FULL, "noteheadBlackOnLineSmall"),
        ("noteheadHalf", 5, 0.6 * FULL, "noteheadHalfInSpaceSmall"),
        ("noteheadXBlack", 5, FULL, "noteheadX"),
        ("noteheadDiamondWhite", 5, FULL, "noteheadDiamondHalf"),
        ("noteheadSlashHorizontalEnds", 5, FULL, "noteheadSlash"),
        ("noteheadShapeRoundBlack", 5, FULL, "noteheadOther"),
        ("noteheadParenthesisLeft", 5, FULL, "noteheadParenthesis"),
    ],
)
def test_heads(glyph: str, position: int, scale: float, name: str) -> None:
    assert named(glyph, position=position, scale=scale) == name


def test_small_is_small_against_the_staff() -> None:
    mark = Mark("noteheadBlack", RULES["notehead"], "", "", "", 0, "", "", scale=0.5 * FULL)
    assert class_name(mark, 0, SPACE, "") == "noteheadBlackOnLineSmall"
    assert class_name(mark, 0, SPACE / 2, "") == "noteheadBlackOnLine"


@pytest.mark.parametrize(
    ("glyph", "element", "scale", "name"),
    [
        ("accidentalSharp", "accid", FULL, "accidentalSharp"),
        ("accidentalSharp", "accid", 0.5, "accidentalSharpSmall"),
        ("accidentalSharp", "keyAccid", FULL, "keySharp"),
        ("accidentalNatural", "keyAccid", FULL, "keyNatural"),
        ("accidentalDoubleSharp", "accid", 0.5, "accidentalDoubleSharp"),
        ("accidentalKomaFlat", "accid", FULL, "accidentalOther"),
        ("flag8thUp", "flag", FULL, "flag8thUp"),
        ("flag8thUp", "flag", 0.5, "flag8thUpSmall"),
        ("flag64thUp", "flag", 0.5, "flag64thUp"),
        ("timeSig3", "meterSig", FULL, "timeSig3"),
        ("dynamicForte", "dynam", FULL, "dynamicF"),
        ("restQuarter", "rest", FULL, "restQuarter"),
        ("restQuarter", "rest", 0.5, "restQuarter"),
        ("fermataShortBelow", "fermata", FULL, "fermataBelow"),
        ("timeSig7", "multiRestNum", FULL, "restHNr"),
        ("ornamentPrecompSlide", "mordent", FULL, "ornamentOther"),
        ("articUnknown", "artic", FULL, "articOther"),
        ("noteQuarterUp", "tempo", FULL, "metronomeNote"),
        ("E0FF", "dir", FULL, "otherGlyph"),
    ],
)
def test_other_glyphs(glyph: str, element: str, scale: float, name: str) -> None:
    assert named(glyph, element, scale=scale) == name


@pytest.mark.parametrize(
    ("position", "name"), [(0, "clefCAlto"), (2, "clefCTenor"), (-4, "clefC"), (4, "clefC"), (-2, "clefC")]
)
def test_c_clefs_by_their_line(position: int, name: str) -> None:
    assert named("cClef", "clef", position) == name
    assert named("cClefChange", "clef", position, scale=0.8 * FULL) == name


@pytest.mark.parametrize(
    ("name", "element", "form", "expected"),
    [
        ("stem", "stem", "", "stem"),
        ("hairpin", "hairpin", "cres", "dynamicCrescendoHairpin"),
        ("hairpin", "hairpin", "dim", "dynamicDiminuendoHairpin"),
        ("bracket", "grpSym", "bracket", "bracket"),
        ("brace", "grpSym", "bracket", "bracket"),
        ("bracket", "grpSym", "bracketsq", "bracketSquare"),
        ("brace", "grpSym", "", "brace"),
    ],
)
def test_lines(name: str, element: str, form: str, expected: str) -> None:
    assert named(name, element, form=form, scale=0.0) == expected


def test_every_glyph_that_names_one_class_gives_it() -> None:
    glyphs: dict[str, set[str]] = {}
    for row in VOCABULARY.classes:
        for glyph in row.smufl:
            glyphs.setdefault(glyph, set()).add(row.name)
    for glyph, classes in glyphs.items():
        if len(classes) == 1 and not glyph.startswith("cClef"):
            assert named(glyph, "dir") in classes, glyph


THIN, THICK = 0.15 * SPACE, 0.5 * SPACE


def bars(*widths: float, style: str = "", height: float = 4 * SPACE) -> list[Bar]:
    return [Bar(60.0 * i, 0, height, width, style, WHERE) for i, width in enumerate(widths)]


@pytest.mark.parametrize(
    ("widths", "dots", "name"),
    [
        ((THIN,), False, "barlineSingle"),
        ((THIN, THIN), False, "barlineDouble"),
        ((THIN, THICK), False, "barlineFinal"),
        ((THICK, THIN), False, "barlineReverseFinal"),
        ((THICK,), False, "barlineHeavy"),
        ((THICK, THICK), False, "barlineHeavyHeavy"),
        ((THIN, THICK), True, "repeatRight"),
        ((THICK, THIN), True, "repeatLeft"),
        ((THIN, THICK, THIN), True, "repeatRightLeft"),
        ((THICK, THICK), True, "repeatRightLeft"),
    ],
)
def test_barlines_by_their_strokes(widths: tuple[float, ...], dots: bool, name: str) -> None:  # noqa: FBT001
    found = bars(*widths)
    assert barline_class(found, SPACE, 2 * SPACE, dots=dots) == name
    assert barline_class(found[::-1], SPACE, 2 * SPACE, dots=dots) == name


def test_dashed_and_dotted_barlines() -> None:
    assert barline_class(bars(THIN, style="80,40"), SPACE, 2 * SPACE, dots=False) == "barlineDashed"
    assert barline_class(bars(THIN, THIN, THIN, style="dot"), SPACE, 2 * SPACE, dots=False) == "barlineDotted"


def test_short_barlines_by_their_place() -> None:
    short = bars(THIN, height=2 * SPACE)
    assert barline_class(short, SPACE, SPACE, dots=False) == "barlineShort"
    assert barline_class(short, SPACE, 3 * SPACE, dots=False) == "barlineTick"
    assert barline_class(short, SPACE, None, dots=False) == "barlineSingle"


def test_a_barline_that_begins_between_staves_is_as_long_as_all_its_strokes() -> None:
    above, within = bars(THIN, height=2 * SPACE)[0], bars(THIN, height=4 * SPACE)[0]
    below = replace(within, y0=within.y0 + 2 * SPACE, y1=within.y1 + 2 * SPACE)
    assert barline_class([above, below], SPACE, 3 * SPACE, dots=False) == "barlineSingle"


def test_strokes_of_several_staves_count_once() -> None:
    upper = bars(THIN, THICK)
    lower = [Bar(bar.x, 9 * SPACE, 13 * SPACE, bar.width, "", WHERE) for bar in upper]
    assert barline_class([*upper, *lower], SPACE, None, dots=False) == "barlineFinal"
