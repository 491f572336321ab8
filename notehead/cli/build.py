"""`notehead build`."""

from __future__ import annotations

from pathlib import Path

import click

from notehead.builder import BuildOptions, BuildResult, build
from notehead.cli.bar import Bar
from notehead.degrade import RECIPES
from notehead.engrave.engravers import ENGRAVERS
from notehead.engrave.style import PAPER_ODDS
from notehead.engrave.verovio.fonts import FONTS
from notehead.errors import PartialError

_SHOWN = 20


@click.command("build")
@click.argument("scores", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder of the dataset.")
@click.option("--fonts", default=",".join(FONTS), show_default=True, help="Music fonts, separated by commas.")
@click.option(
    "--engraver",
    default="verovio",
    show_default=True,
    help=f"Programs that engrave, separated by commas, of {', '.join(ENGRAVERS)}.",
)
@click.option(
    "--recipes",
    default="clean",
    show_default=True,
    help=f"Ways in which pages are degraded, separated by commas, of {', '.join(RECIPES)}.",
)
@click.option("--strength", default=1.0, show_default=True, help="How strongly, from 0 to 2.")
@click.option("--papers", default="", help=f"Page formats, of {', '.join(PAPER_ODDS)}; by default all.")
@click.option("--per-score", default=1, show_default=True, help="Styles that every score is engraved in.")
@click.option("--resolution", default=400.0, show_default=True, help="Dots per inch; 400 gives 1960 x 2772.")
@click.option("--split", default=0.8, show_default=True, help="Share of the SCORES that go to train.")
@click.option("--workers", default=0, help="Processes; by default one per processor.")
@click.option("--seed", default=0, show_default=True, help="Of all that is drawn at random.")
@click.option("--limit", type=int, help="Stop after so many pages.")
@click.option("--patches", default=5000, show_default=True, help="Classification patches per class, at most.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=None,
    help="Processor seconds for a score in one style; by default each engraver's own limit.",
)
def build_command(
    scores: tuple[Path, ...],
    output: Path,
    fonts: str,
    engraver: str,
    recipes: str,
    strength: float,
    papers: str,
    per_score: int,
    resolution: float,
    split: float,
    workers: int,
    seed: int,
    limit: int | None,
    patches: int,
    timeout: int | None,
) -> None:
    """Engrave SCORES into a dataset of exactly annotated pages.

    SCORES are files or folders: MusicXML (.xml, .musicxml), compressed MusicXML (.mxl), MEI, Humdrum
    (.krn). The dataset has DeepScoresV2's layout, DeepScores v1's beside it, and an index.html.

    Stop it at any moment and run the same command again: it goes on where it stopped, and the finished
    dataset is the same to the byte, whatever the number of workers.

    Exit codes: 0 done; 5 done, but some scores were left out; 3 no scores; 6 cannot write.

    \b
    Examples:
      notehead build scores/ -o dataset/
      notehead build quartet.mxl song.krn -o dataset/ --per-score 5
      notehead build scores/ -o dataset/ --fonts Bravura,Leland --limit 1000 --seed 7
      notehead build scores/ -o dataset/ --recipes clean,flatbed-scan,phone-photo --per-score 3
    """
    options = BuildOptions(
        fonts=_names(fonts),
        engravers=_names(engraver),
        recipes=_names(recipes),
        strength=strength,
        papers=_names(papers),
        per_score=per_score,
        resolution=resolution,
        split=split,
        seed=seed,
        limit=limit,
        patches=patches,
        workers=workers,
        cpu_seconds=timeout,
        seconds=timeout * 2.5 if timeout else None,
    )
    _tell(build(scores, output, options, Bar()))


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _tell(result: BuildResult) -> None:
    """What was made to standard output; what was left out to standard error, as exit code 5."""
    click.echo(
        f"{result.folder}: {result.pages:,} pages, {result.symbols:,} symbols, from {result.scores:,} scores"
    )
    for copy in result.copies[:_SHOWN]:
        click.echo(f"copy: {copy.file}: {copy.reason}", err=True)
    for failure in result.failures[:_SHOWN]:
        click.echo(f"left out: {failure.file}: {failure.reason}", err=True)
    if len(result.failures) > _SHOWN:
        click.echo(f"... and {len(result.failures) - _SHOWN} more", err=True)
    if result.failures:
        count = len(result.failures)
        message = "one score was left out" if count == 1 else f"{count} scores were left out"
        raise PartialError(message, f"{result.folder}/README.md lists each with its reason.")
