"""Users' images: every kind, depth and orientation becomes an upright grey page, every damage an error."""

from __future__ import annotations

import io
import os
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from notehead.errors import DatasetError, NoteheadError
from notehead.images.document import DocumentReader, Scan, _memory_file, read_document
from notehead.images.failure import DocumentError
from notehead.images.options import DocumentOptions
from notehead.images.page_range import parse_pages
from notehead.sandbox import Sandbox

Pixels = NDArray[np.uint8]


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def only(reader: DocumentReader, source: Path | bytes) -> Scan:
    [page] = reader.read(source)
    assert isinstance(page, Scan), page
    return page


def refused(reader: DocumentReader, source: Path | bytes) -> DocumentError:
    [page] = reader.read(source)
    assert isinstance(page, DocumentError), page
    return page


def near(one: Pixels, other: Pixels, most: int = 2) -> bool:
    return one.shape == other.shape and int(np.abs(one.astype(int) - other).max()) <= most


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF", "WEBP", "PPM", "JPEG2000"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_kinds_without_loss(reader: DocumentReader, shape: Pixels, kind: str, mode: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    page = only(reader, saved(Image.fromarray(shape).convert(mode), kind, **options))
    assert near(page.image, shape)
    assert page.image.dtype == np.uint8
    assert (page.name, page.number, page.count, page.original) == ("document", 1, 1, (40, 60))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_jpeg(reader: DocumentReader, shape: Pixels, mode: str) -> None:
    data = saved(Image.fromarray(shape).convert(mode), "JPEG", quality=98, dpi=(150, 150))
    page = only(reader, data)
    assert near(page.image, shape, 8)
    assert page.resolution == 150


def test_colours_become_their_luminance(reader: DocumentReader) -> None:
    page = only(reader, saved(Image.new("RGB", (8, 8), (255, 0, 0)), "PNG"))
    assert near(page.image, np.full((8, 8), 76, np.uint8))


def test_cmyk_as_adobe_writes_it(reader: DocumentReader, shape: Pixels) -> None:
    """Adobe stores CMYK inverted, and so does Pillow."""
    data = saved(Image.fromarray(shape).convert("RGB").convert("CMYK"), "JPEG", quality=98)
    assert b"Adobe" in data
    assert near(only(reader, data).image, shape, 8)


def test_one_bit(reader: DocumentReader, shape: Pixels) -> None:
    page = only(reader, saved(Image.fromarray(shape).convert("1", dither=Image.Dither.NONE), "PNG"))
    assert near(page.image, np.where(shape < 128, 0, 255).astype(np.uint8))


def test_sixteen_bits_are_scaled(reader: DocumentReader, shape: Pixels) -> None:
    wide = shape.astype(np.uint16) * 257
    assert near(only(reader, saved(Image.fromarray(wide), "PNG")).image, shape, 0)


