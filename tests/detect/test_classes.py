"""How each class is found."""

from __future__ import annotations

import numpy as np

from notehead.detect.classes import BELOW, FAMILIES, KINDS, TRACES, kind_of_label, labels_of_kind, trace_kind
from notehead.vocabulary import VOCABULARY


def test_every_class_is_found_in_one_way() -> None:
    kinds = kind_of_label()
    ids = [row.id for row in VOCABULARY.classes]
    assert (kinds[ids] >= 0).all()
    assert set(kinds[ids].tolist()) == set(range(KINDS)) - {trace_kind(name) for name in BELOW.values()}
    unused = np.setdiff1d(np.arange(len(kinds)), ids)
    assert (kinds[unused] == -1).all()


def test_classes_of_a_kind_are_those_whose_kind_it_is() -> None:
    table = labels_of_kind()
    counts = table.sum(axis=0)[[row.id for row in VOCABULARY.classes]]
    bowed = {row.name for row, count in zip(VOCABULARY.classes, counts, strict=True) if count == 2}
    assert bowed == {"slur", "tie"}
    assert (counts >= 1).all()
    assert table[KINDS - 1, VOCABULARY.id("voltaBracket")]


def test_traces_name_classes_that_there_are_and_fit_their_bits() -> None:
    named = [name for trace, names in TRACES.items() if trace not in BELOW.values() for name in names]
    assert len(named) == len(set(named))
    assert all(TRACES[above] == TRACES[below] for above, below in BELOW.items())
    assert all(VOCABULARY.id(name) for name in named)
    assert len(TRACES) <= 16


def test_families_say_what_they_say() -> None:
    wanted = {
        "noteheads": "noteheadSlash",
        "accidentals": "keyFlat",
        "dots": "articStaccatissimoAbove",
        "marks": "keyboardPedalPed",
        "signs": "restHBar",
        "strokes": "graceNoteSlash",
        "ledgers": "ledgerLine",
        "groups": "graceNoteAcciaccaturaStemUp",
        "words": "textTitle",
    }
    kinds = kind_of_label()
    for family, name in wanted.items():
        assert FAMILIES[kinds[VOCABULARY.id(name)]] == family
