"""How pages are read, and what one page may cost."""

from __future__ import annotations

import math
from dataclasses import dataclass

from notehead.errors import NoteheadError

MOST_STORED = 400_000_000
"""Pixels of the largest image that is looked at: an A0 sheet at 500 dpi. Larger ones are refused."""
MOST_SIDE = 32_767
"""Pixels of a side of what is returned: OpenCV's coordinates are signed 16-bit numbers in places."""
MOST_FILE = 4 << 30
"""Bytes of a file that is opened; a thousand colour scans have one."""


@dataclass(frozen=True, slots=True)
class DocumentOptions:
    """How pages are read.

    Attributes:
        resolution: dots per inch at which PDF pages are drawn that are no scans of a resolution of their own.
        most_pixels: larger pages are drawn, or reduced, to about so many.
        ahead: decode the next page of a file while the caller works at this one.
        seconds: wall-clock time that one page may take.
        cpu_seconds: processor time that one page may take.
        memory: bytes of address space of the child process that decodes.

    Raises:
        NoteheadError: a number is out of range.
    """

    resolution: float = 300.0
    most_pixels: int = 25_000_000
    ahead: bool = False
    seconds: float = 60.0
    cpu_seconds: int = 45
    memory: int = 1 << 30

    def __post_init__(self) -> None:
        if not 50 <= self.resolution <= 1200:
            message = "the resolution must be 50 to 1200 dots per inch"
            raise NoteheadError(message, "Give another number; 300 is usual.")
        if not 10_000 <= self.most_pixels <= 200_000_000:
            message = "the largest page must have 10,000 to 200,000,000 pixels"
            raise NoteheadError(message, "Give another number; 25,000,000 is usual.")


def shrunk(width: float, height: float, most_pixels: int) -> float:
    """By which factor, at most 1, to scale a page so that it has at most so many pixels.

    Example:
        >>> shrunk(4000, 4000, 4_000_000)
        0.5
    """
    scale = math.sqrt(most_pixels / max(1.0, width * height))
    return min(1.0, scale, MOST_SIDE / max(width, height, 1.0))
