"""Why the fast lane leaves a job to the full lane: a closed set of reasons, and the frame that carries one.

Both sides of the boundary import this file. A frame names a reason by its code; the sentence is the judge's own, so no
text of a submission gets out this way but the name of a program, cut to what `program_name` keeps.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from . import wire

MAX_NAME = 60  # characters of a program's name
_NOT_A_NAME = re.compile("[^A-Za-z0-9_]")


class Reason(StrEnum):
    """A reason why a fork of a hot zygote hands over to the full lane."""

    PROGRAM = "program"  # it needs a program that nobody compiled ahead
    ENVIRONMENT = "environment"  # it wrote an environment variable
    CONFIGURATION = "configuration"  # it changed an option of JAX or Flax
    WARNINGS = "warnings"  # it changed what happens to warnings
    LOGGING = "logging"  # it changed what JAX logs
    SIGNALS = "signals"  # it set a signal handler or a timer
    TRACING = "tracing"  # it watches how Python or JAX work: traces, audits, compilations
    CACHES = "caches"  # it reads or clears what JAX holds in memory: warm programs, arrays
    EXCEPTION = "exception"  # an exception that the fork itself may have caused


SENTENCES: Mapping[Reason, str] = {
    Reason.PROGRAM: "the warm-up holds no program",
    Reason.ENVIRONMENT: "it wrote to its environment",
    Reason.CONFIGURATION: "it changed an option of JAX or Flax",
    Reason.WARNINGS: "it changed what happens to warnings",
    Reason.LOGGING: "it changed what JAX logs",
    Reason.SIGNALS: "it set a signal handler or a timer",
    Reason.TRACING: "it watches how Python or JAX work",
    Reason.CACHES: "it asked for what JAX holds in memory",
    Reason.EXCEPTION: "it raised an exception that may be different elsewhere",
}


def tree(reason: Reason, program: str = "") -> dict[str, Any]:
    """Return the content of a `handover` frame; `program` is the name of the missing one, for Reason.PROGRAM."""
    return {"reason": reason.value, "program": program_name(program)}


def sentence(content: Any, *, named: bool = True) -> str:
    """Return the sentence for a `handover` frame's content; without a name where a hidden case may have chosen it.

    Raises BadFrame for a reason that is not in the set.
    """
    content = wire.mapping(content)
    try:
        reason = Reason(content.get("reason"))
    except ValueError as error:
        raise wire.BadFrame("an unknown reason to hand over") from error
    name = content.get("program")
    if named and reason is Reason.PROGRAM and isinstance(name, str) and name:
        return f"{SENTENCES[reason]} {program_name(name)}"
    return SENTENCES[reason]


def program_name(text: str) -> str:
    """Return at most 60 characters of `text`, of letters, digits and underscores."""
    return _NOT_A_NAME.sub("_", text[:MAX_NAME])
