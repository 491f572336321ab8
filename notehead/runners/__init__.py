"""Where work is done: a runner takes calls and gives answers back as they come.

`call.py` says what a call is, `local.py` answers them in processes of this machine, `cluster.py` on the
machines of a Ray cluster, `registry.py` lists both. A call is a function by name with arguments in JSON, so
that it means the same wherever it runs. A worker that dies costs its call another try, and nothing else.
"""

from notehead.runners.call import TRIES, Answer, Call, Runner, reason
from notehead.runners.local import LocalRunner
from notehead.runners.registry import RUNNERS, RunnerOptions, open_runner

__all__ = [
    "RUNNERS",
    "TRIES",
    "Answer",
    "Call",
    "LocalRunner",
    "Runner",
    "RunnerOptions",
    "open_runner",
    "reason",
]
