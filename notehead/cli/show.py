"""`notehead show`."""

from __future__ import annotations

import re
from pathlib import Path

import click

from notehead.cli.places import DATASET
from notehead.cli.reading import source_options
from notehead.datasets import Dataset
from notehead.datasets.overlay import OverlayOptions, overlay
from notehead.datasets.source import ReadOptions
from notehead.degrade.sheet import contact_sheet
from notehead.errors import OutputError
from notehead.files import write_file
from notehead.images import encode_png


@click.command("show")
@click.argument("dataset", type=DATASET)
@click.argument("page")
@source_options
@click.option("--keep-going", is_flag=True, help="Leave out symbols that cannot be used.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="PNG file to write.")
@click.option("--classes", default="", help="Only these classes, separated by commas.")
@click.option("--oriented", is_flag=True, help="Oriented boxes instead of upright ones.")
@click.option("--masks", is_flag=True, help="Colour the pixels of each symbol.")
@click.option("--links", is_flag=True, help="Draw the links between symbols.")
@click.option("--instances", is_flag=True, help="A colour for every symbol, not for every class.")
@click.option("--recipes", is_flag=True, help="The page through every recipe, at three strengths.")
@click.option("--scale", default=1.0, show_default=True, help="Size of the picture.")
def show_command(
    dataset: Path,
    page: str,
    format_name: str | None,
    split: str | None,
    keep_going: bool,
    output: Path,
    classes: str,
    oriented: bool,
    masks: bool,
    links: bool,
    instances: bool,
    recipes: bool,
    scale: float,
) -> None:
    """Draw a PAGE of a DATASET of any format with its symbols over it.

    PAGE is a page's name, or its number from 0.

    \b
    Examples:
      notehead show dataset/ 0 -o overlay.png
      notehead show dataset/ 3 -o stems.png --classes stem,beam --oriented
      notehead show dataset/ 3 -o masks.png --masks
      notehead show dataset/ 3 -o sheet.png --recipes
    """
    names = tuple(name.strip() for name in classes.split(",") if name.strip())
    options = OverlayOptions(
        classes=names, oriented=oriented, masks=masks, links=links, instances=instances, scale=scale
    )
    if output.suffix.lower() != ".png":
        message = f"{output}: the picture is a PNG file"
        raise OutputError(message, "Give it a name that ends in .png.")
    pages = Dataset(dataset, split, ReadOptions(keep_going), format_name)
    found = pages[int(page) if re.fullmatch("-?[0-9]{1,9}", page) else page]
    write_file(output, encode_png(contact_sheet(found) if recipes else overlay(found, options)))
    click.echo(f"{output}: {found.name}, {len(found.symbols)} symbols", err=True)
