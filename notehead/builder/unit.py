"""What a worker does, in a child process: survey a score, make the pages of one unit, cut patches.

These functions are called by name through `notehead.sandbox` and take and return plain JSON values.
"""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from notehead.builder.clock import Clock
from notehead.builder.journal import STATE
from notehead.builder.options import BuildOptions
from notehead.builder.plan import Source, Unit
from notehead.datasets.formats.deepscores_v1 import layout as v1
from notehead.datasets.formats.deepscores_v2 import layout as v2
from notehead.datasets.formats.notehead.page_file import page_bytes
from notehead.datasets.patches import cut_patch
from notehead.degrade import RECIPES, degrade
from notehead.draw import Canvas, draw
from notehead.engrave.engravers import open_engraver
from notehead.engrave.score import count_notes, read_score
from notehead.files import PARTIAL, write_file
from notehead.images import class_rows, encode_png, encode_rows, instance_rows, read_png
from notehead.page import Origin, Page

_canvas = Canvas()
"""Working memory of this process."""


def work_folder(folder: Path) -> Path:
    """Where the engravers' programs of a dataset's build keep their files; the build removes it."""
    return folder / STATE / "work"


def survey(path: str) -> dict[str, Any]:
    """Check a score and name it by its content; raises ScoreError for one that cannot be used."""
    return {"score_id": read_score(Path(path)).score_id}


def weigh(path: str) -> int:
    """About how many notes a score has, without checking it."""
    return count_notes(Path(path))


def make(source: dict[str, str], number: int, values: dict[str, Any], folder: str) -> dict[str, Any]:
    """Make all pages of a unit and publish their files under final names, each by one rename.

    Args:
        source: the unit's `Source`, field by field.
        number: of the unit's style.
        values: `BuildOptions.deciding`.
        folder: the dataset.

    Returns:
        pages: name, width, height, symbols and files (path, bytes, SHA-256) of each; seconds by stage;
        peak_memory, resident bytes of this process.
    """
    clock = Clock()
    options = BuildOptions.of_deciding(values)
    unit = Unit(Source(**source), number)
    work = work_folder(Path(folder)) / unit.key
    pages = [_publish(page, Path(folder), clock) for page in pages_of(unit, options, work, clock)]
    return {"pages": pages, "seconds": dict(clock.seconds), "peak_memory": peak_memory()}


def peak_memory() -> int:
    """The most resident bytes that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def pages_of(unit: Unit, options: BuildOptions, work: Path, clock: Clock) -> Iterator[Page]:
    """The pages of a unit, drawn as they are asked for.

    Args:
        unit: a score in a style.
        options: of the build; those that decide bytes are enough.
        work: a folder for the engraver's program; the caller removes it.
        clock: counts seconds by stage.

    Raises:
        ScoreError: the score cannot be used.
    """
    style, prefix = unit.style(options), unit.page_prefix(options)
    with clock.stage("check"):
        score = read_score(Path(unit.source.path))
    engraver = open_engraver(unit.engraver(options), work)
    recipe, strength = unit.recipe(options)
    size = style.paper.pixels(options.resolution)
    drawings = engraver.engrave(score, style)
    while True:
        with clock.stage("engrave"):
            drawing = next(drawings, None)
        if drawing is None:
            return
        origin = Origin(
            score=unit.source.name,
            score_id=unit.source.score_id,
            number=drawing.number,
            engraver=engraver.version,
            font=style.font,
            resolution=options.resolution,
            seed=options.seed,
            style=style.options(),
            licence=unit.source.licence,
        )
        with clock.stage("draw"):
            page = draw(drawing, size, f"{prefix}-page-{drawing.number}", origin, _canvas)
        if recipe != "clean":
            with clock.stage("degrade"):
                page = degrade(page, RECIPES[recipe], options.seed, strength)
        yield page


def _publish(page: Page, folder: Path, clock: Clock) -> dict[str, Any]:
    """Write all files of a page aside, then rename them."""
    name, size = page.name, (page.width, page.height)
    with clock.stage("images"):
        image, classes, instances = pictures(page)
        numbers = _numbers(page)
    with clock.stage("annotations"):
        native = page_bytes(page)
        xml = v1.page_xml(name, size, page.symbols)
    contents = {
        f"images/{name}.png": image,
        f"segmentation/{name}_seg.png": classes,
        f"instance/{name}_inst.png": instances,
        f"pages/{name}.json.gz": native,
        f"{v1.DETECTION}/xml_annotations/{name}.xml": xml,
        f"{v1.DETECTION}/pix_annotations_png/{name}.png": numbers,
    }
    with clock.stage("write"):
        files = [_write(folder / path, path, data) for path, data in contents.items()]
        linked = f"{v1.DETECTION}/images_png/{name}.png"
        _link(folder / f"images/{name}.png", folder / linked)
        files.append([linked, *files[0][1:]])
    return {
        "name": name,
        "width": page.width,
        "height": page.height,
        "symbols": len(page.symbols),
        "files": files,
    }


def pictures(page: Page) -> tuple[bytes, bytes, bytes]:
    """PNG files of a page: grey, DeepScoresV2's classes and instances."""
    if page.ids is None:  # pages from `draw` have ids
        message = f"page {page.name} has no ids"
        raise ValueError(message)
    grey = _canvas.array("rows", (page.height, 1 + page.width), np.uint8)
    grey[:, 0] = 0
    grey[:, 1:] = page.image
    image = encode_rows(grey, 1, page.origin.resolution)
    rows = _canvas.array("rows", (page.height, 1 + page.width), np.uint8)
    class_rows(page.ids, v2.grey_table(page.symbols), rows)
    classes = encode_rows(rows, 1)
    rows = _canvas.array("rows", (page.height, 1 + 3 * page.width), np.uint8)
    instance_rows(page.ids, rows)
    return image, classes, encode_rows(rows, 3)


def _numbers(page: Page) -> bytes:
    """The PNG file of v1's classes."""
    rows = _canvas.array("rows", (page.height, 1 + page.width), np.uint8)
    if page.ids is not None:
        class_rows(page.ids, v1.number_table(page.symbols), rows)
    return encode_rows(rows, 1)


def _write(path: Path, name: str, data: bytes) -> list[Any]:
    write_file(path, data)
    return [name, len(data), hashlib.sha256(data).hexdigest()]


def _link(source: Path, path: Path) -> None:
    """The same file under a second name; a copy where the file system has no links."""
    aside = path.with_name(f"{path.name}.{os.getpid()}{PARTIAL}")
    try:
        os.link(source, aside)
        aside.replace(path)
        aside.unlink(missing_ok=True)  # renaming onto another name of the same file does nothing
    except OSError:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        write_file(path, source.read_bytes())


def cut(folder: str, name: str, wanted: list[list[Any]]) -> dict[str, Any]:
    """Cut classification patches out of a page; returns files, (path, bytes, SHA-256) of each, and seconds.

    Args:
        folder: the dataset.
        name: the page.
        wanted: (file, x, y) of each patch, its centre in pixels.
    """
    root, clock = Path(folder), Clock()
    with clock.stage("patches"):
        image = read_png(root / "images" / f"{name}.png")
        files = [_write(root / path, path, encode_png(cut_patch(image, x, y))) for path, x, y in wanted]
    return {"files": files, "seconds": dict(clock.seconds)}
