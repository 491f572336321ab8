"""notehead's own page file loses nothing, and says so when it is damaged."""

from __future__ import annotations

import contextlib
import gzip
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.datasets.formats.notehead.page_file import (
    FORMAT,
    page_bytes,
    read_document,
    read_page,
    symbols_of,
)
from notehead.errors import DatasetError
from notehead.images import encode_png, instance_image
from notehead.page import ABSENT, COLUMNS, Origin, Page, Symbols
from notehead.vocabulary import VOCABULARY

HEIGHT, WIDTH = 6, 9
INTEGERS = ("area", "staff", "system", "measure", "voice", "position", "diatonic", "alter")


def write_page(folder: Path, page: Page) -> None:
    """The three files of a page."""
    for name in ("pages", "images", "instance"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "pages" / f"{page.name}.json.gz").write_bytes(page_bytes(page))
    (folder / "images" / f"{page.name}.png").write_bytes(encode_png(page.image))
    if page.ids is not None:
        image = encode_png(instance_image(page.ids))
        (folder / "instance" / f"{page.name}_inst.png").write_bytes(image)


def assert_same(found: Page, page: Page) -> None:
    for column in COLUMNS:
        one, other = getattr(found.symbols, column), getattr(page.symbols, column)
        assert one.dtype == other.dtype, column
        assert one.shape == other.shape, column
        if one.dtype == np.float64:
            assert np.array_equal(one, other, equal_nan=True), column
        else:
            assert one.tolist() == other.tolist(), column
    for layer in ("image", "ids", "under", "staff_lines"):
        assert np.array_equal(getattr(found, layer), getattr(page, layer)), layer
        assert getattr(found, layer).dtype == getattr(page, layer).dtype, layer
    assert (found.name, found.staff_space, found.origin) == (page.name, page.staff_space, page.origin)


