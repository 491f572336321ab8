"""Workers on the machines of a Ray cluster, started by Ray Train.

The datasets and the training's folder must be reached from every machine: datasets may lie in an object
store, the folder is one that all machines share.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from notehead.errors import MissingExtraError
from notehead.models.options import Surroundings
from notehead.models.work import Means, Work
from notehead.models.workers.team import BACKEND, PATIENCE
from notehead.models.workers.worker import WorkerLostError, heard, report
from notehead.runners.cluster import RayRunner
from notehead.sandbox import Limits

_STORAGE = ".ray"
"""A folder in that of a training, for what Ray Train notes while it runs."""
_LISTEN = 0.5
"""Seconds after which it is looked whether the workers have ended."""


def work_on_cluster(work: Work, where: Surroundings, tell: Callable[[str], None]) -> bool:
    """Train with workers of Ray Train; whether all steps are done.

    Each worker has as many processors as it has readers, and a GPU where all are to have one.

    Args:
        work: what is to be trained.
        where: how many, on which devices, of which cluster.
        tell: called with lines of text.

    Raises:
        MissingExtraError: Ray or Ray Train is not installed.
        WorkerLostError: a worker or its machine is gone.
        NoteheadError: the cluster cannot be reached, or a worker has met it.
    """
    ray, train = _libraries()
    each = where.readers or 1
    with RayRunner(where.workers * each, Limits(), where.address):
        there = ray.cluster_resources()
        if there.get("CPU", 0) < where.workers * each:
            tell(f"waits for {where.workers * each} processors; the cluster has {there.get('CPU', 0):g} now")
        gpu = where.device == "cuda" or (where.device == "auto" and there.get("GPU", 0) >= where.workers)
        means = Means(torch.device("cuda" if gpu else "cpu"), each, where.seconds)
        queue = ray.util.queue.Queue(actor_options={"num_cpus": 0})
        told = {"work": work, "means": means, "queue": queue, "folder": str(Path.cwd())}
        try:
            return _fitted(_trainer(train, told, where.workers), lambda: _next(ray, queue), tell)
        finally:
            shutil.rmtree(work.folder / _STORAGE, ignore_errors=True)


def _trainer(train: Any, told: dict[str, Any], workers: int) -> Any:
    """A trainer of Ray Train whose workers are told all they need."""
    means: Means = told["means"]
    return train.torch.TorchTrainer(
        _worker,
        train_loop_config=told,
        torch_config=train.torch.TorchConfig(backend=BACKEND, timeout_s=int(PATIENCE.total_seconds())),
        scaling_config=train.ScalingConfig(
            num_workers=workers,
            use_gpu=means.device.type == "cuda",
            resources_per_worker={"CPU": means.readers},
        ),
        run_config=train.RunConfig(
            name="notehead", storage_path=str((told["work"].folder / _STORAGE).absolute())
        ),
    )


def _fitted(trainer: Any, heed: Callable[[], Any], tell: Callable[[str], None]) -> bool:
    """Run a trainer, and listen to its workers; whether all steps are done."""
    failures: list[BaseException] = []

    def fit() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Ray's talk about itself
            try:
                trainer.fit()
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is told below
                failures.append(error)

    thread = threading.Thread(target=fit, daemon=True)
    thread.start()  # aside, so that Ctrl-C stays ours
    done = False
    while True:
        ended = not thread.is_alive()
        while (message := heed()) is not None:
            done = heard(message, tell) or done
        if ended:
            break
    if failures:
        raise WorkerLostError(_line(failures[0]))
    return done


def _next(ray: Any, queue: Any) -> Any:
    """The next message of a worker; None where there is none at the moment."""
    try:
        return queue.get(timeout=_LISTEN)
    except ray.util.queue.Empty:
        return None
    except ray.exceptions.RayError as error:
        raise WorkerLostError(_line(error)) from error


def _worker(told: dict[str, Any]) -> None:
    """What each worker does, once Ray Train has made them a team."""
    _, train = _libraries()
    with contextlib.suppress(OSError):  # so that relative paths lead where they led
        os.chdir(told["folder"])
    means: Means = told["means"]
    if means.device.type == "cuda":
        means = Means(train.torch.get_device(), means.readers, means.seconds)
    if not report(told["work"], means, told["queue"].put):
        message = "the worker could not go on"
        raise RuntimeError(message)  # so that Ray Train ends the others, too


def _libraries() -> tuple[Any, Any]:
    try:
        import ray.exceptions  # noqa: PLC0415  # an extra
        import ray.train.torch  # noqa: PLC0415
        import ray.util.queue  # noqa: PLC0415
    except ImportError as error:
        message = f"workers on a Ray cluster need {error.name}, which is not installed"
        raise MissingExtraError(message, "Run `pip install 'notehead[cluster,train]'`.") from error
    return ray, ray.train


def _line(error: BaseException) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]
