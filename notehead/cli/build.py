"""`notehead build`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

import click
from click.core import ParameterSource

from notehead.builder import BuildOptions, BuildResult, build, estimate
from notehead.cli.bar import Bar
from notehead.degrade import RECIPES
from notehead.engrave.engravers import ENGRAVERS
from notehead.engrave.style import PAPER_ODDS
from notehead.engrave.verovio.fonts import FONTS
from notehead.errors import PartialError
from notehead.runners import RUNNERS
from notehead.stores import is_url

_SHOWN, _CAUSES = 20, 5


@click.command("build")
@click.argument("scores", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True,
    help="Folder of the dataset, or its URL in an object store (s3://bucket/dataset).",
)  # fmt: skip
@click.option(
    "--layout", type=click.Choice(["folder", "parquet"]),
    help="Files as DeepScoresV2 has them (the default), or Parquet shards (in object stores always).",
)  # fmt: skip
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
@click.option("--pages", type=click.IntRange(1), help="So many pages, in as many styles as that takes.")
@click.option("--shard-pages", default=64, show_default=True, help="Pages in a Parquet shard, about.")
@click.option(
    "--runner", type=click.Choice(list(RUNNERS)), default="local", show_default=True,
    help="Where the work is done: processes of this machine, or a Ray cluster.",
)  # fmt: skip
@click.option(
    "--address", default="", help="Of the Ray cluster, such as auto; by default one is started here."
)
@click.option("--dry-run", is_flag=True, help="Only tell what the dataset would take: pages, time, bytes.")
@click.option("--patches", default=5000, show_default=True, help="Classification patches per class, at most.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=None,
    help="Processor seconds for a score in one style; by default each engraver's own limit.",
)
def build_command(
    scores: tuple[Path, ...],
    output: str,
    layout: Literal["folder", "parquet"] | None,
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
    pages: int | None,
    shard_pages: int,
    runner: str,
    address: str,
    dry_run: bool,
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
      notehead build scores/ -o s3://bucket/dataset --pages 300000 --dry-run
      notehead build scores/ -o s3://bucket/dataset --pages 300000 --runner ray --address auto
    """
    if pages is not None and (limit is not None or _given("per_score")):
        message = "--pages decides how many styles there are; leave --limit and --per-score out"
        raise click.UsageError(message)
    options = BuildOptions(
        fonts=_names(fonts),
        engravers=_names(engraver),
        recipes=_names(recipes),
        strength=strength,
        papers=_names(papers),
        per_score=None if pages else per_score,
        resolution=resolution,
        split=split,
        seed=seed,
        limit=pages or limit,
        patches=patches,
        workers=workers,
        runner=runner,
        address=address,
        layout=layout or ("parquet" if is_url(output) else "folder"),
        shard_pages=shard_pages,
        cpu_seconds=timeout,
        seconds=timeout * 2.5 if timeout else None,
    )
    place = output if is_url(output) else Path(output)
    if dry_run:
        click.echo(estimate(scores, place, options, Bar()).text())
    else:
        _tell(build(scores, place, options, Bar()))


def _given(name: str) -> bool:
    """Whether an option was given, rather than left at its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source == ParameterSource.COMMANDLINE


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _tell(result: BuildResult) -> None:
    """What was made to standard output; what was left out to standard error, as exit code 5."""
    click.echo(
        f"{result.folder}: {result.pages:,} pages, {result.symbols:,} symbols, from {result.scores:,} scores"
    )
    if result.made and result.bytes:
        _tell_cost(result)
    for copy in result.copies[:_SHOWN]:
        click.echo(f"copy: {copy.file}: {copy.reason}", err=True)
    for failure in result.failures[:_SHOWN]:
        click.echo(f"left out: {failure.file}: {failure.reason}", err=True)
    if len(result.failures) > _SHOWN:
        click.echo(f"... and {len(result.failures) - _SHOWN} more", err=True)
    if result.failures:
        count = len(result.failures)
        causes = Counter(failure.reason.partition(" (style ")[0] for failure in result.failures)
        if len(causes) < count:
            for cause, often in causes.most_common(_CAUSES):
                click.echo(f"{often:,} times: {cause}", err=True)
        message = "one score was left out" if count == 1 else f"{count} scores were left out"
        raise PartialError(message, f"{result.folder}/README.md lists each with its reason.")


def _tell_cost(result: BuildResult) -> None:
    """What it took, to standard error."""
    cpu = sum(result.stages.values())
    deaths = f"; {result.deaths:,} workers died, and others did their work" if result.deaths else ""
    click.echo(
        f"{result.made:,} pages made in {result.seconds:,.0f} s "
        f"({result.made / result.seconds:.1f} pages/s), "
        f"{cpu / 3600:.2f} processor hours, {result.bytes / 1e9:.2f} GB in all, "
        f"largest process {result.peak_memory / 1e6:.0f} MB{deaths}",
        err=True,
    )
