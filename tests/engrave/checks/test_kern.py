from __future__ import annotations

import pytest

from notehead.engrave.checks.limits import ScoreLimits
from notehead.engrave.score import score_from_bytes
from notehead.errors import ScoreError, ScoreFormatError, ScoreLimitError
from tests.support.scores import KERN


def check(old: str, new: str) -> None:
    assert old in KERN
    score_from_bytes(KERN.replace(old, new, 1).encode(), "x")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4C\tp", "0C\tp"),
        ("4C\tp", "00C\tp"),
        ("4C\tp", "3%2C\tp"),
        ("4C\tp", "4..C 4E\tp"),
        ("4C\tp", "8qC\tp"),
        ("*M2/4", "*M3+2/8"),
        ("*M2/4", "*M2/1"),
        ("*M2/4", "*MM120"),
        ("=2\t=2\t=2", "*x\t*x\t*\n*x\t*x\t*\n=2\t=2\t=2"),
        ("=1\t", "\n!!comment\n!\t!\t!LO:TX:t=x\n=1\t"),
        ("!!!END: finis\n", ""),
        ("!!!END: finis\n", "\n\n"),
        ("4D\t.\t.\n", "*\t*+\t*\n*\t*\t**text\t*\n4D\t.\tla\t.\n*\t*\t*-\t*\n"),
    ],
)
def test_good_variants(old: str, new: str) -> None:
    check(old, new)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("4D\t.\t.", "4D\t.", "line 8: 2 fields stand in 3 spines"),
        ("4D\t.\t.", "4D\t.\t.\t.", "line 8: 4 fields stand in 3 spines"),
        ("4D\t.\t.", "4D\t\t.", "a field is empty"),
        ("4D\t.\t.", "4D\t*\t.", "stand in one line"),
        ("*\t*\t*^", "*\t*\t.", "stand in one line"),
        ("*\t*\t*^", "*\t*\t*", "4 fields stand in 3 spines"),
        ("*\t*\t*v\t*v", "*\t*\t*v\t*", "one \\*v joins nothing"),
        ("*\t*\t*^", "*\t*\t*x", "one \\*x exchanges nothing"),
        ("*\t*\t*^", "*\t*\t**kern", "named late, or twice"),
        ("*\t*\t*^", "*\t*\t*+", "is not named|fields stand"),
        ("*-\t*-\t*-\n", "", "3 spines are not ended"),
        ("*-\t*-\t*-\n", "*-\t*-\t*\n", "1 spines are not ended"),
        ("!!!END: finis\n", "!!!END: fin", "in the middle of a line"),
        ("!!!END: finis\n", "4c\n", "something follows"),
        ("!!!END: finis\n", "**kern\n4c\n*-\n", "something follows"),
        ("**dynam", "dynam", "not named"),
        ("4D\t.\t.", "4D\x00\t.\t.", "line 8: it holds the character"),
        ("*M2/4", "*M2/4/4", "it is no meter"),
        ("*M2/4", "*rscale:0", "scales rhythm by nothing"),
        ("4C\tp", "4C4C4C\tp", "more durations than notes"),
        ("4C\tp", " 4C\tp", "a space too many"),
        ("4C\tp", "4C  4E\tp", "a space too many"),
    ],
)
def test_malformed(old: str, new: str, cause: str) -> None:
    with pytest.raises(ScoreFormatError, match=cause):
        check(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("4C\tp", "99999999999C\tp"),
        ("4C\tp", "0000C\tp"),
        ("4C\tp", "4%0C\tp"),
        ("4C\tp", "4%99999C\tp"),
        ("4C\tp", "4.........C\tp"),
        ("4C\tp", "4CCCCCCCCC\tp"),
        ("*M2/4", "*M0/4"),
        ("*M2/4", "*M99999999999/4"),
        ("*M2/4", "*M2/4000"),
        ("=1\t", "=99999999999\t"),
        ("*clefF4", "*clefF99999999999"),
    ],
)
def test_out_of_range(old: str, new: str) -> None:
    with pytest.raises(ScoreLimitError, match=r"line \d+, '"):
        check(old, new)


def test_nothing_to_play() -> None:
    with pytest.raises(ScoreFormatError, match="no note and no rest"):
        score_from_bytes(b"**kern\n*clefG2\n=1\n*-\n", "x")
    with pytest.raises(ScoreFormatError, match="no note and no rest"):
        score_from_bytes(b"**text\nabc\n*-\n", "x")


@pytest.mark.parametrize(
    "limits", [ScoreLimits(records=5), ScoreLimits(record_chars=10), ScoreLimits(spines=2)]
)
def test_limits(limits: ScoreLimits) -> None:
    with pytest.raises(ScoreLimitError):
        score_from_bytes(KERN.encode(), "x", limits)


def test_many_splits() -> None:
    lines = ["**kern", *("\t".join(["*^"] * 2**i) for i in range(12)), ""]
    with pytest.raises(ScoreError, match="more than 500 spines"):
        score_from_bytes("\n".join(lines).encode(), "x")
