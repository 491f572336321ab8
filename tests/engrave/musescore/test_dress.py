"""What a style changes in a saved score."""

from __future__ import annotations

import numpy as np
import pytest
from lxml import etree

from notehead.engrave.musescore.dress import dressed, foot_values
from notehead.engrave.style import Style, draw_style

LYRICS = "<Lyrics><syllabic>end</syllabic><text>vo<i>da</i></text></Lyrics>"
PARTS = (
    "<Part><Staff id='1'><StaffType/></Staff></Part>"
    "<Part><Staff id='2'><StaffType/></Staff><Staff id='3'><StaffType/></Staff></Part>"
)
SCORE = (
    f"<museScore><Score>{PARTS}<Staff id='1'><VBox><Text><text>Old</text></Text></VBox>"
    f"<Measure><voice><Chord>{LYRICS}</Chord></voice></Measure></Staff></Score></museScore>"
).encode()


def dress(style: Style) -> etree._Element:
    return etree.fromstring(dressed(SCORE, style))


def small(style: Style) -> list[str | None]:
    return [
        staff.get("id") for staff in dress(style).iterfind("Score/Part/Staff") if staff.findall(".//small")
    ]


def test_a_new_head_takes_the_place_of_the_old() -> None:
    root = dress(Style(titles="new", details=5))
    styles = [node.text for node in root.iterfind("Score/Staff/VBox/Text/style")]
    assert styles[0] == "Title"
    assert "Old" not in [node.text for node in root.iter("text")]
    kept = dress(Style(titles="score"))
    assert "Old" in [node.text for node in kept.iter("text")]


def test_small_staves() -> None:
    assert small(Style()) == []
    assert small(Style(small_staves="above")) == ["1"]
    assert small(Style(small_staves="one")) == ["1"]
    assert small(Style(small_staves="below")) == []  # one voice is no choir


def test_lyrics_get_other_letters() -> None:
    text = dress(Style(lyric_script="Cyrillic")).find(".//Lyrics/text")
    assert text is not None
    assert "".join(map(str, text.itertext())) == "вода"


def test_rights_stand_in_the_first_foot_and_plates_in_all() -> None:
    rights = Style(foot="rights", details=3)
    assert foot_values(rights)["oddFooterC"] == "$C"
    tag = dress(rights).find("Score/metaTag[@name='copyright']")
    assert tag is not None
    assert tag.text
    plate = foot_values(Style(foot="plate", details=3, page_numbers="foot"))
    assert plate["oddFooterC"] == plate["evenFooterC"] != "$C"
    assert plate["oddFooterR"] == "$p"


@pytest.mark.parametrize("seed", range(6))
def test_the_same_style_gives_the_same_score(seed: int) -> None:
    style = draw_style(np.random.default_rng(seed))
    assert dressed(SCORE, style) == dressed(SCORE, style)
    assert foot_values(style) == foot_values(style)


def test_what_is_no_score_is_left_as_it_is() -> None:
    assert dressed(b"<museScore/>", Style()) == b"<museScore/>"
