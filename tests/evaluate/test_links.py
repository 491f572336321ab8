"""Links against true links."""

from __future__ import annotations

import numpy as np
import pytest

from notehead import Symbols
from notehead.evaluate.links import LinkOptions, family, link_figures

NAMES = ["noteheadBlackOnLine", "stem", "noteheadHalfInSpace", "stem", "staff"]
BOXES = np.array(
    [[0, 40, 12, 50], [11, 10, 12, 45], [50, 45, 62, 55], [61, 15, 62, 50], [0, 20, 200, 60]], float
)
TRUE = Symbols.build(NAMES, BOXES, links=[[1, 2], [3, 4], [1, 5], [3, 5]])


def test_the_same_links_are_all_right() -> None:
    for options in (LinkOptions(), LinkOptions(by_box=True)):
        figures = link_figures([(TRUE, TRUE)], options)
        assert (figures.total.f1, figures.total.true, figures.pages) == (1.0, 4, 1)


def test_precision_and_recall_per_pair() -> None:
    found = TRUE.replace(links=np.array([[1, 2], [1, 4], [3, 5]], np.int32))
    figures = link_figures([(TRUE, found)])
    stems = figures.of("notehead", "stem")
    assert (stems.precision, stems.recall, stems.f1) == (0.5, 0.5, 0.5)
    assert figures.of("notehead", "staff").recall == 0.5
    assert figures.of("noteheadHalf", "stem").found == 0
    assert np.isnan(figures.of("beam", "staff").precision)
    assert {one.name: one.right for one in figures.kinds}["noteheadBlack->stem"] == 1


def test_links_count_once_however_often_they_are_listed() -> None:
    found = TRUE.replace(links=np.concatenate((TRUE.links, TRUE.links)))
    assert link_figures([(TRUE, found)]).total.precision == 1.0


def test_links_to_ids_that_there_are_not_are_left_out() -> None:
    found = TRUE.replace(links=np.array([[1, 99]], np.int32))
    assert link_figures([(TRUE, found)]).total.found == 0


def test_boxes_match_whatever_the_ids_and_the_place_on_the_staff() -> None:
    order = [4, 3, 2, 1, 0]
    names = ["staff", "stem", "noteheadHalfOnLine", "stem", "noteheadBlackInSpace"]
    found = Symbols.build(names, BOXES[order] + 0.4, links=[[5, 4], [3, 2], [5, 1], [3, 1]])
    assert link_figures([(TRUE, found)], LinkOptions(by_box=True)).total.f1 == 1.0
    assert link_figures([(TRUE, found)]).total.f1 < 1.0


def test_a_symbol_that_was_not_found_loses_its_links() -> None:
    found = TRUE[np.array([0, 1, 4])]
    figures = link_figures([(TRUE, found)], LinkOptions(by_box=True))
    assert (figures.total.precision, figures.total.recall) == (1.0, 0.5)


def test_a_found_symbol_that_is_not_there_has_false_links() -> None:
    names, boxes = [*NAMES, "stem"], np.vstack((BOXES, [150.0, 0, 151, 40]))
    found = Symbols.build(names, boxes, links=[*TRUE.links.tolist(), [1, 6]])
    figures = link_figures([(TRUE, found)], LinkOptions(by_box=True))
    assert figures.of("noteheadBlack", "stem").precision == 0.5
    assert figures.total.recall == 1.0


def test_heads_drawn_as_one_are_one() -> None:
    names, boxes = ["noteheadBlackOnLine"] * 2 + ["stem"] * 2, BOXES[[0, 0, 1, 3]]
    true = Symbols.build(names, boxes, links=[[1, 3], [2, 4]])
    found = Symbols.build(names, boxes, links=[[2, 3], [1, 4]])
    assert link_figures([(true, found)]).total.f1 == 1.0


def test_no_pages_have_no_figures() -> None:
    figures = link_figures([])
    assert figures.pages == 0
    assert np.isnan(figures.total.f1)


@pytest.mark.parametrize(
    ("name", "expected"), [("flag16thDown", "flag"), ("restQuarter", "rest"), ("stem", "stem")]
)
def test_families(name: str, expected: str) -> None:
    assert family(name) == expected
