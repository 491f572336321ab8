"""What libraries leave on music: stamps, numbers, labels. They carry no labels, and may cover symbols."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import clouds, noise_bytes
from notehead.degrade.handwriting import written
from notehead.degrade.letters import PRINTED, TYPED, letters
from notehead.degrade.scale import margins, staff_space, with_image
from notehead.page import Page

Bytes: TypeAlias = NDArray[np.uint8]

_OWNERS = (
    "CITY LIBRARY", "MUSIC DEPARTMENT", "STADTBIBLIOTHEK", "CONSERVATOIRE", "PROPERTY OF THE SCHOOL",
    "BIBLIOTHEQUE", "UNIVERSITY LIBRARY", "MUSIKSAMMLUNG", "CIRCOLO MUSICALE", "HIRE LIBRARY",
    "COLLEGE OF MUSIC",
)  # fmt: skip
_WORDS = ("MUSIC", "LOAN", "No. 12", "ARCHIV", "PARTS", "SCORE", "EX LIBRIS", "Dupl.", "REF.")
_NOTICES = ("NOT TO BE TAKEN AWAY", "CANCELLED", "FOR PERUSAL ONLY", "DUPLICATE", "AUSGESCHIEDEN", "GIFT OF")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAI", "JUNE", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NUMBERS = ("Mus. {}", "No. {}", "{}", "M {}.A", "K. {}", "Z. {}", "Mus.pr. {}", "{}/2", "h. {}", "P. {}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A library's stamp: a ring or an oval with letters around, a frame with lines in it, a date, a notice.

    Attributes:
        dark: least and most light that its ink takes, 0 to 1, one value for a page.
        size: least and most of its height in staff spaces.
    """

    dark: tuple[float, float] = (0.3, 0.65)
    size: tuple[float, float] = (5.0, 11.0)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with a stamp on it."""
        if strength <= 0:
            return page
        size = max(int(staff_space(page) * float(rng.uniform(*self.size))), 24)
        cover = _STAMPS[int(rng.integers(len(_STAMPS)))](size, rng)
        cover = _turned(_at_most(cover, 4 * size), float(rng.normal(0, 9)))
        x, y = rng.uniform(0, page.width), page.height * rng.choice([0.06, 0.94, rng.random()])
        dark = min(strength, 1.4) * float(rng.uniform(*self.dark))
        return _printed(page, cover, (float(x), float(y)), dark, rng)


@dataclass(frozen=True, slots=True)
class ShelfNumber:
    """A library's number near an edge: typed, stamped figure by figure, written by hand, or a bar code.

    Attributes:
        dark: least and most light that its ink takes, 0 to 1, one value for a page.
        size: least and most of its height in staff spaces.
        barcodes: share of bar codes, which are glued where there is room in the margin; elsewhere a number
            is typed.
    """

    dark: tuple[float, float] = (0.5, 0.9)
    size: tuple[float, float] = (1.2, 2.2)
    barcodes: float = 0.15

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with a number on it."""
        if strength <= 0:
            return page
        size = max(int(staff_space(page) * float(rng.uniform(*self.size))), 8)
        number, kind = int(rng.integers(10, 99999)), float(rng.random())
        if kind < self.barcodes and (label := _glued(page, number, size, rng)) is not None:
            return label
        pattern = _NUMBERS[int(rng.integers(len(_NUMBERS)))]
        if kind > 1 - 0.4 * (1 - self.barcodes):
            cover = written(pattern.format(number), size, rng)
        elif kind > 0.4:
            cover = letters(pattern.format(number), size, _pick(PRINTED + TYPED, rng))
        else:
            cover = _numbered(number, size, rng)
        cover = _turned(cover, float(rng.normal(0, 2.5)))
        x = page.width * float(rng.choice([0.1, 0.5, 0.88])) + float(rng.normal(0, 0.03 * page.width))
        y = page.height * float(rng.choice([0.03, 0.965])) + float(rng.normal(0, 0.005 * page.height))
        return _printed(page, cover, (x, y), min(strength, 1) * float(rng.uniform(*self.dark)), rng)


