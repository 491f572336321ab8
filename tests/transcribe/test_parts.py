"""Which staff of the score each staff of a system is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.transcribe import transcribe
from notehead.transcribe.clefs import TREBLE, Clef
from notehead.transcribe.parts import Line, layout_of, matched
from tests.transcribe.by_hand import Mark, head, mark, page, staff

BASS, ALTO = Clef("F", 2), Clef("C", 0)
QUARTET = [Line(TREBLE, 0), Line(TREBLE, 1), Line(ALTO, 2), Line(BASS, 3)]
SONG = [Line(TREBLE, 0), Line(TREBLE, 1), Line(BASS, 1)]


def clefs(system: list[Line]) -> list[Clef]:
    return [line.clef or TREBLE for line in system]


def test_the_largest_systems_say_what_parts_there_are() -> None:
    layout = layout_of([SONG[:1], SONG, SONG, [Line(TREBLE, 0), Line(TREBLE, 1), Line(BASS, 2)]])
    assert (layout.parts, layout.staves, layout.sizes) == ((0, 1, 1), (0, 0, 1), (1, 2))
    assert layout_of([]).sizes == ()


@pytest.mark.parametrize(("braced", "sizes"), [(1, (1, 1)), (2, (2,))])
def test_a_brace_need_not_be_seen_in_most_systems(braced: int, sizes: tuple[int, ...]) -> None:
    """As at the edge of a photocopy; one of five is rather seen where there is none."""
    together, apart = [Line(TREBLE, 0), Line(BASS, 0)], [Line(TREBLE, 0), Line(BASS, 1)]
    assert layout_of([together] * braced + [apart] * (5 - braced)).sizes == sizes


def test_a_smaller_system_is_matched_by_clefs() -> None:
    layout = layout_of([QUARTET])
    assert matched([Line(ALTO, 0), Line(BASS, 1)], layout, clefs(QUARTET)) == [2, 3]
    assert matched([Line(TREBLE, 0), Line(BASS, 1)], layout, clefs(QUARTET)) in ([0, 3], [1, 3])


def test_a_smaller_system_is_matched_by_braces() -> None:
    layout = layout_of([SONG])
    assert matched([Line(TREBLE, 0), Line(BASS, 0)], layout, clefs(SONG)) == [1, 2]
    assert matched([Line(None, 0), Line(None, 0)], layout, clefs(SONG)) == [1, 2]
    assert matched([Line(TREBLE, 0)], layout, clefs(SONG)) == [0]


@given(
    st.lists(st.tuples(st.sampled_from([TREBLE, BASS, ALTO, None]), st.booleans()), min_size=1, max_size=6),
    st.data(),
)
def test_a_match_rises_and_is_as_long_as_the_system(
    rows: list[tuple[Clef | None, bool]], data: st.DataObject
) -> None:
    parts = [sum(new for _, new in rows[1 : k + 1]) for k in range(len(rows))]
    whole = [Line(clef, part) for (clef, _), part in zip(rows, parts, strict=True)]
    layout = layout_of([whole])
    kept = data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, unique=True).map(sorted))
    found = matched([whole[k] for k in kept], layout, clefs(whole))
    assert len(found) == len(kept)
    assert found == sorted(set(found))
    assert set(found) <= set(range(len(whole)))


def test_staves_that_go_away_have_rests() -> None:
    bars: list[Mark] = [("barlineSingle", 199, 100, 201, 240), ("barlineSingle", 399, 100, 401, 240)]
    last: list[Mark] = [("barlineSingle", 399, 320, 401, 360)]
    marks = [
        mark("clefG", 5, -2, (20, 60)), mark("clefF", 5, 1, (20, 30), 220), *bars, *last,
        head(100, 0), head(300, 0), head(100, 0, 220), head(300, 0, 220),
        mark("clefF", 5, 1, (20, 30), 340), head(100, 0, 340),
    ]  # fmt: skip
    score = transcribe(page([staff(120), staff(220, number=1), staff(340, number=2)], *marks))
    upper, lower = score.parts
    assert [len(part.measures) for part in score.parts] == [3, 3]
    assert [chord.whole for chord in upper.measures[2].chords] == [True]
    assert [len(chord.notes) for chord in lower.measures[2].chords] == [1]