def test_twelve_bits_in_sixteen_are_not_night(reader: DocumentReader, shape: Pixels) -> None:
    wide = (shape.astype(np.uint32) * 4095 // 255).astype(np.uint16)
    assert near(only(reader, saved(Image.fromarray(wide), "PNG")).image, shape, 1)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_transparent_is_paper(reader: DocumentReader, shape: Pixels, mode: str, kind: str) -> None:
    """Black everywhere, and alpha where there is ink, as music editors export it."""
    image = Image.new(mode, (40, 60))
    image.putalpha(Image.fromarray(255 - shape))
    assert near(only(reader, saved(image, kind)).image, shape)


def test_a_transparent_colour_is_paper(reader: DocumentReader, shape: Pixels) -> None:
    palette = Image.fromarray(np.where(shape < 255, 1, 0).astype(np.uint8), "L").convert("P")
    palette.putpalette([0, 0, 0, 10, 10, 10])
    page = only(reader, saved(palette, "PNG", transparency=0))
    assert near(page.image, np.where(shape < 255, 10, 255).astype(np.uint8))


def test_palette(reader: DocumentReader, shape: Pixels) -> None:
    image = Image.fromarray(shape).convert("RGB").quantize(8)
    assert near(only(reader, saved(image, "PNG")).image, shape)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture(reader: DocumentReader, shape: Pixels, kind: str) -> None:
    first, second = Image.fromarray(shape).convert("RGB"), Image.new("RGB", (40, 60), "black")
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(first, kind, save_all=True, append_images=[second], duration=100, **options)
    page = only(reader, data)
    assert page.count == 1
    assert near(page.image, shape)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation(reader: DocumentReader, shape: Pixels, kind: str, orientation: int) -> None:
    """What a camera that was held like this stores, and what must come out."""
    stored = {
        1: shape, 2: shape[:, ::-1], 3: shape[::-1, ::-1], 4: shape[::-1],
        5: shape.T, 6: np.rot90(shape, 1), 7: np.rot90(shape.T, 2), 8: np.rot90(shape, -1),
    }[orientation]  # fmt: skip
    image = Image.fromarray(np.ascontiguousarray(stored))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, Any] = {"quality": 98} if kind == "JPEG" else {}
    if kind == "WEBP":
        options = {"lossless": True}
    options |= {"tiffinfo": {274: orientation}} if kind == "TIFF" else {"exif": exif}
    page = only(reader, saved(image, kind, **options))
    assert near(page.image, shape, 8)
    assert page.original == (40, 60)


def test_damaged_exif_is_no_reason(reader: DocumentReader, shape: Pixels) -> None:
    data = saved(Image.fromarray(shape), "JPEG", quality=98, exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert near(only(reader, data).image, shape, 8)


def test_resolution_is_believed_where_it_can_be(reader: DocumentReader) -> None:
    image = Image.new("L", (600, 800), 255)
    assert only(reader, saved(image, "PNG", dpi=(100, 100))).resolution == pytest.approx(100, abs=0.1)
    assert only(reader, saved(image, "PNG", dpi=(4, 4))).resolution == 0.0  # a page of 200 inches
    assert only(reader, saved(image, "PNG")).resolution == 0.0


def test_fax_is_stretched_to_square_pixels(reader: DocumentReader) -> None:
    pixels = np.full((60, 80), 255, np.uint8)
    pixels[20:30] = 0
    page = only(reader, saved(Image.fromarray(pixels), "PNG", dpi=(200, 100)))
    assert page.image.shape == (120, 80)
    assert page.original == (80, 60)
    assert page.resolution == pytest.approx(200, abs=0.1)
    assert page.image[44:56].max() == 0
    assert page.image[:36].min() == 255


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_large_images_come_reduced(reader: DocumentReader, kind: str) -> None:
    """Eight of an image's halves are black: in the reduced one, too."""
    image = Image.new("L", (6000, 4000), 255)
    image.paste(0, (0, 0, 3000, 4000))
    page = only(reader, saved(image, kind, dpi=(600, 600)))
    assert page.image.shape == (1633, 2449)
    assert page.original == (6000, 4000)
    assert page.resolution == pytest.approx(600 * 2449 / 6000, rel=0.01)
    assert page.image[:, :1200].max() <= 2
    assert page.image[:, 1250:].min() >= 253


def test_a_very_long_image_is_reduced_to_what_opencv_bears(reader: DocumentReader) -> None:
    page = only(reader, saved(Image.new("1", (65_534, 10), 1), "PNG"))
    assert page.image.shape == (5, 32_767)


def png_bomb(width: int, height: int, depth: int = 1, colour: int = 0, rows: int = 64) -> bytes:
    """A PNG of zeros: what it unpacks to is its size, what it takes on disk is next to nothing."""
    row = 1 + (width * depth * {0: 1, 2: 3}[colour] + 7) // 8
    packer, data = zlib.compressobj(1), []
    zeros = bytes(row * 64)
    left = rows * row
    while left > 0:
        data.append(packer.compress(zeros[:left]))
        left -= len(zeros)
    data.append(packer.flush())

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"".join(data)) + chunk(b"IEND", b"")


