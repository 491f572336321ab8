"""Maps to symbols."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, TRACES, labels_of_kind
from notehead.detect.decode import decode
from notehead.detect.maps import CELL, DOT, DecodeOptions, Found, Level, Maps
from notehead.detect.rivals import without_hyphens
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY
from tests.detect.stand_in import Reads

SIDE = 64  # cells


def read(
    features: NDArray[np.float32], kinds: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The first class of each kind, surely; boxes of two by four cells around the cell's middle."""
    del features
    scores = np.full((len(kinds), labels_of_kind().shape[1]), -30.0, np.float32)
    scores[np.arange(len(kinds)), labels_of_kind()[kinds].argmax(axis=1)] = 30
    boxes = np.tile(np.log(np.array([1, 1, 4, 2], np.float32)), (len(kinds), 1))
    return scores, boxes


def maps() -> Maps:
    return Maps(
        np.full((len(FAMILIES), SIDE, SIDE), -9, np.float32),
        np.full((len(TRACES), 2 * SIDE, 2 * SIDE), -9, np.float32),
        np.zeros((4, SIDE, SIDE), np.float32),
    )


def found(given: Maps, **options: Any) -> Found:
    blank = np.full((SIDE * CELL, SIDE * CELL), 255, np.uint8)
    return decode(blank, given, Reads(read), DecodeOptions(**options))


def trace(name: str) -> int:
    return list(TRACES).index(name)


def test_empty_maps_have_no_symbols() -> None:
    assert len(found(maps()).label) == 0


def test_a_peak_is_a_symbol_with_a_box_around_it() -> None:
    given = maps()
    given.centres[FAMILIES.index("signs"), 10, 20] = 3
    symbol = found(given)
    np.testing.assert_allclose(
        symbol.box, [[20.5 * CELL - 8, 10.5 * CELL - 4, 20.5 * CELL + 8, 10.5 * CELL + 4]]
    )
    assert symbol.score[0] == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-6)


def test_of_neighbours_the_highest_counts_and_families_do_not_hide_each_other() -> None:
    given = maps()
    given.centres[0, 10, 20:23] = (2, 3, 2)
    given.centres[1, 10, 21] = 1
    assert len(found(given).label) == 2
    given.centres[0, 10, 20:23] = 3  # a plateau is one
    assert len(found(given).label) == 2


def test_boxes_of_one_family_that_cover_each_other_are_one() -> None:
    given = maps()
    given.centres[0, 10, 20], given.centres[0, 10, 22] = 3, 2
    assert len(found(given, overlap=0.3).label) == 1
    assert len(found(given, overlap=0.9).label) == 2
    given.centres[0, 10, 22], given.centres[1, 10, 22] = -9, 2
    assert len(found(given, overlap=0.3).label) == 2


def test_connected_pixels_are_a_line() -> None:
    given = maps()
    given.traces[trace("stems"), 10:40, 50:52] = 4
    given.traces[trace("stems"), 10:40, 70:72] = 4
    given.traces[trace("beams"), 10:14, 50:72] = 4
    symbols = found(given)
    names = sorted(VOCABULARY.by_id[label].name for label in symbols.label.tolist())
    assert names == ["beam", "stem", "stem"]
    stem = symbols.box[symbols.label == VOCABULARY.id("stem")][0]
    np.testing.assert_allclose(stem, [50 * DOT, 10 * DOT, 52 * DOT, 40 * DOT], atol=1.5)


def test_what_is_nearly_seen_connects_and_what_is_not_does_not() -> None:
    given = maps()
    given.traces[trace("stems"), 10:40, 50:52] = 4
    given.traces[trace("stems"), 24:27] = -1.0
    given.traces[trace("stems"), 24:27, :50] = given.traces[trace("stems"), 24:27, 52:] = -9
    assert len(found(given).label) == 1
    assert len(found(given, levels={"stems": Level(bridge=0.0)}).label) == 2


