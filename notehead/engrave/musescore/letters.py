"""Letters read back from their outlines: MuseScore draws a run of text as one path.

The fonts are known, so a run is spelt letter by letter: the first letter gives size and baseline, every
other one must then fit both. Letters that look alike (`o` and `O` in two sizes) are decided by the sizes
seen before in the same kind of text, and by the words of the score.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from fontTools import agl
from fontTools.misc.loggingTools import CapturingLogHandler
from fontTools.ttLib import TTFont
from numpy.typing import NDArray

from notehead.engrave.musescore.shapes import split
from notehead.engrave.outlines import FlatteningPen, Outline

TOLERANCE = 26.0
"""Thousandths of an em that hinting may move an edge by."""
SHAPE_TOLERANCE = 0.07
"""The same for a letter of unknown size, as a share of its height."""
SPACE = 0.14
"""A gap wider than this share of an em is a space; kerning moves letters by less."""
SIZES_AGREE = 0.025
ALIKE = 8.0
"""Letters whose outlines differ by less (in thousandths of an em) look the same."""
_RANGES = ((0x21, 0x7F), (0xA1, 0xAD), (0xAE, 0x180), (0x2010, 0x203B), (0xFB00, 0xFB05))
_OTHERS = ((0x370, 0x530), (0x5D0, 0x600), (0x1F00, 0x2000))
_MOST_TRIES = 24

Contours = Sequence[NDArray[np.float64]]


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """The letters of one face of a font, in thousandths of an em.

    Attributes:
        letters: what each outline stands for, the first in Unicode of letters that look the same.
        same: that first one, for each letter of the font.
        wide: whether there are others than Latin letters.
        first: float64 (n, 6), top, bottom, width, root of the area, centre x from the left, centre y, of
            each letter's first contour.
        left: x of each first contour's left edge.
        rest: boxes of all contours, each (k, 4), from the first one's left edge.
        advance: of each letter.
    """

    letters: tuple[str, ...]
    same: Mapping[str, str]
    first: NDArray[np.float64]
    left: NDArray[np.float64]
    rest: tuple[NDArray[np.float64], ...]
    advance: NDArray[np.float64]
    wide: bool = False

    @classmethod
    def of(cls, outlines: Mapping[str, Outline]) -> Face:
        """A face of these letters; those without ink are left out."""
        same = _same({letter: outline for letter, outline in outlines.items() if len(outline.points)})
        drawn = {letter: outlines[letter] for letter, first in same.items() if letter == first}
        boxes = [np.array([_box(contour) for contour in split(outline)]) for outline in drawn.values()]
        return cls(
            letters=tuple(drawn),
            same=same,
            first=np.array([_features(split(outline)[0]) for outline in drawn.values()]).reshape(-1, 6),
            left=np.array([box[0, 0] for box in boxes]),
            rest=tuple(box - (box[0, 0], 0, box[0, 0], 0) for box in boxes),
            advance=np.array([outline.advance for outline in drawn.values()]),
            wide=any("\u0370" <= letter < "\u0600" for letter in drawn),
        )

    def seen(self, word: str) -> str:
        """A word as it looks: each letter the first of those that look the same."""
        return "".join(self.same.get(letter, letter) for letter in word)


@dataclass(frozen=True, slots=True)
class _Spelt:
    text: str
    size: float
    error: float


class Reader:
    """Reads runs of text, of one page after the other.

    Args:
        faces: that text may be set in, each opened when it is needed; of readings that fit as well, the
            first face's is taken.
        words: of the score; they decide between readings before that.
    """

    def __init__(self, faces: Iterable[Callable[[], Face]], words: Collection[str] = ()) -> None:
        self._faces = tuple(faces)
        lines = {" ".join(line.split()) for word in words for line in word.splitlines()}
        self._written = sorted(lines, reverse=True)
        self._words: dict[int, dict[str, str]] = {}
        self._sizes: dict[str, list[float]] = defaultdict(list)
        self._usual: dict[str, int] = {}

    def read(self, contours: Contours, kind: str) -> str | None:
        """The text of a path, None where a part of it is no letter; `kind` is that of its element."""
        if not contours or not self._faces:
            return None
        boxes = np.array([_box(contour) for contour in contours])
        features = np.array([_features(contour) for contour in contours])
        usual = self._usual.get(kind, 0)
        order = [usual, *(i for i in range(len(self._faces)) if i != usual)]
        best: tuple[tuple[bool, bool, bool, float], _Spelt, int] | None = None
        for number in order:
            face = self._faces[number]()
            if number not in self._words:
                self._words[number] = {face.seen(word): word for word in self._written}
            for spelt in _readings(face, boxes, features):
                known = any(abs(spelt.size / size - 1) < SIZES_AGREE for size in self._sizes[kind])
                strange = spelt.text not in self._words[number]
                worth = (strange, face.wide, not known, spelt.error)
                if best is None or worth < best[0]:
                    best = worth, spelt, number
                if not strange and (known or len(spelt.text) > 2):
                    break
            if best is not None and not best[0][0]:  # no other face would fit better than a known word
                break
        return None if best is None else self._said(best[1], best[2], kind)

    def _said(self, spelt: _Spelt, number: int, kind: str) -> str:
        """A reading as it is written; its face and size are remembered."""
        word = self._words[number].get(spelt.text)
        self._usual[kind] = number
        sizes = self._sizes[kind]
        if word and len(word) > 1 and not any(abs(spelt.size / size - 1) < SIZES_AGREE for size in sizes):
            sizes.append(spelt.size)
        return word or unicodedata.normalize("NFKC", spelt.text)


def _same(outlines: Mapping[str, Outline]) -> dict[str, str]:
    """For each letter the first in Unicode of those whose outlines are the same but for a hair."""
    by_count: dict[int, tuple[list[str], list[NDArray[np.float64]]]] = defaultdict(lambda: ([], []))
    same: dict[str, str] = {}
    for letter in sorted(outlines):
        contours = split(outlines[letter])
        row = np.array([(*_features(contour), _box(contour)[0]) for contour in contours]).ravel()
        letters, rows = by_count[len(contours)]
        unlike = np.abs(np.array(rows).reshape(-1, len(row)) - row).max(axis=1)
        near = np.flatnonzero(unlike < ALIKE)
        same[letter] = letters[int(near[0])] if len(near) else letter
        if not len(near):
            letters.append(letter)
            rows.append(row)
    return same


def _box(contour: NDArray[np.float64]) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = contour.min(axis=0).tolist(), contour.max(axis=0).tolist()
    return x0, y0, x1, y1


def _features(contour: NDArray[np.float64]) -> tuple[float, ...]:
    """What a contour is known by; sums over its sides, as `shapes.measures` has them."""
    x, y = contour.T
    following = np.concatenate((contour[1:], contour[:1])).T
    cross = x * following[1] - following[0] * y
    area = float(cross.sum()) / 2
    x0, y0, x1, y1 = _box(contour)
    if abs(area) < 1e-9:
        return y0, y1, x1 - x0, 0.0, (x1 - x0) / 2, (y0 + y1) / 2
    middle_x, middle_y = ((contour.T + following) @ cross / (6 * area)).tolist()
    return y0, y1, x1 - x0, abs(area) ** 0.5, middle_x - x0, middle_y


def _readings(face: Face, boxes: NDArray[np.float64], features: NDArray[np.float64]) -> Iterator[_Spelt]:
    """All readings of a run in a face, by the likeness of the first letter."""
    top, bottom, width, root, x, y = features[0]
    height = bottom - top
    of_face = face.first[:, 1] - face.first[:, 0]
    if height <= 0 or not len(of_face):
        return
    shape = np.array([width, root, x, y - top]) / height
    shapes = np.stack(
        (face.first[:, 2], face.first[:, 3], face.first[:, 4], face.first[:, 5] - face.first[:, 0]), axis=1
    )
    unlike = np.abs(shapes / np.maximum(of_face, 1e-9)[:, None] - shape).max(axis=1)
    for index in np.argsort(unlike, kind="stable")[:_MOST_TRIES].tolist():
        if unlike[index] > SHAPE_TOLERANCE:
            return
        size = height / of_face[index]
        base = top - face.first[index, 0] * size
        found = _spell(face, boxes, features, size, base)
        if found is not None:
            yield found


def _spell(
    face: Face, boxes: NDArray[np.float64], features: NDArray[np.float64], size: float, base: float
) -> _Spelt | None:
    """A run in letters of one size on one baseline."""
    moved = (features - (base, base, 0, 0, 0, base)) / size
    text, at, pen, worst = "", 0, None, 0.0
    while at < len(boxes):
        unlike = np.abs(face.first - moved[at]).max(axis=1)
        near = np.flatnonzero(unlike < TOLERANCE)
        fitting = [
            (len(face.rest[i]), -_misfit(face.rest[i], boxes, at, size, base), -unlike[i], i)
            for i in near.tolist()
        ]
        fitting = [found for found in fitting if found[1] > -TOLERANCE]
        if not fitting:
            return None
        count, misfit, error, index = max(fitting)
        origin = boxes[at, 0] / size - face.left[index]
        if pen is not None and origin - pen > 1000 * SPACE:
            text += " "
        text += face.letters[index]
        pen = origin + face.advance[index]
        worst = max(worst, -misfit, -error)
        at += count
    return _Spelt(text, size, worst)


def _misfit(
    rest: NDArray[np.float64], boxes: NDArray[np.float64], at: int, size: float, base: float
) -> float:
    """How far the contours of a letter are from those of a run, in thousandths of an em."""
    here = boxes[at : at + len(rest)]
    if len(here) < len(rest):
        return float("inf")
    moved = (here - (boxes[at, 0], base, boxes[at, 0], base)) / size
    return float(np.abs(moved - rest).max())


def needs_wide(words: Iterable[str]) -> bool:
    """Whether words hold letters that only wide faces have."""
    return any(low <= ord(letter) < high for word in words for letter in word for low, high in _OTHERS)


@cache
def face_of(file: Path, *, wide: bool = False) -> Face:
    """The face of a font file: Latin letters, or also those of other scripts that scores are printed in."""
    with CapturingLogHandler("fontTools", "ERROR"), TTFont(file) as font:
        scale = 1000.0 / font["head"].unitsPerEm
        glyphs = font.getGlyphSet()
        names = font.getBestCmap()
        if file.name.startswith("cm"):  # TeX's code points; the glyphs bear Unicode's names
            spelt = ((agl.toUnicode(name), name) for name in font.getGlyphOrder())
            names = {ord(letter): name for letter, name in spelt if len(letter) == 1}
        outlines = {}
        for code, name in names.items():
            if any(low <= code < high for low, high in (_RANGES + _OTHERS if wide else _RANGES)):
                pen = FlatteningPen(glyphs)
                glyphs[name].draw(pen)
                outline = pen.outline()
                outlines[chr(code)] = Outline(
                    outline.points * scale, outline.starts, float(glyphs[name].width) * scale
                )
    return Face.of(outlines)
