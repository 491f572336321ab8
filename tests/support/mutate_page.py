"""Pages that no engraver draws: what a detector may find on anything, and worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from notehead import VOCABULARY, Page, Symbols
from notehead.page import upright_corners

_MUSIC = (
    "noteheadBlackOnLine", "noteheadBlackInSpace", "noteheadHalfOnLine", "noteheadWholeInSpace", "stem",
    "beam", "flag8thUp", "flag16thDown", "augmentationDot", "accidentalSharp", "accidentalFlat", "ledgerLine",
    "slur", "tie", "restQuarter", "restWhole", "rest8th", "clefG", "clefF", "keySharp", "timeSig4",
    "timeSig3", "barlineSingle", "repeatLeft", "tuplet3", "tupletBracket", "brace",
    "noteheadBlackOnLineSmall", "graceNoteSlash",
)  # fmt: skip
_STRANGE = (0.0, -1.0, -5e3, 1e9, -1e9, 1e300, np.nan, np.inf, -np.inf, 1e-300, 0.5)
_SIZES = (0, 1, 2, 10, 100, 1000)


def blank(image: tuple[int, int], symbols: Symbols, lines: NDArray[np.float64], space: float) -> Page:
    """A white page of (height, width) pixels."""
    return Page("made", np.full(image, 255, np.uint8), symbols, staff_lines=lines, staff_space=space)


def staff(
    number: int, top: float, space: float = 10.0, count: int = 5, width: float = 1000.0
) -> list[list[float]]:
    """The lines of a staff, as rows of `Page.staff_lines`."""
    return [[number, 20.0, top + k * space, width, top + k * space] for k in range(count)]


def random_page(rng: Generator, count: int | None = None) -> Page:
    """Symbols anywhere, of any size, on staves with any lines."""
    count = int(rng.choice(_SIZES)) if count is None else count
    height, width = (int(side) for side in rng.choice((1, 30, 500, 1500), 2))
    names = rng.choice(list(VOCABULARY) if rng.random() < 0.5 else list(_MUSIC), count).tolist()
    space = float(rng.choice((0.0, 1.0, 10.0, 20.0)))
    place = rng.uniform(-0.1, 1.1, (count, 2)) * (width, height)
    size = rng.exponential(rng.choice((1.0, 15.0, 200.0)), (count, 2))
    lines = np.array(
        [line for number in range(int(rng.integers(0, 7))) for line in _any_staff(rng, number, height, width)]
    )
    symbols = Symbols.build(names, np.hstack((place, place + size)))
    return blank((height, width), symbols, lines.reshape(-1, 5), space)


def _any_staff(rng: Generator, number: int, height: int, width: int) -> NDArray[np.float64]:
    count = int(rng.choice((1, 2, 5, 5, 5, 6, 40)))
    gap = float(rng.choice((0.0, 0.01, 5.0, 12.0)))
    lines = np.empty((count, 5))
    lines[:, 0] = number
    lines[:, 1], lines[:, 3] = np.sort(rng.uniform(0, width, 2))
    lines[:, 2] = rng.uniform(0, height) + gap * np.arange(count)
    lines[:, 4] = lines[:, 2] + rng.normal(0, rng.choice((0.0, 3.0, 50.0)), count)
    return lines


def mutated(page: Page, rng: Generator, most: int = 4) -> tuple[Page, list[str]]:
    """A page with one to `most` things wrong, and their names."""
    done = []
    for _ in range(int(rng.integers(1, most + 1))):
        name = str(rng.choice(list(MUTATIONS)))
        with np.errstate(invalid="ignore", over="ignore"):  # what is nowhere is moved nowhere
            page = MUTATIONS[name](page, rng)
        done.append(name)
    return page, done


def _some(page: Page, rng: Generator) -> NDArray[np.bool_]:
    """A share of the symbols that is drawn too."""
    return np.asarray(rng.random(len(page.symbols)) < rng.choice((0.01, 0.1, 0.5, 1.0)))


def _with(page: Page, **columns: NDArray[np.generic]) -> Page:
    return replace(page, symbols=page.symbols.replace(**columns))


def _moved_to(page: Page, box: NDArray[np.float64]) -> Page:
    return _with(page, box=box, corners=upright_corners(box))


def _drop(page: Page, rng: Generator) -> Page:
    return replace(page, symbols=page.symbols[~_some(page, rng)])


def _drop_class(page: Page, rng: Generator) -> Page:
    if not len(page.symbols):
        return page
    return replace(page, symbols=page.symbols[page.symbols.label != rng.choice(page.symbols.label)])


def _keep_class(page: Page, rng: Generator) -> Page:
    if not len(page.symbols):
        return page
    return replace(page, symbols=page.symbols[page.symbols.label == rng.choice(page.symbols.label)])


def _repeat(page: Page, rng: Generator) -> Page:
    rows = np.concatenate((np.arange(len(page.symbols)), np.flatnonzero(_some(page, rng))))
    symbols = page.symbols[rows]
    if rng.random() < 0.5:  # else ids are there twice
        symbols = symbols.replace(id=np.arange(1, len(rows) + 1, dtype=np.int32))
    return replace(page, symbols=symbols)


def _relabel(page: Page, rng: Generator) -> Page:
    label = rng.choice([row.id for row in VOCABULARY.classes], len(page.symbols))
    return _with(page, label=np.where(_some(page, rng), label, page.symbols.label).astype(np.int32))


def _shuffle_labels(page: Page, rng: Generator) -> Page:
    return _with(page, label=rng.permutation(page.symbols.label))


def _one_label(page: Page, rng: Generator) -> Page:
    label = np.int32(VOCABULARY.id(str(rng.choice(_MUSIC))))
    return _with(page, label=np.where(_some(page, rng), label, page.symbols.label).astype(np.int32))


def _move(page: Page, rng: Generator) -> Page:
    by = rng.normal(0, rng.choice((0.3, 2.0, 50.0)) * max(page.staff_space, 1.0), (len(page.symbols), 2))
    return _moved_to(page, page.symbols.box + np.hstack((by, by)) * _some(page, rng)[:, None])


def _stack(page: Page, rng: Generator) -> Page:
    """All in one place."""
    if not len(page.symbols):
        return page
    there = page.symbols.box[rng.integers(len(page.symbols))]
    return _moved_to(page, np.where(_some(page, rng)[:, None], there, page.symbols.box))


def _column(page: Page, rng: Generator) -> Page:
    """All above each other."""
    if not len(page.symbols):
        return page
    box = page.symbols.box.copy()
    box[:, [0, 2]] = box[rng.integers(len(box)), [0, 2]]
    return _moved_to(page, box)


def _strange_sizes(page: Page, rng: Generator) -> Page:
    box = page.symbols.box.copy()
    chosen = rng.random(box.shape) < rng.choice((0.001, 0.05, 0.5))
    box[chosen] = rng.choice(_STRANGE, int(chosen.sum()))
    return _moved_to(page, box) if rng.random() < 0.5 else _with(page, box=box)


def _turned_boxes(page: Page, rng: Generator) -> Page:
    """Widths and heights below zero."""
    box = page.symbols.box
    return _moved_to(page, np.where(_some(page, rng)[:, None], box[:, [2, 3, 0, 1]], box))


def _flat_boxes(page: Page, rng: Generator) -> Page:
    box = page.symbols.box
    return _moved_to(page, np.where(_some(page, rng)[:, None], box[:, [0, 1, 0, 1]], box))


def _off_page(page: Page, rng: Generator) -> Page:
    return _moved_to(
        page, page.symbols.box + _some(page, rng)[:, None] * float(rng.choice((-1e5, -300, 300, 1e5)))
    )


def _scaled(page: Page, rng: Generator) -> Page:
    return _moved_to(page, page.symbols.box * float(rng.choice((0.0, 1e-6, 0.1, 3.0, 100.0, -1.0))))


def _no_staves(page: Page, rng: Generator) -> Page:
    return replace(page, staff_lines=np.empty((0, 5)))


def _drop_lines(page: Page, rng: Generator) -> Page:
    return replace(page, staff_lines=page.staff_lines[rng.random(len(page.staff_lines)) < rng.random()])


def _renumber_lines(page: Page, rng: Generator) -> Page:
    lines = page.staff_lines.copy()
    lines[:, 0] = rng.integers(-3, int(rng.choice((1, 3, 1000))), len(lines))
    return replace(page, staff_lines=lines)


def _strange_lines(page: Page, rng: Generator) -> Page:
    lines = page.staff_lines.copy()
    chosen = rng.random(lines.shape) < rng.choice((0.01, 0.2))
    lines[chosen] = rng.choice(_STRANGE, int(chosen.sum()))
    return replace(page, staff_lines=lines)


def _crossing_staves(page: Page, rng: Generator) -> Page:
    lines = page.staff_lines.copy()
    lines[:, 4] += rng.normal(0, 30 * max(page.staff_space, 1.0), len(lines))
    return replace(page, staff_lines=lines)


def _short_lines(page: Page, rng: Generator) -> Page:
    lines = page.staff_lines.copy()
    lines[:, 3] = lines[:, 1] + float(rng.choice((0.0, 1.0, -10.0)))
    return replace(page, staff_lines=lines)


def _one_height(page: Page, rng: Generator) -> Page:
    lines = page.staff_lines.copy()
    if len(lines):
        lines[:, [2, 4]] = lines[0, 2]
    return replace(page, staff_lines=lines)


def _more_staves(page: Page, rng: Generator) -> Page:
    height = float(page.height)
    tops = np.linspace(0, height, int(rng.choice((10, 60, 300))))
    lines = [
        line
        for number, top in enumerate(tops.tolist())
        for line in staff(number, top, max(page.staff_space, 1.0))
    ]
    return replace(page, staff_lines=np.array(lines))


def _many_lines(page: Page, rng: Generator) -> Page:
    count = int(rng.choice((1, 6, 1000)))
    space = max(page.staff_space, 1.0)
    lines = [line for number in range(3) for line in staff(number, 300.0 * number, space, count)]
    return replace(page, staff_lines=np.array(lines))


def _space(page: Page, rng: Generator) -> Page:
    return replace(page, staff_space=float(rng.choice((0.0, -5.0, 1e-9, 1e9, np.nan, np.inf))))


def _image(page: Page, rng: Generator) -> Page:
    shapes = ((1, 1), (1, 3000), (3000, 1), (0, 0), (50, 50))
    shape = shapes[int(rng.integers(len(shapes)))]
    return replace(page, image=rng.integers(0, 256, shape).astype(np.uint8), ids=None, under=None)


def _no_symbols(page: Page, rng: Generator) -> Page:
    return replace(page, symbols=Symbols())


def _strange_ids(page: Page, rng: Generator) -> Page:
    return _with(page, id=rng.integers(-5, 5, len(page.symbols)).astype(np.int32))


def _texts(page: Page, rng: Generator) -> Page:
    """Words of letters that no XML file may hold, and of very many."""
    words = np.array(["\x00\x0b", "<note/>&", "\ud800", "f" * 10_000, "", "\uffff", "D.S."], object)
    return _with(page, text=rng.choice(words, len(page.symbols)))


MUTATIONS: dict[str, Callable[[Page, Generator], Page]] = {
    one.__name__.removeprefix("_"): one
    for one in (
        _drop, _drop_class, _keep_class, _repeat, _relabel, _shuffle_labels, _one_label, _move, _stack,
        _column, _strange_sizes, _turned_boxes, _flat_boxes, _off_page, _scaled, _no_staves, _drop_lines,
        _renumber_lines, _strange_lines, _crossing_staves, _short_lines, _one_height, _more_staves,
        _many_lines, _space, _image, _no_symbols, _strange_ids, _texts,
    )
}  # fmt: skip
"""All that is done to pages, by name."""
