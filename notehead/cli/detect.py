"""`notehead detect`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notehead.cli.documents import (
    Passing,
    confidence_option,
    counted,
    model_option,
    pages_option,
    tell_notes,
)
from notehead.errors import OutputError
from notehead.images.document import STANDARD_INPUT
from notehead.images.find import find_documents
from notehead.images.page_range import PageRange
from notehead.vocabulary import SETS, VOCABULARY, class_map, named_vocabulary

if TYPE_CHECKING:
    from notehead.cli.detections import Outputs
    from notehead.detect.batch import BatchOptions, Read

_STDOUT = Path("-")


@click.command("detect")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True),
    help="Folder for the results; `-`, or left out: one line of JSON per page to standard output.",
)  # fmt: skip
@pages_option
@click.option("--json", "as_json", is_flag=True, help="A JSON file per page; the default.")
@click.option("--coco", is_flag=True, help="results.json and images.json, as COCO has them, for all pages.")
@click.option("--muscima", is_flag=True, help="A MuNG XML file per page.")
@click.option("--overlay", is_flag=True, help="Also a picture of each page with its symbols.")
@confidence_option
@click.option("--classes", type=click.Choice(SETS), help="Name symbols as this dataset does.")
@click.option(
    "--jobs", type=click.IntRange(0), default=1, show_default=True,
    help="Processes, each with one thread; 0 for one per processor. One job has all threads.",
)  # fmt: skip
@model_option
def detect_command(
    files: tuple[Path, ...],
    output: Path | None,
    pages: PageRange | None,
    as_json: bool,
    coco: bool,
    muscima: bool,
    overlay: bool,
    confidence: float,
    classes: str | None,
    jobs: int,
    model: Path | None,
) -> None:
    """Find the symbols on pages of music.

    FILES are PDF, TIFF, PNG, JPEG and others, folders of them, or `-` for standard input. Pages that lie on
    their side or upside down are found, and skew does no harm; coordinates are those of the image as it is
    in the file. A page without a staff has no symbols, and a note says so.

    Exit codes: 0 done; 5 done, but some pages could not be read; 4 none could be read, or the model cannot be
    used; 6 cannot write; 7 the model is not installed.

    \b
    Examples:
      notehead detect scan.pdf -o found/ --pages 1,4-5 --overlay
      notehead detect photos/ page.tif -o found/ --coco --jobs 4
      notehead detect - < scan.png | jq '.symbols[].class'
    """
    folder = None if output in (None, _STDOUT) else output
    if folder is None and (coco or muscima or overlay):
        message = "--coco, --muscima and --overlay write files, so -o is wanted, too"
        raise click.UsageError(message)
    found = _documents(files, folder)

    from notehead.cli.detections import Outputs  # noqa: PLC0415  # after what is wrong with the call
    from notehead.detect.batch import BatchOptions  # noqa: PLC0415
    from notehead.detect.one_pass import DetectOptions  # noqa: PLC0415

    plain = not (coco or muscima)
    outputs = Outputs(
        json=as_json or plain, coco=coco, muscima=muscima, overlay=overlay,
        classes=None if classes is None else class_map(VOCABULARY, named_vocabulary(classes)),
    )  # fmt: skip
    options = BatchOptions(model, DetectOptions(confidence=confidence), pages=pages, jobs=jobs)
    _Run(found, folder, outputs).run(options)


def _documents(files: tuple[Path, ...], folder: Path | None) -> list[Path]:
    """The files to read; never those in the folder of the results.

    Raises:
        OutputError: results would lie among the files.
        DocumentError: there is no file.
    """
    if folder is None:
        return find_documents(files)
    place = folder.resolve()
    for file in files:
        if file != STANDARD_INPUT and place == (file if file.is_dir() else file.parent).resolve():
            message = f"{folder}: the files to read lie there"
            raise OutputError(message, "Choose another folder for the results.")
    return [
        file for file in find_documents(files)
        if file == STANDARD_INPUT or not file.resolve().is_relative_to(place)
    ]  # fmt: skip


class _Run:
    """Pages read and written, and what went wrong."""

    def __init__(self, files: list[Path], folder: Path | None, outputs: Outputs) -> None:
        self._files, self._folder, self._outputs = files, folder, outputs
        self._passing = Passing(len(files))
        self._read = self._empty = self._symbols = 0

    def run(self, options: BatchOptions) -> None:
        """Raises PartialError where some pages could not be read, the first error where none could."""
        from notehead.cli.detections import FolderOutput, Names, in_file, page_json  # noqa: PLC0415

        if self._folder is None:
            names = Names()
            for read in self._pages(options):
                name = names.take(read.scan.name, read.scan.number, read.scan.count)
                page = in_file(read, name, self._outputs.classes)
                click.echo(page_json(read, page), nl=False)
        else:
            with FolderOutput(self._folder, self._outputs) as output:
                for read in self._pages(options):
                    output.add(read)
        self._finish()

    def _pages(self, options: BatchOptions) -> Iterator[Read]:
        from notehead.detect.batch import read_files  # noqa: PLC0415

        for read in self._passing.each(read_files(self._files, options)):
            self._tell(read)
            yield read

    def _tell(self, read: Read) -> None:
        self._read += 1
        self._symbols += len(read.reading.page.symbols)
        self._empty += read.reading.staff_space is None
        tell_notes(read.place, read.notes)

    def _finish(self) -> None:
        text = f"{counted(self._read, 'page')}, {counted(self._symbols, 'symbol')}"
        if self._empty:
            text += f"; {self._empty:,} without a staff"
        if self._read:
            click.echo(f"{self._folder}: {text}" if self._folder else text, err=True)
        self._passing.finish(some=self._read > 0)
