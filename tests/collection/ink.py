"""What workers do in the tests of detection: a network that needs no training sees ink."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from notehead.collection import detecting, pieces
from notehead.detect import detector as detector_module
from notehead.detect.detector import Detector
from notehead.detect.one_pass import DetectOptions
from tests.cli.test_detect import upright
from tests.detect.stand_in import InkModel

MODULE = "tests.collection.ink"


def _ink_detector(model: Path | None, confidence: float) -> Detector:
    del model
    return Detector(InkModel(), DetectOptions(confidence=confidence))


def detect_ink(part: dict[str, Any], options: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """`detect_part` with a network that needs no training."""
    detector_module.estimate_orientation = upright  # type: ignore[attr-defined]
    detecting.warm_detector = _ink_detector  # type: ignore[attr-defined,assignment]
    return detecting.detect_part(part, options, place)


def read_ink(part: dict[str, Any], options: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """`read_part` likewise."""
    detector_module.estimate_orientation = upright  # type: ignore[attr-defined]
    pieces.warm_detector = _ink_detector  # type: ignore[attr-defined,assignment]
    return pieces.read_part(part, options, place)
