"""PDF: drawn as a viewer shows it, scans pixel for pixel; what is wrong stays with its page."""

from __future__ import annotations

import zlib
from collections.abc import Generator
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from notehead.errors import MissingExtraError
from notehead.images.document import DocumentReader, Scan
from notehead.images.failure import DocumentError
from notehead.images.options import DocumentOptions
from notehead.images.page_range import parse_pages
from notehead.images.pdf import _library
from tests.images.pdf_bytes import BLACK_BAR, encrypted, pages, pdf, picture, stream

Pixels = NDArray[np.uint8]


def only(reader: DocumentReader, source: bytes) -> Scan:
    [page] = reader.read(source)
    assert isinstance(page, Scan), page
    return page


def test_a_drawn_page(reader: DocumentReader) -> None:
    page = only(reader, pages([BLACK_BAR]))
    assert page.image.shape == (300, 300)
    assert (page.resolution, page.original) == (300, (300, 300))
    assert page.image[:, :150].max() == 0
    assert page.image[:, 150:].min() == 255


@pytest.mark.parametrize(
    ("rotate", "rows", "columns"),
    [
        (0, (0, 300), (0, 150)),
        (90, (0, 150), (0, 600)),
        (180, (0, 300), (450, 600)),
        (270, (450, 600), (0, 300)),
    ],
)
def test_rotation(
    reader: DocumentReader, rotate: int, rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    """A page of two inches by one, its left quarter black, turned clockwise."""
    page = only(reader, pages([b"0 g 0 0 36 72 re f"], "0 0 144 72", b"/Rotate %d" % rotate))
    assert page.image.shape == ((600, 300) if rotate % 180 else (300, 600))
    black = np.zeros(page.image.shape, bool)
    black[slice(*rows), slice(*columns)] = True
    assert ((page.image == 0) == black).mean() > 0.99


@pytest.mark.parametrize(
    ("colour", "grey"), [(b"1 0 0 rg", 76), (b"0 1 0 rg", 150), (b"0 0 1 rg", 29), (b"0 0 0 0.5 k", 128)]
)
def test_colours_are_grey(reader: DocumentReader, colour: bytes, grey: int) -> None:
    page = only(reader, pages([colour + b" 0 0 72 72 re f"]))
    assert abs(int(page.image[150, 150]) - grey) <= 20 * (colour[-1:] == b"k") + 3


def test_another_resolution() -> None:
    with DocumentReader(DocumentOptions(resolution=150)) as reader:
        assert only(reader, pages([BLACK_BAR])).image.shape == (150, 150)


def noise(height: int, width: int) -> Pixels:
    return np.random.default_rng(3).integers(0, 256, (height, width), np.uint8)


@pytest.mark.parametrize(
    ("height", "width", "across", "down"),
    [(351, 248, 595.2, 842.4), (297, 210, 210, 297), (1170, 827, 297.72, 421.2), (97, 61, 33.3, 52.95)],
)
def test_scans_come_pixel_for_pixel(
    reader: DocumentReader, height: int, width: int, across: float, down: float
) -> None:
    """Whatever the resolution: drawn at another one, or a hundredth of a pixel askew, they would blur."""
    scan = noise(height, width)
    if width / across * 72 < 50:  # too coarse for a scan: it would be drawn at 300
        across, down = across / 2, down / 2
    page = only(reader, picture(scan, f"0 0 {across} {down}", f"{across} 0 0 {down} 0 0"))
    assert np.array_equal(page.image, scan)
    assert page.resolution == pytest.approx(width / across * 72, rel=0.01)
    assert page.original == (width, height)


@pytest.mark.parametrize(("rotate", "turn"), [(90, -1), (180, 2), (270, 1)], ids=["right", "over", "left"])
def test_scans_on_turned_pages(reader: DocumentReader, rotate: int, turn: int) -> None:
    scan = noise(400, 300)
    data = picture(scan, "0 0 144 192", "144 0 0 192 0 0", extra=b"/Rotate %d" % rotate)
    assert np.array_equal(only(reader, data).image, np.rot90(scan, turn))


def test_a_scan_that_lies_on_its_side_in_the_page(reader: DocumentReader) -> None:
    """Its matrix turns it by a quarter to the left; the page is upright."""
    scan = noise(300, 400)
    page = only(reader, picture(scan, "0 0 144 192", "0 192 -144 0 144 0"))
    assert np.array_equal(page.image, np.rot90(scan))


def test_a_scan_cropped(reader: DocumentReader) -> None:
    """What the crop box hides is not seen."""
    scan = noise(400, 300)
    page = only(reader, picture(scan, "0 0 144 192", "144 0 0 192 0 0", extra=b"/CropBox[0 96 144 192]"))
    assert page.image.shape == (200, 300)
    assert np.abs(page.image[2:-2, 2:-2].astype(int) - scan[2:198, 2:-2]).mean() < 40


def test_text_that_ocr_put_below_a_scan_is_no_drawing(reader: DocumentReader) -> None:
    scan = noise(400, 300)
    text = b"BT 3 Tr /F 12 Tf 10 10 Td (music) Tj ET"
    data = picture(scan, "0 0 144 192", "144 0 0 192 0 0", more=text)
    assert np.array_equal(only(reader, data).image, scan)


def test_a_picture_behind_a_drawing_does_not_make_it_coarse(reader: DocumentReader) -> None:
    data = picture(noise(144, 144), "0 0 144 144", "144 0 0 144 0 0", more=BLACK_BAR)
    assert only(reader, data).resolution == 300


def test_a_small_picture_is_no_scan(reader: DocumentReader) -> None:
    assert only(reader, picture(noise(90, 90), "0 0 144 144", "72 0 0 72 0 0")).resolution == 300


def test_a_scan_of_a_fax_has_square_pixels(reader: DocumentReader) -> None:
    scan = np.full((98, 204), 255, np.uint8)
    scan[40:60] = 0
    page = only(reader, picture(scan, "0 0 72 72", "72 0 0 72 0 0"))
    assert page.image.shape == (204, 204)
    assert page.resolution == pytest.approx(204, rel=0.01)


def test_a_page_of_a_million_points_comes_small(reader: DocumentReader) -> None:
    page = only(reader, pages([b"0 g 0 0 500000 1000000 re f"], "0 0 1000000 1000000"))
    assert page.image.shape == (2000, 2000)
    assert page.image[:, :999].max() == 0
    assert page.image[:, 1001:].min() == 255
    assert page.resolution == pytest.approx(0.144, rel=0.01)


def test_a_ribbon(reader: DocumentReader) -> None:
    page = only(reader, pages([BLACK_BAR], "0 0 1000000 10"))
    assert page.image.shape == (1, 32_767)


@pytest.mark.parametrize("box", ["0 0 0 0", "0 0 1e30 1e30", "0 0 -5 -5", "1 2 3", "nonsense"])
def test_boxes_that_are_none(reader: DocumentReader, box: str) -> None:
    """A page without a size has the size of a letter, says PDFium; or it is refused."""
    [page] = reader.read(pages([BLACK_BAR], box))
    assert isinstance(page, DocumentError) or max(page.image.shape) <= 32_767


def test_a_password(reader: DocumentReader) -> None:
    [error] = reader.read(encrypted(b"secret"))
    assert str(error).startswith(
        "document: a password protects it. Save it without one, for example with `qpdf "
    )


def test_a_password_that_only_forbids_changes(reader: DocumentReader) -> None:
    """Whoever may look at a page without a password may read it."""
    assert only(reader, encrypted(b"")).image[:, :150].max() == 0


def test_a_broken_page_stops_no_other(reader: DocumentReader) -> None:
    first, broken, third = reader.read(pages([BLACK_BAR, None, b""]))
    assert isinstance(first, Scan)
    assert isinstance(broken, DocumentError)
    assert str(broken) == "document: page 2: it is damaged. Fetch or export it again."
    assert isinstance(third, Scan)
    assert (third.number, third.count) == (3, 3)
    assert third.image.min() == 255


def test_a_scan_that_is_damaged_is_no_empty_page(reader: DocumentReader) -> None:
    data = picture(noise(40, 40), "0 0 72 72", "72 0 0 72 0 0").replace(b"/FlateDecode", b"/JPXDecode  ")
    [error] = reader.read(data)
    assert str(error) == "document: page 1: its picture is damaged. Fetch or export it again."


def test_a_white_scan_is_an_empty_page(reader: DocumentReader) -> None:
    page = only(reader, picture(np.full((400, 300), 255, np.uint8), "0 0 144 192", "144 0 0 192 0 0"))
    assert page.image.min() == 255


def test_a_picture_that_is_a_bomb(reader: DocumentReader) -> None:
    data = picture(noise(9, 9), "0 0 72 72", "72 0 0 72 0 0", lie=(60_000, 60_000))
    [error] = reader.read(data)
    assert "it holds a picture of 60,000 x 60,000 pixels, more than any page has" in str(error)


def test_a_page_that_takes_for_ever_costs_itself() -> None:
    """Sixty forms, each of which draws the next one four times."""
    forms = 60
    kids = [
        stream(
            b"/F Do " * 4 + b"0 0 9 9 re f",
            b"/Type/XObject/Subtype/Form/BBox[0 0 72 72]/Resources<</XObject<</F %d 0 R>>>>" % (8 + i),
        )
        for i in range(forms)
    ]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[3 0 R 5 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R/Resources<</XObject<</F 7 0 R>>>>>>",
        stream(b"/F Do"),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 6 0 R>>",
        stream(BLACK_BAR),
        *kids,
        stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 72 72]"),
    ]
    with DocumentReader(DocumentOptions(cpu_seconds=1, seconds=20)) as reader:
        first, second = reader.read(pdf(objects))
    assert isinstance(first, Scan | DocumentError)  # PDFium may stop by itself; the other lives
    assert isinstance(second, Scan)
    assert second.image[:, :150].max() == 0


