from __future__ import annotations

import pytest

from notehead.engrave.score import Score, score_from_bytes
from notehead.errors import ScoreError, ScoreFormatError, ScoreLimitError
from tests.support.engraved import mei
from tests.support.scores import MEI

HUGE = "99999999999"


def check(old: str, new: str) -> None:
    assert old in MEI
    score_from_bytes(MEI.replace(old, new).encode(), "x")


@pytest.mark.parametrize(
    ("old", "bad"),
    [
        ('meter.count="2"', ["0", "-1", "x", "", HUGE, "3+0"]),
        ('meter.unit="4"', ["0", "-1", "x", "", HUGE]),
        ('lines="5"', ["-1", "17", "x", "", HUGE]),
        ('num="3"', ["0", "-1", "x", "", HUGE]),
        ('numbase="2"', ["0", "-1", "x", "", HUGE]),
        ('dur="8"', ["0", "3", "-1", "", HUGE, "quarter"]),
        ('oct="4"', ["-1", "10", "x", "", HUGE]),
        ('<layer n="1"', ["0", "-1", "x", "", HUGE]),
        ('<slur staff="1"', ["0", "1 0", "x", "", HUGE]),
    ],
)
def test_attributes(old: str, bad: list[str]) -> None:
    name, _, _ = old.rpartition('="')
    for value in bad:
        with pytest.raises(ScoreError, match=rf"line \d+, <\w+ {name.split()[-1]}>"):
            check(old, f'{name}="{value}"')


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('dur="4"', 'dur="4" dots="2"'),
        ('meter.count="2"', 'meter.count="3+2"'),
        ('<slur staff="1"', '<slur staff="1 1"'),
        ('<slur staff="1" startid="#n1"', '<slur staff="1" startid="#nowhere"'),
        ('oct="4"', 'oct="4" dur.ges="breve"'),
    ],
)
def test_good_variants(old: str, new: str) -> None:
    check(old, new)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ('xml:id="n2"', 'xml:id="n1"', "'n1' is used twice"),
        ("music>", "musik>", "no <music>"),
        ("section>", "p>", "<measure> in measure 1: it cannot stand in <p>"),
        ("staffGrp>", "note>", "cannot stand in <scoreDef>"),
        ('<staffDef n="1"', "<staffDef", "it has no number"),
        ('<staffDef n="1"', '<staffDef n="2"', "no staff '1' is defined"),
        ('<staff n="1"', '<staff n="7"', "no staff '7' is defined"),
        ('<staff n="1"', "<staff", "it has no number"),
        ("<scoreDef ", "<scoreDef/><scoreDef ", "<score>: its first <scoreDef> defines no staff"),
        ("<slur ", '<reh startid="#nowhere"/><slur ', "nothing has the id '#nowhere'"),
        ("<rest ", "<artic><note/></artic><rest ", "<note> in measure 1: it cannot stand in <artic>"),
    ],
)
def test_structure(old: str, new: str, cause: str) -> None:
    with pytest.raises(ScoreFormatError, match=cause):
        check(old, new)


def test_no_music_in_it() -> None:
    start, end = MEI.index("<measure"), MEI.index("</section>")
    with pytest.raises(ScoreFormatError, match="no staff with music"):
        score_from_bytes((MEI[:start] + MEI[end:]).encode(), "x")


def test_editorial_marks_are_looked_through() -> None:
    start, end = MEI.index("<measure"), MEI.index("</section>")
    wrapped = f"{MEI[:start]}<app><lem>{MEI[start:end]}</lem></app>{MEI[end:]}"
    assert score_from_bytes(wrapped.encode(), "x").format == "mei"


@pytest.mark.parametrize(
    "attribute",
    [
        *(
            f'{name}="{value}"'
            for name in ("tstamp", "line", "vgrp", "num")
            for value in ("", "x", "1e9", HUGE)
        ),
        *(f'tstamp2="{value}"' for value in ("", "m+1", "-1", "1m", "123456m+1", "1e9")),
        *(f'ho="{value}"' for value in ("", "x", "1e9vu", f"{HUGE}vu")),
        *(f'midi.pan="{value}"' for value in ("", "left", "1000")),
    ],
)
def test_values_that_end_the_engraver(attribute: str) -> None:
    with pytest.raises(ScoreError, match=r"line \d+, <clef "):
        check('<rest xml:id="r1"', f'<clef {attribute}/><rest xml:id="r1"')


@pytest.mark.parametrize(
    "attribute", ['tstamp2="1m+2.5"', 'tstamp2="3"', 'ho="-1.5vu"', 'midi.pan="-50%"', 'num="7"']
)
def test_good_attributes(attribute: str) -> None:
    check('<rest xml:id="r1"', f'<clef {attribute}/><rest xml:id="r1"')


@pytest.mark.parametrize("scale", ["0%", "5%", "x", "", "1000%"])
def test_scale_of_a_staff(scale: str) -> None:
    check("<staffDef", '<staffDef scale="70%"')
    with pytest.raises(ScoreFormatError, match="percentage"):
        check("<staffDef", f'<staffDef scale="{scale}"')


def test_limit_and_format_are_told_apart() -> None:
    with pytest.raises(ScoreLimitError):
        check('oct="4"', 'oct="99"')
    with pytest.raises(ScoreFormatError):
        check('oct="4"', 'oct="high"')


OSSIA = (
    '<ossia><oStaff {}><layer><note pname="c" oct="6" dur="1"/></layer></oStaff>'
    '<staff n="1"><layer><note pname="c" oct="5" dur="1"/></layer></staff></ossia>'
)


def with_ossia(text: str) -> Score:
    return score_from_bytes(mei(f"<measure>{text}</measure>").encode(), "x")


@pytest.mark.parametrize("number", ['n="1"', "", 'n="7"'])
def test_an_ossia_is_music(number: str) -> None:
    assert with_ossia(OSSIA.format(number)).format == "mei"


@pytest.mark.parametrize("number", ["x", "0", "", "1e9"])
def test_the_number_of_an_ossia_is_a_number(number: str) -> None:
    with pytest.raises(ScoreError, match=r"<oStaff n>"):
        with_ossia(OSSIA.format(f'n="{number}"'))


def test_an_ossia_staff_stands_in_an_ossia() -> None:
    with pytest.raises(ScoreFormatError, match=r"<oStaff>.*: it cannot stand in <measure>"):
        with_ossia('<oStaff n="1"><layer/></oStaff><staff n="1"><layer/></staff>')
