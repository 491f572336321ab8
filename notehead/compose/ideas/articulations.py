"""Articulations, bowings and the like, above and below."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar
from notehead.compose.idea import Idea

_PLACED: dict[str, tuple[str, ...]] = {
    "Accent": ('artic="acc"',),
    "Staccato": ('artic="stacc"',),
    "Tenuto": ('artic="ten"',),
    "Staccatissimo": ('artic="stacciss"', 'artic="stroke"', 'artic="spicc"'),
    "Marcato": ('artic="marc"',),
    "SoftAccent": ('artic="acc-soft"',),
}
_STRESS = 'artic="acc" glyph.auth="smufl" glyph.num="U+{}"'
_ANYWHERE: dict[str, tuple[str, ...]] = {
    "stringsDownBow": ('artic="dnbow"',),
    "stringsUpBow": ('artic="upbow"',),
    "stringsHarmonic": ('artic="harm"',),
    "pluckedSnapPizzicato": ('artic="snap"',),
    "pluckedLeftHandPizzicato": ('artic="lhpizz"',),
    "brassMute": ('artic="stop"', 'artic="open"'),
    "articOther": ('artic="fingernail"', 'artic="damp"', 'artic="dampall"'),
}


def _signs(signs: tuple[str, ...], place: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            inner = f'<artic {bar.pick(*signs)} place="{place}"/>'
            bar.chord("4", inner=inner, heads=2) if bar.chance(0.2) else bar.note("4", inner=inner)

    return write


IDEAS: dict[str, Idea] = {
    f"artic{name}{place}": Idea(_signs(signs, place.lower()))
    for name, signs in _PLACED.items()
    for place in ("Above", "Below")
}
IDEAS |= {
    "articStressAbove": Idea(_signs((_STRESS.format("E4B6"),), "above")),
    "articStressBelow": Idea(_signs((_STRESS.format("E4B7"),), "below")),
    **{name: Idea(_signs(signs, "above")) for name, signs in _ANYWHERE.items()},
}