def test_bombs_are_refused_by_their_heads(reader: DocumentReader) -> None:
    error = refused(reader, png_bomb(60_000, 60_000))
    assert error.message == "document: page 1: 60,000 x 60,000 pixels are more than any page has"
    assert error.remedy == "Scan it at 300 to 600 dots per inch."
    error = refused(reader, png_bomb(19_000, 19_000, 8, 2))
    assert "19,000 x 19,000 pixels in colour are more than any page has" in error.message


def test_a_huge_sheet_of_one_bit_is_read_reduced(reader: DocumentReader) -> None:
    """399 megapixels; in colour they would be more than the child may have."""
    page = only(reader, png_bomb(19_970, 19_970, rows=19_970))
    assert page.image.shape == (2000, 2000)
    assert page.original == (19_970, 19_970)
    assert page.image.max() == 0


def test_too_much_memory_costs_one_file(shape: Pixels) -> None:
    with DocumentReader(DocumentOptions(memory=300 << 20)) as small:
        error = refused(small, png_bomb(10_000, 10_000, 8, 2))
        assert error.message == "document: page 1: decoding it took more memory than it may"
        assert only(small, saved(Image.fromarray(shape), "PNG")).image.shape == (60, 40)


def test_too_much_time_costs_one_page(shape: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    with DocumentReader(DocumentOptions(seconds=0.5)) as hurried:
        hurried._sandbox.start("notehead.images.decode:count_pages", "/")  # it is awake
        with pytest.raises(DatasetError):
            hurried._sandbox.wait()
        start = Sandbox.start
        with monkeypatch.context() as patch:
            patch.setattr(Sandbox, "start", lambda self, *_: start(self, "time:sleep", 600))
            [error] = hurried.read(saved(Image.fromarray(shape), "PNG"))
        assert isinstance(error, DocumentError)
        assert error.message == "document: decoding it gave no answer within 0.5 s"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM", "JPEG2000"])
def test_truncated_files_are_refused(reader: DocumentReader, kind: str) -> None:
    """A page of which the lower half is missing is not read in part: nobody would notice."""
    noise = np.random.default_rng(1).integers(0, 256, (120, 90), np.uint8)
    data = saved(Image.fromarray(noise), kind)
    error = refused(reader, data[: len(data) // 2])
    assert "it is a damaged" in error.message
    assert error.remedy == "Fetch or export it again."


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "it is empty"),
        (b"Dear Sir or Madam", "it is no image and no PDF"),
        (b"\0" * 5000, "it is no image and no PDF"),
        (b"<?xml version='1.0'?><score-partwise/>", "it is an XML or HTML document"),
        (b"PK\x03\x04....", "it is a zip archive"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "it is a HEIC or AVIF photograph"),
        (b"AT&TFORM", "it is a DjVu document"),
        (b"MThd", "it is a MIDI file"),
        (b"\x89PNG\r\n\x1a\n", "it is a PNG file that is damaged"),
        (b"II*\0\x08\0\0\0", "it is a damaged TIFF file (it holds no image)"),
        (b"\xff\xd8\xff", "it is a JPEG file that is damaged"),
        (b"%PDF-1.7", "it is a damaged PDF file"),
    ],
)
def test_what_is_no_page(reader: DocumentReader, tmp_path: Path, data: bytes, cause: str) -> None:
    """By content: the name promises a PNG."""
    path = tmp_path / "page.png"
    path.write_bytes(data)
    error = refused(reader, path)
    assert error.message.removeprefix(f"{path}: ").removeprefix("page 1: ").startswith(cause)
    assert (error.file, error.remedy != "", error.exit_code) == (str(path), True, 4)


