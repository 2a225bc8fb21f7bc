"""A slot's compile service: compiles and runs what a fork of a hot zygote can't, so that a new program stays fast.

    fork ──question──> Relay ──> service, a child of the full lane's zygote: layers on, backend started, waiting
         <──answer───        <──

The judge passes frames on without reading them, and knows so which job a service has worked for: it serves one, and
another child takes its place. A job that has no question leaves it as it was.
"""

import os
import select
from contextlib import ExitStack, suppress
from dataclasses import replace

from judge.errors import SandboxFault
from judge.inside import messages, wire
from judge.inside.program_messages import ANSWERS, CompileProgram, ServiceReady
from judge.limits import Limits
from judge.reasons import Handover
from judge.sandbox import handovers, parse_replies
from judge.sandbox.counts import Event, count
from judge.sandbox.meter import Meter, cpu_ms_of
from judge.sandbox.pipes import Pipes, RequestWriter, ask_for_child
from judge.sandbox.processor_shares import SHARES
from judge.sandbox.zygote_client import Zygote
from judge.sandbox.zygote_connection import ChildProcess

SERVICE_CPU_SECONDS = 4.0  # of a job's programs; one that needs more has time for the full lane
MAX_MESSAGES = 20_000  # of a job, both ways; each takes the judge some 50 microseconds
MAX_BYTES = 128 * 1024 * 1024  # of them all
MAX_FRAME_BYTES = 32 * 1024 * 1024
_CHUNK = 1 << 16


class CompileService:
    """The child that waits for the next job that needs it, and its successors. Used from one thread."""

    def __init__(self, zygote: Zygote, order: messages.Fork, nice: int = 0) -> None:
        """Ask for a child as `order` says, and return at once. Raises SandboxFault, HostShortage."""
        self.zygote = zygote
        self.order = replace(order, compiles=True)
        self._nice = nice
        self._connection = zygote.connect()
        self._child: ChildProcess | None = None
        self._pipes: Pipes | None = ask_for_child(self._connection, self.order)

    def serves(self, zygote: Zygote, order: messages.Fork) -> bool:
        """Return whether a child of `zygote` waits that was asked for as `order` says."""
        return self._pipes is not None and self.zygote is zygote and self.order == replace(order, compiles=True)

    def take(self, stack: ExitStack) -> tuple[ChildProcess, Pipes]:
        """Return the child that waits; from now on it is one job's, until `renew`. Raises SandboxFault, HostShortage.

        `stack` ends what has to end before that.
        """
        assert self._pipes is not None
        self._child = child = self._connection.next_child()
        if self._nice:
            with suppress(OSError):  # it has ended: its reader finds out
                os.setpriority(os.PRIO_PROCESS, child.pid, self._nice)
        stack.enter_context(SHARES.running(self._connection, child, self.order.cores))
        return child, self._pipes

    def renew(self) -> None:
        """End the child that was taken, and ask for another; without one, where the zygote is gone."""
        self._end_child()
        with suppress(SandboxFault):  # of HostShortage too: the job that was served has its outcome
            self._pipes = ask_for_child(self._connection, self.order)

    def close(self) -> None:
        """End the child and the connection."""
        self._end_child()
        self._connection.close()

    def _end_child(self) -> None:
        if self._pipes is not None:
            self._pipes.close()
            self._pipes = None
        if (child := self._child) is not None:
            self._child = None
            with suppress(SandboxFault, OSError):
                self._connection.kill(child)
            self._connection.reap_later(child)
            os.close(child.pidfd)


