"""MusicXML for tests, written from short lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from notehead.evaluate.music.comparing import MusicComparer, MusicOptions
from notehead.evaluate.music.figures import ScoreFigures

STEPS = "CDEFGAB"
TYPES = {1: "eighth", 2: "quarter", 4: "half", 8: "whole"}
"""By length in divisions."""
DIVISIONS = 2


@dataclass
class Event:
    """A chord or a rest (no pitches): pitches in steps from C4, length in divisions, 0 of grace notes."""

    length: int
    pitches: list[int] = field(default_factory=list)
    staff: int = 1


@dataclass
class Bar:
    """Events of each voice, what stands in `<attributes>`, and attributes of the measure."""

    voices: list[list[Event]]
    attributes: str = ""
    implicit: bool = False


HEAD = (
    f"<divisions>{DIVISIONS}</divisions><key><fifths>1</fifths></key>"
    "<time><beats>4</beats><beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef>"
)


def score(*parts: Sequence[Bar], order: Any = None) -> str:
    """A score; `order` sorts the numbers of voices in each measure before they are written."""
    listed = "".join(f'<score-part id="P{k}"><part-name/></score-part>' for k in range(len(parts)))
    written = "".join(f'<part id="P{k}">{_measures(bars, order)}</part>' for k, bars in enumerate(parts))
    return f'<score-partwise version="4.0"><part-list>{listed}</part-list>{written}</score-partwise>'


def _measures(bars: Sequence[Bar], order: Any) -> str:
    made = []
    for number, bar in enumerate(bars):
        texts = [f"<attributes>{bar.attributes}</attributes>"] if bar.attributes else []
        voices = sorted(range(len(bar.voices)), key=order)
        for place, k in enumerate(voices):
            if place:
                length = sum(event.length for event in bar.voices[voices[place - 1]])
                texts.append(f"<backup><duration>{length}</duration></backup>")
            texts += [_event(event, place + 1) for event in bar.voices[k]]
        implicit = ' implicit="yes"' if bar.implicit else ""
        made.append(f'<measure number="{number + 1}"{implicit}>{"".join(texts)}</measure>')
    return "".join(made)


def _event(event: Event, voice: int) -> str:
    heads = [
        f"<pitch><step>{STEPS[p % 7]}</step><octave>{4 + p // 7}</octave></pitch>" for p in event.pitches
    ]
    length = f"<duration>{event.length}</duration>" if event.length else ""
    kind = (
        f"<type>{TYPES[event.length]}</type>"
        if event.length in TYPES
        else "<type>eighth</type>" * (not length)
    )
    grace = "" if event.length else "<grace/>"
    rest = f"<voice>{voice}</voice>{kind}<staff>{event.staff}</staff>"
    return "".join(
        f"<note>{grace}{'<chord/>' if place else ''}{head}{length}{rest}</note>"
        for place, head in enumerate(heads or ["<rest/>"])
    )


def compared(folder: Path, found: str | None, true: str, *metrics: str) -> ScoreFigures:
    """The figures of two texts."""
    paths = []
    for name, text in (("found", found), ("true", true)):
        path = folder / f"{name}.musicxml"
        path.write_text(text or "", encoding="utf-8")
        paths.append(path)
    with MusicComparer(MusicOptions(("notes", *metrics))) as comparer:
        return comparer.compare(None if found is None else paths[0], paths[1])


def part(text: str) -> etree._Element:
    """The first part of a score."""
    found = etree.fromstring(text).find("part")
    assert found is not None
    return found
