"""Columns as plain lists and back, with None for what is absent, and texts that JSON can hold."""

from __future__ import annotations

import numpy as np
import orjson
import pytest
from hypothesis import given

from notehead import VOCABULARY, Symbols
from notehead.datasets.complaints import Complaints
from notehead.datasets.formats.common.symbol_columns import (
    json_bytes,
    own_or,
    plain_columns,
    symbols_of,
    unicode,
)
from notehead.page import COLUMNS
from notehead.vocabulary import Vocabulary
from tests.support.pages import blank_page, random_symbols
from tests.support.same_page import assert_same_page


@given(random_symbols())
def test_symbols_come_back_through_json(symbols: Symbols) -> None:
    document = orjson.loads(orjson.dumps(plain_columns(symbols)))
    found = symbols_of(document, symbols.vocabulary, Complaints(), "a.json")
    assert_same_page(blank_page("a", found), blank_page("a", symbols))


def test_what_is_absent_is_none() -> None:
    columns = plain_columns(
        Symbols.build(["stem", "beam"], np.zeros((2, 4)), onset=[0.5, np.nan], staff=[0, 1])
    )
    assert list(columns) == list(COLUMNS)
    assert columns["onset"] == [0.5, None]
    assert columns["staff"] == [0, 1]
    assert columns["voice"] == columns["text"] == [None, None]
    assert columns["box"] == [[0.0] * 4] * 2
    assert columns["corners"] == [[0.0] * 8] * 2
    assert columns["links"] == []


def test_no_symbols() -> None:
    assert set(map(len, plain_columns(Symbols()).values())) == {0}
    found = symbols_of(plain_columns(Symbols()), VOCABULARY, Complaints(), "a")
    assert found.box.shape == (0, 4)
    assert found.links.shape == (0, 2)


def test_symbols_that_cannot_be_used_are_counted_once_each() -> None:
    box = np.array([[0, 0, 9, 9], [9, 0, 0, 9], [0, 0, np.nan, 9], [0, 0, 1, 1], [0, 0, 1, 1]])
    symbols = Symbols.build(["stem"] * 5, box, id=[1, 2, 2, 4, 5], links=[[1, 4], [1, 5]])
    columns = plain_columns(symbols)
    columns["label"][3] = 999
    complaints = Complaints(keep_going=True)
    found = symbols_of(columns, VOCABULARY, complaints, "a.json")
    assert found.id.tolist() == [1, 5]
    assert found.links.tolist() == [[1, 5]]
    assert sorted(map(str, complaints.kept)) == [
        "a.json: symbol 2: another symbol has its id",
        "a.json: symbol 2: its box has a negative width or height",
        "a.json: symbol 4: its class is unknown",
    ]


@pytest.mark.parametrize("name", COLUMNS)
def test_each_column_is_needed(name: str) -> None:
    columns = plain_columns(Symbols.build(["stem"], [[0, 0, 1, 1]]))
    del columns[name]
    with pytest.raises(KeyError, match=name):
        symbols_of(columns, VOCABULARY, Complaints(), "a")


@pytest.mark.parametrize(
    "document", [{"a": "b"}, {"caf\udce9": ["\ud800", ("x", 3, None, 1.5, True)]}, "\udce9"]
)
def test_every_text_can_be_in_json(document: object) -> None:
    data = json_bytes(document)
    assert data == orjson.dumps(unicode(document))
    assert b"\\\\udce9" in data or "\udce9" not in str(document).replace("\\", "")


def test_own_classes_keep_their_greys() -> None:
    listed = Vocabulary.of((row.id, row.name) for row in VOCABULARY.classes)
    assert listed != VOCABULARY
    assert own_or(listed) is VOCABULARY
    other = Vocabulary.of([(1, "stem")])
    assert own_or(other) is other
