"""No two results have one name, however many pages the files turn out to have."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from notehead.collection.names import FileNames, page_name

STEMS = st.sampled_from(
    ["a", "A", "a-2", "a-p1", "a-p1-2", "a-p12", "a-2-p1", "a-p1-p1", "b c", "b-c", "..."]
)
ENDINGS = st.sampled_from([".png", ".jpg", ".pdf", ".tif", ""])


@given(st.lists(st.tuples(STEMS, ENDINGS, st.sampled_from([1, 1, 2, 12])), max_size=12))
def test_names_of_pages_are_used_once(files: list[tuple[str, str, int]]) -> None:
    """Also where an ending lies, and a file that has one page by its name has several."""
    names = FileNames()
    taken = [(*names.take(Path(f"{stem}{ending}")), pages) for stem, ending, pages in files]
    found = [
        page_name(name, pattern, number, pages).casefold()
        for name, pattern, pages in taken
        for number in range(1, pages + 1)
    ]
    assert len(set(found)) == len(found)


def test_names_are_those_of_single_runs() -> None:
    """Where nothing collides, `notehead detect` calls pages the same without --parquet."""
    names = FileNames()
    assert names.take(Path("x/My scan.png"))[0] == "My-scan"
    assert page_name(*names.take(Path("x/book.pdf")), number=7, pages=9) == "book-p7"
    assert [names.take(Path(f"song-p{page}.png"))[0] for page in (1, 2)] == ["song-p1", "song-p2"]


def test_one_result_of_each_file_needs_no_page_names() -> None:
    names = FileNames()
    assert names.take(Path("a.pdf"), single=True)[0] == "a"
    assert names.take(Path("a-p1.pdf"), single=True)[0] == "a-p1"


def test_many_files_of_one_name_are_named_quickly() -> None:
    names = FileNames()
    found = {names.take(Path(f"{folder}/page.png"))[0] for folder in range(20_000)}
    assert len(found) == 20_000
