"""Flags, dots, beams, tremolos and tuplets."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from notehead.compose.bar import Bar
from notehead.compose.idea import Idea

_WAYS = {"Up": ("up", (-6, 0)), "Down": ("down", (0, 6))}


def _flags(duration: str, way: str, *, small: bool) -> Callable[[Bar], None]:
    direction, (low, high) = _WAYS[way]
    extra = f'stem.dir="{direction}"' + (' cue="true"' if small else "")

    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.note(duration, extra, position=int(bar.rng.integers(low, high + 1)))
            bar.complete()

    return write


def _tremolo(slashes: int) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            with bar.group("bTrem"):
                extra = f'stem.mod="{slashes}slash"'
                bar.chord("4", extra, heads=2) if bar.chance(0.3) else bar.note("4", extra)

    return write


def _two_notes(bar: Bar) -> None:
    with bar.group("fTrem", f'beams="{bar.rng.integers(1, 4)}"', Fraction(1, 2)):
        duration = bar.pick("2", "4")
        bar.note(duration, position=int(bar.rng.integers(-4, 0)))
        bar.note(duration, position=int(bar.rng.integers(1, 5)))


def _buzz(bar: Bar) -> None:
    for _ in range(2):
        bar.note("4", 'stem.mod="z"')


def _tuplet(number: int, base: int, duration: str, form: str = "count") -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        bracket = "true" if form == "ratio" or bar.chance(0.5) else "false"
        extra = f'num="{number}" numbase="{base}" num.format="{form}" bracket.visible="{bracket}"'
        with bar.group("tuplet", extra, Fraction(base, number)), bar.group("beam"):
            for _ in range(number):
                bar.note(duration)
        bar.complete(Fraction(1, 8))

    return write


def _bracketed(bar: Bar) -> None:
    with bar.group("tuplet", 'num="3" numbase="2" bracket.visible="true"', Fraction(2, 3)):
        for _ in range(3):
            bar.rest("4") if bar.chance(0.2) else bar.note("4")


def _dots(bar: Bar) -> None:
    bar.note("4", dots=1)
    bar.note("8")


def _beam(bar: Bar) -> None:
    with bar.group("beam"):
        for duration in ("16", "16", "8", "32", "32", "16", "8"):
            bar.note(duration)


IDEAS: dict[str, Idea] = {
    f"flag{name}{way}{'Small' if small else ''}": Idea(
        _flags(name.rstrip("thnd"), way, small=small),
    )
    for name in ("8th", "16th", "32nd", "64th", "128th", "256th", "512th", "1024th")
    for way in _WAYS
    for small in ((False, True) if name in {"8th", "16th", "32nd"} else (False,))
}
IDEAS |= {f"tremolo{slashes}": Idea(_tremolo(slashes)) for slashes in range(1, 6)}
IDEAS |= {
    "tremoloTwoNote": Idea(_two_notes, weight=2),
    "buzzRoll": Idea(_buzz),
    "augmentationDot": Idea(_dots, weight=2),
    "beam": Idea(_beam),
    "tupletBracket": Idea(_bracketed, weight=2),
    "tuplet0": Idea(_tuplet(10, 8, "32", "ratio"), weight=2),
    "tuplet1": Idea(_tuplet(11, 8, "16"), weight=2),
    "tuplet2": Idea(_tuplet(2, 3, "8"), weight=2),
    "tuplet3": Idea(_tuplet(3, 2, "8"), weight=2),
    "tuplet4": Idea(_tuplet(4, 3, "8"), weight=2),
    "tuplet5": Idea(_tuplet(5, 4, "16"), weight=2),
    "tuplet6": Idea(_tuplet(6, 4, "16"), weight=2),
    "tuplet7": Idea(_tuplet(7, 4, "16"), weight=2),
    "tuplet8": Idea(_tuplet(8, 6, "16"), weight=2),
    "tuplet9": Idea(_tuplet(9, 8, "32"), weight=2),
    "tupletColon": Idea(_tuplet(3, 2, "8", "ratio"), weight=2),
}
