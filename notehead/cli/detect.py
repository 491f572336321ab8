"""`notehead detect`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notehead.cli.bar import Bar
from notehead.cli.collected import no_runner, no_standard_input, runner_of, runner_options, tell
from notehead.cli.documents import (
    Passing,
    confidence_option,
    counted,
    model_option,
    pages_option,
    tell_notes,
)
from notehead.images.find import find_documents
from notehead.images.page_range import PageRange
from notehead.runners import RunnerOptions
from notehead.vocabulary import SETS, VOCABULARY, class_map, named_vocabulary

if TYPE_CHECKING:
    from notehead.collection import Detecting
    from notehead.collection.page_files import PageFiles
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
@click.option(
    "--parquet", is_flag=True,
    help="Also Parquet tables, for collections: the same command goes on where it was stopped.",
)  # fmt: skip
@confidence_option
@click.option("--classes", type=click.Choice(SETS), help="Name symbols as this dataset does.")
@click.option(
    "--jobs", type=click.IntRange(0), default=1, show_default=True,
    help="Processes, each with one thread; 0 for one per processor. One job has all threads.",
)  # fmt: skip
@runner_options("--parquet")
@model_option
def detect_command(
    files: tuple[Path, ...],
    output: Path | None,
    pages: PageRange | None,
    as_json: bool,
    coco: bool,
    muscima: bool,
    overlay: bool,
    parquet: bool,
    confidence: float,
    classes: str | None,
    jobs: int,
    runner: str | None,
    address: str,
    model: Path | None,
) -> None:
    """Find the symbols on pages of music.

    FILES are PDF, TIFF, PNG, JPEG and others, folders of them, or `-` for standard input. Pages that lie on
    their side or upside down are found, and skew does no harm; coordinates are those of the image as it is
    in the file. A page without a staff has no symbols, and a note says so.

    Exit codes: 0 done; 5 done, but some pages could not be read; 4 none could be read, or the model cannot be
    used; 6 cannot write; 7 the model, or a library that an option needs, is not installed.

    --parquet is for collections of any size: workers read them in parts, a file that kills a worker costs
    itself alone, and the same command goes on where it was stopped.

    \b
    Examples:
      notehead detect scan.pdf -o found/ --pages 1,4-5 --overlay
      notehead detect photos/ page.tif -o found/ --coco --jobs 4
      notehead detect - < scan.png | jq '.symbols[].class'
      notehead detect archive/ -o found/ --parquet --jobs 0
    """
    folder = None if output in (None, _STDOUT) else output
    if folder is None and (coco or muscima or overlay or parquet):
        message = "--coco, --muscima, --overlay and --parquet write files, so -o is wanted, too"
        raise click.UsageError(message)
    as_json = as_json or not (coco or muscima)
    if parquet and folder is not None:
        no_standard_input(files, "--parquet")
        if coco:
            message = "--coco makes one file of all pages, --parquet many: choose one of them"
            raise click.UsageError(message)

        from notehead.collection import Detecting  # noqa: PLC0415  # after what is wrong with the call

        detecting = Detecting(model, confidence, pages, classes, as_json, muscima, overlay)
        _collect(files, folder, detecting, runner_of(runner, address, jobs))
        return
    no_runner(runner, address, "--parquet")
    found = _documents(files, folder)

    from notehead.collection.page_files import PageFiles  # noqa: PLC0415  # likewise
    from notehead.detect.batch import BatchOptions  # noqa: PLC0415
    from notehead.detect.one_pass import DetectOptions  # noqa: PLC0415

    wanted = None if classes is None else class_map(VOCABULARY, named_vocabulary(classes))
    options = BatchOptions(model, DetectOptions(confidence=confidence), pages=pages, jobs=jobs)
    _Run(found, folder, PageFiles(as_json, muscima, overlay, wanted), coco=coco).run(options)


def _collect(files: tuple[Path, ...], folder: Path, detecting: Detecting, runner: RunnerOptions) -> None:
    from notehead.collection import CollectionOptions, detect_collection  # noqa: PLC0415  # as above

    summary = detect_collection(files, folder, detecting, CollectionOptions(runner), Bar())
    counts = summary.counts
    text = _told(counts["pages"], counts["symbols"], counts["empty"])
    tell(summary, text, some=counts["pages"] > 0)


def _documents(files: tuple[Path, ...], folder: Path | None) -> list[Path]:
    """The files to read; never those in the folder of the results."""
    from notehead.collection.files import documents, files_outside  # noqa: PLC0415  # as above

    if folder is None:
        return find_documents(files)
    return [source.path for source in files_outside(folder, files, documents).sources]


def _told(pages: int, symbols: int, empty: int) -> str:
    text = f"{counted(pages, 'page')}, {counted(symbols, 'symbol')}"
    return f"{text}; {empty:,} without a staff" if empty else text


class _Run:
    """Pages read and written, and what went wrong."""

    def __init__(self, files: list[Path], folder: Path | None, wanted: PageFiles, *, coco: bool) -> None:
        self._files, self._folder, self._wanted, self._coco = files, folder, wanted, coco
        self._passing = Passing(len(files))
        self._read = self._empty = self._symbols = 0

    def run(self, options: BatchOptions) -> None:
        """Raises PartialError where some pages could not be read, the first error where none could."""
        from notehead.cli.detections import FolderOutput, Names  # noqa: PLC0415
        from notehead.collection.page_files import in_file, page_json  # noqa: PLC0415

        if self._folder is None:
            names = Names()
            for read in self._pages(options):
                name = names.take(read.scan.name, read.scan.number, read.scan.count)
                page = in_file(read, name, self._wanted.classes)
                click.echo(page_json(read, page), nl=False)
        else:
            with FolderOutput(self._folder, self._wanted, coco=self._coco) as output:
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
        text = _told(self._read, self._symbols, self._empty)
        if self._read:
            click.echo(f"{self._folder}: {text}" if self._folder else text, err=True)
        self._passing.finish(some=self._read > 0)
