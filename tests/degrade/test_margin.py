"""Crops of rare symbols in the margin: their labels are as exact as those of the page."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notehead.datasets.checks import check_page
from notehead.degrade.margin import GAP, SIZE, CropBank, MarginCrops, cut, paste_margin
from notehead.engrave.style import Style
from notehead.errors import NoteheadError
from notehead.page import ABSENT, Page
from notehead.vocabulary import Vocabulary
from tests.support.engraved import chord, measure, mei, notes, page
from tests.support.pages import blank_page, disc_page

MUSIC = (
    measure(
        notes("a=c4:8 d4:8 e4:4") + "<rest dur='16'/>" + notes("f#4:16 g4:8 c5:4"),
        controls='<trill startid="#a"/><dynam startid="#a">rfz</dynam>',
    ),
    measure(notes("b=d5:8") + '<note pname="e" oct="5" dur="8" grace="unacc"/>' + chord("c4 e4", "2")
            + notes("r:4."), controls='<fermata startid="#b"/>'),
)  # fmt: skip


@cache
def _page(head: bool = False) -> Page:  # noqa: FBT001, FBT002
    text = mei(*MUSIC)
    if head:
        text = text.replace("<title/>", "<title>Étude</title>")
    style = Style(header=head, measure_numbers="none", margin_top=6.0)
    return replace(page(text, style), name="source")


@cache
def _bank() -> CropBank:
    return CropBank.of([_page()], np.random.default_rng(0))


def _row(found: Page, name: str) -> int:
    return found.symbols.names.index(name)


def test_a_crop_holds_its_symbol_in_the_middle() -> None:
    for name in ("rest16th", "ornamentTrill", "dynamicR", "graceNoteAcciaccaturaStemUp"):
        crop = cut(_page(), _row(_page(), name))
        assert crop is not None
        assert crop.name == name
        assert crop.image.shape == crop.ids.shape == crop.under.shape == SIZE[::-1]
        box = crop.symbols.named(name).box
        middle = (box[:, :2] + box[:, 2:]) / 2
        assert np.abs(middle - np.array(SIZE) / 2).max(axis=1).min() <= 1


def test_what_is_not_whole_in_a_crop_is_gone_with_its_ink() -> None:
    source = _page()
    crop = cut(source, _row(source, "rest16th"), size=(60, 70))
    assert crop is not None
    kept = set(crop.symbols.id.tolist())
    assert set(np.unique(crop.ids).tolist()) <= kept | {0}
    assert set(np.unique(crop.under).tolist()) <= kept | {0}
    assert not ((crop.image < 128) & (crop.ids == 0)).any()
    for symbol in crop.symbols:
        x0, y0, x1, y1 = symbol.box
        assert 0 <= x0 < x1 <= 60
        assert 0 <= y0 < y1 <= 70


def test_symbols_of_a_crop_keep_their_pixels_and_belong_to_no_staff() -> None:
    source = _page()
    crop = cut(source, _row(source, "rest16th"))
    assert crop is not None
    (rest,) = crop.symbols.named("rest16th")
    (before,) = source.symbols.named("rest16th")
    assert rest.area == before.area == (crop.ids == rest.id).sum()
    assert (rest.staff, rest.system, rest.measure, rest.voice, rest.pitch) == (None,) * 5
    assert np.nanmin(crop.symbols.onset) == 0
    heads = crop.symbols[crop.symbols.is_notehead]
    assert (heads.position != ABSENT).all()
    assert (heads.diatonic == ABSENT).all()


def test_symbols_larger_than_a_crop_have_none() -> None:
    assert cut(_page(), _row(_page(), "staff")) is None
    assert "staff" not in _bank().crops


def test_pages_without_masks_are_refused() -> None:
    bare = blank_page("bare", _page().symbols[:3])
    with pytest.raises(NoteheadError, match="page bare has no masks"):
        CropBank.of([bare], np.random.default_rng(0))


def test_rare_classes_are_drawn_more_often() -> None:
    bank = _bank()
    crops = bank.draw(np.random.default_rng(0), 4000, _page().staff_space)
    drawn = {name: sum(crop.name == name for crop in crops) for name in bank.crops}
    rare, common = "rest16th", "augmentationDot"
    assert bank.counts[rare] == bank.counts[common] == 1
    stems = bank.counts["stem"]
    assert stems >= 5
    assert drawn[rare] / drawn["stem"] == pytest.approx(stems, rel=0.5)


def test_a_bank_keeps_so_many_of_a_class_from_all_pages() -> None:
    pages = [_page()] * 6
    bank = CropBank.of(pages, np.random.default_rng(1), per_class=2)
    assert {len(crops) for crops in bank.crops.values()} == {2}
    assert bank.counts["rest16th"] == 6


@settings(max_examples=12)
@given(st.integers(0, 2**32), st.integers(1, 12), st.booleans(), st.booleans())
def test_labels_are_exact_and_no_ink_is_covered(
    seed: int,
    most: int,
    head: bool,  # noqa: FBT001
    grow: bool,  # noqa: FBT001
) -> None:
    source = _page(head)
    found = paste_margin(source, _bank(), np.random.default_rng(seed), most, grow=grow)
    assert not list(check_page(found))
    down = found.height - source.height
    assert down == 0 or grow
    assert found.width == source.width
    old = source.image < 255
    assert np.array_equal(found.image[down:][old], source.image[old])
    assert found.ids is not None
    assert source.ids is not None
    known = source.ids > 0
    assert np.array_equal(found.ids[down:][known], source.ids[known])
    count = len(source.symbols)
    assert np.array_equal(found.symbols.box[:count], source.symbols.box + np.array([0, down, 0, down]))
    assert np.array_equal(found.symbols.id[:count], source.symbols.id)
    assert len(np.unique(found.symbols.id)) == len(found.symbols) > count
    pasted = found.symbols[count:]
    assert (pasted.box[:, 3] <= found.staff_lines[:, 2].min()).all()
    compound = [found.symbols.vocabulary.by_id[label].kind == "compound" for label in pasted.label.tolist()]
    areas = np.bincount(found.ids.ravel(), minlength=70000)[pasted.id]
    assert np.array_equal(areas[~np.array(compound)], pasted.area[~np.array(compound)])


def test_with_growth_all_crops_find_room() -> None:
    low = replace(_page(), staff_lines=_page().staff_lines * 0)  # as if the staff began at the very top
    found = paste_margin(low, _bank(), np.random.default_rng(3), 20)
    across = (found.width - GAP) // (SIZE[0] + GAP)
    assert found.height - low.height == -(-20 // across) * (SIZE[1] + GAP)
    same = paste_margin(low, _bank(), np.random.default_rng(3), 20, grow=False)
    assert same.height == low.height
    assert len(same.symbols) == len(low.symbols)


def test_the_same_seed_gives_the_same_page() -> None:
    one, other = (paste_margin(_page(), _bank(), np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(one.image, other.image)
    assert one.symbols.id.tolist() == other.symbols.id.tolist()
    third = paste_margin(_page(), _bank(), np.random.default_rng(8))
    assert one.image.shape != third.image.shape or not np.array_equal(one.image, third.image)


def test_as_a_step_strength_says_how_many() -> None:
    step = MarginCrops(_bank(), most=4)
    assert step(_page(), np.random.default_rng(0), 0.0) is _page()
    some = step(_page(), np.random.default_rng(0), 0.5)
    all_of_them = step(_page(), np.random.default_rng(0), 2.0)
    assert len(_page().symbols) < len(some.symbols) < len(all_of_them.symbols)


def test_staves_of_another_size_get_no_crops() -> None:
    large = replace(_page(), staff_space=_page().staff_space * 2)
    assert paste_margin(large, _bank(), np.random.default_rng(0)) is large


def test_pages_of_another_vocabulary_are_refused() -> None:
    other = Vocabulary(disc_page().symbols.vocabulary.classes[:5])
    strange = replace(disc_page(vocabulary=other), staff_space=_page().staff_space)
    with pytest.raises(NoteheadError, match="other classes than the page"):
        paste_margin(strange, _bank(), np.random.default_rng(0))


def test_a_page_without_masks_gets_the_image_and_the_boxes() -> None:
    bare = replace(_page(), ids=None, under=None)
    found = paste_margin(bare, _bank(), np.random.default_rng(2), 3)
    assert found.ids is None
    assert found.under is None
    assert len(found.symbols) > len(bare.symbols)
