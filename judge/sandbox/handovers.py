"""The reasons for which the fast lane leaves a submission to the full one, as a report shows them."""

from collections.abc import Mapping

from judge.inside import fallback, messages
from judge.reasons import Handover, HandoverId
from judge.sandbox.box import Ending

NO_PROGRESS = Handover(
    id=HandoverId.NO_PROGRESS, message="no progress in the fast lane: waiting for threads that don't survive a fork"
)
STARTING = Handover(id=HandoverId.STARTING, message="this problem's fast lane is still starting")
SERVICE_ENDED = Handover(id=HandoverId.COMPILE_SERVICE, message="the compile service ended")
SERVICE_STOPPED = Handover(id=HandoverId.COMPILE_LIMIT, message="the compile service reached a limit")
COMPILE_TIME = Handover(
    id=HandoverId.COMPILE_TIME, message="its programs take too long to compile beside the fast lane"
)
COMPILE_MEMORY = Handover(
    id=HandoverId.COMPILE_MEMORY, message="its programs need too much memory beside the fast lane"
)
COMPILE_COUNT = Handover(id=HandoverId.COMPILE_COUNT, message="it runs too many programs that are not precompiled")
NOT_COMPILED = Handover(id=HandoverId.PROGRAM, message=fallback.SENTENCES[messages.FallbackReason.PROGRAM])
_ENDED: Mapping[Ending, str] = {  # in words, where the full lane has to judge
    Ending.EXITED: "exited",
    Ending.KILLED: "was killed",
    Ending.FORBIDDEN: "made a forbidden system call",
    Ending.CPU_LIMIT: "reached its CPU limit",
    Ending.WALL_LIMIT: "reached its time limit",
    Ending.MEMORY_LIMIT: "reached its memory limit",
    Ending.OUTPUT_LIMIT: "reached its output limit",
    Ending.BAD_REPLY: "wrote to the judge's result pipe",
}


def by_child(message: messages.Handover, *, named: bool) -> Handover:
    """Return the reason that a child gives; the missing program is `named` where no hidden case may have chosen it."""
    return Handover(id=HandoverId(message.reason.value), message=fallback.sentence(message, named=named))


def by_ending(ending: Ending) -> Handover:
    """Return the reason for an ending that only the full lane may decide on."""
    return Handover(id=HandoverId(ending.value), message=f"it {_ENDED[ending]} in the fast lane")


def by_fault(error: Exception) -> Handover:
    """Return the reason for a fault of the lane itself."""
    return Handover.of(HandoverId.FAULT, str(error))


def by_warm_up(failure: str) -> Handover:
    """Return the reason for a problem whose warm-up failed."""
    return Handover.of(HandoverId.WARM_UP, failure)
