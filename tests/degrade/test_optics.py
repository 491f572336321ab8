"""Lens, sensor and file: blur, curves, patterns, noise, JPEG, black and white."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from notehead import Page
from notehead.degrade.bilevel import Dither, Threshold
from notehead.degrade.chance import OneOf, Sometimes
from notehead.degrade.fields import (
    ENLARGED_DEVIATION,
    clouds,
    enlarged,
    noise_bytes,
    normal_bytes,
    smooth,
)
from notehead.degrade.noise import Jpeg, Noise
from notehead.degrade.optics import Curve, Focus, Motion, Patterns
from notehead.degrade.recipe import Step
from tests.degrade.pages import check_step, music_page, run

STEPS: list[Step] = [
    Focus(), Focus((0.05, 0.05), edges=3.0), Motion((0.3, 0.3)), Curve(), Patterns(2.0, 3.0, 3.0), Noise(),
    Noise(coarse=0.0), Noise(coarse=1.0), Jpeg(), Threshold("fixed"), Threshold("otsu"),
    Threshold("adaptive"), Dither("ordered"), Dither("diffusion"), Sometimes(Noise(), 1.0),
    OneOf((Noise(), Jpeg())),
]  # fmt: skip


def grey(level: int, height: int = 256, width: int = 256) -> Page:
    return Page("grey", np.full((height, width), level, np.uint8), staff_space=16.0)


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_every_step_keeps_the_rules(step: Step) -> None:
    done = check_step(step, music_page())
    assert done.image.tobytes() != music_page().image.tobytes() or isinstance(step, Threshold | Dither)


@pytest.mark.parametrize("step", STEPS, ids=repr)
@pytest.mark.parametrize("shape", [(1, 1), (2, 90), (90, 2), (33, 47)])
def test_odd_pages_are_taken(step: Step, shape: tuple[int, int]) -> None:
    page = Page("odd", np.full(shape, 200, np.uint8))
    assert run(step, page, 2.0).image.shape == shape


@pytest.mark.parametrize("step", [Focus((0.05, 0.05)), Motion((0.3, 0.3))], ids=repr)
def test_blur_softens_and_keeps_the_amount_of_ink(step: Step) -> None:
    page = music_page()
    weak, strong = (run(step, page, strength).image.astype(float) for strength in (1.0, 2.0))
    steep = [np.abs(np.diff(image, axis=1)).max() for image in (page.image.astype(float), weak, strong)]
    assert steep[2] < steep[1] <= steep[0]
    assert strong.mean() == pytest.approx(page.image.mean(), rel=0.01)


def test_focus_falls_off_towards_some_edge() -> None:
    image = np.tile(np.array([0, 255], np.uint8).repeat(4), (512, 64))
    done = run(Focus((0.05, 0.05), edges=4.0), Page("bars", image, staff_space=16.0)).image
    contrast = [done[y : y + 64, x : x + 64].std() for y in range(0, 512, 64) for x in range(0, 512, 64)]
    assert max(contrast) > 3 * min(contrast)


def test_motion_smears_along_one_way_only() -> None:
    image = np.zeros((61, 61), np.uint8)
    image[30, 30] = 255
    done = run(Motion((0.5, 0.5)), Page("dot", image, staff_space=16.0)).image
    y, x = np.nonzero(done)
    weights = done[y, x].astype(float)
    spread = np.linalg.eigvalsh(np.cov(np.stack([x, y]), aweights=weights))
    assert spread[1] > 6 * spread[0]
    assert np.average(x, weights=weights) == pytest.approx(30, abs=0.3)  # nothing is moved
    assert np.average(y, weights=weights) == pytest.approx(30, abs=0.3)


def test_a_curve_puts_black_and_white_where_it_says() -> None:
    step = Curve(black=(40, 40), white=(220, 220), contrast=(0, 0))
    assert run(step, grey(0)).image.max() == 40
    assert run(step, grey(255)).image.min() == 220
    assert run(step, grey(255), 0.5).image.min() in (237, 238)


def test_patterns() -> None:
    streaks = run(Patterns(streaks=3.0, rows=0, moire=0), grey(128)).image.astype(float)
    assert streaks.std(axis=0).max() < 1 < streaks.std(axis=1).min()
    rows = run(Patterns(streaks=0, rows=8.0, moire=0), grey(128)).image.astype(float)
    assert rows[1::2].mean() - rows[::2].mean() > 1
    wave = run(Patterns(streaks=0, rows=0, moire=10.0), grey(128)).image.astype(float)
    assert 0.3 * 10 * 0.7 < wave.std() < 10 * 0.72
    assert wave.mean() == pytest.approx(128, abs=1)


@pytest.mark.parametrize("coarse", [0.0, 1.0])
def test_noise_is_as_strong_as_it_says_and_has_no_bias(coarse: float) -> None:
    image = run(Noise((5.0, 5.0), coarse), grey(128, 512, 512)).image.astype(float)
    assert image.std() == pytest.approx(5.0, rel=0.25)
    assert image.mean() == pytest.approx(128, abs=0.5)
    neighbours = np.corrcoef(image[:, 1:].ravel(), image[:, :-1].ravel())[0, 1]
    assert (neighbours > 0.4) == (coarse > 0)


def test_jpeg_loses_more_with_strength() -> None:
    page = music_page()
    lost = [
        np.abs(run(Jpeg((70, 70)), page, strength).image.astype(int) - page.image).mean()
        for strength in (0.3, 1.0, 2.0)
    ]
    assert 0 < lost[0] < lost[1] < lost[2]


@pytest.mark.parametrize("step", [step for step in STEPS if isinstance(step, Threshold | Dither)], ids=repr)
def test_black_and_white_are_two_values(step: Step) -> None:
    page = run(Curve(black=(60, 60), white=(200, 200)), music_page())
    assert np.unique(run(step, page).image).tolist() == [0, 255]


@pytest.mark.parametrize("method", ["fixed", "otsu", "adaptive"])
def test_a_threshold_parts_ink_from_paper(method: str) -> None:
    page = music_page()
    dim = run(Curve(black=(60, 60), white=(210, 210), contrast=(0, 0)), page)
    done = run(Threshold(method, wrong=0.0), dim).image  # type: ignore[arg-type]
    np.testing.assert_array_equal(done, page.image)


def test_pale_staff_lines_are_kept_by_a_threshold() -> None:
    """Lines at grey 190 were lost when the level was that between black ink and paper."""
    page = music_page()
    lines = np.isin(page.ids, page.symbols.named("staff").id)  # type: ignore[arg-type]
    page.image[lines] = 190
    done = run(Threshold("otsu", wrong=0.0), page).image
    assert (done[lines] == 0).all()


@pytest.mark.parametrize("method", ["ordered", "diffusion"])
@pytest.mark.parametrize("level", [30, 128, 220])
def test_dither_keeps_the_mean(method: str, level: int) -> None:
    done = run(Dither(method), grey(level)).image  # type: ignore[arg-type]
    assert done.mean() == pytest.approx(level, abs=3)


def test_sometimes_is_as_often_as_it_says() -> None:
    page = grey(128, 8, 8)
    step = Sometimes(Noise(), 0.4)
    for strength, share in ((0.5, 0.2), (1.0, 0.4), (2.5, 1.0)):
        hits = sum(run(step, page, strength, seed) is not page for seed in range(400))
        assert hits / 400 == pytest.approx(share, abs=0.08)


def test_one_of_takes_each() -> None:
    page = grey(128, 8, 8)
    step = OneOf((Curve((0, 0), (255, 255)), Threshold()))
    found = {np.unique(run(step, page, 1.0, seed).image).size for seed in range(20)}
    assert len({run(step, page, 1.0, seed).image.tobytes() for seed in range(20)}) > 1
    assert found == {1}


def test_random_fields() -> None:
    rng = np.random.default_rng(3)
    raw = noise_bytes((501, 303), rng)
    assert raw.shape == (501, 303)
    assert np.bincount(raw.ravel(), minlength=256).min() > 400
    bell = normal_bytes((512, 512), rng)
    assert bell.std() == pytest.approx(40, rel=0.03)
    assert bell.mean() == pytest.approx(128, abs=0.5)
    assert enlarged(bell, (1024, 1024)).std() == pytest.approx(ENLARGED_DEVIATION, rel=0.1)
    field = smooth((400, 300), 20, rng)
    assert np.abs(np.diff(field, axis=0)).max() < 0.5
    assert 0.4 < field.std() < 1.3
    assert clouds((400, 300), 40, rng).shape == (400, 300)


def test_bytes_do_not_depend_on_the_number_of_threads() -> None:
    page, threads = music_page(staves=6, width=900), cv2.getNumThreads()
    seen = set()
    try:
        for count in (1, 2, 4):
            cv2.setNumThreads(count)
            done = page
            for step in STEPS:
                done = run(step, done)
                seen.add((repr(step), done.image.tobytes()))
    finally:
        cv2.setNumThreads(threads)
    assert len(seen) == len(STEPS)


@pytest.mark.parametrize("coarse", [0.0, 0.4, 1.0])
def test_grain_does_not_come_again_in_step_from_strip_to_strip(coarse: float) -> None:
    image = run(Noise((5.0, 5.0), coarse), grey(128, 1400, 300)).image.astype(float) - 128
    first, second, third = (image[top : top + 300] for top in (0, 512, 1024))
    for one, other in ((first, second), (second, third), (first, third)):
        assert abs((one * other).mean()) < 0.1 * one.std() * other.std()
        assert one.std() == pytest.approx(other.std(), rel=0.1)
