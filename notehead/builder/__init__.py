"""From scores to a dataset: the plan, its making in parallel, and its end.

`options.py` says what to build, `survey.py` finds the scores, `plan.py` says which units that are, `unit.py`
makes one (in a child process of a runner), `journal.py` remembers what is done, `finish.py` writes what
needs all pages, `build.py` ties it together. `shards/` does the same for Parquet shards, here or in an
object store; `estimate.py` tells before what a build will take.
"""

from notehead.builder.build import build
from notehead.builder.estimate import Estimate, estimate
from notehead.builder.options import BuildOptions, BuildResult, Failure

__all__ = ["BuildOptions", "BuildResult", "Estimate", "Failure", "build", "estimate"]
