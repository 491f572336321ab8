"""What libraries leave on music: stamps and numbers. They carry no labels, and may cover symbols."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from notehead.degrade.fields import clouds, noise_bytes
from notehead.degrade.scale import staff_space, with_image
from notehead.page import Page

_AROUND = ("CITY LIBRARY", "MUSIC DEPARTMENT", "STADTBIBLIOTHEK", "CONSERVATOIRE", "PROPERTY OF THE SCHOOL")
_WITHIN = ("MUSIC", "LOAN", "1897", "1913", "1931", "No. 12", "ARCHIV")
_NUMBERS = ("Mus. {}", "No. {}", "{}", "M {}.A", "K. {}", "Z. {}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A library's stamp: a ring with letters around and a word within, or a word in a frame.

    Attributes:
        dark: least and most light that its ink takes, 0 to 1, one value for a page.
        size: least and most of its height in staff spaces.
    """

    dark: tuple[float, float] = (0.3, 0.65)
    size: tuple[float, float] = (7.0, 12.0)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with a stamp on it."""
        if strength <= 0:
            return page
        size = max(int(staff_space(page) * float(rng.uniform(*self.size))), 24)
        cover = _ring(size, rng) if rng.random() < 0.7 else _frame(size, rng)
        cover = _turned(cover, float(rng.normal(0, 12)))
        x, y = rng.uniform(0, page.width), page.height * rng.choice([0.06, 0.94, rng.random()])
        return _printed(page, cover, (float(x), float(y)), strength * float(rng.uniform(*self.dark)), rng)


@dataclass(frozen=True, slots=True)
class ShelfNumber:
    """A library's number, stamped or typed near an edge.

    Attributes:
        dark: least and most light that its ink takes, 0 to 1, one value for a page.
        size: least and most of its height in staff spaces.
    """

    dark: tuple[float, float] = (0.5, 0.9)
    size: tuple[float, float] = (1.2, 2.2)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with a number on it."""
        if strength <= 0:
            return page
        size = max(int(staff_space(page) * float(rng.uniform(*self.size))), 8)
        pattern = _NUMBERS[int(rng.integers(len(_NUMBERS)))]
        cover = _turned(_letters(pattern.format(int(rng.integers(10, 99999))), size), float(rng.normal(0, 3)))
        x = page.width * float(rng.choice([0.1, 0.5, 0.88])) + float(rng.normal(0, 0.03 * page.width))
        y = page.height * float(rng.choice([0.03, 0.965])) + float(rng.normal(0, 0.005 * page.height))
        return _printed(page, cover, (x, y), min(strength, 1) * float(rng.uniform(*self.dark)), rng)


def _letters(text: str, size: int) -> NDArray[np.uint8]:
    """A line of text, 255 for ink, just large enough to hold it."""
    font = ImageFont.load_default(size)
    x0, y0, x1, y1 = font.getbbox(text)
    image = Image.new("L", (int(x1 - x0) + 3, int(y1 - y0) + 3), 0)
    ImageDraw.Draw(image).text((1 - x0, 1 - y0), text, fill=255, font=font)
    return np.asarray(image)


def _ring(size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Two rings with letters between them and a word in the middle."""
    cover = np.zeros((size, size), np.uint8)
    middle, radius = size / 2, 0.47 * size
    for share, thick in ((1.0, 0.022), (0.66, 0.012)):
        width = max(round(size * thick), 1)
        cv2.circle(cover, (size // 2, size // 2), int(radius * share), 255, width, cv2.LINE_AA)
    text = _AROUND[int(rng.integers(len(_AROUND)))] + " *"
    for place, letter in enumerate(text):
        turn = 2 * np.pi * place / len(text) - np.pi
        if letter == " ":
            continue
        glyph = _letters(letter, max(int(0.15 * size), 6))
        at = (middle + 0.83 * radius * float(np.sin(turn)), middle - 0.83 * radius * float(np.cos(turn)))
        move = cv2.getRotationMatrix2D((glyph.shape[1] / 2, glyph.shape[0] / 2), -float(np.degrees(turn)), 1)
        move[:, 2] += (at[0] - glyph.shape[1] / 2, at[1] - glyph.shape[0] / 2)
        np.maximum(cover, cv2.warpAffine(glyph, move, (size, size)), out=cover)
    word = _letters(_WITHIN[int(rng.integers(len(_WITHIN)))], max(int(0.17 * size), 6))
    _lay(cover, word, (middle, middle))
    return cover


def _frame(size: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A word in a frame."""
    word = _letters(_AROUND[int(rng.integers(len(_AROUND)))], max(size // 3, 8))
    pad = size // 5
    cover = np.pad(word, pad)
    low, thick = pad // 3, max(size // 30, 1)
    end = (cover.shape[1] - 1 - low, cover.shape[0] - 1 - low)
    cv2.rectangle(cover, (low, low), end, 255, thick, cv2.LINE_AA)
    return cover


def _lay(cover: NDArray[np.uint8], glyph: NDArray[np.uint8], centre: tuple[float, float]) -> None:
    """Lay a smaller picture over the middle of a cover, in place; what is too wide is cut."""
    height, width = min(glyph.shape[0], cover.shape[0]), min(glyph.shape[1], cover.shape[1])
    top, left = max(int(centre[1] - height / 2), 0), max(int(centre[0] - width / 2), 0)
    window = cover[top : top + height, left : left + width]
    np.maximum(window, glyph[:height, :width], out=window)


def _turned(cover: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """The picture turned about its middle, enlarged so that nothing is lost."""
    height, width = cover.shape
    move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    cosine, sine = abs(float(move[0, 0])), abs(float(move[0, 1]))
    size = (int(height * sine + width * cosine) + 2, int(height * cosine + width * sine) + 2)
    move[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
    turned: NDArray[np.uint8] = cv2.warpAffine(cover, move, size)  # type: ignore[assignment]
    return turned


def _printed(
    page: Page,
    cover: NDArray[np.uint8],
    centre: tuple[float, float],
    dark: float,
    rng: np.random.Generator,
) -> Page:
    """The page with a cover stamped on it: more ink on one side, less in spots."""
    image = page.image.copy()
    height, width = cover.shape
    left, top = round(centre[0] - width / 2), round(centre[1] - height / 2)
    patchy = np.clip(0.75 + 0.3 * clouds((height, width), max(height / 3, 4.0), rng), 0, 1)
    grain = cv2.GaussianBlur(noise_bytes((height, width), rng), (0, 0), 1.0).astype(np.float32)
    ink = cv2.GaussianBlur(cover, (0, 0), 0.7).astype(np.float32) / 255
    taken = min(dark, 0.95) * ink * patchy * np.clip((grain - 80) / 40, 0.2, 1)
    y0, x0 = max(top, 0), max(left, 0)
    window = image[y0 : max(top + height, 0), x0 : max(left + width, 0)]
    part = taken[y0 - top : y0 - top + window.shape[0], x0 - left : x0 - left + window.shape[1]]
    window[:] = np.rint(window * (1 - part)).astype(np.uint8)
    return with_image(page, image)
