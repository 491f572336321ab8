"""`notehead unpack`."""

from __future__ import annotations

from pathlib import Path

import click

from notehead.cli.bar import Bar
from notehead.datasets.archive import unpack


@click.command("unpack")
@click.argument("archive", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A new folder.")
def unpack_command(archive: Path, output: Path) -> None:
    """Unpack an ARCHIVE that a dataset came in: ZIP, or tar, plain or compressed.

    Nothing is written outside of the new folder, which appears when all of it is there. Archives with
    symbolic links, with names that lead elsewhere or occur twice, or far larger inside than outside are
    refused. Prints where the dataset is.

    Exit codes: 0 done; 4 the archive is missing, damaged or refused; 6 cannot write.

    \b
    Examples:
      notehead unpack ds2_dense.tar.gz -o deepscores/
      notehead unpack MUSCIMA-pp_v2.0.zip -o muscima/
    """
    click.echo(unpack(archive, output, progress=Bar()))
