"""The places that a scan tells are those of the values that Python's own reader finds."""

from __future__ import annotations

import itertools
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.datasets.complaints import Complaints
from notehead.datasets.json_index import index as json_index
from notehead.datasets.json_index import window as json_window
from notehead.datasets.json_index.index import (
    NO_IMAGE,
    Fields,
    Grouping,
    ImageIndex,
    JsonScan,
    Members,
    by_image,
    read_member,
    read_range,
    scan_members,
)
from notehead.datasets.json_index.scan import as_integer
from notehead.errors import DatasetError

FIELDS = Fields("image_id", "category_id")


@pytest.fixture(name="path", scope="module")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that tests write anew."""
    return tmp_path_factory.mktemp("json") / "a.json"


# Whatever JSON holds.

TEXTS = st.text(max_size=6) | st.sampled_from(['"', "\\", '\\"', "[", "}", "é\n", "image_id", "\U0001f3b5"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=4,
)
IMAGES = st.integers(-(2**62), 2**62) | st.integers(0, 9)
LABELS = st.integers(0, 2**31 - 1)


@st.composite
def elements(draw: st.DrawFn) -> dict[str, Any]:
    """An element with an image, and a class in one of all ways in which one may be said."""
    fields = draw(st.dictionaries(TEXTS, VALUES, max_size=2))
    image, label = draw(IMAGES), draw(LABELS)
    fields["image_id"] = draw(st.sampled_from([image, str(image)]))
    others = draw(st.lists(SCALARS, max_size=2))
    said = st.sampled_from([label, str(label), [label], [str(label), *others], [None, label], [], None, 1.5])
    if draw(st.booleans()):
        fields["category_id"] = draw(said | VALUES)
    return {key: fields[key] for key in draw(st.permutations(list(fields)))}


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A document, and a text of it."""
    many = st.lists(elements(), max_size=3)
    document: dict[str, Any] = dict(draw(st.dictionaries(TEXTS, VALUES, max_size=2)))
    document["annotations"] = draw(many | st.dictionaries(TEXTS, elements(), max_size=3))
    document["images"] = draw(many)
    return shuffled(draw, document), draw(texts(shuffled(draw, document)))


def shuffled(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    return {key: document[key] for key in draw(st.permutations(list(document)))}


@st.composite
def texts(draw: st.DrawFn, value: Any) -> str:
    """A JSON text of the value, with white space wherever it may be."""
    spaces = st.sampled_from(["", "", " ", "\n", "\r\n\t", "  "])
    separators = (draw(spaces) + "," + draw(spaces), draw(spaces) + ":" + draw(spaces))
    text = json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 2])),
        separators=separators,
    )
    return draw(spaces) + text + draw(spaces)


def label_of(element: dict[str, Any], at: int = 0) -> int:
    label = element.get("category_id")
    if isinstance(label, list):
        label = label[at] if len(label) > at else None
    elif at:
        label = None
    number = as_integer(label)
    return number if number is not None and 0 <= number < 2**31 else -1


