"""All runners by name, one line each."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from notehead.errors import NoteheadError
from notehead.runners.call import Runner
from notehead.runners.local import LocalRunner
from notehead.sandbox import Limits


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """Where work is done.

    Attributes:
        name: a key of `RUNNERS`.
        workers: calls at a time; 0 for one per processor, of all machines there are.
        address: of a cluster: "auto" for the one that runs here already; empty to start one on this machine.
    """

    name: str = "local"
    workers: int = 0
    address: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be; raises NoteheadError."""
        if self.name not in RUNNERS:
            message = f"there is no runner {self.name!r}"
            raise NoteheadError(message, f"Choose among {', '.join(RUNNERS)}.")
        if self.workers < 0:
            message = "the number of workers must not be negative"
            raise NoteheadError(message)
        if self.address and self.name == "local":
            message = "the local runner has no address"
            raise NoteheadError(message, "Choose a runner for clusters, such as ray.")


def _local(options: RunnerOptions, limits: Limits) -> Runner:
    return LocalRunner(options.workers or os.cpu_count() or 1, limits)


def _ray(options: RunnerOptions, limits: Limits) -> Runner:
    from notehead.runners.cluster import RayRunner  # noqa: PLC0415  # an extra

    return RayRunner(options.workers, limits, options.address)


RUNNERS: dict[str, Callable[[RunnerOptions, Limits], Runner]] = {"local": _local, "ray": _ray}


def open_runner(options: RunnerOptions, limits: Limits) -> Runner:
    """The runner that is asked for; `limits` are those of each call.

    Raises:
        MissingExtraError: its library is not installed.
        NoteheadError: the cluster cannot be reached.
    """
    return RUNNERS[options.name](options, limits)
