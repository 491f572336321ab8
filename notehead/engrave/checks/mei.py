"""MEI: music in sections of staffs that are defined, unique ids, and numbers that a score can mean.

Only the music is checked, not the header, where the same attributes count pages and centimetres.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notehead.engrave.checks.mei_attributes import ANYWHERE, BY_ELEMENT
from notehead.engrave.checks.mei_structure import check_structure
from notehead.engrave.checks.place import refuse
from notehead.engrave.checks.values import REMEDY, Fault, quoted
from notehead.engrave.checks.xml import local_name
from notehead.errors import ScoreFormatError

if TYPE_CHECKING:
    from lxml import etree

_ID = "{http://www.w3.org/XML/1998/namespace}id"


def check_mei(root: etree._Element, file: str) -> None:
    """Raise where an MEI score cannot be meant as it stands.

    Raises:
        ScoreFormatError: no music, an id that is used twice, wrong nesting, or a value that is no number.
        ScoreLimitError: a number is out of the range of music.
    """
    ids = _check_ids(root, file)
    scores = list(root.iterchildren("{*}music"))
    if not scores:
        raise ScoreFormatError(file, "it holds no <music>", REMEDY)
    for music in scores:
        check_structure(music, file)
        _check_values(music, file)
        _check_references(music, ids, file)


def _check_ids(root: etree._Element, file: str) -> set[str]:
    ids: set[str] = set()
    for element in root.iter("{*}*"):
        name = element.get(_ID)
        if name in ids:
            refuse(file, Fault(ScoreFormatError, f"{quoted(name or '')} is used twice"), element, "xml:id")
        if name is not None:
            ids.add(name)
    return ids


def _check_values(music: etree._Element, file: str) -> None:
    good: set[tuple[str, str, str]] = set()
    for element in music.iter("{*}*"):
        tag = local_name(element)
        for name, value in _items(element):
            rule = ANYWHERE.get(name) or BY_ELEMENT.get((tag, name))
            if rule is None or (tag, name, value) in good:
                continue
            if fault := rule.fault(value):
                refuse(file, fault, element, name)
            good.add((tag, name, value))


def _check_references(music: etree._Element, ids: set[str], file: str) -> None:
    """References may lead nowhere, but the engraver follows this one without a look."""
    for element in music.iter("{*}reh"):
        start = element.get("startid")
        if start is not None and start.strip().removeprefix("#") not in ids:
            refuse(file, Fault(ScoreFormatError, f"nothing has the id {quoted(start)}"), element, "startid")


def _items(element: etree._Element) -> list[tuple[str, str]]:
    return element.items()  # type: ignore[return-value]  # the stubs allow bytes, which only HTML gives
