"""PDF files written by hand: small, exact, and as wrong as a test wants them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
BLACK_BAR = b"0 g 0 0 36 72 re f"
"""The left half of a page of one inch, black."""


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of numbered objects; the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def pages(contents: Sequence[bytes | None], box: str = "0 0 72 72", extra: bytes = b"") -> bytes:
    """A file with a page for each content; None is a page that is none."""
    first = 3
    kids = b" ".join(b"%d 0 R" % (first + 2 * i) for i in range(len(contents)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(contents), kids)]
    for i, content in enumerate(contents):
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents %d 0 R%s>>" % (
            box.encode(),
            first + 2 * i + 1,
            extra,
        )
        objects += [b"(no page)" if content is None else page, stream(content or b"")]
    return pdf(objects)


def picture(
    pixels: NDArray[np.uint8],
    box: str,
    matrix: str,
    *,
    extra: bytes = b"",
    more: bytes = b"",
    lie: tuple[int, int] = (0, 0),
) -> bytes:
    """A file with one page that shows one grey picture; `lie` states another size of it."""
    height, width = pixels.shape
    data = zlib.compress(pixels.tobytes())
    head = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    head += b"/Width %d/Height %d" % (lie[0] or width, lie[1] or height)
    return pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</XObject<</Im 5 0 R>>>>%s>>"
            % (box.encode(), extra),
            stream(b"q %s cm /Im Do Q\n%s" % (matrix.encode(), more)),
            stream(data, head),
        ]
    )


def encrypted(password: bytes) -> bytes:
    """A file whose page needs a password (RC4 of 40 bits, revision 2 of PDF's standard handler)."""
    name = b"0123456789abcdef"
    padded = (password + PADDING)[:32]
    owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
    rights = (-4).to_bytes(4, "little", signed=True)
    key = hashlib.md5(padded + owner + rights + name).digest()[:5]
    user = _rc4(key, PADDING)
    content_key = hashlib.md5(key + bytes([4, 0, 0, 0, 0])).digest()[:10]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R>>",
        stream(_rc4(content_key, BLACK_BAR)),
        b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (owner.hex().encode(), user.hex().encode()),
    ]
    hexed = name.hex().encode()
    return pdf(objects, b"/Encrypt 5 0 R/ID[<%s><%s>]" % (hexed, hexed))


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
