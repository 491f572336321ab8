from __future__ import annotations

import pytest

from notehead.engrave.checks.decode import decode_text
from notehead.errors import ScoreFormatError


@pytest.mark.parametrize(
    "name", ["klingon", "rot13", "punycode", "idna", "hex", "unicode_escape", "zip", "utf-7"]
)
def test_unknown_encodings(name: str) -> None:
    with pytest.raises(ScoreFormatError, match="unknown encoding"):
        decode_text(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode(), "x")


def test_declared_in_wide_units_but_written_in_bytes() -> None:
    assert decode_text('<?xml version="1.0" encoding="UTF-16"?><ä/>'.encode(), "x").endswith("<ä/>")


def test_cut_inside_a_letter() -> None:
    with pytest.raises(ScoreFormatError, match="byte 3 "):
        decode_text("<a>é".encode()[:-1], "x")
    with pytest.raises(ScoreFormatError, match="UTF-16"):
        decode_text("<a>é".encode("utf-16")[:-1], "x")
