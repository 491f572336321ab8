"""What a dataset says of itself: the command that makes it again, and the versions that decide its bytes."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from notehead.builder.options import BuildOptions
from notehead.engrave.engravers import engraver_class
from notehead.engrave.verovio.fonts import FONTS
from notehead.version import __version__


def command(options: BuildOptions, roots: Sequence[Path]) -> str:
    """The command that makes a dataset again; what does not decide its bytes is left out."""
    words = ["notehead", "build", *sorted(map(str, roots)), "-o", "DATASET"]
    if options.fonts != FONTS:
        words += ["--fonts", ",".join(options.fonts)]
    words += ["--engraver", ",".join(options.engravers)] if options.engravers != ("verovio",) else []
    if options.recipes != ("clean",):
        words += ["--recipes", ",".join(options.recipes), "--strength", f"{options.strength:g}"]
    words += ["--papers", ",".join(options.papers)] if options.papers else []
    words += ["--per-score", str(options.per_score)] if options.per_score else []
    words += ["--resolution", f"{options.resolution:g}"]
    words += ["--split", f"{options.split:g}", "--seed", str(options.seed)]
    if options.limit is not None:
        words += ["--limit" if options.per_score else "--pages", str(options.limit)]
    words += ["--patches", str(options.patches)] if options.patches != BuildOptions().patches else []
    if options.layout != "folder":
        words += ["--layout", options.layout, "--shard-pages", str(options.shard_pages)]
    return shlex.join(words)


def versions(options: BuildOptions) -> dict[str, str]:
    """Of all that decides the bytes; raises MissingExtraError where an engraver is not installed."""
    packages = ["verovio", "numpy", "numba", "zlib-ng", "fonttools", "matplotlib"]
    packages += ["opencv-python-headless"] if options.recipes != ("clean",) else []
    packages += ["pyarrow"] if options.layout == "parquet" else []
    programs = {name: engraver_class(name)().version for name in options.engravers if name != "verovio"}
    return {"notehead": __version__, **{name: version(name) for name in packages}, **programs}
