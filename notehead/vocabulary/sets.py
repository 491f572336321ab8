"""The vocabularies that come with the package, by name: notehead's own and those of published datasets."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from importlib import resources

from notehead.vocabulary.table import VOCABULARY, Vocabulary

SETS = ("notehead", "deepscores", "deepscores_v1", "muscima++", "mung")
"""`deepscores` and `muscima++` are DeepScoresV2's two annotation sets, `deepscores_v1` the names of 2018,
`mung` the classes of MUSCIMA++ 2.0 as MuNG files name them."""


@cache
def named_vocabulary(name: str) -> Vocabulary:
    """A vocabulary of `SETS`; raises KeyError for another name.

    Example:
        >>> named_vocabulary("muscima++").id("stem"), named_vocabulary("deepscores").by_id[2].name
        (161, 'legerLine')
    """
    if name == "notehead":
        return VOCABULARY
    if name == "mung":
        return Vocabulary.of(enumerate(_mung_names(), start=1))
    if name not in SETS:
        raise KeyError(name)
    if name == "deepscores":  # with V2's grey values, which are ours
        found = ((row, row.deepscores_v2) for row in VOCABULARY.classes)
        return Vocabulary(tuple(replace(row, name=theirs) for row, theirs in found if theirs is not None))
    rows: dict[str, int] = {}
    for row in VOCABULARY.classes:
        if name == "muscima++" and row.muscima is not None and row.muscima_id is not None:
            rows[row.muscima] = row.muscima_id
        elif name == "deepscores_v1":
            rows.setdefault(row.deepscores_v1 or row.name, len(rows) + 1)
    return Vocabulary.of(sorted((identity, label) for label, identity in rows.items()))


def _mung_names() -> list[str]:
    text = resources.files(__package__).joinpath("mung.csv").read_text(encoding="utf-8")
    return [record["name"] for record in csv.DictReader(text.splitlines())]