def test_files_that_are_none(reader: DocumentReader, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "it does not exist" in str(refused(reader, tmp_path / "none.png"))
    assert "it is a folder" in str(refused(reader, tmp_path))
    assert "it is no regular file" in str(refused(reader, tmp_path / "pipe.png"))
    assert "it cannot be read" in str(refused(reader, tmp_path / ("n" * 300)))


def test_names_that_are_no_text(reader: DocumentReader, tmp_path: Path, shape: Pixels) -> None:
    path = tmp_path / "caf\udce9 1.png"
    path.write_bytes(saved(Image.fromarray(shape), "PNG"))
    assert only(reader, path).name == "caf\udce9 1"


def test_standard_input(reader: DocumentReader, shape: Pixels, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(saved(Image.fromarray(shape), "PNG"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    page = only(reader, Path("-"))
    assert (page.name, page.image.shape) == ("standard-input", (60, 40))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    assert refused(reader, Path("-")).message == "standard input: it is empty"


def test_nothing_is_left_of_standard_input(
    shape: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    [page] = read_document(saved(Image.fromarray(shape), "PNG"))
    assert isinstance(page, Scan)
    assert not list(tmp_path.iterdir())


def test_a_relative_path(
    reader: DocumentReader, shape: Pixels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child stays in the folder where it was born."""
    only(reader, saved(Image.fromarray(shape), "PNG"))
    (tmp_path / "a.png").write_bytes(saved(Image.fromarray(shape), "PNG"))
    monkeypatch.chdir(tmp_path)
    assert only(reader, Path("a.png")).name == "a"


def test_a_file_that_changes_is_read_anew(reader: DocumentReader, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for size in (10, 20):
        path.write_bytes(saved(Image.new("L", (size, size)), "PNG"))
        assert only(reader, path).image.shape == (size, size)


def test_what_was_given_stays_as_it_is(reader: DocumentReader) -> None:
    """The next page is decoded into the same memory."""
    first = only(reader, saved(Image.new("L", (9, 9), 255), "PNG")).image
    only(reader, saved(Image.new("L", (9, 9), 0), "PNG"))
    assert first.min() == 255


def test_pages_that_are_not_there(reader: DocumentReader, shape: Pixels) -> None:
    [error] = reader.read(saved(Image.fromarray(shape), "PNG"), parse_pages("2-"))
    assert str(error) == "document: it has one page only. Choose other pages."


@pytest.mark.parametrize(
    "lie",
    [
        None,
        {},
        {"height": 1},
        {"height": -1, "width": 5, "resolution": 0, "original": [1, 1]},
        {"height": 40_000, "width": 1, "resolution": 0, "original": [1, 1]},
        {"height": 30_000, "width": 30_000, "resolution": 0, "original": [1, 1]},
        {"height": 9, "width": 9, "resolution": "x", "original": [1, 1]},
        {"height": 9, "width": 9, "resolution": 0, "original": [1]},
        {"height": 2000, "width": 1999, "resolution": 0, "original": [1, 1]},
    ],
)
def test_a_child_that_lies_is_not_believed(lie: object, monkeypatch: pytest.MonkeyPatch) -> None:
    with DocumentReader(DocumentOptions(most_pixels=4_000_000)) as reader:
        monkeypatch.setattr(Sandbox, "call", lambda *_: 1)
        monkeypatch.setattr(Sandbox, "start", lambda *_: None)
        monkeypatch.setattr(Sandbox, "wait", lambda *_: lie)
        error = refused(reader, b"any")
    assert "decoding it" in error.message
    assert "report it" in error.remedy


def test_a_reader_is_closed_once_and_again() -> None:
    reader = DocumentReader()
    reader.close()
    reader.close()


def test_without_memory_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    sink = _memory_file()
    os.pwrite(sink, b"abc", 0)
    assert os.pread(sink, 9, 0) == b"abc"
    os.close(sink)


@pytest.mark.parametrize(("resolution", "pixels"), [(10, 25_000_000), (5000, 25_000_000), (300, 5)])
def test_options_out_of_range(resolution: float, pixels: int) -> None:
    with pytest.raises(NoteheadError):
        DocumentOptions(resolution=resolution, most_pixels=pixels)
