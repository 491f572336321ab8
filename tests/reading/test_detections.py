"""What `notehead detect` wrote comes back as it was; what it did not write is refused, whatever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.images.failure import DocumentError
from notehead.page import ABSENT
from notehead.reading.detections import Detection, detection_of, read_detections

GOOD: dict[str, Any] = {
    "format": "notehead detection 1", "name": "scan-p2", "file": "scan.pdf", "page": 2, "pages": 3,
    "width": 600, "height": 300, "staff_space": 10.0, "confidence": 0.9, "turned": 90,
    "skew": -1.5, "note": "",
    "staff_lines": [[0, 20.0, 60.0 + 10 * k, 580.0, 60.0 + 10 * k] for k in range(5)],
    "symbols": [
        {"class": "noteheadBlackOnLine", "score": 0.9, "box": [60, 75, 72, 85], "staff": 0, "position": -2,
         "corners": [[60, 75], [72, 75], [72, 85], [60, 85]]},
        {"class": "barlineSingle", "score": 0.5, "box": [305, 60, 307, 100],
         "corners": [[305, 60], [307, 60], [307, 100], [305, 100]]},
    ],
}  # fmt: skip


def test_a_page_comes_back() -> None:
    found = detection_of(orjson.dumps(GOOD))
    assert (found.file, found.number, found.count, found.turned, found.skew) == ("scan.pdf", 2, 3, 90, -1.5)
    page, symbols = found.page, found.page.symbols
    assert (page.name, page.width, page.height, page.staff_space) == ("scan-p2", 600, 300, 10)
    assert symbols.names == ["noteheadBlackOnLine", "barlineSingle"]
    assert symbols.box[0].tolist() == [60, 75, 72, 85]
    assert symbols.corners.shape == (2, 4, 2)
    assert symbols.score.tolist() == [0.9, 0.5]
    assert (symbols.staff.tolist(), symbols.position.tolist()) == ([0, ABSENT], [-2, ABSENT])
    assert page.staff_lines.tolist() == GOOD["staff_lines"]


def test_a_page_without_anything_comes_back() -> None:
    found = detection_of(orjson.dumps(GOOD | {"symbols": [], "staff_lines": [], "note": "no staff"}))
    assert (len(found.page.symbols), found.page.staff_lines.shape, found.note) == (0, (0, 5), "no staff")


def broken(**changes: Any) -> bytes:
    return orjson.dumps(GOOD | changes)


def symbol(**changes: Any) -> bytes:
    return broken(symbols=[GOOD["symbols"][0] | changes])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "it is no JSON"), (b"[" * 100_000, "it is no JSON"), (b"\xff", "it is no JSON"),
        (b"[]", "`notehead detect` did not write it"), (b'{"format": 1}',
        "`notehead detect` did not write it"),
        (broken(width=0), "0 is out of range"), (broken(width=10**9), "1000000000 is out of range"),
        (broken(height="9"), "'9' is out of range"), (broken(page=0), "0 is out of range"),
        (broken(symbols=None), "it is damaged (TypeError"), (broken(symbols=[3]), "it is damaged (TypeError"),
        (broken(staff_lines=[[1, 2]]), "it is damaged (ValueError"),
        (broken(staff_lines=[[0, 0, 0, 1e300, 0]]), "a number is out of range"),
        (broken(skew=1e9), "a number is out of range"), (broken(staff_space=None),
        "a number is out of range"),
        (symbol(box=[0, 0, 1e9, 1]), "a number is out of range"), (symbol(score=7),
        "a number is out of range"),
        (symbol(box=[0, 0, 1]), "it is damaged"), (symbol(corners=[1]), "it is damaged"),
        (symbol(staff=2.0**70), "out of range"), (symbol(staff="x"), "out of range"),
        (symbol(**{"class": "cat"}), "unknown class 'cat'; detect without --classes"),
        (symbol(**{"class": ["cat"]}), "unknown class"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_refused(line: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match="Write it anew with `notehead detect`") as caught:
        detection_of(line)
    assert words in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(set(GOOD) - {"format"})), _JSON)
def test_nothing_but_an_error_comes_of_damage(key: str, value: Any) -> None:
    try:
        page = detection_of(orjson.dumps(GOOD | {key: value})).page
    except DocumentError:
        return
    assert np.isfinite(page.symbols.box).all()
    assert np.isfinite(page.staff_lines).all()


@given(st.sampled_from(sorted(GOOD["symbols"][0])), _JSON)
def test_nothing_but_an_error_comes_of_a_damaged_symbol(key: str, value: Any) -> None:
    try:
        symbols = detection_of(symbol(**{key: value})).page.symbols
    except DocumentError:
        return
    assert np.isfinite(symbols.corners).all()
    assert (symbols.box[:, :2] <= symbols.box[:, 2:]).all()


def test_one_bad_line_stops_no_other(tmp_path: Path) -> None:
    file = tmp_path / "found.jsonl"
    file.write_bytes(b"\n".join([orjson.dumps(GOOD), b"{", b"", orjson.dumps(GOOD | {"page": 3})]))
    first, error, last = read_detections(file)
    assert isinstance(first, Detection)
    assert str(error).startswith(f"{file}: page 2: it is no JSON")
    assert isinstance(last, Detection)
    assert last.number == 3


@pytest.mark.parametrize("content", [b"", b"\n \n", None])
def test_files_without_pages(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "found.json"
    if content is not None:
        file.write_bytes(content)
    [error] = read_detections(file)
    assert isinstance(error, DocumentError)
    assert str(error).startswith(f"{file}: it ")
