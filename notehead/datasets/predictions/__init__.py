"""Predictions for the pages of a dataset, in and out.

`open_predictions` finds out the format: COCO's result files, the proposals of DeepScoresV2's toolkit, a
dataset of any format whose symbols have scores, or YOLO's label files alone. `write_predictions` writes
the first two.
"""

from notehead.datasets.predictions.predictions import Predictions
from notehead.datasets.predictions.registry import (
    PredictionFormat,
    PredictionWriteOptions,
    open_predictions,
    write_predictions,
)

__all__ = [
    "PredictionFormat",
    "PredictionWriteOptions",
    "Predictions",
    "open_predictions",
    "write_predictions",
]
