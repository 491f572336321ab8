"""What is on the page is annotated as what it is: classes, places, times, pitches and texts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from notehead.datasets.checks import check_page
from notehead.engrave.layers import LAYER
from notehead.engrave.style import Paper, Style
from notehead.page import Pitch
from notehead.vocabulary import VOCABULARY
from tests.support.engraved import PIANO, SMALL, chord, measure, mei, names, notes, page, pages
from tests.support.songs import JOY, WAKE

if TYPE_CHECKING:
    from notehead.page import Page, Symbol, Symbols

NARROW = Style(header=False, measure_numbers="none", paper=Paper("narrow", 60, 120))
WIDE = Style(header=False, measure_numbers="none", paper=Paper("wide", 260, 60))
WHOLE = notes("c5:1")


def bar(attributes: str = "", controls: str = "") -> str:
    return measure(WHOLE, attributes=attributes, controls=controls)


def heads(found: Page) -> list[Symbol]:
    rows = [symbol for symbol in found.symbols if symbol.cls.is_notehead]
    return sorted(rows, key=lambda symbol: (symbol.box[0], -symbol.box[1]))


def one(symbols: Symbols, name: str) -> Symbol:
    (symbol,) = symbols.named(name)
    return symbol


def artic(word: str, pitch: str) -> str:
    return notes(f"{pitch}:4", f'artic="{word}"')


# Heads, rests, stems


def test_heads_know_their_place_on_the_staff() -> None:
    found = heads(page(mei(measure(notes("c4:4 e4:2 b4:1 g5:4 a5:8 f6:breve")))))
    assert [(head.name, head.position) for head in found] == [
        ("noteheadBlackOnLine", -6),
        ("noteheadHalfOnLine", -4),
        ("noteheadWholeOnLine", 0),
        ("noteheadBlackInSpace", 5),
        ("noteheadBlackOnLine", 6),
        ("noteheadDoubleWholeInSpace", 11),
    ]
    assert [head.pitch for head in found[:2]] == [Pitch("C", 0, 4), Pitch("E", 0, 4)]
    assert [head.duration for head in found] == [1, 2, 4, 1, 0.5, 8]


@pytest.mark.parametrize(
    ("clef", "pitches"),
    [
        ('shape="G" line="2"', "b4"),
        ('shape="G" line="2" dis="8" dis.place="below"', "b3"),
        ('shape="F" line="4"', "d3"),
        ('shape="F" line="3"', "f3"),
        ('shape="C" line="3"', "c4"),
        ('shape="C" line="4"', "a3"),
    ],
)
def test_under_every_clef_the_middle_line_is_zero(clef: str, pitches: str) -> None:
    found = page(mei(measure(f"<clef {clef}/>" + notes(f"{pitches}:1"))))
    assert [head.position for head in heads(found)] == [0]
    assert list(check_page(found)) == []


def test_flags_and_rests_by_their_length() -> None:
    found = page(
        mei(measure(notes("c4:8 r:8 c5:16 r:16 c4:32 r:32 c5:64 r:64 r:4 r:2 r:1 r:breve"))), WIDE
    ).symbols
    assert names(found, "flag") == ["flag8thUp", "flag16thDown", "flag32ndUp", "flag64thDown"]
    rests = ["8th", "16th", "32nd", "64th", "Quarter", "Half", "Whole", "DoubleWhole"]
    assert names(found, "rest") == [f"rest{length}" for length in rests]
    assert [row.duration for row in found if row.name.startswith("rest")] == [
        0.5,
        0.25,
        0.125,
        0.0625,
        1,
        2,
        4,
        8,
    ]


def test_rests_of_measures() -> None:
    many = '<multiRest num="12"/>'
    found = page(
        mei(measure("<mRest/>"), measure(many), bar(), meter='meter.count="3" meter.unit="4"')
    ).symbols
    rest, block = one(found, "restWhole"), one(found, "restHBar")
    assert (rest.onset, rest.duration) == (0, 3)
    assert (block.onset, block.duration) == (3, 36)
    assert len(found.named("restHNr")) == 2
    assert one(found, "noteheadWholeInSpace").onset == 39


def test_heads_of_other_shapes() -> None:
    shapes = ("x", "diamond", "+", "slash")
    drums = "".join(
        f'<note loc="{loc}" dur="4" head.shape="{shape}"/>' for loc, shape in enumerate(shapes, 2)
    )
    found = page(mei(measure(drums), staves='<staffDef n="1" lines="5" clef.shape="perc"/>'))
    expected = [("noteheadX", -2), ("noteheadDiamondBlack", -1), ("noteheadPlus", 0), ("noteheadSlash", 1)]
    assert [(head.name, head.position) for head in heads(found)] == expected
    assert all(head.pitch is None for head in heads(found))
    assert names(found.symbols, "clef") == ["clefUnpitchedPercussion"]


def test_a_staff_of_one_line() -> None:
    staff = '<staffDef n="1" lines="1" clef.shape="perc"/>'
    found = page(mei(measure('<note loc="0" dur="4"/><rest dur="4"/><note loc="0" dur="2"/>'), staves=staff))
    assert len(found.staff_lines) == 1
    assert [(head.name, head.position) for head in heads(found)] == [
        ("noteheadBlackOnLine", 0),
        ("noteheadHalfOnLine", 0),
    ]


def test_heads_are_small_against_their_own_staff() -> None:
    cue = '<staffDef n="1" lines="5" scale="60%" clef.shape="G" clef.line="2"/>'
    full = '<staffDef n="2" lines="5" clef.shape="F" clef.line="4"/>'
    grace = notes("d5:8", 'grace="unacc"')
    found = page(
        mei(measure(grace + notes("c5:4 d5:4 e5:2"), WHOLE.replace('oct="5"', 'oct="3"')), staves=cue + full)
    )
    assert [(head.name, head.position) for head in heads(found)] == [
        ("noteheadBlackOnLineSmall", 2),
        ("noteheadWholeInSpace", -1),
        ("noteheadBlackInSpace", 1),
        ("noteheadBlackOnLine", 2),
        ("noteheadHalfInSpace", 3),
    ]


def test_a_cue_note_is_small() -> None:
    found = page(mei(measure(notes("c5:4", 'cue="true"') + notes("d5:2."))))
    assert [head.name for head in heads(found)] == ["noteheadBlackInSpaceSmall", "noteheadHalfOnLine"]


def test_parentheses_of_heads_and_of_accidentals() -> None:
    sharp = '<note pname="c" oct="5" dur="2"><accid accid="s" enclose="paren"/></note>'
    found = page(mei(measure(notes("c5:2", 'head.mod="paren"') + sharp))).symbols
    assert names(found, "noteheadP") == ["noteheadParenthesis"] * 2
    assert names(found, "accidental") == ["accidentalParensLeft", "accidentalSharp", "accidentalParensRight"]


def test_heads_on_the_other_staff_are_there() -> None:
    up = notes("a=c3:8 b=g3:8", 'staff="2"') + notes("c=e4:8 d=c5:8")
    found = page(mei(measure(f"<beam>{up}</beam>" + notes("r:2"), notes("r:1")), staves=PIANO))
    assert [(head.staff, head.position) for head in heads(found)] == [(1, -1), (1, 3), (0, -4), (0, 1)]
    stems = sorted(found.symbols.named("stem"), key=lambda stem: stem.box[0])
    assert [stem.staff for stem in stems] == [1, 1, 0, 0]
    assert list(check_page(found)) == []


# Accidentals, keys, clefs, times


def test_accidentals_of_notes() -> None:
    words = "".join(
        f'<note pname="c" oct="5" dur="4"><accid accid="{sign}"/></note>'
        for sign in ("s", "f", "n", "x", "ff", "1qs")
    )
    found = page(mei(measure(words), meter='meter.count="6" meter.unit="4"'))
    kinds = ("Sharp", "Flat", "Natural", "DoubleSharp", "DoubleFlat", "QuarterToneSharp")
    assert names(found.symbols, "accidental") == [f"accidental{kind}" for kind in kinds]
    alterations = [head.pitch.alter for head in heads(found) if head.pitch]
    assert alterations[:5] == [1, -1, 0, 2, -2]


def test_key_signatures_are_not_accidentals() -> None:
    text = mei(
        bar(),
        '<scoreDef keysig="3f"/>',
        bar(),
        '<scoreDef keysig="0"/>',
        bar(),
        meter='keysig="2s" meter.count="4" meter.unit="4"',
    )
    found = page(text).symbols
    assert names(found, "key")[:5] == ["keySharp"] * 2 + ["keyFlat"] * 3
    assert set(names(found, "key")[5:]) <= {"keyNatural"}
    assert not names(found, "accidental")
    assert {key.onset for key in found.named("keyFlat")} == {4}


def test_clefs_by_line_and_octave() -> None:
    clefs = (
        'shape="C" line="3"',
        'shape="C" line="4"',
        'shape="C" line="1"',
        'shape="F" line="4" dis="8" dis.place="above"',
        'shape="G" line="2" dis="15" dis.place="above"',
        'shape="perc"',
        'shape="G" line="2" dis="8" dis.place="below"',
    )
    text = mei(measure("".join(notes("c4:4") + f"<clef {clef}/>" for clef in clefs) + notes("c4:4")))
    found = page(text, WIDE).symbols
    assert names(found, "clefC", "clefF", "clefG", "clefU") == [
        "clefG", "clefCAlto", "clefCTenor", "clefC", "clefF", "clefG", "clefUnpitchedPercussion", "clefG",
    ]  # fmt: skip
    assert names(found, "clef8", "clef15") == ["clef8", "clef15", "clef8"]
    rows = sorted(
        (row for row in found if row.name.startswith(("clefC", "clefF", "clefG"))), key=lambda row: row.box[0]
    )
    assert [row.position for row in rows] == [-2, 0, 2, -4, 2, -2, -2]
    assert [row.onset for row in rows] == [0, 1, 2, 3, 4, 5, 7]


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        ('meter.count="12" meter.unit="8"', ["timeSig1", "timeSig2", "timeSig8"]),
        ('meter.sym="common"', ["timeSigCommon"]),
        ('meter.sym="cut"', ["timeSigCutCommon"]),
        ('meter.count="3+2" meter.unit="8"', ["timeSig2", "timeSig3", "timeSig8", "timeSigPlus"]),
    ],
)
def test_times(meter: str, expected: list[str]) -> None:
    assert sorted(names(page(mei(measure("<mRest/>"), meter=meter)).symbols, "time")) == expected


# Grace notes, tuplets, tremolos, beams

GRACE = mei(
    measure(
        notes("d5:8", 'grace="unacc" stem.mod="1slash"')
        + notes("c5:4")
        + notes("e#4:8", 'grace="acc"')
        + notes("f4:4")
        + f"<beam>{notes('d4:16 e4:16', 'grace=' + chr(34) + 'acc' + chr(34))}</beam>"
        + notes("f4:2")
    )
)


def test_grace_notes_are_small_and_take_no_time() -> None:
    found = page(GRACE)
    small = [head for head in heads(found) if head.name.endswith("Small")]
    assert [(head.onset, head.duration) for head in small] == [(0, 0), (1, 0), (2, 0), (2, 0)]
    assert [head.onset for head in heads(found) if not head.name.endswith("Small")] == [0, 1, 2]
    assert names(found.symbols, "flag") == ["flag8thUpSmall"] * 2
    assert names(found.symbols, "accidental") == ["accidentalSharpSmall"]
    assert names(found.symbols, "graceNoteSlash") == ["graceNoteSlash"]


def test_single_grace_notes_are_whole_symbols_too() -> None:
    found = page(GRACE)
    crossed, plain = (
        one(found.symbols, "graceNoteAcciaccaturaStemUp"),
        one(found.symbols, "graceNoteAppoggiaturaStemUp"),
    )
    parts = ["flag8thUpSmall", "graceNoteSlash", "noteheadBlackOnLineSmall", "stem"]
    assert sorted(found.symbols.linked(crossed).names) == parts
    assert sorted(found.symbols.linked(plain).names) == [parts[0], *parts[2:]]
    assert crossed.area == found.symbols.linked(crossed).area.sum()
    assert (crossed.onset, plain.onset, plain.staff) == (0, 1, 0)


@pytest.mark.parametrize("way", ["Up", "Down"])
@pytest.mark.parametrize(("grace", "kind"), [("unacc", "Acciaccatura"), ("acc", "Appoggiatura")])
def test_grace_notes_by_their_slash_and_the_way_of_their_stem(grace: str, kind: str, way: str) -> None:
    text = mei(measure(notes("c5:8", f'grace="{grace}" stem.dir="{way.lower()}"') + WHOLE))
    assert names(page(text).symbols, "graceNoteA") == [f"graceNote{kind}Stem{way}"]


def test_tuplets_are_numbers_and_brackets() -> None:
    three = f'<tuplet num="3" numbase="2" bracket.visible="true">{notes("c5:4 d5:4 e5:4")}</tuplet>'
    twelve = notes("e4:16 f4:16 g4:16") * 4
    ratio = f'<tuplet num="12" numbase="8" num.format="ratio"><beam>{twelve}</beam></tuplet>'
    found = page(mei(measure(three + ratio))).symbols
    assert names(found, "tuplet") == [
        "tupletBracket",
        "tuplet3",
        "tuplet1",
        "tuplet2",
        "tupletColon",
        "tuplet8",
    ]
    assert np.unique(found.onset[found.is_notehead]).tolist() == pytest.approx(
        [0, 2 / 3, 4 / 3, *np.arange(12) / 6 + 2]
    )


def test_tremolos() -> None:
    two = f'<fTrem beams="3">{notes("c4:2 g4:2")}</fTrem>'
    one_note = f'<bTrem unitdur="32">{notes("c5:4", "stem.mod=" + chr(34) + "3slash" + chr(34))}</bTrem>'
    found = page(mei(measure(two + one_note + notes("g4:4", 'stem.mod="1slash"')))).symbols
    assert names(found, "tremolo") == ["tremoloTwoNote", "tremolo3", "tremolo1"]
    assert not names(found, "beam")
    assert sorted(found.onset[found.is_notehead].tolist()) == [0, 1, 2, 3]


def test_a_beam_of_several_strokes_is_one_symbol() -> None:
    found = page(
        mei(measure(f"<beam>{notes('c4:16 d4:16 e4:32 f4:32')}</beam>" + notes("c4:2 c4:8.")))
    ).symbols
    assert names(found, "beam") == ["beam"]
    assert not [name for name in names(found, "flag") if name != "flag8thUp"]


def test_chords_have_dots_and_ledger_lines() -> None:
    found = page(mei(measure(chord("a3 c4 e4", "4.") + notes("c5:8") + chord("c#6 ab5", "2")))).symbols
    assert len(found.named("augmentationDot")) == 3
    assert len(found.named("ledgerLine")) == 4
    assert len(found.named("stem")) == 3
    assert {row.onset for row in found.named("augmentationDot")} == {0}
    assert {row.staff for row in found.named("ledgerLine")} == {0}
    assert sorted(row.onset or 0 for row in found.named("ledgerLine")) == [0, 0, 2, 2]


def test_repeated_measures_and_beats() -> None:
    found = page(
        mei(bar(), measure("<mRpt/>"), measure(notes("c5:4") + "<beatRpt/>" + notes("c5:2")))
    ).symbols
    assert one(found, "repeat1Bar").onset == 4
    assert one(found, "repeatBarSlash").onset == 9


# Systems, barlines, groups


def test_systems_staves_and_measures_are_counted() -> None:
    found = page(
        mei(*[measure(notes("c5:4 d5:4 e5:4 f5:4"), "<mRest/>") for _ in range(4)], staves=PIANO), NARROW
    )
    staves = sorted(found.symbols.named("staff"), key=lambda row: row.box[1])
    assert [row.staff for row in staves] == list(range(len(staves)))
    assert [row.system for row in staves] == [n // 2 for n in range(len(staves))]
    assert found.staff_lines[:, 0].tolist() == [float(n // 5) for n in range(5 * len(staves))]
    assert [
        head.measure for head in sorted(found.symbols[found.symbols.is_notehead], key=lambda h: h.onset or 0)
    ] == [n // 4 for n in range(16)]
    for row in staves:
        lines = found.staff_lines[found.staff_lines[:, 0] == row.staff]
        assert (row.box[0], row.box[2]) == pytest.approx((lines[:, 1].min(), lines[:, 3].max()), abs=1.5)
        assert (row.box[1], row.box[3]) == pytest.approx((lines[:, 2].min(), lines[:, 4].max()), abs=2.5)


def test_measures_are_counted_over_pages() -> None:
    tiny = Style(header=False, measure_numbers="none", paper=Paper("tiny", 60, 40))
    book = pages(mei(*[measure(notes("c5:4 d5:4 e5:4 f5:4"))] * 8), tiny)
    assert len(book) > 1
    counts = [head.measure or 0 for leaf in book for head in heads(leaf)]
    assert sorted(counts) == [n // 4 for n in range(32)]
    assert book[1].symbols.system.min() <= 0
    onsets = [head.onset or 0 for leaf in book for head in heads(leaf)]
    assert sorted(onsets) == list(range(32))


@pytest.mark.parametrize(
    ("right", "name"),
    [
        ("single", "barlineSingle"),
        ("dbl", "barlineDouble"),
        ("end", "barlineFinal"),
        ('end" type="new barlineReverseFinal', "barlineReverseFinal"),
        ("rptend", "repeatRight"),
        ("rptboth", "repeatRightLeft"),
        ("dashed", "barlineDashed"),
        ("dotted", "barlineDotted"),
        ("heavy", "barlineHeavy"),
        ("invis", ""),
    ],
)
def test_barlines_by_kind(right: str, name: str) -> None:
    found = page(mei(bar(f'right="{right}"'), bar())).symbols
    kinds = [row for row in found if row.name.startswith(("barline", "repeatR")) and row.measure == 0]
    assert [(row.name, row.onset) for row in kinds] == ([(name, 4)] if name else [])
    dots = {"rptend": 2, "rptboth": 4}.get(right, 0)
    assert len(found.named("repeatDot")) == dots


def test_repeats_on_both_sides() -> None:
    found = page(mei(bar(), bar('left="rptstart" right="rptend"'), bar('right="end"'))).symbols
    assert [name for name in names(found, "repeat", "barline") if name != "repeatDot"] == [
        "repeatLeft", "repeatRight", "barlineFinal",
    ]  # fmt: skip
    assert len(found.named("repeatDot")) == 4


@pytest.mark.parametrize(
    ("group", "sign", "count"),
    [
        ('symbol="brace" bar.thru="true"', "brace", 1),
        ('symbol="bracket" bar.thru="false"', "bracket", 2),
        ('symbol="bracket" bar.thru="true"', "bracket", 1),
    ],
)
@pytest.mark.parametrize("right", ["single", "dbl", "rptend", "dotted"])
def test_barlines_run_through_a_piano_and_stop_in_a_choir(
    group: str, sign: str, count: int, right: str
) -> None:
    staves = PIANO.replace('symbol="brace" bar.thru="true"', group)
    text = mei(measure(WHOLE, WHOLE, attributes=f'right="{right}"'), measure(WHOLE, WHOLE), staves=staves)
    found = page(text).symbols
    first = [row for row in found if row.name.startswith(("barline", "repeatR")) and row.onset == 4]
    assert len(first) == count
    assert len({row.name for row in first}) == 1
    assert names(found, "brace", "bracket") == [sign]
    assert len(found.named("barlineSystemic")) == 1
    tops = [row.box[1] for row in found.named("staff")]
    for row in first:
        assert sum(row.box[1] < top + 20 < row.box[3] for top in tops) == 3 - count


# Curves and lines over several notes

LONG = (
    '<slur startid="#a" endid="#d"/><hairpin form="cres" staff="1" tstamp="2" tstamp2="3m+2"/>'
    '<octave dis="8" dis.place="above" startid="#a" endid="#d"/>'
)


def test_lines_broken_over_systems_are_a_symbol_in_each() -> None:
    middle = [measure(notes("c5:4 d5:4 e5:4 f5:4"))] * 2
    text = mei(
        measure(notes("a=c5:4 d5:4 e5:4 f5:4"), controls=LONG),
        *middle,
        measure(notes("c5:4 e5:4 f5:4 d=d5:4")),
    )
    found = page(text, NARROW).symbols
    systems = int(found.system.max()) + 1
    assert systems > 1
    for name in ("slur", "dynamicCrescendoHairpin", "ottavaBracket"):
        parts = found.named(name)
        assert sorted(parts.system.tolist()) == list(range(systems)), name
        first_onsets = [
            found.onset[(found.system == system) & found.is_notehead].min() for system in range(1, systems)
        ]
        later = sorted(row.onset or 0 for row in parts if row.system)
        assert later == first_onsets, name
    assert min(found.named("slur").onset) == 0
    assert min(found.named("dynamicCrescendoHairpin").onset) == 1


def test_slurs_ties_and_their_times() -> None:
    controls = '<slur startid="#a" endid="#c"/><tie startid="#a" endid="#b"/>'
    found = page(mei(measure(notes("a=c5:4 b=c5:4 c=d5:2"), controls=controls))).symbols
    slur, tie = one(found, "slur"), one(found, "tie")
    assert (slur.onset, slur.duration, tie.onset, tie.duration) == (0, 2, 0, 1)
    assert slur.box[2] - slur.box[0] > tie.box[2] - tie.box[0]


def test_hairpins_by_form() -> None:
    controls = (
        '<hairpin form="cres" staff="1" tstamp="1" tstamp2="0m+2"/>'
        '<hairpin form="dim" staff="1" tstamp="3" tstamp2="0m+4.5"/>'
    )
    found = page(mei(measure(notes("c5:4 d5:4 e5:4 f5:4"), controls=controls))).symbols
    assert names(found, "dynamic") == ["dynamicCrescendoHairpin", "dynamicDiminuendoHairpin"]
    assert [(row.onset, row.duration) for row in found if row.name.startswith("dynamic")] == [
        (0, 1),
        (2, 1.5),
    ]


def test_ottavas_pedals_and_glissandi() -> None:
    controls = (
        '<octave dis="8" dis.place="above" startid="#c" endid="#d"/><gliss startid="#a" endid="#b"/>'
        '<pedal dir="down" staff="1" tstamp="1"/><pedal dir="up" staff="1" tstamp="4"/>'
    )
    found = page(mei(measure(notes("a=c5:4 b=g5:4 c=e6:4 d=f6:4"), controls=controls))).symbols
    assert names(found, "ottava", "gliss", "keyboard") == [
        "keyboardPedalPed", "glissando", "ottavaBracket", "keyboardPedalUp",
    ]  # fmt: skip
    assert one(found, "ottavaBracket").onset == 2
    assert one(found, "keyboardPedalUp").onset == 3
    lined = controls.replace('dir="down"', 'dir="down" form="line"').replace(
        'dir="up"', 'dir="up" form="line"'
    )
    assert names(
        page(mei(measure(notes("a=c5:4 b=g5:4 c=e6:4 d=f6:4"), controls=lined))).symbols, "pedal"
    ) == ["pedalLine"]


def test_written_pitch_stays_under_an_ottava() -> None:
    octave = '<octave dis="8" dis.place="above" startid="#a" endid="#b"/>'
    plain, raised = (
        page(mei(measure(notes("a=c5:2 b=d5:2"), controls=controls))) for controls in ("", octave)
    )
    assert [head.pitch for head in heads(raised)] == [head.pitch for head in heads(plain)]
    assert [head.position for head in heads(raised)] == [head.position for head in heads(plain)]
    assert list(check_page(raised)) == []


def test_an_arpeggio_stands_upright_beside_its_chord() -> None:
    found = page(mei(measure(chord("a3 c4 e5", "1", 'xml:id="k"'), controls='<arpeg plist="#k"/>'))).symbols
    wave = one(found, "arpeggiato")
    x0, y0, x1, y1 = wave.box
    chords = found[found.is_notehead].box
    assert y1 - y0 > 5 * (x1 - x0)
    assert x1 < chords[:, 0].min()
    assert y0 < chords[:, 3].min()
    assert y1 > chords[:, 1].max()


def test_voltas() -> None:
    endings = [
        f'<ending n="1">{bar("right=" + chr(34) + "rptend" + chr(34))}</ending>',
        f'<ending n="2">{bar()}</ending>',
    ]
    found = page(mei(bar(), *endings)).symbols
    assert names(found, "volta") == ["voltaBracket"] * 2
    assert [row.text for row in sorted(found.named("textVolta"), key=lambda row: row.box[0])] == ["1", "2"]


def test_trills_and_their_waves() -> None:
    found = page(
        mei(measure(notes("a=c5:2 b=d5:2"), controls='<trill startid="#a" endid="#b" extender="true"/>'))
    ).symbols
    assert names(found, "ornament", "wiggle") == ["ornamentTrill", "wiggleTrill"]


# Signs and letters at notes


@pytest.mark.parametrize(
    ("word", "above", "below"),
    [
        ("acc", "articAccentAbove", "articAccentBelow"),
        ("stacc", "articStaccatoAbove", "articStaccatoBelow"),
        ("ten", "articTenutoAbove", "articTenutoBelow"),
        ("stacciss", "articStaccatissimoAbove", "articStaccatissimoBelow"),
        ("marc", "articMarcatoAbove", "articMarcatoAbove"),
        ("upbow", "stringsUpBow", "stringsUpBow"),
        ("dnbow", "stringsDownBow", "stringsDownBow"),
        ("harm", "stringsHarmonic", "stringsHarmonic"),
        ("snap", "pluckedSnapPizzicato", "pluckedSnapPizzicato"),
        ("stop", "brassMute", "brassMute"),
    ],
)
def test_articulations(word: str, above: str, below: str) -> None:
    found = page(mei(measure(artic(word, "c5") + artic(word, "c4") + notes("c5:2")))).symbols
    starts = ("artic", "strings", "plucked", "brass")
    assert names(found, *starts) == [above, below]
    assert [row.onset for row in found if row.name.startswith(starts)] == [0, 1]


@pytest.mark.parametrize(
    ("control", "name"),
    [
        ('<fermata startid="#b"/>', "fermataAbove"),
        ('<fermata startid="#b" place="below"/>', "fermataBelow"),
        ('<trill startid="#b"/>', "ornamentTrill"),
        ('<mordent startid="#b" form="lower"/>', "ornamentMordent"),
        ('<mordent startid="#b" form="upper"/>', "ornamentShortTrill"),
        ('<turn startid="#b" form="upper"/>', "ornamentTurn"),
        ('<turn startid="#b" form="lower"/>', "ornamentTurnInverted"),
        ('<breath startid="#b"/>', "breathMark"),
        ('<caesura startid="#b"/>', "caesura"),
        ('<reh startid="#b">B</reh>', "textRehearsalMark"),
        ('<tempo startid="#b">Lento</tempo>', "textTempo"),
        ('<dir startid="#b">dolce</dir>', "textDirection"),
        ('<harm startid="#b">Am7</harm>', "textChordSymbol"),
        ('<harm startid="#b"><fb><f>6</f></fb></harm>', "textFigure"),
        ('<dynam startid="#b">cresc.</dynam>', "textDynamic"),
    ],
)
def test_signs_and_texts_at_a_note(control: str, name: str) -> None:
    found = page(mei(measure(notes("a=c5:2 b=d5:2"), controls=control))).symbols
    sign = one(found, name)
    assert (sign.onset, sign.staff, sign.measure) == (2, 0, 0)
    assert (sign.text is not None) == (VOCABULARY[name].kind == "text")


def test_dynamics_are_letters() -> None:
    controls = (
        '<dynam startid="#a">mf</dynam><dynam startid="#b">sfz</dynam><dynam startid="#c">p dolce</dynam>'
    )
    found = page(mei(measure(notes("a=c5:2 b=d5:2 c=e5:1"), controls=controls))).symbols
    assert names(found, "dynamic") == ["dynamicM", "dynamicF", "dynamicS", "dynamicF", "dynamicZ", "dynamicP"]
    assert [row.text for row in found.named("textDynamic")] == ["dolce"]
    assert [row.onset for row in found.named("dynamicM", "dynamicZ", "dynamicP")] == [0, 2, 4]


def test_fingerings_are_digits() -> None:
    controls = '<fing startid="#a">1</fing><fing startid="#b">5</fing><fing startid="#c">24</fing>'
    found = page(mei(measure(notes("a=c5:4 b=d5:4 c=e5:2"), controls=controls))).symbols
    assert names(found, "fingering") == ["fingering1", "fingering5", "fingering2", "fingering4"]
    assert [row.text for row in found if row.name.startswith("fingering")] == ["1", "5", "2", "4"]


def verse(word: str, attributes: str = "") -> str:
    return f'<verse n="1"><syl {attributes}>{word}</syl></verse>'


def sung(*verses: str) -> str:
    return "".join(f'<note pname="c" oct="5" dur="2">{text}</note>' for text in verses)


def test_lyrics_with_hyphens_and_extenders() -> None:
    found = page(
        mei(
            measure(sung(verse("Ky", 'con="d" wordpos="i"'), verse("rie", 'wordpos="t"'))),
            measure(sung(verse("ah", 'con="u"'), "")),
            measure(sung(verse("end"), "")),
        )
    ).symbols
    words = sorted(found.named("textLyrics"), key=lambda row: row.box[0])
    assert [row.text for row in words] == ["Ky", "rie", "ah", "end"]
    assert [row.onset for row in words] == [0, 2, 4, 8]
    hyphen, extender = one(found, "lyricHyphen"), one(found, "lyricExtender")
    assert words[0].box[2] <= hyphen.box[0] < hyphen.box[2] <= words[1].box[0]
    assert words[2].box[2] <= extender.box[0] < extender.box[2] < words[3].box[0]


def test_titles_names_and_numbers() -> None:
    labelled = '<staffDef n="1" lines="5" clef.shape="G" clef.line="2"><label>Flute</label></staffDef>'
    text = mei(bar(), bar(), staves=labelled).replace("<title/>", "<title>Air</title>")
    found = page(text, Style(measure_numbers="every")).symbols
    assert [row.text for row in found.named("textTitle")] == ["Air"]
    assert [row.text for row in found.named("textPartName")] == ["Flute"]
    assert {row.text for row in found.named("textMeasureNumber")} >= {"1"}
    title = one(found, "textTitle")
    assert (title.staff, title.system, title.measure, title.onset) == (None, None, None, None)
    bare = page(text, SMALL).symbols
    assert not len(bare.named("textTitle", "textMeasureNumber"))


def test_metronome_marks() -> None:
    tempo = '<tempo staff="1" tstamp="1">Vivace <rend fontfam="smufl">&#xECA5;</rend> = 96</tempo>'
    found = page(mei(bar(controls=tempo))).symbols
    assert len(found.named("metronomeNote")) == 1
    (text,) = found.named("textTempo")
    assert text.text is not None
    assert text.text.split()[-1] == "96"


def test_dotted_note_of_a_metronome_mark_is_one_symbol() -> None:
    mark = '<tempo staff="1" tstamp="1"><rend fontfam="smufl">&#xECA5;{}</rend> = 96</tempo>'
    plain, dotted = (page(mei(bar(controls=mark.format(dot)))).symbols for dot in ("", "&#xECB7;"))
    wide = [one(found, "metronomeNote").box for found in (plain, dotted)]
    assert wide[1][2] - wide[1][0] > 1.2 * (wide[0][2] - wide[0][0])


# Other formats


def counted(found: Symbols) -> dict[str, int]:
    quiet = ("stem", "staff", "text", "notehead")
    return dict(Counter(name for name in found.names if not name.startswith(quiet)))


def test_a_musicxml_score_is_annotated_whole() -> None:
    found = page(JOY, Style(measure_numbers="none"))
    assert counted(found.symbols) == {
        "barlineSystemic": 1, "barlineSingle": 1, "repeatRight": 1, "repeatDot": 4, "brace": 1,
        "clefG": 1, "clefF": 1, "keySharp": 4, "timeSigCommon": 2, "dynamicM": 1, "dynamicF": 1,
        "fingering3": 1, "restQuarter": 1, "graceNoteSlash": 1, "flag8thUpSmall": 1,
        "graceNoteAcciaccaturaStemUp": 1, "slur": 1, "augmentationDot": 1, "flag8thUp": 1,
        "articStaccatoAbove": 1,
    }  # fmt: skip
    upper = [(0, 66), (1, 64), (1, 66), (2.5, 67), (3, 62), (3, 69)]
    lower = [(1, 50), (4, 50), (4, 57)]
    for staff, expected in enumerate((upper, lower)):
        keys = [(row.onset, row.pitch.midi) for row in heads(found) if row.staff == staff and row.pitch]
        assert sorted(keys) == expected
    assert one(found.symbols, "textTitle").text == "An die Freude"
    assert list(check_page(found)) == []


def test_a_kern_score_is_annotated_whole() -> None:
    found = page(WAKE)
    assert counted(found.symbols) == {
        "barlineSingle": 3, "barlineFinal": 1, "clefG": 1, "keySharp": 1, "timeSig3": 1, "timeSig4": 1,
        "dynamicP": 1, "dynamicCrescendoHairpin": 1, "dynamicF": 1, "tupletBracket": 1, "tuplet3": 1,
        "flag8thDown": 2, "flag8thUp": 1,
        "slur": 1, "fermataAbove": 1, "tie": 1, "augmentationDot": 1, "restHalf": 1, "lyricHyphen": 1,
        "lyricExtender": 1,
    }  # fmt: skip
    assert [head.onset for head in heads(found)] == pytest.approx([0, 1, 2, 3, 3 + 1 / 3, 3 + 2 / 3, 4, 6, 9])
    lyrics = sorted(found.symbols.named("textLyrics"), key=lambda row: row.box[0])
    assert [row.text for row in lyrics] == ["Wach", "et", "auf", "ruft", "uns"]
    assert (one(found.symbols, "tie").onset, one(found.symbols, "tie").duration) == (6, 3)
    assert list(check_page(found)) == []


# All pages


@pytest.mark.parametrize("text", [GRACE, JOY, WAKE], ids=["grace", "musicxml", "kern"])
@pytest.mark.parametrize("font", ["Bravura", "Leland", "Petaluma", "Gootville"])
def test_fonts_change_shapes_not_symbols(text: str, font: str) -> None:
    plain, other = page(text), page(text, Style(header=False, measure_numbers="none", font=font))
    assert Counter(other.symbols.names) == Counter(plain.symbols.names)
    assert sorted(other.symbols.onset[other.symbols.is_notehead]) == sorted(
        plain.symbols.onset[plain.symbols.is_notehead]
    )
    assert list(check_page(other)) == []


def test_symbols_are_drawn_from_staff_to_text() -> None:
    found = page(JOY, Style(measure_numbers="none")).symbols
    layers = [LAYER[name] for name in found.names]
    assert layers == sorted(layers)
    order = [
        "staff",
        "barlineSingle",
        "ledgerLine",
        "stem",
        "beam",
        "slur",
        "tupletBracket",
        "noteheadX",
        "textLyrics",
    ]
    assert [LAYER[name] for name in order] == sorted({LAYER[name] for name in order})
    assert set(LAYER) == set(VOCABULARY)


def test_staff_space_and_lines_are_those_of_the_style() -> None:
    style = Style(header=False, measure_numbers="none", staff_space=1.0)
    found = page(mei(bar()), style)
    assert found.staff_space == pytest.approx(400 / 25.4, rel=0.01)
    gaps = np.diff(np.sort(found.staff_lines[:, 2]))
    np.testing.assert_allclose(gaps, found.staff_space, atol=0.1)


# Known faults


def test_a_left_barline_stands_at_the_start_of_its_measure() -> None:
    found = page(mei(bar(), bar('left="rptstart" right="rptend"'), bar())).symbols
    assert [one(found, name).onset for name in ("repeatLeft", "repeatRight")] == [4, 8]


def test_tuplets_begin_with_their_first_note() -> None:
    three = f'<tuplet num="3" numbase="2" bracket.visible="true">{notes("c5:4 d5:4 e5:4")}</tuplet>'
    found = page(mei(measure(notes("c5:2") + three))).symbols
    assert [one(found, name).onset for name in ("tuplet3", "tupletBracket")] == [2, 2]


def test_voltas_know_their_measure() -> None:
    found = page(mei(bar(), f'<ending n="1">{bar()}</ending>', f'<ending n="2">{bar()}</ending>')).symbols
    for name in ("voltaBracket", "textVolta"):
        rows = sorted(found.named(name), key=lambda row: row.box[0])
        assert [(row.measure, row.onset) for row in rows] == [(1, 4), (2, 8)], name


def test_parts_of_broken_lines_end_together() -> None:
    bars = [measure(notes(f"a{n}=c5:4 d5:4 e5:4 b{n}=f5:4")) for n in range(4)]
    slur = '<slur startid="#a0" endid="#b3"/></measure>'
    found = page(mei(bars[0].replace("</measure>", slur), *bars[1:]), NARROW).symbols.named("slur")
    ends = [(row.onset or 0) + (row.duration or 0) for row in found]
    assert ends == [15] * len(found)


def test_square_brackets() -> None:
    square = PIANO.replace('symbol="brace" bar.thru="true"', 'symbol="bracketsq"')
    assert names(page(mei(measure(WHOLE, WHOLE), staves=square)).symbols, "bracket") == ["bracketSquare"]


def test_dashed_barlines_run_through_a_piano() -> None:
    found = page(
        mei(measure(WHOLE, WHOLE, attributes='right="dashed"'), measure(WHOLE, WHOLE), staves=PIANO)
    ).symbols
    assert names(found, "barlineD") == ["barlineDashed"]


def test_barlines_of_small_staves_are_not_short() -> None:
    cue = '<staffDef n="1" lines="5" scale="60%" clef.shape="G" clef.line="2"/>'
    full = '<staffDef n="2" lines="5" clef.shape="F" clef.line="4"/>'
    found = page(mei(measure(WHOLE, WHOLE), staves=cue + full)).symbols
    assert names(found, "barline") == ["barlineSystemic", "barlineSingle", "barlineSingle"]


def test_counts_of_repeated_measures_are_no_tuplets() -> None:
    assert not names(page(mei(bar(), measure("<mRpt/>"))).symbols, "tuplet")


TWO = "".join(f'<staffDef n="{n}" lines="5" clef.shape="G" clef.line="2"/>' for n in (1, 2))


@pytest.mark.parametrize(
    ("symbol", "name"),
    [("brace", "brace"), ("bracket", "bracket"), ("bracketsq", "bracketSquare"), ("line", "bracket")],
)
def test_signs_of_groups(symbol: str, name: str) -> None:
    for group in (f'<staffGrp symbol="{symbol}">', f'<staffGrp><grpSym symbol="{symbol}"/>'):
        found = page(mei(measure(WHOLE, WHOLE), staves=f"{group}{TWO}</staffGrp>"))
        assert names(found.symbols, "brac") == [name]


def test_numbers_of_repeated_measures_are_no_time_signatures() -> None:
    repeats = ('<mRpt num="2"/>', "<mRpt2/>", '<multiRpt num="2"/>')
    found = page(mei(bar(), *(measure(repeat) for repeat in repeats)), WIDE)
    assert names(found.symbols, "timeSig") == ["timeSig4", "timeSig4"]
    assert [symbol.text for symbol in found.symbols.named("textOther")] == ["2", "2", "2"]
    assert names(found.symbols, "repeat") == ["repeat1Bar", "repeat2Bars", "repeat2Bars"]
    assert names(found.symbols, "otherLine") == []
    assert not list(check_page(found))


def test_the_accidental_of_a_trill_is_small() -> None:
    found = page(mei(measure(notes("a=c5:1"), controls='<trill startid="#a" accidupper="s"/>')))
    assert names(found.symbols, "accidental") == ["accidentalSharpSmall"]


def test_a_white_cluster_is_a_head() -> None:
    cluster = chord("c4 g5", "2", 'cluster="white"')
    found = page(mei(measure(cluster + notes("r:2"))))
    assert names(found.symbols, "notehead", "textFrame") == ["noteheadOther"]


def test_two_ossias_over_one_staff_are_two_staves() -> None:
    small = f'<oStaff n="1"><layer>{notes("c5:1")}</layer></oStaff>'
    staff = f'<staff n="1"><layer>{notes("c5:1")}</layer></staff>'
    found = page(mei(f"<measure><ossia>{small}{small}{staff}</ossia></measure>"))
    assert [len(np.unique(found.staff_lines[found.staff_lines[:, 0] == n, 2])) for n in range(3)] == [5, 5, 5]
    assert {head.position for head in heads(found)} == {1}
    assert sorted(head.staff or 0 for head in heads(found)) == [0, 1, 2]
