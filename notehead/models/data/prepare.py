"""Pages as the detector is trained on them: at one staff space, with the maps of lines drawn."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from zlib_ng import zlib_ng

from notehead.detect.classes import BELOW, FAMILIES, KINDS, kind_of_label, trace_kind
from notehead.detect.maps import DOT
from notehead.errors import DatasetError
from notehead.files import write_file
from notehead.models.data.instances import scaled_instances
from notehead.models.data.traces import draw_traces
from notehead.page import Page, Symbols


@dataclass(frozen=True, eq=False)
class TrainingPage:
    """A page at the detector's staff space.

    Attributes:
        image: uint8 (height, width).
        traces: uint16 (height / 2, width / 2), a bit for each of `TRACES`.
        label: int32 (n,), class ids of all symbols.
        kind: int32 (n,), family or trace of each.
        box: float32 (n, 4).
        corners: float32 (n, 4, 2), of the oriented boxes.
        instances: uint16 (height, width), 1 + the row of the symbol that each pixel shows, 0 for none; None
            where they were not asked for.
        staff: int32 (n,), the staff of each symbol, as `Symbols` has it, `ABSENT` for none; this and what
            follows are None of pages that were put together.
        position: int32 (n,), as `Symbols` has it.
        duration: float32 (n,), as `Symbols` has it.
    """

    image: NDArray[np.uint8]
    traces: NDArray[np.uint16]
    label: NDArray[np.int32]
    kind: NDArray[np.int32]
    box: NDArray[np.float32]
    corners: NDArray[np.float32]
    instances: NDArray[np.uint16] | None = None
    staff: NDArray[np.int32] | None = None
    position: NDArray[np.int32] | None = None
    duration: NDArray[np.float32] | None = None

    def write(self, path: Path) -> None:
        """Write the page to one compressed file."""
        write_file(path, self.packed())

    def packed(self) -> bytes:
        """The page as one compressed file, which `read` reads."""
        arrays: dict[str, NDArray[Any]] = {
            "image": _packed(self.image),
            "traces": _packed(self.traces.view(np.uint8)),
            "shape": np.array(self.image.shape),
            "label": self.label,
            "kind": self.kind,
            "box": self.box,
            "corners": self.corners,
        }
        if self.instances is not None:
            arrays["instances"] = _packed(self.instances.view(np.uint8))
        if self.staff is not None and self.position is not None and self.duration is not None:
            arrays |= {"staff": self.staff, "position": self.position, "duration": self.duration}
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def read(cls, path: Path | BinaryIO) -> TrainingPage:
        """Read what `write` has written, or `packed` has given.

        Raises:
            DatasetError: another version of notehead has.
        """
        with np.load(path, allow_pickle=False) as arrays:
            if "corners" not in arrays:
                message = f"{path}: another version of notehead has prepared it"
                raise DatasetError(message, "Train in a new folder.")
            height, width = arrays["shape"].tolist()
            instances = None
            if "instances" in arrays:
                instances = _unpacked(arrays["instances"], height * width * 2).view(np.uint16)
                instances = instances.reshape(height, width)
            return cls(
                _unpacked(arrays["image"], height * width).reshape(height, width),
                _unpacked(arrays["traces"], height * width // 2)
                .view(np.uint16)
                .reshape(height // DOT, width // DOT),
                arrays["label"],
                arrays["kind"],
                arrays["box"],
                arrays["corners"],
                instances,
                *(arrays.get(name) for name in ("staff", "position", "duration")),
            )


def blank_page(side: int, *, instances: bool = False) -> TrainingPage:
    """A square of paper with nothing on it."""
    none = np.empty(0, np.int32)
    return TrainingPage(
        np.full((side, side), 255, np.uint8),
        np.zeros((side // DOT, side // DOT), np.uint16),
        none,
        none,
        np.empty((0, 4), np.float32),
        np.empty((0, 4, 2), np.float32),
        np.zeros((side, side), np.uint16) if instances else None,
        none,
        none,
        np.empty(0, np.float32),
    )


def read_image(path: Path) -> NDArray[np.uint8]:
    """The image of a prepared page alone: uint8 (height, width)."""
    with np.load(path, allow_pickle=False) as arrays:
        height, width = arrays["shape"].tolist()
        return _unpacked(arrays["image"], height * width).reshape(height, width)


def prepare(page: Page, staff_space: float, *, instances: bool = False) -> TrainingPage:
    """A page with masks, scaled so that its staff space has the given number of pixels.

    Args:
        page: with its masks.
        staff_space: in pixels.
        instances: whether to say which symbol each pixel shows.

    Raises ValueError for a page without masks or without a staff space.
    """
    if page.ids is None or not page.staff_space > 0:
        message = f"page {page.name} has no masks or no staff space"
        raise ValueError(message)
    scale = staff_space / page.staff_space
    width, height = (_even(round(side * scale)) for side in (page.width, page.height))
    smaller = scale < 1
    image = cv2.resize(
        page.image, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    )
    factor = np.array([width / page.width, height / page.height])
    symbols = page.symbols
    kind = kind_of_label()[symbols.label].astype(np.int32)
    traced = kind >= len(FAMILIES)
    under = page.ids if page.under is None else page.under
    traces, kind[traced] = _traces((page.ids, under), symbols[traced], (width // DOT, height // DOT))
    box = (symbols.box * np.tile(factor, 2)).astype(np.float32)
    corners = (symbols.corners * factor).astype(np.float32)
    shown = None
    if instances:
        row_of = np.zeros(int(max(page.ids.max(), symbols.id.max(initial=0))) + 1, np.uint16)
        row_of[symbols.id] = np.arange(1, len(symbols) + 1)
        shown = scaled_instances(page.image, page.ids, row_of, (width, height))
    label = symbols.label.astype(np.int32)
    return TrainingPage(
        image.astype(np.uint8, copy=False),
        traces,
        label,
        kind,
        box,
        corners,
        shown,
        symbols.staff.astype(np.int32),
        symbols.position.astype(np.int32),
        symbols.duration.astype(np.float32),
    )


def _traces(
    layers: tuple[NDArray[np.uint16], NDArray[np.uint16]], lines: Symbols, size: tuple[int, int]
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """The maps of lines, and the kind of each line."""
    below = np.arange(KINDS)
    for above, hanging in BELOW.items():
        below[trace_kind(above)] = trace_kind(hanging)
    kind = kind_of_label()[lines.label]
    bits = tuple((one - len(FAMILIES)).astype(np.int32) for one in (kind, below[kind]))
    traces, chosen = draw_traces(layers, lines.id, lines.box, bits, size)  # type: ignore[arg-type]
    return traces, chosen + len(FAMILIES)


def _even(side: int) -> int:
    return max(DOT, side - side % DOT)


def _packed(array: NDArray[Any]) -> NDArray[np.uint8]:
    return np.frombuffer(zlib_ng.compress(np.ascontiguousarray(array), 1), np.uint8)


def _unpacked(data: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    return np.frombuffer(bytearray(zlib_ng.decompress(data.tobytes(), bufsize=size)), np.uint8)
