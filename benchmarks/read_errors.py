"""What was read wrong, note by note and measure by measure, for whoever mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.read_match import Matched, ReadNote, Verdict
from benchmarks.read_scores import ScorePages
from benchmarks.read_truth import TrueNote
from notehead.page import Pitch


def error_lines(score: ScorePages, read: Matched) -> Iterator[str]:
    """A line for each measure of a staff with a wrong note, and one for each of those."""
    wrong: dict[tuple[int, int, int], list[int]] = {}
    for k, (truth, verdict) in enumerate(zip(read.truth, read.verdicts, strict=True)):
        if not verdict.placed:
            wrong.setdefault((truth.page, truth.measure, truth.staff), []).append(k)
    for (page, measure, staff), numbers in sorted(wrong.items()):
        yield f"{score.pages[page].name} measure {measure} staff {staff}: {len(numbers)} wrong"
        for k in sorted(numbers, key=lambda k: float(read.truth[k].box[0])):
            yield f"    {what_is_wrong(read.truth[k], read.read[k], read.verdicts[k])}"
    for one in read.false:
        yield f"{score.pages[one.note.page].name} symbol {one.note.symbol}: a note that is none"


def what_is_wrong(truth: TrueNote, read: list[ReadNote], verdict: Verdict) -> str:
    """What was read, and what is true, at one head."""
    true = " or ".join(f"{_name(one.pitch)} at {one.onset:g} for {one.duration:g}" for one in truth.truths)
    said = " and ".join(
        f"{_name(one.note.pitch)} at {float(one.chord.onset):g} for {float(one.chord.length):g}"
        for one in read
    )
    x, y = truth.box[:2].tolist()
    return f"{kind_of_error(read, verdict)}: {true}; read {said or 'nothing'}; x {x:.0f} y {y:.0f}"


def kind_of_error(read: list[ReadNote], verdict: Verdict) -> str:
    """The first thing that is wrong of a note; empty where nothing is."""
    if not read:
        return "missed"
    if verdict.placed:
        return ""
    return "onset" if verdict.timed else "duration" if verdict.pitch else "pitch"


def error_counts(read: Matched) -> Counter[str]:
    """How many notes are wrong in what way."""
    kinds = Counter(kind_of_error(notes, one) for notes, one in zip(read.read, read.verdicts, strict=True))
    kinds["false"] += len(read.false)
    del kinds[""]
    return kinds


def _name(pitch: Pitch) -> str:
    sign = "#" * max(pitch.alter, 0) + "b" * max(-pitch.alter, 0)
    return f"{pitch.step}{sign}{pitch.octave}"
