"""`notehead stats`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from notehead.cli.bar import Bar
from notehead.cli.places import DATASET
from notehead.cli.reading import open_dataset, reading_options, tell_left_out
from notehead.datasets import StatisticsBuilder
from notehead.datasets.plots import write_plots


@click.command("stats")
@click.argument("datasets", nargs=-1, required=True, type=DATASET)
@reading_options
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
@click.option("--plots", type=click.Path(path_type=Path), help="Also write the plots into this folder.")
def stats_command(datasets: tuple[Path, ...], as_json: bool, plots: Path | None, **reading: Any) -> None:
    """Count the symbols of DATASETS of any format, as the DeepScores paper does.

    Symbols per page and per class (mean, standard deviation, maximum, minimum, median), and a row for
    every class.

    \b
    Examples:
      notehead stats dataset/
      notehead stats dataset/ --split test --json > figures.json
      notehead stats ds2_dense/ --classes muscima++
    """
    found = open_dataset(datasets, **reading)
    builder, bar = StatisticsBuilder(found.vocabulary), Bar()
    bar.stage("counting", len(found))
    for entry, symbols in found.annotations():
        builder.add(entry.name, symbols, entry.width, entry.height, found.staff_space(entry.name))
        bar.step(pages=1)
    bar.close()
    statistics = builder.finish()
    if plots is not None:
        for path in write_plots(statistics, plots):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        click.echo(orjson.dumps(statistics.to_json(), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo(statistics.table())
    tell_left_out(found.complaints)
