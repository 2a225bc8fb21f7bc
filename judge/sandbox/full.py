"""The full lane: a fork of a zygote that imported JAX and never started a backend. It can run anything."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from judge.sandbox.base import Job, OnReply, Outcome
from judge.sandbox.drive import Driver, Pipes
from judge.sandbox.zygote import Line, Zygote


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What tells one slot's boxes from another's: the user they become (None: stay), the processors they stay on."""

    uid: int | None = None
    cores: Sequence[int] = ()
    skip: frozenset[str] = field(default_factory=frozenset)  # layers left out: tests only, to show what each is for


class FullBox:
    """Runs jobs in forks of one import-only zygote, one at a time, from one thread."""

    def __init__(self, zygote: Zygote, slot: Slot) -> None:
        """Raises SandboxFault where the zygote did not start."""
        self._slot = slot
        self.zygote = zygote
        self._line: Line = zygote.line()

    def run(self, job: Job, on_reply: OnReply | None = None) -> Outcome:
        """Run one job; see judge.sandbox.base.Box."""
        return run_in(self._line, self._slot, job, on_reply)

    def close(self) -> None:
        """Hang up on the zygote."""
        self._line.close()


def run_in(line: Line, slot: Slot, job: Job, on_reply: OnReply | None, fast: bool = False) -> Outcome:
    """Fork a child for `job` and drive it to its end; `fast` where it may hand over. Raises SandboxFault."""
    pipes, theirs = Pipes.make()
    try:
        try:
            child = line.fork(_order(job, slot), theirs)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        try:
            return Driver(line, child, pipes, job, on_reply, slot.skip, fast).run()
        finally:
            os.close(child.pidfd)
    finally:
        pipes.close()


def _order(job: Job, slot: Slot) -> dict[str, Any]:
    return {
        "cpu_seconds": job.limits.cpu_seconds,
        "memory_bytes": job.limits.memory_mib << 20,
        "uid": slot.uid,
        "cores": list(slot.cores),
        "skip": sorted(slot.skip),
        "light": job.light,
    }
