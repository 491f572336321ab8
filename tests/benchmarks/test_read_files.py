"""Which scores are read whole, and what their figures are."""

from __future__ import annotations

from pathlib import Path

from benchmarks.read_files import compared, whole_scores
from notehead import Page
from notehead.datasets.index import PageEntry
from notehead.transcribe import transcribe
from notehead.transcribe.musicxml import to_musicxml
from tests.benchmarks.test_read import true_page


def test_whole_scores_are_those_whose_pages_are_all_there_and_few(tmp_path: Path) -> None:
    pages = {
        "one.mxl": [1],
        "two.musicxml": [1, 2],
        "three.mxl": [1, 2, 3],
        "gap.mxl": [1, 3],
        "humdrum.krn": [1],
    }
    for score in pages:
        (tmp_path / score).touch()
    pages["lost.mxl"] = [1]
    entries = [
        PageEntry(f"{score}-{number}", score=score, score_id=score, number=number)
        for score, numbers in pages.items()
        for number in numbers
    ]
    found = {file.name: names for file, names in whole_scores(entries, tmp_path, 9, 2)}
    assert found == {"one.mxl": ["one.mxl-1"], "two.musicxml": ["two.musicxml-1", "two.musicxml-2"]}
    assert len(list(whole_scores(entries, tmp_path, 1, 2))) == 1


def test_what_is_read_is_compared_with_the_file_and_a_failure_stops_nothing(tmp_path: Path) -> None:
    page, file = true_page(), tmp_path / "true.musicxml"
    file.write_bytes(to_musicxml(transcribe([page])))
    scores = [(file, ["page"]), (tmp_path / "lost.musicxml", ["page"])]
    figures = compared({"page": page}.__getitem__, scores, _seen, ["tedn"])
    assert [score.notes.notes["pitch"].f1 for score in figures.scores] == [1.0]
    assert figures.rates["TEDn"].value == 0


def _seen(page: Page) -> Page:
    return page
