"""Several workers on this machine: the curve of one, whatever becomes of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import psutil
import pytest
import torch

from notehead.datasets import Dataset
from notehead.errors import DatasetError, NoteheadError
from notehead.models.curves import LOSSES, read_curve
from notehead.models.data.cutting import CropOptions
from notehead.models.data.order import StreamOptions
from notehead.models.data.pages import PageOptions
from notehead.models.loop import CHECKPOINT, LoopOptions
from notehead.models.options import Surroundings, TrainingOptions
from notehead.models.training import begun_parts, train_model
from notehead.models.workers import together
from notehead.progress import Silent
from tests.models.numbered import numbered

OPTIONS = TrainingOptions(
    "centre-points",
    PageOptions(("clean",)),
    CropOptions(size=128, pages=1, crops=2),
    LoopOptions(steps=20, warm=2, every=2, parts=2),
    judges=0,
    stream=StreamOptions(buffer=8, open=2),
)
HERE = Surroundings(device="cpu", readers=1)
CHILD = "notehead.models.workers.child"

NOISE = 1e-5
"""Shares of a loss. Two workers with as many threads as one give the same bits today, since two summands may
be exchanged; other orders of a sum differ by some 1e-7 of it, and steps make more of that."""


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """As many as each of two workers has: numbers depend on how many there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    yield
    torch.set_num_threads(before)


def losses(folder: Path) -> list[float]:
    return [row["loss"] for row in read_curve(folder / LOSSES)]


def trained(
    folder: Path, workers: int = 1, options: TrainingOptions = OPTIONS, pages: Dataset | None = None
) -> list[str]:
    """Train; what was told."""
    told: list[str] = []
    where = replace(HERE, workers=workers)
    assert train_model([pages or numbered(9)], folder, options, where, Silent(), told.append)
    return told


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """The curve of one worker."""
    folder = tmp_path_factory.mktemp("alone")
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // 2))
    trained(folder)
    torch.set_num_threads(before)
    return losses(folder)


def children(of: int | None = None) -> list[psutil.Process]:
    """The workers that a process has."""
    found = []
    for one in psutil.Process(of).children():
        with contextlib.suppress(psutil.Error):
            if CHILD in one.cmdline():
                found.append(one)
    return found


def test_two_workers_give_the_curve_of_one(tmp_path: Path, alone: list[float]) -> None:
    trained(tmp_path, workers=2)
    assert losses(tmp_path) == pytest.approx(alone, rel=NOISE)
    assert not children()


def test_others_go_on_with_it(tmp_path: Path, alone: list[float]) -> None:
    """The checkpoint of two is one's: stopped by its time, gone on with by another number of workers."""
    where = replace(HERE, workers=2, seconds=0)
    assert not train_model([numbered(9)], tmp_path, OPTIONS, where, Silent(), print)
    done = len(losses(tmp_path))
    assert 0 < done < OPTIONS.loop.steps
    assert begun_parts(tmp_path) == 2
    trained(tmp_path)
    assert losses(tmp_path) == pytest.approx(alone, rel=NOISE)


def test_a_worker_that_is_killed_costs_a_few_steps(tmp_path: Path, alone: list[float]) -> None:
    def kill() -> None:
        while not (tmp_path / CHECKPOINT).exists():
            time.sleep(0.01)
        with contextlib.suppress(IndexError):
            children(me)[1].kill()

    me = os.getpid()
    killer = Thread(target=kill, daemon=True)
    killer.start()
    told = trained(tmp_path, workers=2)
    killer.join()
    assert [line for line in told if "a worker was lost (killed by SIGKILL)" in line]
    assert losses(tmp_path) == pytest.approx(alone, rel=NOISE)


def test_a_page_that_kills_whoever_reads_it_ends_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "TRIES", 2)
    options = replace(OPTIONS, stream=StreamOptions(buffer=8, open=2, counted=1))
    with pytest.raises(NoteheadError, match=r"a worker was lost 2 times \(killed by SIGKILL\)") as caught:
        trained(tmp_path, workers=2, options=options, pages=numbered(9, deadly=4))
    assert "--readers" in caught.value.remedy
    assert not children()


def test_what_a_worker_meets_is_told(tmp_path: Path) -> None:
    options = replace(OPTIONS, stream=StreamOptions(buffer=8, open=2, counted=1))
    with pytest.raises(DatasetError, match="page-4: damaged"):
        trained(tmp_path, workers=2, options=options, pages=numbered(9, damaged=4))
    assert not children()


_TRAINS = """
import sys
from pathlib import Path
from tests.models.workers.test_local import trained
trained(Path(sys.argv[1]), workers=2)
"""


def test_workers_end_with_a_training_that_is_killed_and_it_goes_on(
    tmp_path: Path, alone: list[float]
) -> None:
    root = Path(__file__).parents[3]
    training = subprocess.Popen([sys.executable, "-c", _TRAINS, str(tmp_path)], cwd=root)
    while not (tmp_path / CHECKPOINT).exists():
        assert training.poll() is None
        time.sleep(0.05)
    workers = children(training.pid)
    os.kill(training.pid, signal.SIGKILL)
    training.wait()
    for worker in workers:
        worker.wait(120)
    assert len(losses(tmp_path)) < OPTIONS.loop.steps
    trained(tmp_path)
    assert losses(tmp_path) == pytest.approx(alone, rel=NOISE)


@pytest.mark.parametrize(
    ("options", "where", "message"),
    [
        (
            replace(OPTIONS, loop=replace(OPTIONS.loop, parts=3)), replace(HERE, workers=2),
            "2 workers cannot share batches of 3 parts evenly",
        ),
        (
            replace(OPTIONS, loop=replace(OPTIONS.loop, parts=8)), HERE,
            "a buffer of 8 pages is too small for batches of 8 parts",
        ),
        (replace(OPTIONS, model="dwd-all"), HERE, "the model dwd-all must see all pages before it begins"),
        (replace(OPTIONS, pages=PageOptions(copies=2)), HERE, "a stream has no copies"),
        (OPTIONS, replace(HERE, runner="elsewhere"), "there is no runner 'elsewhere'"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, options: TrainingOptions, where: Surroundings, message: str
) -> None:
    with pytest.raises(NoteheadError, match=message):
        train_model([], tmp_path, options, where, Silent(), print)
    assert not list(tmp_path.iterdir()), "nothing is begun"


def test_how_batches_are_divided_is_read_from_the_folder(tmp_path: Path) -> None:
    assert begun_parts(tmp_path) is None
    (tmp_path / "options.json").write_text(json.dumps({"loop": {"steps": 3}}))
    assert begun_parts(tmp_path) == 1, "begun when there were no parts"
    (tmp_path / "options.json").write_text("[]")
    with pytest.raises(DatasetError, match="damaged"):
        begun_parts(tmp_path)