# Lengths are kept to a thousandth of a pixel.
length = st.integers(-(10**6), 10**7).map(lambda thousandths: thousandths / 1000)
whole = st.one_of(st.just(ABSENT), st.integers(-(2**31), 2**31 - 1))
time = st.one_of(st.just(np.nan), st.floats(allow_nan=False, allow_infinity=False))
value = st.one_of(st.booleans(), st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def tables(draw: st.DrawFn) -> Symbols:
    ids = draw(st.lists(st.integers(1, 65535), unique=True, max_size=5))
    n = len(ids)

    def column(element: st.SearchStrategy[Any], size: int = n) -> list[Any]:
        return draw(st.lists(element, min_size=size, max_size=size))

    linked = st.tuples(st.sampled_from(ids or [0]), st.sampled_from(ids or [0]))
    text = np.full(n, None, object)
    text[:] = column(st.one_of(st.none(), st.text(max_size=6)))
    return Symbols.build(
        column(st.sampled_from(sorted(VOCABULARY.by_id))),
        np.array(column(length, 4 * n)).reshape(n, 4),
        id=ids,
        corners=np.array(column(length, 8 * n)).reshape(n, 4, 2),
        onset=column(time),
        duration=column(time),
        score=column(st.integers(0, 10**6).map(lambda millionths: millionths / 1e6)),
        text=text,
        links=np.array(draw(st.lists(linked, max_size=4)) if n else [], np.int32).reshape(-1, 2),
        **{name: column(whole) for name in INTEGERS},
    )


@st.composite
def pages(draw: st.DrawFn) -> Page:
    origin = Origin(
        score=draw(st.text(max_size=5)),
        score_id=draw(st.text(max_size=5)),
        number=draw(st.integers(1, 10**6)),
        engraver=draw(st.text(max_size=5)),
        font=draw(st.text(max_size=5)),
        resolution=draw(st.floats(0, 1200)),
        seed=draw(st.integers(0, 2**63 - 1)),
        style=draw(st.dictionaries(st.text(max_size=5), value, max_size=3)),
        licence=draw(st.text(max_size=5)),
    )
    return Page(
        name=draw(st.sampled_from(["a", "lg-1-aug-leipzig--page-1", "Größe, ♯ & (b)"])),
        image=draw(arrays(np.uint8, (HEIGHT, WIDTH))),
        symbols=draw(tables()),
        ids=draw(arrays(np.uint16, (HEIGHT, WIDTH))),
        under=draw(arrays(np.uint16, (HEIGHT, WIDTH), elements=st.sampled_from([0, 0, 1, 7, 65535]))),
        staff_lines=np.array(draw(st.lists(length, max_size=3)), np.float64).repeat(5).reshape(-1, 5),
        staff_space=draw(st.integers(0, 10**7)) / 1e4,
        origin=origin,
    )


@given(page=pages())
@settings(max_examples=60, deadline=None)
def test_a_page_comes_back_as_it_was(page: Page) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_page(Path(folder), page)
        assert_same(read_page(Path(folder), page.name), page)


@pytest.fixture(name="page")
def three_symbols() -> Page:
    """A page with something in every column, where a stem lies under a beam."""
    ids = np.zeros((HEIGHT, WIDTH), np.uint16)
    ids[1:4, 2:4], ids[4, 1:8], ids[0, 8] = 7, 3, 500
    under = np.zeros_like(ids)
    under[4, 2:4], under[5, 8] = 7, 3
    symbols = Symbols.build(
        ["stem", "beam", "textLyrics"],
        [[2, 1, 4, 5], [1, 4, 8, 5], [8, 0, 9, 1]],
        id=[7, 3, 500],
        area=[6, 7, 1],
        staff=[0, ABSENT, 1],
        onset=[0.1, np.nan, 1 / 3],
        text=np.array([None, None, "Größe ♯ \"'\\\n"], object),
        links=[[7, 3], [3, 7]],
    )
    style: dict[str, float | str | bool] = {"paper": "tall", "header": True}
    origin = Origin("a.xml", "012", 2, "Verovio", "Leland", 400.0, 2**63 - 1, style, "CC0")
    grey = np.full((HEIGHT, WIDTH), 200, np.uint8)
    return Page("three", grey, symbols, ids, under, np.ones((5, 5)), 8.5, origin)


def test_a_page_is_also_read_without_its_pixels(page: Page, tmp_path: Path) -> None:
    write_page(tmp_path, page)
    document = read_document(tmp_path / "pages" / "three.json.gz")
    found = symbols_of(document)
    assert found.names == ["stem", "beam", "textLyrics"]
    assert found.text.tolist() == [None, None, "Größe ♯ \"'\\\n"]
    assert found[0].onset == 0.1
    assert found[1].onset is None
    assert found[1].staff is None
    assert found.linked(7).names == ["beam"]


def test_lengths_are_rounded_to_a_thousandth_of_a_pixel(page: Page, tmp_path: Path) -> None:
    box, corners = page.symbols.box + 1 / 3, page.symbols.corners - 1 / 7
    lines = page.staff_lines + 1 / 9
    symbols = page.symbols.replace(box=box, corners=corners)
    moved = replace(page, symbols=symbols, staff_lines=lines, staff_space=1 / 3)
    write_page(tmp_path, moved)
    found = read_page(tmp_path, "three")
    assert found.symbols.box == pytest.approx(box, abs=5.1e-4)
    assert found.symbols.corners == pytest.approx(corners, abs=5.1e-4)
    assert found.staff_lines == pytest.approx(lines, abs=5.1e-4)
    assert found.staff_space == pytest.approx(1 / 3, abs=5.1e-5)
    assert found.symbols.onset[2] == 1 / 3, "times are not rounded"


def test_a_page_without_a_second_layer_has_an_empty_one(page: Page, tmp_path: Path) -> None:
    write_page(tmp_path, replace(page, under=None))
    under = read_page(tmp_path, "three").under
    assert under is not None
    assert under.shape == (HEIGHT, WIDTH)
    assert not under.any()


def test_an_empty_page(tmp_path: Path) -> None:
    white = np.full((HEIGHT, WIDTH), 255, np.uint8)
    zero = np.zeros((HEIGHT, WIDTH), np.uint16)
    write_page(tmp_path, Page("white", white, ids=zero))
    assert_same(read_page(tmp_path, "white"), Page("white", white, ids=zero, under=zero))


def test_the_file_is_as_documented_and_bears_no_date(page: Page) -> None:
    data = page_bytes(page)
    assert data[:2] == b"\x1f\x8b"
    assert data[4:8] == bytes(4), "gzip's time of making"
    assert data == page_bytes(page)
    document = orjson.loads(gzip.decompress(data))
    assert document["format"] == FORMAT == "notehead page 1"
    assert list(document["symbols"]) == [*(name for name in COLUMNS if name != "text"), "text"]
    assert document["symbols"]["text"] == {"500": "Größe ♯ \"'\\\n"}
    assert document["symbols"]["box"] == [2, 1, 4, 5, 1, 4, 8, 5, 8, 0, 9, 1]
    assert document["symbols"]["onset"][1] is None
    assert document["symbols"]["links"] == [7, 3, 3, 7]
    assert document["under"] == [4 * WIDTH + 2, 2, 7, 5 * WIDTH + 8, 1, 3]


def test_what_a_later_version_adds_is_passed_over(page: Page, tmp_path: Path) -> None:
    write_page(tmp_path, page)
    rewrite(tmp_path, lambda document: document.update(ink="black"))
    rewrite(tmp_path, lambda document: document["origin"].update(ink="black"))
    assert_same(read_page(tmp_path, "three"), page)


# Damage.


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "pages" / "three.json.gz"
    document = orjson.loads(gzip.decompress(path.read_bytes()))
    change(document)
    path.write_bytes(gzip.compress(orjson.dumps(document)))


def column(name: str, *values: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["symbols"].update({name: list(values)})


def part(name: str, found: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.update({name: found})


def without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.pop(name)


SYMBOLS = {
    "a column is missing": lambda document: document["symbols"].pop("voice"),
    "the texts are missing": lambda document: document["symbols"].pop("text"),
    "a column is short": column("voice", 1, 1),
    "a column is no list": lambda document: document["symbols"].update(voice=3),
    "a column holds words": column("voice", "one", "two", "three"),
    "a column holds a list": column("voice", [1], 2, 3),
    "a column holds nothing where it must": column("area", 6, None, 1),
    "a box is short": lambda document: document["symbols"]["box"].pop(),
    "a box is none": lambda document: document["symbols"]["box"].__setitem__(2, None),
    "a corner is none": lambda document: document["symbols"]["corners"].__setitem__(2, None),
    "two ids are one": column("id", 7, 7, 500),
    "an id is 0": column("id", 0, 3, 500),
    "an id is negative": column("id", -7, 3, 500),
    "an id is larger than masks hold": column("id", 7, 3, 65536),
    "an id is larger than the column holds": column("id", 7, 3, 1 << 40),
    "a class is unknown": column("label", 42, 122, 9999),
    "a class is negative": column("label", -1, 122, 42),
    "half a link": column("links", 7),
    "a link to nothing": column("links", 7, 4),
    "a link from nothing": column("links", 0, 7),
    "a text of nothing": lambda document: document["symbols"]["text"].update({"4": "?"}),
    "a text is a number": lambda document: document["symbols"]["text"].update({"7": 7}),
    "the texts are a list": lambda document: document["symbols"].update(text=["?"]),
}
PARTS = {
    "another format": part("format", "notehead page 2"),
    "no format": lambda document: document.pop("format"),
    **{
        f"no {name}": without(name)
        for name in ("name", "width", "height", "staff_space", "staff_lines", "origin", "symbols", "under")
    },
    "a width that is a word": part("width", "9"),
    "another width": part("width", WIDTH + 1),
    "another height": part("height", HEIGHT - 1),
    "a staff space that is a word": part("staff_space", "wide"),
    "staff lines of four numbers": part("staff_lines", [[0, 1, 2, 3]]),
    "staff lines of words": part("staff_lines", ["one"]),
    "an origin that is a list": part("origin", []),
    "symbols that are a list": part("symbols", []),
    "half a run": part("under", [1, 2]),
    "a run before the page": part("under", [-1, 2, 7]),
    "a run beyond the page": part("under", [HEIGHT * WIDTH - 1, 2, 7]),
    "a run far beyond the page": part("under", [2**31 - 1, 2**31 - 1, 7]),
    "a run of negative length": part("under", [3, -2, 7]),
    "a run of an id that is too large": part("under", [1, 2, 65536]),
    "runs of words": part("under", ["a", "b", "c"]),
    "runs of numbers that are too large": part("under", [1 << 40, 1, 1]),
}


@pytest.mark.parametrize("damage", SYMBOLS)
def test_damaged_symbols_are_refused(page: Page, tmp_path: Path, damage: str) -> None:
    write_page(tmp_path, page)
    rewrite(tmp_path, SYMBOLS[damage])
    document = read_document(tmp_path / "pages" / "three.json.gz")
    with pytest.raises(DatasetError, match=r"^three\.json\.gz: damaged .*Run `notehead verify`"):
        symbols_of(document)
    with pytest.raises(DatasetError, match=r"^three\.json\.gz: damaged .*Run `notehead verify`"):
        read_page(tmp_path, "three")


@pytest.mark.parametrize("damage", PARTS)
def test_damaged_parts_are_refused(page: Page, tmp_path: Path, damage: str) -> None:
    write_page(tmp_path, page)
    rewrite(tmp_path, PARTS[damage])
    with pytest.raises(DatasetError, match=r"^three") as caught:
        read_page(tmp_path, "three")
    assert caught.value.remedy


def test_any_byte_may_be_changed_or_be_the_last(page: Page, tmp_path: Path) -> None:
    """gzip's checksum finds what is not in its head; nothing but our own error comes out."""
    write_page(tmp_path, page)
    path = tmp_path / "pages" / "three.json.gz"
    data = path.read_bytes()
    good, found = read_document(path), []
    for at in [*range(20), *range(20, len(data), 7)]:
        for damaged in (data[:at], data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]):
            path.write_bytes(damaged)
            with contextlib.suppress(DatasetError):
                found.append(read_document(path))
    assert all(document == good for document in found)
    assert len(found) < 12, "most damage is found"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{}", id="not packed"),
        pytest.param(gzip.compress(b""), id="nothing packed"),
        pytest.param(gzip.compress(b"{"), id="half an object"),
        pytest.param(gzip.compress(b"[]"), id="a list"),
        pytest.param(gzip.compress(b"\xff\xfe"), id="no text"),
        pytest.param(gzip.compress(b"[" * 100_000), id="deeply nested"),
        pytest.param(gzip.compress(b'{"format": NaN}'), id="no JSON"),
    ],
)
def test_files_that_are_no_pages(page: Page, tmp_path: Path, content: bytes) -> None:
    write_page(tmp_path, page)
    (tmp_path / "pages" / "three.json.gz").write_bytes(content)
    with pytest.raises(DatasetError, match=r"^three\.json\.gz: "):
        read_page(tmp_path, "three")


