"""Which units are in one shard: by content alone, so that plans grow."""

from __future__ import annotations

from itertools import islice

from hypothesis import assume, given
from hypothesis import strategies as st

from notehead import BuildOptions
from notehead.builder.plan import Source, in_train, order
from notehead.builder.shards.plan import Shard, shards, stretches

IDS = st.lists(st.integers(0, 10**15 - 1), min_size=1, max_size=60, unique=True)


def sources(ids: list[int]) -> list[Source]:
    found, _ = order([Source(f"/s/{one}.xml", f"{one}.xml", f"{one:015d}") for one in ids], 0)
    return found


def options(**changes: object) -> BuildOptions:
    return BuildOptions(**{"layout": "parquet", "shard_pages": 14, **changes})  # type: ignore[arg-type]


def contents(plan: list[Shard]) -> dict[str, str]:
    return {shard.key: shard.digest() for shard in plan}


@given(IDS, st.integers(1, 3))
def test_every_unit_is_in_one_shard(ids: list[int], styles: int) -> None:
    scores, how = sources(ids), options(per_score=styles)
    plan = list(shards(scores, how, stretches(scores, how)))
    keys = [unit.key for shard in plan for unit in shard.units]
    assert sorted(keys) == sorted(f"{one:015d}-{style}" for one in ids for style in range(styles))
    assert len({shard.key for shard in plan}) == len(plan)
    assert all(unit.style_number == shard.style for shard in plan for unit in shard.units)


@given(IDS.filter(lambda ids: len(ids) > 3), st.randoms())
def test_the_order_of_the_input_does_not_matter(ids: list[int], random: object) -> None:
    scores, how = sources(ids), options()
    bits = stretches(scores, how)
    shuffled = list(ids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert list(shards(sources(shuffled), how, bits)) == list(shards(scores, how, bits))


@given(IDS.filter(lambda ids: len(ids) > 8))
def test_a_score_more_changes_one_shard_of_each_style(ids: list[int]) -> None:
    how = options(per_score=2)
    few, more = sources(ids[:-1]), sources(ids)
    bits = stretches(few, how)
    sides = in_train((one.score_id for one in few), how)
    both = in_train((one.score_id for one in more), how)
    assume(all(both[one] == side for one, side in sides.items()))  # but where one side would be empty
    before, after = contents(list(shards(few, how, bits))), contents(list(shards(more, how, bits)))
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert len(changed) == 2
    assert len({key.rpartition("-")[2] for key in changed}) == 1


def test_a_larger_plan_begins_with_the_smaller() -> None:
    scores = sources(list(range(1, 40)))
    bits = stretches(scores, options())
    few = list(shards(scores, options(limit=50, per_score=None), bits))
    many = shards(scores, options(limit=5000, per_score=None), bits)
    assert list(islice(many, len(few))) == few


def test_shards_have_about_the_pages_that_are_wanted() -> None:
    scores = sources(list(range(1000, 3000)))
    how = options(shard_pages=64)
    sizes = [len(shard.units) * 7 for shard in shards(scores, how, stretches(scores, how))]
    assert 40 <= sum(sizes) / len(sizes) <= 100


def test_a_plan_of_very_many_pages_is_made_as_it_is_asked_for() -> None:
    """A million units take no memory before they are wanted."""
    scores = sources(list(range(1, 1001)))
    how = options(limit=10**6, per_score=None)
    first = next(shards(scores, how, stretches(scores, how)))
    assert first.style == 0
