"""The reasons why the fast lane leaves a job to the full lane: a sentence for each of a closed set.

Both sides of the boundary import this file. A `Handover` names a reason by its code; the sentence is the judge's own,
so no text of a submission gets out this way but the name of a program, cut to what `program_name` keeps.
"""

import re
from collections.abc import Mapping

from .messages import FallbackReason, Handover

MAX_NAME = 60  # characters of a program's name
_NOT_A_NAME = re.compile("[^A-Za-z0-9_]")
SENTENCES: Mapping[FallbackReason, str] = {
    FallbackReason.PROGRAM: "a program that it needs is not precompiled",
    FallbackReason.ENVIRONMENT: "it changed an environment variable",
    FallbackReason.CONFIGURATION: "it changed an option of JAX or Flax",
    FallbackReason.WARNINGS: "it changed the handling of warnings",
    FallbackReason.LOGGING: "it changed what JAX logs",
    FallbackReason.SIGNALS: "it set a signal handler or a timer",
    FallbackReason.TRACING: "it traces or audits Python or JAX",
    FallbackReason.CACHES: "it read or cleared JAX's caches",
    FallbackReason.EXCEPTION: "it raised an exception that the full lane may not raise",
}


def handover(reason: FallbackReason, program: str = "") -> Handover:
    """Return the message that gives a job up; `program` is the name of the missing one, for FallbackReason.PROGRAM."""
    return Handover(reason=reason, program=program_name(program))


def sentence(message: Handover, *, named: bool = True) -> str:
    """Return the sentence for a message; without the program's name where a hidden case may have chosen it."""
    if named and message.reason is FallbackReason.PROGRAM and message.program:
        return f"program `{program_name(message.program)}` is not precompiled"
    return SENTENCES[message.reason]


def program_name(text: str) -> str:
    """Return at most 60 characters of `text`, of letters, digits and underscores."""
    return _NOT_A_NAME.sub("_", text[:MAX_NAME])
