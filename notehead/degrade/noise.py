"""Noise of sensors and of copies, and what a JPEG file adds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from notehead.degrade.fields import ENLARGED_DEVIATION, enlarged, normal_bytes
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
        image = page.image
        if self.coarse < 1:
            fine = normal_bytes((height, width), rng)
            weight = amount * (1 - self.coarse) / 40
            image = cv2.addWeighted(image, 1, fine, weight, -128 * weight, dst=fine)  # type: ignore[assignment]
        if self.coarse > 0:
            grain = enlarged(normal_bytes((-(-height // 2), -(-width // 2)), rng), (height, width))
            weight = amount * self.coarse / ENLARGED_DEVIATION
            image = cv2.addWeighted(image, 1, grain, weight, -128 * weight, dst=grain)  # type: ignore[assignment]
        return with_image(page, image)


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
