"""The curves of a training as a plot."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

LOSSES, JUDGEMENTS = "losses.csv", "judgements.csv"
"""The files of curves."""

_SMOOTHED = 50


def draw_curves(folder: Path) -> None:
    """Write `curves.png` from the losses and judgements of a training, as far as there are any."""
    losses, judgements = _columns(folder / LOSSES), _columns(folder / JUDGEMENTS)
    if not losses:
        return
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps = losses.pop("step")
    for name, values in losses.items():
        window = min(_SMOOTHED, len(values))
        smooth = np.convolve(values, np.ones(window) / window, "valid")
        left.plot(steps[window - 1 :], smooth, label=name, linewidth=1)
    left.set(xlabel="steps", ylabel="loss", yscale="log")
    left.legend()
    if judgements:
        steps = judgements.pop("step")
        for name, values in judgements.items():
            right.plot(steps, values, label=f"{name} {values[-1]:.3f}", marker=".")
        right.set(xlabel="steps", ylabel="on pages not trained on", ylim=(0, 1))
        right.grid(visible=True, alpha=0.3)
        right.legend(loc="lower right")
    figure.savefig(folder / "curves.png", dpi=120)


def read_curve(path: Path) -> list[dict[str, float]]:
    """The rows of a curve: `step`, a whole number, and what was measured; none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {key: float(value) for key, value in row.items()} | {"step": int(row["step"])}
            for row in csv.DictReader(file)
        ]


def _columns(path: Path) -> dict[str, NDArray[np.float64]]:
    rows = read_curve(path)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]} if rows else {}
