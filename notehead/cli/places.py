"""Datasets as users name them: folders, or places in object stores."""

from __future__ import annotations

from pathlib import Path

import click

from notehead.stores import place


class DatasetPlace(click.ParamType[Path]):
    """A folder, or a URL such as s3://bucket/dataset, which reads as a folder does."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:  # noqa: ARG002
        """Raises MissingExtraError where the library for a protocol is not installed."""
        return place(value if isinstance(value, Path) else str(value))


DATASET = DatasetPlace()
