"""What stands in what in MEI: measures in sections, and staffs that a score definition has announced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notehead.engrave.checks.place import place, refuse
from notehead.engrave.checks.values import REMEDY, Fault, quoted, words
from notehead.engrave.checks.xml import local_name
from notehead.errors import ScoreFormatError

if TYPE_CHECKING:
    from lxml import etree

_EDITORIAL = words(
    "abbr add annot app choice corr damage del expan gap lem orig rdg reg restore sic subst supplied unclear"
).words
"""Elements that say where a reading comes from; they may stand between any two others."""

_EVENTS = words(
    "beam tuplet bTrem fTrem chord tabGrp note rest space"
    " beatRpt halfmRpt mRest mRpt mRpt2 mSpace multiRest multiRpt"
).words
_EVENT_HOLDERS = words(
    "layer beam tuplet bTrem fTrem chord graceGrp ligature tabGrp neume syllable oLayer"
).words
_HOLDERS = {
    "mdiv": {"body", "mdiv"},
    "score": {"mdiv"},
    "scoreDef": {"score", "part", "section", "ending", "measure"},
    "staffGrp": {"scoreDef", "staffGrp"},
    "staffDef": {"staffGrp", "scoreDef", "section", "ending", "measure", "staff", "layer"},
    "section": {"score", "part", "section", "ending"},
    "ending": {"score", "part", "section", "ending"},
    "measure": {"score", "part", "section", "ending"},
    "staff": {"measure", "section", "ossia"},
    "oStaff": {"ossia"},
    "layer": {"staff", "oStaff", "ossia"},
    **dict.fromkeys(_EVENTS, _EVENT_HOLDERS),
}


def check_structure(music: etree._Element, file: str) -> None:
    """Raise where the music is nested in a way that MEI does not know, or a staff is nowhere defined.

    Raises:
        ScoreFormatError: always with the line of the first offender.
    """
    staves: set[str] = set()
    found = False
    for element in music.iter(*(f"{{*}}{tag}" for tag in _HOLDERS)):
        tag = local_name(element)
        holder = _holder(element)
        if holder not in _HOLDERS[tag]:
            refuse(file, Fault(ScoreFormatError, f"it cannot stand in <{holder[:40]}>"), element)
        if tag == "score":
            staves = set()
            _check_definition(element, file)
        elif tag == "staffDef" and holder == "staffGrp":
            staves.add(_number(element, file))
        elif tag == "staff":
            found = True
            if (number := _number(element, file)) not in staves:
                cause = f"no staff {quoted(number)} is defined before it"
                refuse(file, Fault(ScoreFormatError, cause), element)
    if not found:
        raise ScoreFormatError(file, f"{place(music)}: it holds no staff with music", REMEDY)


def _check_definition(score: etree._Element, file: str) -> None:
    """The first definition of a score must define staffs: the engraver builds on it alone."""
    first = next(score.iter("{*}scoreDef"), None)
    if first is None or first.find(".//{*}staffDef") is None:
        refuse(file, Fault(ScoreFormatError, "its first <scoreDef> defines no staff"), score)


def _holder(element: etree._Element) -> str:
    """What an element stands in, apart from editorial marks."""
    holder = element.getparent()
    while holder is not None and (name := local_name(holder)) in _EDITORIAL:
        holder = holder.getparent()
    return "" if holder is None else name


def _number(element: etree._Element, file: str) -> str:
    number = (element.get("n") or "").strip()
    if not number:
        refuse(file, Fault(ScoreFormatError, "it has no number"), element, "n")
    return number
