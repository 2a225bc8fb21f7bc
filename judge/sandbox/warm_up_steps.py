"""The progress of a warm-up: two numbers in memory that the zygote writes and the judge reads."""

import mmap
import os
import struct

_FORMAT = struct.Struct("<qq")  # as judge.inside.warmup writes them
MOST = 1_000_000  # more steps than any warm-up has


class Steps:
    """A file in memory with the calls of a warm-up that are done, and how many there are."""

    def __init__(self) -> None:
        self.descriptor = os.memfd_create("progress")
        os.ftruncate(self.descriptor, _FORMAT.size)
        self._memory = mmap.mmap(self.descriptor, _FORMAT.size, prot=mmap.PROT_READ)
        self._open = True

    def read(self) -> tuple[int, int]:
        """Return (done, total)."""
        done, total = _FORMAT.unpack(self._memory[: _FORMAT.size])
        return (done, total) if 0 <= done <= total <= MOST else (0, 0)

    def close(self) -> None:
        """Close the file; what was written stays readable."""
        if self._open:
            self._open = False
            os.close(self.descriptor)
