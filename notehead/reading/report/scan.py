"""A page as it was read, as one SVG: its picture, its symbols in their classes' colours, marks of doubt."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from notehead.datasets.overlay import class_colours
from notehead.page import Page, Pitch, Symbols
from notehead.reading.doubts import Doubt
from notehead.reading.report.picture import picture_address
from notehead.transcribe import Measure
from notehead.transcribe.staves import Staff, staves_of

_ABOVE = 2.5
"""Staff spaces above and below its staves that the mark of a measure holds."""
_ROUND = 0.35
"""Staff spaces around an uncertain note."""
_SIGNS = {-2: "\u266d\u266d", -1: "\u266d", 0: "", 1: "\u266f", 2: "\U0001d12a"}


def scan_svg(
    page: Page, number: int, measures: dict[int, tuple[Measure, ...]], doubts: Sequence[Doubt]
) -> str:
    """The page as SVG, in its pixels.

    Args:
        page: upright, with its symbols.
        number: its index among the pages.
        measures: those on it, of all parts, by number.
        doubts: those of them that are marked.
    """
    marks = _Marks(page, number)
    head = f'<svg class="scan" viewBox="0 0 {page.width} {page.height}" aria-label="page {number + 1}">'
    image = f'<image width="{page.width}" height="{page.height}" href="{picture_address(page.image)}"/>'
    doubtful = {doubt.measure: doubt for doubt in doubts}
    areas = "".join(marks.measure(k, row, doubtful.get(k)) for k, row in measures.items())
    notes = "".join(marks.notes(doubt) for doubt in doubts)
    return f'{head}{image}<g class="symbols">{_symbols(page.symbols)}</g>{areas}{notes}</svg>'


def pitch_name(pitch: Pitch) -> str:
    """A pitch as people write it.

    Example:
        >>> pitch_name(Pitch("B", -1, 4))
        'B\u266d4'
    """
    return f"{pitch.step}{_SIGNS.get(pitch.alter, f'({pitch.alter:+d})')}{pitch.octave}"


def _symbols(symbols: Symbols) -> str:
    """The boxes of symbols, one path for each class; those of whole staves would hide the others."""
    parts = []
    for label in np.unique(symbols.label).tolist():
        row = symbols.vocabulary.by_id[label]
        if row.name == "staff":
            continue
        colour = class_colours()[label % len(class_colours())].tobytes().hex()
        boxes = symbols.box[symbols.label == label]
        path = "".join(map(_path, boxes.round().astype(int).tolist()))
        parts.append(f'<path stroke="#{colour}" d="{path}"><title>{escape(row.name)}</title></path>')
    return "".join(parts)


def _path(box: list[int]) -> str:
    x0, y0, x1, y1 = box
    return f"M{x0} {y0}h{x1 - x0}v{y1 - y0}h{x0 - x1}z"


class _Marks:
    """Where measures and notes are on a page."""

    def __init__(self, page: Page, number: int) -> None:
        self._page, self._number = page, number
        self._row = {key: row for row, key in enumerate(page.symbols.id.tolist())}
        self._staves = _extents(staves_of(page))
        self._bars = _bars(page.symbols)

    def measure(self, k: int, measures: tuple[Measure, ...], doubt: Doubt | None) -> str:
        """The area of a measure, which leads to it in the music; empty where nothing of it is known."""
        ids = {chord.symbol for measure in measures for chord in measure.chords if chord.page == self._number}
        ids |= {
            note.symbol for measure in measures for chord in measure.chords for note in chord.notes
            if note.page == self._number
        }  # fmt: skip
        rows = [self._row[one] for one in ids if one in self._row]
        if not rows or not len(self._staves):
            return ""
        x0, y0, x1, y1 = self._area(self._page.symbols.box[rows])
        kind = "measure doubtful" if doubt is not None and doubt.amount > 0 else "measure"
        title = f"measure {k + 1}" + (" does not add up" if "doubtful" in kind else "")
        return (
            f'<rect class="{kind}" id="m{k}" data-m="{k}" x="{x0:.0f}" y="{y0:.0f}" width="{x1 - x0:.0f}" '
            f'height="{y1 - y0:.0f}"><title>{title}</title></rect>'
        )

    def notes(self, doubt: Doubt) -> str:
        """Rings around the uncertain notes of a measure."""
        rings = []
        around = _ROUND * self._page.staff_space
        for one in doubt.notes:
            row = self._row.get(one.note.symbol)
            if one.note.page != self._number or row is None:
                continue
            x0, y0, x1, y1 = self._page.symbols.box[row].tolist()
            rings.append(
                f'<rect class="unsure" data-m="{doubt.measure}" x="{x0 - around:.1f}" y="{y0 - around:.1f}" '
                f'width="{x1 - x0 + 2 * around:.1f}" height="{y1 - y0 + 2 * around:.1f}" rx="{around:.1f}">'
                f"<title>{pitch_name(one.note.pitch)}, {one.note.confidence:.0%}</title></rect>"
            )
        return "".join(rings)

    def _area(self, boxes: NDArray[np.float64]) -> tuple[float, float, float, float]:
        """Around boxes: from barline to barline, over the staves that they stand on."""
        left, top, right, bottom = self._staves[np.unique(self._nearest(boxes))].T
        beyond = _ABOVE * self._page.staff_space
        upper, lower = float(top.min()) - beyond, float(bottom.max()) + beyond
        first, last = float(boxes[:, 0].min()), float(boxes[:, 2].max())
        here = self._bars[(self._bars[:, 1] < lower) & (self._bars[:, 3] > upper)]
        before, after = here[here[:, 2] <= first, 2], here[here[:, 0] >= last, 0]
        start = before.max(initial=min(float(left.min()), first))
        end = after.min(initial=max(float(right.max()), last))
        return float(start), upper, float(end), lower

    def _nearest(self, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
        """For each box the row of the staff that it stands on."""
        x, y = (boxes[:, :2] + boxes[:, 2:]).T[:, :, None] / 2
        left, top, right, bottom = self._staves.T
        away = np.maximum(np.maximum(top - y, y - bottom), 0) + np.maximum(np.maximum(left - x, x - right), 0)
        return np.asarray(away.argmin(axis=1), np.int64)


def _extents(staves: Sequence[Staff]) -> NDArray[np.float64]:
    """The box of each staff, (n, 4)."""
    return np.array([(one.left, one.top, one.right, one.bottom) for one in staves]).reshape(-1, 4)


def _bars(symbols: Symbols) -> NDArray[np.float64]:
    kept = [
        k for k, name in enumerate(symbols.names) if name.startswith(("barline", "repeatLeft", "repeatRight"))
    ]
    return symbols.box[kept]
