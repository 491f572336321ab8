"""The one training loop: any task, resumable at any moment to the same curve."""

from __future__ import annotations

import copy
import csv
import io
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn

from notehead.files import write_file
from notehead.models.curves import JUDGEMENTS, LOSSES, read_curve
from notehead.models.lesson import ALONE, Lesson, Task, Team, learn, share_of

CHECKPOINT = "checkpoint.pt"

UNREADABLE = (
    OSError,
    EOFError,
    UnpicklingError,
    KeyError,
    AttributeError,
    TypeError,
    ValueError,
    RuntimeError,
)
"""What a file that is no checkpoint, or one of another network, leads to when it is loaded."""

_AHEAD = 3
"""Batches that are made before they are needed."""


@dataclass(frozen=True, slots=True)
class LoopOptions:
    """How a training goes.

    Attributes:
        steps: how many batches.
        rate: of learning, at its highest.
        warm: steps in which it rises from 0.
        cool: share of the steps, at the end, in which it falls to 0.
        decay: of weights (AdamW).
        average: how slowly the averaged weights follow, from 0 to 1.
        every: steps from one checkpoint to the next.
        judge: steps from one judgement of the averaged network to the next.
        parts: of a batch, each of which is a batch of the task; workers share them.
    """

    steps: int = 10_000
    rate: float = 2e-3
    warm: int = 300
    cool: float = 0.4
    decay: float = 0.02
    average: float = 0.998
    every: int = 200
    judge: int = 1000
    parts: int = 1


def train(
    task: Task,
    folder: Path,
    options: LoopOptions,
    *,
    seconds: float = float("inf"),
    tell: Callable[[str], None],
    team: Team = ALONE,
) -> bool:
    """Train, or go on training; whether all steps are done.

    Args:
        task: what is trained.
        folder: where checkpoint and log are, and are looked for.
        options: must be those with which the training began.
        seconds: stop after so many, with a checkpoint.
        tell: called with a line of text now and then.
        team: whoever trains the same network with this worker; the first one writes, judges and tells.

    Raises:
        PeerLostError: another worker is gone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = _State(task, options)
    first = state.load(folder / CHECKPOINT)
    writer = _Writer(task, state, folder, options, tell) if team.rank == 0 else None
    until = time.monotonic() + seconds
    share = share_of(options.parts, team)
    numbers = [step * options.parts + part for step in range(first, options.steps) for part in share]
    with closing(_ahead(task, numbers)) as batches:
        for number in range(first, options.steps):
            own = islice(batches, len(share))
            lesson = learn(task, own, options.parts, team, over=time.monotonic() > until)
            state.step(number)
            if writer is not None:
                writer.add(number, lesson)
            if lesson.over:
                return number + 1 == options.steps
    return True


class _Writer:
    """What becomes of steps: curves, judgements, checkpoints, and lines of text."""

    def __init__(
        self, task: Task, state: _State, folder: Path, options: LoopOptions, tell: Callable[[str], None]
    ) -> None:
        self._task, self._state, self._folder = task, state, folder
        self._options, self._tell = options, tell
        self._log = _Log(folder, state.steps)
        self._first, self._begun = state.steps, time.monotonic()

    def add(self, number: int, lesson: Lesson) -> None:
        options, log, done = self._options, self._log, number + 1
        log.add(number, lesson.loss, lesson.told)
        if done % 50 == 0:
            pace = (time.monotonic() - self._begun) / (done - self._first)
            self._tell(f"step {done} of {options.steps}, {pace:.2f} s a step, {log.recent()}")
        if done % options.judge == 0 or done == options.steps:
            worth = self._state.judge(self._task)
            log.judged(done, worth)
            self._tell(", ".join(f"{name} {value:.4f}" for name, value in worth.items()))
        if done % options.every == 0 or lesson.over or done == options.steps:
            log.write()
            self._state.save(self._folder / CHECKPOINT, done)


class _State:
    """Network, averaged network and optimiser: what a checkpoint holds."""

    def __init__(self, task: Task, options: LoopOptions) -> None:
        self._network, self._options = task.network, options
        self._average = copy.deepcopy(task.network).eval()
        self._optimiser = torch.optim.AdamW(_groups(task.network, options.decay), lr=options.rate)
        self.steps = 0

    def step(self, number: int) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = _rate(number, self._options)
        nn.utils.clip_grad_norm_(self._network.parameters(), 10.0)
        self._optimiser.step()
        follow = min(self._options.average, (number + 1) / (number + 10))
        with torch.no_grad():
            for mean, value in zip(
                self._average.state_dict().values(), self._network.state_dict().values(), strict=True
            ):
                if mean.dtype.is_floating_point:
                    mean.lerp_(value, 1 - follow)
                else:
                    mean.copy_(value)

    def judge(self, task: Task) -> dict[str, float]:
        return task.judge(self._average)

    def load(self, path: Path) -> int:
        if not path.exists():
            return 0
        saved = torch.load(path, weights_only=True)
        self._network.load_state_dict(saved["network"])
        self._average.load_state_dict(saved["average"])
        self._optimiser.load_state_dict(saved["optimiser"])
        self.steps = int(saved["steps"])
        return self.steps

    def save(self, path: Path, steps: int) -> None:
        buffer = io.BytesIO()
        torch.save(
            {
                "network": self._network.state_dict(),
                "average": self._average.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "steps": steps,
            },
            buffer,
        )
        write_file(path, buffer.getvalue())


class _Log:
    """The curves: losses of all steps and what judgements gave; they end where the checkpoint does."""

    def __init__(self, folder: Path, first: int) -> None:
        self._folder = folder
        self._rows, self._judged = (
            [row for row in read_curve(folder / name) if row["step"] <= first]
            for name in (LOSSES, JUDGEMENTS)
        )

    def add(self, number: int, loss: float, parts: dict[str, float]) -> None:
        self._rows.append({"step": number + 1, "loss": loss, **parts})

    def judged(self, steps: int, worth: dict[str, float]) -> None:
        if worth:
            self._judged.append({"step": steps, **worth})

    def recent(self) -> str:
        rows = self._rows[-50:]
        return ", ".join(
            f"{key} {sum(row[key] for row in rows) / len(rows):.3f}" for key in rows[0] if key != "step"
        )

    def write(self) -> None:
        for name, rows in ((LOSSES, self._rows), (JUDGEMENTS, self._judged)):
            if rows:
                text = io.StringIO(newline="")
                writer = csv.DictWriter(text, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
                write_file(self._folder / name, text.getvalue().encode())


def _rate(number: int, options: LoopOptions) -> float:
    left = (options.steps - number) / max(options.steps * options.cool, 1)
    return options.rate * min(1.0, (number + 1) / options.warm, left)


def _groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weights of convolutions decay; biases and what normalises do not."""
    matrices = [value for value in network.parameters() if value.ndim > 1]
    vectors = [value for value in network.parameters() if value.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


def _ahead(task: Task, numbers: Iterable[int]) -> Generator[Any]:
    """Batches, made in a thread while the network is busy with those before."""
    pool = ThreadPoolExecutor(1)
    waiting: deque[Future[Any]] = deque()
    try:
        for number in numbers:
            waiting.append(pool.submit(task.batch, number))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
