"""One table of classes: unique, complete, and what DeepScoresV2 and MUSCIMA++ say."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from notehead.engrave.verovio.fonts import glyph_names
from notehead.vocabulary import VOCABULARY, SymbolClass
from notehead.vocabulary.table import FIRST_OWN_ID, Kind

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
