"""The five pipes between the judge and a child, and what is still to be written into the first of them."""

import os
import select
from dataclasses import dataclass

from judge.errors import PackageFault, SandboxFault, fault_of
from judge.inside import messages, protocol, wire
from judge.sandbox.zygote_connection import ZygoteConnection


@dataclass(frozen=True, kw_only=True)
class Pipes:
    """The judge's ends of a child's five pipes."""

    requests: int
    replies: int
    stdout: int
    stderr: int
    stack: int

    @classmethod
    def make(cls) -> tuple["Pipes", tuple[int, int, int, int, int]]:
        """Return the judge's ends, and the child's: requests, replies, stdout, stderr, stack.

        Raises OSError, and leaves none open then.
        """
        pairs: list[tuple[int, int]] = []
        try:
            for _ in range(5):
                pairs.append(os.pipe())
        except OSError:
            for descriptor in (each for pair in pairs for each in pair):
                os.close(descriptor)
            raise
        (requests_out, requests_in), *others = pairs
        replies, stdout, stderr, stack = (out for out, _ in others)
        ours = cls(requests=requests_in, replies=replies, stdout=stdout, stderr=stderr, stack=stack)
        for descriptor in ours._all():
            os.set_blocking(descriptor, False)
        replies_in, stdout_in, stderr_in, stack_in = (into for _, into in others)
        return ours, (requests_out, replies_in, stdout_in, stderr_in, stack_in)

    def close(self) -> None:
        """Close our five ends."""
        for descriptor in self._all():
            os.close(descriptor)

    def _all(self) -> tuple[int, ...]:
        return self.requests, self.replies, self.stdout, self.stderr, self.stack


def ask_for_child(connection: ZygoteConnection, order: messages.Fork) -> Pipes:
    """Ask a zygote for a child, and return at once with its pipes. Raises SandboxFault, HostShortage."""
    try:
        pipes, theirs = Pipes.make()
    except OSError as error:
        raise fault_of(error, f"no pipes could be made: {error}") from error
    try:
        connection.ask(order, theirs)
    except SandboxFault:
        pipes.close()
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return pipes


def encode_request(message: messages.Message) -> bytes:
    """Return the frame of a job or call. Raises PackageFault for an argument that no frame holds."""
    try:
        return protocol.encode(message)
    except wire.BadFrame as error:  # a case of the author's, and nothing that a submission did
        raise PackageFault(f"an argument of a call can't be sent: {error}") from error


class RequestWriter:
    """Writes frames into a pipe that does not block; `poll` watches the pipe while some of it is left to write."""

    def __init__(self, descriptor: int, poll: select.poll) -> None:
        self._descriptor, self._poll = descriptor, poll
        self._left = b""

    def write(self, frame: bytes = b"") -> None:
        """Write as much as the pipe takes now; call it again without a frame once the pipe takes more."""
        waiting = self._left + frame
        try:
            self._left = waiting[os.write(self._descriptor, waiting) :]
        except BlockingIOError:
            self._left = waiting
        except BrokenPipeError:
            self._left = b""  # the child closed its end; its exit status says why
        if self._left:
            self._poll.register(self._descriptor, select.POLLOUT)
        elif waiting != frame:
            self._poll.unregister(self._descriptor)
