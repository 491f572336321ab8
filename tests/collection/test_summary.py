"""A summary has a bounded size, whatever goes wrong with however many files."""

from __future__ import annotations

from pathlib import Path

from notehead.collection.summary import OTHERS, Failure, Summary


def test_causes_are_counted_and_bounded() -> None:
    summary = Summary(Path("out"))
    for number in range(3000):
        failures = {f"cause {number}": (1, f"{number}.png"), "the same": (2, f"{number}.png")}
        summary.add({"counts": {"pages": 1}, "failures": failures})
    assert summary.failed == 9000
    assert summary.counts["pages"] == 3000
    assert summary.failures["the same"] == Failure(6000, "0.png")
    assert len(summary.failures) <= 1001
    assert summary.failures[OTHERS].count == 3000 - 999
