from __future__ import annotations

import pytest

from notehead.engrave.score import score_from_bytes
from notehead.errors import ScoreFormatError, ScoreLimitError
from tests.support.scores import MUSICXML


def check(old: str, new: str) -> None:
    assert old in MUSICXML
    score_from_bytes(MUSICXML.replace(old, new).encode(), "x")


HUGE = "99999999999"


@pytest.mark.parametrize(
    ("tag", "good", "bad"),
    [
        ("beat-type", "8", ["0", "-4", "257", HUGE]),
        ("beats", "3+2", ["0", "1001", HUGE]),
        ("staves", "2", ["0", "-1", "17", HUGE]),
        ("staff", "2", ["0", "-1", "17", HUGE]),
        ("divisions", "2", ["0", "-1", HUGE]),
        ("duration", "5", ["-1", "2049", HUGE]),
        ("tremolo", "2", ["-1", "9", HUGE]),
        ("octave", "5", ["-1", "10", HUGE]),
        ("alter", "1", ["-5", "5", HUGE]),
        ("fifths", "-1", ["-15", "15", HUGE]),
        ("line", "4", ["-17", "17", HUGE]),
    ],
)
def test_numbers(tag: str, good: str, bad: list[str]) -> None:
    element = f"{good}</{tag}>"
    check(element, element)
    for value in bad:
        with pytest.raises(
            ScoreLimitError, match=rf"line \d+, <{tag}> in measure 1 of part P1: '{value[:5]}"
        ):
            check(element, f"{value}</{tag}>")
    for value in ("", "x", "NaN", "1e3", "<deep/>"):
        with pytest.raises(ScoreFormatError, match=tag):
            check(element, f"{value}</{tag}>")


def insert(element: str) -> None:
    check("<voice>2</voice>", f"<voice>2</voice>{element}")


@pytest.mark.parametrize("value", ["0", HUGE, "x", ""])
@pytest.mark.parametrize(
    "element",
    [
        "<time-modification><actual-notes>{}</actual-notes><normal-notes>2</normal-notes></time-modification>",
        "<time-modification><actual-notes>3</actual-notes><normal-notes>{}</normal-notes></time-modification>",
        "<notations><slur type='start' number='{}'/></notations>",
        "<notations><tuplet type='start' number='{}'/></notations>",
        "<beam number='{}'>begin</beam>",
        "<attributes><measure-style><multiple-rest>{}</multiple-rest></measure-style></attributes>",
        "<attributes><measure-style><measure-repeat>{}</measure-repeat></measure-style></attributes>",
        "<attributes><clef number='{}'><sign>G</sign></clef></attributes>",
        "<attributes><staff-details number='{}'/></attributes>",
        "<notations><technical><string>{}</string></technical></notations>",
        "<harmony><degree><degree-value>{}</degree-value></degree></harmony>",
    ],
)
def test_other_numbers(element: str, value: str) -> None:
    insert(element.format("2"))
    with pytest.raises((ScoreFormatError, ScoreLimitError), match=r"line \d+, <"):
        insert(element.format(value))


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("<beat-type>8</beat-type>", "", "1 <beats> and 0 <beat-type>"),
        ("<beats>3+2</beats><beat-type>8</beat-type>", "", "0 <beats> and 0 <beat-type>"),
        ('<score-part id="P1">', '<score-part id="P&quot;1">', "cannot be an id"),
        ('<score-part id="P1">', f'<score-part id="{"P" * 101}">', "cannot be an id"),
        ('<part id="P1">', '<part id="P1"/><part id="P1">', "used twice|no measure"),
        ("  </part-list>", '<score-part id="P1"/></part-list>', "used twice"),
        ('<part id="P1">', '<part id="P0"/><part id="P1">', "<part> of part P0|no measure"),
        ("measure", "measur", "no measure"),
        ("  </part-list>", "<part-group type='stop'/></part-list>", "closes a group that nothing opens"),
        ("  </part-list>", "<part-group/></part-list>", "<part-group type>: '' is none of"),
        ("score-part ", "scor-part ", "well-formed"),
        ("part-list", "list", "no part"),
        ("<staves>2</staves>", '<staves xmlns="http://example.org">0</staves>', "another XML language"),
        ("<note>", '<x:note xmlns:x="http://example.org"/><note>', "another XML language"),
    ],
)
def test_structure(old: str, new: str, cause: str) -> None:
    with pytest.raises(ScoreFormatError, match=cause):
        check(old, new)


def test_no_meter_and_several_meters() -> None:
    beats = "<beats>3+2</beats><beat-type>8</beat-type>"
    check(beats, "<senza-misura/>")
    check(beats, beats * 2)


@pytest.mark.parametrize(
    "element",
    [
        "<direction><offset>-99999</offset></direction>",
        "<direction><metronome><per-minute>1e999</per-minute></metronome></direction>",
        "<barline><repeat direction='backward' times='1000000'/></barline>",
        "<barline><ending number='&apos;' type='start'/></barline>",
        f"<barline><ending number='{'1' * 3000}' type='start'/></barline>",
    ],
)
def test_values_that_end_the_engraver(element: str) -> None:
    with pytest.raises((ScoreFormatError, ScoreLimitError), match=r"line \d+, <"):
        check("</measure>", f"{element}</measure>")


def test_tempo_in_words() -> None:
    insert("<direction><metronome><per-minute>ca. 76</per-minute></metronome></direction>")
