"""From one vocabulary to another: by name, by what a class is called elsewhere, by a table of one's own."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead import VOCABULARY, Symbols
from notehead.errors import DatasetError
from notehead.vocabulary import SETS, ClassMap, Vocabulary, class_map, named_vocabulary, read_class_map

NAMES = st.sampled_from(
    [*VOCABULARY, *named_vocabulary("muscima++"), *named_vocabulary("deepscores_v1"), "smudge"]
)
some_vocabulary = st.lists(
    st.tuples(st.integers(0, 999), NAMES), max_size=12, unique_by=(lambda row: row[0], lambda row: row[1])
).map(Vocabulary.of)


# By name.


@pytest.mark.parametrize("name", SETS)
def test_a_vocabulary_to_itself_changes_nothing(name: str) -> None:
    known = named_vocabulary(name)
    found = class_map(known, known)
    assert found.names == {row: row for row in known}
    assert found.dropped == []


@given(source=some_vocabulary, target=some_vocabulary)
def test_a_map_leads_into_the_target_and_the_own_name_comes_first(
    source: Vocabulary, target: Vocabulary
) -> None:
    found = class_map(source, target)
    assert set(found.names) <= set(source)
    assert set(found.names.values()) <= set(target)
    assert all(found.names[name] == name for name in source if name in target)
    assert [*found.names, *found.dropped] == [
        *(name for name in source if name in found.names),
        *(name for name in source if name not in found.names),
    ]
    for row in source.classes:
        becomes = found.label_of[row.id]
        assert becomes == (target.id(found.names[row.name]) if row.name in found.names else -1)
    assert np.count_nonzero(found.label_of >= 0) == len(found.names), "ids of no class lead nowhere"


@pytest.mark.parametrize("column", ["deepscores_v2", "deepscores_v1", "muscima"])
def test_each_class_finds_what_the_table_says(column: str) -> None:
    theirs = {"deepscores_v2": "deepscores", "deepscores_v1": "deepscores_v1", "muscima": "muscima++"}[column]
    target = named_vocabulary(theirs)
    names = class_map(VOCABULARY, target).names
    for row in VOCABULARY.classes:
        called = getattr(row, column)
        if row.name not in target and called is not None:
            assert names[row.name] == called


def test_deepscores_there_and_back_loses_nothing() -> None:
    theirs = named_vocabulary("deepscores")
    there, back = class_map(theirs, VOCABULARY), class_map(VOCABULARY, theirs)
    assert there.dropped == []
    assert there.names["legerLine"] == "ledgerLine"
    assert {back.names[name] for name in there.names.values()} == set(theirs)
    assert [theirs.id(back.names[there.names[name]]) for name in theirs] == [
        theirs.id(name) for name in theirs
    ]


def test_finer_classes_fall_under_coarser_ones_never_the_other_way() -> None:
    muscima = named_vocabulary("muscima++")
    there, back = class_map(VOCABULARY, muscima).names, class_map(muscima, VOCABULARY).names
    assert there["keySharp"] == there["accidentalSharp"] == there["accidentalSharpSmall"] == "accidentalSharp"
    assert there["timeSig3"] == there["fingering3"] == "numeral3"
    assert "numeral3" not in back
    assert "tremoloMark" not in back
    assert back["accidentalSharp"] == "accidentalSharp"


def test_what_all_classes_of_one_name_agree_in_is_known() -> None:
    """v1's `noteheadBlack` is on a line or in a space with us, and one class in MUSCIMA++."""
    v1, muscima = named_vocabulary("deepscores_v1"), named_vocabulary("muscima++")
    names = class_map(v1, muscima).names
    (called,) = {VOCABULARY[f"noteheadBlack{place}"].muscima for place in ("OnLine", "InSpace")}
    assert names["noteheadBlack"] == called
    assert "noteheadBlack" not in class_map(v1, VOCABULARY).names
    assert "noteheadBlack" not in class_map(v1, named_vocabulary("deepscores")).names


def test_unknown_names_are_dropped() -> None:
    own = Vocabulary.of([(5, "smudge"), (6, "stem")])
    found = class_map(own, VOCABULARY)
    assert (found.names, found.dropped) == ({"stem": "stem"}, ["smudge"])
    assert class_map(own, Vocabulary(())).names == {}
    assert class_map(Vocabulary(()), own).names == {}


# Symbols.


def symbols() -> Symbols:
    own = Vocabulary.of([(5, "smudge"), (900, "keySharp"), (0, "stem")])
    boxes = np.arange(16).reshape(4, 4)
    return Symbols.build(
        ["stem", "smudge", "keySharp", "stem"], boxes, own, id=[4, 3, 9, 7], links=[[4, 3], [4, 9]]
    )


def test_symbols_without_a_class_there_fall_away_with_their_links() -> None:
    target = Vocabulary.of([(70, "accidentalSharp"), (8, "stem")])
    found = symbols().mapped(class_map(symbols().vocabulary, target))
    assert found.names == ["stem", "accidentalSharp", "stem"]
    assert found.label.tolist() == [8, 70, 8]
    assert found.id.tolist() == [4, 9, 7]
    assert found.box.tolist() == [[0, 1, 2, 3], [8, 9, 10, 11], [12, 13, 14, 15]]
    assert found.links.tolist() == [[4, 9]]
    assert found.vocabulary is target
    assert found.label.dtype == np.int32


