"""`StreamReader`: the frames of a camera in, pages out whose symbols neither jump nor flicker.

Read one by one, frames give boxes that jump and symbols that come and go. Here each symbol is followed: it
moves as the frame does, it is matched with what the new frame shows, and its place, its score and its class
are means over the frames in which it was seen, of which the newest weigh most.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from notehead.detect.classes import kind_of_label
from notehead.detect.detector import Detector
from notehead.detect.motion import Floats, Pixels, motion, moved, small_frame
from notehead.page import Page, Symbols
from notehead.vocabulary import VOCABULARY

_CORNERS = [0, 1, 2, 1, 2, 3, 0, 3]
_LOST = 0.2
"""Share of symbols below which hardly any of a frame is where it should be."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """How symbols are followed.

    Attributes:
        newest: weight of the newest frame in all means, above 0 to 1.
        same: IoU from which on a symbol may be that of the frame before.
        slack: staff spaces that boxes are grown by on all sides when they are compared: stems are thin.
        appear: a symbol is shown once the mean of the frames in which it was seen (1 each, 0 for the others)
            reaches this ...
        vanish: ... until it falls below this: so symbols outlast short gaps.
    """

    newest: float = 0.4
    same: float = 0.3
    slack: float = 0.25
    appear: float = 0.5
    vanish: float = 0.2


@dataclass(frozen=True, eq=False)
class _Followed:
    """The symbols that are followed: n rows.

    Attributes:
        symbols: as seen last, with means as boxes, corners and scores; ids stay from frame to frame.
        votes: float32 (n, class ids), the mean score of each class.
        presence: float64 (n,), the mean of frames in which it was seen.
        shown: bool (n,).
    """

    symbols: Symbols = field(default_factory=Symbols)
    votes: NDArray[np.float32] = field(
        default_factory=lambda: np.empty((0, max(VOCABULARY.by_id) + 1), np.float32)
    )
    presence: Floats = field(default_factory=lambda: np.empty(0))
    shown: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def of(self, rows: NDArray[np.bool_]) -> _Followed:
        return _Followed(self.symbols[rows], self.votes[rows], self.presence[rows], self.shown[rows])


class StreamReader:
    """Reads frame after frame of one camera.

    Args:
        detector: reads each frame.
        options: how symbols are followed.

    Example:
        >>> from notehead.detect import Detector
        >>> reader = StreamReader(Detector())  # doctest: +SKIP
        >>> pages = [reader.read(frame) for frame in frames]  # doctest: +SKIP
    """

    def __init__(self, detector: Detector, options: StreamOptions | None = None) -> None:
        self._detector, self._options = detector, options or StreamOptions()
        self._frame: NDArray[np.float32] | None = None
        self._size = (0, 0)
        self._space = 0.0
        self._next = 1
        self._followed = _Followed()

    def read(self, image: Pixels) -> Page:
        """The page of a frame, with the symbols that are shown; an id is that of the frames before.

        Staves are those of this frame; the staff space is the last one known.

        Args:
            image: uint8 (height, width) or (height, width, 3) as RGB.

        Raises:
            ValueError: the array is no image.
        """
        page = self._detector.read(image, "frame").page
        self._space = page.staff_space or self._space
        first = self._move(page.image)
        self._add(page.symbols, first=first)
        return replace(page, symbols=self._shown(), staff_space=self._space)

    def _move(self, image: Pixels) -> bool:
        """Bring what is followed to where it should be now; whether nothing is, as at another scene."""
        size = (image.shape[1], image.shape[0])
        small = small_frame(image) if image.size else None
        way = None
        if small is not None and self._frame is not None and self._size == size:
            way = motion(self._frame, small, size)
        self._frame, self._size = small, size
        if way is None:
            self._followed = _Followed()
            return True
        symbols = self._followed.symbols
        corners = moved(symbols.corners, way)
        around = moved(symbols.box[:, _CORNERS].reshape(-1, 4, 2), way)
        # an upright box stays one: of its moved corners the means of either side
        box = np.stack(
            (
                around[:, [0, 3], 0].mean(axis=1),
                around[:, [0, 1], 1].mean(axis=1),
                around[:, [1, 2], 0].mean(axis=1),
                around[:, [2, 3], 1].mean(axis=1),
            ),
            axis=1,
        )
        followed = replace(self._followed, symbols=symbols.replace(box=box, corners=corners))
        there = (box[:, 2:] > 0).all(axis=1) & (box[:, :2] < np.array(size)).all(axis=1)
        self._followed = followed.of(np.asarray(there))
        return False

    def _add(self, seen: Symbols, *, first: bool) -> None:
        """Take in what a frame shows."""
        options = self._options
        old, new = self._matched(seen)
        if len(new) < _LOST * min(len(seen), len(self._followed.symbols)):  # the motion must be wrong
            self._followed, first = _Followed(), True
            old, new = old[:0], new[:0]
        followed = self._followed
        hit = np.zeros(len(followed.symbols))
        hit[old] = 1
        presence = followed.presence + options.newest * (hit - followed.presence)
        votes = followed.votes.copy()
        votes[old] *= 1 - options.newest
        votes[old, seen.label[new]] += options.newest * seen.score[new]
        kept = followed.symbols
        box, corners = kept.box.copy(), kept.corners.copy()
        box[old] += options.newest * (seen.box[new] - box[old])
        corners[old] += options.newest * (_turned_alike(seen.corners[new], corners[old]) - corners[old])
        columns = {name: getattr(kept, name).copy() for name in ("staff", "position", "area")}
        for name, column in columns.items():
            column[old] = getattr(seen, name)[new]
        kept = kept.replace(box=box, corners=corners, **columns)
        fresh = np.ones(len(seen), np.bool_)
        fresh[new] = False
        every = self._joined(kept, seen[fresh])
        count = int(fresh.sum())
        votes = np.concatenate((votes, _one_hot(seen.label[fresh], seen.score[fresh], votes.shape[1])))
        # of the first frame there is no mean yet: all of it is shown
        presence = np.concatenate((presence, np.full(count, 1.0 if first else options.newest)))
        shown = np.concatenate((followed.shown, np.zeros(count, np.bool_)))
        shown = presence >= np.where(shown, options.vanish, options.appear)
        label = votes.argmax(axis=1) if len(votes) else np.empty(0, np.int64)
        score = votes.max(axis=1, initial=0.0).astype(np.float64)
        symbols = every.replace(label=label.astype(np.int32), score=score)
        alive = shown | (presence >= min(options.vanish, options.newest) / 2)
        self._followed = _Followed(symbols, votes, presence, shown).of(alive)

    def _matched(self, seen: Symbols) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of what is followed, and the rows of what the frame shows that they are.

        Only symbols of one family or trace may be the same, be their classes the same or not.
        """
        kinds, slack = kind_of_label(), self._options.slack * self._space
        grow = np.array([-slack, -slack, slack, slack])
        kept = self._followed.symbols
        order = np.argsort(-seen.score, kind="stable")
        partner = _match(
            seen.box[order] + grow,
            kinds[seen.label[order]],
            kept.box + grow,
            kinds[kept.label],
            self._options.same,
        )
        found = partner >= 0
        return partner[found], order[found]

    def _joined(self, kept: Symbols, fresh: Symbols) -> Symbols:
        ids = np.arange(self._next, self._next + len(fresh), dtype=np.int32)
        self._next += len(fresh)
        names = ("label", "box", "corners", "area", "staff", "position", "score", "text")
        columns = {name: np.concatenate((getattr(kept, name), getattr(fresh, name))) for name in names}
        return Symbols.build(
            columns.pop("label").tolist(), columns.pop("box"), id=np.concatenate((kept.id, ids)), **columns
        )

    def _shown(self) -> Symbols:
        return self._followed.symbols[self._followed.shown]


