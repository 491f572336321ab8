"""LilyPond itself, from score to page."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest

from notehead.datasets.checks import check_page, expected_positions
from notehead.draw import draw
from notehead.engrave.lilypond import LilyPondEngraver, program
from notehead.engrave.lilypond.program import ProgramLimits
from notehead.engrave.score import score_from_bytes
from notehead.engrave.style import Style
from notehead.errors import EngraverError, MissingExtraError
from notehead.page import ABSENT, Page
from tests.engrave.lilypond.needs import needs_lilypond
from tests.support.scores import MEI, MUSICXML

HOSTILE = """<score-partwise version="4.0">
  <work><work-title>a" } #(system "touch {path}") \\include "/etc/passwd"</work-title></work>
  <part-list><score-part id="P1"><part-name>x" #(x "{path}")</part-name></score-part></part-list>
  <part id="P1"><measure number="1">
    <attributes><divisions>1</divisions><key><fifths>0</fifths><mode>include</mode></key>
      <time><beats>2</beats><beat-type>4</beat-type></time>
      <clef><sign>G</sign><line>2</line></clef></attributes>
    <direction><direction-type><words>$(system "touch {path}")
#(x)</words></direction-type></direction>
    <harmony><root><root-step>C</root-step>
      <root-alter>__import__("os").system("touch {path}")</root-alter></root>
      <kind>major</kind></harmony>
    <note><pitch><step>C</step><octave>5</octave></pitch><duration>2</duration><type>half</type>
      <lyric number="1"><syllabic>single</syllabic><text>b"#(system "ls")</text></lyric></note>
  </measure></part>
</score-partwise>"""


def engraved(text: str, style: Style = Style()) -> list[Page]:  # noqa: B008  # immutable
    score = score_from_bytes(text.encode(), "score.musicxml")
    drawings = LilyPondEngraver().engrave(score, style)
    return [draw(drawing, style.paper.pixels(400), f"page {drawing.number}") for drawing in drawings]


@needs_lilypond
def test_a_score_becomes_pages_that_pass_every_check() -> None:
    (page,) = engraved(MUSICXML)
    assert list(check_page(page)) == []
    names = set(page.symbols.names)
    assert {
        "staff", "clefG", "clefF", "keyFlat", "timeSig8", "timeSigPlus", "noteheadBlackInSpace", "stem",
        "tremolo2", "augmentationDot", "accidentalSharp", "restWhole", "barlineSingle",
        "textPartName", "brace",
    } <= names  # fmt: skip
    heads = page.symbols[page.symbols.is_notehead]
    assert heads.midi.tolist() == [73, 74]
    assert heads.onset.tolist() == [0, 1.5]
    assert heads.duration.tolist() == [1.5, 1]
    assert heads.staff.tolist() == [0, 0]
    assert (expected_positions(page.symbols)[page.symbols.is_notehead] != ABSENT).all()


@needs_lilypond
def test_two_runs_give_the_same_page() -> None:
    first, second = engraved(MUSICXML), engraved(MUSICXML)
    assert np.array_equal(first[0].image, second[0].image)
    assert first[0].symbols.names == second[0].symbols.names
    assert np.array_equal(first[0].symbols.links, second[0].symbols.links)


@needs_lilypond
def test_a_hostile_score_runs_nothing() -> None:
    path = Path(mkdtemp(prefix="n")) / "r"  # a short one: words must fit the page
    (page,) = engraved(HOSTILE.replace("{path}", str(path)))
    assert not path.exists()
    path.parent.rmdir()
    assert page.symbols.is_notehead.sum() == 1
    texts = [text for text in page.symbols.text if text]
    assert any(text.startswith("a\u201d )") for text in texts)
    assert any("system" in text and text.startswith("b\u201d") for text in texts)


@needs_lilypond
def test_only_musicxml_is_read() -> None:
    score = score_from_bytes(MEI.encode(), "score.mei")
    with pytest.raises(EngraverError, match="LilyPond reads MusicXML only, not mei"):
        next(LilyPondEngraver().engrave(score, Style()))


@needs_lilypond
def test_limits_hold() -> None:
    score = score_from_bytes(MUSICXML.encode(), "score.musicxml")
    with pytest.raises(EngraverError, match="musicxml2ly"):
        next(LilyPondEngraver(ProgramLimits(memory=20 << 20)).engrave(score, Style()))


@needs_lilypond
def test_its_version_names_it() -> None:
    engraver = LilyPondEngraver()
    assert engraver.version.startswith("LilyPond 2.")
    assert (engraver.name, engraver.fonts) == ("lilypond", ("Emmentaler",))


def test_a_missing_lilypond_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    program.version.cache_clear()
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"Install Debian's package lilypond"):
        LilyPondEngraver()
