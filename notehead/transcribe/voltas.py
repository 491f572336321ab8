"""Voltas: which measures are endings, and of which time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import Page
from notehead.transcribe.measures import Span
from notehead.transcribe.staves import Staff
from notehead.transcribe.systems import System

_ABOVE = 14.0
"""Staff spaces above the first staff of a system, or above any of its staves, in which a bracket stands."""
_INTO = 1.0
"""Staff spaces by which a bracket may begin before, or end after, its measure."""
_SAME = 2.0
"""Staff spaces by which brackets of several staves may differ that are one."""
_HOOK = 0.7
"""Share of the height of a bracket that its hook is inked, at least."""
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Volta:
    """A volta bracket, or what of it is on one system.

    Attributes:
        first: the measure of the system that it begins with, from 0.
        last: the measure that it ends with.
        numbers: of which times, as "1" or "1, 2"; "" where that is not known.
        begins: whether it begins here, and does not go on from the system before.
        hooked: whether its right end is closed.
        ends: whether it ends before the system does, or with a hook.
    """

    first: int
    last: int
    numbers: str
    begins: bool
    hooked: bool
    ends: bool


def voltas_of(page: Page, system: System, staves: Sequence[Staff], spans: Sequence[Span]) -> list[Volta]:
    """The voltas of a system, from the left; those of several staves that are one are there once."""
    symbols, names = page.symbols, page.symbols.names
    rows = [k for k, name in enumerate(names) if name == "voltaBracket"]
    if not rows or not spans:
        return []
    first, last = staves[system.staves[0]], staves[system.staves[-1]]
    space = first.space
    texts = [k for k, name in enumerate(names) if name == "textVolta"]
    found: list[tuple[float, float, Volta]] = []
    for row in sorted(rows, key=lambda row: (float(symbols.box[row, 0]), float(symbols.box[row, 1]))):
        x0, y0, x1, y1 = symbols.box[row].tolist()
        if (
            not first.top - _ABOVE * space <= y1
            or not y0 <= last.bottom
            or not np.isfinite([x0, y0, x1, y1]).all()
        ):
            continue
        if any(abs(x0 - a) <= _SAME * space and abs(x1 - b) <= _SAME * space for a, b, _ in found):
            continue
        within = [
            k for k in texts
            if x0 - space <= symbols.box[k, 0] and symbols.box[k, 2] <= x1 + space
            and y0 - space <= symbols.box[k, [1, 3]].mean() <= y1 + space
        ]  # fmt: skip
        at_edge = x0 <= spans[0].left + 3 * space
        hooked = _hooked(page.image, (x0, y0, x1, y1), space)
        ends = hooked or x1 < spans[-1].right - _SAME * space
        text = _numbers([str(symbols.text[k]) for k in within if symbols.text[k]])
        start, stop = _at(spans, x0 + _INTO * space), _at(spans, x1 - _INTO * space)
        volta = Volta(start, max(start, stop), text, bool(within) or not at_edge, hooked, ends)
        found.append((x0, x1, volta))
    return [volta for _, _, volta in found]


def _at(spans: Sequence[Span], x: float) -> int:
    """The measure at x; the first or the last one outside of all."""
    place = int(np.searchsorted([span.right for span in spans], x))
    return min(place, len(spans) - 1)


def _numbers(texts: Sequence[str]) -> str:
    """The numbers in texts, as MusicXML has them.

    Example:
        >>> _numbers(["1.-3."]), _numbers(["1, 2"]), _numbers(["fine"])
        ('1, 2, 3', '1, 2', '')
    """
    text = " ".join(texts)
    whole = [int(number) for number in _NUMBERS.findall(text)]
    if len(whole) == 2 and re.search(r"\d\D*[-\u2013]\D*\d", text) and whole[0] < whole[1] <= whole[0] + 20:
        whole = list(range(whole[0], whole[1] + 1))
    kept = sorted({number for number in whole if 0 < number < 100})
    return ", ".join(map(str, kept))


def _hooked(image: NDArray[np.uint8], box: tuple[float, float, float, float], space: float) -> bool:
    """Whether there is a line down at the right end of a bracket."""
    x0, y0, x1, y1 = box
    top, bottom = y0 + 0.35 * (y1 - y0), y1 - 0.1 * (y1 - y0)
    left = max(x0, x1 - 0.4 * space)
    strip = image[max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(np.ceil(x1)) + 1, 0)]
    if strip.size == 0:
        return False
    return bool((strip < 128).any(axis=1).mean() >= _HOOK)


@dataclass(slots=True)
class VoltaCounter:
    """Numbers of voltas that are not known, counted: 1, and one more for each that follows another.

    Attributes:
        end: the measure of the score that the last one ended with, -1 before any.
        number: of the last one.
        is_open: whether the last one went on to the end of its system.
    """

    end: int = -2
    number: int = 0
    is_open: bool = False

    def numbered(self, volta: Volta, before: int) -> str:
        """The numbers of a volta, "" for one that goes on.

        Args:
            volta: of a system.
            before: how many measures the score has before that system.
        """
        goes_on = self.is_open and not volta.begins and volta.first == 0
        follows = before + volta.first == self.end + 1
        self.end, self.is_open = before + volta.last, not volta.ends
        if goes_on:
            return ""
        if volta.numbers:
            self.number = int(volta.numbers.rsplit(", ", 1)[-1])
            return volta.numbers
        self.number = self.number + 1 if follows else 1
        return str(self.number)