def _pick(choices: tuple[str, ...], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


def _year(rng: np.random.Generator) -> str:
    return str(int(rng.integers(1868, 1992)))


def _ring(size: int, rng: np.random.Generator) -> Bytes:
    """Rings with letters between them, and a word, a year or a star in the middle."""
    cover = np.zeros((size, size), np.uint8)
    radius, inner = 0.47 * size, float(rng.uniform(0.58, 0.7))
    _rings(cover, radius, inner, rng)
    face = _pick(PRINTED, rng)
    _around(cover, _pick(_OWNERS, rng), radius * (inner + 0.97) / 2, (int(0.13 * size), face), rng)
    lines = [_pick((*_WORDS, _year(rng)), rng)]
    if rng.random() < 0.4:
        lines.append(_year(rng))
    for place, line in enumerate(lines):
        height = 0.17 * size / len(lines) ** 0.5
        word = letters(line, max(int(height), 6), face)
        word = _at_most(word, int(1.7 * inner * radius))
        _lay(cover, word, (size / 2, size / 2 + 1.2 * height * (place - (len(lines) - 1) / 2)))
    return cover


def _rings(cover: Bytes, radius: float, inner: float, rng: np.random.Generator) -> None:
    """An outer ring, single or double, and perhaps an inner one, in place."""
    size = len(cover)
    rings = [(1.0, 0.022)]
    if rng.random() < 0.4:
        rings.append((0.94, 0.01))
    if rng.random() < 0.75:
        rings.append((inner, 0.012))
    for share, thick in rings:
        width = max(round(size * thick), 1)
        cv2.circle(cover, (size // 2, size // 2), int(radius * share), 255, width, cv2.LINE_AA)


def _around(cover: Bytes, text: str, radius: float, type_: tuple[int, str], rng: np.random.Generator) -> None:
    """Set letters around the middle of a square picture, in place; a star closes the circle."""
    height, face = type_
    size = len(cover)
    turns = float(rng.uniform(0.62, 0.95))  # of the circle
    for place, letter in enumerate(text):
        turn = 2 * np.pi * turns * ((place + 0.5) / len(text) - 0.5)
        if letter != " ":
            _set(cover, letters(letter, max(height, 6), face), radius, turn, size)
    if turns > 0.75:
        _set(cover, letters("*", max(height, 6), face), radius, np.pi, size)


def _set(cover: Bytes, glyph: Bytes, radius: float, turn: float, size: int) -> None:
    at = (size / 2 + radius * float(np.sin(turn)), size / 2 - radius * float(np.cos(turn)))
    move = cv2.getRotationMatrix2D((glyph.shape[1] / 2, glyph.shape[0] / 2), -float(np.degrees(turn)), 1)
    move[:, 2] += (at[0] - glyph.shape[1] / 2, at[1] - glyph.shape[0] / 2)
    np.maximum(cover, cv2.warpAffine(glyph, move, (size, size)), out=cover)


def _oval(size: int, rng: np.random.Generator) -> Bytes:
    """A ring, but wider than high."""
    ring = _ring(int(1.3 * size), rng)
    height = int(size * float(rng.uniform(0.75, 0.95)))
    return np.asarray(cv2.resize(ring, (int(1.35 * size), height), interpolation=cv2.INTER_AREA), np.uint8)


def _frame(size: int, rng: np.random.Generator) -> Bytes:
    """One to three lines in a frame, with corners square or round, of one line or two."""
    face = _pick(PRINTED, rng)
    lines = [_pick(_OWNERS, rng)]
    if rng.random() < 0.6:
        lines.append(f"No. {int(rng.integers(1, 9999))}" if rng.random() < 0.5 else _pick(_WORDS, rng))
    if rng.random() < 0.4:
        lines.append(_year(rng))
    high = max(int(size / (1.6 * len(lines) + 0.8)), 8)
    cover = _stacked([letters(line, high, face) for line in lines], high)
    pad = max(int(0.6 * high), 4)
    cover = np.pad(cover, pad)
    _box(cover, pad // 4, max(size // 40, 1), round_=rng.random() < 0.4)
    if rng.random() < 0.35:
        _box(cover, pad // 4 + max(size // 16, 3), 1, round_=False)
    return cover


def _box(cover: Bytes, low: int, thick: int, *, round_: bool) -> None:
    """A frame so far from the edges, in place; a round one has its corners cut."""
    right, bottom = cover.shape[1] - 1 - low, cover.shape[0] - 1 - low
    cut = (bottom - low) // 4 if round_ else 0
    half = max(cut // 3, 0)
    points = [
        (low + cut, low), (right - cut, low), (right - half, low + half), (right, low + cut),
        (right, bottom - cut), (right - half, bottom - half), (right - cut, bottom), (low + cut, bottom),
        (low + half, bottom - half), (low, bottom - cut), (low, low + cut), (low + half, low + half),
    ]  # fmt: skip
    cv2.polylines(cover, [np.array(points, np.int32)], True, 255, thick, cv2.LINE_AA)


def _date(size: int, rng: np.random.Generator) -> Bytes:
    """A date from a stamp with wheels, a little out of line, perhaps between two words."""
    high = max(size // 4, 8)
    face = _pick(TYPED, rng)
    parts = (str(int(rng.integers(1, 32))), _pick(_MONTHS, rng), _year(rng))
    pieces = [letters(part, high, face) for part in parts]
    width, gap = sum(piece.shape[1] for piece in pieces), high // 2
    line = np.zeros((int(1.8 * high), width + 4 * gap), np.uint8)
    x = gap
    for piece in pieces:
        _lay(line, piece, (x + piece.shape[1] / 2, len(line) / 2 + float(rng.normal(0, 0.05 * high))))
        x += piece.shape[1] + gap
    if rng.random() < 0.5:
        return line
    above = letters(_pick(_OWNERS, rng), max(int(0.7 * high), 7), face)
    return _stacked([above, line], high // 2)


def _notice(size: int, rng: np.random.Generator) -> Bytes:
    """A word in large letters, perhaps in a frame."""
    high = max(size // 3, 8)
    cover = letters(_pick(_NOTICES, rng), high, _pick(PRINTED, rng), float(rng.choice([0.0, 0.12, 0.25])))
    cover = np.pad(cover, max(high // 3, 3))
    if rng.random() < 0.5:
        _box(cover, 1, max(size // 30, 1), round_=False)
    return cover


_STAMPS: tuple[Callable[[int, np.random.Generator], Bytes], ...] = (
    _ring, _ring, _ring, _oval, _oval, _frame, _frame, _date, _notice,
)  # fmt: skip
"""Each takes about a height in pixels; commoner ones stand more than once."""


def _numbered(number: int, size: int, rng: np.random.Generator) -> Bytes:
    """A number from a numbering machine: leading noughts, every figure a little off its line."""
    text, face = f"{number:06d}", _pick(TYPED, rng)
    figures = [letters(figure, size, face) for figure in text]
    wide = max(figure.shape[1] for figure in figures) + max(size // 8, 1)
    cover = np.zeros((int(1.5 * size), wide * len(text) + 2), np.uint8)
    for place, figure in enumerate(figures):
        _lay(cover, figure, ((place + 0.5) * wide, len(cover) / 2 + float(rng.normal(0, 0.05 * size))))
    return cover


def _glued(page: Page, number: int, size: int, rng: np.random.Generator) -> Page | None:
    """The page with a bar code on a white label in its upper or lower margin; None where there is no room.

    A label hides what is below, and so it covers no symbol.
    """
    _, top, _, bottom = margins(page)
    free, at_top = max(top, bottom), top >= bottom
    height = int(min(2.2 * size, 0.7 * free))
    label = _barcode(number, height, rng)
    if height < 16 or label.shape[1] > 0.6 * page.width:
        return None
    x = int(rng.uniform(0.05, 0.95) * (page.width - label.shape[1]))
    y = int((free - height) * float(rng.uniform(0.2, 0.8)))
    image = page.image.copy()
    y = y if at_top else page.height - y - height
    window = image[y : y + height, x : x + label.shape[1]]
    window[:] = 250 - (label[:, : window.shape[1]] // 8) * 7
    cv2.rectangle(image, (x, y), (x + label.shape[1] - 1, y + height - 1), 190, 1)
    return with_image(page, image)


def _barcode(number: int, height: int, rng: np.random.Generator) -> Bytes:
    """Bars above figures, 255 for ink."""
    text = f"{number:05d}{int(rng.integers(10**6)):06d}"
    unit = max(height // 40, 1)
    widths = rng.choice([1, 1, 2, 3], 70) * unit
    bars = np.repeat(np.where(np.arange(70) % 2 == 0, 255, 0).astype(np.uint8), widths)
    cover = np.zeros((max(height, 1), len(bars) + 12 * unit), np.uint8)
    cover[height // 10 : int(0.68 * height), 6 * unit : 6 * unit + len(bars)] = bars
    figures = letters(text, max(int(0.2 * height), 6), _pick(TYPED, rng), 0.15)
    _lay(cover, figures, (cover.shape[1] / 2, 0.84 * height))
    return cover


def _stacked(lines: list[Bytes], gap: int) -> Bytes:
    """Lines below each other, in the middle."""
    width = max(line.shape[1] for line in lines)
    padded = []
    for line in lines:
        left = (width - line.shape[1]) // 2
        padded.append(np.pad(line, ((0, gap // 2), (left, width - line.shape[1] - left))))
    return np.vstack(padded)


def _at_most(glyph: Bytes, width: int) -> Bytes:
    """A picture made smaller where it is too wide."""
    if glyph.shape[1] <= max(width, 1):
        return glyph
    size = (max(width, 1), max(glyph.shape[0] * width // glyph.shape[1], 1))
    return np.asarray(cv2.resize(glyph, size, interpolation=cv2.INTER_AREA), np.uint8)


def _lay(cover: Bytes, glyph: Bytes, centre: tuple[float, float]) -> None:
    """Lay a smaller picture over the middle of a cover, in place; what is too wide is cut."""
    height, width = min(glyph.shape[0], cover.shape[0]), min(glyph.shape[1], cover.shape[1])
    top = min(max(int(centre[1] - height / 2), 0), cover.shape[0] - height)
    left = min(max(int(centre[0] - width / 2), 0), cover.shape[1] - width)
    window = cover[top : top + height, left : left + width]
    np.maximum(window, glyph[:height, :width], out=window)


def _turned(cover: Bytes, degrees: float) -> Bytes:
    """The picture turned about its middle, enlarged so that nothing is lost."""
    height, width = cover.shape
    move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cosine, sine = abs(float(move[0, 0])), abs(float(move[0, 1]))
    size = (int(height * sine + width * cosine) + 2, int(height * cosine + width * sine) + 2)
    move[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
    turned: Bytes = cv2.warpAffine(cover, move, size)  # type: ignore[assignment]
    return turned


def _printed(
    page: Page, cover: Bytes, centre: tuple[float, float], dark: float, rng: np.random.Generator
) -> Page:
    """The page with a cover stamped on it: more ink on one side and at edges, less in spots."""
    image = page.image.copy()
    height, width = cover.shape
    left, top = round(centre[0] - width / 2), round(centre[1] - height / 2)
    patchy = clouds((height, width), max(height / 3, 4.0), rng)
    patchy += np.linspace(-1, 1, width, dtype=np.float32) * np.float32(rng.normal(0, 0.7))
    patchy = np.clip(0.75 + 0.3 * patchy, 0, 1)
    grain = cv2.GaussianBlur(noise_bytes((height, width), rng), (0, 0), 1.0).astype(np.float32)
    ink = cv2.GaussianBlur(cover, (0, 0), 0.7).astype(np.float32) / 255
    taken = min(dark, 0.95) * ink * patchy * np.clip((grain - 80) / 40, 0.2, 1)
    y0, x0 = max(top, 0), max(left, 0)
    window = image[y0 : max(top + height, 0), x0 : max(left + width, 0)]
    part = taken[y0 - top : y0 - top + window.shape[0], x0 - left : x0 - left + window.shape[1]]
    window[:] = np.rint(window * (1 - part)).astype(np.uint8)
    return with_image(page, image)
