"""Numbers that tell what lasts from others that are open at the same time: MusicXML has sixteen."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

MOST = 16
Key = TypeVar("Key", bound=Hashable)


def levels(spans: Mapping[Key, tuple[int, int]]) -> dict[Key, int]:
    """The lowest number that is free from one end to the other; a seventeenth at one time has none.

    Args:
        spans: places of the two ends of each, in either order.

    Example:
        >>> levels({"a": (0, 4), "b": (2, 6), "c": (5, 8)})
        {'a': 1, 'b': 2, 'c': 1}
    """
    busy = [-1] * MOST
    found = {}
    for key, ends in sorted(spans.items(), key=lambda item: (min(item[1]), max(item[1]))):
        free = next((number for number, until in enumerate(busy) if until < min(ends)), None)
        if free is not None:
            busy[free] = max(ends)
            found[key] = free + 1
    return found
