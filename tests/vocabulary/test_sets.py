"""The vocabularies that come with the package: complete, with the numbers that were published."""

from __future__ import annotations

import csv
import pickle
from importlib import resources

import pytest

from notehead import VOCABULARY
from notehead.datasets.formats.deepscores_v1 import layout as deepscores_v1
from notehead.datasets.formats.deepscores_v2 import layout as deepscores_v2
from notehead.vocabulary import SETS, Vocabulary, class_map, named_vocabulary


@pytest.mark.parametrize("name", SETS)
def test_each_set_is_a_vocabulary(name: str) -> None:
    found = named_vocabulary(name)
    assert len(found) == len(set(found)) == len(found.by_id) > 50
    assert all(found.by_id[row.id] is row is found[row.name] for row in found.classes)
    greys = [row.grey for row in found.classes]
    assert all(0 < grey < 256 for grey in greys)
    assert len(set(greys)) == len(greys)
    assert named_vocabulary(name) is found, "read once"
    assert pickle.loads(pickle.dumps(found)) == found


@pytest.mark.parametrize("name", ["", "Notehead", "muscima", "deepscores_v2"])
def test_there_is_no_other_set(name: str) -> None:
    with pytest.raises(KeyError):
        named_vocabulary(name)


def test_our_own_is_the_table() -> None:
    assert named_vocabulary("notehead") is VOCABULARY


def test_deepscores_has_v2s_ids_names_and_greys() -> None:
    found = named_vocabulary("deepscores")
    rows = [row for row in VOCABULARY.classes if row.deepscores_v2]
    assert [(row.id, row.name, row.grey) for row in found.classes] == [
        (row.id, row.deepscores_v2, row.grey) for row in rows
    ]
    assert found["legerLine"].kind == "line"
    published = deepscores_v2.categories()
    for row in found.classes:
        theirs = published[str(row.id)]
        assert (theirs["name"], theirs["color"]) == (row.name, row.grey)


def test_muscima_has_v2s_second_ids() -> None:
    found = named_vocabulary("muscima++")
    assert {(row.id, row.name) for row in found.classes} == {
        (row.muscima_id, row.muscima) for row in VOCABULARY.classes if row.muscima_id
    }
    assert list(found.by_id) == sorted(found.by_id)
    assert set(found.by_id) <= set(range(137, 209))
    published = deepscores_v2.categories()
    assert all(published[str(row.id)]["name"] == row.name for row in found.classes)


def test_v1_is_numbered_as_its_files_are() -> None:
    found = named_vocabulary("deepscores_v1")
    assert {row.name: row.id for row in found.classes} == deepscores_v1.class_numbers()
    assert list(found.by_id) == list(range(1, len(found) + 1))


def test_sets_are_of_their_own_kind() -> None:
    assert all(isinstance(named_vocabulary(name), Vocabulary) for name in SETS)
    assert len({named_vocabulary(name) for name in SETS}) == len(SETS)


# MUSCIMA++ 2.0, from its list of classes.


def test_mung_has_the_classes_of_muscima() -> None:
    mung = named_vocabulary("mung")
    assert len(mung) == 163
    assert [row.id for row in mung.classes] == list(range(1, 164))
    assert list(mung)[:3] == ["noteheadFull", "stem", "beam"]
    assert list(mung)[-1] == "dynamicLetterN"
    letters = [chr(letter) for letter in range(ord("A"), ord("Z") + 1)]
    for start in ("characterSmall", "characterCapital"):
        assert [name for name in mung if name.startswith(start)] == [start + letter for letter in letters]
    assert [name for name in mung if name.startswith("numeral")] == [f"numeral{digit}" for digit in range(10)]


def test_each_former_name_became_one_class() -> None:
    text = resources.files("notehead.vocabulary").joinpath("mung.csv").read_text(encoding="utf-8")
    former = [name for row in csv.DictReader(text.splitlines()) for name in row["former"].split()]
    assert len(former) == len(set(former))
    assert not set(former) & set(named_vocabulary("mung"))


def test_mung_s_classes_lead_to_notehead_s_where_one_is_meant() -> None:
    names = class_map(named_vocabulary("mung"), VOCABULARY).names
    assert names["gClef"] == "clefG"
    assert names["legerLine"] == "ledgerLine"
    assert names["stem"] == "stem"
    assert "accidentalSharp" in names
    assert "articulationStaccato" not in names, "above or below is not said"