def _turned_alike(corners: Floats, others: Floats) -> Floats:
    """Corners, each box's in the order that brings them nearest to those of its other."""
    ways = np.stack([np.roll(one, turn, axis=1) for one in (corners, corners[:, ::-1]) for turn in range(4)])
    away = np.abs(ways - others[None]).sum(axis=(2, 3))
    return np.asarray(ways[away.argmin(axis=0), np.arange(len(corners))])


def _one_hot(label: NDArray[np.int32], score: Floats, classes: int) -> NDArray[np.float32]:
    votes = np.zeros((len(label), classes), np.float32)
    votes[np.arange(len(label)), label] = score
    return votes


@njit(cache=True)
def _match(box, kind, others, other_kind, least):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """For each box the free other of its kind that it shares most with, the first box first; -1 for none."""
    partner = np.full(len(box), -1, np.int64)
    taken = np.zeros(len(others), np.bool_)
    for i in range(len(box)):
        best = least
        area = (box[i, 2] - box[i, 0]) * (box[i, 3] - box[i, 1])
        for j in range(len(others)):
            if taken[j] or kind[i] != other_kind[j]:
                continue
            width = min(box[i, 2], others[j, 2]) - max(box[i, 0], others[j, 0])
            height = min(box[i, 3], others[j, 3]) - max(box[i, 1], others[j, 1])
            if width <= 0 or height <= 0:
                continue
            both = area + (others[j, 2] - others[j, 0]) * (others[j, 3] - others[j, 1])
            shared = width * height / (both - width * height)
            if shared >= best:
                best = shared
                partner[i] = j
        if partner[i] >= 0:
            taken[partner[i]] = True
    return partner
