"""What tests need of the machine."""

from __future__ import annotations

import shutil

import pytest

needs_lilypond = pytest.mark.skipif(
    shutil.which("lilypond") is None or shutil.which("musicxml2ly") is None,
    reason="LilyPond is not installed (Debian's package lilypond)",
)
