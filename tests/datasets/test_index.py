"""The lists of pages and files survive any name that a disk can hold."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.datasets.index import (
    MANIFEST,
    PAGES,
    PageEntry,
    read_manifest,
    read_pages,
    write_manifest,
    write_pages,
)
from notehead.errors import DatasetError

HOSTILE = (
    "plain.xml",
    "comma, quote \" and 'quote'.xml",
    "line\nbreak.xml",
    "return\rreturn.xml",
    "both\r\n.xml",
    "\r",
    "=1+1.xml",
    "Größe ♯ 𝄞.xml",
    os.fsdecode(b"caf\xe9.xml"),
    " spaces ",
    "",
)
# Any bytes but 0 may be a name of a file.
names = st.binary(max_size=12).filter(lambda data: 0 not in data).map(os.fsdecode)
counts = st.integers(0, 2**63)


@pytest.fixture(scope="module", name="folder")
def one_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


def entry(score: str = "a.xml", number: int = 1) -> PageEntry:
    return PageEntry(f"page-{number}", "train", score, "012345", "Leland", number, 30, 40, 7, "")


entries = st.builds(PageEntry, names, names, names, names, names, counts, counts, counts, counts, names)


@given(rows=st.lists(entries, max_size=4))
def test_pages_come_back_as_they_were(folder: Path, rows: list[PageEntry]) -> None:
    write_pages(folder, rows)
    assert read_pages(folder) == rows


@given(rows=st.lists(st.tuples(names, counts, names), max_size=4))
def test_files_come_back_sorted(folder: Path, rows: list[tuple[str, int, str]]) -> None:
    write_manifest(folder, rows)
    assert read_manifest(folder) == sorted(rows)


def test_hostile_names_come_back(folder: Path) -> None:
    rows = [entry(score, number) for number, score in enumerate(HOSTILE)]
    write_pages(folder, rows)
    assert read_pages(folder) == rows
    files = [(name, 1, "0") for name in HOSTILE]
    write_manifest(folder, files)
    assert read_manifest(folder) == sorted(files)


def test_other_readers_read_them(folder: Path) -> None:
    rows = [entry(score, number) for number, score in enumerate(HOSTILE)]
    write_pages(folder, rows)
    kinds = {"dtype": object, "keep_default_na": False}  # pandas' own texts hold no names that are no text
    table = pd.read_csv(folder / PAGES, **kinds, encoding_errors="surrogateescape")  # type: ignore[call-overload]
    assert table["score"].tolist() == list(HOSTILE)
    assert list(table.columns) == [
        *("name", "split", "score", "score_id", "font", "number", "width", "height", "symbols", "licence")
    ]


def test_ordinary_files_are_plain(folder: Path) -> None:
    write_pages(folder, [entry("a, b.xml")])
    assert (folder / PAGES).read_text() == (
        "name,split,score,score_id,font,number,width,height,symbols,licence\n"
        'page-1,train,"a, b.xml",012345,Leland,1,30,40,7,\n'
    )
    write_manifest(folder, [("b", 2, "ff"), ("a", 1, "ee")])
    assert (folder / MANIFEST).read_bytes() == b"path,bytes,sha256\na,1,ee\nb,2,ff\n"


def test_no_pages_are_a_list_too(folder: Path) -> None:
    write_pages(folder, [])
    assert read_pages(folder) == []
    write_manifest(folder, [])
    assert read_manifest(folder) == []


# Damage.


def without_a_column(data: bytes) -> bytes:
    rows = list(csv.reader(data.decode().splitlines()))
    return "\n".join(",".join(row[:-1]) for row in rows).encode()


def words_for_numbers(data: bytes) -> bytes:
    return data.replace(b",30,", b",wide,").replace(b",1,", b",one,")


def half_a_row(data: bytes) -> bytes:
    return data + b"page-2,train\n"


@pytest.mark.parametrize("damage", [without_a_column, words_for_numbers, half_a_row])
@pytest.mark.parametrize(("name", "read"), [(PAGES, read_pages), (MANIFEST, read_manifest)])
def test_damage_is_said(
    tmp_path: Path, damage: Callable[[bytes], bytes], name: str, read: Callable[[Path], object]
) -> None:
    write_pages(tmp_path, [entry()])
    write_manifest(tmp_path, [("a", 1, "ff")])
    path = tmp_path / name
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DatasetError, match=rf"{name}: damaged .*Run the same `notehead build` again"):
        read(tmp_path)


@pytest.mark.parametrize(("name", "read"), [(PAGES, read_pages), (MANIFEST, read_manifest)])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, read: Callable[[Path], object]) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(DatasetError, match=rf"{name}: Is a directory\."):
        read(tmp_path)


def test_a_missing_manifest_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"manifest\.csv: No such file or directory\. Run the same"):
        read_manifest(tmp_path)
