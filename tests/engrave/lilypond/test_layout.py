from __future__ import annotations

import pytest

from notehead.engrave.lilypond.layout import with_layout
from notehead.engrave.style import Style

CODE = '\\version "2.24.1"\n% The score definition\n\\score { { c4 } }\n'


def test_the_style_stands_before_the_score() -> None:
    code = with_layout(CODE, Style())
    before, after = code.split("% The score definition")
    assert "paper-width = 124.4600\\mm" in before
    assert "\\consists #notehead-tagger" in before
    assert after == "\n\\score { { c4 } }\n"


def test_staves_shrink() -> None:
    assert "#(set-global-staff-size 12.1436)" in with_layout(CODE, Style())
    assert "#(set-global-staff-size 6.0718)" in with_layout(CODE, Style(), 0.5)


def test_long_names_have_room() -> None:
    def indent(code: str) -> float:
        found = [line for line in with_layout(code, Style()).splitlines() if line.startswith("  indent = ")]
        return float(found[0].split()[2].removesuffix("\\mm"))

    named = CODE.replace("{ c4 }", '\\new Staff \\with { instrumentName = "Cello"\n } { c4 }')
    assert 10 < indent(named) < 20
    assert indent(CODE) < 3
    assert indent(named.replace("ello", "ello" * 30)) == pytest.approx(0.35 * 124.46, abs=0.01)


def test_habits_of_the_style() -> None:
    plain, other = (
        with_layout(CODE, style)
        for style in (
            Style(),
            Style(measure_numbers="none", hide_empty=True, header=False, systems_per_page=3),
        )
    )
    for line in (
        "\\omit BarNumber",
        "\\RemoveEmptyStaves",
        "bookTitleMarkup = ##f",
        "max-systems-per-page = 3",
    ):
        assert line in other
        assert line not in plain


def test_code_without_a_score_is_refused() -> None:
    with pytest.raises(ValueError, match="no score"):
        with_layout("{ c4 }", Style())
