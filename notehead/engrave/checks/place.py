"""Where in an XML score something is wrong, in words that a musician can follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from notehead.engrave.checks.values import REMEDY, Fault
from notehead.engrave.checks.xml import local_name

if TYPE_CHECKING:
    from lxml import etree


def place(element: etree._Element, attribute: str = "") -> str:
    """For example `line 12, <beat-type> in measure 3 of part P1`."""
    where = f"line {element.sourceline}, <{local_name(element)[:40]}{attribute and ' '}{attribute}>"
    holders = {local_name(holder): holder for holder in (element, *element.iterancestors())}
    for name, joint, key in (("measure", "in", "number"), ("measure", "in", "n"), ("part", "of", "id")):
        if name in holders and (label := holders[name].get(key)):
            where += f" {joint} {name} {label[:20]}"
    return where


def refuse(file: str, fault: Fault, element: etree._Element, attribute: str = "") -> NoReturn:
    """Raise what is wrong with an element's text, or with one of its attributes."""
    raise fault.error(file, f"{place(element, attribute)}: {fault.cause}", REMEDY)
