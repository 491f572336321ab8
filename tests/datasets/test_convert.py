"""`convert`: all pages in their order, whole or not at all, whatever the number of workers."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from notehead import Dataset, Page
from notehead.datasets.convert import ConvertOptions, LossWarning, convert
from notehead.datasets.formats import FORMATS, PARTS, Format, WriteOptions, Writer, parts_of
from notehead.datasets.formats import registry as formats
from notehead.datasets.index import PageEntry
from notehead.datasets.slicing import SliceOptions
from notehead.datasets.source import ReadOptions
from notehead.errors import DatasetError, NoteheadError, OutputError
from notehead.files import sha256_of
from notehead.page import Symbols
from notehead.vocabulary import Vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


def discs(count: int = 7) -> Dataset:
    return Dataset(MemorySource([disc_page(f"page-{number}") for number in range(count)]))


@pytest.mark.parametrize("to", [name for name, found in FORMATS.items() if found.writer is not None])
def test_workers_change_no_byte(to: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        one = convert(discs(), tmp_path / "one", to, ConvertOptions(workers=1))
        two = convert(discs(), tmp_path / "two", to, ConvertOptions(workers=2))
    assert (one.pages, one.symbols) == (two.pages, two.symbols) == (7, 35)
    assert digests(tmp_path / "one") == digests(tmp_path / "two") != {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"], "nothing beside them"


@pytest.mark.parametrize("to", [name for name, found in FORMATS.items() if found.writer and found.read])
def test_what_was_written_is_found_out_and_read(to: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LossWarning)
        convert(discs(3), tmp_path / "there", to)
    back = Dataset(tmp_path / "there")
    assert [page.name for page in back] == ["page-0", "page-1", "page-2"]
    for page in back:
        wanted = disc_page()
        assert np.array_equal(page.image, wanted.image)
        order = np.lexsort(page.symbols.box.T)
        assert np.allclose(
            page.symbols.box[order], wanted.symbols.box[np.lexsort(wanted.symbols.box.T)], atol=1e-3
        )
        assert parts_of(page) <= FORMATS[to].holds
        assert sorted(page.symbols.names) == sorted(wanted.symbols.names)


def test_slices_are_pages(tmp_path: Path) -> None:
    options = ConvertOptions(slicing=SliceOptions(size=100, overlap=0.2))
    result = convert(discs(1), tmp_path / "sliced", "notehead", options)
    back = Dataset(tmp_path / "sliced")
    assert result.pages == len(back) > 3
    assert {(page.width, page.height) for page in back} == {(100, 100)}
    assert {entry.symbols for entry in back.entries} == {len(page.symbols) for page in back}


class Faulty(MemorySource):
    """A dataset whose second page goes wrong."""

    def __init__(self, how: str, *, keep_going: bool = False) -> None:
        super().__init__([disc_page(f"page-{number}") for number in range(4)])
        self.complaints.keep_going = keep_going
        self._how = how

    def page(self, entry: PageEntry) -> Page:
        if entry.name == "page-1":
            if self._how == "die":
                os._exit(3)
            if self._how == "symbol":
                self.complaints.symbol("a.xml", "object 3", "its box is not made of numbers")
            else:
                message = "page-1.png: damaged image"
                raise DatasetError(message)
        return super().page(entry)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("how", ["page", "symbol"])
def test_a_bad_page_leaves_nothing_behind(how: str, workers: int, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"damaged image|object 3"):
        convert(Dataset(Faulty(how)), tmp_path / "out", "notehead", ConvertOptions(workers=workers))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_going_on_counts_what_is_left_out(workers: int, tmp_path: Path) -> None:
    options = ConvertOptions(workers=workers)
    result = convert(Dataset(Faulty("page", keep_going=True)), tmp_path / "pages", "notehead", options)
    assert (result.pages, result.complaints.counts) == (3, {"pages": 1})
    result = convert(Dataset(Faulty("symbol", keep_going=True)), tmp_path / "symbols", "notehead", options)
    assert (result.pages, result.complaints.counts) == (4, {"symbols": 1})
    assert [str(complaint) for complaint in result.complaints.kept] == [
        "a.xml: object 3: its box is not made of numbers"
    ]


def test_a_worker_that_dies_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="a process died while it read a page"):
        convert(Dataset(Faulty("die")), tmp_path / "out", "notehead", ConvertOptions(workers=2))
    assert list(tmp_path.iterdir()) == []


def test_scripts_need_no_main_guard(dataset_folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from notehead import Dataset\n"
        "from notehead.datasets.convert import ConvertOptions, convert\n"
        f"dataset, options = Dataset({str(dataset_folder)!r}), ConvertOptions(workers=2)\n"
        "print(convert(dataset, 'out', 'notehead', options).pages)\n"
    )
    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    assert (done.stdout, done.stderr) == ("2\n", "")


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_nothing_is_overwritten(taken: str, tmp_path: Path) -> None:
    place = tmp_path / "out"
    if taken == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "mine").write_text("mine")
    with pytest.raises(OutputError, match="there is something already"):
        convert(discs(1), place, "notehead")
    assert (place if taken == "file" else place / "mine").read_text() == "mine"


def test_an_empty_folder_is_free(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert convert(discs(1), tmp_path / "out", "notehead").folder == tmp_path / "out"
    assert len(Dataset(tmp_path / "out")) == 1


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"^there is no format 'noteheads'\. Did you mean notehead\?$"):
        convert(discs(1), tmp_path / "out", "noteheads")


class BoxesOnly(Writer):
    """A writer that holds hardly anything, and runs out of disk where it is told to."""

    def page(self, entry: PageEntry, page: Page) -> int:
        (self.folder / entry.name).write_text(str(len(page.symbols)))
        return len(page.symbols)

    def add(self, entry: PageEntry, record: int) -> None:
        assert record == entry.symbols
        if self.options.description == "full disk":
            message = f"{entry.name}: cannot be written: No space left on device"
            raise OutputError(message)

    def finish(self) -> None:
        (self.folder / "list").write_text("done")


@pytest.fixture
def boxes_only(monkeypatch: pytest.MonkeyPatch) -> str:
    def never(_: Path) -> bool:
        return False

    found = Format("boxes", "boxes only", frozenset(), never, None, BoxesOnly)
    monkeypatch.setitem(formats.FORMATS, "boxes", found)
    return "boxes"


def test_losses_are_said_once(boxes_only: str, tmp_path: Path) -> None:
    with pytest.warns(LossWarning) as said:
        result = convert(discs(), tmp_path / "out", boxes_only)
    assert [str(warning.message) for warning in said] == [
        "boxes cannot hold areas, covered pixels, ids, links, masks, origin"
    ]
    assert result.lost == {"areas", "covered pixels", "ids", "links", "masks", "origin"}


def test_what_nothing_holds_is_no_loss(boxes_only: str, tmp_path: Path) -> None:
    pages = [blank_page("a", Symbols.build(["stem"], [[1, 2, 3, 40]])), blank_page("b", Symbols())]
    assert convert(Dataset(MemorySource(pages)), tmp_path / "out", boxes_only).lost == set()


def test_a_full_disk_leaves_nothing(boxes_only: str, tmp_path: Path) -> None:
    options = ConvertOptions(WriteOptions(description="full disk"))
    with pytest.raises(OutputError, match="No space left"):
        convert(discs(), tmp_path / "out", boxes_only, options)
    assert list(tmp_path.iterdir()) == []


def test_own_format_holds_every_part() -> None:
    assert FORMATS["notehead"].holds == frozenset(PARTS)


def test_the_native_format_loses_nothing(dataset_folder: Path, tmp_path: Path) -> None:
    """A real page with everything comes back with everything."""
    convert(Dataset(dataset_folder), tmp_path / "copy", "notehead")
    for page, again in zip(Dataset(dataset_folder), Dataset(tmp_path / "copy"), strict=True):
        assert parts_of(page) == parts_of(again) >= {"links", "pitch", "text", "masks", "staff lines"}
        assert np.array_equal(page.symbols.box, again.symbols.box)
        assert page.under is not None
        assert again.under is not None
        assert np.array_equal(page.under, again.under)
        assert page.origin == again.origin


def test_own_classes_survive(tmp_path: Path) -> None:
    own = Vocabulary.of([(9, "dot"), (3, "Strich"), (700, "stem")])
    convert(Dataset(MemorySource([disc_page("p", own)], own)), tmp_path / "out", "notehead")
    back = Dataset(tmp_path / "out", options=ReadOptions())
    assert back.vocabulary == own
    assert back[0].symbols.names == ["dot", "Strich", "stem", "dot", "Strich"]


@pytest.mark.parametrize("name", ["../page", "a/b", "..", "a\nb", ""])
@pytest.mark.parametrize("what", ["page", "split"])
def test_names_lead_nowhere_else(what: str, name: str, tmp_path: Path) -> None:
    """Names come from somebody's lists and become names of files."""
    if what == "page":
        source = MemorySource([disc_page(name)])
    else:
        source = MemorySource([disc_page("p")], split=name or "..")
    with pytest.raises(DatasetError, match=f"cannot be the name of a {what}'s file"):
        convert(Dataset(source), tmp_path / "out", "notehead")
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_may_be_named_by_its_path(dataset_folder: Path, tmp_path: Path) -> None:
    assert convert(str(dataset_folder), tmp_path / "out", "notehead").pages == 2


