"""What a page costs the way the DeepScores papers made theirs: a baseline for speed.

```
MusicXML --musicxml2ly--> LilyPond source --lilypond--> SVG pages --CairoSVG--> PNG, 1960 x 2772
```

It yields the images alone; the papers' annotations cost extra. One process runs at a time, once for each
step of each score, and its processor time is what the system charges to finished child processes, so start-up
is included and nothing else may start processes from this one meanwhile. POSIX only.

A step that ends with an error fails its score even if pages were left behind: LilyPond goes on after a syntax
error, without the music around it.

LilyPond (with musicxml2ly) must be on the path. CairoSVG is under the LGPL and no dependency of notehead: it
runs in an interpreter of its own, which `--python` names.

    python -m benchmarks.seeds_pipeline SCORE... [--seconds N] [--python PYTHON]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from notehead.errors import MissingExtraError, NoteheadError, PartialError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

WIDTH, HEIGHT = 1960, 2772
SECONDS = 300.0
STAGES = ("musicxml2ly", "lilypond", "cairosvg")

_SUFFIXES = frozenset({".musicxml", ".mxl", ".xml"})
_RASTERISE = """
import sys
from pathlib import Path
from cairosvg import svg2png
for page in sys.argv[3:]:
    png = str(Path(page).with_suffix(".png"))
    size = {"output_width": int(sys.argv[1]), "output_height": int(sys.argv[2])}
    svg2png(url=page, write_to=png, background_color="white", **size)
"""
_REASON_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the programs are, as absolute paths; `python` is an interpreter that has CairoSVG."""

    musicxml2ly: str
    lilypond: str
    python: str


@dataclass(frozen=True, slots=True)
class StageTimes:
    """What one score cost, in CPU seconds (user and system) for each step that ran.

    Attributes:
        score: the file's name without its folders.
        pages: images drawn; 0 where a step failed.
        musicxml2ly: from MusicXML to LilyPond source.
        lilypond: from LilyPond source to SVG.
        cairosvg: from SVG to PNG.
        failure: the step that failed and why; empty where all went well.
    """

    score: str
    pages: int = 0
    musicxml2ly: float = 0.0
    lilypond: float = 0.0
    cairosvg: float = 0.0
    failure: str = ""

    @property
    def total(self) -> float:
        """CPU seconds of all steps."""
        return self.musicxml2ly + self.lilypond + self.cairosvg


def measure(
    scores: Sequence[Path], *, python: str = sys.executable, seconds: float = SECONDS
) -> list[StageTimes]:
    """Draw every score and say what each step cost; a score that fails is recorded, not raised.

    Args:
        scores: MusicXML files, compressed or not.
        python: the interpreter that has CairoSVG.
        seconds: how long each step of a score may take before it is killed.

    Raises:
        MissingExtraError: LilyPond, musicxml2ly or CairoSVG is not installed.
    """
    tools = find_tools(python)
    return [measure_score(score, tools, seconds) for score in scores]


def find_tools(python: str = sys.executable) -> Tools:
    """Find the programs and make sure that `python` can import CairoSVG.

    Raises:
        MissingExtraError: one of them is not installed.
    """
    lilypond = "Install LilyPond, which brings musicxml2ly along."
    tools = Tools(
        _program("musicxml2ly", lilypond),
        _program("lilypond", lilypond),
        _program(python, "Give --python an interpreter that has CairoSVG."),
    )
    if subprocess.run([tools.python, "-c", "import cairosvg"], capture_output=True, check=False).returncode:
        message = f"CairoSVG cannot be imported by {python}"
        remedy = "Install it in an environment of its own (pip install cairosvg) and give that to --python."
        raise MissingExtraError(message, remedy)
    return tools


def measure_score(score: Path, tools: Tools, seconds: float = SECONDS) -> StageTimes:
    """Draw one score in a temporary folder, up to the first step that fails."""
    if score.suffix.lower() not in _SUFFIXES:
        return StageTimes(score.name, failure="not a MusicXML file (.musicxml, .mxl, .xml)")
    if not score.is_file():
        return StageTimes(score.name, failure="no such file")
    with tempfile.TemporaryDirectory(prefix="seeds-") as folder:
        return _draw(score, tools, Path(folder), seconds)


def ms_per_page(rows: Iterable[StageTimes]) -> dict[str, float]:
    """CPU milliseconds a page for each step, over the scores that were drawn; empty where none was.

    Example:
        >>> ms_per_page([StageTimes("a.mxl", 2, 0.5, 4.0, 0.5), StageTimes("b.mxl", failure="no such file")])
        {'musicxml2ly': 250.0, 'lilypond': 2000.0, 'cairosvg': 250.0}
    """
    drawn = [row for row in rows if not row.failure]
    pages = sum(row.pages for row in drawn)
    if not pages:
        return {}
    return {stage: 1000 * sum(getattr(row, stage) for row in drawn) / pages for stage in STAGES}


def _program(name: str, remedy: str) -> str:
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed"
        raise MissingExtraError(message, remedy)
    return str(Path(found).absolute())


