"""Symbols of a collection: files of each page, and a table of the pages of each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from notehead.collection.names import page_name
from notehead.collection.options import CollectionOptions
from notehead.collection.page_files import PageFiles, text, write_page
from notehead.collection.parts import Item
from notehead.collection.progress import Progress
from notehead.collection.run import run
from notehead.collection.shift import Shift, cause_of, place_of, warm_detector, worked
from notehead.collection.summary import Summary
from notehead.collection.tables import PAGES, Rows, new_table, page_columns
from notehead.collection.task import Task
from notehead.datasets.formats.notehead.dataset import CLASSES, classes_csv
from notehead.datasets.formats.parquet.rows import objects_of
from notehead.detect.batch import BatchOptions, Read, read_with
from notehead.detect.one_pass import DetectOptions
from notehead.detect.shipped import model_hash
from notehead.files import write_file
from notehead.images.failure import DocumentError
from notehead.images.page_range import PageRange, parse_pages
from notehead.page import Page, Symbols
from notehead.reading.sources import Source
from notehead.sandbox import allow
from notehead.vocabulary import VOCABULARY, Vocabulary, class_map, named_vocabulary


@dataclass(frozen=True, slots=True)
class Detecting:
    """How symbols are found, and what is written of each page beside the tables.

    Attributes:
        model: folder of a model; None for the one of the package.
        confidence: symbols with a lower score are left out.
        pages: which pages of each file; None for all.
        classes: one of `notehead.vocabulary.SETS`, to name symbols as it does; None for notehead's own names.
        json: a JSON file per page.
        muscima: a MuNG file per page.
        overlay: a picture per page.
    """

    model: Path | None = None
    confidence: float = 0.4
    pages: PageRange | None = None
    classes: str | None = None
    json: bool = True
    muscima: bool = False
    overlay: bool = False

    def values(self) -> dict[str, Any]:
        """The same as JSON has it, without the model."""
        return asdict(self) | {"model": None, "pages": None if self.pages is None else str(self.pages)}

    @classmethod
    def of_values(cls, values: dict[str, Any]) -> Detecting:
        """What `values` gave."""
        model, pages = values["model"], values["pages"]
        changed = {
            "model": None if model is None else Path(model),
            "pages": None if pages is None else parse_pages(pages),
        }
        return cls(**{**values, **changed})
