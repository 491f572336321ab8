"""Pages as MuseScore writes them, made here: a font of few glyphs, and SVG drawn with it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from notehead.engrave.outlines import Outline

SPACE = 20.0
"""Staff space of these pages; glyphs are scaled by SPACE / 25."""
SCALE = SPACE / 25


def polygon(*points: tuple[float, float]) -> Outline:
    return Outline(np.array(points, np.float64), np.array([0, len(points)]), 300.0)


def glyphs() -> Mapping[str, Outline]:
    """Shapes in thousandths of an em that differ from each other as a font's do."""
    ring = np.concatenate(
        (
            np.array([(0, -120), (330, -120), (330, 120), (0, 120)]),
            np.array([(60, -60), (60, 60), (270, 60), (270, -60)]),
        )
    )
    return {
        "noteheadBlack": polygon((0, 0), (160, -130), (320, 0), (160, 130)),
        "noteheadHalf": Outline(ring.astype(np.float64), np.array([0, 4, 8]), 330.0),
        "gClef": polygon((0, 260), (100, -700), (500, 0), (300, 400)),
        "gClef8vb": Outline(
            np.array([
                (0, 260), (100, -700), (500, 0), (300, 400),
                (150, 450), (350, 450), (350, 700), (150, 700),
            ], float),
            np.array([0, 4, 8]),
            500.0,
        ),
        "fClef": polygon((0, -200), (500, -240), (450, 300), (0, 620)),
        "cClef": polygon((0, -500), (560, -500), (560, 500), (0, 500)),
        "restWhole": polygon((0, 0), (300, 0), (300, 130), (0, 130)),
        "restHalf": polygon((0, -130), (300, -130), (300, 0), (0, 0)),
        "restQuarter": polygon((50, -380), (250, -100), (200, 380), (0, 100)),
        "accidentalSharp": polygon((0, -350), (240, -370), (240, 340), (0, 360)),
        "accidentalFlat": polygon((0, -440), (40, -440), (220, 0), (0, 180)),
        "augmentationDot": polygon((0, 0), (50, -50), (100, 0), (50, 50)),
        "repeatDot": polygon((0, 0), (50, -50), (100, 0), (50, 50)),
        "flag8thUp": polygon((0, 0), (260, 300), (200, 800), (160, 350)),
        "tuplet8": polygon((0, -250), (150, -250), (180, 0), (0, 0)),
        "dynamicMezzo": polygon((0, -250), (420, -230), (430, 0), (20, 0)),
        "dynamicForte": polygon((-120, 200), (200, -450), (350, -440), (30, 190)),
        "bracketTop": polygon((0, 0), (0, -60), (470, -300), (300, -60)),
    }  # fmt: skip


def d(contours: list[NDArray[np.float64]]) -> str:
    """Path data of closed contours."""
    return " ".join(
        "M" + " L".join(f"{x:g},{y:g}" for x, y in [*contour.tolist(), contour[0].tolist()])
        for contour in contours
    )


def contours(name: str) -> list[NDArray[np.float64]]:
    outline = glyphs()[name]
    return [outline.points[a:b] for a, b in zip(outline.starts[:-1], outline.starts[1:], strict=True)]


def glyph(element: str, name: str, x: float, y: float, scale: float = SCALE) -> str:
    data = d([contour / 10 for contour in contours(name)])
    return f'<path class="{element}" transform="matrix({scale:g},0,0,{scale:g},{x:g},{y:g})" d="{data}"/>'


def line(element: str, *points: tuple[float, float], width: float = 2.0, more: str = "") -> str:
    text = " ".join(f"{x:g},{y:g}" for x, y in points)
    stroke = f'fill="none" stroke="#000000" stroke-width="{width}" {more}'
    return f'<polyline class="{element}" {stroke} points="{text}"/>'


def staff(top: float, x0: float = 50, x1: float = 950, space: float = SPACE) -> str:
    return "".join(line("StaffLines", (x0, top + i * space), (x1, top + i * space)) for i in range(5))


def path(element: str, *points: tuple[float, float], more: str = "") -> str:
    return f'<path class="{element}" {more} d="{d([np.array(points, np.float64)])}"/>'


def svg(*parts: str, width: float = 1000, height: float = 1400) -> bytes:
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    ).encode()


def note(pitch_class: int, more: str = "") -> str:
    """A note of a tonal pitch class: 14 is C, 15 G, 13 F, 21 C sharp."""
    return f"<Note>{more}<pitch>60</pitch><tpc>{pitch_class}</tpc></Note>"


def chord(kind: str, *notes: str, more: str = "") -> str:
    return f"<Chord>{more}<durationType>{kind}</durationType>{''.join(notes)}</Chord>"


def rest(kind: str, more: str = "") -> str:
    return f"<Rest><durationType>{kind}</durationType>{more}</Rest>"


def mscx(*staves: list[list[str]]) -> bytes:
    """A score: staves of measures of voices."""
    text = ""
    for number, measures in enumerate(staves, start=1):
        inside = "".join(
            f"<Measure>{''.join(f'<voice>{voice}</voice>' for voice in voices)}</Measure>"
            for voices in measures
        )
        text += f'<Staff id="{number}">{inside}</Staff>'
    return f"<museScore><Score><Style><Spatium>1.7</Spatium></Style>{text}</Score></museScore>".encode()


def mpos(*boxes: tuple[float, float, float, float], page: int = 0) -> bytes:
    """Places of measures: x, y, width, height in units of the page."""
    rows = "".join(
        f'<element id="{i}" x="{x * 10}" y="{y * 10}" sx="{w * 10}" sy="{h * 10}" page="{page}"/>'
        for i, (x, y, w, h) in enumerate(boxes)
    )
    return f"<score><elements>{rows}</elements></score>".encode()
