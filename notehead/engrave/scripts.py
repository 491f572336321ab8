"""Scripts that are not written letter by letter from left to right: Hebrew and Arabic.

What Unicode's own tables tell is enough: which letters run to the left, and which form an Arabic letter
has beside its neighbours. The fonts hold these forms as letters of their own.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import NamedTuple

_LEFTWARD = frozenset({"R", "AL", "AN"})
_MARKS = frozenset({"NSM"})
_LAM, _ALEFS = "\u0644", "\u0622\u0623\u0625\u0627"
_MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))


class Sign(NamedTuple):
    """What is drawn in one place: the letter as written, its place in the text, and the form to draw."""

    place: int
    letter: str
    form: str


def visual_order(text: str) -> list[Sign]:
    """The letters of a text as they stand on paper, from left to right.

    Example:
        >>> [sign.place for sign in visual_order("a שלום")]
        [0, 1, 5, 4, 3, 2]
        >>> "".join(sign.form for sign in visual_order("abc"))
        'abc'
    """
    signs = [Sign(i, letter, letter) for i, letter in enumerate(text)]
    if text.isascii() or not any(unicodedata.bidirectional(letter) in _LEFTWARD for letter in text):
        return signs
    signs = _formed(signs)
    ordered: list[Sign] = []
    start = 0
    while start < len(signs):
        stop = _run_end(signs, start)
        ordered += _turned(signs[start:stop]) if stop > start else [signs[start]]
        start = max(stop, start + 1)
    return ordered


def _direction(letters: str) -> str:
    """Unicode's bidirectional class of the first letter."""
    return unicodedata.bidirectional(letters[0])


def _run_end(signs: list[Sign], start: int) -> int:
    """Where the run of leftward letters that starts here ends, with what stands between them."""
    stop = start
    for i in range(start, len(signs)):
        kind = _direction(signs[i].letter)
        if kind in _LEFTWARD or (kind in _MARKS and stop == i > start):
            stop = i + 1
        elif kind in {"L", "EN"} or stop == start:
            break
    return stop


def _turned(run: list[Sign]) -> list[Sign]:
    """A run from left to right; marks stay behind their letters, which fonts draw them over."""
    clusters: list[list[Sign]] = []
    for sign in run:
        if clusters and _direction(sign.letter) in _MARKS:
            clusters[-1].append(sign)
        else:
            clusters.append([sign._replace(form=_MIRRORED.get(sign.form, sign.form))])
    return [sign for cluster in reversed(clusters) for sign in cluster]


@cache
def _forms() -> dict[tuple[str, str], str]:
    """Arabic letters in each form, by letter and `isolated`, `initial`, `medial` or `final`."""
    forms: dict[tuple[str, str], str] = {}
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFF00)):
        kind, *letters = unicodedata.decomposition(chr(code)).split()[:3] or [""]
        if kind[:1] == "<" and letters and letters[0] != "0020":
            forms.setdefault(("".join(chr(int(letter, 16)) for letter in letters), kind[1:-1]), chr(code))
    return forms


def _formed(signs: list[Sign]) -> list[Sign]:
    """Arabic letters in the form that their neighbours ask for; lam and alef become one sign."""
    forms, joined = _forms(), _ligatures(signs)
    bodies = [sign for sign in joined if _direction(sign.letter) not in _MARKS]
    chosen: dict[int, Sign] = {}
    for i, sign in enumerate(bodies):
        before = bodies[i - 1].letter if i else ""
        after = bodies[i + 1].letter if i + 1 < len(bodies) else ""
        left = (before, "initial") in forms and (sign.letter, "final") in forms
        right = (sign.letter, "initial") in forms and (after, "final") in forms
        kind = {(0, 0): "isolated", (0, 1): "initial", (1, 0): "final", (1, 1): "medial"}[left, right]
        chosen[sign.place] = sign._replace(form=forms.get((sign.letter, kind), sign.form))
    return [chosen.get(sign.place, sign) for sign in joined]


def _ligatures(signs: list[Sign]) -> list[Sign]:
    """Every lam with the alef after it as one sign."""
    joined: list[Sign] = []
    for sign in signs:
        if sign.letter in _ALEFS and joined and joined[-1].letter == _LAM:
            joined[-1] = joined[-1]._replace(letter=_LAM + sign.letter)
        else:
            joined.append(sign)
    return joined
