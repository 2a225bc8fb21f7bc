"""Reasons for which the fast lane leaves a job to the full lane: a closed set, each with a code and a sentence.

Both sides of the boundary import this file. A message names a reason by its code. The sentence is the judge's own, so
no text of a submission gets out this way but the name of a program, cut to what `program_name` keeps.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from .budget import BadFrame
from .messages import HandedOver

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
    Reason.PROGRAM: "it needs a program that is not precompiled",
    Reason.ENVIRONMENT: "it wrote to its environment",
    Reason.CONFIGURATION: "it changed an option of JAX or Flax",
    Reason.WARNINGS: "it changed what happens to warnings",
    Reason.LOGGING: "it changed what JAX logs",
    Reason.SIGNALS: "it set a signal handler or a timer",
    Reason.TRACING: "it watches how Python or JAX work",
    Reason.CACHES: "it asked for what JAX holds in memory",
    Reason.EXCEPTION: "it raised an exception that may be different elsewhere",
}


def message(reason: Reason, program: str = "") -> HandedOver:
    """Return the message for `reason`; `program` is the name of the missing one, for Reason.PROGRAM."""
    return HandedOver(reason=reason.value, program=program_name(program))


def sentence(handed_over: HandedOver, *, named: bool = True) -> str:
    """Return the sentence for a message; without a program's name where a hidden case may have chosen it.

    Raises BadFrame for a reason that is not in the set.
    """
    try:
        reason = Reason(handed_over.reason)
    except ValueError as error:
        raise BadFrame("an unknown reason to hand over") from error
    if named and reason is Reason.PROGRAM and handed_over.program:
        return f"program {program_name(handed_over.program)} is not precompiled"
    return SENTENCES[reason]


def program_name(text: str) -> str:
    """Return at most 60 characters of `text`, of letters, digits and underscores."""
    return _NOT_A_NAME.sub("_", text[:MAX_NAME])
