"""Small scores, written down in a few words, and the pages that Verovio makes of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from notehead.draw import draw
from notehead.engrave.score import score_from_bytes
from notehead.engrave.style import Style
from notehead.engrave.verovio import VerovioEngraver

if TYPE_CHECKING:
    from notehead.page import Page, Symbols

TREBLE = '<staffDef n="1" lines="5" clef.shape="G" clef.line="2"/>'
PIANO = (
    '<staffGrp symbol="brace" bar.thru="true"><staffDef n="1" lines="5" clef.shape="G" clef.line="2"/>'
    '<staffDef n="2" lines="5" clef.shape="F" clef.line="4"/></staffGrp>'
)
COMMON = 'meter.count="4" meter.unit="4"'
SMALL = Style(header=False, measure_numbers="none")


def mei(*measures: str, meter: str = COMMON, staves: str = TREBLE) -> str:
    """An MEI score of these measures; what stands between measures may be among them."""
    return (
        '<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0"><meiHead><fileDesc><titleStmt>'
        "<title/></titleStmt><pubStmt/></fileDesc></meiHead><music><body><mdiv><score>"
        f"<scoreDef {meter}><staffGrp>{staves}</staffGrp></scoreDef>"
        f"<section>{''.join(measures)}</section></score></mdiv></body></music></mei>"
    )


def measure(*staves: str | tuple[str, ...], controls: str = "", attributes: str = "") -> str:
    """A measure of these staves; a tuple is a staff of several layers."""
    body = []
    for number, layers in enumerate(staves, 1):
        texts = (layers,) if isinstance(layers, str) else layers
        inside = "".join(f'<layer n="{n}">{text}</layer>' for n, text in enumerate(texts, 1))
        body.append(f'<staff n="{number}">{inside}</staff>')
    return f'<measure n="1" {attributes}>{"".join(body)}{controls}</measure>'


def notes(words: str, attributes: str = "") -> str:
    """Notes and rests, `[id=]PITCH:DURATION`, as in `c4:8. a=f#5:4 r:2`."""
    return "".join(_note(word, attributes) for word in words.split())


def chord(words: str, duration: str, attributes: str = "") -> str:
    """A chord of pitches, `[id=]PITCH`, with one duration."""
    inner = "".join(_note(f"{word}:", "") for word in words.split())
    return f"<chord {_duration(duration)} {attributes}>{inner}</chord>"


def _note(word: str, attributes: str) -> str:
    identity, _, what = word.rpartition("=")
    pitch, _, duration = what.partition(":")
    named = f'xml:id="{identity}" ' if identity else ""
    if pitch == "r":
        return f"<rest {named}{_duration(duration)} {attributes}/>"
    accid = {"#": 'accid="s" ', "b": 'accid="f" ', "n": 'accid="n" '}.get(pitch[1:-1], "")
    return f'<note {named}pname="{pitch[0]}" oct="{pitch[-1]}" {accid}{_duration(duration)} {attributes}/>'


def _duration(word: str) -> str:
    plain = word.rstrip(".")
    dots = len(word) - len(plain)
    return (f'dur="{plain}"' if plain else "") + (f' dots="{dots}"' if dots else "")


@cache
def engraver() -> VerovioEngraver:
    """One toolkit for all tests: it takes only scores that the checks let pass."""
    return VerovioEngraver()


@cache
def pages(text: str, style: Style = SMALL) -> tuple[Page, ...]:
    """All pages of a score."""
    score = score_from_bytes(text.encode(), "small")
    size = style.paper.pixels(400)
    return tuple(draw(drawing, size) for drawing in engraver().engrave(score, style))


def page(text: str, style: Style = SMALL) -> Page:
    """The only page of a score."""
    (found,) = pages(text, style)
    return found


def names(symbols: Symbols, *starts: str) -> list[str]:
    """Class names from left to right, of those that start so."""
    rows = sorted(symbols, key=lambda symbol: symbol.box[0])
    return [row.name for row in rows if row.name.startswith(starts or ("",))]
