"""XML read strictly: complete, well-formed, bounded, and without a document type of its own."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from notehead.engrave.checks.limits import ScoreLimits
from notehead.errors import ScoreFormatError, ScoreLimitError

_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_MISC = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_QUOTED = r"""(?:"[^"]*"|'[^']*')"""
_DOCTYPE = re.compile(
    rf"<!DOCTYPE\s+[^\s>\[]+(?:\s+(?:PUBLIC\s+{_QUOTED}\s+{_QUOTED}|SYSTEM\s+{_QUOTED}))?\s*(\[\s*\]\s*)?>"
)

_DAMAGED = "The file is damaged or cut off: fetch or export it again."
_HOSTILE = "Do not use this file; export the score again from its editor."


def parse_xml(text: str, file: str, limits: ScoreLimits) -> etree._Element:
    """The root element of a whole XML document, without comments and processing instructions.

    The document type is taken out before the parser sees it, so that nothing is ever fetched or expanded.
    libxml2 itself refuses elements nested deeper than 256.

    Raises:
        ScoreFormatError: not well-formed, cut off, or with a document type of its own.
        ScoreLimitError: too many tags, or too much text in one place.
    """
    marks = text.count("<") + text.count("=")
    if marks > limits.markup:
        raise ScoreLimitError(
            file, f"it holds {marks:,} tags and attributes", "Split the score into movements."
        )
    if _has_run(text, limits.text_chars):
        cause = f"it holds a text of more than {limits.text_chars:,} characters"
        raise ScoreLimitError(file, cause, _HOSTILE)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(_without_prolog(text, file).encode(), parser)
    except etree.XMLSyntaxError as error:
        cause = f"line {error.lineno}: it is no well-formed XML ({error.msg})"
        raise ScoreFormatError(file, cause, _DAMAGED) from None


def _has_run(text: str, most: int) -> bool:
    """Whether more than `most` characters stand between two `<`; looks at few of them and copies none."""
    at = -1
    while len(text) - at - 1 > most:
        following = text.rfind("<", at + 1, at + most + 2)
        if following < 0:
            return True
        at = following
    return False


def xml_text(root: etree._Element) -> str:
    """The document as the engraver gets it: written from the tree that was checked, so it reads the same."""
    return etree.tostring(root, encoding="unicode", with_tail=False)


def local_name(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return _local_name(str(element.tag))


@lru_cache(maxsize=4096)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _without_prolog(text: str, file: str) -> str:
    """The text from the root element on; lines keep their numbers."""
    declaration = _DECLARATION.match(text)
    at = _after_misc(text, declaration.end() if declaration else 0)
    if doctype := _DOCTYPE.match(text, at):
        at = _after_misc(text, doctype.end())
    line = text.count("\n", 0, at)
    if text.startswith("<!DOCTYPE", at):
        raise ScoreFormatError(file, f"line {line + 1}: it defines a document type of its own", _HOSTILE)
    return "\n" * line + text[at:]


def _after_misc(text: str, at: int) -> int:
    """Where white space, comments and processing instructions end."""
    while misc := _MISC.match(text, at):
        at = misc.end()
    return at
