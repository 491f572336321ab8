"""Damage at random: whatever becomes of a file, it is pages or errors, and the next file is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from notehead.images.document import DocumentReader, Scan
from notehead.images.failure import DocumentError
from notehead.images.options import DocumentOptions
from tests.images.pdf_bytes import BLACK_BAR, encrypted, pages, picture

PIXELS = np.random.default_rng(5).integers(0, 256, (24, 16), np.uint8)
MOST = 200_000
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"


def saved(kind: str, mode: str = "L", **options: Any) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(PIXELS).convert(mode)
    if "append_images" in options:
        options["append_images"] = [image]
    image.save(file, kind, **options)
    return file.getvalue()


FILES = {
    "png": saved("PNG", "RGBA"),
    "png palette": saved("PNG", "P"),
    "apng": saved("PNG", save_all=True, append_images=True),
    "jpeg": saved("JPEG", "RGB", dpi=(300, 300), exif=EXIF),
    "progressive": saved("JPEG", "CMYK", progressive=True),
    "tiff g4": saved("TIFF", "1", compression="group4", dpi=(204, 98)),
    "tiff lzw": saved("TIFF", "RGB", compression="tiff_lzw", save_all=True, append_images=True),
    "tiff jpeg": saved("TIFF", "L", compression="jpeg"),
    "tiff plain": saved("TIFF", "L", tiffinfo={274: 6}),
    "tiff float": saved("TIFF", "F"),
    "gif": saved("GIF", "P", save_all=True, append_images=True),
    "webp": saved("WEBP", "RGBA"),
    "bmp": saved("BMP", "RGB"),
    "pnm": saved("PPM"),
    "jp2": saved("JPEG2000"),
    "pdf": pages([BLACK_BAR, b"0.5 g 5 5 9 9 re f"]),
    "pdf scan": picture(PIXELS, "0 0 16 24", "16 0 0 24 0 0"),
    "pdf secret": encrypted(b"x"),
}  # fmt: skip


@pytest.fixture(scope="module")
def patient() -> Iterator[DocumentReader]:
    options = DocumentOptions(most_pixels=MOST, resolution=72, seconds=20, cpu_seconds=5, memory=600 << 20)
    with DocumentReader(options) as one:
        yield one


@st.composite
def injuries(draw: st.DrawFn, data: bytes) -> bytes:
    """One to three: a byte, a run of bytes, the end gone, a part twice."""
    out = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, max(0, len(out) - 1)))
        match draw(st.sampled_from("bbbrct")):
            case "b":
                out[place : place + 1] = bytes([draw(st.sampled_from((0, 1, 2, 127, 128, 254, 255)))])
            case "r":
                out[place : place + 4] = draw(st.binary(min_size=4, max_size=4))
            case "c":
                del out[place:]
            case "t":
                out[place:place] = out[place : place + draw(st.integers(1, 200))]
    return bytes(out)


@pytest.mark.parametrize("kind", FILES)
def test_the_files_themselves_are_read(patient: DocumentReader, kind: str) -> None:
    """Else the test below would damage what is no file of its kind."""
    found = list(patient.read(FILES[kind]))
    assert all(isinstance(page, DocumentError if "secret" in kind else Scan) for page in found)
    assert len(found) == 2 if kind in ("pdf", "tiff lzw") else 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.parametrize("kind", FILES)
@given(data=st.data())
def test_damage(patient: DocumentReader, kind: str, data: st.DataObject) -> None:
    for page in islice(patient.read(data.draw(injuries(FILES[kind]))), 5):
        if isinstance(page, Scan):
            assert 1 <= page.image.size <= 1.2 * MOST
            assert page.image.dtype == np.uint8
            assert 0 <= page.resolution < 100_000
            assert min(page.original) >= 1
        else:
            assert page.message.startswith("document: ")
            assert "\n" not in page.message
            assert page.remedy


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([data[:12] for data in FILES.values()]), st.binary(max_size=300))
def test_noise_behind_a_valid_beginning(patient: DocumentReader, head: bytes, tail: bytes) -> None:
    for page in islice(patient.read(head + tail), 5):
        assert isinstance(page, Scan | DocumentError)
