"""`notehead align`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import click

from notehead.datasets import Dataset
from notehead.datasets.formats import WriteOptions, find_format
from notehead.datasets.formats.common.file_names import plain_name
from notehead.datasets.formats.notehead.page_file import page_bytes
from notehead.datasets.index import PageEntry
from notehead.errors import DatasetError
from notehead.files import whole_folder, write_file
from notehead.images import read_image
from notehead.page import Page

_ENDING = ".json.gz"


@click.command("align")
@click.argument("scan", type=click.Path(path_type=Path))
@click.argument("page", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="New folder for a dataset of this page, or a file ending in .json.gz for the symbols alone.",
)
@click.option(
    "--page", "which", default="0", show_default=True, help="Which page of a dataset: name or number."
)
@click.option("--name", help="What to call the aligned page; by default as the scan's file.")
@click.option(
    "--agreement",
    type=click.FloatRange(0, 1),
    default=0.75,
    show_default=True,
    help="Share of patches of the scan that must agree with the page.",
)
def align_command(
    scan: Path, page: Path, output: Path, which: str, name: str | None, agreement: float
) -> None:
    """Make the annotations of a known PAGE valid for a SCAN of it.

    PAGE is a page's file in a dataset of notehead's own format, dataset/pages/NAME.json.gz, or a dataset of
    any format; --page says which of its pages. The scan may be turned, seen askew, bent and of any size. It
    is refused where it does not show the page.

    Exit codes: 0 done; 4 the scan does not show the page, or one of them cannot be used; 6 cannot write.

    \b
    Examples:
      notehead align scan.png dataset/pages/sonata-1.json.gz -o aligned/
      notehead align scan.jpg dataset/ --page 3 -o scan.json.gz
    """
    from notehead.degrade.align import AlignOptions, align  # noqa: PLC0415  # compiled kernels take a moment

    image = read_image(scan)
    found = align(image, _known(page, which), AlignOptions(agreement=agreement))
    aligned = replace(found.page, name=_name(scan) if name is None else name)
    _write(aligned, output)
    median, most = found.residual
    residual = f"residual {median:.2f} pixels (median), {most:.2f} (95 %)"
    agree = f"{found.agreement:.0%} of {found.patches} patches agree"
    click.echo(f"{output}: {len(aligned.symbols):,} symbols, {residual}, {agree}")


def _known(path: Path, which: str) -> Page:
    if path.name.endswith(_ENDING):
        if path.parent.name != "pages":
            message = f"{path}: not in the folder 'pages' of a dataset"
            raise DatasetError(
                message, "Give the page's file where it is; its image lies beside that folder."
            )
        return Dataset(path.parent.parent)[path.name.removesuffix(_ENDING)]
    return Dataset(path)[int(which) if re.fullmatch("-?[0-9]{1,9}", which) else which]


def _name(scan: Path) -> str:
    return re.sub(r"[^\w-]+", "-", scan.stem).strip("-_") or "scan"


def _write(page: Page, output: Path) -> None:
    plain_name(page.name, "page")
    if output.name.endswith(_ENDING):
        write_file(output, page_bytes(replace(page, ids=None, under=None)))
        return
    writer_class = find_format("notehead").writer
    assert writer_class is not None  # the package's own format can be written
    with whole_folder(output) as aside:
        writer = writer_class(aside, page.symbols.vocabulary, WriteOptions())
        entry = PageEntry(
            name=page.name, split="train", score=page.origin.score, score_id=page.origin.score_id,
            font=page.origin.font, number=page.origin.number, width=page.width, height=page.height,
            symbols=len(page.symbols), licence=page.origin.licence,
        )  # fmt: skip
        writer.add(entry, writer.page(entry, page))
        writer.finish()
