"""`notehead stats`."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from notehead.cli.bar import Bar
from notehead.datasets import Dataset, StatisticsBuilder
from notehead.datasets.formats.native import read_document, symbols_of
from notehead.datasets.plots import write_plots


@click.command("stats")
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--split", type=click.Choice(["train", "test"]), help="Only this part.")
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
@click.option("--plots", type=click.Path(path_type=Path), help="Also write the plots into this folder.")
def stats_command(dataset: Path, split: str | None, as_json: bool, plots: Path | None) -> None:
    """Count the symbols of a DATASET, as the DeepScores paper does.

    Symbols per page and per class (mean, standard deviation, maximum, minimum, median), and a row for
    every class.

    \b
    Examples:
      notehead stats dataset/
      notehead stats dataset/ --split test --json > figures.json
    """
    found = Dataset(dataset, split)
    builder, bar = StatisticsBuilder(), Bar()
    bar.stage("counting", len(found))
    for entry in found.entries:
        document = read_document(found.folder / "pages" / f"{entry.name}.json.gz")
        builder.add(entry.name, symbols_of(document), entry.width, entry.height, document["staff_space"])
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
