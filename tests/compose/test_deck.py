"""Cards are dealt evenly."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from notehead.compose.deck import deal


@given(st.integers(0, 10**9), st.integers(1, 12), st.integers(1, 30), st.integers(1, 20))
def test_no_card_is_dealt_more_than_once_more_than_another(
    seed: int, hand: int, scores: int, cards: int
) -> None:
    deck = [f"card {number}" for number in range(cards)]
    dealt = Counter(dict.fromkeys(deck, 0))
    for number in range(scores):
        dealt.update(deal(deck, seed, number, hand))
    assert dealt.total() == hand * scores
    assert max(dealt.values()) - min(dealt.values()) <= 1


def test_seeds_shuffle_differently() -> None:
    cards = "abcdefghijklmnop"
    hands = {tuple(deal(cards, seed, 0, 8)) for seed in range(5)}
    assert len(hands) == 5
