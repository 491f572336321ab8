"""The network's maps to symbols, in pixels of the page that the network has seen."""

from __future__ import annotations

import numpy as np

from notehead.detect.centres import find_centres
from notehead.detect.lines import find_lines
from notehead.detect.maps import DecodeOptions, Found, Maps, ReadSymbols


def decode(maps: Maps, read: ReadSymbols, options: DecodeOptions) -> Found:
    """All symbols, those found by centres first."""
    glyphs, lines = find_centres(maps, read, options), find_lines(maps, read, options)
    return Found(
        *(np.concatenate((getattr(glyphs, name), getattr(lines, name))) for name in Found.__annotations__)
    )
