"""YOLO and YOLO-OBB: `dataset.py` reads and writes, `config.py` has `data.yaml`, `labels.py` the lines."""

from notehead.datasets.formats.yolo.dataset import FORMAT, OBB_FORMAT

__all__ = ["FORMAT", "OBB_FORMAT"]
