"""`Page`, `Symbols` and `Symbol`: the one currency of the project.

Engraving makes a page, detection makes one, and every writer, viewer and metric takes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notehead.vocabulary import VOCABULARY, ClassMap, SymbolClass, Vocabulary

ABSENT = -32768
"""In integer columns: this symbol has no such value. Float columns use NaN."""

STEPS = "CDEFGAB"
_SEMITONES = np.array([0, 2, 4, 5, 7, 9, 11])


def upright_corners(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The corners of upright boxes (..., 4), clockwise from the upper left: (..., 4, 2).

    Example:
        >>> upright_corners(np.array([1.0, 2, 5, 4])).tolist()
        [[1.0, 2.0], [5.0, 2.0], [5.0, 4.0], [1.0, 4.0]]
    """
    return boxes[..., [0, 1, 2, 1, 2, 3, 0, 3]].reshape(*boxes.shape[:-1], 4, 2)


@dataclass(frozen=True, slots=True)
class Pitch:
    """A pitch: step C-B, alteration in semitones, octave (C4 is middle C)."""

    step: str
    alter: int
    octave: int

    @property
    def midi(self) -> int:
        """MIDI key number, 60 for middle C."""
        return int(12 * (self.octave + 1) + _SEMITONES[STEPS.index(self.step)] + self.alter)


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """One music symbol on a page: a view of one row of `Symbols`.

    Coordinates are pixels, x to the right and y downwards; pixel (0, 0) covers [0, 1) x [0, 1).

    Attributes:
        id: instance number on its page, from 1; the value in the page's id layers.
        cls: its class.
        box: (x0, y0, x1, y1), the symbol's WHOLE extent, even where something covers it.
        corners: the oriented box, four (x, y) corners.
        area: visible pixels.
        staff: staff on the page, from 0 at the top, None where it belongs to none.
        system: system on the page, from 0 at the top.
        measure: measure of the score, from 0.
        voice: layer in the staff and measure, from 1.
        position: half staff spaces above the staff's middle line (below: negative), of noteheads, and
            of the line that a clef names.
        onset: start in quarter notes from the start of the score.
        duration: length in quarter notes.
        pitch: of noteheads, as written: an octave line or a transposing instrument is not applied.
        score: confidence, 1.0 for truth.
        text: the letters of text symbols.
    """

    id: int
    cls: SymbolClass
    box: tuple[float, float, float, float]
    corners: NDArray[np.float64]
    area: int
    staff: int | None
    system: int | None
    measure: int | None
    voice: int | None
    position: int | None
    onset: float | None
    duration: float | None
    pitch: Pitch | None
    score: float
    text: str | None

    @property
    def name(self) -> str:
        """The name of its class."""
        return self.cls.name


def _ints() -> NDArray[np.int32]:
    return np.empty(0, np.int32)


def _floats() -> NDArray[np.float64]:
    return np.empty(0, np.float64)


