"""Ink: wider, thinner, paler; gaps, clogged heads, specks."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from notehead import Page
from notehead.degrade.fields import STRIP, places
from notehead.degrade.ink import Ink, Inking
from notehead.degrade.kernels import cut_ink, thin_ink
from notehead.degrade.lines import FilledHeads, Gaps, LineWeight
from notehead.degrade.paper import Texture, Tone
from notehead.degrade.recipe import Step
from notehead.degrade.shading import Shading
from notehead.degrade.specks import Specks
from notehead.degrade.thin import staff_line_grey
from tests.degrade.pages import SPACE, check_step, dark, music_page, run

STEPS: list[Step] = [
    Ink(),
    Ink(ragged=0.0),
    Inking(),
    Inking(mottle=0.0),
    Gaps(),
    LineWeight(),
    FilledHeads(1.0),
    Specks(density=20.0),
]


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_every_step_keeps_the_rules(step: Step) -> None:
    check_step(step, music_page())


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_a_page_without_labels_and_masks_is_taken(step: Step) -> None:
    page = Page("bare", music_page().image)
    check_step(step, page)


def test_the_same_seed_gives_other_bytes_than_another() -> None:
    page = music_page()
    assert run(Ink(), page, seed=1).image.tobytes() != run(Ink(), page, seed=2).image.tobytes()


def test_spread_widens_and_erosion_thins_by_about_what_it_says() -> None:
    """A bar 40 pixels wide grows and shrinks by its edges alone."""
    image = np.full((200, 200), 255, np.uint8)
    image[:, 80:120] = 0
    page = Page("bar", image, staff_space=SPACE)
    for shift in (-0.03, 0.03):
        step = Ink(spread=(shift, shift), uneven=0, ragged=0)
        ink = (255 - run(step, page).image[100].astype(float)).sum() / 255
        assert ink - 40 == pytest.approx(2 * shift * SPACE, abs=0.25)


def test_ink_leaves_white_paper_white_and_black_ink_black() -> None:
    image = np.full((200, 200), 255, np.uint8)
    image[:, 60:140] = 0
    page = Page("bar", image, staff_space=SPACE)
    for strength in (0.5, 1.0, 2.0):
        for seed in range(5):
            done = run(Ink(spread=(0.0, 0.06), uneven=0.02, ragged=0.02), page, strength, seed).image
            assert (done[:, :50] == 255).all()
            assert (done[:, 70:130] == 0).all()


def test_hairlines_survive() -> None:
    """Staff lines of half a pixel of ink were lost wholly when the blurred page was cut in the middle."""
    image = np.full((120, 300), 255, np.uint8)
    image[50], image[66] = 130, 130
    lines = np.array([[0, 0, 50.5, 300, 50.5], [0, 0, 66.5, 300, 66.5]], np.float64)
    page = Page("hair", image, staff_lines=lines, staff_space=float(SPACE))
    done = run(Ink(spread=(0, 0), uneven=0, ragged=0), page)
    assert (done.image[50] < 200).all()
    assert (done.image[58] == 255).all()


def test_uneven_ink_is_lighter_and_paper_is_not() -> None:
    page = music_page()
    done = run(Inking(pale=0.5, mottle=0.1), page).image
    assert done[page.image == 0].mean() > 20
    assert (done[page.image == 255] == 255).all()


def test_gaps_take_ink_from_staff_lines_and_stems_alone() -> None:
    page = music_page()
    assert page.ids is not None
    done = run(Gaps(staff_lines=20, stems=1.0), page).image.astype(int)
    lighter = done > page.image.astype(int) + 60
    names = dict(zip(page.symbols.id.tolist(), page.symbols.names, strict=True))
    hit = {names[number] for number in np.unique(page.ids[lighter & (page.ids > 0)]).tolist()}
    assert hit == {"staff", "stem"}
    assert (done >= page.image).all()


def test_every_stem_is_hit_when_the_share_is_one() -> None:
    page = music_page()
    assert page.ids is not None
    done = run(Gaps(staff_lines=0, stems=1.0), page).image.astype(int)
    stems = page.symbols.named("stem")
    hit = set(np.unique(page.ids[done > page.image.astype(int) + 60]).tolist()) - {0}
    assert hit == set(stems.id.tolist())


@pytest.mark.parametrize(("change", "sign"), [(-0.03, -1), (0.05, 1)])
def test_staff_lines_get_thinner_or_thicker_and_heads_stay(change: float, sign: int) -> None:
    page = music_page()
    assert page.ids is not None
    done = run(LineWeight((change, change)), page)
    ink_before, ink_after = (255.0 - image.astype(float) for image in (page.image, done.image))
    gain = (ink_after - ink_before).sum() / 255
    length = (page.ids == 1).sum() / 2 * 3  # pixels along all lines, heads and stems left out
    assert np.sign(gain) == sign
    assert gain == pytest.approx(2 * change * SPACE * length, rel=0.15)
    heads = np.isin(page.ids, page.symbols.id[page.symbols.is_notehead])
    np.testing.assert_array_equal(done.image[heads], page.image[heads])


def test_holes_of_half_notes_clog_and_nothing_else_changes() -> None:
    page = music_page()
    done = run(FilledHeads(1.0), page)
    changed = done.image != page.image
    assert changed.any()
    assert (done.image <= page.image).all()
    for box in page.symbols.named("noteheadHalfOnLine").box.astype(int):
        changed[box[1] : box[3], box[0] : box[2]] = False
    assert not changed.any()


def test_specks_are_as_many_as_asked_and_some_are_white() -> None:
    white = Page("white", np.full((800, 800), 255, np.uint8), staff_space=float(SPACE))
    black = replace(white, image=np.zeros_like(white.image))
    few, many = (dark(run(Specks(density=d, radius=0.08), white)) for d in (5.0, 50.0))
    assert 0 < few < many / 4
    assert run(Specks(density=50, white=0.5), black).image.max() > 200
    assert run(Specks(density=50, white=0.0), black).image.max() <= 20


def test_the_grey_of_staff_lines() -> None:
    page = music_page()
    assert staff_line_grey(page, page.image) == 0
    assert staff_line_grey(Page("bare", page.image), page.image) is None
    outside = replace(page, staff_lines=page.staff_lines + 10_000)
    assert staff_line_grey(outside, page.image) is None


def test_toned_paper_does_not_turn_to_grain() -> None:
    """Copies of grey, uneven paper are white; dark grain all over them was what `photocopy` made of it."""
    page = music_page()
    toned = Shading((Tone((0.12, 0.12)), Texture(cloudy=0.02, fibres=0.02)))
    grey = run(toned, page)
    done = run(Ink(uneven=0.012, ragged=0.009, reach=0.07), grey).image
    far = cv2.erode((page.image == 255).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (done[far] < 200).mean() < 0.002
    assert done[page.image == 0].mean() < 60


@pytest.mark.parametrize("size", [(70, 90), (1100, 33), (1, 1)])
def test_every_pixel_is_cut_at_its_level(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    image[: size[0] // 2] = 255  # what is white all over is not looked at further
    coarse = np.full((-(-size[0] // 8), -(-size[1] // 8)), 100, np.uint8)
    (tall, wide), x, y = places(size, np.random.default_rng(2))
    plate, found = np.full((tall, wide), 138, np.uint8), np.empty_like(image)
    cut_ink(image, coarse, plate, STRIP, x, y, 0.5, 2.0, 70.0, 180.0, found)
    expected = np.clip(np.rint((image.astype(float) - 105) * 2 + 128), 0, 255)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("width", [31, 32, 33, 150])
def test_paper_beside_ink_stays_white_and_ink_is_not_passed_over(width: int) -> None:
    image = np.full((40, width), 255, np.uint8)
    image[3, 0] = image[5, -1] = image[7, width // 2] = image[9] = 55
    coarse = np.full((5, -(-width // 8)), 128, np.uint8)
    (tall, wide), x, y = places(image.shape, np.random.default_rng(2))
    plate, thinned, cut = np.full((tall, wide), 128, np.uint8), np.empty_like(image), np.empty_like(image)
    thin_ink(image, coarse, plate, STRIP, x, y, 0.5, thinned)
    cut_ink(image, coarse, plate, STRIP, x, y, 0.5, 4.0, 60.0, 200.0, cut)
    pale = np.rint(255 - 200 * 128 / 255)
    np.testing.assert_array_equal(thinned, np.where(image == 255, 255, pale))
    np.testing.assert_array_equal(cut, np.where(image == 255, 255, 0))
