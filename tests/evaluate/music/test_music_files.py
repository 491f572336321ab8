"""Recognised music from files: every figure, what is left out, and files that cannot be used."""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from notehead.datasets.complaints import Complaints
from notehead.errors import MissingExtraError, NoteheadError, ScoreFormatError
from notehead.evaluate.music import MusicOptions, evaluate_music
from notehead.evaluate.music.counts import Matches, Share
from notehead.evaluate.music.lmx_symbols import UnsuitedError, lmx_tokens, symbol_errors
from notehead.evaluate.music.omr_ned import OmrNed
from notehead.evaluate.music.omr_ned_child import edits_and_symbols
from notehead.evaluate.music.reading import read_music_file
from notehead.sandbox import ChildDied, Limits
from tests.support.music import HEAD, Bar, Event, compared, part, score
from tests.support.scores import MEI

ONE = score([Bar([[Event(4, [0, 2]), Event(4, [1])]], HEAD), Bar([[Event(8, [4])]])])
OTHER = ONE.replace("<step>D</step>", "<step>E</step>")
ONE_STAFF = ONE.replace("<staff>1</staff>", "")
"""LMX wants no `<staff>` in parts of one."""
PERFECT = Matches(4, 4, 4)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Predictions and truth: two that fit, one that is not predicted, and one that nobody asked for."""
    found, true = tmp_path / "found", tmp_path / "true"
    for folder, names in (
        (found, ("a.xml", "sub/b.musicxml", "more.xml")),
        (true, ("a.musicxml", "sub/b.mxl", "c.xml")),
    ):
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix == ".mxl":
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr("b.xml", OTHER)
            else:
                path.write_text(ONE, encoding="utf-8")
    return found, true


def test_folders_are_matched_by_name(folders: tuple[Path, Path]) -> None:
    figures = evaluate_music(*folders)
    assert [(score.name, score.predicted) for score in figures.scores] == [
        ("a", True),
        ("c", False),
        ("sub/b", True),
    ]
    assert [score.notes.notes["pitch"] for score in figures.scores] == [
        PERFECT,
        Matches(0, 0, 4),
        Matches(3, 4, 4),
    ]
    assert figures.notes.notes["pitch"] == Matches(7, 8, 12)
    assert figures.unmatched == ("more.xml",)
    assert [score.rates["TEDn"].part for score in figures.scores] == [
        0,
        figures.scores[0].rates["TEDn"].whole,
        1,
    ]
    assert figures.notes.adding_up == Share(4, 4)
    assert figures.notes.true_adding_up == Share(6, 6)


def test_figures_as_json_and_as_a_table(folders: tuple[Path, Path]) -> None:
    figures = evaluate_music(*folders)
    plain = json.loads(json.dumps(figures.to_json()))
    assert plain["notes"]["pitch"]["recall"] == 7 / 12
    assert (plain["scores"], plain["scores_without_predictions"], len(plain["by_score"])) == (3, 1, 3)
    assert plain["predictions_without_truth"] == ["more.xml"]
    assert set(plain["seconds"]) == {"reading", "notes", "TEDn", "TEDn, lmx flavour"}
    table = figures.table()
    assert table.startswith(
        "3 scores, 12 true notes, 6 measures of parts, of which 4 have a partner\n1 score without"
    )
    assert "pitch                            0.8750  0.5833  0.7000\n" in table
    assert all(name in table for name in plain["seconds"])


def test_two_files_need_no_common_name(tmp_path: Path) -> None:
    for name, text in (("read.xml", OTHER), ("true.musicxml", ONE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    figures = evaluate_music(tmp_path / "read.xml", tmp_path / "true.musicxml", MusicOptions(["notes"]))
    assert figures.notes.notes["pitch"] == Matches(3, 4, 4)
    assert figures.rates == {}


def test_places_that_do_not_fit_are_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for found, true, why in (
        (folders[0], folders[1] / "c.xml", "what it is compared with is not"),
        (folders[0], tmp_path / "none", "does not exist"),
        (folders[0], tmp_path / "empty", "holds no MusicXML file"),
    ):
        with pytest.raises(ScoreFormatError, match=why):
            evaluate_music(found, true)
    (folders[0] / "a.musicxml").write_text(ONE, encoding="utf-8")
    with pytest.raises(ScoreFormatError, match=r"same name as a\.musicxml"):
        evaluate_music(*folders)


def test_a_damaged_file_stops_the_work_or_is_left_out(folders: tuple[Path, Path]) -> None:
    (folders[0] / "a.xml").write_text(ONE[:200], encoding="utf-8")
    with pytest.raises(ScoreFormatError, match=r"a\.xml"):
        evaluate_music(*folders)
    complaints = Complaints(keep_going=True)
    figures = evaluate_music(*folders, complaints=complaints)
    assert [score.name for score in figures.scores] == ["c", "sub/b"]
    assert complaints.counts["pages"] == 1


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(NoteheadError, match="unknown metric beauty"):
        MusicOptions(["notes", "beauty"])


def test_a_part_too_large_is_left_out_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notehead.evaluate.music.trees.MOST_CELLS", 3)
    figures = compared(tmp_path, ONE, ONE, "tedn")
    assert figures.rates == {}
    assert figures.left_out["TEDn"].startswith("1 of 1 parts (trees of ")


# Files of strangers


@pytest.mark.parametrize(
    "text",
    [
        "",
        MEI,
        "<score-partwise/>",
        ONE.replace("<score-partwise", '<!DOCTYPE a [<!ENTITY b "c">]><score-partwise').replace(
            "<step>D", "<step>&b;"
        ),
        ONE.replace("<duration>4<", "<duration>nan<"),
        ONE.replace("<divisions>2<", "<divisions>0<"),
        ONE.replace("<octave>4<", "<octave>444444444<"),
        ONE.replace("<beat-type>4</beat-type>", ""),
        ONE.replace("<staff>1<", "<staff>-3<"),
    ],
)
def test_files_that_are_no_music_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NoteheadError, match=r"bad\.xml"):
        read_music_file(path)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("<duration>4<", f"<duration>4.{'3' * 6000}<"),
        ("<duration>4</duration>", ""),
        ("<note>", "<note><chord/>"),
        ("<note>", "<note><dot/><grace/>" + "<dot/>" * 40),
        ("<step>D</step>", "<step>H</step><alter>0.5</alter>"),
        ("<type>half</type>", "<type>sixteenth</type>"),
        ("<voice>1<", f"<voice>{'x' * 500}<"),
        ("<stem/>", "<stem>double</stem>"),
        ("<note>", "<backup><duration>1500</duration></backup><note>"),
        ("<attributes>", "<attributes><key number='1'><key-step>F</key-step><key-alter>1</key-alter></key>"),
        ("<attributes>", "<attributes><time><senza-misura/></time>"),
        ("<sign>G</sign><line>2</line>", ""),
        (HEAD, ""),
    ],
)
def test_strange_but_legal_music_is_compared(tmp_path: Path, was: str, becomes: str) -> None:
    text = ONE.replace(was, becomes)
    figures = compared(tmp_path, text, text, "tedn")
    assert {matches.f1 for matches in figures.notes.notes.values()} == {1.0}
    assert {share.part for share in figures.rates.values()} == {0}
    assert compared(tmp_path, text, ONE, "tedn").rates["TEDn"].whole > 0


# LMX


def test_symbol_errors_of_lmx(tmp_path: Path) -> None:
    pytest.importorskip("lmx")
    tokens = lmx_tokens(part(ONE_STAFF))
    assert tokens[:6] == ["measure", "key:fifths:1", "time", "beats:4", "beat-type:4", "clef:G2"]
    other = ONE_STAFF.replace("<step>D</step>", "<step>E</step>")
    assert symbol_errors(part(ONE_STAFF), part(ONE_STAFF)) == Share(0, len(tokens))
    assert symbol_errors(part(other), part(ONE_STAFF)) == Share(1, len(tokens))
    assert compared(tmp_path, None, ONE_STAFF, "lmx").rates["LMX symbol error rate"] == Share(
        len(tokens), len(tokens)
    )


def test_what_lmx_cannot_say_is_all_wrong_or_left_out(tmp_path: Path) -> None:
    pytest.importorskip("lmx")
    with pytest.raises(UnsuitedError):
        lmx_tokens(part(ONE))
    whole = len(lmx_tokens(part(ONE_STAFF)))
    assert symbol_errors(part(ONE), part(ONE_STAFF)) == Share(whole, whole)
    figures = compared(tmp_path, ONE_STAFF, ONE, "lmx")
    assert "LMX symbol error rate" not in figures.rates
    assert figures.left_out["LMX symbol error rate"].startswith("1 of 1 parts")


def test_without_the_packages_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lmx.linearization.Linearizer", "musicdiff.annotation"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"notehead\[metrics\]"):
        lmx_tokens(part(ONE))
    with pytest.raises(MissingExtraError, match=r"notehead\[metrics\]"):
        edits_and_symbols("found.xml", "true.xml")


# OMR-NED


def test_omr_ned_of_the_same_of_another_and_of_nothing() -> None:
    pytest.importorskip("musicdiff")
    with OmrNed() as measure:
        same, other, nothing = (measure.compare(text, ONE) for text in (ONE, OTHER, ""))
    assert same.part == 0
    assert 0 < other.part < other.whole == same.whole
    assert nothing.value == 1
    assert 2 * nothing.whole == same.whole


def test_a_child_that_takes_too_long_leaves_the_figure_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OmrNed(Limits(seconds=1e-6)) as measure, pytest.raises(ChildDied, match="no answer"):
        measure.compare(ONE, ONE)

    def dies(*_: Any) -> Share:
        raise ChildDied("crashed (SIGSEGV)")  # noqa: EM101, TRY003

    monkeypatch.setattr(OmrNed, "compare", dies)
    figures = compared(tmp_path, ONE, ONE, "omr-ned")
    assert figures.left_out == {"OMR-NED": "crashed (SIGSEGV)"}