def scanned(
    path: Path, text: str | bytes, fields: Fields = FIELDS, chunk: int = 7
) -> tuple[JsonScan, dict[str | None, list[Members]]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    scan = JsonScan(path, {"annotations": fields, "images": Fields("image_id")}, chunk=chunk)
    found: dict[str | None, list[Members]] = {"annotations": [], "images": []}
    for name, block in scan.blocks():
        found[name].append(block)
    return scan, found


@given(parts=documents(), chunk=st.integers(1, 80))
def test_places_are_those_of_the_values(path: Path, parts: tuple[dict[str, Any], str], chunk: int) -> None:
    document, text = parts
    scan, found = scanned(path, text, chunk=chunk)
    raw = text.encode()
    assert {name: json.loads(raw[a:b]) for name, (a, b) in scan.ranges.items()} == document
    for name, blocks in found.items():
        container = document[str(name)]
        values = list(container.values()) if isinstance(container, dict) else container
        starts, ends = (
            [int(i) for block in blocks for i in getattr(block, side)] for side in ("start", "end")
        )
        assert [json.loads(raw[a:b]) for a, b in zip(starts, ends, strict=True)] == values
        assert [int(i) for block in blocks for i in block.image] == [int(v["image_id"]) for v in values]
        expected = [label_of(v) if name == "annotations" else -1 for v in values]
        assert [int(i) for block in blocks for i in block.label] == expected
        keys = [raw[a:b] for block in blocks for a, b in zip(block.key_start, block.key_end, strict=True)]
        if isinstance(container, dict):
            assert [json.loads(key) for key in keys] == list(container)
        else:
            assert not any(keys)
        assert all(block.keyed == isinstance(container, dict) for block in blocks)


@given(parts=documents(), at=st.integers(0, 2))
def test_a_class_may_stand_further_on_in_a_list(
    path: Path, parts: tuple[dict[str, Any], str], at: int
) -> None:
    document, text = parts
    _, found = scanned(path, text, Fields("image_id", "category_id", at))
    container = document["annotations"]
    values = list(container.values()) if isinstance(container, dict) else container
    labels = [int(i) for block in found["annotations"] for i in block.label]
    assert labels == [label_of(value, at) for value in values]


def accepts(path: Path, raw: bytes) -> bool:
    """Whether all of a file can be scanned, and what was found be parsed."""
    try:
        scan, found = scanned(path, raw, chunk=5)
        for start, end in scan.ranges.values():
            read_range(path, start, end)
        for block in found["annotations"] + found["images"]:
            for start, end in zip(block.start.tolist(), block.end.tolist(), strict=True):
                read_range(path, start, end)
    except DatasetError:
        return False
    return True


@given(
    parts=documents(),
    place=st.floats(0, 1, exclude_max=True),
    byte=st.sampled_from(b'"\\{}[],: 0n\xff\n'),
    how=st.sampled_from(["change", "insert", "remove", "cut"]),
)
def test_damage_is_found(
    path: Path, parts: tuple[dict[str, Any], str], place: float, byte: int, how: str
) -> None:
    """Whatever is no JSON any more is refused, by the scan or by whoever parses what it found."""
    raw = bytearray(parts[1].encode())
    at = int(place * len(raw))
    raw[at : len(raw) if how == "cut" else at + (how != "insert")] = bytes([byte]) * (
        how in ("change", "insert")
    )
    try:
        json.loads(bytes(raw).decode())
    except ValueError:
        assert not accepts(path, bytes(raw))


@given(parts=documents(), data=st.data())
def test_every_cut_is_found(path: Path, parts: tuple[dict[str, Any], str], data: st.DataObject) -> None:
    raw = parts[1].encode().rstrip()
    cut = data.draw(st.integers(1, len(raw) - 1))
    if not raw[:cut].strip():
        return
    with pytest.raises(DatasetError, match=r"a\.json: line [\d,]+, byte [\d,]+: "):
        scanned(path, raw[:cut])


@given(
    records=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5) | st.none()), max_size=40),
    keyed=st.booleans(),
    block=st.integers(1, 5),
)
def test_elements_come_by_image(
    path: Path, records: list[tuple[int, int | None]], *, keyed: bool, block: int
) -> None:
    """However images are mixed, and wherever blocks end."""
    values = [{"image_id": image, "category_id": label, "n": n} for n, (image, label) in enumerate(records)]
    path.write_text(json.dumps({str(n): value for n, value in enumerate(values)} if keyed else values))
    members = scan_members(path, None, "image_id", "category_id")
    grouping = Grouping()
    for begin in range(0, len(members), block):
        grouping.add(part(members, slice(begin, begin + block)))
    for index in (grouping.index(), by_image(members)):
        check_index(path, index, values, keyed=keyed)


def part(members: Members, rows: slice) -> Members:
    arrays = [
        getattr(members, name)[rows] for name in ("start", "end", "key_start", "key_end", "image", "label")
    ]
    return Members(members.keyed, *arrays)


def check_index(path: Path, index: ImageIndex, values: list[dict[str, Any]], *, keyed: bool) -> None:
    assert index.images.tolist() == sorted({value["image_id"] for value in values})
    for place, image in enumerate(index.images.tolist()):
        expected = [value for value in values if value["image_id"] == image]
        assert index.load(path, image) == [(str(v["n"]) if keyed else "", v) for v in expected]
        assert index.count[place] == len(expected)
        assert index.labelled[place] == sum(value["category_id"] is not None for value in expected)
    runs = sum(a["image_id"] != b["image_id"] for a, b in itertools.pairwise(values))
    assert len(index.start) == (runs + 1 if values else 0), "elements that follow each other are one range"
    for wanted in ([], [0], [1, 4], [9], range(6)):
        there = {value["image_id"] for value in values if value["category_id"] in list(wanted)}
        assert index.images_with(wanted).tolist() == sorted(there)
    assert index.load(path, 77) == []
    assert index.places(np.array([77, *index.images])).tolist() == [-1, *range(len(index.images))]


# By hand.


def test_a_file_that_is_an_array_or_an_object(path: Path) -> None:
    path.write_text(' [ {"image_id": 3}, {"image_id": "4", "category_id": ["7", null]} ] ')
    members = scan_members(path, None, "image_id", "category_id")
    assert (members.image.tolist(), members.label.tolist(), members.keyed) == ([3, 4], [-1, 7], False)
    assert (members.start.tolist(), members.end.tolist()) == ([3, 20], [18, 65])
    path.write_text('{"a": {"image_id": 3}}')
    members = scan_members(path, None, "image_id", None)
    assert (members.keyed, members.key_start.tolist(), members.key_end.tolist()) == (True, [1], [4])


