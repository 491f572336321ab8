"""Pencil over print: fingerings, words, circles, underlines, crosses, bowings, breaths, bows, spectacles.

They are drawn as strokes of a trembling hand, carry no labels, and cover symbols.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import noise_bytes
from notehead.degrade.handwriting import Stroke, handwritten, rounded
from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page

_TRIES = 3
"""Places that are looked at before a mark is drawn."""
_FINE = 4
"""Strokes are drawn so many times larger, then made small."""
_WORDS = (
    "rit.", "cresc.", "dim.", "solo", "V.S.", "watch!", "slow", "in 2", "in 4", "tutti", "legato", "Ped.",
    "poco", "mf", "pp", "ff", "p", "f", "sfz", "div.", "count!", "2nd x", "arco", "pizz.", "cut", "Atem",
)  # fmt: skip
_PENS = ((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (1.2, 0.7, 1.0), (0.6, 1.2, 0.15), (2.0, 0.6, 0.8))
"""Width and darkness of a pen beside the usual one, and how much grain of the paper it shows: pencils, hard
or soft, a ball pen, a crayon. Each page has one."""


@dataclass(frozen=True, slots=True)
class PencilMarks:
    """Marks that players leave.

    Attributes:
        count: usual number on a page at strength 1; no more than one to three notes.
        dark: least and most light that the stroke takes, 0 to 1, one value for a page.
        width: of the stroke in staff spaces.
    """

    count: float = 6.0
    dark: tuple[float, float] = (0.45, 0.9)
    width: float = 0.16

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with pencil marks."""
        count = int(rng.poisson(max(strength, 0) * self.count))
        if not count:
            return page
        notes = int(page.symbols.is_notehead.sum())
        count = min(count, -(-notes // 3)) if notes else count
        space = staff_space(page)
        image, dark = page.image.copy(), float(rng.uniform(*self.dark))
        wide, darker, grain = _PENS[int(rng.integers(len(_PENS)))]
        hand = _HANDS[int(rng.integers(len(_HANDS)))]
        for _ in range(count):
            kind = hand[int(rng.integers(len(hand)))]
            strokes = [stroke * space for stroke in kind(rng)]
            place = _clearest(image, strokes, [_anchor(page, rng) for _ in range(_TRIES)])
            strokes = [stroke + place for stroke in strokes]
            width = self.width * wide * space * float(rng.uniform(0.8, 1.3))
            _pencil(image, strokes, width, min(dark * darker, 0.9), rng, grain)
        return with_image(page, image)


def _anchor(page: Page, rng: np.random.Generator) -> tuple[float, float]:
    """The middle of some notehead, or, on pages without any, any place."""
    heads = page.symbols.box[page.symbols.is_notehead]
    if not len(heads):
        return float(rng.uniform(0, page.width)), float(rng.uniform(0, page.height))
    x0, y0, x1, y1 = heads[int(rng.integers(len(heads)))].tolist()
    return (x0 + x1) / 2, (y0 + y1) / 2


def _clearest(
    image: NDArray[np.uint8], strokes: list[Stroke], places: list[tuple[float, float]]
) -> tuple[float, float]:
    """Of several places that one where strokes meet the least print: players write where there is room."""
    every = np.concatenate(strokes)
    found = []
    for place in places:
        spots = np.floor(every + place).astype(np.int64)
        inside = ((spots >= 0) & (spots < image.shape[::-1])).all(axis=1)
        met = image[spots[inside, 1], spots[inside, 0]]
        found.append(float(met.mean()) if len(met) else -1.0)
    return places[int(np.argmax(found))]


def _finger(rng: np.random.Generator) -> list[Stroke]:
    """One to three digits over or under the note."""
    above = -1 if rng.random() < 0.7 else 1
    y, height = above * rng.uniform(2.5, 4.5), rng.uniform(1.2, 2.0)
    figures = "".join(str(rng.integers(1, 6)) for _ in range(int(rng.choice([1, 1, 1, 2, 3]))))
    return [
        stroke + np.array([-0.3 * height, y - height / 2]) for stroke in handwritten(figures, height, rng)
    ]


def _word(rng: np.random.Generator) -> list[Stroke]:
    """A word over or under the note, now and then with a ring around."""
    word, height = _WORDS[int(rng.integers(len(_WORDS)))], rng.uniform(1.1, 1.9)
    y = rng.choice([-1, 1]) * rng.uniform(3, 5.5)
    strokes = [stroke + np.array([-0.5, y - height / 2]) for stroke in handwritten(word, height, rng)]
    if rng.random() < 0.2:
        every = np.concatenate(strokes)
        low, high = every.min(axis=0), every.max(axis=0)
        turn = np.linspace(0, 2 * np.pi + 0.5, 14)
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * ((high - low) * 0.6 + 0.4)
        strokes.append(_wobbly(ring + (low + high) / 2, rng, 0.08))
    return strokes


def _circle(rng: np.random.Generator) -> list[Stroke]:
    """A ring around something, a little more than once about."""
    a, b = rng.uniform(1.2, 4.0), rng.uniform(1.2, 2.2)
    turn = np.linspace(0, 2 * np.pi + rng.uniform(-0.3, 0.9), 14) + rng.uniform(0, 6)
    drift = np.linspace(1, rng.uniform(0.85, 1.15), 14)
    return [_wobbly(np.stack([a * np.cos(turn) * drift, b * np.sin(turn) * drift], axis=1), rng, 0.08)]


def _underline(rng: np.random.Generator) -> list[Stroke]:
    """A line under the music, once or twice."""
    length, y = rng.uniform(3, 10), rng.uniform(1.5, 4)
    rows = [y, y + rng.uniform(0.4, 0.8)][: int(rng.integers(1, 3))]
    x = np.linspace(-length / 2, length / 2, 7)
    return [_wobbly(np.stack([x, row + rng.normal(0, 0.02) * x], axis=1), rng, 0.06) for row in rows]


def _cross(rng: np.random.Generator) -> list[Stroke]:
    """A passage crossed out."""
    a, b = rng.uniform(1, 6), rng.uniform(1.5, 3)
    lines = [np.array([[-a, -b], [0, 0.1], [a, b]]), np.array([[-a, b], [0.1, 0], [a, -b]])]
    return [_wobbly(line, rng, 0.15) for line in lines]


def _bowing(rng: np.random.Generator) -> list[Stroke]:
    """An up-bow or a down-bow over the note."""
    y = -rng.uniform(2.5, 4.5)
    if rng.random() < 0.5:
        points = np.array([[-0.45, -0.9], [-0.02, 0.6], [0.02, 0.6], [0.45, -0.9]])
        return [_wobbly(points + np.array([0, y]), rng, 0.05)]
    sides = np.array([[-0.6, 0.6], [-0.6, -0.5], [-0.58, -0.55], [0.58, -0.55], [0.6, -0.5], [0.6, 0.6]])
    return [_wobbly(sides + np.array([0, y]), rng, 0.05)]


def _arc(rng: np.random.Generator) -> list[Stroke]:
    """A bow over some notes."""
    length, rise = rng.uniform(2, 9), rng.uniform(0.6, 1.6)
    t = np.linspace(0, 1, 8)
    points = np.stack([length * t, -2 - 4 * rise * t * (1 - t)], axis=1)
    return [_wobbly(points, rng, 0.06)]


def _tick(rng: np.random.Generator) -> list[Stroke]:
    """One or two short strokes: a caesura, a beat."""
    lines = []
    for place in range(int(rng.integers(1, 3))):
        x = 1.2 + 0.5 * place
        lines.append(_wobbly(np.array([[x + 0.4, -2.5], [x + 0.2, -1.2], [x, 0.5]]), rng, 0.05))
    return lines


def _breath(rng: np.random.Generator) -> list[Stroke]:
    """A comma or a tick between notes, above the staff."""
    x, y, size = rng.uniform(1, 1.6), -rng.uniform(2.5, 4.5), rng.uniform(0.6, 1.1)
    comma = np.array([[0, 0], [0.3, 0.2], [0.2, 0.8], [-0.3, 1.3]])
    tick = np.array([[-0.4, 0.4], [0, 1.1], [0.9, -0.6]])
    return [_wobbly((comma if rng.random() < 0.6 else tick) * size + np.array([x, y]), rng, 0.05)]


def _spectacles(rng: np.random.Generator) -> list[Stroke]:
    """Look up!"""
    y, size, turn = -rng.uniform(3, 5), rng.uniform(0.6, 0.9), np.linspace(0, 2 * np.pi + 0.4, 11)
    glass = np.stack([np.cos(turn), 0.8 * np.sin(turn)], axis=1)
    bridge = np.array([[-0.5, -0.1], [0, -0.4], [0.5, -0.1]])
    aside = np.array([1.4, 0])
    parts = (glass - aside, glass + aside, bridge, np.array([[2.3, -0.2], [3.0, -0.7]]))
    return [_wobbly(part * size + np.array([0, y]), rng, 0.05) for part in parts]


def _accidental(rng: np.random.Generator) -> list[Stroke]:
    """A sharp, a flat or a natural before the note, as a reminder."""
    lines = _ACCIDENTALS[int(rng.integers(len(_ACCIDENTALS)))]
    size, place = rng.uniform(0.8, 1.2), np.array([-rng.uniform(1.8, 2.6), rng.normal(0, 0.15)])
    return [_wobbly(np.array(line) * size + place, rng, 0.05) for line in lines]


_ACCIDENTALS: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = (
    (
        ((-0.2, -1.1), (-0.3, 1.2)),
        ((0.3, -1.2), (0.2, 1.1)),
        ((-0.7, -0.2), (0.7, -0.6)),
        ((-0.7, 0.6), (0.7, 0.2)),
    ),
    (((-0.3, -1.5), (-0.3, 0.7), (0.4, 0.2), (0.4, -0.4), (-0.3, -0.1)),),
    (((-0.3, -1.3), (-0.3, 0.4), (0.4, 0.2)), ((-0.3, -0.4), (0.35, -0.6), (0.3, 1.3))),
)


def _hairpin(rng: np.random.Generator) -> list[Stroke]:
    """A crescendo or a diminuendo under some notes."""
    length, y, open_ = rng.uniform(3, 8), rng.uniform(3, 5), rng.uniform(0.4, 0.8)
    fan = np.array([[length, -open_], [0.0, 0.0], [length, open_]])
    if rng.random() < 0.5:
        fan[:, 0] = length - fan[:, 0]
    halves = (fan[:2], fan[1:])
    fan[:, 1] += y
    return [_wobbly(np.insert(half, 1, half.mean(axis=0), 0), rng, 0.06) for half in halves]


def _beats(rng: np.random.Generator) -> list[Stroke]:
    """Strokes above the staff that count beats."""
    step, y = rng.uniform(1.5, 3), -rng.uniform(2.5, 4)
    line = np.array([[0.1, y], [0, y + 0.5], [-0.1, y + 1.1]])
    places = [np.array([step * place, 0.0]) for place in range(int(rng.integers(2, 5)))]
    return [_wobbly(line + place, rng, 0.05) for place in places]


Kind: TypeAlias = Callable[[np.random.Generator], list[Stroke]]
"""Draws strokes; lengths are staff spaces, from a notehead's middle."""
_KINDS: tuple[Kind, ...] = (
    _finger, _word, _bowing, _circle, _underline, _arc, _tick, _cross, _breath, _spectacles, _accidental,
    _hairpin, _beats,
)  # fmt: skip
_HANDS: tuple[tuple[Kind, ...], ...] = (
    (*_KINDS, _word, _circle, _underline),
    (_finger,) * 8 + (_circle, _word, _arc, _accidental),
    (_bowing,) * 5 + (_finger, _finger, _arc, _word, _spectacles, _tick),
    (_breath,) * 4 + (_word, _word, _hairpin, _underline, _spectacles, _beats),
)
"""What players write, likelier things more than once: a conductor, a pianist, a fiddler, a singer."""


def _wobbly(points: Stroke, rng: np.random.Generator, tremble: float) -> Stroke:
    """A smooth stroke through about these points: each is moved a little."""
    return rounded(points + rng.normal(0, tremble, points.shape))


def _pencil(
    image: NDArray[np.uint8],
    strokes: list[Stroke],
    width: float,
    dark: float,
    rng: np.random.Generator,
    grain: float = 1.0,
) -> None:
    """Draw strokes of graphite over an image, in place; what is outside of it is left out.

    `grain` is how much of the paper's roughness they show, 0 to 1.
    """
    every = np.concatenate(strokes)
    pad = int(2 * width) + 3
    left, top = (max(int(value) - pad, 0) for value in every.min(axis=0))
    right, bottom = (int(value) + pad for value in every.max(axis=0))
    window = image[top : max(bottom, 0), left : max(right, 0)]
    if not window.size:
        return
    cover = np.zeros((window.shape[0] * _FINE, window.shape[1] * _FINE), np.uint8)
    for stroke in strokes:
        pressure = _pressure(len(stroke) - 1, rng)
        fixed = np.rint(((stroke - (left, top)) * _FINE - 0.5) * 16).astype(np.int32)
        for start, end, press in zip(fixed[:-1].tolist(), fixed[1:].tolist(), pressure, strict=True):
            thick = max(round(width * _FINE * press), 1)
            cv2.line(cover, start, end, 90 + 165 * min(press, 1.0), thick, cv2.LINE_AA, 4)
    small = cv2.resize(cover, (window.shape[1], window.shape[0]), interpolation=cv2.INTER_AREA)
    shape = (window.shape[0], window.shape[1])
    taken = small.astype(np.float32) * (dark / 255)
    taken *= 1 - np.float32(grain) * (1 - _graphite(shape, rng))
    window[:] = np.rint(window * (1 - taken) + 50 * taken).astype(np.uint8)


def _pressure(count: int, rng: np.random.Generator) -> list[float]:
    """Pressure along a stroke: it sets in softly, sways, and is lifted at the end."""
    t = (np.arange(count) + 0.5) / count
    swell = 1 + 0.2 * np.sin(2 * np.pi * (t * rng.uniform(0.5, 2) + rng.random()))
    ends = np.minimum(1, 0.6 + 4 * np.minimum(t, 1.3 * (1 - t)))
    pressure: list[float] = (swell * ends).tolist()
    return pressure


def _graphite(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """How much graphite the paper took, float32 (h, w), 0 to 1: it leaves the paper's pits out."""
    noise = cv2.GaussianBlur(noise_bytes(shape, rng), (0, 0), 0.8).astype(np.float32)
    return np.clip((noise - np.float32(75)) / 60, 0.15, 1)
