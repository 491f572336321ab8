"""What a build will take, told before."""

from __future__ import annotations

from pathlib import Path

import pytest

from notehead import BuildOptions, build
from notehead.builder import estimate
from notehead.errors import ScoreFormatError
from tests.builder.scores import song, write


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    songs = {
        f"{i}.musicxml": song("CDEFGAB"[i % 7 :] + "CE", measures=4 + 12 * i).encode() for i in range(12)
    }
    return write(tmp_path_factory.mktemp("songs"), songs)


@pytest.mark.parametrize("layout", ["parquet", "folder"])
def test_it_is_about_what_is_measured(scores: Path, tmp_path: Path, layout: str) -> None:
    options = BuildOptions(layout=layout, per_score=3, patches=0, workers=1, report_pages=0)  # type: ignore[arg-type]
    told = estimate(scores, tmp_path / "out", options)
    assert not (tmp_path / "out").exists()
    result = build(scores, tmp_path / "out", options)
    assert told.scores == result.scores == 12
    assert told.pages == pytest.approx(result.pages, rel=0.5)
    assert told.symbols == pytest.approx(result.symbols, rel=0.35)
    size = sum(
        path.stat().st_size
        for path in (tmp_path / "out").rglob("*.*")
        if path.is_file() and ".build" not in path.parts and "images_png" not in path.parts
    )
    assert told.bytes == pytest.approx(size, rel=0.5)
    assert told.free is not None


def test_a_limit_decides_the_styles(scores: Path, tmp_path: Path) -> None:
    told = estimate(scores, tmp_path, BuildOptions(layout="parquet", per_score=None, limit=500, workers=1))
    assert told.pages == 500
    assert 20 <= told.styles <= 42
    assert "about 500, from 12 scores" in told.text()


def test_bad_scores_do_no_harm(scores: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", {"bad.mxl": b"PK\x03\x04 no archive", "empty.krn": b""})
    both = estimate([scores, bad], tmp_path / "out", BuildOptions(layout="parquet", workers=1))
    assert 12 <= both.scores <= 13
    with pytest.raises(ScoreFormatError, match="no score that was tried can be engraved"):
        estimate(bad, tmp_path / "out", BuildOptions(layout="parquet", workers=1))
