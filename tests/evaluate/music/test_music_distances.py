"""Edit distances of sequences, of trees and of MusicXML, against plain definitions and known values."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from notehead.evaluate.music import levenshtein as sequences
from notehead.evaluate.music import trees
from notehead.evaluate.music.counts import Share
from notehead.evaluate.music.levenshtein import levenshtein
from notehead.evaluate.music.tedn import Flavour, tedn
from notehead.evaluate.music.trees import LETTERS, Tree, tree_distance
from tests.support.music import HEAD, Bar, Event, part, score

# Sequences


@lru_cache(None)
def plain_levenshtein(one: str, other: str) -> int:
    if not one or not other:
        return len(one) + len(other)
    change = plain_levenshtein(one[1:], other[1:]) + (one[0] != other[0])
    return min(change, plain_levenshtein(one[1:], other) + 1, plain_levenshtein(one, other[1:]) + 1)


words = st.text("abc", max_size=6)


@given(words, words)
def test_levenshtein_is_the_plain_one(one: str, other: str) -> None:
    assert levenshtein(one, other) == plain_levenshtein(one, other)


def test_sequences_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences, "MOST_CELLS", 5)
    with pytest.raises(MemoryError):
        levenshtein("abc", "abc")


# Trees


class Node(NamedTuple):
    tag: str
    text: str
    children: tuple[Node, ...]

    @property
    def code(self) -> bool:
        return self.tag == "note"


Forest = tuple[Node, ...]


def insertion(node: Node) -> int:
    return 1 + (len(node.text) if node.code else 0)


def change(one: Node, other: Node) -> int:
    tag = int(one.tag != other.tag)
    if one.code or other.code:
        return tag + plain_levenshtein(one.text, other.text)
    return tag + (one.text != other.text)


@lru_cache(None)
def plain_distance(one: Forest, other: Forest) -> int:
    """By the recursion over the last roots of two forests."""
    ways = []
    if one:
        ways.append(plain_distance(one[:-1] + one[-1].children, other) + 1)
    if other:
        ways.append(plain_distance(one, other[:-1] + other[-1].children) + insertion(other[-1]))
    if one and other:
        below = plain_distance(one[-1].children, other[-1].children)
        ways.append(below + plain_distance(one[:-1], other[:-1]) + change(one[-1], other[-1]))
    return min(ways, default=0)


def planted(root: Node) -> Tree:
    rows: list[tuple[int, Node]] = []

    def add(node: Node) -> int:
        leaves = [add(child) for child in node.children]
        rows.append((leaves[0] if leaves else len(rows), node))
        return rows[-1][0]

    add(root)
    names = ["part", "note", "beam", "", "a", "b", "ab", "aab"]
    letters = np.zeros((len(rows), LETTERS), np.int32)
    for row, (_, node) in zip(letters, rows, strict=True):
        row[: len(node.text)] = [ord(letter) for letter in node.text]
    return Tree(
        np.array([leaf for leaf, _ in rows], np.int32),
        np.array([names.index(node.tag) for _, node in rows], np.int32),
        np.array([names.index(node.text) for _, node in rows], np.int32),
        letters,
        np.array([len(node.text) for _, node in rows], np.int32),
        np.array([node.code for _, node in rows], np.bool_),
    )


nodes: st.SearchStrategy[Node] = st.deferred(
    lambda: st.builds(
        Node,
        st.sampled_from(["note", "beam", "part"]),
        st.sampled_from(["", "a", "b", "ab", "aab"]),
        st.lists(nodes, max_size=2).map(tuple),
    )
).filter(lambda node: size(node) <= 7)


def size(node: Node) -> int:
    return 1 + sum(map(size, node.children))


@given(nodes, nodes)
def test_the_distance_of_trees_is_the_plain_one(one: Node, other: Node) -> None:
    assert tree_distance(planted(one), planted(other)) == plain_distance((one,), (other,))
    assert planted(other).cost == plain_distance((), (other,))


def test_the_example_of_zhang_and_shasha() -> None:
    def leaf(text: str, *children: Node) -> Node:
        return Node("beam", text, children)

    one = leaf("a", leaf("b", leaf("", leaf("aab"))), leaf("ab"))  # f(d(a c(b)) e) in other letters
    other = leaf("a", leaf("", leaf("b", leaf("aab"))), leaf("ab"))
    assert tree_distance(planted(one), planted(other)) == 2


@pytest.mark.parametrize("limit", ["MOST_CELLS", "MOST_WORK"])
def test_trees_too_large_are_refused(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(trees, limit, 3)
    tree = planted(Node("part", "", (Node("part", "", ()),)))
    with pytest.raises(MemoryError):
        tree_distance(tree, tree)


# TEDn

BASE = score([Bar([[Event(4, [0, 2]), Event(4, [1])]], HEAD)])
"""1 measure, 1 attributes, key 2, time 3, clef 3; notes of 5 each, with a staff each, one with chord."""
GOLD = 1 + 1 + 2 + 3 + 3 + 3 * (5 + 1) + 1


@pytest.mark.parametrize("flavour", ["full", "lmx"])
def test_a_part_against_itself_and_against_nothing(flavour: Flavour) -> None:
    assert tedn(part(BASE), part(BASE), flavour) == Share(0, GOLD)
    empty = etree.Element("part")
    assert tedn(empty, part(BASE), flavour) == Share(GOLD, GOLD)
    assert tedn(part(BASE), empty, flavour) == Share(GOLD - 3 * 4, 0)  # what is deleted costs 1 a node


@pytest.mark.parametrize(
    ("was", "becomes", "cost"),
    [
        ("<step>D</step>", "<step>E</step>", 1),
        ("<voice>1</voice>", "<voice>2</voice>", 1),
        ("<type>half</type>", "<type>quarter</type><dot/>", 2),
        ("<fifths>1</fifths>", "<fifths>2</fifths>", 1),
        ("<octave>4</octave></pitch>", "<octave>4</octave></pitch><!-- comment -->", 0),
        ("<duration>4</duration>", "<duration>3</duration>", 0),
        ("<duration>4</duration>", "<duration>4</duration><tie type='start'/>", 0),
        ("<sign>G</sign>", "  <sign> G </sign>", 0),
        ("<staff>1</staff>", "<staff>2</staff>", 1),
    ],
)
def test_what_a_change_costs(was: str, becomes: str, cost: int) -> None:
    parser = etree.XMLParser(remove_comments=True)
    changed = etree.fromstring(BASE.replace(was, becomes, 1), parser).find("part")
    assert changed is not None
    for flavour in ("full", "lmx"):
        assert tedn(changed, part(BASE), flavour) == Share(cost, GOLD)


def test_a_note_too_few_costs_more_than_one_too_many() -> None:
    fewer = part(score([Bar([[Event(4, [0, 2])]], HEAD)]))
    assert tedn(fewer, part(BASE)).part == 1 + 4 + 1
    assert tedn(part(BASE), fewer).part == 1 + 1


def test_durations_are_compared_in_quarter_notes() -> None:
    finer = BASE.replace("<divisions>2</divisions>", "<divisions>4</divisions>").replace(
        "<duration>4<", "<duration>8<"
    )
    jump = "<backup><duration>{}</duration></backup></measure>"
    one, other = finer.replace("</measure>", jump.format(16)), BASE.replace("</measure>", jump.format(8))
    assert tedn(part(one), part(other)).part == 0
    assert tedn(part(one), part(BASE.replace("</measure>", jump.format(7)))).part == 1


@pytest.mark.parametrize(
    ("more", "full", "lmx"),
    [
        ("<lyric><text>la</text></lyric>", 2, 0),
        ("<notations><technical><fingering>1</fingering></technical></notations>", 3, 0),
        ("<notations><articulations><staccato/></articulations></notations>", 3, 3),
        ("<notations><articulations><staccatissimo/></articulations></notations>", 3, 0),
        ("<beam>begin</beam>", 1, 1),
    ],
)
def test_the_flavour_lmx_leaves_out_what_lmx_does_not_have(more: str, full: int, lmx: int) -> None:
    found = part(BASE.replace("</staff>", f"</staff>{more}", 1))
    assert tedn(found, part(BASE), "full") == Share(full, GOLD)
    assert tedn(found, part(BASE), "lmx") == Share(lmx, GOLD)


def test_the_flavour_lmx_reduces_ratios_and_leaves_directions_out() -> None:
    ratio = "<actual-notes>{}</actual-notes><normal-notes>{}</normal-notes>"
    ratio = f"<time-modification>{ratio}</time-modification>"
    one, other = (BASE.replace("</type>", "</type>" + ratio.format(*pair)) for pair in ((6, 4), (3, 2)))
    assert (tedn(part(one), part(other)).part, tedn(part(one), part(other), "lmx").part) == (6, 0)
    barline = BASE.replace("</measure>", "<barline><bar-style>dashed</bar-style></barline></measure>")
    assert (tedn(part(barline), part(BASE)).part, tedn(part(barline), part(BASE), "lmx").part) == (2, 0)
