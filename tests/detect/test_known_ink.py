"""Where there are symbols other than curves."""

from __future__ import annotations

import numpy as np

from notehead.detect.known_ink import known_ink
from notehead.detect.maps import Found
from notehead.detect.tip_kernels import CURVE, ENDS, HIDDEN
from notehead.vocabulary import VOCABULARY
from tests.detect.pages import NO_GLYPHS, no_traces


def test_known_are_staff_lines_glyphs_and_curves() -> None:
    image = np.full((80, 200), 255, np.uint8)
    image[40, 20:180] = 120
    image[60, 20:50] = 0  # too short for a staff line
    traces = no_traces(image.shape)
    traces["slursAbove"][5, 10:20] = 1
    traces["beams"][10, 10:20] = 1
    boxes = np.array([[100.0, 8, 112, 18], [130, 8, 140, 18], [150, 8, 190, 18]])
    names = ["noteheadBlackOnLine", "articStaccatoAbove", "textOther"]
    glyphs = Found(np.array([VOCABULARY.id(name) for name in names]), np.ones(3), boxes, np.zeros((3, 4, 2)))
    known = known_ink(image, traces, glyphs)
    assert known[10, 20:40].tolist() == [CURVE] * 20
    assert known[20, 20:40].tolist() == [HIDDEN] * 20
    assert set(known[39:42, 20:180].ravel().tolist()) == {HIDDEN}
    assert known[60].max() == 0
    assert known[13, 106] == ENDS
    assert known[13, 135] == HIDDEN
    assert known[13, 170] == 0


def test_a_page_of_odd_size_is_known_as_well() -> None:
    image = np.full((81, 201), 255, np.uint8)
    assert known_ink(image, no_traces(image.shape), NO_GLYPHS).shape == image.shape
