"""Pixels in and out of files: PNG written fast, and the page's layers as images."""

from notehead.images.layers import class_image, instance_ids, instance_image, overlap_runs, put_runs
from notehead.images.png import encode_png, read_png

__all__ = [
    "class_image",
    "encode_png",
    "instance_ids",
    "instance_image",
    "overlap_runs",
    "put_runs",
    "read_png",
]
