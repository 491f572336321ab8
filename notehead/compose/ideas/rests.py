"""Rests from maxima to 1024th, and what stands for repeated beats."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar, length_of
from notehead.compose.idea import Idea

_LONG = {"Whole": "1", "DoubleWhole": "breve", "Longa": "long"}
_SHORT = {
    "8th": "8", "16th": "16", "32nd": "32", "64th": "64", "128th": "128", "256th": "256", "512th": "512",
    "1024th": "1024",
}  # fmt: skip


def _long(duration: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        bar.rest(duration)

    return write


def _maxima(bar: Bar) -> None:
    """Verovio's own maxima rest is that of mensural music."""
    bar.rest("maxima", 'glyph.auth="smufl" glyph.num="U+E4E0"')


def _half(bar: Bar) -> None:
    bar.rest("2")


def _quarter(bar: Bar) -> None:
    bar.rest("4")
    bar.note("4")


def _short(duration: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.note(duration)
            bar.rest(duration)
            bar.complete()

    return write


def _beats(bar: Bar) -> None:
    bar.note("4")
    bar.raw(f'<beatRpt slash="{bar.pick("1", "2")}"/>', length_of("4"))


IDEAS: dict[str, Idea] = {
    **{
        f"rest{name}": Idea(_long(duration), length_of(duration), weight=2)
        for name, duration in _LONG.items()
    },
    "restMaxima": Idea(_maxima, length_of("maxima"), weight=3),
    "restHalf": Idea(_half, weight=2),
    "restQuarter": Idea(_quarter),
    **{f"rest{name}": Idea(_short(duration)) for name, duration in _SHORT.items()},
    "repeatBarSlash": Idea(_beats, weight=2),
}
