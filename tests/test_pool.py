"""Work for several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from notehead.pool import WorkerDied, in_order


class Squares:
    def do(self, place: int) -> int:
        return place**2


class Dies:
    def do(self, place: int) -> int:
        if place == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return place


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order(workers: int) -> None:
    assert list(in_order(Squares(), 30, workers)) == [place**2 for place in range(30)]


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(in_order(Squares(), 0, 2)) == []


def test_a_death_is_told() -> None:
    with pytest.raises(WorkerDied):
        list(in_order(Dies(), 9, 2))


_SLEEPS = """
import os, time
from notehead.pool import in_order
class Sleeps:
    def do(self, place):
        if place > 1:
            time.sleep(600)
        time.sleep(0.5)
        return os.getpid()
found = in_order(Sleeps(), 9, 2)
print(next(found), next(found), flush=True)
next(found)
"""


_BEGINS = """
import os, time
from notehead.pool import in_order
class Slow:
    def __getstate__(self):
        return {"known": True}
    def __setstate__(self, state):  # in a worker, before it begins
        program = os.getppid()
        os.write(1, f"{os.getpid()}\n".encode())  # at once: two workers' lines never run together
        while os.getppid() == program:
            time.sleep(0.01)
    def do(self, place):
        return place
next(in_order(Slow(), 9, 2))
"""


@pytest.mark.parametrize("source", [_SLEEPS, _BEGINS], ids=["at work", "beginning"])
def test_workers_end_with_a_program_that_is_killed(source: str) -> None:
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        workers = [psutil.Process(int(word)) for word in set(program.stdout.readline().split())]
        program.send_signal(signal.SIGKILL)
    for worker in workers:
        worker.wait(120)
