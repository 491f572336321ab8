"""`notehead evaluate --task music`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.support.music import HEAD, Bar, Event, score

TRUE = score([Bar([[Event(4, [0, 2]), Event(4, [1])]], HEAD)])


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Predictions and truth."""
    for name in ("found/a.xml", "found/z.xml", "true/a.xml", "true/b.xml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(TRUE, encoding="utf-8")
    return tmp_path / "found", tmp_path / "true"


def test_folders_of_music(notehead: Call, folders: tuple[Path, Path]) -> None:
    outcome = notehead("evaluate", *folders, "--task", "music", "--json")
    assert outcome.code == 0
    assert outcome.err.splitlines() == [
        "warning: 1 of 2 scores are not predicted: their notes count as missed",
        "warning: predicted, but no score of the truth: z.xml",
    ]
    assert json.loads(outcome.out)["notes"]["pitch"]["recall"] == 0.5
    table = notehead("evaluate", *folders, "--task", "music", "--metrics", "notes")
    assert table.code == 0
    assert "pitch, duration, onset           1.0000  0.5000  0.6667" in table.out
    assert "TEDn" not in table.out


def test_damaged_music(notehead: Call, folders: tuple[Path, Path]) -> None:
    (folders[0] / "a.xml").write_text(TRUE[:99], encoding="utf-8")
    assert notehead("evaluate", *folders, "--task", "music").code == 3
    partly = notehead("evaluate", *folders, "--task", "music", "--keep-going", "--json")
    assert partly.code == 5
    assert json.loads(partly.out)["scores"] == 1


def test_wrong_words(notehead: Call, folders: tuple[Path, Path], tmp_path: Path) -> None:
    assert notehead("evaluate", *folders, "--task", "music", "--oriented").code == 2
    assert notehead("evaluate", *folders, "--metrics", "notes").code == 2
    outcome = notehead("evaluate", *folders, "--task", "music", "--metrics", "beauty")
    assert (outcome.code, outcome.out) == (1, "")
    assert "unknown metric beauty" in outcome.err
    assert notehead("evaluate", tmp_path / "no", folders[1], "--task", "music").code == 3
