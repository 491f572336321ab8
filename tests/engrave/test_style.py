"""Styles are drawn from a seed alone, all different, within what publishers do."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.style import PAPER_ODDS, PAPERS, Paper, Style, draw_style
from notehead.engrave.text import TEXT_FONTS
from notehead.engrave.verovio.classify import HEAVY, SMALL

FONTS = ("Leipzig", "Bravura", "Leland")
MANY = [draw_style(np.random.default_rng(seed), FONTS) for seed in range(400)]


@given(st.integers(0, 2**63))
def test_a_seed_gives_one_style(seed: int) -> None:
    assert draw_style(np.random.default_rng(seed), FONTS) == draw_style(np.random.default_rng(seed), FONTS)


def test_seeds_give_different_styles() -> None:
    assert len(set(MANY)) == len(MANY)


def test_every_value_varies() -> None:
    fixed = {name for name in asdict(Style()) if len({getattr(style, name) for style in MANY}) == 1}
    assert fixed == set()


def test_fonts_are_drawn_evenly_from_those_given() -> None:
    counts = Counter(style.font for style in MANY)
    assert set(counts) == set(FONTS)
    assert min(counts.values()) > 90
    assert {style.text_font for style in MANY} == set(TEXT_FONTS)


def test_papers_are_drawn_by_their_odds() -> None:
    counts = Counter(style.paper for style in MANY)
    assert set(counts) == set(PAPERS)
    for paper, odds in zip(PAPERS, PAPER_ODDS.values(), strict=True):
        assert counts[paper] / len(MANY) == pytest.approx(odds, abs=0.08)


def test_variations_are_drawn_as_often_as_they_should() -> None:
    shares = {
        "dense": np.mean([style.density == "dense" for style in MANY]),
        "sparse": np.mean([style.density == "sparse" for style in MANY]),
        "other letters": np.mean([style.lyric_script != "as written" for style in MANY]),
        "small staves": np.mean([style.small_staves != "none" for style in MANY]),
        "ossias": np.mean([style.ossias > 0 for style in MANY]),
    }
    expected = {"dense": 0.2, "sparse": 0.08, "other letters": 0.3, "small staves": 0.45, "ossias": 0.15}
    assert shares == pytest.approx(expected, abs=0.07)


def test_dense_pages_are_denser_than_sparse_ones() -> None:
    dense = [style for style in MANY if style.density == "dense"]
    sparse = [style for style in MANY if style.density == "sparse"]
    for name in ("staff_space", "spacing_linear", "spacing_staff"):
        assert max(getattr(style, name) for style in dense) <= min(getattr(style, name) for style in sparse)
    assert {style.systems_per_page for style in dense} == {0}
    assert max(style.systems_per_page for style in sparse) == 4


def test_only_the_papers_asked_for_are_drawn() -> None:
    drawn = {
        draw_style(np.random.default_rng(seed), FONTS, ("tall", "quarto")).paper.name for seed in range(40)
    }
    assert drawn == {"tall", "quarto"}
    for wrong in (("folio",), ("tall", "folio")):
        with pytest.raises(KeyError, match="folio"):
            draw_style(np.random.default_rng(1), FONTS, wrong)


def test_a_page_is_as_large_as_deepscores() -> None:
    assert Style().paper.pixels(400) == (1960, 2772)
    assert Paper("inch", 25.4, 50.8).pixels(300) == (300, 600)


def test_options_hold_every_value_by_name() -> None:
    options = Style(font="Leland").options()
    assert list(options) == [field.name for field in fields(Style)]
    assert (options["font"], options["paper"]) == ("Leland", "study")
    assert all(isinstance(value, float | int | str) for value in options.values())


def test_what_tells_classes_apart_lies_between_what_styles_draw() -> None:
    """Widths are in half staff spaces."""
    assert max(style.barline for style in MANY) / 2 < HEAVY < min(style.thick_barline for style in MANY) / 2
    assert max(style.grace for style in MANY) < SMALL


def test_sizes_are_those_of_study_scores() -> None:
    for style in MANY:
        low, high = {"usual": (0.86, 1.26), "dense": (0.68, 0.95), "sparse": (1.0, 1.4)}[style.density]
        assert low <= style.staff_space <= high
        assert style.slur_end < style.slur_middle
        assert 2 * style.margin_side < style.paper.width / 4
        assert 2 * style.margin_top < style.paper.height / 4