def test_no_symbols_stay_no_symbols() -> None:
    found = Symbols(vocabulary=Vocabulary(())).mapped(class_map(Vocabulary(()), VOCABULARY))
    assert len(found) == 0
    nothing = symbols().mapped(class_map(symbols().vocabulary, Vocabulary(())))
    assert len(nothing) == len(nothing.links) == 0


def test_maps_can_be_pickled() -> None:
    found = class_map(VOCABULARY, named_vocabulary("muscima++"))
    assert found.label_of.size, "what is worked out once goes along"
    again = pickle.loads(pickle.dumps(found))
    assert (again.source, again.target, again.names) == (found.source, found.target, found.names)
    assert np.array_equal(again.label_of, found.label_of)


# Tables of one's own.


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "classes.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder: Path, text: str | bytes) -> ClassMap:
    return read_class_map(table(folder, text), VOCABULARY)


def test_classes_are_numbered_as_they_appear(tmp_path: Path) -> None:
    found = read(
        tmp_path, "class,becomes\nstem,line\nkeySharp,sharp\nbeam,line\naccidentalSharp,sharp\nbrace,\n"
    )
    assert [(row.id, row.name) for row in found.target.classes] == [(0, "line"), (1, "sharp")]
    assert found.names == {"stem": "line", "keySharp": "sharp", "beam": "line", "accidentalSharp": "sharp"}
    assert "brace" in found.dropped
    assert "clefG" in found.dropped, "what the table does not name is left out"


def test_ids_may_be_given(tmp_path: Path) -> None:
    found = read(tmp_path, "id,class,becomes\n7,stem,line\n,beam,line\n3,keySharp,sharp\n7,tie,line\n")
    assert [(row.id, row.name) for row in found.target.classes] == [(7, "line"), (3, "sharp")]


def test_tables_come_from_spreadsheets(tmp_path: Path) -> None:
    found = read(tmp_path, b'\xef\xbb\xbfclass,becomes,note\r\n stem ," Hals, lang",x\r\nbeam\r\n')
    assert found.names == {"stem": "Hals, lang"}
    assert "beam" in found.dropped


def test_a_known_name_keeps_what_is_known_of_it(tmp_path: Path) -> None:
    found = read(tmp_path, "class,becomes\nbeam,stem\n")
    assert found.target["stem"].kind == "line"
    assert found.target["stem"].id == 0


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "no table of classes .*there is no column 'class'"),
        ("class,to\nstem,x\n", "no table of classes .*there is no column 'becomes'"),
        ("name,becomes\n", "no table of classes .*there is no column 'class'"),
        ("class,becomes\n\n,x\n", "there is no class '' in the dataset"),
        ("class,becomes,id\nstem,x,1\nbeam,y,1\n", "no table of classes .*two classes have the id 1"),
        ("class,becomes,id\nstem,x,1\nbeam,x,2\n", "no table of classes .*x has two ids"),
        ("class,becomes,id\nstem,x,one\n", "no table of classes .*'one'"),
        ("class,becomes,id\nstem,x,-1\n", "no table of classes .*not from 0 to 999,999"),
        ("class,becomes,id\nstem,x,1000000\n", "no table of classes .*not from 0 to 999,999"),
        ("class,becomes\nstem,x\nstem,y\n", "no table of classes .*stem is in it twice"),
        ("class,becomes\nstem,x\nstem,\n", "no table of classes .*stem is in it twice"),
        ("class,becomes\nsteem,x\n", "there is no class 'steem' in the dataset"),
        ("class,becomes\nsteem,\n", "there is no class 'steem' in the dataset"),
        (b"class,becomes\nstem,\xff\n", "no table of classes .*utf-8"),
        (f"class,becomes\nstem,{'x' * 200_000}\n", "no table of classes .*field larger"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, text: str | bytes, cause: str) -> None:
    with pytest.raises(DatasetError, match=rf"classes\.csv: {cause}") as caught:
        read(tmp_path, text)
    assert caught.value.remedy


def test_tables_that_are_missing(tmp_path: Path) -> None:
    for path, cause in ((tmp_path / "no.csv", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(DatasetError, match=rf"{path}: {cause}.*Check the path of the table"):
            read_class_map(path, VOCABULARY)


def test_muscima_tells_small_heads_from_others_where_the_second_set_of_v2_does_not() -> None:
    to_mung = class_map(VOCABULARY, named_vocabulary("mung")).names
    assert to_mung["noteheadBlackInSpace"] == "noteheadFull"
    assert to_mung["noteheadBlackInSpaceSmall"] == "noteheadFullSmall"
    assert (
        class_map(VOCABULARY, named_vocabulary("muscima++")).names["noteheadBlackInSpace"]
        == "noteheadFullSmall"
    )
    assert (to_mung["clefG"], to_mung["timeSig4"], to_mung["barlineSingle"]) == (
        "gClef",
        "numeral4",
        "barline",
    )


def test_every_class_of_muscima_in_the_table_is_one() -> None:
    assert {row.mung for row in VOCABULARY.classes} - {None} <= set(named_vocabulary("mung"))


def test_the_names_of_v1_extended_lead_to_ours() -> None:
    extended = Vocabulary.of(
        enumerate(["noteheadBlackOnline", "noteheadHalfOfflineSmall", "combStaff", "stem"])
    )
    assert class_map(extended, VOCABULARY).names == {
        "noteheadBlackOnline": "noteheadBlackOnLine",
        "noteheadHalfOfflineSmall": "noteheadHalfInSpaceSmall",
        "combStaff": "staff",
        "stem": "stem",
    }
