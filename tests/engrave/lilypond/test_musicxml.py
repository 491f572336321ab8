from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from notehead.engrave.lilypond.musicxml import Unsafe, check_code, harmless, true_spanners

MEANT = set('\\#$"{}<>%~`')
"""What means something to LilyPond outside of words."""
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=40) | st.text(
    "\\#$\"{}<>%ab(') 1."
)


def score(**texts: str) -> str:
    root = etree.Element("score-partwise")
    for tag, text in texts.items():
        element = etree.SubElement(root, tag.replace("_", "-"))
        element.text = text
        element.set("type", text)
    return etree.tostring(root, encoding="unicode")


@given(title=texts, words=texts, mode=texts, alter=texts, unheard=texts)
def test_nothing_that_lilypond_executes_is_left(
    title: str, words: str, mode: str, alter: str, unheard: str
) -> None:
    text = score(work_title=title, words=words, mode=mode, root_alter=alter, unheard=unheard)
    for element in etree.fromstring(harmless(text)).iter():
        values = [element.text or "", *map(str, element.attrib.values())]
        assert not MEANT & set("".join(values))
        assert "\n" not in "".join(values)


@pytest.mark.parametrize("tag", ["alter", "root-alter", "bass-alter", "degree-alter", "tuning-alter"])
def test_what_musicxml2ly_evaluates_is_a_number(tag: str) -> None:
    text = f"<score-partwise><{tag}>__import__('os').system('id')</{tag}><{tag}> -1 </{tag}></score-partwise>"
    assert [element.text for element in etree.fromstring(harmless(text))] == ["0", "-1"]


def test_dynamics_are_known_ones() -> None:
    other = "<include/><other-dynamics>molto</other-dynamics>"
    text = f"<score-partwise><dynamics><ff/>{other}</dynamics></score-partwise>"
    assert harmless(text) == b"<score-partwise><dynamics><ff/></dynamics></score-partwise>"


def test_page_layout_colours_and_comments_are_left_out() -> None:
    text = (
        "<score-partwise><!-- c --><defaults><scaling/></defaults><identification><encoding>x</encoding>"
        '<creator>Bach</creator></identification><note color="#FF0000"/></score-partwise>'
    )
    kept = b"<score-partwise><identification><creator>Bach</creator></identification><note/></score-partwise>"
    assert harmless(text) == kept


def test_words_stay_readable() -> None:
    text = score(words="dolce, é molto (♩ = 80)", text="l'a·mour")
    assert [element.text for element in etree.fromstring(harmless(text))] == [
        "dolce, é molto (♩ = 80)",
        "l'a·mour",
    ]


@pytest.mark.parametrize(
    "code",
    [
        '\\include "/etc/passwd"',
        "c4 \\markup { \\verbatim-file #x }",
        "c4 #(system x)",
        "$(system x)",
        "#ly:gulp-file",
        "c4 #",
        "#(define ((tuplet-number::x a) grob) b) $(system c)",
        "#(define x (system c))",
        "\\book { }",
    ],
)  # fmt: skip
def test_code_that_does_more_than_print_is_refused(code: str) -> None:
    with pytest.raises(Unsafe):
        check_code('\\version "2.24.1"\n' + code)


@pytest.mark.parametrize(
    "code",
    [
        "\\override NoteHead.color = #(rgb-color 1 0 0)",
        "skipBars = ##t",
        "#(define ((tuplet-number::non-default-fraction-text den num) grob)\n  (let* ((a 1)) a))",
        "\\set ignoreMelismata = ##t\\skip1 ",
        "\\ottava #-1 c4",
        "\\once \\override Glissando.style = #'dashed-line",
        '"a string with #(system x) and \\\\include"',
        "c4 % a comment with #(system x)",
        "\\override TupletBracket.stencil = ##f c4 ^\\markup { \\bold {Andante} }",
    ],
)  # fmt: skip
def test_code_that_musicxml2ly_writes_is_let_through(code: str) -> None:
    check_code('\\version "2.24.1"\n' + code)


def test_a_strange_key_is_no_danger_but_what_looks_like_one_is() -> None:
    check_code("\\set Staff.keyAlterations = #`((6 . ,FLAT)(2 . ,SEMI-SHARP))")
    with pytest.raises(Unsafe):
        check_code("\\set Staff.keyAlterations = #`((6 . ,(system 1)))")


def test_dashes_are_no_trills() -> None:
    code = "c \\startTrillSpan d \\stopTrillSpan"
    assert true_spanners(code, "<dashes/>") == "c \\startTextSpan d \\stopTextSpan"
    assert true_spanners(code, "<wavy-line/>") == code
    both = "<score-partwise><dashes/><wavy-line/></score-partwise>"
    assert b"dashes" not in harmless(both)
    assert b"dashes" in harmless("<score-partwise><dashes/></score-partwise>")


def test_lyrics_get_other_letters() -> None:
    text = "<score-partwise><lyric><syllabic>single</syllabic><text>voda</text></lyric></score-partwise>"
    assert "вода" in harmless(text, "Cyrillic").decode()
