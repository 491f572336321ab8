"""`notehead detect`: whatever files it gets, pages come out whole or are complained of."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import orjson
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from notehead.detect import detector as detector_module
from notehead.detect.detector import NO_STAFF, Detector
from notehead.detect.orientation import Orientation
from notehead.detect.shipped import load_model
from notehead.detect.staff_space import best_look, measured
from notehead.images import read_png
from notehead.images.document import DocumentReader
from notehead.images.options import DocumentOptions
from tests.cli.conftest import Call, Outcome
from tests.detect.stand_in import InkModel, music, tiny_model
from tests.images.pdf_bytes import BLACK_BAR, encrypted, pages, picture

Pixels = NDArray[np.uint8]

MUSIC, PLACED = music([12.0, 12.0])


def upright(image: Pixels) -> Orientation | None:
    look = best_look(image)
    found = measured(look)
    return Orientation(int(look.turned), 0.0, found) if found else None


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that needs no training; the real one is called by `--model`."""
    monkeypatch.setattr(detector_module, "estimate_orientation", upright)
    monkeypatch.setattr(
        "notehead.detect.detector.load_model",
        lambda folder, threads: load_model(folder, threads) if folder else InkModel(),
    )


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


SCAN = saved(Image.fromarray(MUSIC))


def lines(outcome: Outcome) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in outcome.out.splitlines()]


def heads(page: dict[str, Any]) -> list[tuple[int, int, int, int]]:
    """Staff, position and middle of each notehead."""
    found = []
    for symbol in page["symbols"]:
        if symbol["class"].startswith("notehead"):
            x0, y0, x1, y1 = symbol["box"]
            found.append((symbol["staff"], symbol["position"], round((x0 + x1) / 2), round((y0 + y1) / 2)))
    return sorted(found)


def same(page: dict[str, Any], scale: float = 1.0) -> bool:
    """Whether the page has the symbols of `MUSIC`, so much larger."""
    expected = sorted((staff, position, x * scale, y * scale) for staff, position, x, y in PLACED)
    found = heads(page)
    return len(found) == len(expected) and bool(np.allclose(found, expected, atol=1.5 * scale))


def test_one_line_of_json_per_page(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "my scan.png").write_bytes(SCAN)
    outcome = notehead("detect", tmp_path / "my scan.png")
    [page] = lines(outcome)
    assert same(page)
    keys = ("format", "name", "file", "page", "pages", "turned", "skew", "note")
    assert {key: page[key] for key in keys} == {
        "format": "notehead detection 1", "name": "my-scan", "file": str(tmp_path / "my scan.png"),
        "page": 1, "pages": 1, "turned": 0, "skew": 0.0, "note": "",
    }  # fmt: skip
    assert (page["height"], page["width"]) == MUSIC.shape
    assert page["staff_space"] == pytest.approx(12, abs=0.1)
    assert 0.5 < page["confidence"] <= 1
    assert len(page["staff_lines"]) == 10
    clef = next(symbol for symbol in page["symbols"] if symbol["class"] == "clefG")
    assert set(clef) == {"class", "score", "box", "corners", "staff"}
    assert np.shape(clef["corners"]) == (4, 2)
    assert outcome.code == 0
    assert outcome.err == f"1 page, {len(page['symbols'])} symbols\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "my scan.png"]  # nothing is written beside the input


def test_standard_input(notehead: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SCAN)))
    [page] = lines(notehead("detect", "-", "-o", "-"))
    assert same(page)
    assert (page["file"], page["name"]) == ("-", "standard-input")


