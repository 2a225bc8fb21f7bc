"""The four pipes between the judge and a box: requests, replies, stdout, stderr."""

import os
from dataclasses import dataclass


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
        """Close the judge's four ends."""
        for descriptor in (self.requests, self.replies, self.stdout, self.stderr):
            os.close(descriptor)
