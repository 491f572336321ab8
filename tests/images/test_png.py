"""PNG files: others read what we write, damage is noticed, and the same pixels give the same bytes."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from notehead.errors import DatasetError
from notehead.images import encode_png, encode_rows, read_png

Pixels = NDArray[np.uint8]

shapes = st.tuples(st.integers(1, 40), st.integers(1, 40))
images = st.one_of(
    shapes.flatmap(lambda shape: arrays(np.uint8, shape)),
    shapes.flatmap(lambda shape: arrays(np.uint8, (*shape, 3))),
)


@pytest.fixture(scope="module", name="file")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("png") / "a.png"


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and content of each chunk, whose checksums must be right."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = [], 8
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", data, at + 8 + size) == (zlib.crc32(kind + content),)
        found.append((kind, content))
        at += 12 + size
    return found


@given(pixels=images)
def test_three_readers_agree(file: Path, pixels: Pixels) -> None:
    data = encode_png(pixels)
    file.write_bytes(data)
    assert np.array_equal(read_png(file), pixels)
    by_opencv = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert by_opencv is not None
    assert np.array_equal(by_opencv if pixels.ndim == 2 else by_opencv[:, :, ::-1], pixels)
    with Image.open(io.BytesIO(data)) as by_pillow:
        assert by_pillow.mode == ("L" if pixels.ndim == 2 else "RGB")
        assert np.array_equal(np.asarray(by_pillow), pixels)


def test_a_page_of_full_size(file: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2772, 1960), np.uint8)
    file.write_bytes(encode_png(pixels))
    assert np.array_equal(read_png(file), pixels)


def test_paper_takes_little_space() -> None:
    assert len(encode_png(np.full((2772, 1960), 255, np.uint8))) < 50_000


@pytest.mark.parametrize("view", ["[:, ::2]", "[::-1]", ".T", "[1:-1, 1:-1]"])
def test_views_are_written_as_they_look(view: str) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (20, 31), np.uint8)
    seen: Pixels = eval(f"pixels{view}", {"pixels": pixels})
    assert encode_png(seen) == encode_png(seen.copy())


@given(pixels=images, resolution=st.sampled_from([0.0, 150.0, 400.0]))
def test_rows_are_written_as_their_image(pixels: Pixels, resolution: float) -> None:
    flat = pixels.reshape(len(pixels), -1)
    rows = np.concatenate((np.zeros((len(pixels), 1), np.uint8), flat), axis=1)
    assert encode_rows(rows, 1 if pixels.ndim == 2 else 3, resolution) == encode_png(pixels, resolution)


@pytest.mark.parametrize("resolution", [50.0, 72.0, 299.5, 400.0, 1200.0])
def test_the_resolution_is_told_in_its_place(resolution: float) -> None:
    data = encode_png(np.zeros((3, 4), np.uint8), resolution)
    assert [kind for kind, _ in chunks(data)] == [b"IHDR", b"pHYs", b"IDAT", b"IEND"]
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["dpi"] == pytest.approx((resolution, resolution), abs=0.02)


def test_an_unknown_resolution_is_not_told() -> None:
    data = encode_png(np.zeros((3, 4, 3), np.uint8))
    assert [kind for kind, _ in chunks(data)] == [b"IHDR", b"IDAT", b"IEND"]
    with Image.open(io.BytesIO(data)) as image:
        assert "dpi" not in image.info


_HASH = """
import hashlib
import numpy as np
from notehead.images import encode_png
pixels = np.random.default_rng(3).integers(0, 9, (400, 300), np.uint8) // 8 * 255
print(hashlib.sha256(encode_png(pixels.astype(np.uint8), 400)).hexdigest())
"""


def test_the_same_pixels_give_the_same_bytes_in_every_process() -> None:
    pixels = (np.random.default_rng(3).integers(0, 9, (400, 300), np.uint8) // 8 * 255).astype(np.uint8)
    files = {hashlib.sha256(encode_png(pixels.copy(), 400)).hexdigest() for _ in range(50)}
    other = subprocess.run([sys.executable, "-c", _HASH], capture_output=True, check=True, text=True)
    assert files == {other.stdout.strip()}


# Files that are not ours, or no more.


def png(width: int, height: int, rows: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG file with any header over any content."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = (struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def encoded(pixels: NDArray[Any]) -> bytes:
    good, data = cv2.imencode(".png", pixels)
    assert good
    return data.tobytes()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"music", id="text"),
        pytest.param(encode_png(np.zeros((4, 4), np.uint8))[:8], id="signature alone"),
        pytest.param(png(0, 0, b""), id="no pixels"),
        pytest.param(png(30_000, 30_000, bytes(100)), id="too few pixels"),
        pytest.param(png(100_000, 100_000, bytes(100)), id="more pixels than OpenCV takes"),
        pytest.param(png((1 << 31) - 1, (1 << 31) - 1, bytes(100)), id="more pixels than PNG has"),
        pytest.param(encoded(np.full((3, 3), 300, np.uint16)), id="16 bits"),
        pytest.param(encoded(np.full((3, 3, 3), 300, np.uint16)), id="16 bits, colour"),
    ],
)
def test_what_is_no_image_of_8_bits(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=r"^a\.png: not a readable image\. Run `notehead verify`"):
        read_png(file)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"^missing\.png: No such file or directory\. Run"):
        read_png(tmp_path / "missing.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(DatasetError, match=r"^folder\.png: Is a directory\. Run"):
        read_png(tmp_path / "folder.png")


def read_or_refuse(file: Path, content: bytes) -> Pixels | None:
    file.write_bytes(content)
    try:
        return read_png(file)
    except DatasetError:
        return None


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def cut(data: bytes, at: int) -> bytes:
    return data[:at]


@pytest.mark.parametrize("damage", [changed, cut])
def test_damage_anywhere_is_noticed_or_harmless(file: Path, damage: Callable[[bytes, int], bytes]) -> None:
    """Harmless are the resolution, which the pixels do not need, and the checksum after the end."""
    pixels = np.random.default_rng(4).integers(0, 256, (7, 9), np.uint8)
    data = encode_png(pixels, 400)
    harmless = []
    for at in range(len(data)):
        found = read_or_refuse(file, damage(data, at))
        if found is not None:
            assert np.array_equal(found, pixels), f"byte {at} changed the pixels"
            harmless.append(at)
    resolution = data.index(b"pHYs")
    assert set(harmless) <= {*range(resolution, resolution + 17), *range(len(data) - 4, len(data))}


def test_files_of_other_programs(file: Path) -> None:
    colours = np.array([[[250, 130, 10], [0, 0, 0]], [[1, 2, 3], [9, 200, 77]]], np.uint8)
    opaque = np.dstack((colours, np.full((2, 2), 255, np.uint8)))
    Image.fromarray(opaque).save(file)
    assert np.array_equal(read_png(file), colours)
    Image.fromarray(colours).convert("P", palette=Image.Palette.ADAPTIVE).save(file)
    assert np.array_equal(read_png(file), colours)
    grey = np.array([[0, 255], [255, 0]], np.uint8)
    Image.fromarray(grey).convert("1").save(file)
    assert np.array_equal(read_png(file), grey)