@pytest.mark.parametrize("text", ["[]", "{}", " [ ] ", "\ufeff[]\n"])
def test_a_file_without_elements(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    members = scan_members(path, None, "image_id", "category_id")
    assert len(members) == 0
    index = by_image(members)
    assert index.load(path, 1) == []
    assert index.images_with([1, 2]).tolist() == []


def test_small_members_are_read_without_the_large_ones(path: Path) -> None:
    document = {"info": {"a": [1, "x"]}, "annotations": [{"n": 1}] * 3, "licenses": None, "year": -2.5}
    path.write_text(json.dumps(document))
    names = ["info", "year", "licenses"]
    assert read_member(path, [*names, "images"]) == {name: document[name] for name in names}


def test_keys_may_be_written_with_escapes(path: Path) -> None:
    path.write_text('[{"image\\u005fid": "\\u0031", "category_id": [" \\n"], "category\\u005fid": 9}]')
    members = scan_members(path, None, "image_id", "category_id")
    assert (members.image.tolist(), members.label.tolist()) == ([1], [9])


def test_numbers_that_python_alone_writes_are_read(path: Path) -> None:
    path.write_text('[{"image_id": 1, "score": NaN}, {"image_id": 1, "score": -Infinity}]')
    index = by_image(scan_members(path, None, "image_id", None))
    (_, one), (_, two) = index.load(path, 1)
    assert np.isnan(one["score"])
    assert two["score"] == -np.inf


def test_keys_that_come_twice_are_all_there(path: Path) -> None:
    path.write_text('{"7": {"image_id": 1, "a": [2]} , "8" : {"image_id": 1}, "7":{"image_id": 1, "a": 3}}')
    index = by_image(scan_members(path, None, "image_id", None))
    expected = [("7", {"image_id": 1, "a": [2]}), ("8", {"image_id": 1}), ("7", {"image_id": 1, "a": 3})]
    assert index.load(path, 1) == expected


def test_deep_nests_are_walked_through(path: Path) -> None:
    deep = "[" * 500 + "{}" + "]" * 500
    path.write_text(f'{{"a": {deep}, "annotations": [{{"x": {deep}, "image_id": 5}}]}}')
    assert scan_members(path, "annotations", "image_id", None).image.tolist() == [5]


def test_nests_that_are_too_deep_to_parse_are_refused(path: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    path.write_text(f'[{{"x": {deep}, "image_id": 5}}]')
    index = by_image(scan_members(path, None, "image_id", None))
    with pytest.raises(DatasetError, match="nested too deeply"):
        index.load(path, 5)


def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    """24 MB of annotations in 20 pages, mixed with a member of 20 MB that nobody asks for."""
    path = tmp_path / "long.json"
    record = '{"image_id": %d, "category_id": 3, "text": "' + "x" * 2000 + '"}'
    with path.open("w") as file:
        file.write('{"other": ["' + "y" * 20_000_000 + '"], "annotations": [')
        file.write(",".join(record % (n // 600) for n in range(12_000)) + "]}")
    wanted: dict[str | None, Fields] = {"annotations": FIELDS}
    grouping = Grouping()
    tracemalloc.start()
    for _, block in JsonScan(path, wanted, chunk=1 << 18).blocks():
        grouping.add(block)
    index = grouping.index()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8e6
    assert index.count.tolist() == [600] * 20
    assert len(index.start) == 20


# What is wrong.


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "line 1, byte 1: the file is empty"),
        ("  \n ", "line 2, byte 5: the file is cut off here"),
        ("[{", "line 1, byte 3: the file is cut off here"),
        ('[{"image_id": 1}', "line 1, byte 17: the file is cut off here"),
        ("hello", "line 1, byte 1: the file holds no array and no object"),
        ("3", "line 1, byte 1: the file holds no array and no object"),
        ("\x89PNG", "line 1, byte 1: the file holds no array and no object"),
        ("[3]", r"line 1, byte 2: \[0\] is no object"),
        ('[{"image_id": 1},\n {"image_id": 1}, null]', r"line 2, byte 37: \[2\] is no object"),
        ('[{"image_id": 1}\n {"image_id": 1}]', "line 2, byte 19: this is no JSON"),
        ('[{"image_id" 1}]', "line 1, byte 14: this is no JSON"),
        ('[{"image_id": 1 "a": 2}]', "line 1, byte 17: this is no JSON"),
        ('[{"a": [1, 2}, "image_id": 1}]', "line 1, byte 13: this is no JSON"),
        ('[{"image_id": 1,}]', "line 1, byte 17: this is no JSON"),
        ('[{"image_id": 1},]', r"line 1, byte 18: \[1\] is no object"),
        ('[{"image_id": }]', "line 1, byte 15: this is no JSON"),
        ('[{"image_id": 1}] x', "line 1, byte 19: something follows after its end"),
        ("[{}]", r"\[0\]: its 'image_id' is missing"),
        ('[{"image_id": 1}, {"image_id": null}]', r"\[1\]: its 'image_id' is no integer"),
        ('[{"image_id": 1.5}]', r"\[0\]: its 'image_id' is no integer"),
        ('[{"image_id": true}]', r"\[0\]: its 'image_id' is no integer"),
        ('[{"image_id": "a"}]', r"\[0\]: its 'image_id' is no integer"),
        ('[{"image_id": [1]}]', r"\[0\]: its 'image_id' is no integer"),
        ('[{"image_id": 99999999999999999999999}]', r"\[0\]: its 'image_id' is no integer"),
        ('[{"image_id": 1.5.2}]', r"line 1, byte 2: \[0\] is no JSON"),
    ],
)
def test_the_message_says_what_and_where(path: Path, text: str, cause: str) -> None:
    path.write_text(text, encoding="latin-1")
    with pytest.raises(DatasetError, match=rf"a\.json: (?:.*: )?{cause}") as caught:
        scan_members(path, None, "image_id", "category_id")
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("[]", "line 1, byte 1: the file holds no object"),
        ("{}", "there is no 'annotations' in it"),
        ('{"annotations": 5}', "line 1, byte 17: 'annotations' is no array and no object"),
        ('{"annotations": [{}]}', r"annotations\[0\]: its 'image_id' is missing"),
        ('{"annotations": {"x": {}}}', r"annotations\[0\]: its 'image_id' is missing"),
        ('{"annotations": {"x": 3}}', r"byte 23: annotations\[0\] is no object"),
        ('{"annotations": [], "annotations": []}', "there is a second 'annotations'"),
        ('{"a": 1 "annotations": []}', "byte 9: this is no JSON"),
        ('{"a": 1, annotations: []}', "byte 10: this is no JSON"),
        ('{"a": 1,}', "byte 9: this is no JSON"),
        ('{"a": }', "byte 7: this is no JSON"),
        ('{"a": [}}', "byte 8: this is no JSON"),
        ('{"a\n": 3}', "byte 2: this is no JSON"),
        ('{"a": "x', "byte 9: the file is cut off here"),
        ('{"a": [["x', "byte 11: the file is cut off here"),
    ],
)
@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
def test_members_that_cannot_be(path: Path, text: str, cause: str, chunk: int) -> None:
    path.write_text(text)
    scan = JsonScan(path, {"annotations": FIELDS}, chunk=chunk)
    with pytest.raises(DatasetError, match=rf"a\.json: (?:.*: )?(?:.*, )?{cause}"):
        consume(scan.blocks())


