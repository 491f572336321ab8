"""Several datasets as one: all pages, all classes, every name once."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead import VOCABULARY, Dataset, Page, Symbols
from notehead.datasets.index import PageEntry
from notehead.datasets.merged import MergedSource
from notehead.errors import DatasetError
from notehead.vocabulary import Vocabulary, named_vocabulary
from tests.support.pages import MemorySource, blank_page, disc_page


def pages_named(*names: str, shade: int = 255) -> Dataset:
    """White pages, told apart by their shade."""
    pages = [Page(name, np.full((4, 6), shade - k, np.uint8)) for k, name in enumerate(names)]
    return Dataset(MemorySource(pages))


def with_classes(name: str, *rows: tuple[int, str]) -> Dataset:
    """A page with a symbol of each class."""
    own = Vocabulary.of(rows)
    boxes = [[k, 0, k + 1, 5] for k in range(len(rows))]
    symbols = Symbols.build([identity for identity, _ in rows], boxes, own)
    return Dataset(MemorySource([blank_page(name, symbols)], own, split=name))


# Names.


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ([["a", "b"], ["c"]], ["a", "b", "c"]),
        ([["a"], ["a"], ["a"]], ["a", "a-2", "a-3"]),
        ([["a", "b"], ["b", "a"]], ["a", "b", "b-2", "a-2"]),
        ([["a", "a-2"], ["a"]], ["a", "a-2", "a-3"]),
        ([["a"], ["a", "a-2"]], ["a", "a-2", "a-2-2"]),
        ([[], ["a"], []], ["a"]),
        ([[]], []),
    ],
)
def test_names_that_occur_twice_get_a_number(parts: list[list[str]], names: list[str]) -> None:
    merged = Dataset.merge(*(pages_named(*part) for part in parts))
    assert [entry.name for entry in merged.entries] == [page.name for page in merged] == names
    assert [merged[name].name for name in names] == names


@given(
    parts=st.lists(st.lists(st.sampled_from(["a", "a-2", "a-3", "b"]), unique=True), min_size=1, max_size=4)
)
def test_every_page_is_there_once_and_in_order(parts: list[list[str]]) -> None:
    datasets = [pages_named(*part, shade=250 - 10 * k) for k, part in enumerate(parts)]
    merged = Dataset.merge(*datasets)
    names = [entry.name for entry in merged.entries]
    assert len(set(names)) == len(names) == len(merged)
    shades = [int(page.image[0, 0]) for dataset in datasets for page in dataset]
    assert [int(page.image[0, 0]) for page in merged] == shades
    assert [int(merged[name].image[0, 0]) for name in names] == shades
    for name, old in zip(names, (name for part in parts for name in part), strict=True):
        assert name == old or name.startswith(f"{old}-")


def test_entries_say_what_they_said() -> None:
    parts = [with_classes("a", (1, "stem")), with_classes("b", (1, "stem"))]
    merged = Dataset.merge(*parts)
    assert list(merged.entries) == [part.entries[0] for part in parts]
    assert [entry.split for entry in merged.entries] == ["a", "b"]


def test_one_dataset_alone_is_itself() -> None:
    dataset = Dataset(MemorySource([disc_page("p")]))
    merged = Dataset.merge(dataset)
    assert merged.vocabulary is dataset.vocabulary
    assert merged.folder == dataset.folder
    assert merged[0].symbols.box.tolist() == dataset[0].symbols.box.tolist()


def test_no_dataset_at_all() -> None:
    with pytest.raises(DatasetError, match="there is no dataset to merge"):
        Dataset.merge()


# Classes.


def test_classes_of_one_name_are_one_and_keep_their_first_id() -> None:
    merged = Dataset.merge(
        with_classes("a", (1, "stem"), (2, "beam")), with_classes("b", (7, "beam"), (9, "tie"), (8, "stem"))
    )
    assert [(row.id, row.name) for row in merged.vocabulary.classes] == [(1, "stem"), (2, "beam"), (9, "tie")]
    assert [page.symbols.names for page in merged] == [["stem", "beam"], ["beam", "tie", "stem"]]
    assert merged["b"].symbols.label.tolist() == [2, 9, 1]
    assert merged.symbols("b").label.tolist() == [2, 9, 1]
    assert all(page.symbols.vocabulary is merged.vocabulary for page in merged)


def test_one_id_for_two_classes_is_refused() -> None:
    with pytest.raises(
        DatasetError,
        match=r"^the datasets mean 'beam' and 'tie' by the class id 2\. Bring them to one set of classes",
    ):
        Dataset.merge(with_classes("a", (1, "stem"), (2, "beam")), with_classes("b", (1, "stem"), (2, "tie")))


def test_classes_that_add_nothing_change_nothing() -> None:
    """A vocabulary is told by its greys, too: they stay where nothing new comes in."""
    whole = Dataset(MemorySource([disc_page("p")]))
    merged = Dataset.merge(whole, whole.only("stem"))
    assert merged.vocabulary is VOCABULARY


def test_sets_of_published_datasets_go_together() -> None:
    v2, muscima = named_vocabulary("deepscores"), named_vocabulary("muscima++")
    names = set(v2) | set(muscima)
    parts = [Dataset(MemorySource([disc_page("p", known)], known)) for known in (v2, muscima)]
    merged = Dataset.merge(*parts)
    assert set(merged.vocabulary) == names
    assert [merged[k].symbols.names for k in (0, 1)] == [part[0].symbols.names for part in parts]


def test_views_are_merged_as_they_are() -> None:
    whole = Dataset(MemorySource([disc_page(name) for name in "abc"]))
    first = whole.where(lambda entry: entry.name != "b")
    name = whole[0].symbols.names[0]
    merged = Dataset.merge(first, whole.only(name))
    assert [page.name for page in merged] == ["a", "c", "a-2", "b", "c-2"]
    assert len(merged["a"].symbols) == 5
    assert merged["a-2"].symbols.names == [name]
    assert merged.staff_space("c-2") == 10.0
    again = Dataset.merge(merged, whole)
    assert len(again) == 8
    assert len(again["a-2"].symbols) == 1


# What goes wrong in a part.


class Faulty(MemorySource):
    """Pages each of which has a symbol that cannot be used; those called `bad` cannot be used at all."""

    def __init__(self, *names: str, keep_going: bool) -> None:
        super().__init__([disc_page(name) for name in names])
        self.complaints.keep_going = keep_going

    def symbols(self, entry: PageEntry) -> Symbols:
        self.complaints.symbol(f"{entry.name}.xml", "object 3", "its box is no box")
        return super().symbols(entry)

    def page(self, entry: PageEntry) -> Page:
        if entry.name.startswith("bad"):
            message = f"{entry.name}.png: damaged image"
            raise DatasetError(message)
        return super().page(entry)


def test_complaints_of_the_parts_are_its_own() -> None:
    parts = [Dataset(Faulty("a", "bad", keep_going=True)), Dataset(Faulty("b", "bad", keep_going=True))]
    merged = Dataset.merge(*parts)
    assert [page.name for page in merged] == ["a", "b"]
    assert merged.complaints.counts == {"pages": 2}
    merged.symbols(0)
    merged.symbols("b")
    assert merged.complaints.counts == {"pages": 2, "symbols": 2}
    assert [str(complaint) for complaint in merged.complaints.kept] == [
        "bad.png: damaged image",
        "bad.png: damaged image",
        "a.xml: object 3: its box is no box",
        "b.xml: object 3: its box is no box",
    ]
    assert [part.complaints.counts for part in parts] == [{}, {}]


def test_without_keep_going_the_first_is_raised() -> None:
    merged = Dataset.merge(Dataset(Faulty("a", "bad", keep_going=False)))
    assert merged[0].name == "a"
    with pytest.raises(DatasetError, match=r"bad\.png: damaged image"):
        merged[1]
    with pytest.raises(DatasetError, match=r"a\.xml: object 3"):
        merged.symbols(0)


def test_parts_of_one_dataset_share_what_they_found() -> None:
    whole = Dataset(Faulty("a", "b", keep_going=True))
    merged = Dataset.merge(*(whole.where(lambda entry, name=name: entry.name == name) for name in "ab"))  # type: ignore[misc]
    for name in "ab":
        merged.symbols(name)
    assert merged.complaints.counts == {"symbols": 2}


def test_it_can_be_sent_to_another_process() -> None:
    merged = Dataset.merge(
        pages_named("a"), with_classes("a", (500, "smudge")).remap(Vocabulary.of([(3, "stem")]))
    )
    again = pickle.loads(pickle.dumps(merged))
    assert again.vocabulary == merged.vocabulary
    assert list(again.entries) == list(merged.entries)
    assert [page.name for page in again] == ["a", "a-2"]
    assert isinstance(pickle.loads(pickle.dumps(MergedSource([merged]))), MergedSource)


def test_pages_keep_all_but_their_name() -> None:
    page = disc_page("p")
    merged = Dataset.merge(*(Dataset(MemorySource([replace(page)])) for _ in range(2)))
    for found in merged:
        for layer in ("image", "ids", "under", "staff_lines"):
            assert np.array_equal(getattr(found, layer), getattr(page, layer))
        assert (found.origin, found.staff_space) == (page.origin, page.staff_space)
        assert found.symbols.links.tolist() == page.symbols.links.tolist()
