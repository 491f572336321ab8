"""`Canvas`: memory for pages, kept from one to the next.

A page takes some 90 MB of arrays while it is made. Asking for them anew costs up to 40 ms a page, in
time that the system spends on clearing memory, and leaves the process larger with every page format.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_MOST_PAGES = 32767


class Canvas:
    """Arrays by name, as large as the largest page so far.

    Example:
        >>> canvas = Canvas()
        >>> first = canvas.array("ids", (2, 3), np.uint16)
        >>> np.shares_memory(first, canvas.array("ids", (3, 2), np.uint16))
        True
    """

    def __init__(self) -> None:
        self._memory: dict[str, NDArray[Any]] = {}
        self.pages = 0

    def array(self, name: str, shape: tuple[int, int], dtype: DTypeLike) -> NDArray[Any]:
        """An array that the next call with that name hands out again: zero at first, then as it was left."""
        size = shape[0] * shape[1]
        memory = self._memory.get(name)
        if memory is None or len(memory) < size:
            memory = self._memory[name] = np.zeros(size, dtype)
        return memory[:size].reshape(shape)

    def next_page(self) -> int:
        """A number for the next page, for `raster`; its notes are cleared when the numbers run out."""
        if self.pages == _MOST_PAGES:
            self._memory["tentative"].fill(0)
            self.pages = 0
        self.pages += 1
        return self.pages
