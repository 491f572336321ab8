"""`Source`: the pages of a dataset on disk, whatever its format; each format has one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from notehead.datasets.complaints import Complaints
from notehead.datasets.index import PageEntry
from notehead.page import Page, Symbols
from notehead.vocabulary import Vocabulary

AnnotationSet = Literal["deepscores", "muscima++"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a dataset is read.

    Attributes:
        keep_going: leave out symbols and pages that cannot be used, and count them; by default the
            first one raises.
        annotation_set: which of DeepScoresV2's two.
        vocabulary: the classes of a format whose files do not list them (PASCAL VOC, DeepScores v1,
            MuNG); by default what their files have beside them, or the vocabularies of the package.
    """

    keep_going: bool = False
    annotation_set: AnnotationSet = "deepscores"
    vocabulary: Vocabulary | None = None


class Source(ABC):
    """The pages of one dataset in one format, read as they are asked for.

    A source keeps no file open and can be pickled: worker processes get copies.

    Attributes:
        format: the name of its format; empty for what is no dataset on disk.
        folder: where it lies.
        vocabulary: what the class ids of its symbols mean; in the file's order, with the file's ids.
        entries: a row per page; what the format tells only inside of the page's own file is 0 or empty.
        complaints: what was found wrong so far.
    """

    format: str = ""
    folder: Path
    vocabulary: Vocabulary
    entries: Sequence[PageEntry]
    complaints: Complaints

    @property
    def folders(self) -> Sequence[Path]:
        """All folders that its files lie in."""
        return [self.folder]

    @abstractmethod
    def symbols(self, entry: PageEntry) -> Symbols:
        """The symbols of a page, without reading its image where the format allows it.

        Raises:
            DatasetError: the page cannot be used, or a symbol cannot and complaints are raised.
        """

    @abstractmethod
    def page(self, entry: PageEntry) -> Page:
        """The whole page: image, symbols, and masks where the format has them.

        Raises:
            DatasetError: as `symbols`; the image is missing, damaged, or of another size.
        """

    def rows_with(self, labels: Sequence[int]) -> Sequence[int] | None:  # noqa: ARG002  # few formats can
        """The rows of `entries` with a symbol of one of these classes; None where that needs reading all."""
        return None

    def intact(self, entry: PageEntry) -> bool | None:  # noqa: ARG002  # most formats cannot tell
        """Whether a page is as it was written, by a digest of its own; None where there is none.

        Raises:
            DatasetError: it cannot be read at all.
        """
        return None

    def staff_space(self, entry: PageEntry) -> float:  # noqa: ARG002  # most formats do not tell
        """Pixels between staff lines, 0.0 where the format does not tell."""
        return 0.0
