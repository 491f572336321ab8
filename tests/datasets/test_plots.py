"""The plots are whole, name what they show, and are the same bytes each time."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pytest
from lxml import etree

from notehead.datasets.plots import HEIGHTS, KIND_COLOURS, class_plot_height, write_plots
from notehead.datasets.statistics import Statistics, StatisticsBuilder
from notehead.page import Symbols
from notehead.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["classes.svg", "symbols_per_page.svg", "sizes.svg", "boxes.svg"]


def dataset(classes: list[str], staff_space: float = 10.0, pages: int = 4) -> Statistics:
    random = np.random.default_rng(1)
    builder = StatisticsBuilder()
    for number in range(pages):
        labels = random.choice(classes, random.integers(3, 90)).tolist() + classes
        corner = random.uniform(0, 900, (len(labels), 2))
        boxes = np.hstack([corner, corner + random.uniform(1, 80, corner.shape)])
        builder.add(f"page-{number}", Symbols.build(labels, boxes), 1000, 1400, staff_space)
    return builder.finish()


@pytest.fixture(name="statistics", scope="module")
def some_classes() -> Statistics:
    return dataset(["stem", "beam", "noteheadBlackOnLine", "textLyrics", "graceNoteAcciaccaturaStemUp"])


def test_four_files_are_written(statistics: Statistics, tmp_path: Path) -> None:
    paths = write_plots(statistics, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == NAMES
    for path in paths:
        assert etree.parse(path).getroot().tag.endswith("svg")


def test_bytes_are_the_same_each_time(statistics: Statistics, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_plots(statistics, tmp_path / "a")]
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "other"}):
        second = [path.read_bytes() for path in write_plots(statistics, tmp_path / "b")]
    assert first == second
    assert not any(b"<dc:date>" in text for text in first)


def test_settings_are_left_as_they_were(statistics: Statistics, tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    write_plots(statistics, tmp_path)
    assert dict(mpl.rcParams) == before


def test_every_class_is_named_with_its_count(statistics: Statistics, tmp_path: Path) -> None:
    text = write_plots(statistics, tmp_path)[0].read_text()
    for row in statistics.classes:
        assert f"<!-- {row.name} -->" in text  # matplotlib notes the letters beside their outlines
        assert f"<!-- {row.symbols:,} -->" in text
    assert all(colour in text for colour in KIND_COLOURS.values())


def test_all_classes_at_once(tmp_path: Path) -> None:
    statistics = dataset(list(VOCABULARY), pages=1)
    classes, _, _, boxes = write_plots(statistics, tmp_path)
    height = float(str(etree.parse(classes).getroot().attrib["height"]).removesuffix("pt"))
    assert height == pytest.approx(72 * class_plot_height(len(VOCABULARY)))
    assert 5 < boxes.read_text().count("<!-- ") < 80


@pytest.mark.parametrize(
    "statistics",
    [
        StatisticsBuilder().finish(),
        dataset(["stem"], pages=1),
        dataset(["stem", "beam"], staff_space=0.0),
    ],
    ids=["nothing", "one class", "no staff space"],
)
def test_little_is_drawn_as_well(statistics: Statistics, tmp_path: Path) -> None:
    paths = write_plots(statistics, tmp_path)
    assert len(paths) == len(HEIGHTS) + 1
    if not statistics.symbols:
        assert all("<!-- no symbols -->" in path.read_text() for path in paths)


def test_lines_without_width_find_a_place_on_the_axis(tmp_path: Path) -> None:
    builder = StatisticsBuilder()
    builder.add("page", Symbols.build(["stem", "beam"], [[5, 0, 5, 30], [0, 7, 40, 7]]), 99, 99, 10)
    assert "<!-- stem -->" in write_plots(builder.finish(), tmp_path)[3].read_text()


def test_pyplot_stays_out() -> None:
    code = "import sys, notehead.datasets.plots; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
