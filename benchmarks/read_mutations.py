"""`python -m benchmarks.read_mutations DATASET`: thousands of mutilated pages, of which only music may come.

Pages of a dataset are mutilated, some with thousands of symbols anywhere are made up, and each is read and
written as MusicXML, which is parsed, and validated where the schema can be found (`tests/support/xsd.py`). An
exception that is none of ours, a warning, and a page that takes longer than `--seconds` or more memory than
`--memory` are failures.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import signal
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from lxml import etree

from notehead import Page
from notehead.datasets import Dataset
from notehead.errors import NoteheadError
from notehead.transcribe import transcribe
from notehead.transcribe.musicxml import to_musicxml
from tests.support.mutate_page import mutated, random_page
from tests.support.xsd import complaints

_POOL = 48
"""Pages of a dataset that are mutilated, each many times."""
_MADE_UP = 5
"""One of so many pages is made up."""
_SLOWEST = 8
_LARGE = 20_000
"""Symbols of the made-up pages that come first."""


def pages(datasets: list[Path], count: int, seed: int) -> Iterator[tuple[str, Page]]:
    """What was done to each page, and the page; page k depends on the seed and k alone."""
    pools = []
    for folder in datasets:
        dataset = Dataset(folder)
        names = [entry.name for entry in dataset.entries if entry.split == "train"]
        names = names or [entry.name for entry in dataset.entries]
        chosen = names[:: max(1, len(names) // _POOL)][:_POOL]
        pools.append([replace(dataset[name], ids=None, under=None) for name in chosen])
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        if number < 3:
            yield f"{number}: made up, large", random_page(rng, _LARGE)
        elif number % _MADE_UP == 0:
            page, done = mutated(random_page(rng), rng, 2)
            yield f"{number}: made up, {', '.join(done)}", page
        else:
            pool = pools[number % len(pools)]
            original = pool[int(rng.integers(len(pool)))]
            page, done = mutated(original, rng)
            yield f"{number}: {original.name}, {', '.join(done)}", page


def outcome_of(page: Page, valid: Callable[[bytes], list[str]] | None) -> tuple[str, str]:
    """(outcome, detail) of reading one page."""
    try:
        data = to_musicxml(transcribe(page))
        etree.fromstring(data, etree.XMLParser(no_network=True, load_dtd=False, huge_tree=True))
        wrong = valid(data) if valid is not None else []
    except NoteheadError as error:
        return "our error", str(error)
    except Exception as error:  # noqa: BLE001  # this is what it looks for
        place = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in place if "notehead" in frame.filename] or place
        return type(error).__name__, f"{Path(own[-1].filename).name}:{own[-1].name}: {error}"
    return ("invalid", wrong[0].partition(": ")[2]) if wrong else ("read", "")


def _too_long(*_: object) -> None:
    message = "took too long"
    raise TimeoutError(message)


def main() -> int:
    """Print counts, failures and the slowest pages; the exit status is 1 where there was a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the only pages to read")
    parser.add_argument("--seconds", type=int, default=60, help="deadline for one page")
    parser.add_argument("--memory", type=float, default=6.0, help="GB of address space for all")
    options = parser.parse_args()
    limit = int(options.memory * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGALRM, _too_long)
    warnings.simplefilter("error")
    valid = complaints if all(importlib.util.find_spec(name) for name in ("musicxml", "xmlschema")) else None
    outcomes: Counter[str] = Counter()
    details: dict[str, list[str]] = {}
    times: list[tuple[float, str]] = []
    for number, (what, page) in enumerate(pages(options.datasets, options.pages, options.seed)):
        if options.only and number not in options.only:
            continue
        start = time.perf_counter()
        signal.alarm(options.seconds)
        outcome, detail = outcome_of(page, valid)
        signal.alarm(0)
        times = sorted([*times, (time.perf_counter() - start, what)], reverse=True)[:_SLOWEST]
        outcomes[outcome] += 1
        if outcome != "read":
            details.setdefault(f"{outcome}: {detail}"[:300], []).append(what)
            print(f"{outcome}: {detail[:200]}: {what}", file=sys.stderr, flush=True)
        if number % 200 == 199:
            print(f"{number + 1}: {dict(outcomes)}", file=sys.stderr, flush=True)
    total = sum(outcomes.values())
    print(f"schema {'checked' if valid else 'not checked'}")
    for outcome, count in outcomes.most_common():
        print(f"{count:6d}  {count / total:6.1%}  {outcome}")
    for detail, found in sorted(details.items(), key=lambda one: -len(one[1])):
        print(f"  {len(found):4d}  {detail}\n        {found[0]}")
    print("slowest:")
    for seconds, what in times:
        print(f"  {seconds:6.2f} s  {what}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")
    return int(any(outcome not in {"read", "our error"} for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
