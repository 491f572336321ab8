"""`notehead compose`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Call


def test_scores_are_written_and_are_the_same_again(notehead: Call, tmp_path: Path) -> None:
    for name in ("a", "b"):
        outcome = notehead("compose", "-o", tmp_path / name, "--count", "2", "--seed", "5")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out == f"{tmp_path / name}: 2 scores\n"
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("a", "b")
    )
    assert first == second
    assert len(first) == 2


def test_numbers_must_make_sense(notehead: Call, tmp_path: Path) -> None:
    outcome = notehead("compose", "-o", tmp_path / "a", "--count", "-1")
    assert outcome.code == 1
    assert outcome.err == "notehead: cannot compose -1 scores with the seed 0. Give whole numbers from 0.\n"
