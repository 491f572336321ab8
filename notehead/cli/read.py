"""`notehead read`."""

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
from notehead.errors import DatasetError, OutputError
from notehead.files import write_file
from notehead.images.document import STANDARD_INPUT
from notehead.images.page_range import PageRange
from notehead.runners import RunnerOptions

if TYPE_CHECKING:
    from notehead.collection import Pieces
    from notehead.reading.leaves import Leaf, ReadingOptions
    from notehead.reading.sources import Source
    from notehead.transcribe import Score

_STDOUT = Path("-")


@click.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True),
    help="File of music: .musicxml, .mxl, .mei or .mid; `-`, or left out: MusicXML to standard output.",
)  # fmt: skip
@click.option("--midi", type=click.Path(path_type=Path), help="Also a MIDI file, to listen to.")
@click.option(
    "--report", type=click.Path(path_type=Path),
    help="Also a web page that shows the pages beside the music, and what is uncertain.",
)  # fmt: skip
@pages_option
@confidence_option
@click.option(
    "--jobs", type=click.IntRange(0), default=1, show_default=True,
    help="Processes that find symbols, each with one thread; 0 for one per processor.",
)  # fmt: skip
@click.option(
    "--each", is_flag=True,
    help="Every file is a piece of its own: -o is a folder for their music, and Parquet tables of it.",
)  # fmt: skip
@runner_options("--each")
@model_option
def read_command(
    files: tuple[Path, ...],
    output: Path | None,
    midi: Path | None,
    report: Path | None,
    pages: PageRange | None,
    confidence: float,
    jobs: int,
    each: bool,
    runner: str | None,
    address: str,
    model: Path | None,
) -> None:
    """Read the music on pages: MusicXML that opens in a score editor.

    FILES are PDF, TIFF, PNG, JPEG and others, folders of them, or `-` for standard input; all pages, in their
    order, make one score. What `notehead detect` wrote is read as well, its folder or its files, and so is a
    dataset of one score.

    Exit codes: 0 done; 5 done, but some pages could not be read; 4 none could be read, or there is no music
    on them; 3 Verovio cannot use the music; 6 cannot write; 7 the model, or a library that an option needs,
    is not installed.

    --each is for collections of any size: workers read them in parts, a file that kills a worker costs itself
    alone, and the same command goes on where it was stopped.

    \b
    Examples:
      notehead read scan.pdf -o piece.musicxml --report piece.html
      notehead read page1.jpg page2.jpg -o piece.mxl --midi piece.mid
      notehead detect scan.pdf -o found/ && notehead read found/ -o piece.mei
      notehead read archive/ -o music/ --each --jobs 0
    """
    if each:
        if output in (None, _STDOUT) or midi or report:
            message = "--each writes a file of music for each file, into the folder -o, and no other"
            raise click.UsageError(message)
        no_standard_input(files, "--each")

        from notehead.collection import Pieces  # noqa: PLC0415  # after what is wrong with the call

        _collect(
            files, Path(output or "."), Pieces(model, confidence, pages), runner_of(runner, address, jobs)
        )
        return
    no_runner(runner, address, "--each")
    to_stdout = output == _STDOUT or (output is None and midi is None and report is None)
    wanted = _Wanted(None if output == _STDOUT else output, midi, report, to_stdout=to_stdout)

    from notehead.reading.leaves import ReadingOptions  # noqa: PLC0415  # after what is wrong with the call
    from notehead.reading.sources import find_sources  # noqa: PLC0415

    wanted.check()
    sources = find_sources(files)
    wanted.spare(sources)
    _Run(sources, wanted).run(ReadingOptions(confidence, pages, jobs, model))


def _collect(files: tuple[Path, ...], folder: Path, pieces: Pieces, runner: RunnerOptions) -> None:
    from notehead.collection import CollectionOptions, read_collection  # noqa: PLC0415  # as above

    summary = read_collection(files, folder, pieces, CollectionOptions(runner), Bar())
    counts = summary.counts
    text = f"{counted(counts['pieces'], 'piece')}, {counted(counts['pages'], 'page')}, "
    text += counted(counts["measures"], "measure") + _in_doubt(counts["doubtful"], counts["uncertain"])
    tell(summary, text, some=counts["pieces"] > 0)


def _in_doubt(doubtful: int, unsure: int) -> str:
    what = f"{counted(doubtful, 'measure')} that {'does' if doubtful == 1 else 'do'} not add up"
    return f"; {what}, {counted(unsure, 'uncertain note')}"


