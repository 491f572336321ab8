"""`make bench-mutations`: thousands of mutated scores; only our own errors may come of them.

Each mutant is written to a file and built by the same calls as a real build, in a sandboxed child. What
the checks refuse, what the engraver makes of the rest, and how often the child dies are counted.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from notehead.builder.build import FOLDERS
from notehead.builder.options import BuildOptions
from notehead.builder.plan import Source
from notehead.engrave.score import read_score
from notehead.errors import NoteheadError, ScoreError
from notehead.sandbox import ChildDied, Limits, Sandbox
from tests.support.mutate import mutate

_ENDING = {"musicxml": ".musicxml", "mei": ".mei", "kern": ".krn"}


def try_one(sandbox: Sandbox, path: Path, folder: Path) -> tuple[str, str]:
    """(outcome, detail) of building one file."""
    values = BuildOptions(resolution=150, papers=("study",)).deciding()
    try:
        found = sandbox.call("notehead.builder.unit:survey", str(path))
        source = Source(str(path), path.name, found["score_id"])
        made = sandbox.call("notehead.builder.unit:make", asdict(source), 0, values, str(folder))
    except ScoreError as error:
        return "refused", error.cause
    except NoteheadError as error:
        return "our error", str(error)
    except ChildDied as death:
        return f"the child {str(death).partition(' (')[0].partition(':')[0]}", str(death)
    return "built", f"{len(made['pages'])} pages"


def main() -> int:
    """Print counts. An exception of any other kind than our own ends it: that is what it looks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20.0, help="deadline for one mutant")
    options = parser.parse_args()
    originals = [read_score(path) for path in options.scores]
    outcomes: Counter[str] = Counter()
    details: Counter[str] = Counter()
    start = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as temporary,
        Sandbox(Limits(seconds=options.seconds, cpu_seconds=int(options.seconds), memory=3 << 30)) as sandbox,
    ):
        root = Path(temporary)
        for name in FOLDERS:
            (root / "out" / name).mkdir(parents=True)
        for number in range(options.count):
            rng = random.Random(options.seed * 1_000_003 + number)
            original = originals[number % len(originals)]
            path = root / f"mutant{number}{_ENDING[original.format]}"
            path.write_text(
                mutate(original.text, original.format, rng), encoding="utf-8", errors="surrogatepass"
            )
            outcome, detail = try_one(sandbox, path, root / "out")
            outcomes[outcome] += 1
            if outcome not in {"built", "refused"}:
                details[f"{original.name}: {detail}"] += 1
            path.unlink()
            if number % 100 == 99:
                print(f"{number + 1}: {dict(outcomes)}, {time.monotonic() - start:.0f} s", file=sys.stderr)
    for outcome, count in outcomes.most_common():
        print(f"{count:6d}  {count / options.count:6.1%}  {outcome}")
    for detail, count in details.most_common(40):
        print(f"  {count:4d}  {detail}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
