"""A smooth displacement through the offsets of many patches, of which some are wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from notehead.degrade.align.field import Field
from notehead.degrade.align.kernels import normal_equations
from notehead.degrade.align.patches import Matches

_ROUNDS = 3
_ANCHOR = 0.001
"""Weight, beside those of what patches say, of staying where the field was: where no patch says anything,
what a rougher look found holds on."""


def refitted(field: Field, matches: Matches, bare: Field, stiffness: float, tolerance: float) -> Field:
    """The field after all patches have said how far they are off.

    Least squares over the patches, each with its weight in each direction, with a price on bending;
    patches that disagree with their neighbours by much more than `tolerance` lose their say. Where none
    says anything, the field stays what it was.

    Args:
        field: that the scan was brought to the page with.
        bare: a field with the nodes that the new one is to have.
        matches: offsets, in pixels of the page.
        stiffness: price of bending; a plane displacement has none.
        tolerance: in pixels of the page.
    """
    rows, columns, _ = bare.nodes.shape
    target = matches.off + field.displacement(matches.at + matches.off)
    price = stiffness * (rows / 10) ** 2 * bending(rows, columns)
    sure = np.linalg.norm(matches.weight, axis=(1, 2)) + 1e-9
    trust = np.ones(len(matches))
    found, width = bare, tolerance * 3
    anchor = np.broadcast_to(_ANCHOR * np.eye(2), matches.weight.shape)
    before = field.displacement(matches.at)
    for _ in range(_ROUNDS):
        system, right = np.repeat(np.repeat(price, 2, axis=0), 2, axis=1), np.zeros(2 * rows * columns)
        system[::2, 1::2] = system[1::2, ::2] = 0
        weight = matches.weight * trust[:, None, None]
        normal_equations(matches.at, target, weight, (rows, columns), bare.step, system, right)
        normal_equations(matches.at, before, anchor, (rows, columns), bare.step, system, right)
        _, nodes = cv2.solve(system, right[:, None], flags=cv2.DECOMP_CHOLESKY)
        found = replace(bare, nodes=np.asarray(nodes, np.float64).reshape(rows, columns, 2))
        error = target - found.displacement(matches.at)
        squared = np.einsum("ni,nij,nj->n", error, matches.weight, error) / sure
        trust = (width**2 / (width**2 + squared)) ** 2
        width = max(width / 1.7, tolerance)
    return found


@lru_cache(maxsize=8)
def bending(rows: int, columns: int) -> NDArray[np.float64]:
    """The matrix of the sum of squared second differences of coefficients on a grid."""
    total = 1e-6 * np.eye(rows * columns)
    second = [np.diff(np.eye(n), 2, axis=0) if n > 2 else np.zeros((1, n)) for n in (rows, columns)]
    first = [np.diff(np.eye(n), 1, axis=0) for n in (rows, columns)]
    for down, across, times in (
        (second[0], np.eye(columns), 1), (np.eye(rows), second[1], 1), (first[0], first[1], 2),
    ):  # fmt: skip
        part = np.kron(down, across)
        total += times * part.T @ part
    return total
