"""The one training loop: any task, resumable at any moment to the same curve."""

from __future__ import annotations

import copy
import csv
import io
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from notehead.files import write_file
from notehead.models.curves import JUDGEMENTS, LOSSES, read_curve

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


class Task(Protocol):
    """What is trained: a network, its batches by number, and what being wrong costs."""

    network: nn.Module

    def batch(self, number: int) -> Any:
        """The batch of that number: a function of the task's seed and the number alone."""

    def loss(self, batch: Any) -> tuple[Tensor, dict[str, float]]:
        """The loss of a batch, and its parts as numbers."""

    def judge(self, network: nn.Module) -> dict[str, float]:
        """What the averaged network is worth; empty where there is nothing to judge by."""


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
    """

    steps: int = 10_000
    rate: float = 2e-3
    warm: int = 300
    cool: float = 0.4
    decay: float = 0.02
    average: float = 0.998
    every: int = 200
    judge: int = 1000


def train(
    task: Task,
    folder: Path,
    options: LoopOptions,
    *,
    seconds: float = float("inf"),
    tell: Callable[[str], None],
) -> bool:
    """Train, or go on training; whether all steps are done.

    Args:
        task: what is trained.
        folder: where checkpoint and log are, and are looked for.
        options: must be those with which the training began.
        seconds: stop after so many, with a checkpoint.
        tell: called with a line of text now and then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = _State(task, options)
    first = state.load(folder / CHECKPOINT)
    log = _Log(folder, first)
    until = time.monotonic() + seconds
    batches = _ahead(task, first, options.steps)
    begun = time.monotonic()
    for number in range(first, options.steps):
        loss, parts = task.loss(next(batches))
        state.step(loss, number)
        log.add(number, float(loss.detach()), parts)
        done = number + 1
        if done % 50 == 0:
            pace = (time.monotonic() - begun) / (done - first)
            tell(f"step {done} of {options.steps}, {pace:.2f} s a step, {log.recent()}")
        if done % options.judge == 0 or done == options.steps:
            worth = state.judge(task)
            log.judged(done, worth)
            tell(", ".join(f"{name} {value:.4f}" for name, value in worth.items()))
        over = time.monotonic() > until
        if done % options.every == 0 or over or done == options.steps:
            log.write()
            state.save(folder / CHECKPOINT, done)
        if over:
            return done == options.steps
    return True


class _State:
    """Network, averaged network and optimiser: what a checkpoint holds."""

    def __init__(self, task: Task, options: LoopOptions) -> None:
        self._network, self._options = task.network, options
        self._average = copy.deepcopy(task.network).eval()
        self._optimiser = torch.optim.AdamW(_groups(task.network, options.decay), lr=options.rate)

    def step(self, loss: Tensor, number: int) -> None:
        for group in self._optimiser.param_groups:
            group["lr"] = _rate(number, self._options)
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
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
        return int(saved["steps"])

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


def _ahead(task: Task, first: int, last: int) -> Iterator[Any]:
    """Batches, made in a thread while the network is busy with those before."""
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[Any]] = deque()
        for number in range(first, last + _AHEAD):
            if number < last:
                waiting.append(pool.submit(task.batch, number))
            if number >= first + _AHEAD:
                yield waiting.popleft().result()