def test_files_in_a_folder(notehead: Call, tmp_path: Path) -> None:
    scans, out = tmp_path / "scans", tmp_path / "found" / "here"
    (scans / "deep").mkdir(parents=True)
    blank = Image.fromarray(np.full_like(MUSIC, 255))
    two = saved(Image.fromarray(MUSIC), "TIFF", save_all=True, append_images=[blank])
    (scans / "a.tif").write_bytes(two)
    (scans / "a-p1.png").write_bytes(SCAN)
    (scans / "deep" / "A-P1.png").write_bytes(SCAN)
    outcome = notehead("detect", scans, "-o", out, "--overlay", "--muscima", "--coco", "--json")
    assert (outcome.code, outcome.out) == (0, "")
    assert f"note: {scans / 'a.tif'}: page 2: {NO_STAFF}\n" in outcome.err
    assert f"{out}: 4 pages, " in outcome.err
    assert outcome.err.endswith("; 1 without a staff\n")
    names = ["a-p1", "a-p1-2", "a-p2", "A-P1-3"]
    expected = {f"{name}.{kind}" for name in names for kind in ("json", "png", "xml")}
    assert {path.name for path in out.iterdir()} == expected | {"results.json", "images.json"}
    first = orjson.loads((out / "a-p1.json").read_bytes())
    assert same(first)
    empty = orjson.loads((out / "a-p2.json").read_bytes())
    assert (empty["note"], empty["symbols"], empty["staff_lines"], empty["staff_space"]) == (
        NO_STAFF,
        [],
        [],
        0,
    )
    assert read_png(out / "a-p1.png").shape == (*MUSIC.shape, 3)
    images = orjson.loads((out / "images.json").read_bytes())
    assert [image["id"] for image in images["images"]] == names
    assert [Path(image["file_name"]).name for image in images["images"]] == [
        "a-p1.png",
        "a.tif",
        "a.tif",
        "A-P1.png",
    ]
    results = orjson.loads((out / "results.json").read_bytes())
    assert {result["image_id"] for result in results} == set(names) - {"a-p2"}
    categories = {row["id"]: row["name"] for row in images["categories"]}
    mine = [result for result in results if result["image_id"] == "a-p1"]
    assert [categories[result["category_id"]] for result in mine] == [s["class"] for s in first["symbols"]]


def test_what_it_writes_can_be_evaluated(notehead: Call, dataset_folder: Path, tmp_path: Path) -> None:
    """Results name pages as the dataset does, and their boxes are in its pixels."""
    out = tmp_path / "out"
    assert notehead("detect", dataset_folder / "images", "-o", out, "--coco").code == 0
    assert not list(out.glob("*.png"))
    outcome = notehead("evaluate", out / "results.json", dataset_folder, "--json")
    assert outcome.code == 0, outcome.err
    assert "not predicted" not in outcome.err


