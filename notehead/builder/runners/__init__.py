"""Where work is done: a runner takes calls and gives answers back as they come."""

from notehead.builder.runners.local import Answer, Call, LocalRunner

__all__ = ["Answer", "Call", "LocalRunner"]
