"""The register of engravers: names, limits, where programs work."""

from __future__ import annotations

from pathlib import Path

import pytest

from notehead.engrave.engravers import ENGRAVERS, engraver_class, engraver_limits, open_engraver
from notehead.errors import NoteheadError


def test_programs_have_more_time_than_a_library() -> None:
    seconds = {name: engraver_limits(name).seconds for name in ENGRAVERS}
    assert seconds["lilypond"] > seconds["musescore"] > seconds["verovio"] > 0


@pytest.mark.parametrize("ask", [engraver_class, engraver_limits, open_engraver])
def test_an_unknown_name_is_said(ask: object) -> None:
    assert callable(ask)
    with pytest.raises(NoteheadError, match="unknown engraver sibelius"):
        ask("sibelius")


def test_a_library_needs_no_folder(tmp_path: Path) -> None:
    assert open_engraver("verovio", tmp_path / "work").name == "verovio"
    assert not (tmp_path / "work").exists()
