"""What the commands that read a user's pages share: their options, and how the pages go by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from notehead.cli.bar import Bar
from notehead.errors import DatasetError, NoteheadError, PartialError
from notehead.images.failure import DocumentError
from notehead.images.page_range import PageRange, parse_pages

_T = TypeVar("_T")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Pages(click.ParamType[PageRange]):
    """Pages such as 1,4-5,9-."""

    name = "pages"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> PageRange:
        """Fails for what is none of this."""
        if isinstance(value, PageRange):
            return value
        try:
            return parse_pages(str(value))
        except NoteheadError as error:
            self.fail(str(error), param, ctx)


def pages_option(command: _Command) -> _Command:
    """`--pages`."""
    option = click.option("--pages", type=Pages(), help="Of each file, for example 1,4-5,9-; by default all.")
    return option(command)


def confidence_option(command: _Command) -> _Command:
    """`--confidence`."""
    option = click.option(
        "--confidence", type=click.FloatRange(0, 1), default=0.4, show_default=True,
        help="Leave out symbols with a lower score.",
    )  # fmt: skip
    return option(command)


def model_option(command: _Command) -> _Command:
    """`--model`."""
    option = click.option(
        "--model", type=click.Path(path_type=Path),
        help="Folder of a model that `notehead export` wrote; by default the one that notehead comes with.",
    )  # fmt: skip
    return option(command)


class Passing:
    """Pages that go by: a bar shows them, and what is wrong with one is told and kept.

    Attributes:
        errors: of pages and files that could not be read.
    """

    def __init__(self, files: int) -> None:
        self.errors: list[DocumentError] = []
        self._bar = Bar()
        self._files = files

    def each(self, pages: Iterable[tuple[Path, _T | DocumentError | None]]) -> Iterator[_T]:
        """Those that could be read; None stands after the last page of a file."""
        self._bar.stage("reading", self._files)
        count = 0
        for _, one in pages:
            if one is None:
                self._bar.step(count)
                count = 0
            elif isinstance(one, DocumentError):
                self.errors.append(one)
                click.echo(f"notehead: {one}", err=True)
            else:
                count += 1
                yield one
        self._bar.close()

    def finish(self, *, some: bool) -> None:
        """Raises DatasetError where no page could be read, PartialError where some could not."""
        finish(len(self.errors), some=some)


def finish(failed: int, *, some: bool) -> None:
    """Raises DatasetError where no page could be read, PartialError where so many could not."""
    if failed and not some:
        message = "no page could be read"
        raise DatasetError(message)  # of the same code as the errors that were told
    if failed:
        message = f"{counted(failed, 'page or file', 'pages or files')} could not be read"
        raise PartialError(message)


def tell_notes(place: str, notes: Iterable[str]) -> None:
    """What a user should know of a page."""
    for note in notes:
        click.echo(f"note: {place}: {note}", err=True)


def counted(number: int, what: str, several: str = "") -> str:
    """A number of things.

    Example:
        >>> counted(1, "page"), counted(2000, "page")
        ('1 page', '2,000 pages')
    """
    return f"{number:,} {what if number == 1 else several or what + 's'}"
