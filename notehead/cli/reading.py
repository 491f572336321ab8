"""Options that every command which reads a dataset of any format has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from notehead.datasets import Dataset
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats import FORMATS
from notehead.datasets.source import ReadOptions
from notehead.errors import PartialError
from notehead.vocabulary import SETS, read_class_map

F = TypeVar("F", bound=Callable[..., Any])
_SHOWN = 20
_FROM = [name for name, found in FORMATS.items() if found.read is not None]


_FORMAT = click.option(
    "--from",
    "format_name",
    type=click.Choice(_FROM),
    metavar="FORMAT",
    help=f"{', '.join(_FROM)}; by default it is found out.",
)
_SPLIT = click.option("--split", help="Only this part: train, test, or what the dataset calls it.")


def source_options(command: F) -> F:
    """Add the options that say what is read, for commands that take one dataset as it is."""
    return _FORMAT(_SPLIT(command))


def reading_options(command: F) -> F:
    """Add the options to a command; they reach it as keyword arguments for `open_dataset`."""
    options = (
        _FORMAT,
        _SPLIT,
        click.option("--only", default="", help="Only these classes, separated by commas."),
        click.option(
            "--classes",
            help=f"Other classes: {', '.join(SETS)}, or a CSV table with the columns class and becomes.",
        ),
        click.option(
            "--annotation-set",
            type=click.Choice(["deepscores", "muscima++"]),
            default="deepscores",
            show_default=True,
            help="Which of DeepScoresV2's two.",
        ),
        click.option("--keep-going", is_flag=True, help="Leave out what cannot be used, and count it."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def open_dataset(
    folders: Sequence[Path],
    *,
    format_name: str | None = None,
    split: str | None = None,
    only: str = "",
    classes: str | None = None,
    annotation_set: Any = "deepscores",
    keep_going: bool = False,
) -> Dataset:
    """The dataset of the options; several folders become one dataset."""
    options = ReadOptions(keep_going, annotation_set)
    parts = [Dataset(folder, split, options, format_name) for folder in folders]
    if classes is not None:
        parts = [
            part.remap(classes if classes in SETS else read_class_map(Path(classes), part.vocabulary))
            for part in parts
        ]
    dataset = parts[0] if len(parts) == 1 else Dataset.merge(*parts)
    names = [name.strip() for name in only.split(",") if name.strip()]
    return dataset.only(*names) if names else dataset


def tell_left_out(complaints: Complaints) -> None:
    """Say what was left out; raises PartialError where something was that could not be used."""
    if complaints.without_class:
        names = [f"{name} ({times:,})" for name, times in complaints.without_class.most_common(_SHOWN)]
        more = " ..." if len(complaints.without_class) > _SHOWN else ""
        click.echo(f"without a class in --classes: {', '.join(names)}{more}", err=True)
    for complaint in complaints.kept[:_SHOWN]:
        click.echo(f"left out: {complaint}", err=True)
    unshown = sum(complaints.counts.values()) - len(complaints.kept[:_SHOWN])
    if unshown > 0:
        click.echo(f"... and {unshown:,} more", err=True)
    if complaints.counts:
        counts = ", ".join(
            f"{count:,} {kind if count > 1 else kind.removesuffix('s')}"
            for kind, count in sorted(complaints.counts.items())
        )
        message = f"left out: {counts}"
        raise PartialError(message, "Without --keep-going the first of them stops the work.")