def test_muscima_has_a_file_per_page(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(SCAN)
    out = tmp_path / "out"
    assert notehead("detect", tmp_path / "scan.png", "-o", out, "--muscima", "--classes", "mung").code == 0
    assert [path.name for path in out.iterdir()] == ["scan.xml"]
    text = (out / "scan.xml").read_text()
    assert text.count("<ClassName>noteheadFull</ClassName>") == len(PLACED)
    assert text.count('key="staff_id"') >= len(PLACED)


def test_low_scores_are_left_out(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(SCAN)
    [page] = lines(notehead("detect", tmp_path / "scan.png", "--confidence", "0.999"))
    assert all(symbol["class"] != "clefG" for symbol in page["symbols"])


@pytest.mark.parametrize("options", ["--coco", "--muscima", "--overlay"])
def test_files_need_a_folder(notehead: Call, tmp_path: Path, options: str) -> None:
    outcome = notehead("detect", tmp_path, options)
    assert outcome.code == 2
    assert "so -o is wanted, too" in outcome.err


def test_results_never_lie_among_the_files(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(SCAN)
    for words in ([tmp_path], [tmp_path / "scan.png"]):
        outcome = notehead("detect", *words, "-o", tmp_path)
        assert (outcome.code, outcome.out) == (6, "")
        assert "the files to read lie there. Choose another folder" in outcome.err
    for _ in range(2):  # nor does it read what it wrote
        outcome = notehead("detect", tmp_path, "-o", tmp_path / "out", "--overlay")
        assert (outcome.code, "1 page, " in outcome.err) == (0, True)


def test_a_folder_that_cannot_be_written(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(SCAN)
    (tmp_path / "file").write_text("in the way")
    outcome = notehead("detect", tmp_path / "scan.png", "-o", tmp_path / "file" / "out")
    assert outcome.code == 6


def test_an_interrupted_run_leaves_no_half_results(
    notehead: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(SCAN)

    def stopped(detector: Detector, scan: Any, name: str = "") -> Any:
        if scan.name == "b":
            raise KeyboardInterrupt
        return detector.read(scan.image, scan.name)

    monkeypatch.setattr(Detector, "read_scan", stopped)
    out = tmp_path / "out"
    assert (
        notehead("detect", tmp_path / "a.png", tmp_path / "b.png", "-o", out, "--coco", "--json").code == 130
    )
    assert [path.name for path in out.iterdir()] == ["a.json"]


def test_a_page_that_trips_the_program_stops_no_other(
    notehead: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c", "d"):
        (tmp_path / f"{name}.png").write_bytes(SCAN)
    read = Detector.read
    causes: dict[str, type[BaseException]] = {"b": ZeroDivisionError, "c": MemoryError}

    def tripping(detector: Detector, image: Pixels, name: str = "") -> Any:
        if name in causes:
            raise causes[name](name)
        return read(detector, image, name)

    monkeypatch.setattr(Detector, "read", tripping)
    outcome = notehead("detect", tmp_path)
    assert outcome.code == 5
    assert [page["name"] for page in lines(outcome)] == ["a", "d"]
    assert f"{tmp_path / 'b.png'}: reading it failed (ZeroDivisionError: b). Please report it" in outcome.err
    assert f"{tmp_path / 'c.png'}: reading it needs more memory than there is" in outcome.err
    assert outcome.err.endswith("notehead: 2 pages or files could not be read\n")


# What people give by mistake, and what they give with intent.


def _noise() -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (300, 400), np.uint8)


def _cat() -> Pixels:
    """Smooth shapes, fur, whiskers."""
    rng = np.random.default_rng(2)
    rough = rng.normal(size=(600, 800))
    scales = (cv2.GaussianBlur(rough, (0, 0), 2.0**octave) * 2.0**octave for octave in range(7))
    cat = cv2.normalize(sum(scales, np.zeros_like(rough)), np.empty(0), 0, 255, cv2.NORM_MINMAX)
    for k in range(6):
        cv2.line(cat, (420, 300 + 6 * k), (700, 260 + 22 * k), 230, 2, cv2.LINE_AA)
    return cat.astype(np.uint8)


def _text() -> Pixels:
    page = np.full((900, 700), 255, np.uint8)
    for y in range(60, 860, 24):
        cv2.putText(
            page, "there is no music on this page at all", (40, y), cv2.FONT_HERSHEY_COMPLEX, 0.7, 0, 1
        )
    return page


def _sixteen_bits() -> bytes:
    return saved(Image.fromarray(MUSIC.astype(np.uint16) * 257))


def _alpha() -> bytes:
    image = Image.new("LA", MUSIC.shape[::-1])
    image.putalpha(Image.fromarray(255 - MUSIC))
    return saved(image)


def _bomb() -> bytes:
    """60,000 x 60,000 pixels of one bit, in a few hundred bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(7501 * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _animated() -> bytes:
    first, second = Image.fromarray(MUSIC), Image.new("L", MUSIC.shape[::-1], 0)
    return saved(first, "GIF", save_all=True, append_images=[second], duration=100)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("blank.png", saved(Image.new("L", (800, 1100), 255))),
        ("pixel.png", saved(Image.new("L", (1, 1), 255))),
        ("text.png", saved(Image.fromarray(_text()))), ("noise.png", saved(Image.fromarray(_noise()))),
        ("cat.jpg", saved(Image.fromarray(_cat()), "JPEG")), ("page.pdf", pages([BLACK_BAR])),
    ],
)  # fmt: skip
def test_pages_without_music_are_empty(notehead: Call, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    outcome = notehead("detect", tmp_path / name)
    [page] = lines(outcome)
    assert (outcome.code, page["symbols"], page["note"], page["confidence"]) == (0, [], NO_STAFF, 0)
    assert outcome.err == f"note: {tmp_path / name}: {NO_STAFF}\n1 page, 0 symbols; 1 without a staff\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("deep.png", _sixteen_bits()), ("alpha.png", _alpha()), ("animated.gif", _animated()),
        ("cmyk.jpg", saved(Image.fromarray(MUSIC).convert("RGB").convert("CMYK"), "JPEG", quality=95)),
        ("palette.png", saved(Image.fromarray(MUSIC).convert("RGB").quantize(16))),
        ("scan.pdf", picture(MUSIC, "0 0 230 130", "230 0 0 130 0 0")),
    ],
)  # fmt: skip
def test_pages_in_every_form(notehead: Call, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    outcome = notehead("detect", tmp_path / name)
    assert outcome.code == 0, outcome.err
    [page] = lines(outcome)
    assert len(heads(page)) == len(PLACED)
    assert [head[:2] for head in heads(page)] == sorted(place[:2] for place in PLACED)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("bomb.png", _bomb(), "60,000 x 60,000 pixels are more than any page has. Scan it at"),
        ("locked.pdf", encrypted(b"secret"), "password"),
        ("half.jpg", saved(Image.fromarray(MUSIC), "JPEG")[:3000], "it is a damaged JPEG"),
        ("nothing.png", b"", "it is empty"),
        ("letter.png", b"Dear Sir or Madam, ", "it is no image and no PDF"),
        ("pages.pdf", pages([b""] * 9), "it has 9 pages, none of them is in 99"),
        ("one.png", SCAN, "it has one page only"),
    ],
)
def test_bad_files_stop_no_others(notehead: Call, tmp_path: Path, name: str, data: bytes, words: str) -> None:
    good, bad = tmp_path / "z.tif", tmp_path / name
    bad.write_bytes(data)
    more = ("--pages", "99") if "none" in words or "only" in words else ()
    outcome = notehead("detect", bad, *more)
    assert (outcome.code, outcome.out) == (4, "")
    assert f"notehead: {bad}: " in outcome.err
    assert words in outcome.err
    assert outcome.err.endswith("notehead: no page could be read\n")
    if not more:
        good.write_bytes(saved(Image.fromarray(MUSIC), "TIFF"))
        outcome = notehead("detect", bad, good)
        [page] = lines(outcome)
        assert same(page)
        assert outcome.code == 5
        assert outcome.err.endswith("notehead: 1 page or file could not be read\n")


def test_a_page_of_ten_thousand(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "long.pdf").write_bytes(pages([b""] * 10_000))
    outcome = notehead("detect", tmp_path / "long.pdf", "--pages", "9999")
    [page] = lines(outcome)
    assert (outcome.code, page["page"], page["pages"], page["name"]) == (0, 9999, 10_000, "long-p9999")


@pytest.mark.parametrize(
    ("pages_", "words"), [("0", "the first page is 1"), ("x", "no number"), ("5-2", "backwards")]
)
def test_pages_that_are_none(notehead: Call, tmp_path: Path, pages_: str, words: str) -> None:
    outcome = notehead("detect", tmp_path, "--pages", pages_)
    assert outcome.code == 2
    assert words in outcome.err


def test_an_empty_folder(notehead: Call, tmp_path: Path) -> None:
    outcome = notehead("detect", tmp_path)
    assert outcome.code == 4
    assert "no image and no PDF in there" in outcome.err


def test_coordinates_are_those_of_the_file(
    notehead: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a page is reduced to be read, its symbols are not."""
    large = np.asarray(cv2.resize(MUSIC, None, fx=2, fy=2), np.uint8)
    (tmp_path / "large.png").write_bytes(saved(Image.fromarray(large)))
    small = DocumentOptions(most_pixels=MUSIC.size)
    monkeypatch.setattr("notehead.detect.batch.DocumentReader", lambda _: DocumentReader(small))
    [page] = lines(notehead("detect", tmp_path / "large.png"))
    assert (page["height"], page["width"]) == large.shape
    assert page["staff_space"] == pytest.approx(24, abs=0.3)
    assert same(page, 2.0)


def test_a_page_on_its_side_is_told(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "side.png").write_bytes(saved(Image.fromarray(np.ascontiguousarray(np.rot90(MUSIC)))))
    outcome = notehead("detect", tmp_path / "side.png")
    [page] = lines(outcome)
    assert page["turned"] % 180 == 90
    assert f"it was turned by {page['turned']} degrees to be read" in outcome.err


# With an exported network, in processes.


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("model"))


def test_processes_give_the_same(process: Call, tmp_path: Path, model: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.png").write_bytes(SCAN)
    (tmp_path / "bad.png").write_bytes(b"")
    alone = process("detect", tmp_path, "--model", model)
    several = process("detect", tmp_path, "--model", model, "--jobs", "2")
    assert len(lines(alone)) == 3
    assert lines(alone)[0]["symbols"]
    assert (several.code, several.out) == (5, alone.out)
    assert sorted(several.err.splitlines()) == sorted(alone.err.splitlines())


def test_without_a_model(notehead: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scan.png").write_bytes(SCAN)
    outcome = notehead("detect", tmp_path / "scan.png", "--model", tmp_path)
    assert (outcome.code, outcome.out) == (4, "")
    assert "there is no such file, so this is no model" in outcome.err


# Collections.


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_tables_beside_the_same_files(process: Call, tmp_path: Path, model: Path) -> None:
    scans, one, many = tmp_path / "scans", tmp_path / "one", tmp_path / "many"
    scans.mkdir()
    for name in ("a", "b"):
        (scans / f"{name}.png").write_bytes(SCAN)
    music_ = Image.fromarray(MUSIC)
    (scans / "two.tif").write_bytes(saved(music_, "TIFF", save_all=True, append_images=[music_]))
    (scans / "bad.png").write_bytes(b"")
    words = ("--json", "--muscima", "--overlay", "--model", model, "--jobs", "2")
    single = process("detect", scans, "-o", one, *words)
    outcome = process("detect", scans, "-o", many, *words, "--parquet")
    assert (outcome.code, outcome.out, single.code) == (5, "", 5)
    assert len(written(one)) == 4 * 3
    assert written(many) == written(one) | {"classes.csv": (many / "classes.csv").read_bytes()}
    assert outcome.err.splitlines() == [
        single.err.splitlines()[-2].replace(str(one), str(many)),
        f"failed: 1 page or file, first {scans / 'bad.png'}: it is empty. Fetch or export it again.",
        "notehead: 1 page or file could not be read",
    ]
    table = pd.read_parquet(many / "tables")
    assert table.name.dropna().sort_values().tolist() == ["a", "b", "two-p1", "two-p2"]
    again = process("detect", scans, "-o", many, *words, "--parquet")
    assert (again.code, again.err.splitlines()[1]) == (5, "4 of 4 parts done before")


def test_collections_of_nothing(process: Call, tmp_path: Path, model: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"")
    outcome = process("detect", tmp_path, "-o", tmp_path / "out", "--parquet", "--model", model)
    assert outcome.code == 4
    assert outcome.err.endswith("notehead: no page could be read\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--parquet",), "so -o is wanted, too"),
        (("-o", "out", "--parquet", "--coco"), "choose one of them"),
        (("-o", "out", "--runner", "ray"), "--runner and --address go with --parquet"),
        (("-", "-o", "out", "--parquet"), "--parquet takes files and folders, not standard input"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together(
    notehead: Call, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    outcome = notehead("detect", tmp_path, *words)
    assert outcome.code == 2
    assert message in outcome.err


def test_what_collections_refuse(notehead: Call, tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(SCAN)
    outcome = notehead("detect", tmp_path, "-o", tmp_path, "--parquet")
    assert (outcome.code, "the files to read lie there" in outcome.err) == (6, True)
    outcome = notehead("detect", tmp_path, "-o", tmp_path / "out", "--parquet", "--address", "auto")
    assert (outcome.code, "the local runner has no address" in outcome.err) == (1, True)
    outcome = notehead("detect", tmp_path, "-o", tmp_path / "out", "--parquet", "--model", tmp_path)
    assert (outcome.code, "so this is no model" in outcome.err) == (4, True)
    assert not (tmp_path / "out").exists()
