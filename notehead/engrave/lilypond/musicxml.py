r"""A MusicXML score made harmless before musicxml2ly makes a LilyPond program of it.

LilyPond code can run any command: what starts with `#` or `$` is Scheme, what starts with `\` is a
command, and musicxml2ly evaluates some numbers as Python. So nothing of that kind may be left in the
score: letters that mean something to LilyPond are exchanged for others that look alike, in every text and
attribute; elements that hold no words keep plain letters, digits and a few signs only; numbers of
alterations must be numbers. Last, the LilyPond code itself is checked for commands that read files.
"""

from __future__ import annotations

import re

from lxml import etree

from notehead.engrave.style import Script
from notehead.engrave.transliterate import transliterate


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALIKE = str.maketrans(
    {
        "\\": "/", '"': "\N{RIGHT DOUBLE QUOTATION MARK}", "#": "\N{MUSIC SHARP SIGN}", "$": "S",
        "%": "\N{COMMERCIAL MINUS SIGN}", "{": "(", "}": ")", "~": "-", "`": "'",
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    }
)  # fmt: skip
_WORDS = _names(
    "words text work-title work-number movement-title movement-number creator rights part-name "
    "part-abbreviation display-text credit-words rehearsal ending group-name "
    "group-abbreviation elision per-minute"
)
"""Elements whose text is words for the reader."""
_LEFT_OUT = ("identification/encoding", "identification/miscellaneous", "identification/source", "defaults")
"""What LilyPond needs nothing of, or what the style says: page layout, programs, dates."""
_DYNAMICS = _names(
    "p pp ppp pppp ppppp pppppp f ff fff ffff fffff ffffff mp mf sf sfp sfpp fp rf rfz sfz sffz fz n pf sfzp"
)
"""Dynamics that musicxml2ly may name commands after."""
_MODES = _names("major minor ionian dorian phrygian lydian mixolydian aeolian locrian")
"""Modes, which it makes commands of, too."""
_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,3}(\.[0-9]{0,6})?\s*")
_OTHER = re.compile(r"[^\w .,:;+\-/*'()]", re.ASCII)
_PLAIN = re.compile(r"[^\w .,:;+\-/]", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+")
_STRING_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|%[^\n]*')
_COMMAND = re.compile(r"\\([A-Za-z-]+)")
_FORBIDDEN = _names(
    "include sourcefileline sourcefilename maininput version bookOutputName bookOutputSuffix "
    "verbatim-file epsfile postscript eps-file image embedded-ps with-url path book bookpart "
    "score-lines"
)
_SCHEME = re.compile(r"[#$]\s*(\([^)]{0,200}|[^\s\\{}]*)")
_KNOWN_SCHEME = re.compile(
    r"##[tf]$|#[+-]?\d+(\.\d*)?$|#'[A-Za-z-]+$|#'\([\w\s.+-]*$|#(LEFT|RIGHT|UP|DOWN|CENTER|X|Y|\")$"
    r"|#(ly:slur::print|tuplet-number::[a-z-]+)$"
    r"|#\((rgb-color|cons|make-dynamic-script|set-global-staff-size|tuplet-number::[a-z-]+)\b"
    r"|#\(define(-public)? \(\(tuplet-number::[a-z-]+ [a-z ]*$"
)
"""What musicxml2ly writes; its strings are cut out before."""
_STRANGE_KEY = re.compile(r"#`\((?:\s*\(\s*\d{1,2}\s*\.\s*,[A-Z-]+\s*\))*\s*\)")
"""A list of steps and named alterations, as it writes for keys other than the usual ones."""


class Unsafe(Exception):  # noqa: N818  # translated by the caller
    """The LilyPond code holds what could do more than print music; the text says what."""


def harmless(text: str, script: Script = "as written") -> bytes:
    r"""A checked MusicXML score without anything that LilyPond or musicxml2ly would execute.

    Lyrics are put into the letters of `script`.

    Example:
        >>> harmless('<score-partwise><words>a"#(exit)\\b</words></score-partwise>').decode()
        '<score-partwise><words>a”♯(exit)/b</words></score-partwise>'
    """
    root = etree.fromstring(text.encode(), _parser())
    for path in _LEFT_OUT:
        for element in root.findall(path):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
    _drop_false_trills(root)
    _rewrite_lyrics(root, script)
    for dynamics in root.iter("dynamics"):
        for sign in list(dynamics):
            if sign.tag not in _DYNAMICS:
                dynamics.remove(sign)
    for element in list(root.iter()):
        if isinstance(element.tag, str) and _NAME.fullmatch(element.tag):
            _clean(element)
        else:
            _drop(element)
    return etree.tostring(root, encoding="utf-8")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _clean(element: etree._Element) -> None:
    for name, value in list(element.attrib.items()):
        if name == "color":  # musicxml2ly makes Scheme of it; pages are black
            del element.attrib[name]
        else:
            element.set(name, _PLAIN.sub("", str(value)))
    if element.tail:
        element.tail = None
    if not element.text:
        return
    tag = str(element.tag)
    if len(element) and tag not in _WORDS:
        element.text = None
    elif tag.endswith("alter"):  # musicxml2ly evaluates it
        element.text = element.text.strip() if _NUMBER.fullmatch(element.text) else "0"
    elif tag == "mode":
        element.text = element.text.strip() if element.text.strip() in _MODES else "major"
    elif tag in _WORDS:
        element.text = _CONTROL.sub(" ", element.text).translate(_ALIKE)
    else:
        element.text = _OTHER.sub("", element.text)


def _drop_false_trills(root: etree._Element) -> None:
    """Take out dashes where there are wavy lines too: musicxml2ly would make trills of both."""
    if root.find(".//wavy-line") is not None:
        for dashes in [*root.iter("dashes")]:
            _drop(dashes)


def _rewrite_lyrics(root: etree._Element, script: Script) -> None:
    for lyric in root.iter("lyric") if script != "as written" else ():
        ends = (lyric.findtext("syllabic") or "") not in {"begin", "middle"}
        for part in lyric.findall("text"):
            part.text = transliterate(part.text or "", script, word_ends=ends)


def true_spanners(code: str, score: str) -> str:
    """The code with dashes behind words as such; musicxml2ly makes trills of them after the first trill.

    Example:
        >>> true_spanners(r"c4 \\startTrillSpan", "<dashes/>")
        'c4 \\\\startTextSpan'
    """
    if "<wavy-line" in score:
        return code
    return code.replace("\\startTrillSpan", "\\startTextSpan").replace("\\stopTrillSpan", "\\stopTextSpan")


def check_code(code: str) -> None:
    r"""Raise where LilyPond code could do more than print music.

    Raises:
        Unsafe: it holds a command that reads files, or Scheme that musicxml2ly does not write.

    Example:
        >>> check_code(r'\include "/etc/passwd"')
        Traceback (most recent call last):
        notehead.engrave.lilypond.musicxml.Unsafe: the command \include
    """
    body = code.split("\n", 1)[1] if code.startswith("\\version") else code
    bare = _STRANGE_KEY.sub("", _STRING_OR_COMMENT.sub('"', body))
    for command in _COMMAND.findall(bare):
        if command in _FORBIDDEN:
            message = f"the command \\{command}"
            raise Unsafe(message)
    for found in _SCHEME.finditer(bare):
        if not _KNOWN_SCHEME.match(found[0].rstrip()):
            message = f"the Scheme expression {found[0][:40]!r}"
            raise Unsafe(message)
