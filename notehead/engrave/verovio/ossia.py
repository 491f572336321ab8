"""Ossias: a measure of the highest staff, an octave higher or lower, on a small staff above it.

An octave keeps every accidental right, so the staff says what its notes are.
"""

from __future__ import annotations

from copy import deepcopy

import numpy as np
from lxml import etree

_MEI = "{http://www.music-encoding.org/ns/mei}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_EVERY = 6
"""At most one measure among so many has an ossia."""
_HIGHEST, _LOWEST = 6, 3
_LEFT_OUT = frozenset({"verse", "syl"})
_COPIED = _LEFT_OUT | {"layer", "note", "chord", "rest", "beam", "tuplet", "accid", "artic", "space", "dot"}
"""A measure that holds anything else is left alone."""


def add_ossias(root: etree._Element, count: int, rng: np.random.Generator) -> None:
    """Put ossias over some measures, at most `count`; fewer in a short score, none where nothing fits."""
    fitting = [staff for measure in root.iter(f"{_MEI}measure") if (staff := _fitting(measure)) is not None]
    count = min(count, len(fitting) // _EVERY)
    for index in sorted(rng.choice(len(fitting), count, replace=False).tolist() if count else []):
        _over(fitting[index], index)


def _fitting(measure: etree._Element) -> etree._Element | None:
    """The measure's highest staff, if it holds plain notes in one layer."""
    staff = measure.find(f"{_MEI}staff")
    if staff is None or len(staff.findall(f"{_MEI}layer")) != 1:
        return None
    names = {str(element.tag).removeprefix(_MEI) for element in staff.iterdescendants(f"{_MEI}*")}
    if not names <= _COPIED or not {"note"} <= names:
        return None
    if any(element.get("staff") or element.get("grace") for element in staff.iterdescendants()):
        return None
    return staff if len(list(staff.iter(f"{_MEI}note"))) > 2 else None


def _over(staff: etree._Element, number: int) -> None:
    """Wrap a staff in an `<ossia>` with its copy above."""
    octaves = [int(note.get("oct") or 4) for note in staff.iter(f"{_MEI}note")]
    shift = 1 if max(octaves) < _HIGHEST else -1
    if shift < 0 and min(octaves) <= _LOWEST:
        return
    copy = deepcopy(staff)
    copy.tag = _MEI + "oStaff"
    for verse in list(copy.iter(f"{_MEI}verse")):
        verse.getparent().remove(verse)  # type: ignore[union-attr]
    for place, element in enumerate(copy.iter()):
        if element.get(_ID) is not None:
            element.set(_ID, f"ossia-{number}-{place}")
        if element.tag == _MEI + "note" and element.get("oct"):
            element.set("oct", str(int(element.get("oct") or 4) + shift))
    ossia = etree.Element(_MEI + "ossia", {_ID: f"ossia-{number}"})
    parent = staff.getparent()
    if parent is None:
        return
    parent.replace(staff, ossia)
    ossia.append(copy)
    ossia.append(staff)
