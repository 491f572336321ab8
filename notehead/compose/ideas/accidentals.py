"""Accidentals beside notes."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar
from notehead.compose.idea import Idea

_SIGNS: dict[str, tuple[str, ...]] = {
    "Sharp": ("s",),
    "Flat": ("f",),
    "Natural": ("n",),
    "DoubleSharp": ("x",),
    "DoubleFlat": ("ff",),
    "TripleSharp": ("xs", "sx", "ts"),
    "TripleFlat": ("tf",),
    "SharpSharp": ("ss",),
    "NaturalFlat": ("nf",),
    "NaturalSharp": ("ns",),
    "QuarterToneFlat": ("1qf", "fu", "nd"),
    "QuarterToneSharp": ("1qs", "sd", "nu"),
    "ThreeQuarterTonesFlat": ("3qf", "fd"),
    "ThreeQuarterTonesSharp": ("3qs", "su"),
    "Other": ("bms", "kms", "bs", "ks", "kf", "bf", "kmf", "bmf", "koron", "sori"),
}


def _accidental(signs: tuple[str, ...]) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.note("4", accid=bar.pick(*signs))

    return write


def _enclosed(how: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.note("4", accid=f'{bar.pick("s", "f", "n")}" enclose="{how}')

    return write


IDEAS: dict[str, Idea] = {f"accidental{name}": Idea(_accidental(signs)) for name, signs in _SIGNS.items()}
IDEAS |= {
    f"accidental{name}{side}": Idea(_enclosed(how))
    for name, how in (("Parens", "paren"), ("Bracket", "brack"))
    for side in ("Left", "Right")
}
