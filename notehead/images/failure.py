"""What is wrong with a user's file or with one page of it."""

from __future__ import annotations

from notehead.errors import DatasetError


class DocumentError(DatasetError):
    """A file of pages, or one page of it, cannot be read.

    Attributes:
        file: the file as the user named it.
        page: number of the page, from 1; 0 where it is the whole file.

    Example:
        >>> print(DocumentError("it is damaged", "Scan it again.").at("a.pdf", 3))
        a.pdf: page 3: it is damaged. Scan it again.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.file = ""
        self.page = 0

    def at(self, file: str, page: int = 0) -> DocumentError:
        """The same with its place, which the child that decodes does not know."""
        place = f"{file}: page {page}" if page else file
        error = DocumentError(f"{place}: {self.message}", self.remedy)
        error.file, error.page = file, page
        return error


FETCH = "Fetch or export it again."
SCAN = "Scan it at 300 to 600 dots per inch."
GIVE = "Give PNG, JPEG, TIFF, GIF, WebP, BMP, JPEG 2000, PNM or PDF."
