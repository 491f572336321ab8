"""Images from strangers: every kind becomes grey on white paper, and every damage our own error."""

from __future__ import annotations

import os
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from notehead.errors import DatasetError
from notehead.images import ENDINGS, image_size, read_image, read_sized_image
from notehead.images.read import MOST_PIXELS, opened_image

Pixels = NDArray[np.uint8]
KINDS = ("png", "jpg", "tif", "bmp", "webp")


def page() -> Pixels:
    """White paper of 40 x 60 pixels with a black bar and a grey one."""
    pixels = np.full((60, 40), 255, np.uint8)
    pixels[10:20, 5:30], pixels[30:40, 5:30] = 0, 100
    return pixels


def ink_on_nothing(channels: int) -> Pixels:
    """The same with black colour everywhere, and alpha where there is ink, as music editors export it."""
    pixels = np.zeros((60, 40, channels), np.uint8)
    pixels[..., -1] = 255 - page()
    return pixels


def palette(*, transparent: bool) -> Image.Image:
    shown = Image.fromarray(np.select([page() == 255, page() == 0], [0, 1], 2).astype(np.uint8), "P")
    paper = (0, 0, 0) if transparent else (255, 255, 255)
    shown.putpalette([*paper, 0, 0, 0, 100, 100, 100])
    if transparent:
        shown.info["transparency"] = 0
    return shown


def black_and_white() -> Image.Image:
    return Image.fromarray(page() > 50)


IMAGES: dict[str, tuple[str, Callable[[], Image.Image], dict[str, Any]]] = {
    "grey": ("png", lambda: Image.fromarray(page()), {}),
    "grey of 16 bits": ("png", lambda: Image.fromarray(page().astype(np.uint16) * 257), {}),
    "colours": ("png", lambda: Image.fromarray(np.dstack([page()] * 3)), {}),
    "a palette": ("png", lambda: palette(transparent=False), {}),
    "colours on nothing": ("png", lambda: Image.fromarray(ink_on_nothing(4)), {}),
    "grey on nothing": ("png", lambda: Image.fromarray(ink_on_nothing(2), "LA"), {}),
    "a palette on nothing": ("png", lambda: palette(transparent=True), {}),
    "a transparent grey": (
        "png", lambda: Image.fromarray(np.where(page() == 255, 7, page())), {"transparency": 7},
    ),
    "TIFF": ("tif", lambda: Image.fromarray(page()), {}),
    "packed TIFF": ("tif", lambda: Image.fromarray(page()), {"compression": "tiff_lzw"}),
    "TIFF of 16 bits": ("tif", lambda: Image.fromarray(page().astype(np.uint16) * 257), {}),
    "TIFF on nothing": ("tif", lambda: Image.fromarray(ink_on_nothing(4)), {}),
    "WebP on nothing": ("webp", lambda: Image.fromarray(ink_on_nothing(4)), {"lossless": True}),
    "BMP": ("bmp", lambda: Image.fromarray(page()), {}),
}  # fmt: skip
BITS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": ("png", {}),
    "TIFF": ("tif", {}),
    "fax": ("tif", {"compression": "group4"}),
    "white is 0": ("tif", {"tiffinfo": {262: 0}}),
    "BMP": ("bmp", {}),
}


def save(folder: Path, ending: str, image: Image.Image, **options: Any) -> Path:
    path = folder / f"a.{ending}"
    image.save(path, **options)
    return path


@pytest.mark.parametrize("name", IMAGES)
def test_every_kind_of_image_is_read_as_it_looks_on_paper(tmp_path: Path, name: str) -> None:
    ending, make, options = IMAGES[name]
    path = save(tmp_path, ending, make(), **options)
    assert image_size(path) == (40, 60)
    found = read_image(path)
    assert found.dtype == np.uint8
    assert np.array_equal(found, page())
    found[0, 0] = 3  # what is read can be drawn on


