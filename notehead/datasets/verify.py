"""`verify`: whether a dataset is whole, and whether what must hold on every page does."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from notehead.datasets.checks import Problem, check_page, expected_positions
from notehead.datasets.dataset import Dataset
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.datasets.index import MANIFEST, read_manifest
from notehead.errors import DatasetError
from notehead.files import sha256_of
from notehead.images import class_image, read_png
from notehead.page import ABSENT, Page
from notehead.stores import is_url

_NOT_LISTED = (".build",)


@dataclass(slots=True)
class Verification:
    """What `verify` found.

    Attributes:
        files: checked against the manifest.
        pages: checked.
        counts: how often each thing was looked at: symbols, noteheads, dark pixels ...
        problems: what does not hold.
        exceptions: heads drawn off the place that pitch and clef say, each with its cause.
    """

    files: int = 0
    pages: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    exceptions: list[Problem] = field(default_factory=list)


def verify_files(folder: Path, found: Verification) -> Iterator[str]:
    """Compare every file with the manifest; yields each path as it is done."""
    listed = set()
    for path, size, digest in read_manifest(folder):
        listed.add(path)
        file = folder / path
        try:
            if not file.is_file():
                found.problems.append(Problem("files present", path, 0, "missing"))
            elif file.stat().st_size != size or sha256_of(file) != digest:
                found.problems.append(Problem("files unchanged", path, 0, "differs from the manifest"))
        except OSError as error:
            found.problems.append(Problem("files readable", path, 0, error.strerror or str(error)))
        found.files += 1
        yield path
    for extra in sorted(_files(folder) - listed - {MANIFEST}):
        found.problems.append(Problem("files listed", extra, 0, "not in the manifest"))


def _files(folder: Path) -> set[str]:
    if is_url(folder):
        inside: Any = folder  # which is no `Path`, though it answers as one
        start = len(inside.path.rstrip("/")) + 1
        found = {str(path)[start:] for path in inside.fs.find(inside.path)}
        return {name for name in found if name.partition("/")[0] not in _NOT_LISTED}
    names = set()
    for root, folders, files in os.walk(folder):
        if Path(root) == folder:
            folders[:] = [name for name in folders if name not in _NOT_LISTED]
        names |= {(Path(root) / name).relative_to(folder).as_posix() for name in files}
    return names


def verify_pages(dataset: Dataset, found: Verification) -> Iterator[str]:
    """Check every page; yields each name as it is done."""
    for entry in dataset.entries:
        try:
            page = dataset[entry.name]
            if dataset.intact(entry.name) is False:
                found.problems.append(Problem("page unchanged", entry.name, 0, "differs from its digest"))
            found.problems += _masks_agree(dataset, page)
            for problem in check_page(page):
                kind = found.exceptions if problem.check == POSITIONS else found.problems
                kind.append(problem)
            _count(page, found.counts)
        except DatasetError as error:
            found.problems.append(Problem("page readable", entry.name, 0, str(error)))
        found.pages += 1
        yield entry.name


def verify_readable(dataset: Dataset, found: Verification) -> Iterator[str]:
    """Read every page of a dataset of any format; what its reader complains of are problems.

    The dataset must be opened with `keep_going`.
    """
    for entry in dataset.entries:
        try:
            page = dataset[entry.name]
            found.counts["symbols"] += len(page.symbols)
            found.counts["links"] += len(page.symbols.links)
        except DatasetError as error:
            found.problems.append(Problem("page readable", entry.name, 0, str(error)))
        found.problems += [
            Problem("symbol readable", entry.name, 0, str(complaint))
            for complaint in dataset.complaints.taken().kept
        ]
        found.pages += 1
        yield entry.name


POSITIONS = "staff positions agree with pitch and clef"


def _masks_agree(dataset: Dataset, page: Page) -> Iterator[Problem]:
    """The semantic mask is the instance mask's."""
    path = dataset.folder / "segmentation" / f"{page.name}_seg.png"
    if page.ids is None or not path.parent.is_dir():  # `notehead convert` writes no semantic masks
        return
    if not np.array_equal(read_png(path), class_image(page.ids, v2.grey_table(page.symbols))):
        yield Problem("semantic mask agrees", page.name, 0, "differs from the instance mask")


def _count(page: Page, counts: Counter[str]) -> None:
    symbols = page.symbols
    heads = symbols.is_notehead
    counts["symbols"] += len(symbols)
    counts["links"] += len(symbols.links)
    counts["dark pixels"] += int(np.count_nonzero(page.image < 128))
    counts["noteheads"] += int(heads.sum())
    counts["noteheads with onset"] += int((heads & ~np.isnan(symbols.onset)).sum())
    compared = heads & (expected_positions(symbols) != ABSENT)
    counts["noteheads compared with pitch and clef"] += int(compared.sum())
