"""Beams that are tremolos between two notes."""

from __future__ import annotations

import numpy as np
import pytest

from notehead.detect.maps import Found
from notehead.detect.tremolos import with_tremolos
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY

Row = tuple[str, float, float, float, float]


def found(*rows: Row, score: float = 0.9) -> Found:
    box = np.array([row[1:] for row in rows], np.float64).reshape(-1, 4)
    label = np.array([VOCABULARY.id(row[0]) for row in rows], np.int64)
    return Found(label, np.full(len(rows), score), box, upright_corners(box))


def names(some: Found) -> list[str]:
    return sorted(VOCABULARY.by_id[number].name for number in some.label.tolist())


def pair(head: str, gap: float, inner: float | None = None) -> tuple[Found, Found]:
    """Two notes with upward stems 60 pixels apart, and one or two bars that far from them."""
    glyphs = found((head, 90, 94, 104, 106), (head, 150, 94, 164, 106))
    bars: list[Row] = [("beam", 104 + gap, 60, 164 - gap, 66)]
    if inner is not None:
        bars.append(("beam", 104 + inner, 70, 164 - inner, 76))
    return glyphs, found(("stem", 103, 58, 105, 100), ("stem", 163, 58, 165, 100), *bars)


@pytest.mark.parametrize(
    ("head", "gap", "inner"),
    [
        ("noteheadHalfOnLine", 0, None),
        ("noteheadHalfInSpace", 0, 6),
        ("noteheadBlackOnLine", 6, 6),
        ("noteheadBlackOnLine", 0, 6),
        ("noteheadHalfOnLine", 6, None),
    ],
)
def test_bars_that_are_no_beams(head: str, gap: float, inner: float | None) -> None:
    glyphs, lines = with_tremolos(*pair(head, gap, inner))
    assert names(glyphs) == [head, head, "tremoloTwoNote"]
    assert names(lines) == ["stem", "stem"]
    bottom = 66 if inner is None else 76
    np.testing.assert_allclose(glyphs.box[-1], [104 + gap, 60, 164 - gap, bottom])


@pytest.mark.parametrize(("head", "made"), [("noteheadHalfOnLine", 1), ("noteheadBlackOnLine", 0)])
@pytest.mark.parametrize("between", [False, True], ids=["", "a stem between"])
def test_a_long_tremolo_of_which_the_ends_were_seen_is_one(head: str, made: int, *, between: bool) -> None:
    glyphs = found((head, 90, 94, 104, 106), (head, 190, 84, 204, 96))
    lines: list[Row] = [("stem", 103, 58, 105, 100), ("stem", 203, 48, 205, 90)]
    lines += [("beam", 104, 56, 140, 76), ("beam", 180, 50, 204, 66)]
    lines += [("stem", 159, 52, 161, 90)] * between
    glyphs, left = with_tremolos(glyphs, found(*lines))
    assert names(glyphs).count("tremoloTwoNote") == (made and not between)
    assert names(left).count("beam") == (0 if made and not between else 2)
    if made and not between:
        np.testing.assert_allclose(glyphs.box[-1], [104, 50, 204, 76])


def test_stems_at_one_place_make_one_tremolo() -> None:
    head = "noteheadHalfOnLine"
    glyphs = found((head, 90, 94, 104, 106), (head, 90, 110, 104, 122), (head, 190, 84, 204, 96))
    lines = found(
        ("stem", 103, 58, 105, 100), ("stem", 103, 60, 105, 118), ("stem", 203, 48, 205, 90),
        ("beam", 104, 60, 140, 76), ("beam", 180, 50, 204, 66),
    )  # fmt: skip
    assert names(with_tremolos(glyphs, lines)[0]).count("tremoloTwoNote") == 1


@pytest.mark.parametrize(("gap", "inner"), [(0, None), (0, 0), (1.5, 0), (25, None)])
def test_beams_of_black_notes_stay(gap: float, inner: float | None) -> None:
    glyphs, lines = with_tremolos(*pair("noteheadBlackOnLine", gap, inner))
    assert "tremoloTwoNote" not in names(glyphs)
    assert names(lines).count("beam") == (1 if inner is None else 2)


def test_half_notes_at_the_ends_of_a_beam_with_stems_between_make_no_tremolo() -> None:
    glyphs, lines = pair("noteheadHalfOnLine", 0)
    lines = lines.and_those_of(found(("stem", 133, 58, 135, 100)))
    glyphs, lines = with_tremolos(glyphs, lines)
    assert "tremoloTwoNote" not in names(glyphs)


def test_other_beams_stay_where_they_are() -> None:
    glyphs, lines = pair("noteheadHalfOnLine", 0, 0)
    lines = lines.and_those_of(found(("beam", 104, 130, 164, 136), ("beam", 300, 60, 340, 66)))
    _, lines = with_tremolos(glyphs, lines)
    assert names(lines).count("beam") == 2


@pytest.mark.parametrize(("tremolo", "left"), [(0.95, "tremoloTwoNote"), (0.3, "beam")])
def test_of_a_tremolo_and_a_beam_the_surer_is_left(tremolo: float, left: str) -> None:
    glyphs, lines = pair("noteheadBlackOnLine", 0)
    glyphs = glyphs.and_those_of(found(("tremoloTwoNote", 104, 58, 164, 67), score=tremolo))
    glyphs, lines = with_tremolos(glyphs, lines)
    both = names(glyphs) + names(lines)
    assert [name for name in both if name in {"beam", "tremoloTwoNote"}] == [left]


def test_a_tremolo_found_by_its_centre_as_well_is_one() -> None:
    glyphs, lines = pair("noteheadHalfOnLine", 6, 6)
    glyphs = glyphs.and_those_of(found(("tremoloTwoNote", 110, 60, 150, 75), score=0.4))
    glyphs, _ = with_tremolos(glyphs, lines)
    assert names(glyphs).count("tremoloTwoNote") == 1


def test_nothing_at_all() -> None:
    glyphs, lines = with_tremolos(found(), found())
    assert names(glyphs) == names(lines) == []