class _Wanted:
    """The files to write."""

    def __init__(
        self, output: Path | None, midi: Path | None, report: Path | None, *, to_stdout: bool
    ) -> None:
        self.output, self.midi, self.report, self.to_stdout = output, midi, report, to_stdout

    @property
    def files(self) -> list[Path]:
        """Those that are wanted, in the order in which they are written."""
        return [file for file in (self.output, self.midi, self.report) if file is not None]

    def check(self) -> None:
        """Raises OutputError for files that cannot be, before anything is read."""
        from notehead.reading.files import kind_of_file  # noqa: PLC0415

        if self.output is not None:
            kind_of_file(self.output)
        if self.midi is not None and kind_of_file(self.midi) != "midi":
            message = f"{self.midi}: --midi writes a MIDI file"
            raise OutputError(message, "Give it a name that ends in .mid.")
        if self.report is not None and self.report.suffix.lower() not in {".html", ".htm"}:
            message = f"{self.report}: --report writes a web page"
            raise OutputError(message, "Give it a name that ends in .html.")
        places = [file.resolve() for file in self.files]
        for file, place in zip(self.files, places, strict=True):
            if places.count(place) > 1:
                message = f"{file}: two results would have this name"
                raise OutputError(message, "Give each of them another name.")
            if file.is_dir():
                message = f"{file}: cannot be written: a folder is in the way"
                raise OutputError(message, "Choose another name.")
            if not file.parent.is_dir():
                message = f"{file}: there is no folder {file.parent}"
                raise OutputError(message, "Make it, or choose another one.")

    def spare(self, sources: list[Source]) -> None:
        """Raises OutputError where a file to be read would be overwritten."""
        read = {source.path.resolve() for source in sources if source.path != STANDARD_INPUT}
        for file in self.files:
            if file.resolve() in read:
                message = f"{file}: it is to be read, and would be overwritten"
                raise OutputError(message, "Choose another name for the result.")


class _Run:
    """Pages read, music made and written, and what went wrong."""

    def __init__(self, sources: list[Source], wanted: _Wanted) -> None:
        self._sources, self._wanted = sources, wanted
        self._passing = Passing(len(sources))

    def run(self, options: ReadingOptions) -> None:
        """Raises PartialError where some pages could not be read, DatasetError where there is no music."""
        from notehead.reading.music import music_of  # noqa: PLC0415

        leaves = list(self._leaves(options))
        if not leaves:
            self._passing.finish(some=False)
        score = music_of(leaf.page for leaf in leaves)
        if not any(part.measures for part in score.parts):
            message = "there is no music on these pages"
            raise DatasetError(message, "Look with `notehead detect --overlay` at what was found on them.")
        self._write(score, leaves)
        self._finish(score, leaves)

    def _leaves(self, options: ReadingOptions) -> Iterator[Leaf]:
        from notehead.reading.leaves import leaves_of  # noqa: PLC0415

        for leaf in self._passing.each(leaves_of(self._sources, options)):
            tell_notes(leaf.place, leaf.notes)
            yield leaf

    def _write(self, score: Score, leaves: list[Leaf]) -> None:
        from notehead.reading.files import kind_of_file, music_file  # noqa: PLC0415
        from notehead.reading.report import Finding, write_reading  # noqa: PLC0415
        from notehead.reading.typeset import Typesetter  # noqa: PLC0415
        from notehead.transcribe.musicxml import to_musicxml  # noqa: PLC0415

        musicxml = to_musicxml(score)
        if self._wanted.to_stdout:
            click.echo(musicxml, nl=False)
        with Typesetter() as typesetter:
            for file in self._wanted.files:
                if file == self._wanted.report:
                    write_reading(file, Finding(self._title(), leaves, score, musicxml), typesetter)
                else:
                    write_file(file, music_file(musicxml, kind_of_file(file), typesetter))

    def _title(self) -> str:
        names = [source.path.name for source in self._sources]
        return names[0] if len(names) == 1 else f"{names[0]} and {counted(len(names) - 1, 'other')}"

    def _finish(self, score: Score, leaves: list[Leaf]) -> None:
        from notehead.reading.doubts import doubts_of, measures_of  # noqa: PLC0415

        doubts = doubts_of(score)
        doubtful = sum(doubt.amount > 0 for doubt in doubts)
        unsure = sum(len(doubt.notes) for doubt in doubts)
        text = ", ".join(
            (
                counted(len(leaves), "page"), counted(len(score.parts), "part"),
                counted(len(measures_of(score)), "measure"),
            )
        )  # fmt: skip
        text += _in_doubt(doubtful, unsure)
        where = ", ".join(map(str, self._wanted.files))
        click.echo(f"{where}: {text}" if where else text, err=True)
        self._passing.finish(some=True)
