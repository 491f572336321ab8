"""Ornaments, fermatas, breaths."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar
from notehead.compose.idea import Idea

_GLYPH = 'glyph.auth="smufl" glyph.num="U+{}"'
_SIGNS: dict[str, tuple[tuple[str, str], ...]] = {
    "ornamentTrill": (("trill", ""),),
    "ornamentShortTrill": (("mordent", 'form="upper"'),),
    "ornamentMordent": (("mordent", 'form="lower"'),),
    "ornamentTremblement": (("mordent", 'long="true" form="upper"'), ("mordent", _GLYPH.format("E56E"))),
    "ornamentTurn": (("turn", 'form="upper"'),),
    "ornamentTurnInverted": (("turn", 'form="lower"'),),
    "ornamentTurnSlash": (("turn", _GLYPH.format("E569")),),
    "ornamentHaydn": (("mordent", _GLYPH.format("E56F")),),
    "ornamentSchleifer": (("mordent", _GLYPH.format("E587")),),
    "ornamentOther": (("mordent", 'long="true" form="lower"'), ("mordent", _GLYPH.format("E5B2"))),
    "fermataAbove": (("fermata", 'place="above"'), ("fermata", 'place="above" shape="square"')),
    "fermataBelow": (
        ("fermata", 'place="below" form="inv"'),
        ("fermata", 'place="below" form="inv" shape="angular"'),
    ),
    "caesura": (("caesura", ""), ("caesura", _GLYPH.format("E4D2")), ("caesura", _GLYPH.format("E4D4"))),
    "breathMark": (("breath", ""),),
}


def _signs(signs: tuple[tuple[str, str], ...]) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            name, extra = signs[int(bar.rng.integers(len(signs)))]
            bar.control(name, bar.note("4"), extra)

    return write


def _trill_line(bar: Bar) -> None:
    first, last = bar.note("4"), bar.note("4")
    bar.control("trill", first, 'extender="true"', end=last)


IDEAS: dict[str, Idea] = {name: Idea(_signs(signs)) for name, signs in _SIGNS.items()}
IDEAS["wiggleTrill"] = Idea(_trill_line, weight=2)
