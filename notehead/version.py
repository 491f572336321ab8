"""The version of notehead, and the day of its release.

Datasets name the day of the release, not the day of their making: the same build gives the same bytes.
"""

from __future__ import annotations

__version__ = "0.1.0"
RELEASED = "2026-11-20"
