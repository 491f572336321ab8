"""Grace notes."""

from __future__ import annotations

from collections.abc import Callable

from notehead.compose.bar import Bar
from notehead.compose.idea import Idea


def _grace(kind: str, way: str, durations: tuple[str, ...] = ("8", "16")) -> Callable[[Bar], None]:
    low, high = (-6, 0) if way == "up" else (0, 6)

    def write(bar: Bar) -> None:
        for _ in range(2):
            extra = f'grace="{kind}" stem.dir="{way}"'
            place = int(bar.rng.integers(low, high + 1))
            accid = bar.pick("s", "f", "n") if bar.chance(0.15) else ""
            bar.note(bar.pick(*durations), extra, position=place, accid=accid, grace=True)
            bar.note("4")

    return write


def _accidental(accid: str) -> Callable[[Bar], None]:
    def write(bar: Bar) -> None:
        for _ in range(2):
            bar.note("8", f'grace="{bar.pick("acc", "unacc")}"', accid=accid, grace=True)
            bar.note("4")

    return write


IDEAS: dict[str, Idea] = {
    "graceNoteAcciaccaturaStemUp": Idea(_grace("unacc", "up")),
    "graceNoteAcciaccaturaStemDown": Idea(_grace("unacc", "down")),
    "graceNoteAppoggiaturaStemUp": Idea(_grace("acc", "up")),
    "graceNoteAppoggiaturaStemDown": Idea(_grace("acc", "down")),
    "graceNoteSlash": Idea(_grace("unacc", "up", ("4", "8", "2"))),
    "accidentalSharpSmall": Idea(_accidental("s")),
    "accidentalFlatSmall": Idea(_accidental("f")),
    "accidentalNaturalSmall": Idea(_accidental("n")),
}
