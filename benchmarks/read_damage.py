"""Pages with some of their symbols dropped, shifted or mislabelled; how well confidence tells right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from notehead import Page
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

KINDS = ("dropped", "shifted", "mislabelled")
SHARES = (0.0, 0.01, 0.02, 0.05, 0.10)
_LEAST, _MOST = 0.5, 1.5
"""Staff spaces by which a symbol is shifted."""
_ALIKE = (
    ("notehead",), ("accidental",), ("rest",), ("flag",), ("clef",), ("key",), ("timeSig",), ("tuplet",),
    ("barline", "repeat"), ("artic", "fermata", "ornament"), ("dynamic",), ("slur", "tie"), ("stem", "beam"),
    ("text", "lyric"),
)  # fmt: skip
"""Beginnings of the names of classes that are taken for each other; others are taken for any."""


def damaged(page: Page, share: float, rng: np.random.Generator, kinds: Sequence[str] = KINDS) -> Page:
    """The page with that share of its symbols damaged, each way as often; staves are left as they are.

    Ids stay, so that what is read at a symbol can be compared with what is true of it.

    Args:
        page: with its symbols.
        share: of the symbols, 0 to 1.
        rng: which, and how.
        kinds: of `KINDS`.
    """
    symbols = page.symbols
    able = np.flatnonzero(symbols.label != VOCABULARY.id("staff"))
    chosen = rng.permutation(able)[: round(share * len(able))]
    way = rng.integers(len(kinds), size=len(chosen))
    by_way = {kind: chosen[way == k] for k, kind in enumerate(kinds)}
    symbols = _shifted(symbols, by_way.get("shifted", chosen[:0]), page.staff_space, rng)
    symbols = _mislabelled(symbols, by_way.get("mislabelled", chosen[:0]), rng)
    kept = np.ones(len(symbols), np.bool_)
    kept[by_way.get("dropped", chosen[:0])] = False
    return replace(page, symbols=symbols[kept])


def _shifted(symbols: Symbols, rows: NDArray[np.int64], space: float, rng: np.random.Generator) -> Symbols:
    angle = rng.uniform(0, 2 * np.pi, len(rows))
    length = rng.uniform(_LEAST, _MOST, len(rows)) * space
    by = np.stack((length * np.cos(angle), length * np.sin(angle)), axis=1)
    box, corners = symbols.box.copy(), symbols.corners.copy()
    box[rows] += np.tile(by, 2)
    corners[rows] += by[:, None]
    return symbols.replace(box=box, corners=corners)


def _mislabelled(symbols: Symbols, rows: NDArray[np.int64], rng: np.random.Generator) -> Symbols:
    label = symbols.label.copy()
    for row in rows.tolist():
        others = _others(int(label[row]))
        label[row] = others[int(rng.integers(len(others)))]
    return symbols.replace(label=label)


def _others(label: int) -> list[int]:
    name = VOCABULARY.by_id[label].name
    alike = next((starts for starts in _ALIKE if name.startswith(starts)), ("",))
    return [
        one.id
        for one in VOCABULARY.classes
        if one.id != label and one.name != "staff" and one.name.startswith(alike)
    ]


def roc_area(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """The area under the ROC curve: how often a right one is surer than a wrong one; ties count half.

    NaN where all are right, or all wrong.

    Example:
        >>> roc_area([0.9, 0.8, 0.3, 0.3], [True, True, True, False])
        0.8333333333333334
    """
    scores, good = np.asarray(confidence, float), np.asarray(right, bool)
    rights, wrongs = int(good.sum()), int((~good).sum())
    if not rights or not wrongs:
        return float("nan")
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    return float((ranks[good].sum() - rights * (rights + 1) / 2) / (rights * wrongs))
