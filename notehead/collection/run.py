"""`run`: the parts of a collection to the workers, what came of them into the state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from notehead.collection.files import Files
from notehead.collection.options import CollectionOptions
from notehead.collection.parts import Part, part_size, parts_of
from notehead.collection.state import Identity, State
from notehead.collection.summary import Summary
from notehead.collection.work import Place, Work
from notehead.errors import NoteheadError, error_from
from notehead.files import write_file
from notehead.progress import Progress, Silent
from notehead.runners import Answer, Call, Runner, open_runner

_HOPELESS = 20
"""So many parts that fail, and none that does not, are no matter of their files."""


def run(
    work: Work,
    files: Files,
    output: Path,
    options: CollectionOptions | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Do the work with all files, or go on where it was stopped.

    A part whose worker fails for good is divided into its files; a file whose worker does is set aside with
    the cause, and tried again when the work is begun again.

    Raises:
        OutputError: the output cannot be written, is in use, or holds something else.
        NoteheadError: workers die whatever they read, a cluster is gone, or what a worker needs is missing.
    """
    options = options or CollectionOptions()
    size = options.files or part_size(len(files.sources))
    with State(output, Identity(work.fingerprint, files.places, size)) as state:
        for name, content in work.beside.items():
            write_file(output / name, content)
        one = _Run(work, state, options, progress or Silent())
        parts = list(parts_of(files.items(single=work.single), work.fingerprint, state.size))
        return one.run(parts)


class _Run:
    def __init__(self, work: Work, state: State, options: CollectionOptions, progress: Progress) -> None:
        self._work, self._state, self._options, self._progress = work, state, options, progress
        place = Place(str(state.folder.absolute()), str(Path.cwd()), options.cpu_seconds)
        self._place = asdict(place)
        self._summary = Summary(state.folder)
        self._fine = self._failed = 0

    def run(self, parts: list[Part]) -> Summary:
        summary = self._summary
        summary.parts, summary.files = len(parts), sum(len(part.items) for part in parts)
        self._progress.stage("reading", summary.files)
        try:
            self._forget_others(parts)
            waiting: list[Part] = []
            for part in parts:
                left = self._left(part)
                summary.passed += not left
                waiting += left
            if waiting:
                with open_runner(self._options.runner, self._options.limits()) as runner:
                    while waiting:
                        waiting = list(self._round(runner, waiting))
        finally:
            self._progress.close()
        return summary

    def _forget_others(self, parts: list[Part]) -> None:
        """Remove the results of files that changed or are gone, before others get their names."""
        wanted = {part.key for part in parts}
        for part in parts:
            if self._state.divided(part.key):
                wanted.update(one.key for one in part.alone(self._work.fingerprint))
        self._state.keep(wanted)

    def _left(self, part: Part) -> list[Part]:
        """What is not done of a part; what is, is counted."""
        if self._state.divided(part.key):
            return [left for one in part.alone(self._work.fingerprint) for left in self._left(one)]
        record = self._state.record(part.key)
        if record is None:
            return [part]
        self._summary.add(record)
        self._progress.step(steps=len(part.items))
        return []

    def _round(self, runner: Runner, parts: list[Part]) -> Iterator[Part]:
        """Do parts; what is to be done instead of those that failed."""
        by_key = {part.key: part for part in parts}
        for answer in runner.run(map(self._call, parts)):
            part = by_key.pop(answer.key)
            if answer.deaths:
                self._state.clear(part.key)
            if answer.failure:
                yield from self._instead(part, answer.failure)
            else:
                self._finish(part, answer)

    def _call(self, part: Part) -> Call:
        arguments = (part.values(), self._work.options, self._place)
        return Call(part.key, self._work.function, arguments, who="reading it")

    def _instead(self, part: Part, cause: str) -> list[Part]:
        self._failed += 1
        if part.failure or (not self._fine and self._failed >= _HOPELESS):
            message = f"no worker does its work: {cause}"
            remedy = "Use fewer --jobs if memory is short, and run the same command again."
            raise NoteheadError(message, remedy)
        if len(part.items) == 1:
            return [part.failed(cause)]
        self._state.divide(part.key)
        return part.alone(self._work.fingerprint)

    def _finish(self, part: Part, answer: Answer) -> None:
        record: dict[str, Any] = answer.value
        if "error" in record:
            raise error_from(record["error"])
        self._fine += not part.failure
        self._state.finish(part.key, record)
        self._summary.add(record)
        failures = sum(count for count, _ in record["failures"].values())
        self._state.log(
            {
                "key": part.key,
                "files": len(part.items),
                **record["counts"],
                "failures": failures,
                "deaths": answer.deaths,
                "seconds": record["seconds"],
            }
        )
        self._progress.step(record["counts"].get("pages", 0), steps=len(part.items), failures=failures)
