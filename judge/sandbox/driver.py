"""Drives one child through one job: requests in, replies out, both outputs drained, time and memory watched.

Everything that comes from the child is a claim. The parent's own clocks decide, and a frame is checked before it is
used.
"""

import os
import secrets
import select
import time
from dataclasses import replace
from enum import Enum, auto

import numpy as np

from judge.errors import PackageFault, SandboxFault
from judge.evidence import Evidence
from judge.inside import budget, fallback, layers, wire
from judge.inside.messages import Broken, CallMessage, ChildEnded, HandedOver, JobMessage, LayerFailed, Loaded, Sealed
from judge.inside.trees import Message, to_frame
from judge.sandbox import parse_replies
from judge.sandbox.box import Ending, Job, Outcome, Reply, ReplyReader
from judge.sandbox.exit_status import classify_exit
from judge.sandbox.meter import Meter, Output
from judge.sandbox.pipes import Pipes
from judge.sandbox.zygote_client import REAP_SECONDS, BoxProcess, ZygoteConnection

TICK_MS = 10  # how often CPU time and memory are looked at
OVERHEAD_BYTES = 16 * 1024 * 1024  # of a reply beyond its value: the observed model, texts, JSON
GRACE_SECONDS = 0.5  # between a child's closing its reply channel and its end
IDLE_MS = 300.0  # without CPU time, in the fast lane: it may hang there where it would not in the full one
NO_PROGRESS = "no progress in the fast lane: waiting for threads that don't survive a fork"
_CHUNK = 1 << 16


class _State(Enum):
    """The message that is due from the child."""

    SEALED = auto()  # before the child has seen any foreign code
    LOADED = auto()
    REPLY = auto()


