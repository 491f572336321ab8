"""PDF pages drawn by PDFium. Native code that meets strangers' files: call it in a child process only."""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from notehead.errors import MissingExtraError
from notehead.images.failure import FETCH, SCAN, DocumentError
from notehead.images.grey import Grey
from notehead.images.options import MOST_STORED, shrunk

_MOST_OBJECTS = 20_000
"""So many things of a page are looked at to tell whether it is a scan; scores draw some thousand."""
_LEAST_SCAN = 50.0
"""Dots per inch; pictures of fewer are no scans, but colour behind a page."""
_MOST_SCAN = 2400.0
_POINTS = 72.0
_INSET = 0.125
"""Pixels at each edge by which a scan is drawn too small: PDFium rounds its edges outwards, and would
otherwise stretch it by a pixel now and then, which blurs it. So each of its pixels becomes one pixel."""
_INVISIBLE = 3
"""How OCR draws the text that it found below a scan: not at all."""

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class PdfDocument:
    """An opened PDF file.

    Raises:
        DocumentError: it is damaged or protected.
        MissingExtraError: PDFium is not installed.
    """

    def __init__(self, path: Path) -> None:
        helpers, _ = _library()
        try:
            self._document = helpers.PdfDocument(path)
        except helpers.PdfiumError as error:
            raise _refused(getattr(error, "err_code", None)) from error
        self.count = len(self._document)

    def page(self, number: int, resolution: float, most_pixels: int) -> Grey:
        """One page as its viewer shows it, drawn at its scan's resolution, or at `resolution`.

        Raises:
            DocumentError: the page is damaged, or it holds a picture larger than any page.
        """
        helpers, raw = _library()
        try:
            page = self._document.get_page(number - 1)
        except helpers.PdfiumError as error:
            message = "it is damaged"
            raise DocumentError(message, FETCH) from error
        try:
            return _drawn(raw, page, resolution, most_pixels)
        finally:
            page.close()


def _library() -> tuple[Any, Any]:
    """pypdfium2 and its plain bindings; imported here, where a PDF is met, for most files are none."""
    try:
        return importlib.import_module("pypdfium2"), importlib.import_module("pypdfium2.raw")
    except ImportError as error:
        message = "PDF needs pypdfium2, which is not installed"
        raise MissingExtraError(message, "pip install pypdfium2") from error


def _refused(code: int | None) -> DocumentError:
    if code in (4, 5):  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
        message = "a password protects it"
        return DocumentError(
            message,
            "Save it without one, for example with `qpdf --password=... --decrypt protected.pdf plain.pdf`.",
        )
    return DocumentError("it is a damaged PDF file", FETCH)


@dataclass(slots=True)
class _Content:
    """What stands on a page, as far as it tells at which resolution to draw it.

    Attributes:
        pictures: matrix to the page, width and height in pixels, of each.
        drawn: whether anything visible is no picture.
        handles: PDFium's pictures.
    """

    pictures: list[tuple[Matrix, int, int]] = field(default_factory=list)
    handles: list[Any] = field(default_factory=list)
    drawn: bool = False


def _drawn(raw: Any, page: Any, resolution: float, most_pixels: int) -> Grey:
    width, height = page.get_size()
    if not (0 < width < 1e7 and 0 < height < 1e7):
        message = f"it measures {width:g} x {height:g} points"
        raise DocumentError(message, FETCH)
    content = _content(raw, page)
    box = page.get_bbox()
    own = _scan_resolution(content.pictures, (box[2] - box[0]) * (box[3] - box[1]))
    if own:
        resolution = max(own, resolution) if content.drawn else own
    size = width * resolution / _POINTS, height * resolution / _POINTS
    exact = None if content.drawn or not own else _exact_size(content.pictures, box, page.get_rotation())
    size = exact or size
    original = max(1, round(size[0])), max(1, round(size[1]))
    scale = shrunk(*original, most_pixels)
    target = max(1, round(original[0] * scale)), max(1, round(original[1] * scale))
    pixels = _rendered(raw, page, target, _INSET if exact and scale == 1 else 0.0)
    if _is_blank(pixels, target[0]):
        _check_pictures(raw, content)
    return Grey(Image.frombuffer("L", target, pixels, "raw", "L", 0, 1), resolution * scale, original)


def _rendered(raw: Any, page: Any, size: tuple[int, int], inset: float) -> bytearray:
    width, height = size
    pixels = bytearray(b"\xff") * (width * height)
    address = (ctypes.c_char * len(pixels)).from_buffer(pixels)
    bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_Gray, address, width)
    if not bitmap:
        raise MemoryError
    points = page.get_size()
    across, down = (width - 2 * inset) / points[0], (height - 2 * inset) / points[1]
    matrix = raw.FS_MATRIX(across, 0, 0, down, inset, inset)
    try:
        # The bitmap is grey, so what is drawn becomes grey; FPDF_GRAYSCALE makes grey what is grey already,
        # which takes three times as long as all else.
        flags = raw.FPDF_ANNOT | raw.FPDF_RENDER_LIMITEDIMAGECACHE
        raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, matrix, raw.FS_RECTF(0, 0, width, height), flags)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)
    return pixels


