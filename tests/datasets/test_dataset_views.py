"""Views of a dataset: by class, by page, by split, in other classes; they share the files and combine."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.convert import convert
from notehead.datasets.index import PageEntry
from notehead.datasets.source import ReadOptions
from notehead.datasets.verify import Verification, verify_pages
from notehead.errors import DatasetError
from notehead.page import Origin
from notehead.vocabulary import SETS, Vocabulary, class_map, named_vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page, random_symbols

BOX = [1.0, 2.0, 3.0, 40.0]


def page_of(page_name: str, *names: str, score_id: str = "", score: str = "") -> Page:
    symbols = Symbols.build(names, [BOX] * len(names))
    page = blank_page(page_name, symbols, (60, 50))
    return replace(page, origin=Origin(score=score, score_id=score_id))


@pytest.fixture(name="dataset")
def four_pages() -> Dataset:
    return Dataset(
        MemorySource(
            [
                page_of("a", "stem", "beam", "keySharp"),
                page_of("b", "stem", "accidentalSharp"),
                page_of("c"),
                page_of("d", "tie", "accidentalSharp", "accidentalSharp"),
            ]
        )
    )


def names(dataset: Dataset) -> list[str]:
    assert [entry.name for entry in dataset.entries] == [page.name for page in dataset]
    assert len(dataset) == len(dataset.entries)
    return [entry.name for entry in dataset.entries]


# Only some classes.


def test_only_these_classes_stay_on_all_pages(dataset: Dataset) -> None:
    view = dataset.only("accidentalSharp", "beam")
    assert names(view) == ["a", "b", "c", "d"]
    assert [page.symbols.names for page in view] == [
        ["beam"],
        ["accidentalSharp"],
        [],
        ["accidentalSharp", "accidentalSharp"],
    ]
    assert [symbols.names for _, symbols in view.annotations()] == [page.symbols.names for page in view]
    assert view.symbols("d").id.tolist() == [2, 3]


def test_no_other_class_takes_the_name_of_one_that_stays(dataset: Dataset) -> None:
    """MUSCIMA++ calls a sharp of a key signature an accidental, too: only asked for classes is that so."""
    assert dataset.only("accidentalSharp")["a"].symbols.names == []
    assert dataset.remap("muscima++")["a"].symbols.names == ["stem", "beam", "accidentalSharp"]


@given(wanted=st.sets(st.sampled_from(list(VOCABULARY)), max_size=8), symbols=random_symbols())
def test_only_is_a_filter(wanted: set[str], symbols: Symbols) -> None:
    view = Dataset(MemorySource([blank_page("p", symbols)])).only(*wanted)
    expected = symbols[np.array([name in wanted for name in symbols.names], bool)]
    found = view[0].symbols
    assert found.id.tolist() == expected.id.tolist()
    assert found.names == expected.names
    assert found.links.tolist() == expected.links.tolist()
    assert found.label.tolist() == expected.label.tolist(), "ids of classes stay"


def test_classes_keep_the_order_and_the_ids_of_the_dataset(dataset: Dataset) -> None:
    view = dataset.only("tie", "stem", "beam")
    assert [(row.id, row.name, row.grey) for row in view.vocabulary.classes] == [
        (row.id, row.name, row.grey) for row in VOCABULARY.classes if row.name in ("tie", "stem", "beam")
    ]
    own = Vocabulary.of([(9, "tie"), (700, "smudge"), (0, "stem")])
    view = Dataset(MemorySource([disc_page("p", own)], own)).only("stem", "smudge")
    assert [(row.id, row.name) for row in view.vocabulary.classes] == [(700, "smudge"), (0, "stem")]
    assert view[0].symbols.names == ["smudge", "stem", "smudge"]


def test_masks_show_the_symbols_that_stay(dataset_folder: Path) -> None:
    whole = Dataset(dataset_folder)
    for page, part in zip(whole, whole.only("staff", "stem"), strict=True):
        assert page.ids is not None
        assert part.ids is not None
        assert set(np.unique(part.ids).tolist()) - {0} <= set(part.symbols.id.tolist())
        assert set(np.unique(part.classes).tolist()) <= {0, VOCABULARY["staff"].grey, VOCABULARY["stem"].grey}
        for symbol in part.symbols:
            assert np.array_equal(part.mask(symbol), page.mask(symbol))
            assert symbol.area == np.count_nonzero(part.ids == symbol.id)
        assert np.array_equal(part.image, page.image), "the ink stays"


def test_what_stays_is_a_sound_dataset(dataset_folder: Path, tmp_path: Path) -> None:
    """Masks without symbols would be found by `verify`; ink without a symbol was asked for, so it is not."""
    part = Dataset(dataset_folder).only("staff", "noteheadBlackOnLine", "noteheadBlackInSpace")
    convert(part, tmp_path / "copy", "notehead")
    found = Verification()
    assert len(list(verify_pages(Dataset(tmp_path / "copy"), found))) == 2
    assert {problem.check for problem in found.problems} == set()


# Pages with some class.


def test_pages_with_one_of_the_classes(dataset: Dataset) -> None:
    assert names(dataset.containing("stem")) == ["a", "b"]
    assert names(dataset.containing("tie", "beam")) == ["a", "d"]
    assert names(dataset.containing("clefG")) == []
    assert names(dataset.containing()) == []
    assert dataset.containing("stem")["b"].symbols.names == ["stem", "accidentalSharp"], "with all symbols"


def test_what_a_page_contains_is_said_in_the_classes_of_the_view(dataset: Dataset) -> None:
    assert names(dataset.containing("accidentalSharp")) == ["b", "d"]
    assert names(dataset.remap("muscima++").containing("accidentalSharp")) == ["a", "b", "d"]
    assert names(dataset.only("beam", "tie").containing("tie")) == ["d"]
    with pytest.raises(DatasetError, match="there is no class 'stem'"):
        dataset.only("beam").containing("stem")


class Indexed(MemorySource):
    """A source that knows where its classes are, and reads nothing to say so."""

    def rows_with(self, labels: object) -> list[int]:
        assert labels == [VOCABULARY.id("stem")]
        return [1, 3]

    def symbols(self, entry: PageEntry) -> Symbols:
        raise AssertionError(entry)


def test_a_source_that_knows_is_asked() -> None:
    dataset = Dataset(Indexed([page_of(name) for name in "abcde"]))
    assert names(dataset.containing("stem")) == ["b", "d"]
    late = dataset.where(lambda entry: entry.name > "b")
    assert names(late.containing("stem")) == ["d"]
    with pytest.raises(AssertionError):
        dataset.only("stem").containing("stem")


# Pages by their entries.


def test_pages_that_a_function_agrees_to(dataset: Dataset) -> None:
    view = dataset.where(lambda entry: entry.symbols >= 2)
    assert names(view) == ["a", "b", "d"]
    assert [view[k].name for k in (0, 1, 2, -1)] == ["a", "b", "d", "d"]
    assert view["d"].name == "d"
    with pytest.raises(DatasetError, match="page 'c' is not in"):
        view["c"]
    with pytest.raises(DatasetError, match="page 3: the dataset has 3 pages"):
        view[3]
    assert names(view.where(lambda entry: entry.name != "b")) == ["a", "d"]
    assert names(dataset) == ["a", "b", "c", "d"], "the dataset itself stays whole"


# Other classes.


def test_other_classes_by_name_vocabulary_or_map(dataset: Dataset) -> None:
    target = Vocabulary.of([(5, "accidentalSharp"), (3, "stem")])
    by_vocabulary, by_map = dataset.remap(target), dataset.remap(class_map(dataset.vocabulary, target))
    for view in (by_vocabulary, by_map):
        assert view.vocabulary is target
        assert [page.symbols.label.tolist() for page in view] == [[3, 5], [3, 5], [], [5, 5]]
    for name in SETS:
        assert dataset.remap(name).vocabulary is named_vocabulary(name)


def test_views_combine_in_their_order(dataset: Dataset) -> None:
    view = dataset.remap("muscima++").only("accidentalSharp").where(lambda entry: entry.name != "b")
    assert [page.symbols.names for page in view] == [["accidentalSharp"], [], ["accidentalSharp"] * 2]
    back = dataset.only("stem", "keySharp").remap("deepscores").remap("notehead")
    assert back.vocabulary is VOCABULARY
    assert [page.symbols.names for page in back] == [["stem", "keySharp"], ["stem"], [], []]


def test_a_set_that_is_not_there(dataset: Dataset) -> None:
    with pytest.raises(
        DatasetError, match=r"^there is no vocabulary 'coco'\. Choose among notehead, deepscores"
    ):
        dataset.remap("coco")


def test_a_map_from_other_classes_is_refused(dataset: Dataset) -> None:
    """It would give symbols other names, or look ids up that it lacks."""
    strange = class_map(Vocabulary.of([(42, "beam")]), VOCABULARY)
    with pytest.raises(DatasetError, match=r"leads from other classes than the dataset's\. Make it from"):
        dataset.remap(strange)
    with pytest.raises(DatasetError, match="leads from other classes"):
        dataset.remap("muscima++").remap(class_map(VOCABULARY, named_vocabulary("deepscores")))


@pytest.mark.parametrize("view", ["only", "containing"])
def test_classes_that_are_not_there_are_met_with_near_ones(dataset: Dataset, view: str) -> None:
    with pytest.raises(DatasetError, match=r"^there is no class 'steem'\. Did you mean .*stem"):
        getattr(dataset, view)("beam", "steem")
    with pytest.raises(DatasetError, match=r"^there is no class '♯'\. `notehead stats` lists the classes\.$"):
        getattr(dataset, view)("♯")


# Division.

scores = st.lists(st.sampled_from(["", *map(str, range(40))]), max_size=60)


@given(ids=scores, share=st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), seed=st.integers(0, 3))
def test_every_page_is_in_one_part_and_no_score_in_two(ids: list[str], share: float, seed: int) -> None:
    pages = [page_of(f"p{k}", score_id=score) for k, score in enumerate(ids)]
    first, second = Dataset(MemorySource(pages)).divide(share, seed)
    assert sorted([*names(first), *names(second)]) == sorted(page.name for page in pages)
    parts = [{entry.score_id for entry in part.entries if entry.score_id} for part in (first, second)]
    assert parts[0].isdisjoint(parts[1])
    if share in (0.0, 1.0):
        assert len(second if share else first) == 0


def test_the_share_is_about_that_of_the_scores() -> None:
    pages = [page_of(f"{score}-{k}", score_id=str(score)) for score in range(1000) for k in range(2)]
    dataset = Dataset(MemorySource(pages))
    for seed in range(3):
        first, second = dataset.divide(0.3, seed)
        assert 500 < len(first) < 700
        assert len(first) + len(second) == 2000
    assert names(dataset.divide(0.3, 1)[0]) != names(dataset.divide(0.3, 2)[0])
    assert names(dataset.divide(0.3, 1)[0]) == names(dataset.divide(0.3, 1)[0])


def test_pages_stay_where_they_are_when_others_come_or_more_is_asked_for() -> None:
    pages = [page_of(f"p{k}", score_id=str(k // 2)) for k in range(200)]
    few, many = Dataset(MemorySource(pages[:100])), Dataset(MemorySource(pages))
    small, large = few.divide(0.4)[0], many.divide(0.4)[0]
    assert set(names(small)) == set(names(large)) & {page.name for page in pages[:100]}
    assert set(names(large)) < set(names(many.divide(0.6)[0]))


def test_without_ids_the_paths_tell_scores_apart_and_else_the_names() -> None:
    pages = [page_of(f"p{k}", score=f"{k // 10}.mei") for k in range(400)]
    first, second = Dataset(MemorySource(pages)).divide(0.5)
    assert {entry.score for entry in first.entries}.isdisjoint(entry.score for entry in second.entries)
    alone = Dataset(MemorySource([page_of(f"p{k}") for k in range(400)])).divide(0.5)[0]
    assert 150 < len(alone) < 250


def test_names_that_are_no_text_are_divided_too() -> None:
    pages = [page_of(os.fsdecode(b"\xff%d" % k)) for k in range(40)]
    first, second = Dataset(MemorySource(pages)).divide(0.5)
    assert len(first) + len(second) == 40
    assert min(len(first), len(second)) > 5


# Splits, and going on.


def test_splits_are_taken_before_views() -> None:
    parts = [
        MemorySource([page_of(name, "stem")], split=split) for name, split in (("a", "train"), ("b", "x"))
    ]
    merged = Dataset.merge(*map(Dataset, parts))
    again = Dataset(merged._source, "x")
    assert names(again) == names(again.only("stem")) == names(again.containing("stem")) == ["b"]
    assert len(Dataset(merged._source, "test")) == 0
    with pytest.raises(DatasetError, match=r"^there is no split 'y'\. Choose among train, test, x\.$"):
        Dataset(merged._source, "y")


class Damaged(MemorySource):
    """The pages called `bad` cannot be used."""

    def __init__(self, *, keep_going: bool) -> None:
        super().__init__([page_of(name, "stem") for name in ("a", "bad-1", "b", "bad-2")])
        self.complaints.keep_going = keep_going

    def page(self, entry: PageEntry) -> Page:
        if entry.name.startswith("bad"):
            message = f"{entry.name}.png: damaged image"
            raise DatasetError(message)
        return super().page(entry)


READERS: dict[str, Callable[[Dataset], list[str]]] = {
    "pages": lambda dataset: [entry.name for entry, _ in dataset.pages()],
    "iteration": lambda dataset: [page.name for page in dataset],
    "annotations": lambda dataset: [entry.name for entry, _ in dataset.annotations()],
    "containing": lambda dataset: [entry.name for entry in dataset.containing("stem").entries],
    "a view": lambda dataset: [page.name for page in dataset.only("stem").where(lambda _: True)],
}


@pytest.mark.parametrize("way", READERS)
def test_bad_pages_are_left_out_and_counted_or_stop_the_work(way: str) -> None:
    dataset = Dataset(Damaged(keep_going=True))
    assert READERS[way](dataset) == ["a", "b"]
    assert dataset.complaints.counts == {"pages": 2}
    assert [str(complaint) for complaint in dataset.complaints.kept] == [
        "bad-1.png: damaged image",
        "bad-2.png: damaged image",
    ]
    with pytest.raises(DatasetError, match=r"bad-1\.png: damaged image"):
        READERS[way](Dataset(Damaged(keep_going=False)))


def test_a_page_that_is_asked_for_is_an_error_either_way() -> None:
    dataset = Dataset(Damaged(keep_going=True))
    with pytest.raises(DatasetError, match=r"bad-1\.png: damaged image"):
        dataset["bad-1"]
    assert dataset.complaints.counts == {}


def test_views_share_what_was_found() -> None:
    dataset = Dataset(Damaged(keep_going=True))
    assert len(list(dataset.only("stem"))) == 2
    assert dataset.complaints.counts == {"pages": 2}


# Other processes.


def test_views_can_be_sent_to_another_process(dataset_folder: Path) -> None:
    whole = Dataset(dataset_folder, options=ReadOptions(keep_going=True))
    views = [
        whole,
        whole.only("stem"),
        whole.remap("muscima++").only("stem").where(lambda entry: entry.split == "train"),
        whole.containing("stem"),
        whole.divide(0.5)[0],
        Dataset.merge(whole, whole.only("beam")),
    ]
    for view in views:
        list(view.annotations())
        again = pickle.loads(pickle.dumps(view))
        assert (again.folder, len(again), again.vocabulary) == (view.folder, len(view), view.vocabulary)
        assert list(again.entries) == list(view.entries)
        assert again.complaints.keep_going
        for page, other in zip(view, again, strict=True):
            assert other.symbols.names == page.symbols.names
            assert other.symbols.vocabulary == page.symbols.vocabulary
