"""Music of a collection: every file is a piece of its own, and a table tells where it is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from notehead.collection.files import files_outside
from notehead.collection.options import CollectionOptions
from notehead.collection.page_files import text
from notehead.collection.parts import Item
from notehead.collection.run import run
from notehead.collection.shift import Shift, cause_of, place_of, warm_detector, worked
from notehead.collection.summary import Summary
from notehead.collection.tables import MUSIC, music_columns, new_table
from notehead.collection.work import Place, Work
from notehead.detect.detector import Detector
from notehead.detect.shipped import model_hash
from notehead.errors import MissingExtraError, NoteheadError
from notehead.files import write_file
from notehead.images.failure import DocumentError
from notehead.images.page_range import PageRange, parse_pages
from notehead.progress import Progress
from notehead.reading.doubts import doubts_of, measures_of, notes_of
from notehead.reading.leaves import Leaf, ReadingOptions, leaves_of
from notehead.reading.music import music_of
from notehead.reading.sources import Source, find_sources
from notehead.sandbox import allow
from notehead.transcribe import Score
from notehead.transcribe.musicxml import to_musicxml

NO_MUSIC, NO_PAGE = "there is no music on these pages", "it has none of these pages"


@dataclass(frozen=True, slots=True)
class Pieces:
    """How the music of each file is read.

    Attributes:
        model: folder of a model; None for the one of the package.
        confidence: symbols with a lower score are left out.
        pages: which pages of each file; None for all.
    """

    model: Path | None = None
    confidence: float = 0.4
    pages: PageRange | None = None

    def work(self) -> Work:
        """The work at a collection; raises as `load_model` where the model cannot be used."""
        plain = asdict(self) | {"pages": None if self.pages is None else str(self.pages)}
        depends = plain | {"work": "read", "model": model_hash(self.model)}
        model = None if self.model is None else str(self.model.absolute())
        return Work("notehead.collection.pieces:read_part", plain | {"model": model}, depends, single=True)

    @classmethod
    def of(cls, options: dict[str, Any]) -> Pieces:
        """What the options of such work say."""
        model = None if options["model"] is None else Path(options["model"])
        pages = None if options["pages"] is None else parse_pages(options["pages"])
        return cls(model, options["confidence"], pages)


def read_collection(
    files: Sequence[Path],
    output: Path,
    pieces: Pieces | None = None,
    options: CollectionOptions | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Read the music of any number of files, each a piece of its own, or go on where it was stopped.

    Args:
        files: images and PDF, what `notehead detect` wrote, and folders of them.
        output: a new or empty folder, or that of the same collection.
        pieces: how music is read.
        options: where it is done.
        progress: told of every part.

    Returns:
        What came of it; its counts are `pieces`, `pages`, `measures`, `doubtful` for measures that do not add
        up, and `uncertain` for notes.

    Raises:
        MissingExtraError: pyarrow, the runner's library or the model is not installed.
        DatasetError: the model cannot be used, or there is no file.
        OutputError: the output cannot be written, is in use, holds something else, or the files lie there.
        NoteheadError: workers die whatever they read, or a cluster is gone.
    """
    work = (pieces or Pieces()).work()
    return run(work, files_outside(output, files, find_sources), output, options, progress)


def read_part(part: dict[str, Any], options: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """What a worker does with a part; the part's record."""
    where, how = Place(**place), Pieces.of(options)

    def read(shift: Shift) -> None:
        shift.counts.update(pieces=0, pages=0, measures=0, doubtful=0, uncertain=0)
        with new_table(shift.table, music_columns(), MUSIC) as rows:
            for item in shift.part.items:
                rows.add(_Piece(shift, item, where.cpu_seconds).read(how))

    return worked(part, where, read)


class _Piece:
    """A file on its way to music, and to a row of the table."""

    def __init__(self, shift: Shift, item: Item, cpu_seconds: int) -> None:
        self._shift, self._item, self._cpu_seconds = shift, item, cpu_seconds
        self._leaves: list[Leaf] = []
        self._errors: list[DocumentError] = []

    def read(self, how: Pieces) -> dict[str, Any]:
        """The row of the file, whose music is written."""
        file = self._item.file
        if self._shift.part.failure:
            return self._failed(DocumentError(self._shift.part.failure).at(file))
        detector = warm_detector(how.model, how.confidence) if self._item.kind == "document" else None
        try:
            self._take(how, detector)
            if not self._leaves:
                return self._failed(self._errors[0] if self._errors else DocumentError(NO_PAGE).at(file))
            allow(self._cpu_seconds * len(self._leaves))
            score = music_of(leaf.page for leaf in self._leaves)
        except MissingExtraError:
            raise  # it is the same for all files
        except NoteheadError as error:
            return self._failed(DocumentError(error.message, error.remedy).at(file))
        if not any(part.measures for part in score.parts):
            return self._failed(DocumentError(NO_MUSIC).at(file))
        write_file(self._shift.folder / f"{self._item.name}.musicxml", to_musicxml(score))
        return self._found(score)

    def _take(self, how: Pieces, detector: Detector | None) -> None:
        """Read the pages of the file."""
        source = Source(Path(self._item.file), self._item.kind)
        for _, leaf in leaves_of([source], ReadingOptions(how.confidence, how.pages), detector):
            allow(self._cpu_seconds)
            if isinstance(leaf, Leaf):
                self._leaves.append(leaf)
            elif leaf is not None:
                self._errors.append(leaf)

    def _found(self, score: Score) -> dict[str, Any]:
        measures, doubts = measures_of(score), doubts_of(score)
        for error in self._errors:
            self._shift.failed(place_of(error), cause_of(error))
        numbers = {
            "pages": len(self._leaves),
            "measures": len(measures),
            "doubtful": sum(doubt.amount > 0 for doubt in doubts),
            "uncertain": sum(len(doubt.notes) for doubt in doubts),
        }
        self._shift.counts.update(pieces=1, **numbers)
        return {
            "name": self._item.name,
            "file": text(self._item.file),
            "unread": len(self._errors),
            "parts": len(score.parts),
            "heads": sum(1 for row in measures for _ in notes_of(row)),
            **numbers,
            "notes": [text(line) for line in self._notes()],
            "doubts": {
                "measure": [doubt.measure + 1 for doubt in doubts],
                "page": [doubt.page + 1 for doubt in doubts],
                "amount": [doubt.amount for doubt in doubts],
                "uncertain": [len(doubt.notes) for doubt in doubts],
            },
        }

    def _notes(self) -> list[str]:
        """What a user should know of the pages, and why some of them are missing."""
        notes = [f"{leaf.place}: {note}" for leaf in self._leaves for note in leaf.notes]
        return notes + [str(error) for error in self._errors]

    def _failed(self, error: DocumentError) -> dict[str, Any]:
        cause = cause_of(error)
        self._shift.failed(place_of(error), cause)
        nothing: dict[str, list[float]] = {"measure": [], "page": [], "amount": [], "uncertain": []}
        facts = {"file": text(self._item.file), "pages": 0, "unread": len(self._errors), "error": cause}
        return facts | {"notes": [text(line) for line in self._notes()], "doubts": nothing}
