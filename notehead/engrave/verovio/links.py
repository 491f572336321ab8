"""Links between symbols, as MUSCIMA++ has them: from a notehead to all that belongs to it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.verovio.events import Music
from notehead.engrave.verovio.marks import Mark
from notehead.engrave.verovio.row import Row
from notehead.engrave.verovio.staves import Staff
from notehead.page import ABSENT
from notehead.vocabulary import VOCABULARY

_BY_NOTE = frozenset({"stem", "flag", "accid", "artic", "note"})
_BY_CONTROL = frozenset(
    {
        "slur",
        "phrase",
        "tie",
        "lv",
        "beamSpan",
        "fermata",
        "trill",
        "mordent",
        "turn",
        "fing",
        "arpeg",
        "gliss",
    }
)
_STAFF_SYMBOLS = ("clef", "keyFlat", "keyNatural", "keySharp", "timeSig", "rest", "notehead")
_PARENTHESIS = "noteheadParenthesis"


class LinkFinder:
    """Finds the links of one page; symbols are named by their index in `marks`."""

    def __init__(
        self,
        marks: list[Mark],
        rows: list[Row | None],
        music: Music,
        staves: dict[tuple[int, int], Staff],
        staff_space: float,
    ) -> None:
        self._marks = marks
        self._rows = rows
        self._music = music
        self._staves = staves
        self._space = staff_space
        self._found: list[tuple[int, int]] = []
        self._heads: dict[str, list[int]] = defaultdict(list)
        self._members: dict[str, list[str]] = defaultdict(list)
        self._dot_heights: dict[str, set[int]] = defaultdict(set)
        for i, row in enumerate(rows):
            if row is None:
                continue
            mark = row.mark
            if mark.rule.name == "dots":
                self._dot_heights[mark.note or mark.chord].add(round(mark.y))
            if mark.rule.name in {"notehead", "rest", "mRest"} and mark.note and row.name != _PARENTHESIS:
                self._heads[mark.note].append(i)
                event = music.events.get(mark.note)
                for group in event.inside if event is not None else ():
                    self._members[group].append(mark.note)

    def links(self) -> NDArray[np.int64]:
        """Pairs (from, to), int64 (n, 2)."""
        staff_mark = {
            row.staff.index: i
            for i, row in enumerate(self._rows)
            if row and row.name == "staff" and row.staff
        }
        for i, row in enumerate(self._rows):
            if row is None:
                continue
            for source in self._owners(row, i):
                self._found.append((source, i))
            if (
                row.staff is not None
                and row.name.startswith(_STAFF_SYMBOLS)
                and row.staff.index in staff_mark
            ):
                self._found.append((i, staff_mark[row.staff.index]))
        self._clef_digits()
        self._ledger_lines()
        return np.array(self._found, np.int64).reshape(-1, 2)

    def _owners(self, row: Row, index: int) -> list[int]:  # noqa: PLR0911  # one per kind of element
        """The heads and rests that a symbol belongs to."""
        mark, element = row.mark, row.mark.rule.name
        if element in _BY_NOTE or row.name == _PARENTHESIS:
            return self._heads_of(mark.note or mark.chord)
        if element == "dots":
            return self._dotted(mark)
        if element in {"beam", "fTrem", "bTrem"}:
            return [head for note in self._members[mark.element] for head in self._heads[note]]
        if element in {"tupletNum", "tupletBracket"}:
            return [head for note in self._members[mark.tuplet] for head in self._heads[note]]
        if element in _BY_CONTROL:
            control = self._music.controls.get(mark.element)
            if control is None:
                return []
            names = [control.start, control.end, *control.notes]
            heads = [head for name in names if name for head in self._heads_of(name)]
            return [head for head in heads if self._marks[head].system == mark.system and head != index]
        return []

    def _heads_of(self, element: str) -> list[int]:
        if not element:
            return []
        return [head for note in self._music.notes_of(element) for head in self._heads.get(note, ())]

    def _dotted(self, dot: Mark) -> list[int]:
        """The head that a dot stands beside: a chord's dots, from the top, are those of its heads."""
        owner = dot.note or dot.chord
        heads = sorted(self._heads_of(owner), key=lambda head: self._marks[head].y)
        heights = sorted(self._dot_heights[owner])
        if len(heights) == len(heads):
            return [heads[heights.index(round(dot.y))]]
        # Where heads share a dot, it is that of the head level with or just below it.
        lift = self._space / 4 - 1
        return sorted(heads, key=lambda head: abs(self._marks[head].y - lift - dot.y))[:1]

    def _clef_digits(self) -> None:
        clefs = {
            row.mark.element: i
            for i, row in enumerate(self._rows)
            if row is not None and row.mark.rule.name == "clef" and row.name not in {"clef8", "clef15"}
        }
        for i, row in enumerate(self._rows):
            if row is not None and row.name in {"clef8", "clef15"} and row.mark.element in clefs:
                self._found.append((clefs[row.mark.element], i))

    def _ledger_lines(self) -> None:
        """Heads beyond the staff to the ledger lines between them and it; the lines take their time."""
        lines: dict[tuple[int, str], list[int]] = defaultdict(list)
        for i, row in enumerate(self._rows):
            if row is not None and row.name == "ledgerLine":
                lines[row.mark.system, row.mark.measure].append(i)
        for heads in self._heads.values():
            for head in heads:
                row = self._rows[head]
                if row is None or row.staff is None or not VOCABULARY[row.name].is_notehead:
                    continue
                self._ledgers_of(head, row, lines[row.mark.system, row.mark.measure])

    def _ledgers_of(self, head: int, row: Row, lines: list[int]) -> None:
        staff = row.staff
        if staff is None:
            return
        top, bottom, space = staff.lines[0], staff.lines[-1], staff.space(self._space)
        y = row.mark.y
        if top - space * 0.9 < y < bottom + space * 0.9:
            return
        near, far = (y - space * 0.1, top) if y < top else (bottom, y + space * 0.1)
        middle = row.mark.x + 0.55 * space
        for line in lines:
            mark = self._marks[line]
            if near <= mark.y <= far and mark.reach[0] <= middle <= mark.reach[1]:
                self._found.append((head, line))
                ledger = self._rows[line]
                if ledger is not None and ledger.voice == ABSENT:
                    ledger.onset, ledger.staff, ledger.voice = row.onset, staff, row.voice

    def grace_notes(self) -> list[Row | None]:
        """DeepScoresV2's whole grace notes, for single, flagged ones; links lead to their parts."""
        parts: dict[str, list[int]] = defaultdict(list)
        for i, row in enumerate(self._rows):
            if row is not None and row.mark.rule.name in {"notehead", "stem", "flag"}:
                event = self._music.events.get(row.mark.note) or self._music.events.get(row.mark.chord)
                if event is not None and event.grace:
                    parts[event.parent or row.mark.note or row.mark.chord].append(i)
        compounds: list[Row | None] = []
        for group in parts.values():
            names = [self._rows[i].name for i in group]  # type: ignore[union-attr]
            stem = next((i for i, name in zip(group, names, strict=True) if name == "stem"), None)
            heads = (i for i, name in zip(group, names, strict=True) if VOCABULARY[name].is_notehead)
            head = next(heads, None)
            if stem is None or head is None or not any(name.startswith("flag") for name in names):
                continue
            kind = "Acciaccatura" if "graceNoteSlash" in names else "Appoggiatura"
            way = "Up" if self._marks[stem].y < self._marks[head].y else "Down"
            source = self._rows[head]
            if source is None:
                continue
            mark = Mark(
                "", source.mark.rule, "", "", "", source.mark.system, source.mark.measure, source.mark.staff
            )
            row = Row(f"graceNote{kind}Stem{way}", mark, source.staff)
            row.measure, row.onset, row.voice = source.measure, source.onset, source.voice
            index = len(self._rows) + len(compounds)
            compounds.append(row)
            self._found += [(index, part) for part in group]
        return compounds
