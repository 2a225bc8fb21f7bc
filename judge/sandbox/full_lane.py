"""The full lane: a fork of a zygote that imported JAX and never started a backend. It can run anything."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from judge.inside import messages
from judge.sandbox.box import Job, Outcome, ReplyReader
from judge.sandbox.compile_service import CompileService
from judge.sandbox.driver import Driver
from judge.sandbox.pipes import ask_for_child
from judge.sandbox.processor_shares import SHARES
from judge.sandbox.zygote_client import Zygote
from judge.sandbox.zygote_connection import NoAnswer, ZygoteConnection


@dataclass(frozen=True, kw_only=True)
class Slot:
    """The user that one slot's boxes become (None: stay), and the processors that they stay on.

    `nice` is how far they give way to others (0 to 19).
    """

    uid: int | None = None
    cores: Sequence[int] = ()
    nice: int = 0
    skip: frozenset[str] = field(default_factory=frozenset)  # layers left out: tests only, to show what each is for


class FullBox:
    """Runs jobs in forks of one import-only zygote, one at a time, from one thread."""

    def __init__(self, zygote: Zygote, slot: Slot) -> None:
        """Connect to the zygote. Raises SandboxFault where it did not start."""
        self._slot = slot
        self.zygote = zygote
        self._connection: ZygoteConnection = zygote.connect()

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        """Run one job; see judge.sandbox.box.Box."""
        with ended_without_answer(self.zygote):
            return Child(self._connection, self._slot, job).run(job, reader)

    def close(self) -> None:
        """Close the connection to the zygote."""
        self._connection.close()


@contextmanager
def ended_without_answer(zygote: Zygote) -> Iterator[None]:
    """End a zygote that does not answer during the block, so that another one is started."""
    try:
        yield
    except NoAnswer:
        zygote.close()
        raise


class Child:
    """A forked child that waits for its job, with its layers on; made for jobs with the limits of one."""

    def __init__(self, connection: ZygoteConnection, slot: Slot, job: Job) -> None:
        """Ask for it, and return at once: it gets ready meanwhile. Raises SandboxFault, HostShortage."""
        self._connection, self._slot = connection, slot
        self._order = fork_order(job, slot)
        self._pipes = ask_for_child(connection, self._order)

    def fits(self, job: Job) -> bool:
        """Return True if it was made for jobs with the limits of this one."""
        return self._order == fork_order(job, self._slot)

    def run(
        self, job: Job, reader: ReplyReader | None, fast: bool = False, service: CompileService | None = None
    ) -> Outcome:
        """Drive it through its one job to its end; `fast` where it may hand it over. Raises SandboxFault.

        `service` compiles what a fork of a hot zygote can't.
        """
        try:
            forked = self._connection.next_child()
            if self._slot.nice:
                with suppress(OSError):  # it ended already: its driver finds out
                    os.setpriority(os.PRIO_PROCESS, forked.pid, self._slot.nice)
            try:
                with SHARES.running(self._connection, forked, self._slot.cores):
                    return Driver(
                        self._connection, forked, self._pipes, job, reader, self._slot.skip, fast, service
                    ).run()
            finally:
                os.close(forked.pidfd)
        finally:
            self._pipes.close()

    def end(self) -> None:
        """End it without a job: it exits when its pipes are closed. Raises SandboxFault."""
        self._pipes.close()
        forked = self._connection.next_child()
        self._connection.reap_later(forked)
        os.close(forked.pidfd)


def fork_order(job: Job, slot: Slot) -> messages.Fork:
    """Return what a zygote is asked for, to run `job` in `slot`."""
    return messages.Fork(
        id=0,  # the connection counts
        cpu_seconds=job.limits.cpu_seconds,
        memory_bytes=job.limits.memory_mib << 20,
        uid=slot.uid,
        cores=tuple(slot.cores),
        skip=tuple(sorted(slot.skip)),
        light=job.light,
        compiles=False,
    )
