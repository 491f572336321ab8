"""TIFF: several pages, every packing and depth, resolutions that differ, directories that lie."""

from __future__ import annotations

import io
import struct
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from notehead.images.document import DocumentReader, Scan
from notehead.images.failure import DocumentError
from notehead.images.page_range import parse_pages
from notehead.images.tiff import page_frames

Pixels = NDArray[np.uint8]
Tag = tuple[int, int, list[int]]


def saved(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "TIFF", **options)
    return file.getvalue()


def tiff(planes: list[bytes], tags: dict[int, int | list[int]], order: str = "<") -> bytes:
    """An unpacked TIFF of 40 x 60 pixels, a strip per plane, with the tags that a test is about."""
    out = (b"II*\0" if order == "<" else b"MM\0*") + b"\0\0\0\0"
    offsets = []
    for plane in planes:
        offsets.append(len(out))
        out += plane
    lists: dict[int, list[int]] = {
        key: value if isinstance(value, list) else [value] for key, value in tags.items()
    }
    where = (324, 325) if 322 in tags else (273, 279)  # tiles or strips
    lists = {256: [40], 257: [60], 259: [1], where[0]: offsets, where[1]: [len(p) for p in planes]} | lists
    entries = b""
    for key, values in sorted(lists.items()):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        if len(values) > 1:
            packed, out = struct.pack(f"{order}I", len(out)), out + packed
        entries += struct.pack(f"{order}HHI", key, 4, len(values)) + packed
    out += b"\0" * (len(out) % 2)
    directory = struct.pack(f"{order}H", len(lists)) + entries + b"\0\0\0\0"
    return out[:4] + struct.pack(f"{order}I", len(out)) + out[8:] + directory


def only(reader: DocumentReader, source: bytes) -> Scan:
    [page] = reader.read(source)
    assert isinstance(page, Scan), page
    return page


def near(one: Pixels, other: Pixels, most: int = 1) -> bool:
    return one.shape == other.shape and int(np.abs(one.astype(int) - other).max()) <= most


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_lzw", "packbits", "tiff_adobe_deflate"])
def test_one_bit(reader: DocumentReader, shape: Pixels, compression: str) -> None:
    image = Image.fromarray(shape).convert("1", dither=Image.Dither.NONE)
    page = only(reader, saved(image, compression=compression, dpi=(300, 300)))
    assert near(page.image, np.where(shape < 128, 0, 255).astype(np.uint8), 0)
    assert page.resolution == 0.0  # a page of a fifth of an inch: the file errs


@pytest.mark.parametrize(
    ("mode", "compression"),
    [
        *product(["L", "RGB", "CMYK", "LAB"], ["tiff_lzw", "tiff_adobe_deflate", "packbits", None]),
        *product(["L", "RGB", "CMYK"], ["jpeg"]),
    ],
)
def test_colours(reader: DocumentReader, shape: Pixels, compression: str | None, mode: str) -> None:
    if mode == "LAB":
        lab = np.dstack([shape, np.full_like(shape, 128), np.full_like(shape, 128)])
        image = Image.fromarray(lab, "LAB")
    else:
        image = Image.fromarray(shape).convert("RGB").convert(mode)
    page = only(reader, saved(image, **({"compression": compression} if compression else {})))
    assert near(page.image, shape, 25 if compression == "jpeg" else 1)


@pytest.mark.parametrize(("order", "white_is_zero"), [("<", False), (">", False), ("<", True)])
def test_sixteen_bits(reader: DocumentReader, shape: Pixels, order: str, *, white_is_zero: bool) -> None:
    values = (65_535 - shape.astype(np.uint16) * 257) if white_is_zero else shape.astype(np.uint16) * 257
    data = values.astype(f"{order}u2").tobytes()
    page = only(reader, tiff([data], {258: 16, 262: 0 if white_is_zero else 1}, order))
    assert near(page.image, shape)


def test_an_unusual_kind(reader: DocumentReader, shape: Pixels) -> None:
    """Pillow knows no 16 bits of which 0 is white in this order of bytes."""
    [error] = reader.read(tiff([shape.astype(">u2").tobytes()], {258: 16, 262: 0}, ">"))
    assert "it is a TIFF file that is damaged or of an unusual kind. Save it as PNG" in str(error)


@pytest.mark.parametrize("white", [1.0, 255.0, 65_535.0])
def test_floats(reader: DocumentReader, shape: Pixels, white: float) -> None:
    values = (shape / 255.0 * white).astype("<f4")
    values[0, 0] = np.nan
    page = only(reader, tiff([values.tobytes()], {258: 32, 262: 1, 339: 3}))
    expected = shape.copy()
    expected[0, 0] = 0
    assert near(page.image, expected)


def test_planes(reader: DocumentReader, shape: Pixels) -> None:
    data = tiff([shape.tobytes()] * 3, {258: [8, 8, 8], 262: 2, 277: 3, 284: 2})
    assert near(only(reader, data).image, shape)


def test_tiles(reader: DocumentReader, shape: Pixels) -> None:
    """Four tiles of 32 x 32, two across; what is beyond the page is filling."""
    padded = np.zeros((64, 64), np.uint8)
    padded[:60, :40] = shape
    tiles = [padded[y : y + 32, x : x + 32].tobytes() for y in (0, 32) for x in (0, 32)]
    assert near(only(reader, tiff(tiles, {258: 8, 262: 1, 322: 32, 323: 32})).image, shape)


