"""Noteheads of every shape and size."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from notehead.compose.bar import Bar, length_of
from notehead.compose.idea import Idea

_ON_LINE, _IN_SPACE = (-4, -2, 0, 2, 4), (-5, -3, -1, 1, 3, 5)
_SHAPES: dict[str, tuple[str, ...]] = {
    "noteheadX": ("x",),
    "noteheadCircleX": ("#xE0B3",),
    "noteheadPlus": ("+",),
    "noteheadDiamondBlack": ("diamond",),
    "noteheadSlash": ("slash",),
    "noteheadSquare": ("rectangle",),
    "noteheadOther": ("#xE0CF", "#xE0D0"),
}


def _plain(duration: str, places: tuple[int, ...], *, small: bool, count: int) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(count):
            bar.note(duration, 'cue="true"' if small else "", position=int(bar.rng.choice(places)))

    return write


def _shaped(shapes: tuple[str, ...]) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for duration in ("4", "8", "8") if bar.chance(0.5) else ("4", "4"):
            bar.note(duration, f'head.shape="{bar.pick(*shapes)}"')

    return write


def _diamond_half(bar: Bar) -> None:
    bar.note("2", 'head.shape="diamond"')


def _parenthesis(bar: Bar) -> None:
    bar.note("4", 'head.mod="paren"')
    bar.note("4", 'head.mod="paren"')


IDEAS: dict[str, Idea] = {
    f"notehead{name}{place}{'Small' if small else ''}": Idea(
        _plain(duration, places, small=small, count=count), length_of(duration) * count, weight=2
    )
    for name, duration, count in (("Half", "2", 1), ("Whole", "1", 1), ("DoubleWhole", "breve", 1))
    for place, places in (("OnLine", _ON_LINE), ("InSpace", _IN_SPACE))
    for small in (False, True)
}
IDEAS |= {
    "noteheadBlackOnLineSmall": Idea(_plain("4", _ON_LINE, small=True, count=2)),
    "noteheadBlackInSpaceSmall": Idea(_plain("4", _IN_SPACE, small=True, count=2)),
    "noteheadDiamondHalf": Idea(_diamond_half, weight=2),
    "noteheadParenthesis": Idea(_parenthesis),
    **{name: Idea(_shaped(shapes), Fraction(1, 2)) for name, shapes in _SHAPES.items()},
}
