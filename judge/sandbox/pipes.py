"""The four pipes between the judge and a child, and what is still to be written into the first of them."""

import os
import select
from dataclasses import dataclass

from judge.errors import SandboxFault, fault_of
from judge.inside import messages
from judge.sandbox.zygote_connection import ZygoteConnection


@dataclass(frozen=True, kw_only=True)
class Pipes:
    """The judge's ends of a child's four pipes."""

    requests: int
    replies: int
    stdout: int
    stderr: int

    @classmethod
    def make(cls) -> tuple["Pipes", tuple[int, int, int, int]]:
        """Return the judge's ends, and the child's: requests, replies, stdout, stderr.

        Raises OSError, and leaves none open then.
        """
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
