"""Drives one child through one job: requests in, replies out, both outputs drained, time and memory watched.

Everything that comes from the child is a claim. The parent's own clocks decide; a frame is checked before it is
believed.
"""

import os
import secrets
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from judge.errors import BoxKilled, PackageFault, SandboxFault
from judge.evidence import Evidence
from judge.inside import budget, fallback, layers, wire
from judge.sandbox import parse_replies
from judge.sandbox.box import Ending, Job, Outcome, Reply, ReplyReader
from judge.sandbox.meter import Meter, Output
from judge.sandbox.zygote_client import REAP_SECONDS, Ended, Forked, ZygoteConnection

TICK_MS = 10  # how often CPU time and memory are looked at
OVERHEAD_BYTES = 16 * 1024 * 1024  # of a reply beyond its value: the observed model, texts, JSON
GRACE_SECONDS = 0.5  # between a child's closing its reply channel and its end
MEMORY_SUSPICION = 0.85  # of the limit: a crash from there on is put down to memory
IDLE_MS = 300.0  # without CPU time, in the fast lane: it may hang there where it would not elsewhere
_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, 127}
_CHUNK = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Pipes:
    """The judge's ends of a child's four pipes."""

    requests: int
    replies: int
    stdout: int
    stderr: int

    @classmethod
    def make(cls) -> tuple["Pipes", tuple[int, int, int, int]]:
        """The judge's ends, and the child's: requests, replies, stdout, stderr. Raises OSError and leaves none open."""
        pairs: list[tuple[int, int]] = []
        try:
            for _ in range(4):
                pairs.append(os.pipe())
        except OSError:
            for descriptor in (each for pair in pairs for each in pair):
                os.close(descriptor)
            raise
        (requests_out, requests_in), (replies_out, replies_in), (stdout_out, stdout_in), (stderr_out, stderr_in) = pairs
        ours = cls(requests=requests_in, replies=replies_out, stdout=stdout_out, stderr=stderr_out)
        for descriptor in (requests_in, replies_out, stdout_out, stderr_out):
            os.set_blocking(descriptor, False)
        return ours, (requests_out, replies_in, stdout_in, stderr_in)

    def close(self) -> None:
        """Close our four ends."""
        for descriptor in (self.requests, self.replies, self.stdout, self.stderr):
            os.close(descriptor)


