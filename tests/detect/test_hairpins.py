"""What the ink says of hairpins against what the network says."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.detect.hairpins import drawn_hairpins
from notehead.detect.maps import Found
from notehead.page import upright_corners
from notehead.vocabulary import VOCABULARY
from tests.detect.pages import NO_GLYPHS


def page(tip: int = 100, end: int = 300) -> NDArray[np.uint8]:
    image = np.full((200, 600), 255, np.uint8)
    for y in (91, 109):
        cv2.line(image, (tip, 100), (end, y), (0,), 2)
    return image


def seen(x0: int, x1: int, logit: float = 2.0) -> NDArray[np.float32]:
    """A map in which a part of a line is seen."""
    logits = np.full((100, 300), -9, np.float32)
    logits[47:53, x0:x1] = logit
    return logits


@pytest.mark.parametrize(("tip", "end", "name"), [(100, 300, "Crescendo"), (300, 100, "Diminuendo")])
def test_the_whole_is_found_from_a_part(tip: int, end: int, name: str) -> None:
    logits, found = drawn_hairpins(seen(80, 100), page(tip, end), NO_GLYPHS)
    assert found.label.tolist() == [VOCABULARY.id(f"dynamic{name}Hairpin")]
    assert found.box[0] == pytest.approx([100, 90, 301, 111], abs=3)
    assert logits.max() < -8


def test_what_the_ink_does_not_tell_is_left_to_the_network() -> None:
    logits = np.maximum(seen(60, 100), seen(220, 260))
    left, found = drawn_hairpins(logits, page(), NO_GLYPHS)
    assert len(found.label) == 1
    assert left[50, 70] < -8
    assert left[50, 240] == 2


def test_ink_in_which_the_network_sees_nothing_is_no_hairpin() -> None:
    assert not len(drawn_hairpins(seen(0, 0), page(), NO_GLYPHS).found.label)
    assert not len(drawn_hairpins(seen(170, 180), page(), NO_GLYPHS).found.label)  # beside it


def test_accents_are_none() -> None:
    box = np.array([[98.0, 88, 124, 112]])
    accent = Found(np.array([VOCABULARY.id("articAccentAbove")]), np.array([0.9]), box, upright_corners(box))
    short = page(100, 120)
    assert len(drawn_hairpins(seen(50, 60), short, NO_GLYPHS).found.label) == 1
    assert not len(drawn_hairpins(seen(50, 60), short, accent).found.label)


@pytest.mark.parametrize("name", ["articAccentAbove", "articTenutoBelow"])
def test_an_accent_that_is_too_flat_is_a_small_one(name: str) -> None:
    """Though the network sees nothing of a hairpin there."""
    image = np.full((200, 600), 255, np.uint8)
    for y in (95, 105):
        cv2.line(image, (100, 100), (130, y), (0,), 2)
    box = np.array([[99.0, 93, 132, 107]])
    flat = Found(np.array([VOCABULARY.id(name)]), np.array([0.4]), box, upright_corners(box))
    found = drawn_hairpins(seen(0, 0), image, flat).found
    assert found.label.tolist() == [VOCABULARY.id("dynamicCrescendoHairpin")]
    assert found.box[0] == pytest.approx(box[0], abs=3)


def test_a_page_full_of_traces_ends() -> None:
    rng = np.random.default_rng(5)
    logits = rng.normal(-2, 3, (600, 500)).astype(np.float32)
    image = rng.integers(0, 256, (1200, 1000)).astype(np.uint8)
    assert np.isfinite(drawn_hairpins(logits, image, NO_GLYPHS).found.box).all()