def _draw(score: Path, tools: Tools, folder: Path, seconds: float) -> StageTimes:
    cpu = dict.fromkeys(STAGES, 0.0)
    svgs: list[Path] = []
    for stage in STAGES:
        before = _children_cpu()
        failure = _outcome(_command(stage, score, tools, svgs), folder, seconds)
        cpu[stage] = _children_cpu() - before
        svgs = sorted(folder.glob("page*.svg"))
        failure = failure or _missing(stage, folder, svgs)
        if failure:
            return _times(score, 0, cpu, f"{stage}: {failure}")
    return _times(score, len(svgs), cpu, "")


def _times(score: Path, pages: int, cpu: Mapping[str, float], failure: str) -> StageTimes:
    return StageTimes(score.name, pages, cpu["musicxml2ly"], cpu["lilypond"], cpu["cairosvg"], failure)


def _command(stage: str, score: Path, tools: Tools, svgs: Sequence[Path]) -> list[str]:
    if stage == "musicxml2ly":
        packed = ["--compressed"] if score.suffix.lower() == ".mxl" else []
        return [tools.musicxml2ly, *packed, "--output=page.ly", str(score.absolute())]
    if stage == "lilypond":
        return [tools.lilypond, "-dbackend=svg", "--output=page", "page.ly"]
    return [tools.python, "-c", _RASTERISE, str(WIDTH), str(HEIGHT), *(svg.name for svg in svgs)]


def _missing(stage: str, folder: Path, svgs: Sequence[Path]) -> str:
    """Say which output a step owes although it ended well; empty where there is all."""
    made = {
        "musicxml2ly": (folder / "page.ly").is_file(),
        "lilypond": bool(svgs),
        "cairosvg": all(svg.with_suffix(".png").is_file() for svg in svgs),
    }
    return "" if made[stage] else "ended well without output"


def _outcome(command: Sequence[str], folder: Path, seconds: float) -> str:
    """Run one step to its end; empty where it went well, else what went wrong."""
    log = folder / "log.txt"
    try:
        status = _run(command, log, seconds)
    except subprocess.TimeoutExpired:
        return f"killed after {seconds:g} s"
    if status == 0:
        return ""
    end = f"signal {-status}" if status < 0 else f"exit status {status}"
    return f"{end}: {_reason(log, folder)}"


def _run(command: Sequence[str], log: Path, seconds: float) -> int:
    """Run a program beside its log, in a process group that goes with it when it is stopped."""
    with (
        log.open("wb") as sink,
        subprocess.Popen(
            command,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as child,
    ):
        try:
            return child.wait(seconds)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise


def _reason(log: Path, folder: Path) -> str:
    """Pick the line of a log that tells most: an exception, else the first error, else the last line."""
    text = log.read_text(encoding="utf-8", errors="replace").replace(f"{folder}{os.sep}", "")
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["no message"]
    errors = [line for line in lines if "error:" in line]
    first = lines[-1] if "Traceback" in text or not errors else errors[0]
    return first[:_REASON_LENGTH]


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _print_row(row: StageTimes) -> None:
    cells = "".join(f"{getattr(row, stage):13.2f}" for stage in STAGES)
    print(f"{row.score[:44]:44}{row.pages:6}{cells}{row.total:9.2f}  {row.failure}".rstrip(), flush=True)


def _print_summary(rows: Sequence[StageTimes]) -> None:
    failed = [row for row in rows if row.failure]
    per_page = ms_per_page(rows)
    if per_page:
        cells = "".join(f"{per_page[stage]:13.0f}" for stage in STAGES)
        pages = sum(row.pages for row in rows)
        print(f"\n{'CPU ms a page':44}{pages:6}{cells}{sum(per_page.values()):9.0f}")
    if failed:
        lost = sum(row.total for row in failed)
        print(f"\n{len(failed)} of {len(rows)} scores failed, after {lost:.2f} CPU s that count for no page.")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.seeds_pipeline",
        description="CPU time of musicxml2ly, LilyPond (to SVG) and CairoSVG (to PNG) on MusicXML scores.",
    )
    parser.add_argument("scores", metavar="SCORE", nargs="+", type=Path, help="MusicXML, compressed or not")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="limit of each step (default: %(default)g)"
    )
    parser.add_argument(
        "--python", default=sys.executable, help="interpreter with CairoSVG (default: this one)"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what each score cost and what a page costs.

    Returns:
        0, or the exit code of notehead's error for a missing program or for scores that failed.
    """
    options = _arguments(arguments)
    try:
        tools = find_tools(options.python)
    except NoteheadError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(f"{'CPU seconds':44}{'pages':>6}{''.join(f'{stage:>13}' for stage in STAGES)}{'total':>9}")
    rows: list[StageTimes] = []
    for score in options.scores:
        rows.append(measure_score(score, tools, options.seconds))
        _print_row(rows[-1])
    _print_summary(rows)
    return PartialError.exit_code if any(row.failure for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