class Driver:
    """One job's way through one child. `run` is the story; the rest are its steps."""

    def __init__(
        self,
        line: ZygoteConnection,
        child: Forked,
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
        self._receive: Callable[[bytes, bytes], None] = self._receive_closed
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
        self._ending: tuple[Ending, str] | None = None
        self._ended: Ended | None = None

    def run(self) -> Outcome:
        """Drive the job to its end; the child is gone afterwards. Raises SandboxFault."""
        for descriptor in (*self._open, self._line.fileno()):
            self._poll.register(descriptor, select.POLLIN)
        try:
            self._wait()
            wall_ms = self._meter.wall_ms
            self._meter.look()
            copied_mb = self._meter.copied_mb() if self._fast else 0.0
        finally:
            self._line.kill(self._child)
        if self._ending is not None and self._ending[0] is Ending.FINISHED and self._ended is None:
            self._line.leave(self._child)
            return self._outcome(self._ending, wall_ms, copied_mb)
        if self._ended is None:
            self._ended = self._line.ended(self._child, REAP_SECONDS)
        if self._ended is None:
            raise SandboxFault("a killed box did not end")
        if self._ending is None:
            self._drain()  # what it said last may still be in the pipes
        ending = self._ending or self._death(self._ended)
        outcome = self._outcome(ending, wall_ms, copied_mb, self._ended.cpu_ms)
        return outcome if self._ending else replace(outcome, signal=max(0, -self._ended.status))

    def _wait(self) -> None:
        look_at = 0.0
        while self._ending is None and self._ended is None:
            for descriptor, _ in self._poll.poll(TICK_MS):
                if descriptor == self._line.fileno():
                    self._ended = self._line.ended(self._child, 0)
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
                self._end(self._meter.look())
                if self._fast and not self._held and self._meter.idle_ms > IDLE_MS:
                    self._end((Ending.HANDED_OVER, "no progress: it waits for threads that a hot fork has not"))
            if self._silent_since is not None and now > self._silent_since + GRACE_SECONDS:
                self._end((Ending.EXITED, "it closed the channel that its answers go through"))

    def _end(self, ending: tuple[Ending, str] | None) -> None:
        self._ending = self._ending or ending

    def _read(self, descriptor: int) -> bool:
        """One chunk from a pipe of the child's; whether there may be more."""
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
                self._end((Ending.OUTPUT_LIMIT, f"it printed more than {self._job.limits.output_bytes:,} bytes"))
        else:
            self._believe(data)
        return bool(data)

    def _believe(self, data: bytes) -> None:
        try:
            for header, body in self._frames.frames(data):
                if self._fast and wire.kind_of(header) == "handover":
                    _, tree = parse_replies.control(header, body)
                    self._end(
                        (Ending.HANDED_OVER, fallback.sentence(tree, named=self._replies < self._job.visible_calls))
                    )
                if self._ending is None:
                    self._receive(header, body)
        except wire.BadFrame as error:
            self._end(parse_replies.rejection(error))

    def _drain(self) -> None:
        for descriptor in tuple(self._open):
            while descriptor in self._open and self._read(descriptor):
                pass

    def _receive_closed(self, header: bytes, body: bytes) -> None:
        """Read the first frame, sent before the child has seen any foreign code: the layers that came on."""
        kind, tree = parse_replies.control(header, body)
        if kind != "closed":
            raise SandboxFault(
                f"layer {tree['layer']} did not come on: {tree['reason']}" if kind == "fault" else str(tree)
            )
        self._layers = tuple(tree["layers"])
        missing = set(layers.MINIMUM) - set(self._layers) - self._skip
        if missing:
            raise SandboxFault(f"layer {min(missing)} is missing")
        self._meter = Meter(self._child.pid, self._job.limits)  # the empty box is what counts as nothing used
        self._receive = self._receive_loaded
        job = {
            "source": np.frombuffer(self._job.source.encode(), np.uint8),
            "entry": self._job.entry,
            "parameters": list(self._job.parameters),
            "also": list(self._job.extra_functions),
            "facts": list(self._job.facts),
            "result_bytes": self._job.limits.result_bytes,
        }
        self._send(_frame("job", job))
        self._next = self._framed(0)

    def _receive_loaded(self, header: bytes, body: bytes) -> None:
        kind, tree = parse_replies.control(header, body)
        if kind != "loaded":
            raise wire.BadFrame("another message where `loaded` belongs")
        self._failure = parse_replies.failure(tree)
        if self._failure is not None:
            self._end((self._failure.ending, ""))
            return
        self._receive = self._receive_reply
        self._call()

    def _receive_reply(self, header: bytes, body: bytes) -> None:
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
            self._end((Ending.FINISHED, ""))
        if index >= self._job.visible_calls:
            for descriptor, output in self._outputs.items():
                while descriptor in self._open and output.visible and self._read(descriptor):
                    pass
                output.visible = False
        self._held = self._ending is None and self._reader is not None and not self._reader.has_room()
        self._held_since = time.perf_counter()
        if self._ending is not None or self._held:
            return
        assert self._next is not None
        self._nonce, frame = self._next
        self._sent_at = time.perf_counter()
        self._send(frame)
        self._next = self._framed(index + 1)

    def _framed(self, index: int) -> tuple[str, bytes] | None:
        """A call's nonce, which no reply that was made before the case was known can hold, and its frame."""
        if index >= len(self._job.calls):
            return None
        nonce = secrets.token_hex(8)
        return nonce, _frame("call", {"nonce": nonce, "arguments": self._job.calls[index]})

    def _send(self, frame: bytes) -> None:
        waiting = self._to_send + frame
        try:
            self._to_send = waiting[os.write(self._pipes.requests, waiting) :]
        except BlockingIOError:
            self._to_send = waiting
        except BrokenPipeError:
            self._to_send = b""  # it closed its end; how it ends is heard elsewhere
        # A pipe that takes no more is asked again when it does.
        if self._to_send:
            self._poll.register(self._pipes.requests, select.POLLOUT)
        elif waiting != frame:
            self._poll.unregister(self._pipes.requests)

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

    def _death(self, ended: Ended) -> tuple[Ending, str]:
        """What a child's own end means."""
        status, limits = ended.status, self._job.limits
        if not self._layers:
            raise SandboxFault(f"the box ended before it was closed (status {status})")
        out_of_cpu = ended.cpu_ms >= (limits.cpu_seconds - 0.1) * 1e3
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and out_of_cpu):
            return Ending.CPU_LIMIT, f"more than {limits.cpu_seconds:g} s of CPU time"
        if status == -signal.SIGSYS:
            return Ending.FORBIDDEN, "it made a system call that no solution needs, and was ended by the kernel"
        if status == -signal.SIGKILL and not self._is_near_memory_limit():
            # It can't send itself this signal: see judge.inside.argument_filter.
            raise BoxKilled(memory_mb=self._meter.memory_mb)
        if status == -signal.SIGKILL or (status in _CRASHES and self._looks_like_memory()):
            return Ending.MEMORY_LIMIT, f"it crashed when no more memory was to be had ({limits.memory_mib} MiB)"
        if status < 0:
            return Ending.KILLED, f"it was ended by signal {signal.Signals(-status).name}"
        return Ending.EXITED, f"it left by itself with status {status} before it had answered"

    def _looks_like_memory(self) -> bool:
        said = bytes(self._outputs[self._pipes.stderr].kept)
        return self._is_near_memory_limit() or b"bad_alloc" in said or b"allocate memory" in said

    def _is_near_memory_limit(self) -> bool:
        return self._meter.memory_mb > MEMORY_SUSPICION * self._job.limits.memory_mib


def _frame(kind: str, tree: Any) -> bytes:
    try:
        return wire.encode(kind, tree)
    except wire.BadFrame as error:  # a case of the author's, and nothing that a submission did
        raise PackageFault(f"what the submission is to be asked can't be sent: {error}") from error
