"""One table of classes: unique, complete, and what DeepScoresV2 and MUSCIMA++ say."""

from __future__ import annotations

import csv
import pickle
from collections import Counter
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.verovio.fonts import glyph_names
from notehead.vocabulary import VOCABULARY, SymbolClass, Vocabulary
from notehead.vocabulary.table import FIRST_OWN_ID, LARGEST_ID, Kind

REFERENCE = Path(__file__).parents[3] / "shared" / "reference"
CLASSES = VOCABULARY.classes
IN_V2 = [row for row in CLASSES if row.deepscores_v2]


@pytest.mark.parametrize("field", ["id", "name", "grey"])
def test_no_two_classes_share(field: str) -> None:
    values = Counter(getattr(row, field) for row in CLASSES)
    assert values.most_common(1)[0][1] == 1


def test_ids_are_those_of_v2_then_our_own() -> None:
    assert [row.id for row in CLASSES] == [
        *range(1, 137),
        *range(FIRST_OWN_ID, FIRST_OWN_ID + len(CLASSES) - 136),
    ]
    assert [row.id for row in IN_V2] == list(range(1, 137))


def test_greys_fit_a_mask_with_paper_zero() -> None:
    assert all(0 < row.grey < 256 for row in CLASSES)


def test_kinds_are_known() -> None:
    assert {row.kind for row in CLASSES} == set(get_args(Kind))


def test_names_are_v2s_but_for_the_ledger_line() -> None:
    assert [(row.name, row.deepscores_v2) for row in IN_V2 if row.name != row.deepscores_v2] == [
        ("ledgerLine", "legerLine")
    ]


def test_look_up_by_name_and_by_id() -> None:
    for row in CLASSES:
        assert VOCABULARY[row.name] is row
        assert VOCABULARY.by_id[row.id] is row
        assert VOCABULARY.id(row.name) == row.id
    assert list(VOCABULARY) == [row.name for row in CLASSES]
    assert len(VOCABULARY) == len(CLASSES)
    assert "steem" not in VOCABULARY
    with pytest.raises(KeyError):
        VOCABULARY.id("steem")


def test_grey_look_up_table() -> None:
    table = VOCABULARY.grey_of_id
    assert table.dtype == np.uint8
    assert all(table[row.id] == row.grey for row in CLASSES)
    assert np.count_nonzero(table) == len(CLASSES)


def test_noteheads_are_heads_of_notes() -> None:
    heads = [VOCABULARY.by_id[label].name for label in VOCABULARY.notehead_ids.tolist()]
    assert len(heads) == len([row for row in CLASSES if row.is_notehead])
    assert all(name.startswith("notehead") for name in heads)
    assert "noteheadParenthesis" not in heads
    plain = [f"notehead{kind}" for kind in ("Black", "Half", "Whole", "DoubleWhole")]
    for name in (
        f"{kind}{place}{size}" for kind in plain for place in ("OnLine", "InSpace") for size in ("", "Small")
    ):
        assert name in heads


def test_glyphs_are_in_some_font_unless_verovio_draws_them_otherwise() -> None:
    known = set(glyph_names().values())
    lacking = {
        row.name for row in CLASSES if row.kind == "glyph" and row.smufl and not known & set(row.smufl)
    }
    assert lacking == {"clef8", "clef15", "restHBar", *(f"fingering{digit}" for digit in range(6))}


def reference(file: str) -> list[dict[str, str]]:
    path = REFERENCE / file
    if not path.exists():
        pytest.skip(f"{file} is not here")
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def muscima(row: SymbolClass) -> str:
    return str(row.muscima_id or "")


def test_v2s_own_table_agrees() -> None:
    theirs = reference("deepscores_v2_classes.csv")
    assert [(str(row.id), row.deepscores_v2, muscima(row)) for row in IN_V2] == [
        (row["id"], row["name"], row["muscima_id"]) for row in theirs
    ]
    assert [(row.name, str(row.grey)) for row in IN_V2] == [
        (row["name"].replace("leger", "ledger"), row["color"]) for row in theirs
    ]


def test_muscimas_own_table_agrees() -> None:
    theirs = {row["id"]: row["name"] for row in reference("muscima_classes.csv")}
    ours = {muscima(row): row.muscima for row in IN_V2 if row.muscima_id}
    assert ours == {key: name for key, name in theirs.items() if key in ours}
    assert set(theirs) == set(ours)


# Vocabularies that datasets bring.

rows = st.lists(
    st.tuples(st.integers(0, LARGEST_ID), st.sampled_from([*VOCABULARY, "smudge", ""]) | st.text()),
    max_size=20,
    unique_by=(lambda row: row[0], lambda row: row[1]),
)


@given(rows=rows)
def test_ids_names_and_their_order_are_kept(rows: list[tuple[int, str]]) -> None:
    found = Vocabulary.of(iter(rows))
    assert [(row.id, row.name) for row in found.classes] == rows
    assert list(found) == [name for _, name in rows]
    assert {name: found.id(name) for name in found} == {name: identity for identity, name in rows}
    assert [row.grey for row in found.classes] == list(range(1, len(rows) + 1))
    assert all(found.grey_of_id[row.id] == row.grey for row in found.classes)
    assert np.count_nonzero(found.grey_of_id) == len(rows)
    again = pickle.loads(pickle.dumps(found))
    assert again == found
    assert hash(again) == hash(found)


def test_what_is_known_of_a_name_is_kept() -> None:
    found = Vocabulary.of([(900, "noteheadBlackOnLine"), (4, "noteheadOfMine"), (2, "stem"), (3, "smudge")])
    ours = VOCABULARY["noteheadBlackOnLine"]
    assert found["noteheadBlackOnLine"].smufl == ours.smufl
    assert found["noteheadBlackOnLine"].muscima == ours.muscima
    assert found["stem"].kind == "line"
    assert found["smudge"].kind == "glyph"
    assert found.notehead_ids.tolist() == [900, 4]


def test_greys_end_at_255() -> None:
    found = Vocabulary.of((k, f"c{k}") for k in range(300))
    assert [row.grey for row in found.classes] == [*range(1, 256), *[0] * 45]
    assert found.grey_of_id.dtype == np.uint8


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, "a"), (2, "b"), (1, "c")], "two classes have the id 1"),
        ([(1, "a"), (2, "b"), (3, "b")], "two classes have the name 'b'"),
        ([(-1, "a")], "the id of a class is not from 0 to 999,999"),
        ([(LARGEST_ID + 1, "a")], "the id of a class is not from 0 to 999,999"),
        ([(10**30, "a")], "the id of a class is not from 0 to 999,999"),
    ],
)
def test_vocabularies_that_cannot_be(rows: list[tuple[int, str]], message: str) -> None:
    with pytest.raises(ValueError, match=rf"^{message}$"):
        Vocabulary.of(rows)


def test_vocabularies_are_equal_where_all_their_classes_are() -> None:
    found = Vocabulary.of([(1, "stem"), (2, "beam")])
    assert found == Vocabulary.of([(1, "stem"), (2, "beam")])
    assert found != Vocabulary.of([(2, "beam"), (1, "stem")]), "in their order"
    assert found != Vocabulary.of([(1, "stem"), (2, "tie")])
    assert found != {"stem": found["stem"], "beam": found["beam"]}
    assert Vocabulary(()) == Vocabulary.of([])
    assert Vocabulary(VOCABULARY.classes) == VOCABULARY


def test_no_class_at_all() -> None:
    nothing = Vocabulary.of([])
    assert len(nothing) == len(nothing.notehead_ids) == 0
    assert nothing.grey_of_id.tolist() == [0]