def _is_blank(pixels: bytearray, width: int) -> bool:
    row = b"\xff" * width
    return all(pixels.startswith(row, start) for start in range(0, len(pixels), width))


def _content(raw: Any, page: Any) -> _Content:
    content = _Content()
    left = _MOST_OBJECTS
    for thing, matrix in _things(raw, page):
        left -= 1
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            across, down = ctypes.c_uint(), ctypes.c_uint()
            raw.FPDFImageObj_GetImagePixelSize(thing, across, down)
            if across.value * down.value > MOST_STORED:
                message = (
                    f"it holds a picture of {across.value:,} x {down.value:,} pixels, more than any page has"
                )
                raise DocumentError(message, SCAN)
            content.pictures.append((_times(_matrix(raw, thing), matrix), across.value, down.value))
            content.handles.append(thing)
        elif kind != raw.FPDF_PAGEOBJ_TEXT or raw.FPDFTextObj_GetTextRenderMode(thing) != _INVISIBLE:
            content.drawn = True
        if not left:
            break
    return content


def _things(raw: Any, page: Any) -> Iterator[tuple[Any, Matrix]]:
    """What is drawn on a page, with the matrix of the forms around it."""
    for i in range(raw.FPDFPage_CountObjects(page)):
        yield from _inside(raw, raw.FPDFPage_GetObject(page, i), _IDENTITY, 0)


def _inside(raw: Any, thing: Any, outer: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    if raw.FPDFPageObj_GetType(thing) != raw.FPDF_PAGEOBJ_FORM:
        yield thing, outer
    elif depth < 4:
        own = _times(_matrix(raw, thing), outer)
        for i in range(raw.FPDFFormObj_CountObjects(thing)):
            yield from _inside(raw, raw.FPDFFormObj_GetObject(thing, i), own, depth + 1)


def _matrix(raw: Any, thing: Any) -> Matrix:
    matrix = raw.FS_MATRIX(1, 0, 0, 1, 0, 0)
    raw.FPDFPageObj_GetMatrix(thing, matrix)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    k, m, n, o, p, q = outer
    return (a * k + b * n, a * m + b * o, c * k + d * n, c * m + d * o, e * k + f * n + p, e * m + f * o + q)


def _scan_resolution(pictures: list[tuple[Matrix, int, int]], area: float) -> float:
    """Dots per inch of the pictures that fill a page, the finest of them; 0 where they do not fill it."""
    covered, finest = 0.0, 0.0
    for (a, b, c, d, _, _), width, height in pictures:
        size = abs(a * d - b * c)
        if not size or size < 0.005 * area:
            continue
        covered += size
        finest = max(
            finest, width / max((a * a + b * b) ** 0.5, 1e-6), height / max((c * c + d * d) ** 0.5, 1e-6)
        )
    own = finest * _POINTS
    return own if covered >= 0.6 * area and _LEAST_SCAN <= own <= _MOST_SCAN else 0.0


def _exact_size(
    pictures: list[tuple[Matrix, int, int]], box: tuple[float, float, float, float], rotation: int
) -> tuple[float, float] | None:
    """The size at which each pixel of a page's only picture becomes one pixel, where it fills the page."""
    if len(pictures) != 1:
        return None
    (a, b, c, d, e, f), width, height = pictures[0]
    left, right = e + min(0.0, a) + min(0.0, c), e + max(0.0, a) + max(0.0, c)
    bottom, top = f + min(0.0, b) + min(0.0, d), f + max(0.0, b) + max(0.0, d)
    turned = abs(b) > abs(a)
    across, down = (height, width) if turned else (width, height)
    slack = 0.75 * max((right - left) / max(1, across), (top - bottom) / max(1, down))
    off = max(abs(x - y) for x, y in zip((left, bottom, right, top), box, strict=True))
    square = (across * (top - bottom)) / max(1e-9, down * (right - left))
    if off > slack or not 0.98 < square < 1.02:
        return None
    return (float(down), float(across)) if rotation % 180 else (float(across), float(down))


def _check_pictures(raw: Any, content: _Content) -> None:
    """Refuse a page that is white because its pictures are damaged: PDFium leaves those out silently."""
    for thing in content.handles:
        bitmap = raw.FPDFImageObj_GetBitmap(thing)
        if not bitmap:
            message = "its picture is damaged"
            raise DocumentError(message, FETCH)
        raw.FPDFBitmap_Destroy(bitmap)
