"""Endings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notehead.transcribe import transcribe
from notehead.transcribe.score import Score
from notehead.transcribe.voltas import Volta, VoltaCounter, voltas_of
from tests.support.engraved import measure, mei, notes, pages
from tests.transcribe.test_sheet import barred


def endings(score: Score) -> list[tuple[str, str]]:
    return [(one.volta, one.volta_stop) for one in score.parts[0].measures]


def test_a_bracket_is_over_its_measures() -> None:
    sheet = barred(("voltaBracket", 102, 60, 298, 80))
    (volta,) = voltas_of(sheet.page, sheet.systems[0], sheet.staves, sheet.spans[0])
    assert (volta.first, volta.last, volta.numbers, volta.hooked) == (1, 2, "", False)


def test_brackets_of_several_staves_are_one() -> None:
    sheet = barred(("voltaBracket", 102, 60, 198, 80), ("voltaBracket", 103, 62, 198, 82))
    assert len(voltas_of(sheet.page, sheet.systems[0], sheet.staves, sheet.spans[0])) == 1


@pytest.mark.parametrize(
    ("text", "numbers"), [("1.", "1"), ("1.-3.", "1, 2, 3"), ("2, 4", "2, 4"), ("fine", ""), ("0", "")]
)
def test_numbers_are_those_of_the_text(text: str, numbers: str) -> None:
    sheet = barred(("voltaBracket", 102, 60, 198, 80), ("textVolta", 104, 64, 112, 78))
    texts = sheet.page.symbols.text.copy()
    texts[-1] = text
    page = replace(sheet.page, symbols=sheet.page.symbols.replace(text=texts))
    (volta,) = voltas_of(page, sheet.systems[0], sheet.staves, sheet.spans[0])
    assert volta.numbers == numbers


def test_numbers_that_are_not_known_are_counted() -> None:
    counter = VoltaCounter()
    one = Volta(0, 0, "", begins=True, hooked=True, ends=True)
    assert [counter.numbered(one, place) for place in (3, 4, 5, 9)] == ["1", "2", "3", "1"]
    assert counter.numbered(replace(one, numbers="1, 2, 3"), 20) == "1, 2, 3"
    assert counter.numbered(one, 21) == "4"


def test_an_ending_goes_on_over_the_end_of_a_system() -> None:
    counter = VoltaCounter()
    assert counter.numbered(Volta(2, 2, "", begins=True, hooked=False, ends=False), 0) == "1"
    assert counter.numbered(Volta(0, 1, "", begins=False, hooked=True, ends=True), 3) == ""


def test_engraved_endings_are_read() -> None:
    repeat = measure(notes("d5:1"), attributes='right="rptend"')
    first = f'<ending n="1">{repeat}</ending>'
    second = f'<ending n="2">{measure(notes("e5:1"))}</ending>'
    score = transcribe(pages(mei(measure(notes("c5:1")), first, second, measure(notes("f5:1")))))
    assert [volta for volta, _ in endings(score)] == ["", "1", "2", ""]
    assert [stop != "" for _, stop in endings(score)] == [False, True, True, False]
