"""Reasons that a report gives beside its verdict: why its lane is the full one, and what was left out of it.

Each has an id of a closed set for programs, and a sentence for people. `other` stands for what this version has no id
for: a sentence from before there were ids, or the id of a newer minor version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MESSAGE_CHARACTERS = 300


class HandoverId(StrEnum):
    """A reason why the fast lane left a submission to the full one."""

    # What the program does, as judge.inside.messages.FallbackReason has it
    PROGRAM = "program"  # it needs a compiled program that is not there
    ENVIRONMENT = "environment"  # it changed an environment variable
    CONFIGURATION = "configuration"  # it changed an option of JAX or Flax
    WARNINGS = "warnings"  # it changed what happens to warnings
    LOGGING = "logging"  # it changed what JAX logs
    SIGNALS = "signals"  # it set a signal handler or a timer
    TRACING = "tracing"  # it traces or audits Python or JAX
    CACHES = "caches"  # it read or cleared JAX's caches
    EXCEPTION = "exception"  # it raised what only the full lane may judge
    # How it ended there, as judge.sandbox.box.Ending has it: only the full lane's ending counts
    EXITED = "exited"
    KILLED = "killed"
    FORBIDDEN = "forbidden"
    CPU_LIMIT = "cpu_limit"
    WALL_LIMIT = "wall_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    BAD_REPLY = "bad_reply"
    NO_PROGRESS = "no_progress"  # it waits for threads that a fork does not have
    # Its programs are too much for the compile service
    COMPILE_TIME = "compile_time"
    COMPILE_MEMORY = "compile_memory"
    COMPILE_COUNT = "compile_count"
    COMPILE_LIMIT = "compile_limit"  # the service reached a limit
    COMPILE_SERVICE = "compile_service"  # the service ended
    # The lane itself
    STARTING = "starting"  # it was not ready yet
    WARM_UP = "warm_up"  # the problem's warm-up failed
    FAULT = "fault"  # it failed
    OTHER = "other"


class OmissionId(StrEnum):
    """A part that a report of too many bytes leaves out; judge.grading.report_size cuts in this order."""

    OUTPUT = "output"  # the end of what was printed
    PASSED_VALUES = "passed_values"  # values of checks that passed
    LEAVES = "leaves"  # parameters of all cases but the first that failed
    VALUES = "values"  # expected and actual values
    PUBLIC_CASE = "public_case"  # the counterexample, and the program that repeats the failure
    DETAILS = "details"  # inputs, and the ends of long messages
    CHECKS = "checks"  # checks, and all that was printed
    CASES = "cases"  # all cases but the first
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Handover:
    """The reason why the fast lane left a submission to the full one.

    `message` is the judge's own sentence: no text of a submission is in it but the name of a compiled program, and that
    only where a sample needed it.
    """

    id: HandoverId
    message: str

    @classmethod
    def of(cls, reason: HandoverId, message: str) -> "Handover":
        """Return the reason, with as much of `message` as may be shown."""
        return cls(id=reason, message=message[:MESSAGE_CHARACTERS])

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str | None) -> "Handover | None":
        """Return the reason that a report holds; None where it has none. Raises TypeError or KeyError."""
        if not data:
            return None
        name, message = _parts(data)
        return cls(id=HandoverId(name) if name in set(HandoverId) else HandoverId.OTHER, message=message)


@dataclass(frozen=True, kw_only=True)
class Omission:
    """One part that was left out of a report, because it has a size limit."""

    id: OmissionId
    message: str

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> "Omission":
        """Return the omission that a report holds. Raises TypeError or KeyError."""
        name, message = _parts(data)
        return cls(id=OmissionId(name) if name in set(OmissionId) else OmissionId.OTHER, message=message)


def _parts(data: Mapping[str, Any] | str) -> tuple[str, str]:
    """Return id and message; a report from before there were ids has the sentence alone."""
    return ("", data) if isinstance(data, str) else (data["id"], data["message"])
