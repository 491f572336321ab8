"""`notehead stats`: figures on standard output, as a table or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from notehead import Dataset
from notehead.datasets import Statistics, StatisticsBuilder
from tests.cli.conftest import Call


def counted(folder: Path, split: str | None = None) -> Statistics:
    builder = StatisticsBuilder()
    for page in Dataset(folder, split):
        builder.add(page.name, page.symbols, page.width, page.height, page.staff_space)
    return builder.finish()


@pytest.mark.parametrize("split", [None, "train", "test"])
def test_figures_are_those_of_the_pages(notehead: Call, dataset_folder: Path, split: str | None) -> None:
    words = [] if split is None else ["--split", split]
    wanted = counted(dataset_folder, split)
    assert wanted.pages == (2 if split is None else 1)
    table = notehead("stats", dataset_folder, *words)
    assert (table.code, table.err) == (0, "")
    assert table.out == f"{wanted.table()}\n"
    figures = notehead("stats", dataset_folder, "--json", *words)
    assert (figures.code, figures.err) == (0, "")
    assert json.loads(figures.out) == wanted.to_json()


def test_figures_are_those_that_the_build_wrote(notehead: Call, dataset_folder: Path) -> None:
    figures = json.loads(notehead("stats", dataset_folder, "--json").out)
    assert figures == json.loads((dataset_folder / "statistics.json").read_text())


def test_plots_are_written_beside(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "plots"
    outcome = notehead("stats", dataset_folder, "--plots", folder, "--json")
    assert outcome.code == 0
    json.loads(outcome.out)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["boxes.svg", "classes.svg", "sizes.svg", "symbols_per_page.svg"]
    assert sorted(outcome.err.splitlines()) == [f"wrote {folder / name}" for name in names]
    for name in names:
        assert ET.parse(folder / name).getroot().tag.endswith("svg")


def test_plots_that_cannot_be_written(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    outcome = notehead("stats", dataset_folder, "--plots", tmp_path / "file")
    assert (outcome.code, outcome.out) == (6, "")
    assert "a file is in the way" in outcome.err


def test_a_damaged_page_is_said_and_nothing_counted(notehead: Call, own_dataset: Path) -> None:
    path = own_dataset / "pages" / f"{Dataset(own_dataset).entries[1].name}.json.gz"
    path.write_bytes(path.read_bytes()[:50])
    outcome = notehead("stats", own_dataset)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err.startswith(f"notehead: {path.name}: ")


def test_no_dataset_is_4(notehead: Call, tmp_path: Path) -> None:
    outcome = notehead("stats", tmp_path)
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"notehead: {tmp_path}: no dataset here. A dataset holds pages.csv, or is of a format that "
        "`--from` lists.\n"
    )
