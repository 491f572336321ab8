"""Regions given without a network: pieces of ink and unions of neighbours, in place of selective search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from notehead.detect.one_pass import STAFF_SPACE

Image = NDArray[np.uint8]
Regions = NDArray[np.float32]

_BLUR = 0.3
"""Pixels by which a line of one pixel is thicker than it looks, on each side."""


@dataclass(frozen=True, slots=True)
class ProposalOptions:
    """What is proposed.

    Attributes:
        most: regions, at most.
        space: pixels of a staff space.
        contrast: grey values between paper and ink, at least; with less there is no ink.
    """

    most: int = 1000
    space: float = STAFF_SPACE
    contrast: int = 40


def proposed(image: Image, options: ProposalOptions | None = None) -> Regions:
    """Regions that may show a symbol: float32 (n, 4), at most so many, the likeliest first.

    Selective search (Uijlings et al., 2013), which the papers of 2014 and 2015 were given regions by, merges
    pieces of like colour; on a page all ink is alike, and pieces are what is left when lines are taken out:

    1. staff lines are long and thin runs of ink; what they cut in two is closed again;
    2. stems are tall and thin runs of what is left;
    3. ledger lines are thin runs that go on behind a notehead;
    4. components with and without lines and stems, and of round pieces alone, are regions;
    5. so are components of ink spread by ever more pixels: words, and symbols of several pieces;
    6. so are unions of two neighbours, and pieces, as high as a notehead, of what is taller than one;
    7. so are staves, which are lines joined from one to the next, and the whole image.

    Args:
        image: uint8 (height, width), 0 black, lines about level.
        options: how many.
    """
    options = options or ProposalOptions()
    height, width = image.shape
    whole = np.array([[0, 0, width, height]], np.float32)
    dark, light = np.percentile(image, (0.1, 50))
    if light - dark < options.contrast:
        return whole
    ink = (image < (dark + light) / 2).astype(np.uint8)
    regions = np.concatenate([whole, *_of_ink(ink, options.space)])
    regions[:, :2] = np.maximum(regions[:, :2], 0)
    regions[:, 2:] = np.minimum(regions[:, 2:], (width, height))
    _, first = np.unique(regions, axis=0, return_index=True)
    return regions[np.sort(first)[: options.most]]


def proposed_in(images: Tensor, options: ProposalOptions | None = None) -> list[Tensor]:
    """Regions for each image of a batch as networks take it: float (n, 4)."""
    grey = ((1 - images[:, 0].detach()) * 255).round().clamp(0, 255).byte().cpu().numpy()
    return [torch.from_numpy(proposed(one, options)).to(images) for one in grey]


def _of_ink(ink: Image, space: float) -> Iterator[Regions]:
    lines = _runs(ink, round(2.5 * space), 1) & ~_runs(ink, 1, round(0.4 * space))
    clean = _closed(ink & ~lines, 1, 3)
    tall = _runs(ink, 1, round(1.5 * space))  # through noteheads and beams, too
    stems = _closed(tall & ~_runs(tall, round(0.4 * space), 1), 1, round(2 * space))
    bare = clean & ~(tall & ~_runs(clean, round(0.4 * space), 1))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (round(0.5 * space),) * 2)
    round_ones = _components(np.asarray(cv2.morphologyEx(bare, cv2.MORPH_OPEN, disc), np.uint8))
    pieces = _components(bare)
    yield from (pieces, _grown(round_ones, 1), _components(clean), _lengthened(_components(stems), space))
    yield _components(_closed(lines, round(space), round(1.5 * space)))  # across bar lines, too
    thin = _runs(ink & ~lines & ~_runs(ink, 1, round(0.4 * space)), 3, 1)
    thin = _closed(thin, round(1.3 * space), 1)
    yield _components(_runs(thin, round(1.3 * space), 1))
    for spread in (3, 5, 9, 15):
        yield _components(clean, spread)
    yield _components(ink)
    yield _cut(np.concatenate((pieces, round_ones)), space)
    yield _unions(pieces, 0.5 * space)


def _runs(ink: Image, width: int, height: int) -> Image:
    """What a rectangle of that size fits into."""
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((height, width), np.uint8)), np.uint8)


def _closed(ink: Image, width: int, height: int) -> Image:
    """Ink with gaps filled that such a rectangle does not fit into."""
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((height, width), np.uint8)), np.uint8)


def _components(ink: Image, spread: int = 1) -> Regions:
    """Boxes of connected ink, spread first so that an odd number of pixels holds together; no specks."""
    if spread > 1:
        ink = np.asarray(cv2.dilate(ink, np.ones((spread, spread), np.uint8)), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    stats = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= spread * spread + 2]
    low, size = stats[:, :2], stats[:, 2:4]
    margin = np.where(size == 1, _BLUR, 0)  # the ink of a pixel began and ended in those beside it
    box = np.concatenate((low - margin, low + size + margin), axis=1)
    return _grown(box.astype(np.float32), -(spread // 2))


def _grown(box: Regions, margin: float) -> Regions:
    grown: Regions = (box + np.array([-margin, -margin, margin, margin])).astype(np.float32)
    return grown


def _lengthened(box: Regions, space: float) -> Regions:
    """Stems as they are, and with what beams and noteheads at either end, or at both, hide of them."""
    more = 0.4 * space * np.array([[0, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1], [0, -1, 0, 1]])
    return (box[None] + more[:, None]).reshape(-1, 4).astype(np.float32)


def _cut(box: Regions, space: float) -> Regions:
    """Windows a staff space high, half a space apart, of boxes as wide as a notehead or two but taller."""
    width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    tall = box[(width > 0.7 * space) & (width < 3 * space) & (height > 1.5 * space) & (height < 10 * space)]
    steps = np.ceil((tall[:, 3] - tall[:, 1] - space) / (space / 2)).astype(int) + 1
    row = np.repeat(np.arange(len(tall)), steps)
    number = np.arange(len(row)) - np.repeat(np.cumsum(steps) - steps, steps)
    top = np.minimum(tall[row, 1] + number * space / 2, tall[row, 3] - space)
    return np.stack((tall[row, 0], top, tall[row, 2], top + space), axis=1).astype(np.float32)


def _unions(box: Regions, gap: float) -> Regions:
    """Boxes around two that are so near, the nearest first."""
    low = np.maximum(box[:, None, :2], box[None, :, :2])
    high = np.minimum(box[:, None, 2:], box[None, :, 2:])
    away = np.maximum(low - high, 0).max(axis=2)
    first, second = np.nonzero(np.triu(away <= gap, 1))
    order = np.argsort(away[first, second], kind="stable")
    first, second = first[order], second[order]
    return np.concatenate(
        (np.minimum(box[first, :2], box[second, :2]), np.maximum(box[first, 2:], box[second, 2:])), axis=1
    )