class Driver:
    """One job's way through one child. `run` is the whole of it, and calls the steps below."""

    def __init__(
        self,
        line: ZygoteConnection,
        child: BoxProcess,
        pipes: Pipes,
        job: Job,
        reader: ReplyReader | None = None,
        skip: frozenset[str] = frozenset(),
        fast: bool = False,
    ) -> None:
        self._line, self._child, self._pipes, self._job, self._skip = line, child, pipes, job, skip
        self._reader, self._fast = reader, fast
        self._meter = Meter(child.pid, job.limits)
        self._frames = wire.FrameReader(job.limits.result_bytes + OVERHEAD_BYTES)
        self._outputs = {fd: Output(job.limits.output_bytes) for fd in (pipes.stdout, pipes.stderr)}
        self._poll = select.poll()
        self._open = {pipes.replies, pipes.stdout, pipes.stderr}
        self._to_send = b""
        self._state = _State.SEALED
        self._replies = 0
        self._kept: list[Reply] = []  # where nobody else reads them
        self._held = False  # the next call waits until there is room for its reply
        self._held_since = 0.0
        self._failure: parse_replies.Failure | None = None
        self._layers: tuple[str, ...] = ()
        self._nonce = ""
        self._next: tuple[str, bytes] | None = None  # the next call, framed while the box is at work
        self._sent_at = 0.0
        self._silent_since: float | None = None
        self._stop_reason: tuple[Ending, str] | None = None
        self._exit: ChildEnded | None = None

    def run(self) -> Outcome:
        """Drive the job to its end; the child is gone afterwards. Raises SandboxFault."""
        for descriptor in (*self._open, self._line.fileno()):
            self._poll.register(descriptor, select.POLLIN)
        try:
            self._exchange()
            wall_ms = self._meter.wall_ms
            self._meter.look()
            copied_mb = self._meter.copied_mb() if self._fast else 0.0
        finally:
            self._line.kill(self._child)
        if self._stop_reason is not None and self._stop_reason[0] is Ending.FINISHED and self._exit is None:
            self._line.leave(self._child)
            return self._outcome(self._stop_reason, wall_ms, copied_mb)
        ended = self._wait_for_exit()
        if self._stop_reason is None:
            self._drain()  # what it wrote last may still be in the pipes
        reason = self._stop_reason or self._reason_of(ended)
        outcome = self._outcome(reason, wall_ms, copied_mb, ended.cpu_ms)
        return outcome if self._stop_reason else replace(outcome, signal=max(0, -ended.status))

    def _exchange(self) -> None:
        """Send calls and take replies until there is a reason to stop, or the child has ended."""
        look_at = 0.0
        while self._stop_reason is None and self._exit is None:
            for descriptor, _ in self._poll.poll(TICK_MS):
                if descriptor == self._line.fileno():
                    self._exit = self._line.ended(self._child, 0)
                elif descriptor == self._pipes.requests:
                    self._send(b"")
                else:
                    self._read(descriptor)
            now = time.perf_counter()
            if self._held:
                self._meter.leave_out(now - self._held_since)  # the judge is late, not the submission
                self._held_since = now
                self._call()
            if now >= look_at:
                look_at = now + TICK_MS / 1e3
                self._stop(self._meter.look())
                if self._fast and not self._held and self._meter.idle_ms > IDLE_MS:
                    self._stop((Ending.HANDED_OVER, NO_PROGRESS))
            if self._silent_since is not None and now > self._silent_since + GRACE_SECONDS:
                self._stop((Ending.EXITED, "the submission closed its result pipe"))

    def _wait_for_exit(self) -> ChildEnded:
        self._exit = self._exit or self._line.ended(self._child, REAP_SECONDS)
        if self._exit is None:
            raise SandboxFault("a killed box did not end")
        return self._exit

    def _stop(self, reason: tuple[Ending, str] | None) -> None:
        """Stop for `reason`, unless there is one already."""
        self._stop_reason = self._stop_reason or reason

    def _read(self, descriptor: int) -> bool:
        """Read one chunk from a pipe of the child; return True if there may be more."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._poll.unregister(descriptor)
            self._open.discard(descriptor)
            if descriptor == self._pipes.replies:
                self._silent_since = time.perf_counter()
        elif descriptor != self._pipes.replies:
            if self._outputs[descriptor].add(data):
                self._stop((Ending.OUTPUT_LIMIT, f"it printed more than {self._job.limits.output_bytes:,} bytes"))
        else:
            self._accept_bytes(data)
        return bool(data)

    def _accept_bytes(self, data: bytes) -> None:
        try:
            for header, body in self._frames.frames(data):
                if self._fast and wire.kind_of(header) == HandedOver.kind:
                    self._on_handed_over(parse_replies.control(header, body))
                if self._stop_reason is None:
                    self._on_frame(header, body)
        except wire.BadFrame as error:
            self._stop(parse_replies.rejection(error))

    def _drain(self) -> None:
        for descriptor in tuple(self._open):
            while descriptor in self._open and self._read(descriptor):
                pass

    def _on_frame(self, header: bytes, body: bytes) -> None:
        if self._state is _State.REPLY:
            self._on_reply(header, body)
            return
        message = parse_replies.control(header, body)
        match self._state, message:
            case _State.SEALED, Sealed():
                self._on_sealed(message)
            case _State.SEALED, LayerFailed(layer=layer, reason=reason):
                raise SandboxFault(f"could not enable sandbox layer {layer}: {reason}")
            case _State.SEALED, Broken(reason=reason):
                raise SandboxFault(f"the box failed before it ran anything: {reason}")
            case _State.LOADED, Loaded():
                self._on_loaded(message)
            case _:
                raise wire.BadFrame("another message than was expected")

    def _on_handed_over(self, message: Message) -> None:
        assert isinstance(message, HandedOver)
        named = self._replies < self._job.visible_calls
        self._stop((Ending.HANDED_OVER, fallback.sentence(message, named=named)))

    def _on_sealed(self, message: Sealed) -> None:
        """Check the layers that are on, and send the job."""
        self._layers = message.layers
        missing = set(layers.MINIMUM) - set(self._layers) - self._skip
        if missing:
            raise SandboxFault(f"layer {min(missing)} is missing")
        self._meter = Meter(self._child.pid, self._job.limits)  # the empty box is what counts as nothing used
        self._state = _State.LOADED
        self._send(_frame(_job_message(self._job)))
        self._next = self._framed(0)

    def _on_loaded(self, message: Loaded) -> None:
        self._failure = parse_replies.failure(message)
        if self._failure is not None:
            self._stop((self._failure.ending, ""))
            return
        self._state = _State.REPLY
        self._call()

    def _on_reply(self, header: bytes, body: bytes) -> None:
        """Pass a reply on without reading it: this thread watches the box, and a reply may take long to read."""
        if self._held:
            raise wire.BadFrame("a reply to no call")
        took_ms = (time.perf_counter() - self._sent_at) * 1e3
        reply = Reply(header=header, body=body, nonce=self._nonce, time_ms=took_ms)
        if self._reader is None:
            self._kept.append(reply)
        else:
            self._reader.take(self._replies, reply)
        self._replies += 1
        self._call()

    def _call(self) -> None:
        index = self._replies
        if index == len(self._job.calls):
            self._stop((Ending.FINISHED, ""))
        if index >= self._job.visible_calls:
            for descriptor, output in self._outputs.items():
                while descriptor in self._open and output.visible and self._read(descriptor):
                    pass
                output.visible = False
        self._held = self._stop_reason is None and self._reader is not None and not self._reader.has_room()
        self._held_since = time.perf_counter()
        if self._stop_reason is not None or self._held:
            return
        assert self._next is not None
        self._nonce, frame = self._next
        self._sent_at = time.perf_counter()
        self._send(frame)
        self._next = self._framed(index + 1)

    def _framed(self, index: int) -> tuple[str, bytes] | None:
        """Return a call's frame, and its nonce, which no reply that was made before the case was known can hold."""
        if index >= len(self._job.calls):
            return None
        nonce = secrets.token_hex(8)
        return nonce, _frame(CallMessage(nonce=nonce, arguments=self._job.calls[index]))

    def _send(self, frame: bytes) -> None:
        waiting = self._to_send + frame
        try:
            self._to_send = waiting[os.write(self._pipes.requests, waiting) :]
        except BlockingIOError:
            self._to_send = waiting
        except BrokenPipeError:
            self._to_send = b""  # it closed its end; its exit comes on the connection to the zygote
        # A pipe that takes no more is asked again when it does.
        if self._to_send:
            self._poll.register(self._pipes.requests, select.POLLOUT)
        elif waiting != frame:
            self._poll.unregister(self._pipes.requests)

    def _reason_of(self, ended: ChildEnded) -> tuple[Ending, str]:
        if not self._layers:
            raise SandboxFault(f"the box ended before it was sealed (status {ended.status})")
        stderr = bytes(self._outputs[self._pipes.stderr].kept)
        return classify_exit(ended, self._job.limits, memory_mb=self._meter.memory_mb, stderr=stderr)

    def _outcome(self, ending: tuple[Ending, str], wall_ms: float, copied_mb: float, cpu_ms: float = 0.0) -> Outcome:
        evidence, ending = self._read_kept(ending)
        stdout, stderr = (self._outputs[fd].text() for fd in (self._pipes.stdout, self._pipes.stderr))
        return Outcome(
            ending=ending[0],
            evidence=evidence,
            replies=self._replies,
            raised=self._failure.raised if self._failure else None,
            detail=ending[1],
            stdout=stdout,
            stderr=stderr,
            wall_ms=wall_ms,
            cpu_ms=max(self._meter.cpu_ms, cpu_ms),
            memory_mb=max(self._meter.memory_mb, copied_mb),
            threads=self._meter.threads,
            layers=self._layers,
        )

    def _read_kept(self, ending: tuple[Ending, str]) -> tuple[tuple[Evidence, ...], tuple[Ending, str]]:
        """Read the replies of a job that has no reader: its evidence, and how it ended in the light of it."""
        evidence: list[Evidence] = []
        left = budget.of_judge()
        try:
            for reply in self._kept:
                evidence.append(parse_replies.read(reply, left))
        except wire.BadFrame as error:
            return tuple(evidence), parse_replies.rejection(error)
        return tuple(evidence), ending


def _job_message(job: Job) -> JobMessage:
    return JobMessage(
        source=np.frombuffer(job.source.encode(), np.uint8),
        entry=job.entry,
        parameters=tuple(job.parameters),
        extra_functions=tuple(job.extra_functions),
        facts=tuple(job.facts),
        result_bytes=job.limits.result_bytes,
    )


def _frame(message: Message) -> bytes:
    try:
        return to_frame(message)
    except wire.BadFrame as error:  # a case of the author's, and nothing that a submission did
        raise PackageFault(f"the arguments of a case can't be sent: {error}") from error