def test_a_dataset_is_not_written_into_the_one_that_is_read(own_dataset: Path) -> None:
    with pytest.raises(OutputError, match="it lies in the dataset that is read"):
        convert(Dataset(own_dataset), own_dataset / "inside", "notehead")
    assert not (own_dataset / "inside").exists()


@pytest.mark.parametrize("to", ["coco", "mung", "yolo", "pascal_voc", "deepscores_v2"])
def test_boxes_beyond_slices_are_for_formats_that_read_them(to: str, tmp_path: Path) -> None:
    options = ConvertOptions(slicing=SliceOptions(size=100, cut="whole"))
    with pytest.raises(DatasetError, match=f"^{to} cannot hold boxes that leave their slice"):
        convert(discs(1), tmp_path / "out", to, options)


def test_workers_are_counted_from_0() -> None:
    with pytest.raises(NoteheadError, match="the number of workers must not be negative"):
        ConvertOptions(workers=-1)


def test_symbols_without_a_class_are_counted(dataset_folder: Path, tmp_path: Path) -> None:
    dataset = Dataset(dataset_folder).remap("deepscores")
    result = convert(dataset, tmp_path / "out", "notehead")
    assert result.complaints.counts == {}
    assert (
        result.complaints.without_class["barlineSingle"] + result.complaints.without_class["textLyrics"] > 0
    )
    assert sum(result.complaints.without_class.values()) + result.symbols == sum(
        entry.symbols for entry in Dataset(dataset_folder).entries
    )


def test_a_folder_around_datasets_is_none(dataset_folder: Path, tmp_path: Path) -> None:
    for name in ("deepscores_v1", "other"):
        convert(Dataset(dataset_folder).remap("deepscores_v1"), tmp_path / name, "notehead")
    with pytest.raises(DatasetError, match=r"There are some in its folders: deepscores_v1, other\.$"):
        Dataset(tmp_path)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_found_wrong_at_opening_is_counted_once(workers: int, tmp_path: Path) -> None:
    """Worker processes hold copies of what was found before."""
    source = MemorySource([disc_page(f"page-{number}") for number in range(4)])
    source.complaints.keep_going = True
    source.complaints.symbol("list.json", "image 9", "there is no such image")
    options = ConvertOptions(workers=workers)
    result = convert(Dataset(source), tmp_path / "one", "notehead", options)
    assert result.complaints.counts == {"symbols": 1}
    source.complaints.symbol("list.json", "image 9", "there is no such image")
    result = convert(Dataset.merge(Dataset(source)), tmp_path / "merged", "notehead", options)
    assert result.complaints.counts == {"symbols": 1}
