"""What is done with the files of a collection, as a runner takes it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from notehead.version import __version__


@dataclass(frozen=True, slots=True)
class Task:
    """A function that workers call with a part, and its options.

    Attributes:
        function: `module:function`; it takes a part, the options, the folder of the results and the folder that
            names of files start from, all as JSON has them, and answers as `notehead.collection.shift.worked`.
        options: of the function.
        depends: what else the results depend on, such as the content of a model.
        single: whether one result comes of each file, whatever its pages.
    """

    function: str
    options: dict[str, Any]
    depends: tuple[str, ...] = ()
    single: bool = False

    @property
    def fingerprint(self) -> str:
        """Of all that decides the results of a file."""
        text = json.dumps([__version__, self.function, self.options, self.depends], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
