"""Parts depend on the files and on what is done with them, and on a file's own neighbours alone."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from notehead.collection.parts import Item, Part, parts_of


def items(numbers: list[int]) -> list[Item]:
    return [Item(f"scans/\udce9{n}.png", "document", f"{n}", f"{n}~p{{}}", 100, n) for n in numbers]


def keys(found: list[Item], fingerprint: str = "f") -> set[str]:
    return {part.key for part in parts_of(found, fingerprint, 8)}


@given(st.sets(st.integers(0, 10_000), max_size=200), st.integers(1, 40))
def test_every_file_is_in_one_part(numbers: set[int], size: int) -> None:
    found = items(sorted(numbers))
    parts = list(parts_of(found, "f", size))
    assert [item for part in parts for item in part.items] == found
    assert all(0 < len(part.items) <= 2 * size for part in parts)
    assert list(parts_of(found, "f", size)) == parts


def test_a_file_that_goes_changes_its_neighbours_alone() -> None:
    found = items(list(range(1000)))
    before = keys(found)
    changed = [len(keys(found[:place] + found[place + 1 :]) - before) for place in range(0, 1000, 17)]
    assert sum(changed) / len(changed) < 2.5
    assert max(changed) <= 8
    assert 1000 / 12 < len(before) < 1000 / 5


def test_a_changed_file_or_other_work_is_another_part() -> None:
    found = items(list(range(50)))
    changed = [*found[:20], replace(found[20], changed=7), *found[21:]]
    assert len(keys(found) - keys(changed)) == 1
    assert not keys(found) & keys(found, "other options")


def test_large_files_make_small_parts() -> None:
    found = [replace(item, size=200 << 20) for item in items(list(range(20)))]
    assert all(len(part.items) <= 2 for part in parts_of(found, "f", 32))


def test_parts_travel_as_json() -> None:
    part = Part.of(items([1, 2]), "f")
    assert Part.of_values(json.loads(json.dumps(part.values()))) == part
    alone = part.alone("f")
    assert [one.items for one in alone] == [(item,) for item in part.items]
    assert len({part.key, *(one.key for one in alone)}) == 3
    assert alone[0].failed("it crashed").key == alone[0].key
