"""From scores to a dataset: the plan, its making in parallel, and its end.

`options.py` says what to build, `plan.py` which units that are, `unit.py` makes one (in a child
process), `runners/` say where, `journal.py` remembers what is done, `finish.py` writes what needs
all pages, `build.py` ties it together.
"""

from notehead.builder.build import build
from notehead.builder.options import BuildOptions, BuildResult, Failure

__all__ = ["BuildOptions", "BuildResult", "Failure", "build"]
