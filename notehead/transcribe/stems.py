"""Stems: their heads, and what hangs at their free ends, flags and the bars of beams."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from notehead.page import Symbols
from notehead.transcribe.beams import bars_at, shares
from notehead.transcribe.lost_stems import completed
from notehead.transcribe.staves import Floats, Staff
from notehead.transcribe.stem import TOUCHES, Beams, Stem
from notehead.transcribe.stem_heads import stem_heads

FLAGS = {"8th": 1, "16th": 2, "32nd": 3, "64th": 4, "128th": 5, "256th": 6, "512th": 7, "1024th": 8}
"""How often a length halves a quarter note."""
_ACCOMPANY = 2
"""Small notes under a beam with a large one on the same side, that are no grace notes, at least."""
_NEXT, _SHORT_OF = 0.8, 0.2
"""Staff spaces from the end of a stem to its beam at most, and from which on it ends before it."""


def stems_of(
    image: NDArray[np.uint8], symbols: Symbols, spaces: Floats, staves: Sequence[Staff] = ()
) -> list[Stem]:
    """The stems that have heads, with what hangs at them.

    Args:
        image: of the page, uint8 (height, width), in which the bars of beams are counted.
        symbols: of the page.
        spaces: for each symbol the staff space of its staff, in pixels.
        staves: whose lines are no bars.
    """
    names = symbols.names
    heads = np.flatnonzero(symbols.is_notehead)
    rows = [k for k, name in enumerate(names) if name == "stem"]
    flags = np.array([k for k, name in enumerate(names) if name.startswith("flag")], np.int64)
    flag_box = symbols.box[flags]
    flag_up = np.array([names[k].removesuffix("Small").endswith("Up") for k in flags.tolist()], np.bool_)
    known = Beams.of(image, symbols, spaces, staves)
    lines = known.lines
    on_stem = stem_heads(
        rows, heads, symbols, spaces, lambda row: known.ends(symbols.box[row], float(spaces[row]))
    )
    loose: dict[int, frozenset[int]] = {}
    found = []
    for row in rows:
        own = np.array(on_stem.get(row, ()), np.int64)
        if not len(own):
            continue
        x0, y0, x1, y1 = symbols.box[row].tolist()
        space, x = float(spaces[row]), (x0 + x1) / 2
        reach = TOUCHES * space
        level = (symbols.box[own, 1] + symbols.box[own, 3]) / 2
        up = bool(level.min() - y0 > y1 - level.max())
        own = _of_one_kind(own, level, names, up=up)
        level = (symbols.box[own, 1] + symbols.box[own, 3]) / 2
        end = y0 if up else y1
        inner = level.max() if not up else level.min()
        near = known.at(x, reach)
        half = lines[:, 4] / 2
        beyond = (near - end if up else end - near) / space  # by which the stem goes beyond the middle
        within = (np.abs(beyond) <= half / space + _NEXT) & (near < inner if up else near > inner)
        loose[row] = frozenset(known.rows[within & (beyond < -half / space - _SHORT_OF)].tolist())
        beside = (flag_box[:, 0] - reach <= x) & (x <= flag_box[:, 2]) & (flag_up == up)
        level = (flag_box[:, 1] - space <= end) & (end <= flag_box[:, 3] + space)
        own_flags = tuple(flags[beside & level].tolist())
        count = max((_flags(names[flag]) for flag in own_flags), default=0)
        hung = tuple(known.rows[within].tolist())
        found.append(Stem(row, tuple(own.tolist()), up, hung, count, own_flags, x, end))
    found = _of_one_size(_without_foreign(found, loose), names)
    black = {
        row
        for row in heads.tolist()
        if names[row].startswith("noteheadBlack") and not names[row].endswith("Small")
    }
    return _barred(completed(found, black, known, symbols), known)


def _without_foreign(stems: Sequence[Stem], loose: Mapping[int, frozenset[int]]) -> list[Stem]:
    """The stems without the beams of another staff, of which those from the other side reach all.

    Args:
        stems: with all beams that they may be at.
        loose: by the row of a stem the beams that it ends before.
    """
    reaching: dict[int, set[bool]] = {}
    for stem in stems:
        for beam in set(stem.beams) - loose[stem.row]:
            reaching.setdefault(beam, set()).add(stem.up)
    foreign = {
        stem.row: {beam for beam in loose[stem.row] if reaching.get(beam) == {not stem.up}} for stem in stems
    }
    return [
        replace(stem, beams=tuple(beam for beam in stem.beams if beam not in foreign[stem.row]))
        for stem in stems
    ]


def _of_one_size(stems: Sequence[Stem], names: Sequence[str]) -> list[Stem]:
    """The stems without beams of notes of the other size: a grace note's may end at a stem of another staff.

    A beam is of the size of most of its stems, unless several small ones and a large one are on one side of
    it: some print accompaniments small under the beams of the notes that they accompany.
    """
    sizes = [-1 if names[stem.heads[0]].endswith("Small") else 1 for stem in stems]
    balance: Counter[int] = Counter()
    sides: Counter[tuple[int, bool, int]] = Counter()
    for stem, size in zip(stems, sizes, strict=True):
        balance.update(dict.fromkeys(stem.beams, size))
        sides.update((beam, stem.up, size) for beam in stem.beams)
    mixed = {
        (beam, up)
        for beam, up, size in sides
        if size > 0 and sides[beam, up, -1] >= _ACCOMPANY and not sides[beam, not up, size]
    }
    return [
        replace(
            stem,
            beams=tuple(beam for beam in stem.beams if balance[beam] * size >= 0 or (beam, stem.up) in mixed),
        )
        for stem, size in zip(stems, sizes, strict=True)
    ]


def _barred(stems: Sequence[Stem], beams: Beams) -> list[Stem]:
    """The stems with the bars of their beams counted."""
    lines = beams.by_row
    tips: dict[int, list[tuple[float, float, bool]]] = {}
    for stem in stems:
        for beam in stem.beams:
            tips.setdefault(beam, []).append((stem.x, stem.tip, stem.up))
    parts = {beam: shares(lines[beam], own, float(beams.spaces[beam])) for beam, own in tips.items()}
    found = []
    for stem in stems:
        levels = beams.levels(stem.x) if stem.beams else np.empty(0)
        space = float(beams.spaces[stem.heads[0]])
        bars = [
            bars_at(beams.image, lines[beam], stem.x, space, parts[beam][stem.up], levels)
            for beam in stem.beams
        ]
        found.append(replace(stem, flags=max((stem.flags, *bars))))
    return found


def _of_one_kind(heads: NDArray[np.int64], level: Floats, names: list[str], *, up: bool) -> NDArray[np.int64]:
    """Of the heads at a stem, those as long as the one where it begins; others are of other voices."""
    first = int(heads[level.argmax() if up else level.argmin()])
    kind = head_length(names[first])
    return heads[[head_length(names[row]) == kind for row in heads.tolist()]]


def head_length(name: str) -> Fraction:
    """How long a notehead is by its shape: a black one a quarter note, before beams and flags."""
    if "DoubleWhole" in name or "Square" in name:
        return Fraction(8)
    if "Whole" in name:
        return Fraction(4)
    return Fraction(2) if "Half" in name else Fraction(1)


def _flags(name: str) -> int:
    plain = name.removeprefix("flag").removesuffix("Small").removesuffix("Up").removesuffix("Down")
    return FLAGS.get(plain, 0)
