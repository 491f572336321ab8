"""Noise of sensors and of copies, and what a JPEG file adds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.fields import ENLARGED_DEVIATION, STRIP, enlarged, normal_bytes, places
from notehead.degrade.kernels import shift_greys
from notehead.degrade.scale import with_image
from notehead.page import Page

_WORST = 22
"""Below this quality a JPEG file shows its blocks rather than the page; nobody keeps such files."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Grain over the whole image.

    Attributes:
        amount: least and most deviation in grey levels at strength 1, one value for a page.
        coarse: share of the amount in grain of about three pixels, 0 to 1; the rest is one of one.
    """

    amount: tuple[float, float] = (2.0, 5.0)
    coarse: float = 0.3

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page with noise."""
        amount = strength * float(rng.uniform(*self.amount))
        if amount <= 0:
            return page
        height, width = page.image.shape
        shape, x, y = places((height, width), rng)
        plate = self._plate(shape, amount, rng)
        image = np.empty_like(page.image)
        shift_greys(page.image, plate, STRIP, x, y, image)
        return with_image(page, image)

    def _plate(self, shape: tuple[int, int], amount: float, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Grain uint8 (h, w) about 128."""
        if self.coarse <= 0:
            fine = normal_bytes(shape, rng)
            weight = amount / 40
            return np.asarray(cv2.addWeighted(fine, weight, fine, 0, 128 - 128 * weight, dst=fine), np.uint8)
        grain = enlarged(normal_bytes((-(-shape[0] // 2), -(-shape[1] // 2)), rng), shape)
        weight, by_pixel = amount * self.coarse / ENLARGED_DEVIATION, amount * (1 - self.coarse) / 40
        fine = grain if by_pixel <= 0 else normal_bytes(shape, rng)
        offset = 128 - 128 * (weight + by_pixel)
        return np.asarray(cv2.addWeighted(grain, weight, fine, by_pixel, offset, dst=grain), np.uint8)


@dataclass(frozen=True, slots=True)
class Jpeg:
    """The image through a JPEG file.

    Attributes:
        quality: best and worst quality at strength 1, as encoders count it; the loss grows with strength.
    """

    quality: tuple[float, float] = (92, 60)

    def __call__(self, page: Page, rng: np.random.Generator, strength: float) -> Page:
        """The page as the file gives it back."""
        if strength <= 0:
            return page
        loss = strength * (100 - float(rng.uniform(min(self.quality), max(self.quality))))
        quality = round(min(max(100 - loss, _WORST), 99))
        _, data = cv2.imencode(".jpg", page.image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
        return with_image(page, image)
