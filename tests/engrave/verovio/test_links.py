"""Links lead from a notehead to all that belongs to it, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from notehead.engrave.style import Paper, Style
from tests.support.engraved import PIANO, chord, measure, mei, notes, page

if TYPE_CHECKING:
    from notehead.page import Page, Symbol

NARROW = Style(header=False, measure_numbers="none", paper=Paper("narrow", 60, 120))


def heads(found: Page) -> list[Symbol]:
    rows = [symbol for symbol in found.symbols if symbol.cls.is_notehead]
    return sorted(rows, key=lambda symbol: (symbol.box[0], -symbol.box[1]))


def parts(found: Page, head: Symbol) -> list[str]:
    """Names of what a head is linked to, but for its staff."""
    return sorted(name for name in found.symbols.linked(head).names if name != "staff")


def owners(found: Page, name: str) -> list[list[str]]:
    """For each symbol of a class, from the left, the pitches (or names) of all that link to it."""
    rows = sorted(found.symbols.named(name), key=lambda symbol: symbol.box[0])
    lists = []
    for row in rows:
        sources = found.symbols[
            np.isin(found.symbols.id, found.symbols.links[found.symbols.links[:, 1] == row.id, 0])
        ]
        lists.append(sorted(f"{s.pitch.step}{s.pitch.octave}" if s.pitch else s.name for s in sources))
    return lists


def of_measure(*staves: str, controls: str = "") -> Page:
    return page(mei(measure(*staves, controls=controls)))


def test_a_note_has_its_stem_flag_accidental_and_dot() -> None:
    found = of_measure(notes("c#5:8. d5:16 e5:2."))
    first, second, third = heads(found)
    assert parts(found, first) == ["accidentalSharp", "augmentationDot", "flag8thDown", "stem"]
    assert parts(found, second) == ["flag16thDown", "stem"]
    assert parts(found, third) == ["augmentationDot", "stem"]


def test_every_head_of_a_chord_has_the_stem_and_its_own_signs() -> None:
    found = of_measure(chord("c#5 e5 ab5", "4", 'artic="stacc"') + notes("c5:2."))
    for name in ("stem", "articStaccatoAbove"):
        assert owners(found, name)[0] == ["A5", "C5", "E5"], name
    assert owners(found, "accidentalSharp") == [["C5"]]
    assert owners(found, "accidentalFlat") == [["A5"]]


@pytest.mark.parametrize("pitches", ["a4 c5 e5", "b4 c5", "g4 a4 b4", "f4 g4 c5 d5", "c4 d4 e4 f4"])
def test_dots_of_chords_belong_to_one_head_each(pitches: str) -> None:
    found = of_measure(chord(pitches, "2.") + notes("c5:4"))
    assert sorted(owners(found, "augmentationDot")) == sorted([word.upper()] for word in pitches.split())


def test_both_dots_of_a_head_belong_to_it() -> None:
    found = of_measure(chord("b4 c5", "2..") + notes("c5:8"))
    assert sorted(owners(found, "augmentationDot")) == [["B4"], ["B4"], ["C5"], ["C5"]]


def test_dots_of_two_voices_are_kept_apart() -> None:
    found = page(mei(measure((notes("c5:2. c5:4"), notes("a4:2. a4:4")))))
    assert sorted(owners(found, "augmentationDot")) == [["A4"], ["C5"]]


def test_ledger_lines_belong_to_all_heads_beyond_them() -> None:
    found = of_measure(chord("a3 c4 e4", "4") + notes("b3:4 d4:4 a5:8 c6:8"))
    pairs = [sorted(pair) for pair in owners(found, "ledgerLine")]
    assert sorted(pairs) == [["A3"], ["A3", "C4"], ["A5"], ["B3"], ["C6"], ["C6"]]


def test_ledger_lines_of_the_staff_below_are_not_those_of_the_staff_above() -> None:
    found = page(mei(measure(notes("c4:1"), notes("c4:1")), staves=PIANO))
    upper, lower = sorted(heads(found), key=lambda head: head.box[1])
    lines = [found.symbols.linked(head).named("ledgerLine").id.tolist() for head in (upper, lower)]
    assert [len(ids) for ids in lines] == [1, 1]
    assert lines[0] != lines[1]
    assert {row.staff for row in found.symbols.named("ledgerLine")} == {0, 1}


def test_beams_and_tuplets_belong_to_their_notes() -> None:
    three = (
        f'<tuplet num="3" numbase="2" bracket.visible="true"><beam>{notes("c4:8 r:8 e4:8")}</beam></tuplet>'
    )
    found = of_measure(f"<beam>{notes('f4:8 g4:8')}</beam>" + three + notes("a4:2"))
    beams = owners(found, "beam")
    assert beams[0] == ["F4", "G4"]
    assert sorted(beams[1]) == ["C4", "E4", "rest8th"]
    for name in ("tuplet3", "tupletBracket"):
        assert owners(found, name) == [["C4", "E4", "rest8th"]], name


def test_beams_over_chords_belong_to_all_heads() -> None:
    found = of_measure(f"<beam>{chord('c4 e4', '8') + notes('g4:8')}</beam>" + notes("a4:2."))
    assert owners(found, "beam") == [["C4", "E4", "G4"]]


def test_tremolos_belong_to_their_notes() -> None:
    slashed = notes("a4:4", 'stem.mod="2slash"')
    two = f'<fTrem beams="2">{notes("c4:2 g4:2")}</fTrem>'
    found = of_measure(two + f'<bTrem unitdur="16">{slashed}</bTrem>' + notes("b4:4"))
    assert owners(found, "tremoloTwoNote") == [["C4", "G4"]]
    assert owners(found, "tremolo2") == [["A4"]]


CONTROLS = (
    '<slur startid="#a" endid="#c"/><tie startid="#b" endid="#d"/><fermata startid="#c"/>'
    '<fing startid="#a">3</fing><trill startid="#d"/><arpeg plist="#c"/><gliss startid="#a" endid="#b"/>'
    '<dynam startid="#a">f</dynam>'
)


def test_signs_over_notes_belong_to_the_notes_they_name() -> None:
    bars = notes("a=c5:4 b=d5:4"), chord("e4 g4", "4", 'xml:id="c"'), notes("d=d5:4")
    found = page(mei(measure("".join(bars), controls=CONTROLS)))
    assert owners(found, "slur") == [["C5", "E4", "G4"]]
    assert owners(found, "tie") == [["D5", "D5"]]
    assert owners(found, "fermataAbove") == [["E4", "G4"]]
    assert owners(found, "arpeggiato") == [["E4", "G4"]]
    assert owners(found, "fingering3") == [["C5"]]
    assert owners(found, "ornamentTrill") == [["D5"]]
    assert owners(found, "glissando") == [["C5", "D5"]]
    assert owners(found, "dynamicF") == [[]]


def test_a_broken_slur_belongs_in_each_system_to_the_head_there() -> None:
    bars = [measure(notes(f"a{n}=c5:4 d5:4 e5:4 b{n}=f5:4")) for n in range(4)]
    slur = '<slur startid="#a0" endid="#b3"/></measure>'
    found = page(mei(bars[0].replace("</measure>", slur), *bars[1:]), NARROW)
    rows = sorted(found.symbols.named("slur"), key=lambda row: row.system or 0)
    assert len(rows) > 1
    first, *_, last = (
        found.symbols[np.isin(found.symbols.id, found.symbols.links[found.symbols.links[:, 1] == row.id, 0])]
        for row in rows
    )
    assert [(head.onset, head.system) for head in first] == [(0, 0)]
    assert [(head.onset, head.system) for head in last] == [(15, len(rows) - 1)]


def test_digits_belong_to_their_clef() -> None:
    found = of_measure('<clef shape="G" line="2" dis="8" dis.place="below"/>' + notes("c4:1"))
    assert owners(found, "clef8") == [["clefG"]]


@pytest.mark.parametrize("style", [NARROW, Style()])
def test_heads_rests_clefs_keys_and_times_belong_to_their_staff(style: Style) -> None:
    bar = measure(notes("c5:4 r:4 e5:2"), notes("c3:4", 'staff="1"') + notes("r:4 d3:2"))
    found = page(mei(bar, bar, meter='keysig="2f" meter.count="4" meter.unit="4"', staves=PIANO), style)
    wanted = found.symbols[
        [
            row
            for row, name in enumerate(found.symbols.names)
            if name.startswith(("note", "rest", "clef", "key", "time"))
        ]
    ]
    assert len(wanted) > 20
    for symbol in wanted:
        assert [staff.staff for staff in found.symbols.linked(symbol).named("staff")] == [symbol.staff], (
            symbol
        )


def test_parentheses_belong_to_their_head() -> None:
    found = of_measure(notes("c5:2", 'head.mod="paren"') + notes("d5:2"))
    assert owners(found, "noteheadParenthesis") == [["C5"], ["C5"]]
    assert owners(found, "stem") == [["C5"], ["D5"]]


def test_grace_notes_lead_to_their_own_parts() -> None:
    found = of_measure(notes("b4:8", 'grace="unacc"') + notes("c5:8 d5:8 e5:2."))
    (grace,) = found.symbols.named("graceNoteAcciaccaturaStemUp")
    small = parts(found, heads(found)[0])
    assert small == ["flag8thUpSmall", "graceNoteSlash", "stem"]
    assert parts(found, grace) == sorted([*small, "noteheadBlackOnLineSmall"])


def test_links_are_unique_and_lead_from_what_stands_on_its_own() -> None:
    three = f'<tuplet num="3" numbase="2"><beam>{notes("c4:8 d4:8 e4:8")}</beam></tuplet>'
    found = page(mei(measure(three + notes("c#6:4.") + chord("a3 c4", "4."))))
    links = found.symbols.links
    assert len(np.unique(links, axis=0)) == len(links)
    assert (links[:, 0] != links[:, 1]).all()
    sources = {found.symbols[int(row)].name for row in np.flatnonzero(np.isin(found.symbols.id, links[:, 0]))}
    assert all(name.startswith(("notehead", "rest", "clef", "time")) for name in sources)
