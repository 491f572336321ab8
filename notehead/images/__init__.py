"""Pixels in and out of files: PNG written fast, and the page's layers as images."""

from notehead.images.layers import (
    class_image,
    class_rows,
    instance_ids,
    instance_image,
    instance_rows,
    overlap_runs,
    put_runs,
)
from notehead.images.png import encode_png, encode_rows, read_png

__all__ = [
    "class_image",
    "class_rows",
    "encode_png",
    "encode_rows",
    "instance_ids",
    "instance_image",
    "instance_rows",
    "overlap_runs",
    "put_runs",
    "read_png",
]