def test_white_is_zero(reader: DocumentReader, shape: Pixels) -> None:
    assert near(only(reader, tiff([(255 - shape).tobytes()], {258: 8, 262: 0})).image, shape)


@pytest.mark.parametrize("turned", [False, True])
def test_fax(reader: DocumentReader, *, turned: bool) -> None:
    """204 x 98 dots per inch: a square of the page is a low block of the file."""
    image = Image.new("1", (1728, 1100), 1)
    image.paste(0, (204, 98, 408, 196))
    tags: dict[int, int] = {}
    if turned:
        image, tags = image.transpose(Image.Transpose.ROTATE_90), {274: 6}
    dpi = (98, 204) if turned else (204, 98)
    page = only(reader, saved(image, compression="group4", dpi=dpi, tiffinfo=tags))
    height, width = page.image.shape
    assert page.original == (1728, 1100)
    assert width / height == pytest.approx(1728 / 204 / (1100 / 98), rel=0.01)
    rows, columns = np.nonzero(page.image < 128)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), rel=0.02)
    assert page.resolution == pytest.approx(np.ptp(rows), rel=0.02)


def numbered(count: int, **options: Any) -> bytes:
    """Page n has n rows."""
    first, *others = [Image.new("1", (8, n), n % 2) for n in range(1, count + 1)]
    return saved(first, save_all=True, append_images=others, **options)


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw"])
def test_pages(reader: DocumentReader, compression: str) -> None:
    scans = list(reader.read(numbered(5, compression=compression), parse_pages("5,2-3,9-")))
    assert [(page.number, page.count, page.image.shape[0]) for page in scans if isinstance(page, Scan)] == [
        (2, 5, 2),
        (3, 5, 3),
        (5, 5, 5),
    ]


def test_the_same_page_again(reader: DocumentReader, shape: Pixels, tmp_path: Any) -> None:
    """The file stays open in the child, which must forget that it has turned the page already."""
    path = tmp_path / "a.tif"
    path.write_bytes(saved(Image.fromarray(shape[::-1].copy()), tiffinfo={274: 4}))
    for _ in range(3):
        [page] = reader.read(path)
        assert isinstance(page, Scan)
        assert near(page.image, shape)


def test_thumbnails_are_no_pages(reader: DocumentReader, shape: Pixels) -> None:
    file = io.BytesIO()
    small = Image.new("L", (4, 6))
    Image.fromarray(shape).save(file, "TIFF", save_all=True, append_images=[small])
    data = file.getvalue()
    assert len(page_frames(io.BytesIO(data))) == 2
    layout = struct.unpack_from("<I", data, 4)[0]
    second = struct.unpack_from("<I", data, layout + 2 + 12 * struct.unpack_from("<H", data, layout)[0])[0]
    changed = bytearray(data)
    struct.pack_into("<HHII", changed, second + 2, 254, 4, 1, 1)  # in place of its width
    assert page_frames(io.BytesIO(bytes(changed))) == [0]
    [page] = reader.read(bytes(changed))
    assert isinstance(page, Scan)
    assert (page.count, page.image.shape) == (1, (60, 40))


def test_directories_in_a_circle() -> None:
    data = struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<HI", 0, 8)
    assert page_frames(io.BytesIO(data)) == [0]


def test_big_tiff() -> None:
    head = struct.pack(">2sHHHQ", b"MM", 43, 8, 0, 16)
    entry = struct.pack(">HHQQ", 254, 4, 1, 1 << 32)
    assert page_frames(io.BytesIO(head + struct.pack(">Q", 1) + entry + struct.pack(">Q", 0))) == [0]


@pytest.mark.parametrize("data", [b"", b"II", b"II*\0", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"])
def test_no_directory(data: bytes) -> None:
    assert page_frames(io.BytesIO(data)) == []


def test_a_broken_page_stops_no_other(reader: DocumentReader) -> None:
    noise = [Image.fromarray(np.random.default_rng(n).integers(0, 256, (30, 30), np.uint8)) for n in range(3)]
    data = bytearray(saved(noise[0], save_all=True, append_images=noise[1:], compression="tiff_lzw"))
    second = _directories(data)[1]
    for entry in range(second + 2, second + 2 + 12 * struct.unpack_from("<H", data, second)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == 273:
            struct.pack_into("<I", data, entry + 8, 1 << 30)
    first, broken, third = reader.read(bytes(data))
    assert isinstance(first, Scan)
    assert isinstance(broken, DocumentError)
    assert broken.message.startswith("document: page 2: it is a damaged TIFF file")
    assert broken.page == 2
    assert isinstance(third, Scan)
    assert near(third.image, np.asarray(noise[2]), 0)


def _directories(data: bytearray) -> list[int]:
    found, offset = [], struct.unpack_from("<I", data, 4)[0]
    while offset:
        found.append(offset)
        offset = struct.unpack_from("<I", data, offset + 2 + 12 * struct.unpack_from("<H", data, offset)[0])[
            0
        ]
    return found


def test_a_bomb(reader: DocumentReader) -> None:
    [error] = reader.read(tiff([b"\0" * 100], {256: 60_000, 257: 60_000, 258: 1, 262: 1, 278: 60_000}))
    assert "60,000 x 60,000 pixels are more than any page has" in str(error)