def test_a_barline_goes_on_behind_a_slur_but_not_from_staff_to_staff() -> None:
    given = maps()
    for begin, end in ((4, 30), (40, 60), (90, 120)):
        given.traces[trace("barlines"), begin:end, 70:72] = 4
    symbols = found(given)
    assert sorted(symbols.box[:, 1].round().tolist()) == pytest.approx([4 * DOT, 90 * DOT], abs=1.5)
    assert symbols.box[:, 3].max() == pytest.approx(120 * DOT, abs=1.5)


def test_faint_ends_belong_to_a_curve_but_no_curve_is_faint_all_over() -> None:
    given = maps()
    for name, row in (("slursAbove", 10), ("hairpins", 30)):
        given.traces[trace(name), row : row + 2, 20:60] = 4
        given.traces[trace(name), row : row + 2, 10:20] = -2
    given.traces[trace("slursAbove"), 50:52, 20:60] = -2
    symbols = found(given)
    left = {
        VOCABULARY.by_id[label].name: box[0]
        for label, box in zip(symbols.label.tolist(), symbols.box, strict=True)
    }
    assert len(symbols.label) == 2
    assert left["slur"] == pytest.approx(10 * DOT, abs=3)  # its tip is looked at from the middle of a cell
    assert left["dynamicCrescendoHairpin"] == pytest.approx(20 * DOT, abs=1.5)
    assert (symbols.score > 0.95).all()


def test_a_curve_in_two_maps_is_one_symbol() -> None:
    given = maps()
    given.traces[trace("slursAbove"), 20:22, 10:60] = 1
    given.traces[trace("tiesAbove"), 20:22, 10:30] = 3  # surer, but of a part alone
    given.traces[trace("tiesBelow"), 21:23, 58:90] = 1  # another, which touches it
    symbols = found(given)
    assert sorted(VOCABULARY.by_id[label].name for label in symbols.label.tolist()) == ["slur", "tie"]
    tie = symbols.box[symbols.label == VOCABULARY.id("tie")][0]
    assert tie[0] > 100


def test_curves_that_cross_are_apart() -> None:
    given = maps()
    for k in range(40):
        given.traces[trace("slursAbove"), 10 + k, 10 + k : 12 + k] = 3
        given.traces[trace("slursBelow"), 50 - k, 10 + k : 12 + k] = 3
    assert found(given).label.tolist() == [VOCABULARY.id("slur")] * 2


def test_specks_are_no_lines() -> None:
    given = maps()
    given.traces[trace("stems"), 10, 10] = 5
    assert len(found(given).label) == 0


def test_half_precision_gives_the_same() -> None:
    given = maps()
    given.centres[0, 10, 20] = 3
    given.traces[trace("stems"), 10:40, 50:52] = 4
    half = Maps(*(part.astype(np.float16) for part in given))  # type: ignore[arg-type]
    np.testing.assert_allclose(found(given).box, found(half).box)


@given(st.integers(0, 2**32 - 1))
def test_no_maps_are_too_wild(seed: int) -> None:
    rng = np.random.default_rng(seed)
    wild = Maps(*(rng.normal(0, 3, part.shape).astype(np.float32) for part in maps()))
    symbols = found(wild)
    assert np.isfinite(symbols.box).all()
    assert np.isfinite(symbols.corners).all()
    assert ((symbols.score >= 0) & (symbols.score <= 1)).all()
    assert (symbols.box[:, 2:] > symbols.box[:, :2]).all()


def test_a_hyphen_is_no_line() -> None:
    hyphen = found_of("lyricHyphen", [[10, 10, 22, 13]], 0.9)
    lines = found_of("textExtender", [[9, 9, 23, 13], [9, 9, 60, 13], [10, 30, 22, 33]], 0.8)
    assert without_hyphens(lines, hyphen).box.tolist() == lines.box[1:].tolist()
    assert len(without_hyphens(lines, found_of("lyricHyphen", [[10, 10, 22, 13]], 0.3)).label) == 3
    assert len(without_hyphens(lines, found_of("dynamicP", [[10, 10, 22, 13]], 0.9)).label) == 3


def found_of(name: str, boxes: list[list[float]], score: float) -> Found:
    box = np.array(boxes, np.float64)
    count = len(box)
    return Found(np.full(count, VOCABULARY.id(name)), np.full(count, score), box, upright_corners(box))
