"""Lines between notes, pedals, clefs, and signs that belong to no other family."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar
from notehead.compose.clef import Clef
from notehead.compose.idea import Idea


def _span(name: str, *choices: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        first = bar.note("4")
        if bar.chance(0.5):
            bar.note("8")
            last = bar.note("8")
        else:
            last = bar.note("4")
        bar.control(name, first, bar.pick(*choices), end=last)

    return write


def _tie(bar: Bar) -> None:
    place = int(bar.rng.integers(-5, 6))
    first = bar.note("4", position=place)
    bar.control("tie", first, end=bar.note("4", position=place))


def _arpeggio(bar: Bar) -> None:
    for extra in ("", 'arrow="true" order="up"', 'arrow="true" order="down"')[: 1 + bar.chance(0.5)]:
        bar.control("arpeg", bar.chord("4", heads=3), extra)


def _pedal(down: str, up: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        first, last = bar.note("4"), bar.note("4")
        bar.control("pedal", first, f'dir="down" {down}')
        bar.control("pedal", last, f'dir="up" {up}')

    return write


def _clefs(*clefs: Clef) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        choices = [clef for clef in clefs if clef != bar.staff.clef] or [Clef()]
        bar.clef(choices[int(bar.rng.integers(len(choices)))])
        bar.note("4")
        bar.note("4")

    return write


def _custos(bar: Bar) -> None:
    if bar.chance(0.5) or not bar.staff.clef.pitched:
        bar.note("4", 'stem.mod="sprech"')
        bar.note("4", 'stem.mod="sprech"')
        return
    bar.note("2")
    step, octave = bar.staff.clef.pitch(int(bar.rng.integers(-4, 5)))
    bar.raw(f'<custos pname="{step.lower()}" oct="{octave}"/>')


_CLEFS: dict[str, tuple[Clef, ...]] = {
    "clefG": (Clef(),),
    "clefF": (Clef("F", 4), Clef("F", 3), Clef("F", 5)),
    "clefC": (Clef("C", 1), Clef("C", 2), Clef("C", 5)),
    "clefCAlto": (Clef("C", 3),),
    "clefCTenor": (Clef("C", 4),),
    "clef8": (Clef(octaves=-1), Clef(octaves=1), Clef("F", 4, -1), Clef("F", 4, 1)),
    "clef15": (Clef(octaves=-2), Clef(octaves=2), Clef("F", 4, -2)),
}

_LINES: dict[str, Callable[[Bar], None]] = {
    "slur": _span("slur", "", "", 'lform="dashed"', 'lform="dotted"'),
    "tie": _tie,
    "glissando": _span("gliss", "", 'lform="wavy"'),
    "ottavaBracket": _span(
        "octave", *(f'dis="{n}" dis.place="{p}"' for n in (8, 15) for p in ("above", "below"))
    ),
    "bracketSpan": _span(
        "bracketSpan", 'func="coloration" lform="solid"', 'func="analytical" lform="dashed"'
    ),
    "arpeggiato": _arpeggio,
    "keyboardPedalPed": _pedal("", ""),
    "keyboardPedalUp": _pedal("", ""),
    "keyboardPedalSostenuto": _pedal('func="sostenuto"', ""),
    "pedalLine": _pedal('form="line"', 'form="line"'),
    "otherGlyph": _custos,
}
_OFTEN = {"keyboardPedalSostenuto": 4}
"""Styles draw some pedals as lines."""

IDEAS: dict[str, Idea] = {name: Idea(write, weight=_OFTEN.get(name, 2)) for name, write in _LINES.items()}
IDEAS |= {name: Idea(_clefs(*clefs), pitched=True) for name, clefs in _CLEFS.items()}
