"""Barlines of a MusicXML file, with their repeats and endings."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from lxml import etree

from notehead.transcribe.musicxml.names import BARLINE_OF


@dataclass(slots=True)
class Sides:
    """What is said of the two sides of a measure, and of barlines within, as `Measure` has it."""

    opening: str = ""
    closing: str = ""
    volta: str = ""
    volta_stop: str = ""
    within: list[tuple[Fraction, str]] = field(default_factory=list)


def read_barline(element: etree._Element, sides: Sides, now: Fraction) -> None:
    """Add what a barline says, which stands at a time of its measure."""
    location = element.get("location", "right")
    repeat = element.find("repeat")
    style = BARLINE_OF.get(element.findtext("bar-style") or "", "")
    if repeat is not None:
        style = "repeatRight" if repeat.get("direction") == "backward" else "repeatLeft"
    if location == "left":
        sides.opening = style or sides.opening
    elif location == "right":
        sides.closing = style or sides.closing
    elif style:
        sides.within.append((now, style))
    ending = element.find("ending")
    if ending is None:
        return
    kind = ending.get("type", "")
    if kind == "start":
        sides.volta = (ending.text or "").strip() or (ending.get("number") or "").strip()
    elif kind in {"stop", "discontinue"}:
        sides.volta_stop = kind