def consume(blocks: Iterator[Any]) -> None:
    for _ in blocks:
        pass


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"b\.json: No such file"):
        scan_members(tmp_path / "b.json", None, "image_id", None)


def test_elements_without_image_may_be_left_out(path: Path) -> None:
    path.write_text('[{"image_id": 1}, {"category_id": 3}, {"image_id": 1}, {"image_id": "x"}]')
    complaints = Complaints(keep_going=True)
    members = scan_members(path, None, "image_id", "category_id", complaints)
    assert members.image.tolist() == [1, NO_IMAGE, 1, NO_IMAGE]
    assert complaints.counts["symbols"] == 2
    assert [complaint.entry for complaint in complaints.kept] == ["[1]", "[3]"]
    index = by_image(members)
    assert index.images.tolist() == [1]
    assert index.labels.tolist() == []
    assert index.load(path, 1) == [("", {"image_id": 1})] * 2


def test_a_value_without_end_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_window, "LARGEST", 1000)
    path.write_text('[{"image_id": 1, "x": "' + "y" * 5000 + '"}]')
    with pytest.raises(DatasetError, match="byte 2: one value takes more than 1,000 bytes"):
        consume(JsonScan(path, {None: FIELDS}, chunk=100).blocks())


def test_a_file_that_was_changed_is_told(path: Path) -> None:
    path.write_text('[{"image_id": 1},{"image_id": 2}]')
    index = by_image(scan_members(path, None, "image_id", None))
    path.write_text('[{"image_id":1},{"image_id":2}] ')
    with pytest.raises(DatasetError, match=r"a\.json: line 1, byte 18: what stands here is no JSON"):
        index.load(path, 2)
    path.write_text("[]")
    with pytest.raises(DatasetError, match="0 annotations instead of 1"):
        index.load(path, 2)
    path.unlink()
    with pytest.raises(DatasetError, match=r"a\.json: No such file"):
        index.load(path, 2)


def test_what_the_module_offers() -> None:
    assert all(hasattr(json_index, name) for name in json_index.__all__)
