"""Work for several processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

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


def test_workers_end_with_a_program_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _SLEEPS], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        workers = [psutil.Process(int(word)) for word in set(program.stdout.readline().split())]
        program.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in workers):
        assert time.monotonic() < until
        time.sleep(0.05)
