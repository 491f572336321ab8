"""Figures by the book: what was found or predicted against what is true.

Detection (`evaluate_detection`): average precision by every definition in use, each under its name;
precision, recall and F1; confusions; thin symbols by distance. Segmentation (`segmentation_figures`):
confusion of pixels. Links (`link_figures`): per pair of classes. Classification
(`classification_figures`): confusion of files.
"""

from notehead.evaluate.average_precision import DEFINITIONS, IOU_THRESHOLDS
from notehead.evaluate.classification import ClassificationOptions, classification_figures
from notehead.evaluate.detection import DetectionEvaluator, evaluate_detection
from notehead.evaluate.detection_figures import ClassDetections, DetectionFigures, Means, Working
from notehead.evaluate.links import LinkCount, LinkFigures, LinkOptions, link_figures
from notehead.evaluate.records import DetectionOptions
from notehead.evaluate.segmentation import SegmentationOptions, segmentation_figures

__all__ = [
    "DEFINITIONS",
    "IOU_THRESHOLDS",
    "ClassDetections",
    "ClassificationOptions",
    "DetectionEvaluator",
    "DetectionFigures",
    "DetectionOptions",
    "LinkCount",
    "LinkFigures",
    "LinkOptions",
    "Means",
    "SegmentationOptions",
    "Working",
    "classification_figures",
    "evaluate_detection",
    "link_figures",
    "segmentation_figures",
]
