"""The CRF takes salt away and leaves thin lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from notehead.models.segment.crf import CrfOptions, _Kernels, refine

NONE = CrfOptions(near=0, alike=0)
IMAGES = arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)))


def lines() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Labels and image: two lines 2 px thick that do not meet, and a blob, each a class of its own."""
    labels = np.zeros((60, 80), np.int64)
    labels[20:22, 5:75] = 1
    labels[28:56, 40:42] = 2
    labels[36:44, 10:20] = 3
    grain = np.random.default_rng(0).normal(0, 4, labels.shape)
    return labels, np.clip(np.where(labels > 0, 30, 225) + grain, 0, 255).astype(np.uint8)


def probable(labels: NDArray[np.int64], classes: int = 4, sure: float = 0.8) -> NDArray[np.float32]:
    places = np.arange(classes)[:, None, None]
    return np.where(places == labels, sure, (1 - sure) / (classes - 1)).astype(np.float32)


@pytest.fixture(scope="module")
def salted() -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """True labels, image, and labels of which a twentieth is wrong."""
    labels, image = lines()
    rng = np.random.default_rng(1)
    wrong = rng.random(labels.shape) < 0.05
    return labels, image, np.where(wrong, (labels + rng.integers(1, 4, labels.shape)) % 4, labels)


def test_salt_goes_and_thin_lines_stay(
    salted: tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]],
) -> None:
    labels, image, noisy = salted
    found = refine(probable(noisy), image).argmax(axis=0)
    wrong = noisy != labels
    assert wrong.sum() > 150
    assert (found == labels)[wrong].mean() > 0.98
    assert (found == labels)[~wrong].all()


def test_symbols_that_touch_stay_apart() -> None:
    labels = np.zeros((60, 60), np.int64)
    labels[10:12] = labels[22:24] = labels[34:36] = 1  # staff lines
    labels[29:41, 20:34] = 2  # a notehead
    labels[4:34, 32:34] = 3  # its stem
    image = np.where(labels > 0, 20, 230).astype(np.uint8)
    assert (refine(probable(labels), image).argmax(axis=0) == labels).mean() > 0.998


def test_without_the_image_lines_would_be_eaten(
    salted: tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]],
) -> None:
    labels, image, noisy = salted
    blurred = refine(probable(noisy), image, CrfOptions(near=6, near_reach=4, alike=0)).argmax(axis=0)
    assert (blurred[labels == 1] != 1).mean() > 0.5


@settings(max_examples=25, deadline=None)
@given(image=IMAGES, seed=st.integers(0, 99), classes=st.integers(1, 6))
def test_probabilities_stay_probabilities(image: NDArray[np.uint8], seed: int, classes: int) -> None:
    given_ = random_probability(image.shape, seed, classes)
    found = refine(given_, image)
    assert found.dtype == np.float32
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(image=IMAGES, seed=st.integers(0, 99), least=st.sampled_from([0.0, 0.02, 0.3, 1.0]))
def test_without_weights_nothing_changes(image: NDArray[np.uint8], seed: int, least: float) -> None:
    given_ = random_probability(image.shape, seed, 5)
    found = refine(given_, image, replace(NONE, least=least))
    np.testing.assert_allclose(found, given_, atol=1e-5)


def test_classes_that_are_nowhere_stay_as_they_are() -> None:
    labels, image = lines()
    given_ = np.concatenate((probable(labels) * np.float32(0.99), np.full((1, 60, 80), 0.01, np.float32)))
    found = refine(given_, image)
    np.testing.assert_array_equal(found[4], given_[4])
    assert np.abs(found[:4] - given_[:4]).max() > 0.05
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-4)


def test_what_was_given_is_left_alone() -> None:
    labels, image = lines()
    given_ = probable(labels)
    before = given_.copy()
    refine(given_, image)
    np.testing.assert_array_equal(given_, before)


def test_messages_are_those_of_the_two_kernels() -> None:
    rng = np.random.default_rng(2)
    image = np.where(rng.random((40, 40)) < 0.5, 40, 200).astype(np.uint8)
    image = (image + rng.integers(-15, 15, image.shape)).astype(np.uint8)
    image[:, :20] //= 2
    values = np.cumsum(rng.random(image.shape) - 0.5, axis=1).astype(np.float32)
    values = (values - values.min()) / (values.max() - values.min())
    for options, tolerance in (
        (CrfOptions(near=1, near_reach=1.2, alike=0), 0.01),
        (CrfOptions(near=0, alike=1, alike_reach=4, alike_grey=20), 0.05),
    ):
        found = _Kernels(image, options).message(values)
        assert np.abs(found - plain_message(values, image, options)).max() < tolerance


def test_sizes_must_agree() -> None:
    with pytest.raises(ValueError, match="an image of"):
        refine(np.ones((2, 4, 4), np.float32), np.zeros((4, 5), np.uint8))


def random_probability(shape: tuple[int, ...], seed: int, classes: int) -> NDArray[np.float32]:
    odds = np.random.default_rng(seed).exponential(1, (classes, *shape)) ** 3 + 1e-4
    result: NDArray[np.float32] = (odds / odds.sum(axis=0)).astype(np.float32)
    return result


def plain_message(
    values: NDArray[np.float32], image: NDArray[np.uint8], options: CrfOptions
) -> NDArray[np.float64]:
    """The same from every pair of pixels."""
    y, x = (side.ravel() for side in np.indices(image.shape))
    grey = image.ravel().astype(np.float64)
    away = (y[:, None] - y) ** 2 + (x[:, None] - x) ** 2
    near = np.exp(-away / (2 * options.near_reach**2))
    unlike = ((grey[:, None] - grey) / options.alike_grey) ** 2
    alike = np.exp(-away / (2 * options.alike_reach**2) - unlike / 2)
    total = np.zeros(len(grey))
    for weight, kernel in ((options.near, near), (options.alike, alike)):
        np.fill_diagonal(kernel, 0)
        total += weight * kernel @ values.ravel() / kernel.sum(axis=1)
    return total.reshape(image.shape)