@pytest.mark.parametrize("name", ["pages/three.json.gz", "images/three.png", "instance/three_inst.png"])
def test_missing_files_are_named(page: Page, tmp_path: Path, name: str) -> None:
    write_page(tmp_path, page)
    (tmp_path / name).unlink()
    with pytest.raises(DatasetError, match=rf"^{Path(name).name}: No such file or directory"):
        read_page(tmp_path, "three")


GREY = np.zeros((HEIGHT, WIDTH), np.uint8)


@pytest.mark.parametrize(
    ("name", "pixels", "found"),
    [
        ("images/three.png", GREY[:, 1:], "8 x 6, its page should have 9 x 6"),
        ("images/three.png", np.dstack([GREY] * 3), "9 x 6 x 3, its page should have 9 x 6"),
        ("instance/three_inst.png", GREY, "9 x 6, its page should have 9 x 6 x 3"),
        ("instance/three_inst.png", np.dstack([GREY[1:]] * 3), "9 x 5 x 3, its page should have 9 x 6 x 3"),
    ],
)
def test_images_of_another_page_are_refused(
    page: Page, tmp_path: Path, name: str, pixels: NDArray[np.uint8], found: str
) -> None:
    write_page(tmp_path, page)
    (tmp_path / name).write_bytes(encode_png(pixels))
    with pytest.raises(DatasetError, match=rf"^{Path(name).name} is {found}\. Run"):
        read_page(tmp_path, "three")