@pytest.mark.parametrize("name", BITS)
def test_one_bit_is_black_or_white(tmp_path: Path, name: str) -> None:
    ending, options = BITS[name]
    found = read_image(save(tmp_path, ending, black_and_white(), **options))
    assert np.array_equal(found, np.where(page() > 50, 255, 0))


def test_half_transparent_ink_is_grey(tmp_path: Path) -> None:
    pixels = np.zeros((1, 3, 4), np.uint8)
    pixels[0, :, 3] = 0, 128, 255
    pixels[0, 2] = 255, 0, 0, 255
    assert read_image(save(tmp_path, "png", Image.fromarray(pixels))).tolist() == [[255, 127, 76]]


def test_colours_become_their_luminance(tmp_path: Path) -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert read_image(save(tmp_path, "png", Image.fromarray(colours))).tolist() == [[76, 150, 29, 255]]


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_about_the_same(tmp_path: Path, mode: str) -> None:
    found = read_image(save(tmp_path, "jpg", Image.fromarray(page()).convert(mode), quality=95))
    assert found.shape == (60, 40)
    assert np.abs(found.astype(int) - page()).max() < 40
    assert np.abs(found.astype(int) - page()).mean() < 2


@pytest.mark.parametrize("ending", ["png", "jpg", "webp"])
def test_an_orientation_that_exif_asks_for_is_not_applied(tmp_path: Path, ending: str) -> None:
    """Boxes refer to the pixels as they are stored."""
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(tmp_path, ending, Image.fromarray(page()), exif=exif, quality=95)
    assert image_size(path) == (40, 60)
    assert np.abs(read_image(path).astype(int) - page()).mean() < 2


def test_an_orientation_that_tiff_asks_for_is_applied_or_the_image_is_refused(tmp_path: Path) -> None:
    """Pillow 13 garbles images that are stored unpacked: better none than such a page."""
    path = save(tmp_path, "tif", Image.fromarray(page()), tiffinfo={274: 6}, compression="tiff_lzw")
    assert image_size(path) == (60, 40)
    assert np.array_equal(read_image(path), np.rot90(page(), -1))
    path = save(tmp_path, "tif", Image.fromarray(page()), tiffinfo={274: 6})
    try:
        found = read_image(path)
    except DatasetError as error:
        assert "60 x 40 pixels were promised, 40 x 60 came" in error.message  # noqa: PT017
    else:
        assert np.array_equal(found, np.rot90(page(), -1))


@pytest.mark.parametrize("ending", ["png", "tif", "webp"])
def test_of_several_pages_the_first_is_read(tmp_path: Path, ending: str) -> None:
    options = {"lossless": True} if ending == "webp" else {}
    more = [Image.fromarray(255 - page())]
    path = save(tmp_path, ending, Image.fromarray(page()), save_all=True, append_images=more, **options)
    assert np.array_equal(read_image(path), page())


@given(pixels=arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))))
def test_any_pixels_survive(pixels: Pixels, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("any")
    for ending in ("png", "tif", "bmp"):
        assert np.array_equal(read_image(save(folder, ending, Image.fromarray(pixels))), pixels)


def test_names_may_be_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\xfe.png")
    Image.fromarray(page()).save(path, "png")
    assert np.array_equal(read_image(path), page())


def test_the_ending_says_nothing(tmp_path: Path) -> None:
    path = save(tmp_path, "png", Image.fromarray(page())).rename(tmp_path / "a.jpg")
    assert np.array_equal(read_image(path), page())
    assert set(ENDINGS) >= {f".{kind}" for kind in KINDS}


# The size that the annotation says.


@pytest.mark.parametrize("size", [(40, 60), (0, 0), (0, 60), (40, 0)])
def test_an_image_of_the_size_that_was_said(tmp_path: Path, size: tuple[int, int]) -> None:
    path = save(tmp_path, "png", Image.fromarray(page()))
    assert np.array_equal(read_sized_image(path, size), page())


@pytest.mark.parametrize("size", [(60, 40), (40, 61), (1, 1)])
def test_an_image_of_another_size(tmp_path: Path, size: tuple[int, int]) -> None:
    path = save(tmp_path, "png", Image.fromarray(page()))
    with pytest.raises(
        DatasetError,
        match=rf"a\.png: 40 x 60 pixels, its annotation says {size[0]} x {size[1]}\. Use the image that was",
    ):
        read_sized_image(path, size)


# Damage.


def refused(path: Path, cause: str) -> None:
    for read in (image_size, read_image):
        with pytest.raises(DatasetError, match=cause) as caught:
            read(path)
        assert str(path) in caught.value.message
        assert caught.value.remedy == "Fetch or export the image again."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_half_an_image_is_none(tmp_path: Path, kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 200), np.uint8)
    path = save(tmp_path, kind, Image.fromarray(noise))
    data = path.read_bytes()
    path.write_bytes(data[: round(len(data) * share)])
    with pytest.raises(DatasetError, match=rf"a\.{kind}: (damaged|not a readable) image"):
        read_image(path)


