"""`deal`: every card equally often, over any run of scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def deal(cards: Sequence[str], seed: int, number: int, hand: int) -> list[str]:
    """The hand of score `number`: the next `hand` cards of a deck that is shuffled anew when it is empty.

    Which cards a score gets depends on nothing but the seed and its number, and after n scores no card
    has been dealt more than once more often than another.

    Example:
        >>> hands = [deal("abc", 1, number, 2) for number in range(3)]
        >>> sorted(sum(hands, []))
        ['a', 'a', 'b', 'b', 'c', 'c']
    """
    found: list[str] = []
    at, end = number * hand, (number + 1) * hand
    while at < end:
        turn, place = divmod(at, len(cards))
        order = np.random.default_rng([seed, turn]).permutation(len(cards))
        picked = order[place : place + end - at].tolist()
        found += [cards[card] for card in picked]
        at += len(picked)
    return found
