"""The scores that reading is judged by: which, their pages, and what kind of music each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from notehead import Dataset, Page
from notehead.datasets.index import PageEntry
from notehead.page import ABSENT, Symbols

KINDS = ("piano", "song", "quartet", "orchestra", "choir", "melody")
_ORCHESTRA = 8
"""Staves of a system from which on it is an orchestra's."""
_SUNG = 3
"""Words of lyrics from which on a staff is sung."""


@dataclass(frozen=True, eq=False)
class ScorePages:
    """Some pages of one score that follow one another.

    Attributes:
        name: of the score in its style, as its pages are called without their numbers.
        kind: of `KINDS`.
        pages: from the first.
    """

    name: str
    kind: str
    pages: tuple[Page, ...]


def drawn_scores(entries: Sequence[PageEntry], count: int, seed: int = 0) -> list[tuple[str, list[str]]]:
    """So many scores at random, each in one of its styles: its name, and those of its pages in order.

    Example:
        >>> entries = [PageEntry(f"{name}-{k}", score_id=name, number=k) for name in "ab" for k in (2, 1)]
        >>> drawn_scores(entries, 5)
        [('a', ['a-1', 'a-2']), ('b', ['b-1', 'b-2'])]
    """
    styles: defaultdict[str, dict[str, list[PageEntry]]] = defaultdict(dict)
    for entry in entries:
        style = entry.name.rpartition("-")[0]
        styles[entry.score_id or entry.score or style].setdefault(style, []).append(entry)
    rng = np.random.default_rng([seed, 7])
    scores = sorted(styles)
    chosen = sorted(rng.permutation(len(scores))[:count].tolist())
    found = []
    for which in chosen:
        names = sorted(styles[scores[which]])
        style = names[int(rng.integers(len(names)))]
        pages = sorted(styles[scores[which]][style], key=lambda entry: entry.number)
        found.append((style, [entry.name for entry in pages]))
    return found


def score_pages(dataset: Dataset, scores: Sequence[tuple[str, list[str]]], most: int) -> Iterator[ScorePages]:
    """The first pages of each score; scores without a staff or a notehead on them are left out."""
    for name, names in scores:
        pages = tuple(dataset[one] for one in names[:most])
        if all(page.staff_space > 0 for page in pages) and any(
            page.symbols.is_notehead.any() for page in pages
        ):
            yield ScorePages(name, kind_of([page.symbols for page in pages]), pages)


def kind_of(pages: Sequence[Symbols]) -> str:
    """The kind of a score by the system of most staves, its brace and its lyrics.

    Eight staves or more are an orchestra; lyrics at two staves or more of a system are a choir, at one a
    song; without lyrics, up to three staves with a brace are a piano's, one staff is a melody, all else a
    quartet.
    """
    most, sung, braced = 0, 0, False
    for symbols in pages:
        names = np.array(symbols.names, object)
        for system in np.unique(symbols.system[symbols.system != ABSENT]).tolist():
            own = symbols.system == system
            most = max(most, len(np.unique(symbols.staff[own & (names == "staff")])))
            staves, words = np.unique(
                symbols.staff[own & (names == "textLyrics") & (symbols.staff != ABSENT)], return_counts=True
            )
            sung = max(sung, len(staves[words >= _SUNG]))
        braced |= bool((names == "brace").any())
    if most >= _ORCHESTRA:
        return "orchestra"
    if sung:
        return "choir" if sung > 1 else "song"
    if braced and most <= 3:
        return "piano"
    return "melody" if most == 1 else "quartet"
