"""`make bench-determinism`: the same manifest for any number of workers, any order, any interruption."""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_CALL = [sys.executable, "-c", "from notehead.cli import main; main()", "build"]


def manifest(scores: list[str], folder: Path, workers: int) -> str:
    """Build and return the hash of the manifest."""
    subprocess.run(
        [*_CALL, *scores, "-o", str(folder), "--workers", str(workers)], check=False, capture_output=True
    )
    return hashlib.sha256((folder / "manifest.csv").read_bytes()).hexdigest()


def kill_at_random(scores: list[str], folder: Path, seconds: float) -> bool:
    """Start a build and kill it with -9 after some seconds; whether it was still running."""
    child = subprocess.Popen(
        [*_CALL, *scores, "-o", str(folder), "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    running = child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    return running


def main() -> int:
    """Print one line for each way of building; 1 if any manifest differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", nargs="+")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        start = time.monotonic()
        for workers in (1, 2, 4):
            found[f"{workers} workers"] = manifest(options.scores, root / "whole", workers)
            whole = time.monotonic() - start
            pages = sum(1 for _ in (root / "whole" / "pages.csv").open()) - 1
            shutil.rmtree(root / "whole")
            print(
                f"{workers} workers: {pages} pages, manifest {found[f'{workers} workers'][:16]}", flush=True
            )
            start = time.monotonic()
        shuffled = rng.sample(options.scores, len(options.scores))
        found["shuffled"] = manifest(shuffled, root / "shuffled", 2)
        print(f"input shuffled: manifest {found['shuffled'][:16]}", flush=True)
        for kill in range(options.kills):
            seconds = rng.uniform(1.0, max(whole * 0.5, 4.0))
            running = kill_at_random(options.scores, root / "killed", seconds)
            done = len(list((root / "killed" / ".build" / "units").glob("*.json")))
            print(f"kill {kill + 1}: after {seconds:.1f} s, {done} units done, running {running}", flush=True)
        found["killed and resumed"] = manifest(options.scores, root / "killed", 2)
        print(f"killed and resumed: manifest {found['killed and resumed'][:16]}")
    same = len(set(found.values())) == 1
    print("all identical" if same else f"DIFFERENT: {found}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
