"""Music to MEI, MIDI and pictures by Verovio, which is native code and is called in a sandbox only."""

from __future__ import annotations

import base64
from types import TracebackType
from typing import Any, Self

from notehead.errors import EngraverError
from notehead.sandbox import ChildDied, Limits, Sandbox

_LEAN = ("notehead", "notehead.reading")
_LIMITS = Limits(seconds=300, cpu_seconds=240)
_MODULE = "notehead.reading.verovio_child"
_MUSIC = "the music"
_REPORT = "Please report it with the pages."


class Typesetter:
    """Verovio, for any number of pieces. A context manager.

    Raises:
        EngraverError: Verovio refuses the music, crashes or takes too long.
    """

    def __init__(self) -> None:
        self._sandbox = Sandbox(_LIMITS, lean=_LEAN)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.close()

    def mei(self, musicxml: bytes) -> bytes:
        """The music as MEI."""
        return str(self._call("mei", musicxml.decode())).encode()

    def midi(self, musicxml: bytes) -> bytes:
        """The music as a MIDI file, with its repeats played."""
        return base64.b64decode(str(self._call("midi", musicxml.decode())))

    def engraved(self, musicxml: bytes, width: int, *, breaks: bool) -> list[str]:
        """The music as SVG, page by page; a page is `width` wide, of which a staff space is 18.

        With `breaks`, new pages and systems are where the music says so, and nowhere else.
        """
        return [str(page) for page in self._call("engraved", musicxml.decode(), width, breaks)]

    def _call(self, function: str, *arguments: Any) -> Any:
        try:
            return self._sandbox.call(f"{_MODULE}:{function}", *arguments)
        except ChildDied as error:
            cause = f"Verovio {error}"
            raise EngraverError(_MUSIC, cause, _REPORT) from error
