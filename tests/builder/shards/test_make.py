"""What a worker does with one shard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from notehead.builder.shards import make as making
from notehead.errors import OutputError


def values(folder: Path) -> dict[str, Any]:
    unit = {"path": str(folder / "a.musicxml"), "name": "a.musicxml", "score_id": "a", "licence": ""}
    return {
        "store": str(folder), "build": "b", "key": "00-train-0", "digest": "", "split": "train", "style": 0,
        "units": [[unit, 9.0]], "values": {}, "cpu_seconds": 9, "memory": 1 << 31, "keep": None, "far": False,
    }  # fmt: skip


def test_pages_that_vanish_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And are not engraved for ever."""
    monkeypatch.setattr(making._Work, "_engrave", lambda *_: None)
    with pytest.raises(OutputError, match=r"a-None\.arrow: the unit's pages are gone") as caught:
        making.make(values(tmp_path))
    assert "nothing else write there" in caught.value.remedy
    assert not list(tmp_path.rglob("*.parquet"))
