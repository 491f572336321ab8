"""The network's maps to symbols, in pixels of the page that the network has seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from notehead.detect.centres import find_centres
from notehead.detect.lines import find_lines
from notehead.detect.maps import Candidates, DecodeOptions, Found, Maps, confidence, sigmoid
from notehead.detect.nms import suppressed
from notehead.detect.reader import Reader
from notehead.detect.refine import refined
from notehead.detect.rivals import without_hyphens
from notehead.detect.stems import at_beams
from notehead.detect.tremolos import with_tremolos
from notehead.page import upright_corners


def decode(image: NDArray[np.uint8], maps: Maps, reader: Reader, options: DecodeOptions) -> Found:
    """All symbols, those found by centres first.

    Args:
        image: uint8 (height, width), 0 black, that the network has seen.
        maps: what it says of it.
        reader: asked at places of it.
        options: what counts as a symbol.
    """
    candidates = refined(image, find_centres(maps, reader.read, options), reader.refine, options.trust)
    glyphs = _chosen(candidates, options)
    lines = without_hyphens(find_lines(image, maps, reader, options, glyphs), glyphs)
    glyphs, lines = with_tremolos(glyphs, at_beams(lines, glyphs))
    return glyphs.and_those_of(lines)


def _chosen(candidates: Candidates, options: DecodeOptions) -> Found:
    """Of candidates that share a box, the surest."""
    score = sigmoid(candidates.centre) * confidence(candidates.label)
    kept = suppressed(candidates.box, score, options.overlap, candidates.kind)
    box = candidates.box[kept]
    return Found(candidates.label[kept].argmax(axis=1), score[kept], box, upright_corners(box))
