"""The toolkit is told what a style says, and tells the same of a score whatever came before it."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import numpy as np
import pytest
import verovio

from notehead.draw import draw
from notehead.engrave.score import Score
from notehead.engrave.style import Paper, Style, draw_style
from notehead.engrave.verovio import VerovioEngraver
from notehead.engrave.verovio.engraver import _options
from notehead.errors import EngraverError
from tests.support.engraved import SMALL, engraver, measure, mei, notes
from tests.support.scores import KERN, MEI

if TYPE_CHECKING:
    from notehead.engrave.drawing import Drawing

AIR = Score("air.mei", "mei", mei(measure(notes("c5:4 d5:4 e5:2")), measure(notes("c5:1"))))
OTHER = Score("other.krn", "kern", KERN)


def first(score: Score, style: Style = SMALL, by: VerovioEngraver | None = None) -> Drawing:
    return next((by or engraver()).engrave(score, style))


def test_a_used_toolkit_gives_the_same_page_as_a_fresh_one() -> None:
    size = SMALL.paper.pixels(100)
    fresh = draw(first(AIR, by=VerovioEngraver()), size)
    first(OTHER, draw_style(np.random.default_rng(3), VerovioEngraver.fonts))
    used = draw(first(AIR), size)
    assert used.image.tobytes() == fresh.image.tobytes()
    for name in ("label", "box", "onset", "links"):
        assert getattr(used.symbols, name).tobytes() == getattr(fresh.symbols, name).tobytes(), name


def test_pages_are_numbered_and_sized_by_the_paper() -> None:
    paper = Paper("tiny", 60, 40)
    long = Score("long.mei", "mei", mei(*[measure(notes("c5:4 d5:4 e5:4 f5:4"))] * 12))
    drawings = list(engraver().engrave(long, Style(paper=paper)))
    assert [drawing.number for drawing in drawings] == list(range(1, len(drawings) + 1))
    assert len(drawings) > 1
    for drawing in drawings:
        assert drawing.width / drawing.height == pytest.approx(60 / 40, rel=0.01)


def test_the_version_is_told() -> None:
    assert engraver().version.startswith("Verovio 6.4.")


class Deaf(verovio.toolkit):
    """A toolkit that reads nothing."""

    def loadData(self, _: str) -> bool:  # noqa: N802  # Verovio's name
        return False


class Blank(verovio.toolkit):
    """A toolkit that finds nothing to draw."""

    def getPageCount(self) -> int:  # noqa: N802  # Verovio's name
        return 0


@pytest.mark.parametrize(
    ("kind", "cause"), [(Deaf, "Verovio cannot read it"), (Blank, "Verovio makes 0 pages of it")]
)
def test_a_refused_score_is_an_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, kind: type[verovio.toolkit], cause: str
) -> None:
    monkeypatch.setattr(verovio, "toolkit", kind)
    with pytest.raises(EngraverError, match=rf"air\.mei: {cause}"):
        first(AIR, by=VerovioEngraver())


def test_mei_and_kern_are_read_as_what_they_are() -> None:
    for score in (Score("a", "mei", MEI.split("?>", 1)[1]), OTHER):
        assert first(score).symbols.is_notehead.any()


@pytest.mark.parametrize("seed", range(40))
def test_every_option_is_one_that_verovio_has_and_within_its_limits(seed: int) -> None:
    groups = verovio.toolkit().getAvailableOptions()["groups"]
    known = {name: option for group in groups.values() for name, option in group["options"].items()}
    options = _options(draw_style(np.random.default_rng(seed), VerovioEngraver.fonts))
    for name, value in options.items():
        assert name in known, name
        option = known[name]
        if isinstance(value, int | float) and "min" in option:
            assert option["min"] <= value <= option["max"], name
        if option["type"] == "int":
            assert isinstance(value, int), name
        if option["type"].startswith("std::string-list"):
            assert value in option["values"], name


def test_a_drawn_score_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notehead.engrave.verovio.engraver.LARGE", 0)
    by = VerovioEngraver()
    assert first(AIR, by=by).symbols.is_notehead.any()
    assert "<note " not in by._toolkit.getMEI({})
    assert first(AIR, by=by).symbols.is_notehead.any()


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_collection_is_left_as_it_was(*, collecting: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        for _ in engraver().engrave(AIR, SMALL):
            assert gc.isenabled() is collecting
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if was else gc.disable)()
