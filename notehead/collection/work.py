"""What is done with the files of a collection, as a runner takes it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from notehead.version import __version__


@dataclass(frozen=True, slots=True)
class Work:
    """A function that workers call with a part.

    Attributes:
        function: `module:function`; it takes a part, the options, and a `Place`, all as JSON has them, and
            answers as `notehead.collection.shift.worked` does.
        options: of the function.
        depends: what the results of a file depend on.
        single: whether one result comes of each file, whatever its pages.
        beside: files that lie beside the results.
    """

    function: str
    options: dict[str, Any]
    depends: dict[str, Any]
    single: bool = False
    beside: dict[str, bytes] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Of all that decides the results of a file."""
        text = json.dumps([__version__, self.depends], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker works.

    Attributes:
        output: folder of the results.
        here: the folder that names of files start from.
        cpu_seconds: processor time that a page may take.
    """

    output: str
    here: str
    cpu_seconds: int
