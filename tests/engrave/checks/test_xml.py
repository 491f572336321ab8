from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notehead.engrave.checks.limits import ScoreLimits
from notehead.engrave.checks.xml import _has_run, parse_xml, xml_text
from notehead.errors import ScoreError, ScoreFormatError, ScoreLimitError

LIMITS = ScoreLimits()
LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


def parsed(text: str, limits: ScoreLimits = LIMITS) -> str:
    return xml_text(parse_xml(text, "x", limits))


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n',
        "<!-- > --><?editor > ?>\n<!DOCTYPE a>",
        '<!DOCTYPE a PUBLIC "-//X > Y//EN" "http://example.org/a.dtd">',
        "<!DOCTYPE a SYSTEM 'a.dtd' [ ]>",
        "\n\n<!DOCTYPE\na\nPUBLIC\n'x'\n'y'\n>",
    ],
)
def test_prologs_are_taken_off(prolog: str) -> None:
    assert parsed(f"{prolog}<a><b/></a>\n<!-- end -->") == "<a><b/></a>"


def test_comments_do_not_split_a_text() -> None:
    assert parsed("<a>1<!-- or -->2<?p?>3<![CDATA[<]]></a>") == "<a>123&lt;</a>"


def test_lines_are_those_of_the_file() -> None:
    with pytest.raises(ScoreFormatError, match="line 5:"):
        parsed('<?xml version="1.0"?>\n<!DOCTYPE a\n  SYSTEM "a.dtd">\n<a>\n<b></c></a>')


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://example.org/p.dtd"> %p;]>',
        '<!DOCTYPE a SYSTEM "a.dtd" [<!ATTLIST b c CDATA "1">]>',
        "<!-- \n --><!DOCTYPE a [<!ELEMENT a ANY>]>",
        "<!DOCTYPE a [",
    ],
)
def test_document_types_of_their_own(doctype: str) -> None:
    with pytest.raises(ScoreFormatError, match="document type of its own"):
        parsed(f"{doctype}<a>&x;&l9;</a>")


def test_second_document_type() -> None:
    with pytest.raises(ScoreFormatError):
        parsed('<!DOCTYPE a><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>')


def test_undefined_entity() -> None:
    with pytest.raises(ScoreFormatError, match="nbsp"):
        parsed("<!DOCTYPE a SYSTEM 'a.dtd'><a>&nbsp;</a>")


def test_external_document_type_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "a.dtd").write_text('<!ENTITY x "found">')
    with pytest.raises(ScoreFormatError):
        parsed(f'<!DOCTYPE a SYSTEM "{(tmp_path / "a.dtd").as_uri()}"><a>&x;</a>')


@pytest.mark.parametrize(
    "text", ["<a>", "<a/><b/>", "<a b=1/>", "<a>\x01</a>", "a", "<a b='1' b='2'/>", "<!-- "]
)
def test_not_well_formed(text: str) -> None:
    with pytest.raises(ScoreFormatError, match="well-formed"):
        parsed(text)


def test_deep_nesting() -> None:
    with pytest.raises(ScoreFormatError):
        parsed("<a>" * 5_000 + "</a>" * 5_000)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("<a>" + "<b/>" * 100 + "</a>", ScoreLimits(markup=100)),
        ("<a " + " ".join(f"b{i}='1'" for i in range(100)) + "/>", ScoreLimits(markup=100)),
        (f"<a>{'b' * 101}</a>", ScoreLimits(text_chars=100)),
        (f"<a b='{'c' * 101}'/>", ScoreLimits(text_chars=100)),
    ],
)
def test_limits(text: str, limits: ScoreLimits) -> None:
    parsed(text)
    with pytest.raises(ScoreLimitError):
        parsed(text, limits)


def test_quadratic_prologs_end_soon() -> None:
    for text in (
        "<!--" * 50_000,
        "<!DOCTYPE a" + " " * 200_000,
        "<?" * 100_000,
        "<!DOCTYPE " + '"' * 200_000,
    ):
        with pytest.raises(ScoreError):
            parsed(text)


@given(st.text("<a", max_size=40), st.integers(1, 8))
def test_the_longest_text_between_tags_is_what_counts(text: str, most: int) -> None:
    assert _has_run(text, most) == (max(map(len, text.split("<"))) > most)
