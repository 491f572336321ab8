"""`Row`: one symbol to be, while its page is put together."""

from __future__ import annotations

from notehead.engrave.verovio.marks import Mark
from notehead.engrave.verovio.staves import Staff
from notehead.page import ABSENT


class Row:
    """What `Symbols` will hold of a mark; times in ticks, None where it has none."""

    __slots__ = (
        "alter",
        "diatonic",
        "duration",
        "mark",
        "measure",
        "name",
        "onset",
        "position",
        "staff",
        "voice",
    )

    def __init__(self, name: str, mark: Mark, staff: Staff | None) -> None:
        self.name = name
        self.mark = mark
        self.staff = staff
        self.measure = self.voice = self.position = self.diatonic = self.alter = ABSENT
        self.onset: int | None = None
        self.duration: int | None = None
