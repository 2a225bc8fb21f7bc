"""Drives one child through one job: requests in, replies out, both outputs drained, time and memory watched.

Everything that comes from the child is a claim. The parent's own clocks decide; a frame is checked before it is used.

    SEALING ──Sealed──> LOADING ──Loaded──> CALLING <──────> WAITING     the reader has no room
                                              │ ^
                                              └─┘ Reply                  a frame that does not fit a state stops the job
"""

import os
import select
import time
from collections.abc import Sequence
from enum import Enum, auto

from judge.errors import JobStopped, SandboxFault
from judge.inside import messages, wire
from judge.inside.program_messages import QUESTIONS
from judge.reasons import Handover
from judge.sandbox import handovers, last_stack, parse_replies
from judge.sandbox.box import TIME_LIMITS, Ending, Job, LastStack, Outcome, Reply, ReplyReader, StopReason
from judge.sandbox.compile_service import CompileService, Relay
from judge.sandbox.exits import classify_exit
from judge.sandbox.job_frames import call_frame, job_frame
from judge.sandbox.meter import WAIT_CHECK_MS, Meter, Output
from judge.sandbox.pipes import Pipes, RequestWriter
from judge.sandbox.zygote_connection import REAP_SECONDS, ChildProcess, NoAnswer, ZygoteConnection

TICK_MS = 10  # how often CPU time and memory are looked at
OVERHEAD_BYTES = 16 * 1024 * 1024  # of a reply beyond its value: the observed model, texts, JSON
GRACE_SECONDS = 0.5  # between a child's closing its reply channel and its end
IDLE_MS = 300.0  # without CPU time, in the fast lane: it may hang there where it would not elsewhere
_CHUNK = 1 << 16


class _State(Enum):
    """The message that the child owes."""

    SEALING = auto()  # its layers: it has read no foreign code yet
    LOADING = auto()  # whether the submission's module can be called
    CALLING = auto()  # a reply
    WAITING = auto()  # none: the next call waits until the reader has room