def many_pages(count: int) -> bytes:
    return pages([b""] * count)


@pytest.mark.parametrize("ahead", [False, True])
def test_ten_thousand_pages_cost_only_what_is_taken(*, ahead: bool) -> None:
    with DocumentReader(DocumentOptions(ahead=ahead, resolution=50)) as reader:
        found = reader.read(many_pages(10_000), parse_pages("9998-"))
        assert isinstance(found, Generator)
        first = next(found)
        assert isinstance(first, Scan)
        assert (first.number, first.count) == (9998, 10_000)
        found.close()
        assert only(reader, pages([BLACK_BAR])).count == 1  # what was begun ahead is not its answer


def test_ahead_gives_the_same() -> None:
    data = pages([b"%f g 0 0 72 72 re f" % (i / 8) for i in range(8)])
    greys = []
    for ahead in (False, True):
        with DocumentReader(DocumentOptions(ahead=ahead, resolution=50)) as reader:
            greys.append([int(page.image[0, 0]) for page in reader.read(data) if isinstance(page, Scan)])
    assert greys[0] == greys[1]
    assert sorted(set(greys[0])) == greys[0]
    assert len(greys[0]) == 8


def test_ahead_reads_one_file_at_a_time() -> None:
    with DocumentReader(DocumentOptions(ahead=True, resolution=50)) as reader:
        one = reader.read(many_pages(3))
        next(one)
        with pytest.raises(RuntimeError, match="one file at a time"):
            next(reader.read(many_pages(3)))


