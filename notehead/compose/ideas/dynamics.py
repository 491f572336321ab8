"""Dynamics: letters, words, hairpins."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar
from notehead.compose.idea import Idea

_LETTERS: dict[str, tuple[str, ...]] = {
    "P": ("p", "pp", "ppp"),
    "M": ("mp", "mf"),
    "F": ("f", "ff", "fff"),
    "S": ("sf", "sfz", "sfp"),
    "Z": ("sfz", "fz", "sffz", "rfz"),
    "R": ("rfz", "rf"),
    "N": ("n",),
}


def _letters(words: tuple[str, ...]) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.words(
                "dynam", bar.note("4"), bar.pick(*words), f'place="{bar.pick("below", "below", "above")}"'
            )

    return write


def _hairpin(form: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        first, last = bar.note("4"), bar.note("4")
        niente = ' niente="true"' if bar.chance(0.15) else ""
        bar.control("hairpin", first, f'form="{form}"{niente}', end=last)

    return write


def _word(bar: Bar) -> None:
    bar.words(
        "dynam", bar.note("2"), bar.pick("cresc.", "dim.", "decresc.", "subito", "sempre più", "smorz.")
    )


IDEAS: dict[str, Idea] = {f"dynamic{letter}": Idea(_letters(words)) for letter, words in _LETTERS.items()}
IDEAS |= {
    "dynamicCrescendoHairpin": Idea(_hairpin("cres"), weight=2),
    "dynamicDiminuendoHairpin": Idea(_hairpin("dim"), weight=2),
    "textDynamic": Idea(_word, weight=2),
}
