"""From scores to probabilities: of what is found with a score of 0.8, 8 in 10 should be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from notehead.detect.classes import FAMILIES, TRACES

KIND_NAMES = (*FAMILIES, *TRACES)


class ScoreMap:
    """A rising line of straight pieces for each family and trace, as `evaluate.calibration` fits them.

    Args:
        knots: by the name of a family or trace, pairs of a score and its probability, rising. Kinds that are
            left out keep their scores.

    Raises:
        ValueError: a name is unknown, or knots do not rise from 0 to 1.

    Example:
        >>> score_map = ScoreMap({"stems": [[0.0, 0.0], [0.5, 0.8], [1.0, 1.0]]})
        >>> score_map(np.array([0.25, 0.25]), np.array([0, KIND_NAMES.index("stems")])).tolist()
        [0.25, 0.4]
    """

    def __init__(self, knots: Mapping[str, Sequence[Sequence[float]]] | None = None) -> None:
        self._knots: dict[int, NDArray[np.float64]] = {}
        for name, pairs in (knots or {}).items():
            table = np.asarray(pairs, np.float64)
            rising = table.ndim == 2 and table.shape[1:] == (2,) and (np.diff(table, axis=0) >= 0).all()
            if name not in KIND_NAMES or not rising or not ((table >= 0) & (table <= 1)).all():
                message = f"no map of scores: {name}"
                raise ValueError(message)
            self._knots[KIND_NAMES.index(name)] = table

    def __call__(self, score: NDArray[np.float64], kind: NDArray[np.int64]) -> NDArray[np.float64]:
        """The probabilities of symbols from their scores and kinds, (n,) each."""
        probability = score.copy()
        for place, table in self._knots.items():
            rows = kind == place
            probability[rows] = np.interp(score[rows], table[:, 0], table[:, 1])
        return probability
