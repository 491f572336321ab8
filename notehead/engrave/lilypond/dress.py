r"""Heads and feet of pages as LilyPond code, and what a style changes in the score's own code.

All words are written as Scheme strings, so that nothing in them is executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from notehead.engrave.style import Style
from notehead.engrave.wording import Titles, Wording

_NUMBER = "\\fromproperty #'page:page-number-string"
_LATER = "\\unless \\on-first-page-of-part"
_SIDES = {"left": "\\fill-line {{ {0} \\null }}", "right": "\\fill-line {{ \\null {0} }}"}
_MIDDLE = "\\fill-line {{ \\null {0} \\null }}"
_NEW_STAFF = re.compile(r"\\new\s+(?P<kind>Staff|RhythmicStaff|PianoStaff)\b")
_LINES = (
    ("dedication", "\\italic"),
    ("title", "\\fontsize #4 \\bold"),
    ("subtitle", "\\fontsize #1"),
    ("opus", ""),
)


def scheme_string(value: object) -> str:
    r"""A Scheme string.

    Example:
        >>> print(scheme_string('a "b" #(exit)'))
        "a \"b\" #(exit)"
    """
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def page_texts(style: Style) -> str:
    """Settings of `\\paper` for the title, and for heads and feet of pages."""
    words = Wording(np.random.default_rng(style.details))
    titles, plate = words.titles(), words.plate()
    heads = {"oddHeaderMarkup": "##f", "evenHeaderMarkup": "##f"}
    if style.page_numbers not in {"none", "foot"}:
        dashed = style.page_numbers == "dashes"
        number = f'\\concat {{ "\u2013 " {_NUMBER} " \u2013" }}' if dashed else _NUMBER
        head = _SIDES.get(style.page_numbers, _MIDDLE).format(number)
        heads = dict.fromkeys(heads, f"\\markup {_LATER} {head}")
    foot = _foot(style, words, plate)
    feet = dict.fromkeys(("oddFooterMarkup", "evenFooterMarkup"), foot)
    values = {**heads, **feet, "scoreTitleMarkup": "##f", "bookTitleMarkup": _title(style, titles)}
    return "\n  ".join(f"{name} = {value}" for name, value in values.items())


def _title(style: Style, made_up: Titles) -> str:
    """The head of the first page: the score's words, or others."""
    if not style.header:
        return "##f"
    new = style.titles == "new"
    said = {name: getattr(made_up, name) for name, _ in _LINES}
    lines = []
    for name, look in _LINES:
        text = scheme_string(said[name]) if new else f"\\fromproperty #'header:{name}"
        if not new or said[name]:
            lines.append(f"\\fill-line {{ \\null {look} {text} \\null }}")
    left, right = (
        (scheme_string(made_up.words), scheme_string(made_up.composer))
        if new
        else ("\\fromproperty #'header:poet", "\\fromproperty #'header:composer")
    )
    lines.append(f"\\fill-line {{ {left} {right} }}")
    if not new:
        lines.append("\\fill-line { \\fromproperty #'header:meter \\fromproperty #'header:arranger }")
    return f"\\markup \\override #'(baseline-skip . 3.2) \\column {{ {' '.join(lines)} }}"


def _foot(style: Style, words: Wording, plate: str) -> str:
    first = ""
    if style.foot == "rights":
        first = _MIDDLE.format(f"\\teeny {scheme_string(words.rights())}")
    elif style.foot == "note":
        first = _SIDES["left"].format(f"\\teeny {scheme_string(words.note())}")
    elif style.foot == "score":
        first = _MIDDLE.format("\\teeny \\fromproperty #'header:copyright")
    number = f"{_LATER} {_NUMBER}" if style.page_numbers == "foot" else ""
    if style.foot == "plate":
        plate = f"\\teeny {scheme_string(plate)}"
        return f"\\markup \\fill-line {{ \\null {plate} {number or chr(92) + 'null'} }}"
    parts = [f"\\if \\on-first-page-of-part {first}"] if first else []
    parts += [f"{_LATER} {_MIDDLE.format(_NUMBER)}"] if number else []
    return f"\\markup \\column {{ {' '.join(parts)} }}" if parts else "##f"


def resized(code: str, style: Style) -> str:
    """The code with small staves, where it has such: voices above a keyboard, or the other way round."""
    staves = list(_staves(code))
    keyboard = [group for _, group in staves if group >= 0]
    last = keyboard[-1] if keyboard else None
    inside = [place for place, group in staves if group == last and last is not None]
    others = [place for place, group in staves if not (group == last and last is not None)]
    small: list[int] = []
    if style.small_staves == "above" and inside and others and staves[-1][0] == inside[-1]:
        small = others
    elif style.small_staves == "below" and inside and len(others) > 1:
        small = inside
    elif style.small_staves == "one" and len(staves) > 1 and others:
        rng = np.random.default_rng(style.details)
        small = [others[int(rng.integers(len(others)))]]
    for place in sorted(small, reverse=True):
        code = f"{code[:place]} \\with {{ \\magnifyStaff #{style.small_staff:g} }}{code[place:]}"
    return code


def _staves(code: str) -> Iterator[tuple[int, int]]:
    """Where each new staff's name ends, and the number of the keyboard that it is of, else -1."""
    keyboard, until = -1, -1
    for found in _NEW_STAFF.finditer(code):
        if found["kind"] == "PianoStaff":
            keyboard, until = keyboard + 1, _end(code, found.end())
        else:
            yield found.end(), keyboard if found.start() < until else -1


def _end(code: str, start: int) -> int:
    """Where the music that begins with the next `<<` ends."""
    depth = 0
    for found in re.finditer(r"<<|>>", code[start:]):
        depth += 1 if found[0] == "<<" else -1
        if depth == 0:
            return start + found.end()
    return len(code)
