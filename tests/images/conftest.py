"""One child that decodes, for all tests of documents; a page that shows how it is turned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.images.document import DocumentReader
from notehead.images.options import DocumentOptions


@pytest.fixture(scope="package")
def reader() -> Iterator[DocumentReader]:
    with DocumentReader(DocumentOptions(most_pixels=4_000_000)) as one:
        yield one


@pytest.fixture
def shape() -> NDArray[np.uint8]:
    """White paper of 40 x 60 pixels: a black bar at the top left, a grey one at the bottom left."""
    pixels = np.full((60, 40), 255, np.uint8)
    pixels[4:20, 4:24], pixels[40:56, 4:12] = 0, 128
    return pixels