def test_two_files_at_a_time(reader: DocumentReader) -> None:
    """Without looking ahead, that goes."""
    both = zip(reader.read(pages([BLACK_BAR] * 3)), reader.read(pages([b""] * 3)), strict=True)
    for black, white in both:
        assert isinstance(black, Scan)
        assert isinstance(white, Scan)
        assert (black.image.min(), white.image.min()) == (0, 255)


def test_a_file_of_broken_pages_is_given_up(reader: DocumentReader) -> None:
    found = list(islice(reader.read(pages([None] * 150)), 150))
    assert len(found) == 101
    assert "page 100 and the 99 before it cannot be read; no further one was tried" in str(found[-1])


def test_a_count_that_is_a_lie(reader: DocumentReader) -> None:
    data = pages([BLACK_BAR]).replace(b"/Count 1", b"/Count 99999999")
    found = list(islice(reader.read(data), 200))
    assert isinstance(found[0], Scan | DocumentError)
    assert len(found) <= 102


def test_pages_that_kill_the_child_are_given_up(
    reader: DocumentReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = reader._sandbox.start

    def deadly(function: str, *arguments: object) -> None:
        start("ctypes:string_at", 0) if function.endswith("decode_page") else start(function, *arguments)

    monkeypatch.setattr(reader._sandbox, "start", deadly)
    found = list(reader.read(many_pages(9)))
    assert len(found) == 4
    assert str(found[2]).startswith("document: page 3: decoding it crashed (SIGSEGV). Please report it")
    assert "page 3 and the 2 before it cannot be read; no further one was tried" in str(found[3])


def test_pages_chosen(reader: DocumentReader) -> None:
    found = reader.read(many_pages(9), parse_pages("8-,2"))
    assert [page.number for page in found if isinstance(page, Scan)] == [2, 8, 9]
    [error] = reader.read(many_pages(9), parse_pages("10-12,20-"))
    assert str(error) == "document: it has 9 pages, none of them is in 10-12,20-. Choose other pages."


def test_a_file_that_begins_with_something_else(reader: DocumentReader) -> None:
    assert only(reader, b"From a mail:\r\n" + pages([BLACK_BAR])).image.shape == (300, 300)


def test_compressed_drawings(reader: DocumentReader) -> None:
    data = zlib.compress(BLACK_BAR)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Contents 4 0 R>>",
        stream(data, b"/Filter/FlateDecode"),
    ]
    assert only(reader, pdf(objects)).image[:, :150].max() == 0


def test_without_pdfium(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr("notehead.images.pdf.importlib.import_module", missing)
    with pytest.raises(MissingExtraError, match="PDF needs pypdfium2, which is not installed"):
        _library()
