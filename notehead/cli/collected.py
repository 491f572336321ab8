"""What the commands that read collections share: where workers are, and how it is told what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from notehead.cli.documents import counted, finish
from notehead.images.document import STANDARD_INPUT
from notehead.runners import RUNNERS, RunnerOptions

if TYPE_CHECKING:
    from notehead.collection import Summary

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SHOWN = 20


def runner_options(flag: str) -> Callable[[_Command], _Command]:
    """`--runner` and `--address`, for commands that need them with one of their options."""

    def add(command: _Command) -> _Command:
        runner = click.option(
            "--runner", type=click.Choice(list(RUNNERS)),
            help=f"With {flag}: where pages are read, this machine or a Ray cluster; by default local.",
        )  # fmt: skip
        address = click.option(
            "--address", default="",
            help="Of the Ray cluster; `auto` for the one that runs here; by default one is started.",
        )  # fmt: skip
        return runner(address(command))

    return add


def no_runner(runner: str | None, address: str, flag: str) -> None:
    """Raises UsageError where a runner is named that would not be used."""
    if runner or address:
        message = f"--runner and --address go with {flag}"
        raise click.UsageError(message)


def runner_of(runner: str | None, address: str, jobs: int) -> RunnerOptions:
    """The runner of the options; a cluster is used as a whole where no number of jobs is given.

    Raises:
        NoteheadError: the local runner has no address.
    """
    name = runner or next(iter(RUNNERS))
    given = click.get_current_context().get_parameter_source("jobs") is not ParameterSource.DEFAULT
    return RunnerOptions(name, jobs if given or name == "local" else 0, address)


def no_standard_input(files: tuple[Path, ...], flag: str) -> None:
    """Raises UsageError for standard input, which no other worker can read, and nobody twice."""
    if STANDARD_INPUT in files:
        message = f"{flag} takes files and folders, not standard input"
        raise click.UsageError(message)


def tell(summary: Summary, what: str, *, some: bool) -> None:
    """Say what came of a collection.

    Raises:
        PartialError: some pages or files could not be read.
        DatasetError: none could.
    """
    if some or not summary.failed:
        click.echo(f"{summary.folder}: {what}", err=True)
    if summary.passed:
        click.echo(f"{summary.passed:,} of {counted(summary.parts, 'part')} done before", err=True)
    causes = sorted(summary.failures.items(), key=lambda found: -found[1].count)
    for cause, failure in causes[:_SHOWN]:
        many = counted(failure.count, "page or file", "pages or files")
        click.echo(f"failed: {many}, first {failure.first}: {cause}", err=True)
    if len(causes) > _SHOWN:
        click.echo(f"... and {counted(len(causes) - _SHOWN, 'other cause')}", err=True)
    finish(summary.failed, some=some)
