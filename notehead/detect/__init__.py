"""An image of a page in, its symbols out: the detector."""

from notehead.detect.detector import DetectOptions, Detector, Reading

__all__ = ["DetectOptions", "Detector", "Reading"]
