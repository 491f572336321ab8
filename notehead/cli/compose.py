"""`notehead compose`."""

from __future__ import annotations

from pathlib import Path

import click

from notehead.compose import compose_scores


@click.command("compose")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--count", default=100, show_default=True, help="Scores; each gives about a page.")
@click.option("--seed", default=0, show_default=True, help="Of all that is drawn at random.")
def compose_command(output: Path, count: int, seed: int) -> None:
    """Make up scores in which every class of symbols occurs about equally often.

    Music as people write it has ten thousand noteheads for each rare symbol. Build these scores together
    with others, and a detector sees enough of every class. They are MEI files; the same seed gives the
    same bytes.

    \b
    Example:
      notehead compose -o rare/ --count 500
      notehead build scores/ rare/ -o dataset/
    """
    paths = compose_scores(output, count, seed)
    click.echo(f"{output}: {len(paths):,} scores")
