"""notehead: from a music score to exactly annotated pages, and from pages to their symbols and their music.

The few names of the library:

- `build(scores, output, BuildOptions(...))` makes a dataset;
- `Dataset(folder)` reads one, of any format, an iterable of `Page`;
- `convert(dataset, folder, format, ConvertOptions(...))` writes it in another format;
- `Page`, `Symbols`, `Symbol`, `Pitch`, `Origin`: a page of music and what stands on it;
- `VOCABULARY`: the classes;
- `read("scan.pdf")` reads the music on pages;
- `overlay(page)` draws the symbols over the page;
- `NoteheadError`: the root of all errors.
"""

from typing import TYPE_CHECKING, Any

from notehead.builder import BuildOptions, BuildResult, build
from notehead.datasets import Dataset
from notehead.datasets.convert import ConvertOptions, convert
from notehead.datasets.overlay import OverlayOptions, overlay
from notehead.errors import NoteheadError
from notehead.page import Origin, Page, Pitch, Symbol, Symbols
from notehead.version import __version__
from notehead.vocabulary import VOCABULARY, SymbolClass

if TYPE_CHECKING:
    from notehead.reading import read

__all__ = [
    "VOCABULARY",
    "BuildOptions",
    "BuildResult",
    "ConvertOptions",
    "Dataset",
    "NoteheadError",
    "Origin",
    "OverlayOptions",
    "Page",
    "Pitch",
    "Symbol",
    "SymbolClass",
    "Symbols",
    "__version__",
    "build",
    "convert",
    "overlay",
    "read",
]


def __getattr__(name: str) -> Any:
    """What is heavy to load, and not wanted by all."""
    if name == "read":
        from notehead.reading import read  # noqa: PLC0415

        return read
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
