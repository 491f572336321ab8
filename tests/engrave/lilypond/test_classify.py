from __future__ import annotations

import pytest

from notehead.engrave.lilypond import classify
from notehead.engrave.lilypond.classify import clef_digit, glyph_class, letter_of, line_class
from notehead.engrave.lilypond.svg import Tags
from notehead.vocabulary import VOCABULARY


def classed(grob: str, glyph: str, position: int = 0, *, small: bool = False, above: bool = True) -> str:
    return glyph_class(Tags(grob), glyph, position, small=small, above=above)


@pytest.mark.parametrize(
    ("grob", "glyph", "name"),
    [
        ("NoteHead", "noteheads.s2", "noteheadBlackOnLine"),
        ("NoteHead", "noteheads.s1", "noteheadHalfOnLine"),
        ("NoteHead", "noteheads.s0", "noteheadWholeOnLine"),
        ("NoteHead", "noteheads.sM1", "noteheadDoubleWholeOnLine"),
        ("NoteHead", "noteheads.s2cross", "noteheadX"),
        ("NoteHead", "noteheads.u2fa", "noteheadOther"),
        ("Clef", "clefs.G", "clefG"),
        ("Clef", "clefs.F_change", "clefF"),
        ("Clef", "clefs.C", "clefCAlto"),
        ("Clef", "clefs.percussion", "clefUnpitchedPercussion"),
        ("KeySignature", "accidentals.flat", "keyFlat"),
        ("KeyCancellation", "accidentals.natural", "keyNatural"),
        ("Accidental", "accidentals.flat", "accidentalFlat"),
        ("Accidental", "accidentals.sharp.arrowup", "accidentalOther"),
        ("AccidentalCautionary", "accidentals.leftparen", "accidentalParensLeft"),
        ("TimeSignature", "six", "timeSig6"),
        ("TimeSignature", "timesig.C22", "timeSigCutCommon"),
        ("TimeSignature", "plus", "timeSigPlus"),
        ("Rest", "rests.2", "restQuarter"),
        ("Rest", "rests.0o", "restWhole"),
        ("MultiMeasureRest", "rests.M1", "restDoubleWhole"),
        ("MultiMeasureRestNumber", "three", "restHNr"),
        ("Flag", "flags.u3", "flag8thUp"),
        ("Flag", "flags.d6", "flag64thDown"),
        ("Flag", "flags.ugrace", "graceNoteSlash"),
        ("Dots", "dots.dot", "augmentationDot"),
        ("BarLine", "dots.dot", "repeatDot"),
        ("DynamicText", "f", "dynamicF"),
        ("DynamicText", "n", "dynamicN"),
        ("Script", "scripts.trill", "ornamentTrill"),
        ("Script", "scripts.reverseturn", "ornamentTurnInverted"),
        ("Script", "scripts.dfermata", "fermataBelow"),
        ("Script", "scripts.upmordent", "ornamentOther"),
        ("BreathingSign", "scripts.rcomma", "breathMark"),
        ("BreathingSign", "scripts.caesura.straight", "caesura"),
        ("TrillSpanner", "scripts.trill_element", "wiggleTrill"),
        ("Arpeggio", "scripts.arpeggio.arrow.1", "arpeggiato"),
        ("SustainPedal", "pedal.Ped", "keyboardPedalPed"),
        ("SustainPedal", "pedal..", "keyboardPedalPed"),
        ("SustainPedal", "pedal.*", "keyboardPedalUp"),
        ("SystemStartBrace", "brace100", "brace"),
        ("SystemStartBracket", "brackettips.up", "bracket"),
        ("Fingering", "four", "fingering4"),
        ("Fingering", "nine", "textFingering"),
        ("MetronomeMark", "noteheads.s2", "metronomeNote"),
        ("MetronomeMark", "dots.dot", "metronomeNote"),
        ("TextScript", "f", "dynamicF"),
        ("TextScript", "accordion.push", "otherGlyph"),
        ("BassFigure", "six", "textFigure"),
    ],
)
def test_classes_of_glyphs(grob: str, glyph: str, name: str) -> None:
    assert classed(grob, glyph) == name


def test_heads_and_clefs_depend_on_their_place() -> None:
    assert classed("NoteHead", "noteheads.s2", -3) == "noteheadBlackInSpace"
    assert classed("Clef", "clefs.C", 2) == "clefCTenor"
    assert classed("Clef", "clefs.C", 4) == "clefC"


def test_small_glyphs_have_classes_of_their_own() -> None:
    assert classed("NoteHead", "noteheads.s2", small=True) == "noteheadBlackOnLineSmall"
    assert classed("Flag", "flags.u3", small=True) == "flag8thUpSmall"
    assert classed("Accidental", "accidentals.sharp", small=True) == "accidentalSharpSmall"
    assert classed("Flag", "flags.u9", small=True) == "flag512thUp"


@pytest.mark.parametrize(
    ("direction", "above", "side"), [(1, False, "Above"), (-1, True, "Below"), (0, False, "Below")]
)
def test_the_side_of_an_articulation(direction: int, above: bool, side: str) -> None:  # noqa: FBT001
    tags = Tags("Script", direction=direction)
    for glyph, name in (("sforzato", "Accent"), ("umarcato", "Marcato"), ("dstaccatissimo", "Staccatissimo")):
        assert glyph_class(tags, f"scripts.{glyph}", 0, small=False, above=above) == f"artic{name}{side}"


def test_lines() -> None:
    assert line_class(Tags("Hairpin", grow=1), 0) == "dynamicCrescendoHairpin"
    assert line_class(Tags("Hairpin", grow=-1), 0) == "dynamicDiminuendoHairpin"
    assert line_class(Tags("Beam"), 2) == "beam"
    assert line_class(Tags("Beam", gap=2), 2) == "tremoloTwoNote"
    assert line_class(Tags("StemTremolo"), 3) == "tremolo3"
    assert line_class(Tags("Unheard"), 1) == "otherLine"


def test_digits_have_letters() -> None:
    assert [letter_of(name) for name in ("three", "fattened.seven.alt", "plus", "noteheads.s2")] == [
        "3",
        "7",
        "+",
        "",
    ]
    assert [clef_digit(text) for text in ("8", "(15)", "x")] == ["clef8", "clef15", "textOther"]


def test_every_class_named_is_in_the_vocabulary() -> None:
    rules = [*classify.RULES.values(), classify.rule_of("Unheard")]
    names = {name for rule in rules for name in (rule.line, rule.text, rule.glyph) if name}
    tables = (classify._CLEFS, classify._SCRIPTS, classify._OTHER_GLYPHS, classify._IN_KEY)
    names |= {name for table in tables for name in table.values()}
    names |= {f"rest{name}" for name in classify._RESTS.values()}
    names |= {f"accidental{name}" for name in classify._ACCIDENTALS.values()}
    names |= {f"{name}{side}" for name in classify._SCRIPTS_BY_SIDE.values() for side in ("Above", "Below")}
    names |= {f"flag{name}{way}" for name in classify._FLAG_LENGTHS.values() for way in ("Up", "Down")}
    assert [name for name in sorted(names) if name not in VOCABULARY] == []