@pytest.mark.parametrize("kind", KINDS)
def test_any_byte_may_be_changed(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    """What comes out is an image of that size or our own error, and no library says anything itself."""
    path = save(tmp_path, kind, Image.fromarray(page()))
    data = path.read_bytes()
    for at in range(0, len(data), max(1, len(data) // 150)):
        for flip in (0x01, 0x80, 0xFF):
            path.write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
            try:
                size = image_size(path)
                found = read_image(path)
            except DatasetError as error:
                assert str(path) in error.message  # noqa: PT017  # both outcomes are fine
            else:
                assert found.shape == size[::-1]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", b"GIF89a" + bytes(99), bytes(4000)]
)
def test_files_that_are_no_images(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    refused(path, r"a\.png: (not a readable|damaged) image")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    refused(tmp_path / "a.png", r"a\.png: No such file or directory")
    refused(tmp_path, r": Is a directory")
    refused(tmp_path / ("a" * 300), "File name too long")
    refused(tmp_path / "a\0.png", "damaged image")


@pytest.mark.parametrize("kind", ["F", "I"])
def test_numbers_that_are_no_colours(tmp_path: Path, kind: str) -> None:
    path = save(tmp_path, "tif", Image.new(kind, (5, 5)))
    with pytest.raises(
        DatasetError, match=rf"a\.tif: damaged image \(pixels of kind {kind}, not of 8 or 16 bits\)"
    ):
        read_image(path)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes, data: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(more)
        + chunk(b"IDAT", zlib.compress(data))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(50_000, 50_000), (MOST_PIXELS, 2), (13_378, 13_378), (2**31 - 1, 2**31 - 1)]
)
def test_images_larger_than_any_page_are_not_decoded(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(png(*size))
    refused(tmp_path / "a.png", r"a\.png: more than 178,956,970 pixels, which no page has")


def test_large_pages_are_no_bombs_and_nobody_is_warned(tmp_path: Path) -> None:
    """An A0 sheet at 300 dpi; Pillow warns of half as much. There are no pixels behind it here."""
    path = tmp_path / "a.png"
    path.write_bytes(png(9933, 14043))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert image_size(path) == (9933, 14043)
        with pytest.raises(DatasetError, match="damaged image"):
            read_image(path)


def test_texts_that_unpack_without_end_are_not_unpacked(tmp_path: Path) -> None:
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000)))
    (tmp_path / "a.png").write_bytes(png(4, 4, bomb, data=bytes(20)))
    refused(tmp_path / "a.png", r"a\.png: damaged image")


def test_whatever_goes_wrong_inside_is_the_files_damage(tmp_path: Path) -> None:
    path = save(tmp_path, "png", Image.fromarray(page()))
    for error in (struct.error("short"), IndexError("list"), zlib.error("bad"), OverflowError("large")):
        with pytest.raises(DatasetError, match=rf"a\.png: damaged image \({error}\)"), opened_image(path):
            raise error
    with pytest.raises(KeyboardInterrupt), opened_image(path):
        raise KeyboardInterrupt
