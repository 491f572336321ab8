"""How long music is by its text: counted apart from how the composer counts."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree

from notehead.compose.bar import length_of


def length_of_events(events: str) -> Fraction:
    """Length in whole notes of what stands in a layer."""
    return length_of_layer(etree.fromstring(f"<layer>{events}</layer>"))


def length_of_layer(element: etree._Element, share: Fraction = Fraction(1)) -> Fraction:
    """Length in whole notes of an element; `share` is what notes in it count."""
    tag = etree.QName(element).localname
    if element.get("grace"):
        return Fraction(0)
    if tag == "beatRpt":
        return Fraction(1, 4) * share
    if tag in {"note", "rest", "chord", "tabGrp"}:
        return length_of(element.get("dur") or "4", int(element.get("dots") or 0)) * share
    if tag == "tuplet":
        share *= Fraction(int(element.get("numbase") or 1), int(element.get("num") or 1))
    if tag == "fTrem":
        share /= 2
    return sum((length_of_layer(child, share) for child in element), Fraction(0))
