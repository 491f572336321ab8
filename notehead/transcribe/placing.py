"""On which staff each symbol stands, and how high each notehead is on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from notehead.page import ABSENT, Symbols
from notehead.transcribe.staves import Floats, Staff

_FARTHEST = 26.0
"""Half staff spaces from the middle line, beyond which a symbol is of no staff."""
_FIRST_LEDGER = 5
"""Half staff spaces from the middle line, from which on a note needs a ledger line."""
_ON_LINE = 0.35
"""Half staff spaces by which a ledger line may be off the place that the staff has for it."""
_NEAR = 0.7
"""Staff spaces beside a notehead in which its ledger lines begin or end."""
_BELOW = frozenset({"textLyrics", "lyricHyphen", "lyricExtender", "lyricsElision"})


@dataclass(frozen=True, eq=False)
class Places:
    """Where symbols stand.

    Attributes:
        staff: for each symbol its row in the page's list of staves, `ABSENT` for none.
        height: half staff spaces above the middle line of that staff, NaN where there is none.
    """

    staff: NDArray[np.int64]
    height: Floats

    def position(self, symbols: Symbols) -> NDArray[np.int64]:
        """Heights of noteheads as whole numbers: even on lines, odd in spaces, as their classes say."""
        parity = np.array([_parity(name) for name in symbols.names], np.int64)
        height = np.where(np.isfinite(self.height), self.height, 0)
        given = 2 * np.rint((height - parity) / 2) + parity
        return np.where(parity < 0, np.rint(height), given).astype(np.int64)


def places_of(staves: Sequence[Staff], symbols: Symbols) -> Places:
    """The staff of each symbol: the nearest, unless the ledger lines of a note lead to another."""
    count = len(symbols)
    if not staves or not count:
        return Places(np.full(count, ABSENT, np.int64), np.full(count, np.nan))
    middle = (symbols.box[:, :2] + symbols.box[:, 2:]) / 2
    height = np.stack([staff.above(middle) for staff in staves])
    away = np.abs(height) + np.stack([staff.beyond(middle) / staff.space for staff in staves]) * 2
    lyric = np.array([name in _BELOW for name in symbols.names], np.bool_)
    away = np.where(lyric & (height > 0), away + _FARTHEST, away)
    nearest = away.argmin(axis=0)
    nearest = _by_ledgers(staves, symbols, height, nearest)
    rows = np.arange(count)
    known = away[nearest, rows] <= _FARTHEST
    return Places(
        np.where(known, nearest, ABSENT).astype(np.int64), np.where(known, height[nearest, rows], np.nan)
    )


def _by_ledgers(
    staves: Sequence[Staff], symbols: Symbols, height: Floats, nearest: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The nearest staff, for noteheads between two staves the one whose ledger lines they have."""
    names = symbols.names
    ledgers = symbols.box[[k for k, name in enumerate(names) if name == "ledgerLine"]]
    result = nearest.copy()
    if len(staves) < 2:
        return result
    rows = np.arange(len(symbols))
    far = symbols.is_notehead & (np.abs(height[nearest, rows]) > _FIRST_LEDGER)
    for row in np.flatnonzero(far).tolist():
        x0, _, x1, _ = symbols.box[row]
        order = np.argsort(np.abs(height[:, row]))[:2].tolist()
        beside = _NEAR * staves[order[0]].space
        own = ledgers[(ledgers[:, 0] <= x1 + beside) & (ledgers[:, 2] >= x0 - beside)]
        own = own[(own[:, 0] <= (x0 + x1) / 2) & (own[:, 2] >= (x0 + x1) / 2)]
        middles = np.stack(((own[:, 0] + own[:, 2]) / 2, (own[:, 1] + own[:, 3]) / 2), axis=1)
        best = [_missing(staves[k], float(height[k, row]), middles) for k in order]
        if best[1] < best[0]:
            result[row] = order[1]
    return result


def _missing(staff: Staff, height: float, ledgers: Floats) -> float:
    """The share of the ledger lines that a note at a height needs, and that are not there."""
    last = int(abs(height) + 0.5)
    needed = np.arange(_FIRST_LEDGER + 1, last + 1, 2) * np.sign(height)
    if not len(needed):
        return 0.0
    if not len(ledgers):
        return 1.0
    there = staff.above(ledgers)
    return float((np.abs(needed[:, None] - there).min(axis=1) > _ON_LINE).mean())


def ledgers_of(staves: Sequence[Staff], symbols: Symbols, places: Places) -> list[tuple[int, int]]:
    """Rows of noteheads, each with the row of a ledger line that lies between it and its staff."""
    rows = np.array([row for row, name in enumerate(symbols.names) if name == "ledgerLine"], np.int64)
    box = symbols.box[rows]
    middles = (box[:, :2] + box[:, 2:]) / 2
    found = []
    far = symbols.is_notehead & (np.abs(places.height) > _FIRST_LEDGER)
    for head in np.flatnonzero(far).tolist():
        height = float(places.height[head])
        x = float(symbols.box[head, [0, 2]].mean())
        across = np.flatnonzero((box[:, 0] <= x) & (x <= box[:, 2]))
        there = staves[places.staff[head]].above(middles[across]) * np.sign(height)
        between = across[(there > _FIRST_LEDGER) & (there <= abs(height) + 2 * _ON_LINE)]
        found += [(head, int(row)) for row in rows[between]]
    return found


def _parity(name: str) -> int:
    return 0 if "OnLine" in name else 1 if "InSpace" in name else -1
