"""What is wrong with a dataset is raised at once, or counted, kept up to a limit, and passed on."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.datasets.complaints import MOST_KEPT, REMEDY, Complaint, Complaints
from notehead.errors import DatasetError


def found(*causes: str, keep_going: bool = True) -> Complaints:
    complaints = Complaints(keep_going)
    for cause in causes:
        complaints.symbol("a.xml", "object 3", cause)
    return complaints


def test_the_first_is_raised_with_file_entry_and_remedy() -> None:
    complaints = Complaints()
    with pytest.raises(DatasetError) as caught:
        complaints.symbol("a.xml", "object 3", "its box is NaN")
    assert str(caught.value) == f"a.xml: object 3: its box is NaN. {REMEDY}"
    with pytest.raises(DatasetError, match=r"^a\.xml: it is empty\. Fetch it again\.$"):
        complaints.symbol("a.xml", "", "it is empty", "Fetch it again.")
    error = DatasetError("a.png: damaged image", "Fetch it.")
    with pytest.raises(DatasetError) as caught:
        complaints.page(error)
    assert caught.value is error
    assert (complaints.counts, complaints.kept) == ({}, []), "nothing was left out"


def test_where_the_work_goes_on_they_are_counted() -> None:
    complaints = found("no box", "no class")
    complaints.page(DatasetError("a.png: damaged image", "Fetch it."))
    assert complaints.counts == {"symbols": 2, "pages": 1}
    assert [str(complaint) for complaint in complaints.kept] == [
        "a.xml: object 3: no box",
        "a.xml: object 3: no class",
        "a.png: damaged image",
    ]


def test_of_many_only_the_first_are_kept_with_their_words() -> None:
    complaints = found(*map(str, range(MOST_KEPT + 5)))
    assert complaints.counts == {"symbols": MOST_KEPT + 5}
    assert [complaint.cause for complaint in complaints.kept] == [str(k) for k in range(MOST_KEPT)]
    complaints.merge(found("one more"))
    assert complaints.counts == {"symbols": MOST_KEPT + 6}
    assert len(complaints.kept) == MOST_KEPT


def test_what_was_found_is_taken_once() -> None:
    complaints = found("no box")
    taken = complaints.taken()
    assert (taken.counts, [complaint.cause for complaint in taken.kept]) == ({"symbols": 1}, ["no box"])
    assert taken.keep_going
    assert (complaints.counts, complaints.kept, complaints.keep_going) == ({}, [], True)
    complaints.symbol("b.xml", "", "no class")
    assert (taken.counts, complaints.counts) == ({"symbols": 1}, {"symbols": 1}), "they share nothing"


def test_taking_and_merging_into_itself_loses_nothing() -> None:
    complaints = found("a", "b")
    complaints.merge(complaints.taken())
    assert complaints.counts == {"symbols": 2}
    assert [complaint.cause for complaint in complaints.kept] == ["a", "b"]


counts = st.lists(st.integers(0, MOST_KEPT + 100), max_size=4)


@given(parts=counts)
def test_merging_counts_all_and_keeps_the_first(parts: list[int]) -> None:
    whole, merged = Complaints(keep_going=True), Complaints(keep_going=True)
    for part, number in enumerate(parts):
        several = [f"{part}.{k}" for k in range(number)]
        merged.merge(found(*several))
        for cause in several:
            whole.symbol("a.xml", "object 3", cause)
    assert (merged.counts["symbols"], merged.kept) == (whole.counts["symbols"], whole.kept)
    assert merged.counts["symbols"] == sum(parts)


def test_they_can_be_sent_to_another_process() -> None:
    complaints = found("no box")
    again = pickle.loads(pickle.dumps(complaints))
    assert again == complaints
    assert again.kept == [Complaint("a.xml", "object 3", "no box")]
