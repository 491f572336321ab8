"""Pixels in and out of files: PNG written fast, strangers' images read with care, layers as images."""

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
from notehead.images.read import ENDINGS, image_size, read_image, read_sized_image

__all__ = [
    "ENDINGS",
    "class_image",
    "class_rows",
    "encode_png",
    "encode_rows",
    "image_size",
    "instance_ids",
    "instance_image",
    "instance_rows",
    "overlap_runs",
    "put_runs",
    "read_image",
    "read_png",
    "read_sized_image",
]
