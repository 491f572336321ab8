"""Composed scores are valid, add up, and show all classes when they are engraved."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from notehead.compose import FRAME_IDEAS, MUSIC_IDEAS, compose, compose_scores
from notehead.compose.bar import Bar, Staff
from notehead.compose.clef import Clef
from notehead.compose.idea import Frame
from notehead.compose.plans import PLANS
from notehead.datasets.checks import check_page
from notehead.engrave.score import read_score, score_from_bytes
from notehead.errors import NoteheadError
from notehead.vocabulary import VOCABULARY
from tests.compose.lengths import length_of_layer
from tests.support.engraved import mei, pages

SCORES = 7
_WHOLE_MEASURE = ("mRest", "multiRest", "mRpt", "mRpt2", "multiRpt")
_BY_ALL = {
    "brace", "bracket", "bracketSquare", "ledgerLine", "stem", "staff", "barlineSingle", "barlineSystemic",
    "noteheadBlackOnLine", "noteheadBlackInSpace", "clefUnpitchedPercussion", "clefTab", "textPartName",
    "textTitle", "textMeasureNumber", "otherLine",
}  # fmt: skip
"""Classes that need no idea: music, its head or a plan of staves has them; `otherLine` divides systems."""


@cache
def _score(number: int) -> str:
    return compose(0, number)


def test_every_class_has_an_idea() -> None:
    have = set(MUSIC_IDEAS) | set(FRAME_IDEAS) | _BY_ALL
    assert {row.name for row in VOCABULARY.classes} == have
    assert not set(MUSIC_IDEAS) & set(FRAME_IDEAS)


@cache
def _classes_of_ideas(seed: int) -> dict[str, Counter[str]]:
    """Class names by idea, from one score with a measure for each idea."""
    rng = np.random.default_rng(seed)
    staff = Staff(1, Clef("F", 4))
    names = list(reversed(MUSIC_IDEAS))  # a clef in force is not drawn again: the G clef comes last
    measures = []
    for number, name in enumerate(names, 1):
        bar = Bar(staff, max(MUSIC_IDEAS[name].length, Fraction(1)), rng)
        MUSIC_IDEAS[name].write(bar)
        bar.fill()
        measures.append(_measure(number, "".join(bar.events), "".join(bar.controls)))
    staves = '<staffDef n="1" lines="5" clef.shape="F" clef.line="4"/>'
    return _by_measure(names, mei(*measures, staves=staves), reach=0)


@cache
def _classes_of_frames(seed: int) -> dict[str, Counter[str]]:
    """Class names by idea, from one score with a measure for each idea, and one around it."""
    rng = np.random.default_rng(seed)
    staff, frame = Staff(1, Clef()), Frame(rng)
    names = list(FRAME_IDEAS)
    measures = []
    for number, name in enumerate(names, 1):
        frame = Frame(rng, frame.meter, frame.key, shown=frame.shown)
        FRAME_IDEAS[name](frame)
        bar = Bar(staff, frame.length, rng)
        bar.fill()
        inside = frame.whole or "".join(bar.events)
        text = _measure(number, inside, "".join(frame.controls), frame.attributes)
        if frame.ending:
            text = f'<ending n="{frame.ending}">{text}</ending>'
        measures.append(frame.before + text)
    return _by_measure(names, mei(*measures), reach=1)


def _measure(number: int, events: str, controls: str, attributes: str = "") -> str:
    body = f'<staff n="1"><layer n="1">{events}</layer></staff>{controls}'
    return f'<measure n="{number}"{attributes}>{body}</measure>'


def _by_measure(names: list[str], text: str, reach: int) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    for page in pages(text):
        assert not list(check_page(page))
        for symbol in page.symbols:
            for at in range(-reach, reach + 1):
                if symbol.measure is not None and 0 <= symbol.measure + at < len(names):
                    found[names[symbol.measure + at]][symbol.name] += 1
    return found


@pytest.mark.parametrize("seed", [0, 1])
def test_every_idea_shows_its_class(seed: int) -> None:
    found = _classes_of_ideas(seed)
    assert {name for name, classes in found.items() if not classes[name]} == set()


@pytest.mark.parametrize("seed", [0, 1])
def test_every_idea_for_a_measure_shows_its_class(seed: int) -> None:
    found = _classes_of_frames(seed)
    assert {name for name, classes in found.items() if not classes[name]} == set()


def _assert_adds_up(text: str) -> None:
    length = Fraction(1)
    for element in etree.fromstring(text.encode()).iter("{*}meterSig", "{*}measure"):
        if element.tag.endswith("meterSig"):
            length = _length(element.get("count") or "", int(element.get("unit") or 0))
        else:
            for layer in element.iter("{*}layer"):
                whole = any(child.tag.endswith(_WHOLE_MEASURE) for child in layer)
                assert whole or length_of_layer(layer) == length


@pytest.mark.parametrize("number", range(SCORES))
def test_scores_pass_the_checks_and_their_measures_add_up(number: int) -> None:
    assert score_from_bytes(_score(number).encode(), "composed").format == "mei"
    _assert_adds_up(_score(number))


@settings(max_examples=12)
@given(st.integers(0, 2**40), st.integers(0, 10**6))
def test_measures_add_up_in_any_score(seed: int, number: int) -> None:
    _assert_adds_up(compose(seed, number))


def test_an_idea_off_the_beat_does_not_overrun_its_measure() -> None:
    """A duplet of three eighths, then an idea of two quarters, in 7/8."""
    for number in range(20):
        _assert_adds_up(compose(1, number))


def _length(count: str, unit: int) -> Fraction:
    beats = math.prod(map(int, count.split("*"))) if "*" in count else sum(map(int, count.split("+")))
    return Fraction(beats, unit)


def test_pages_of_composed_scores_hold_what_pages_must() -> None:
    for page in pages(_score(3)):
        assert not list(check_page(page))
        assert len(page.symbols) > 100


def test_every_plan_is_taken_in_turn() -> None:
    groups = [_score(number).partition("<section>")[0].partition("<scoreDef")[2] for number in range(SCORES)]
    assert len(PLANS) == SCORES == len(set(groups))


def test_the_same_numbers_give_the_same_score() -> None:
    assert compose(3, 1) == compose(3, 1)
    assert len({compose(3, 1), compose(3, 2), compose(4, 1)}) == 3


def test_scores_are_written_as_files(tmp_path: Path) -> None:
    paths = compose_scores(tmp_path / "new", 2, seed=5)
    assert [path.name for path in paths] == ["rare-5-00000.mei", "rare-5-00001.mei"]
    assert paths[1].read_text(encoding="utf-8") == compose(5, 1)
    assert read_score(paths[0]).format == "mei"


def test_negative_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NoteheadError, match="cannot compose -1 scores"):
        compose_scores(tmp_path, -1)
