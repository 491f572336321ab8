"""`notehead convert`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click
from click.core import ParameterSource

from notehead.cli.bar import Bar
from notehead.cli.changes import changes
from notehead.cli.places import DATASET
from notehead.cli.reading import open_dataset, reading_options, tell_left_out
from notehead.datasets.convert import ConvertOptions, convert
from notehead.datasets.formats import FORMATS, WriteOptions
from notehead.datasets.slicing import Cut, SliceOptions
from notehead.degrade import RECIPES

_TO = [name for name, found in FORMATS.items() if found.writer is not None]


@click.command("convert")
@click.argument("datasets", nargs=-1, required=True, type=DATASET)
@click.argument("output", type=click.Path(path_type=Path))
@click.option(
    "--to", required=True, type=click.Choice(_TO), metavar="FORMAT", help=f"The new format: {', '.join(_TO)}."
)
@reading_options
@click.option("--slice", "size", type=click.IntRange(min=16), help="Cut pages into squares of this size.")
@click.option("--overlap", default=0.2, show_default=True, help="Share of a slice that the next shows again.")
@click.option(
    "--cut",
    type=click.Choice(get_args(Cut)),
    default="clip",
    show_default=True,
    help="What becomes of symbols that a slice's edge cuts: clipped, dropped, or kept whole.",
)
@click.option("--min-visible", default=0.3, show_default=True, help="Least share of a cut symbol to keep it.")
@click.option("--drop-empty", is_flag=True, help="Leave out slices without symbols.")
@click.option("--recipes", default="clean", show_default=True, help=f"Degrade pages: {', '.join(RECIPES)}.")
@click.option("--strength", default=1.0, show_default=True, help="How strongly, from 0 to 2.")
@click.option("--rare", is_flag=True, help="Paste crops of rare symbols into the pages' top margins.")
@click.option("--seed", default=0, show_default=True, help="Of all that is drawn at random.")
@click.option("--masks/--no-masks", default=True, show_default=True, help="Write masks where there are any.")
@click.option("--workers", default=0, help="Processes; by default one per processor.")
def convert_command(
    datasets: tuple[Path, ...],
    output: Path,
    to: str,
    size: int | None,
    overlap: float,
    cut: Cut,
    min_visible: float,
    drop_empty: bool,
    recipes: str,
    strength: float,
    rare: bool,
    seed: int,
    masks: bool,
    workers: int,
    **reading: Any,
) -> None:
    """Write DATASETS anew, as one dataset in another format.

    The formats of DATASETS are found out. OUTPUT is a new folder; it appears when all of it is written.
    What the new format cannot hold is said once.

    Exit codes: 0 done; 5 done, but something was left out (--keep-going); 4 a dataset cannot be used;
    6 cannot write.

    \b
    Examples:
      notehead convert dataset/ coco/ --to coco
      notehead convert dataset/ yolo/ --to yolo --slice 640 --overlap 0.2
      notehead convert ds2_dense/ muscima/ both/ --to notehead --classes muscima++
      notehead convert dataset/ scans/ --to notehead --recipes flatbed-scan,bitonal-scan --rare
    """
    context = click.get_current_context()
    for name in ("overlap", "cut", "min_visible", "drop_empty"):
        if size is None and context.get_parameter_source(name) == ParameterSource.COMMANDLINE:
            message = f"--{name.replace('_', '-')} says how pages are cut, so --slice is wanted, too"
            raise click.UsageError(message)
    slicing = None if size is None else SliceOptions(size, overlap, cut, min_visible, empty=not drop_empty)
    found = open_dataset(datasets, **reading)
    change = changes(found, recipes, strength, seed, rare=rare)
    options = ConvertOptions(WriteOptions(masks=masks), change, slicing, workers)
    result = convert(found, output, to, options, Bar())
    click.echo(f"{result.folder}: {result.pages:,} pages, {result.symbols:,} symbols")
    tell_left_out(result.complaints)
