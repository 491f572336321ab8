"""The part of a JSON file that is in memory, and a place in it that moves on."""

from __future__ import annotations

import json
from io import FileIO
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import orjson
from numpy.typing import NDArray

from notehead.datasets.json_index import kernels
from notehead.errors import DatasetError

LARGEST = 256 * 2**20
"""Of one value in bytes; a symbol's has some hundred."""

_BOM = b"\xef\xbb\xbf"
_LINES = 2**20
_REMEDY = "Fetch or export the file again."


class Window:
    """The part of a JSON file that is in memory, and a place in it that moves on.

    Args:
        path: of the file, for messages.
        file: the same, opened without a buffer.
        chunk: bytes that are in memory at a time; more where one value needs more.

    Attributes:
        text: uint8, the bytes in memory, of which `size` are valid.
        at: the place, in `text`.
        base: where `text` begins in the file.
    """

    def __init__(self, path: Path, file: FileIO, chunk: int) -> None:
        self._path, self._file = path, file
        self.text: NDArray[np.uint8] = np.empty(max(1, chunk), np.uint8)
        self.at = self.base = self.size = 0
        while self.size < len(_BOM) and self._fill():
            pass
        if bytes(self.text[: self.size]).startswith(_BOM):
            self.at = len(_BOM)

    @property
    def offset(self) -> int:
        """The place in the file."""
        return self.base + self.at

    def read(self, *, may_end: bool = False) -> bool:
        """Forget what stands before the place, and read on.

        Returns:
            Whether there was more. DatasetError where there must be and is none.
        """
        rest = self.size - self.at
        if self.at:
            self.text[:rest] = self.text[self.at : self.size].copy()
            self.base, self.at, self.size = self.offset, 0, rest
        if rest >= LARGEST:
            self.fail(f"one value takes more than {LARGEST:,} bytes")
        more = self._fill()
        if not more and not may_end:
            self.fail("the file is cut off here" if self.base + rest else "the file is empty", rest)
        return more

    def _fill(self) -> bool:
        """Read behind what is there; whether something came."""
        if self.size == len(self.text):
            self.text = np.concatenate((self.text, np.empty_like(self.text)))
        count = self._file.readinto(self.text[self.size :].data) or 0
        self.size += count
        return count > 0

    def byte(self, *, may_end: bool = False) -> str:
        """The next character that is no white space, to which the place moves; "" at an end that may be."""
        while True:
            self.at = kernels.space(self.text, self.at, self.size)
            if self.at < self.size:
                return chr(self.text[self.at])
            if not self.read(may_end=may_end):
                return ""

    def take(self, wanted: str) -> None:
        """Go behind a character that must come."""
        if self.byte() != wanted:
            self.fail()
        self.at += 1

    def key(self) -> str:
        """Go behind the key that must come, and its colon."""
        if self.byte() != '"':
            self.fail()
        text = self._whole_value()
        try:
            name = str(parse(text))
        except ValueError:
            self.fail()
        self.at += len(text)
        self.take(":")
        return name

    def skip(self) -> None:
        """Go behind the value that must come, however large it is."""
        if self.byte() not in "[{":
            text = self._whole_value()  # which may move the place within `text`
            self.at += len(text)
            return
        state = np.zeros(kernels.SCRATCH, np.int64)
        while (end := kernels.nested_end(self.text, self.at, self.size, state)) == kernels.MORE:
            self.at = self.size
            self.read()
            self.at = int(state[kernels.BEYOND])
        self._go(end)

    def _whole_value(self) -> bytes:
        """The text of the value here, all of it in memory."""
        state = np.zeros(kernels.SCRATCH, np.int64)
        while (end := kernels.value_end(self.text, self.at, self.size, state)) == kernels.MORE:
            self.read()
        begin = self.at
        self._go(end)
        self.at = begin
        return bytes(self.text[begin:end])

    def _go(self, end: int) -> None:
        if end < 0:
            self.fail(at=kernels.bad(end))
        self.at = end

    def fail(self, cause: str = "this is no JSON", at: int | None = None) -> NoReturn:
        """Raise DatasetError for what stands here, or elsewhere in `text`."""
        offset = self.base + (self.at if at is None else at)
        message = f"{place_in(self._path, offset)}: {cause}"
        raise DatasetError(message, _REMEDY)


def place_in(path: Path, offset: int) -> str:
    """A file and a place in it, as messages name it; line and byte are counted from 1."""
    line, rest = 1, offset
    with path.open("rb") as file:
        while rest > 0 and (chunk := file.read(min(rest, _LINES))):
            line, rest = line + chunk.count(b"\n"), rest - len(chunk)
    return f"{path}: line {line:,}, byte {offset + 1:,}"


def parse(text: bytes) -> Any:
    """A JSON value, NaN and Infinity allowed, which Python's own writer writes; raises ValueError."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            return json.loads(text.decode())
        except RecursionError as error:
            message = "it is nested too deeply"
            raise ValueError(message) from error