class Driver:
    """One job's way through one child. `run` is the story; the rest are its steps."""

    def __init__(
        self,
        connection: ZygoteConnection,
        child: ChildProcess,
        pipes: Pipes,
        job: Job,
        reader: ReplyReader | None = None,
        skip: frozenset[str] = frozenset(),
        fast: bool = False,
        service: CompileService | None = None,
    ) -> None:
        self._connection, self._child, self._pipes, self._job = connection, child, pipes, job
        self._reader, self._skip, self._fast = reader, skip, fast
        self._state = _State.SEALING
        self._stop_reason: StopReason | None = None
        self._handover: Handover | None = None
        self._exited: messages.Exited | None = None
        self._poll = select.poll()
        self._open = {pipes.replies, pipes.stdout, pipes.stderr}
        self._requests = RequestWriter(pipes.requests, self._poll)
        self._relay = Relay(service, job.limits, self._poll, self._requests)
        self._frames = wire.FrameReader(job.limits.result_bytes + OVERHEAD_BYTES)
        self._outputs = {fd: Output(job.limits.output_bytes) for fd in (pipes.stdout, pipes.stderr)}
        self._meter = Meter(child.pid, job.limits)
        self._layers: tuple[str, ...] = ()
        self._failure: parse_replies.Failure | None = None
        self._last_stack: LastStack | None = None
        self._replies = 0
        self._kept: list[Reply] = []  # where there is no reader
        self._nonce = ""
        self._next: tuple[str, bytes] | None = None  # the next call, framed while the box is at work
        self._sent_at = 0.0
        self._waiting_since = 0.0
        self._closed_since: float | None = None  # the child's reply channel

    def run(self) -> Outcome:
        """Drive the job to its end; the child is gone afterwards. Raises SandboxFault, JobStopped."""
        for descriptor in (*self._open, self._connection.fileno()):
            self._poll.register(descriptor, select.POLLIN)
        try:
            self._exchange()
            wall_ms = self._meter.wall_ms
            self._meter.look()
            copied_mb = self._meter.copied_mb() if self._fast else 0.0
            self._ask_for_stack()
        finally:
            self._relay.close()
            self._connection.kill(self._child)
        exited = self._stop_child()
        if self._job.halted:
            raise JobStopped
        if self._stop_reason is None:
            self._collect_late_output()
        return self._outcome(exited, wall_ms, copied_mb)

    def _exchange(self) -> None:
        """Serve the child until it ends or is to be stopped."""
        look_at = 0.0
        while self._stop_reason is None and self._exited is None:
            for descriptor, _ in self._poll.poll(TICK_MS):
                if descriptor == self._connection.fileno():
                    self._exited = self._connection.exited(self._child, 0)
                elif descriptor == self._pipes.requests:
                    self._requests.write()
                elif not self._relay.handle(descriptor) and descriptor in self._open:  # not read to its end just now
                    self._read(descriptor)
            now = time.perf_counter()
            if self._state is _State.WAITING:
                self._meter.leave_out(now - self._waiting_since)  # the judge is late, not the submission
                self._waiting_since = now
                self._call()
            if now >= look_at:
                look_at = now + TICK_MS / 1e3
                self._check_limits()
            if self._closed_since is not None and now > self._closed_since + GRACE_SECONDS:
                self._stop(Ending.EXITED, "the submission closed its result pipe")

    def _ask_for_stack(self) -> None:
        """Have a child whose time is up say where it is. The fast lane's limits decide nothing: there it need not."""
        if self._stop_reason is None or self._stop_reason.ending not in TIME_LIMITS or self._fast:
            return
        waiting = self._stop_reason.ending is Ending.WALL_LIMIT and self._meter.idle_ms > WAIT_CHECK_MS
        answer = last_stack.ask(self._connection, self._child, self._pipes.stack)
        if frames := last_stack.parse(answer, self._job.source):
            self._last_stack = LastStack(frames=frames, waiting=waiting)

    def _stop_child(self) -> messages.Exited | None:
        """Wait for the killed child's end; None for one that has finished, whose memory is freed meanwhile."""
        if self._exited is None and self._stop_reason and self._stop_reason.ending is Ending.FINISHED:
            self._connection.reap_later(self._child)
            return None
        exited = self._exited or self._connection.exited(self._child, REAP_SECONDS)
        if exited is None:
            raise NoAnswer("a killed box did not end")
        return exited

    def _collect_late_output(self) -> None:
        """Read what is still in the pipes of a child that ended."""
        for descriptor in tuple(self._open):
            while descriptor in self._open and self._read(descriptor):
                pass

    def _check_limits(self) -> None:
        if self._job.halted:
            self._stop(Ending.KILLED)
        if self._relay.works(IDLE_MS):
            self._meter.moved()  # it waits for that
        if reason := self._meter.look():
            self._stop(*reason)
        if failure := self._relay.look(self._meter):
            self._hand_over(failure)
        if self._fast and self._state is not _State.WAITING and self._meter.idle_ms > IDLE_MS:
            self._hand_over(handovers.NO_PROGRESS)

    def _stop(self, ending: Ending, detail: str = "") -> None:
        """Have the job end for this reason, unless it has another one already."""
        self._stop_reason = self._stop_reason or StopReason(ending, detail)

    def _hand_over(self, reason: Handover) -> None:
        """Have the full lane run the job anew, unless it has ended already."""
        if self._stop_reason is None:
            self._handover = reason
            self._stop(Ending.HANDED_OVER)

    def _read(self, descriptor: int) -> bool:
        """Read one chunk from a pipe of the child's; return True where there may be more."""
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return False
        if not data:
            self._poll.unregister(descriptor)
            self._open.discard(descriptor)
            if descriptor == self._pipes.replies:
                self._closed_since = time.perf_counter()
        elif descriptor == self._pipes.replies:
            self._accept_bytes(data)
        elif self._outputs[descriptor].add(data):
            self._stop(Ending.OUTPUT_LIMIT, f"it printed more than {self._job.limits.output_bytes:,} bytes")
        return bool(data)

    def _accept_bytes(self, data: bytes) -> None:
        try:
            for header, body in self._frames.frames(data):
                kind = wire.kind_of(header) if self._fast else ""
                if kind in QUESTIONS:
                    self._relay.ask(header, body)
                    continue
                if kind == messages.Handover.kind:
                    message = parse_replies.control(header, body, messages.Handover)
                    named = self._replies < self._job.visible_calls
                    self._hand_over(handovers.by_child(message, named=named))
                if self._stop_reason is None:
                    self._accept_frame(header, body)
        except wire.BadFrame as error:
            self._stop(*parse_replies.rejection(error))

    def _accept_frame(self, header: bytes, body: bytes) -> None:
        match self._state:
            case _State.SEALING:
                self._on_sealed(parse_replies.seal(header, body))
            case _ if wire.kind_of(header) == messages.Broken.kind:
                self._stop(Ending.BAD_REPLY, parse_replies.BROKEN)
            case _State.LOADING:
                self._on_loaded(parse_replies.control(header, body, messages.Loaded))
            case _State.CALLING:
                self._on_reply(header, body)
            case _State.WAITING:
                raise wire.BadFrame("a reply to no call")

    def _on_sealed(self, sealed: Sequence[str]) -> None:
        """Send the job to a child with these layers, if they are enough."""
        self._layers = parse_replies.sealed_enough(sealed, self._skip)
        self._meter = Meter(self._child.pid, self._job.limits)  # the empty box is what counts as nothing used
        self._state = _State.LOADING
        self._requests.write(job_frame(self._job))
        self._next = call_frame(self._job, 0)

    def _on_loaded(self, loaded: messages.Loaded) -> None:
        self._failure = parse_replies.failure(loaded)
        if self._failure is not None:
            self._stop(self._failure.ending)
            return
        self._call()

    def _on_reply(self, header: bytes, body: bytes) -> None:
        """Pass a reply on without reading it: this thread watches the box, and a reply may take long to read."""
        took_ms = (time.perf_counter() - self._sent_at) * 1e3
        reply = Reply(header=header, body=body, nonce=self._nonce, time_ms=took_ms)
        if self._reader is None:
            self._kept.append(reply)
        else:
            self._reader.take(self._replies, reply)
        self._replies += 1
        self._call()

    def _call(self) -> None:
        """Send the next call, or wait until there is room for its reply."""
        index = self._replies
        self._split_outputs(index)
        if index == len(self._job.calls) or (self._reader and self._reader.enough()):
            self._stop(Ending.FINISHED)
        if self._stop_reason is not None:
            return
        if self._reader is not None and not self._reader.has_room():
            self._state, self._waiting_since = _State.WAITING, time.perf_counter()
            return
        assert self._next is not None
        self._state = _State.CALLING
        self._nonce, frame = self._next
        self._sent_at = time.perf_counter()
        self._requests.write(frame)
        self._next = call_frame(self._job, index + 1)

    def _split_outputs(self, index: int) -> None:
        """End a part of what was printed before call `index`, and keep nothing from the first hidden one on."""
        for descriptor, output in self._outputs.items():
            while descriptor in self._open and output.visible and not self._stop_reason and self._read(descriptor):
                pass
            if output.visible:
                output.end_part(index)
            output.visible = output.visible and index < self._job.visible_calls

    def _outcome(self, exited: messages.Exited | None, wall_ms: float, copied_mb: float) -> Outcome:
        reason, stopped = self._stop_reason, self._stop_reason is not None
        if self._state is _State.SEALING:  # no line of the submission was read
            raise SandboxFault(f"the box ended before it was sealed ({reason.detail if reason else exited})")
        if reason is None:
            assert exited is not None
            printed = bytes(self._outputs[self._pipes.stderr].kept)
            reason = classify_exit(exited, self._job.limits, memory_mb=self._meter.memory_mb, stderr=printed)
        evidence, refused = parse_replies.read_all(self._kept)
        reason = refused or reason
        stdout, stderr = (self._outputs[fd].text() for fd in (self._pipes.stdout, self._pipes.stderr))
        return Outcome(
            ending=reason.ending,
            evidence=evidence,
            replies=self._replies,
            raised=self._failure.raised if self._failure else None,
            detail=reason.detail,
            fallback_reason=self._handover,
            last_stack=self._last_stack,
            stdout=stdout,
            printed=self._outputs[self._pipes.stdout].parts(),
            stderr=stderr,
            wall_ms=wall_ms,
            cpu_ms=max(self._meter.cpu_ms, exited.cpu_ms if exited else 0.0) + self._relay.cpu_ms,
            memory_mb=max(self._meter.memory_mb, copied_mb) + self._relay.memory_mb,
            threads=self._meter.threads,
            layers=self._layers,
            signal=0 if stopped or exited is None else max(0, -exited.status),
            compiled=self._relay.compiled,
        )
