"""Which scores there are: found, checked, named by their content."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from notehead.builder.options import Failure
from notehead.builder.plan import Source, licences, order
from notehead.engrave.score import find_scores
from notehead.errors import ScoreFormatError
from notehead.progress import Progress
from notehead.runners import Call, Runner


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        sources: scores that can be engraved, in the plan's order.
        copies: scores whose content another one has.
        failures: scores that cannot be used.
    """

    sources: list[Source]
    copies: list[Failure]
    failures: list[Failure]


def score_files(roots: Sequence[Path], output: Path | None) -> list[Path]:
    """The files that may be scores; what lies in the output is none.

    Raises:
        ScoreFormatError: a path does not exist, or there is no score at all.
    """
    files = list(find_scores(roots))
    if output is not None:
        inside = output.resolve()
        files = [path for path in files if not path.resolve().is_relative_to(inside)]
    if not files:
        where = ", ".join(map(str, roots))
        remedy = "Name files or folders with MusicXML, .mxl, MEI or Humdrum .krn."
        raise ScoreFormatError(where, "holds no scores", remedy)
    return files


def survey(
    files: Sequence[Path], roots: Sequence[Path], seed: int, runner: Runner, progress: Progress
) -> Survey:
    """Check all scores, in the runner's workers."""
    progress.stage("checking", len(files))
    known = licences(roots)
    names = {str(path): _name(path, roots) for path in files}
    calls = (
        Call(str(path), "notehead.builder.unit:survey", (str(path),), who="checking it") for path in files
    )
    found: list[Source] = []
    failures: list[Failure] = []
    for answer in runner.run(calls):
        progress.step()
        name = names[answer.key]
        if answer.failure:
            failures.append(Failure(name, answer.failure))
        else:
            licence = known.get(str(Path(answer.key).resolve()), "")
            found.append(Source(answer.key, name, answer.value["score_id"], licence))
    sources, copies = order(found, seed)
    return Survey(sources, copies, failures)


def _name(path: Path, roots: Sequence[Path]) -> str:
    """A score's path inside the folder that was given, as text whatever its bytes are."""
    inside = path.name
    for root in roots:
        if path != root and path.is_relative_to(root):
            inside = path.relative_to(root).as_posix()
            break
    return os.fsencode(inside).decode("utf-8", "replace")
