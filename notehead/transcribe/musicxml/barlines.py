"""Barlines with their repeats and endings."""

from __future__ import annotations

import re

from lxml import etree

from notehead.transcribe.musicxml.element import add, clean
from notehead.transcribe.musicxml.names import BAR_STYLES
from notehead.transcribe.score import Measure

_NUMBERS = re.compile("[1-9][0-9]*(, ?[1-9][0-9]*)*")
FORWARD = frozenset({"repeatLeft", "repeatRightLeft"})
BACKWARD = frozenset({"repeatRight", "repeatRightLeft"})


def ending_numbers(volta: str) -> str:
    """The numbers of an ending as the schema has them.

    Example:
        >>> ending_numbers("1., 2."), ending_numbers("1, 2"), ending_numbers("last time")
        ('1, 2', '1, 2', '')
    """
    if _NUMBERS.fullmatch(volta):
        return volta
    return ", ".join(str(int(number)) for number in re.findall("[0-9]+", volta) if int(number))


def write_left(parent: etree._Element, measure: Measure, before: Measure | None) -> None:
    """The barline at the left of a measure, where it is more than the right one of the measure before."""
    style, repeat = "", ""
    if measure.opening in FORWARD:
        style, repeat = "heavy-light", "forward"
    elif measure.opening != (before.closing if before else ""):
        style = BAR_STYLES.get(measure.opening, "")
    if not style and not measure.volta:
        return
    barline = add(parent, "barline", location="left")
    if style:
        add(barline, "bar-style", style)
    if measure.volta:
        _ending(barline, measure.volta, "start")
    if repeat:
        add(barline, "repeat", direction=repeat)


def write_within(parent: etree._Element, name: str) -> None:
    """A barline of a class that divides a measure into groups of beats, where the file stands."""
    if style := BAR_STYLES.get(name):
        add(add(parent, "barline", location="middle"), "bar-style", style)


def write_right(parent: etree._Element, measure: Measure, volta: str) -> None:
    """The barline at the right of a measure, unless it is plain.

    Args:
        parent: the measure's element.
        measure: whose barline it is.
        volta: numbers of the ending that ends with it, "" for none.
    """
    repeat = measure.closing in BACKWARD
    style = "light-heavy" if repeat else BAR_STYLES.get(measure.closing, "")
    if not style and not volta:
        return
    barline = add(parent, "barline", location="right")
    if style:
        add(barline, "bar-style", style)
    if volta:
        _ending(barline, volta, "stop" if measure.volta_stop == "stop" else "discontinue")
    if repeat:
        add(barline, "repeat", direction="backward")


def _ending(barline: etree._Element, volta: str, kind: str) -> None:
    numbers = ending_numbers(volta)
    ending = add(barline, "ending", number=numbers, type=kind)
    if kind == "start" and numbers != volta:
        ending.text = clean(volta)