@dataclass(frozen=True, eq=False)
class Symbols:
    """All symbols of a page as columns, one array per field: n symbols cost what one does.

    An integer row gives a `Symbol`; a slice, a mask or an index array gives `Symbols` again, with the
    links between the rows that are left. The columns are as in `Symbol`; `label` holds class ids,
    `diatonic` is 7 * octave + step (0 for C), `links` holds pairs (from id, to id) as MUSCIMA++ has
    them: from noteheads to stem, beam, flag, accidental, dot, ledger line, slur, tie, staff.

    `vocabulary` says what the class ids mean: notehead's own, or that of the dataset they came from.

    Example:
        >>> symbols = Symbols.build(["stem", "beam"], [[1, 2, 3, 9], [1, 2, 30, 5]])
        >>> symbols[1].name, symbols.named("stem").box.tolist()
        ('beam', [[1.0, 2.0, 3.0, 9.0]])
    """

    id: NDArray[np.int32] = field(default_factory=_ints)
    label: NDArray[np.int32] = field(default_factory=_ints)
    box: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))
    corners: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4, 2)))
    area: NDArray[np.int32] = field(default_factory=_ints)
    staff: NDArray[np.int32] = field(default_factory=_ints)
    system: NDArray[np.int32] = field(default_factory=_ints)
    measure: NDArray[np.int32] = field(default_factory=_ints)
    voice: NDArray[np.int32] = field(default_factory=_ints)
    position: NDArray[np.int32] = field(default_factory=_ints)
    onset: NDArray[np.float64] = field(default_factory=_floats)
    duration: NDArray[np.float64] = field(default_factory=_floats)
    diatonic: NDArray[np.int32] = field(default_factory=_ints)
    alter: NDArray[np.int32] = field(default_factory=_ints)
    score: NDArray[np.float64] = field(default_factory=_floats)
    text: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))
    links: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 2), np.int32))
    vocabulary: Vocabulary = VOCABULARY

    @classmethod
    def build(
        cls,
        names: Iterable[str | int],
        boxes: ArrayLike,
        vocabulary: Vocabulary = VOCABULARY,
        /,
        **columns: ArrayLike,
    ) -> Symbols:
        """Symbols from class names (or ids) and boxes of shape (n, 4); other columns by name.

        Columns that are not given are filled: ids from 1, corners from the boxes, scores 1.0, the
        rest absent. Raises KeyError for an unknown class, ValueError for a column of another length.
        """
        labels = [vocabulary.id(name) if isinstance(name, str) else int(name) for name in names]
        n = len(labels)
        box = np.asarray(boxes, np.float64).reshape(n, 4)
        defaults: dict[str, Any] = {
            "id": np.arange(1, n + 1),
            "area": np.zeros(n),
            "corners": upright_corners(box),
            "score": np.ones(n),
            "onset": np.full(n, np.nan),
            "duration": np.full(n, np.nan),
            "text": np.full(n, None, object),
            "links": np.empty((0, 2)),
        }
        given: dict[str, Any] = {**defaults, **columns, "label": labels, "box": box}
        arrays = {}
        for column, empty in _EMPTY_COLUMNS.items():
            values = given.get(column, np.full(n, ABSENT))
            arrays[column] = np.asarray(values, empty.dtype)
            if column != "links" and arrays[column].shape != (n, *empty.shape[1:]):
                message = f"column {column} has shape {arrays[column].shape} for {n} symbols"
                raise ValueError(message)
        return cls(**arrays, vocabulary=vocabulary)

    def __len__(self) -> int:
        return len(self.id)

    @overload
    def __getitem__(self, rows: int | np.integer[Any]) -> Symbol: ...
    @overload
    def __getitem__(self, rows: slice | NDArray[Any] | list[int]) -> Symbols: ...
    def __getitem__(self, rows: Any) -> Symbol | Symbols:
        if isinstance(rows, int | np.integer):
            return self._row(int(rows))
        picked = {name: getattr(self, name)[rows] for name in _EMPTY_COLUMNS if name != "links"}
        kept = np.isin(self.links, picked["id"]).all(axis=1)
        return Symbols(**picked, links=self.links[kept], vocabulary=self.vocabulary)

    def __iter__(self) -> Iterator[Symbol]:
        return (self._row(row) for row in range(len(self)))

    def _row(self, row: int) -> Symbol:
        diatonic = _value(self.diatonic[row])
        pitch = None
        if diatonic is not None:
            alter = _value(self.alter[row]) or 0
            pitch = Pitch(STEPS[diatonic % 7], alter, diatonic // 7)
        x0, y0, x1, y1 = self.box[row].tolist()
        return Symbol(
            id=int(self.id[row]),
            cls=self.vocabulary.by_id[int(self.label[row])],
            box=(x0, y0, x1, y1),
            corners=self.corners[row],
            area=int(self.area[row]),
            staff=_value(self.staff[row]),
            system=_value(self.system[row]),
            measure=_value(self.measure[row]),
            voice=_value(self.voice[row]),
            position=_value(self.position[row]),
            onset=_number(self.onset[row]),
            duration=_number(self.duration[row]),
            pitch=pitch,
            score=float(self.score[row]),
            text=self.text[row],
        )

    @cached_property
    def names(self) -> list[str]:
        """The class name of each symbol; not to be changed."""
        return [self.vocabulary.by_id[label].name for label in self.label.tolist()]

    @cached_property
    def is_notehead(self) -> NDArray[np.bool_]:
        """For each symbol, whether it is a notehead."""
        return np.isin(self.label, self.vocabulary.notehead_ids)

    @property
    def midi(self) -> NDArray[np.int32]:
        """MIDI key number of each symbol, `ABSENT` where it has no pitch."""
        octave, step = np.divmod(self.diatonic, 7)
        alter = np.where(self.alter == ABSENT, 0, self.alter)
        key = 12 * (octave + 1) + _SEMITONES[step] + alter
        return np.where(self.diatonic == ABSENT, ABSENT, key).astype(np.int32)

    def named(self, *names: str) -> Symbols:
        """The symbols of the given classes; raises KeyError for an unknown class."""
        return self[np.isin(self.label, [self.vocabulary.id(name) for name in names])]

    def mapped(self, classes: ClassMap) -> Symbols:
        """The symbols under the classes of another vocabulary, without those that have none there."""
        label = classes.label_of[self.label]
        kept = label >= 0
        symbols = self if kept.all() else self[kept]
        return symbols.replace(label=label[kept], vocabulary=classes.target)

    def mask_values(self, value_of_class: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Value by symbol id, 0 for paper and unused ids, from a value by class id: a table for masks."""
        table = np.zeros(int(self.id.max(initial=0)) + 1, np.uint8)
        table[self.id] = value_of_class[self.label]
        return table

    def linked(self, symbol: Symbol | int) -> Symbols:
        """The symbols to which links lead from this symbol (or its id)."""
        source = symbol if isinstance(symbol, int) else symbol.id
        return self[np.isin(self.id, self.links[self.links[:, 0] == source, 1])]

    def replace(self, **columns: Any) -> Symbols:
        """A copy with some columns exchanged."""
        return replace(self, **columns)


_EMPTY_COLUMNS: dict[str, NDArray[Any]] = {
    item.name: getattr(Symbols(), item.name) for item in fields(Symbols) if item.name != "vocabulary"
}
COLUMNS: tuple[str, ...] = tuple(_EMPTY_COLUMNS)
"""The names of the columns of `Symbols`, in order; the last is `links`."""


def _value(number: np.int32) -> int | None:
    return None if number == ABSENT else int(number)


def _number(number: np.float64) -> float | None:
    return None if np.isnan(number) else float(number)


@dataclass(frozen=True, slots=True)
class Origin:
    """How a page came to be.

    Attributes:
        score: path of the score file inside the folder that was given.
        score_id: id of the score's content; pages of one score share it.
        number: page number in the score, from 1.
        engraver: program and version, empty for a page that was read from an image.
        font: music font.
        resolution: dots per inch.
        seed: what the style was drawn with.
        style: the style's values, by option name.
        licence: of the score, where it is known.
        recipe: in what way the page was degraded; empty where it is as engraved.
        strength: how strongly; 1 is usual.
        bare_ink: some of the page's ink has no symbol: symbols were left out, or marks were added.
    """

    score: str = ""
    score_id: str = ""
    number: int = 1
    engraver: str = ""
    font: str = ""
    resolution: float = 0.0
    seed: int = 0
    style: dict[str, float | str | bool] = field(default_factory=dict)
    licence: str = ""
    recipe: str = ""
    strength: float = 0.0
    bare_ink: bool = False


@dataclass(frozen=True, eq=False)
class Page:
    """An image of a page of music, its symbols, and how it came to be.

    Attributes:
        name: unique in its dataset; names its files.
        image: uint8 (height, width), 0 black, 255 white.
        symbols: what stands on it.
        ids: uint16 (height, width), for each pixel the id of the symbol on top, 0 for paper; None
            for pages without masks.
        under: the same for the symbol directly below the top one, 0 where there is none.
        staff_lines: float64 (n, 5), one row per staff line: staff, x0, y0, x1, y1 of its middle; several
            rows, from the left, of a line that is broken, or bent and so made of straight pieces.
        staff_space: distance between staff lines in pixels, the median over the page's staves.
        origin: how it came to be.
    """

    name: str
    image: NDArray[np.uint8]
    symbols: Symbols = field(default_factory=Symbols)
    ids: NDArray[np.uint16] | None = None
    under: NDArray[np.uint16] | None = None
    staff_lines: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 5)))
    staff_space: float = 0.0
    origin: Origin = field(default_factory=Origin)

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return int(self.image.shape[0])

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return int(self.image.shape[1])

    @property
    def classes(self) -> NDArray[np.uint8]:
        """The semantic mask: for each pixel the grey value of the top symbol's class, 0 for paper."""
        if self.ids is None:
            message = f"page {self.name} has no masks"
            raise ValueError(message)
        return self.symbols.mask_values(self.symbols.vocabulary.grey_of_id)[self.ids]

    def mask(self, symbol: Symbol | int) -> NDArray[np.bool_]:
        """All pixels of one symbol, those that another one covers included: bool (height, width)."""
        if self.ids is None:
            message = f"page {self.name} has no masks"
            raise ValueError(message)
        number = symbol if isinstance(symbol, int) else symbol.id
        mask: NDArray[np.bool_] = self.ids == number
        return mask if self.under is None else mask | (self.under == number)