class Relay:
    """Passes one job's questions to a service, and its answers back; without a service, every question ends the job."""

    def __init__(self, service: CompileService | None, limits: Limits, poll: select.poll, fork: RequestWriter) -> None:
        self._service, self._limits, self._poll, self._fork = service, limits, poll, fork
        self._pipes: Pipes | None = None
        self._stack = ExitStack()
        self._skip: frozenset[str] = frozenset()
        self._meter: Meter | None = None
        self._waited_ms = 0.0  # CPU time before the job
        self._expected: list[type[messages.Message]] = [messages.Sealed, ServiceReady]  # before any answer
        self._frames = wire.FrameReader(MAX_FRAME_BYTES)
        self._open_questions = 0
        self.compiled = self._messages = self._bytes = 0
        self._failure: Handover | None = None

    def ask(self, header: bytes, body: bytes) -> None:
        """Pass a question on. Raises SandboxFault, HostShortage where the service can't be had."""
        if self._service is None:
            self._failure = handovers.NOT_COMPILED
            return
        if self._pipes is None:
            self._begin(self._service)
        self._count(header, body)
        self.compiled += wire.kind_of(header) == CompileProgram.kind
        self._open_questions += 1
        if not self._failure:
            self._requests.write(_framed(header, body))

    def handle(self, descriptor: int) -> bool:
        """Read or write where `descriptor` is one of the service's; return whether it is. Raises SandboxFault."""
        if self._pipes is None or descriptor not in vars(self._pipes).values():
            return False
        if descriptor == self._pipes.requests:
            self._requests.write()
        else:
            self._read(descriptor)
        return True

    def look(self, fork: Meter) -> Handover | None:
        """Return why the service can't go on with this job, None where it can; `fork` measures the fork's own use."""
        if self._meter is None or self._failure:
            return self._failure
        if self._meter.look():
            self._failure = handovers.SERVICE_STOPPED
        elif self.cpu_ms > SERVICE_CPU_SECONDS * 1e3 or self.cpu_ms + fork.cpu_ms > self._limits.cpu_seconds * 1e3:
            self._failure = handovers.COMPILE_TIME
        elif self.memory_mb + fork.memory_mb > self._limits.memory_mib:
            self._failure = handovers.COMPILE_MEMORY
        return self._failure

    def works(self, idle_ms: float) -> bool:
        """Return whether a question is open, and the service was at work during the last `idle_ms`."""
        return self._open_questions > 0 and self._meter is not None and self._meter.idle_ms <= idle_ms

    @property
    def cpu_ms(self) -> float:
        """Return the CPU milliseconds that the service took for this job."""
        return max(0.0, self._meter.cpu_ms - self._waited_ms) if self._meter else 0.0

    @property
    def memory_mb(self) -> float:
        """Return the MiB by which the service grew with this job."""
        return self._meter.memory_mb if self._meter else 0.0

    def close(self) -> None:
        """End what the job has used."""
        count(Event.COMPILED, self.compiled)
        if self._pipes is not None and self._service is not None:
            self._stack.close()
            self._pipes = None
            self._service.renew()

    def _begin(self, service: CompileService) -> None:
        child, pipes = service.take(self._stack)
        self._pipes = pipes
        self._skip = frozenset(service.order.skip)
        self._limits = replace(self._limits, cpu_seconds=service.order.cpu_seconds)  # the fork has less than the job
        self._requests = RequestWriter(pipes.requests, self._poll)
        for descriptor in (pipes.replies, pipes.stdout, pipes.stderr):
            self._poll.register(descriptor, select.POLLIN)
        waited_ms = cpu_ms_of(child.pid)
        self._meter = Meter(child.pid, replace(self._limits, cpu_seconds=self._limits.cpu_seconds + waited_ms / 1e3))
        self._waited_ms = waited_ms

    def _read(self, descriptor: int) -> None:
        replies = self._pipes is not None and descriptor == self._pipes.replies
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            self._poll.unregister(descriptor)
            if replies:
                self._failure = self._failure or handovers.SERVICE_ENDED
        elif replies:  # what it prints is dropped
            self._accept(data)

    def _accept(self, data: bytes) -> None:
        try:
            for header, body in self._frames.frames(data):
                if self._expected:
                    self._check_start(self._expected.pop(0), header, body)
                elif wire.kind_of(header) not in ANSWERS or not self._open_questions:
                    raise wire.BadFrame("no answer")
                else:
                    self._open_questions -= 1
                    self._count(header, body)
                    self._fork.write(_framed(header, body))
        except wire.BadFrame:
            self._failure = self._failure or handovers.SERVICE_ENDED

    def _check_start(self, expected: type[messages.Message], header: bytes, body: bytes) -> None:
        if expected is messages.Sealed:
            parse_replies.sealed_enough(parse_replies.seal(header, body), self._skip)
        else:
            parse_replies.control(header, body, expected)

    def _count(self, header: bytes, body: bytes) -> None:
        self._messages += 1
        self._bytes += len(header) + len(body)
        if self._messages > MAX_MESSAGES or self._bytes > MAX_BYTES:
            self._failure = self._failure or handovers.COMPILE_COUNT


def _framed(header: bytes, body: bytes) -> bytes:
    return wire.PREFIX.pack(wire.MAGIC, len(header), len(body)) + header + body
