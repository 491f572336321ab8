"""The command line: each command is a thin call of a library function.

Data goes to standard output, messages and progress to standard error. `main` turns our errors into
one line and an exit code; a traceback would be a bug.
"""

from notehead.cli.main import main

__all__ = ["main"]
