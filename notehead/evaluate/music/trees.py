"""The edit distance of ordered trees, by Zhang and Shasha (SIAM J. Computing 18, 1989), compiled by numba.

A node has a tag, a text, and, where it is a `code`, letters of its own. Costs are those of TEDn (`tedn.py`):

- deleting a node of the first tree: 1;
- inserting a node of the second: 1, and 1 more for each letter of a code;
- changing one into the other: 1 if the tags differ, and for texts 1 if they differ, or, if one of the two is
  a code, the Levenshtein distance of their letters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int32]

LETTERS = 12
"""Of a text or code so many letters are compared; a change of more costs more than deleting and inserting."""
MOST_CELLS = 150_000_000
"""Pairs of nodes; each takes 8 bytes."""
MOST_WORK = 10_000_000_000
"""Steps; music needs some per pair of nodes, but trees nested as deeply as XML may be need thousands."""


class Tree(NamedTuple):
    """An ordered tree, its nodes in post-order.

    Attributes:
        leftmost: int32 (n,), for each node its leftmost leaf.
        tags: int32 (n,), numbers of tags.
        texts: int32 (n,), numbers of texts.
        letters: int32 (n, LETTERS), the letters of texts and codes.
        lengths: int32 (n,), how many.
        codes: bool (n,), which nodes have codes.
    """

    leftmost: Ints
    tags: Ints
    texts: Ints
    letters: Ints
    lengths: Ints
    codes: NDArray[np.bool_]

    @property
    def cost(self) -> int:
        """What inserting all its nodes costs."""
        return len(self.tags) + int(self.lengths[self.codes].sum())


def tree_distance(one: Tree, other: Tree) -> int:
    """The least cost of turning the first tree into the second.

    Raises:
        MemoryError: that would take more than `MOST_CELLS` or `MOST_WORK`.
    """
    roots = [_key_roots(tree.leftmost) for tree in (one, other)]
    work = [int((top - tree.leftmost[top] + 1).sum()) for tree, top in zip((one, other), roots, strict=True)]
    if len(one.tags) * len(other.tags) > MOST_CELLS or work[0] * work[1] > MOST_WORK:
        message = f"trees of {len(one.tags):,} and {len(other.tags):,} nodes"
        raise MemoryError(message)
    return int(_distance(*one, *other, *roots))


def _key_roots(leftmost: Ints) -> Ints:
    """The highest node of those that share a leftmost leaf, ascending."""
    return np.array(sorted({int(leaf): node for node, leaf in enumerate(leftmost)}.values()), np.int32)


@njit(cache=True)
def _levenshtein(one: Ints, n: int, other: Ints, m: int, row: Ints) -> int:
    for j in range(m + 1):
        row[j] = j
    for i in range(n):
        diagonal = row[0]
        row[0] = i + 1
        for j in range(m):
            best = min(diagonal + (one[i] != other[j]), row[j] + 1, row[j + 1] + 1)
            diagonal = row[j + 1]
            row[j + 1] = best
    return int(row[m])


@njit(cache=True)
def _distance(  # noqa: PLR0913, PLR0917  # one table; two trees, flat for the compiler
    left_a: Ints, tags_a: Ints, texts_a: Ints, letters_a: Ints, lengths_a: Ints, codes_a: NDArray[np.bool_],
    left_b: Ints, tags_b: Ints, texts_b: Ints, letters_b: Ints, lengths_b: Ints, codes_b: NDArray[np.bool_],
    roots_a: Ints, roots_b: Ints,
) -> int:  # fmt: skip
    n, m = len(left_a), len(left_b)
    trees = np.zeros((n, m), np.int32)
    forest = np.zeros((n + 1, m + 1), np.int32)
    row = np.zeros(letters_a.shape[1] + 1, np.int32)
    for root_a in roots_a:
        for root_b in roots_b:
            first_a, first_b = left_a[root_a], left_b[root_b]
            for i in range(first_a, root_a + 1):
                forest[i - first_a + 1, 0] = i - first_a + 1
            for j in range(first_b, root_b + 1):
                cost = 1 + (lengths_b[j] if codes_b[j] else 0)
                forest[0, j - first_b + 1] = forest[0, j - first_b] + cost
            for i in range(first_a, root_a + 1):
                p = i - first_a + 1
                for j in range(first_b, root_b + 1):
                    q = j - first_b + 1
                    inserted = 1 + (lengths_b[j] if codes_b[j] else 0)
                    best = min(forest[p - 1, q] + 1, forest[p, q - 1] + inserted)
                    if left_a[i] == first_a and left_b[j] == first_b:
                        change = 1 if tags_a[i] != tags_b[j] else 0
                        if codes_a[i] or codes_b[j]:
                            change += _levenshtein(
                                letters_a[i], lengths_a[i], letters_b[j], lengths_b[j], row
                            )
                        elif texts_a[i] != texts_b[j]:
                            change += 1
                        best = min(best, forest[p - 1, q - 1] + change)
                        trees[i, j] = best
                    else:
                        best = min(best, forest[left_a[i] - first_a, left_b[j] - first_b] + trees[i, j])
                    forest[p, q] = best
    return int(trees[n - 1, m - 1])
