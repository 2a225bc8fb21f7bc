"""Build the small seccomp filter beside libseccomp's: signals to the own process only, no change to the stack's map."""

import errno
import os
import signal
import struct
from collections.abc import Sequence
from functools import cache

STACK_BYTES = 8 << 20  # Linux's own default for a first stack, and RLIMIT_STACK of every box
STACK_MARGIN = 16 << 20
_UNCATCHABLE = (signal.SIGKILL, signal.SIGSTOP)
_MAP_CALLS = {"x86_64": (9, 10, 11, 25), "aarch64": (222, 226, 215, 216)}  # mmap, mprotect, munmap, mremap
_MREMAP_FIXED = 2

# seccomp's little machine: load a word, jump by comparing, add, store and load one word, return.
_LOAD, _JUMP_EQUAL, _JUMP_ABOVE, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x35, 0x45, 0x06
_LOAD_X, _TO_X, _ADD_X, _STORE, _LOAD_STORED, _JUMP_AT_LEAST_X = 0x01, 0x07, 0x0C, 0x02, 0x60, 0x3D
_RET_ALLOW, _RET_ERRNO = 0x7FFF0000, 0x00050000
_DATA_NUMBER, _DATA_ARGUMENT_0 = 0, 16


def build(pid: int, kill_numbers: Sequence[int], stack_floor: int) -> bytes:
    """Return a filter for what libseccomp's can't hold, since it is known only after the fork: a pid and an address.

    kill and tgkill (`kill_numbers`) reach only process `pid`, for abort(), and carry neither SIGKILL nor SIGSTOP.
    Nothing else that a box may do makes the kernel send it one of these: timers and descriptors that signal, death
    signals and limits are refused (see judge.sandbox.policy), a forbidden call ends in SIGSYS, a fault of memory in
    SIGSEGV or SIGBUS. What is left are RLIMIT_CPU, which the judge's own clock explains, the kernel's killer where
    memory runs out, and a process outside of the box.

    Calls that change memory maps don't reach beyond `stack_floor`. A stack's map is left out of every limit of data:
    moved or grown by mremap, or cut in two so that the lower part grows anew, it would be unlimited memory.
    """
    kill, tgkill = kill_numbers
    program = _Assembler()
    program.step(_LOAD, _DATA_NUMBER)
    program.step(_JUMP_EQUAL, kill, "kill")
    program.step(_JUMP_EQUAL, tgkill, "tgkill")
    *others, mremap = _MAP_CALLS[os.uname().machine]
    program.step(_JUMP_EQUAL, mremap, "mremap")
    for number in others:
        program.step(_JUMP_EQUAL, number, "range")
    program.step(_RETURN, _RET_ALLOW)
    program.label("mremap")
    program.step(_LOAD, _argument(3))
    program.step(_JUMP_ANY_BIT, _MREMAP_FIXED, "", "range")
    program.deny_beyond(stack_floor, _argument(4), _argument(2))  # what it replaces at its new place
    program.label("range")
    program.deny_beyond(stack_floor, _argument(0), _argument(1))
    program.step(_RETURN, _RET_ALLOW)
    program.label("kill")
    program.step(_LOAD, _argument(1))
    program.go_to("signal")
    program.label("tgkill")
    program.step(_LOAD, _argument(2))
    program.label("signal")
    for number in _UNCATCHABLE:
        program.step(_JUMP_EQUAL, number, "deny")
    program.step(_LOAD, _argument(0))
    program.step(_JUMP_EQUAL, pid, "allow", "deny")
    program.label("allow")
    program.step(_RETURN, _RET_ALLOW)
    program.label("deny")
    program.step(_RETURN, _RET_ERRNO | errno.EPERM)
    return program.bytes()


@cache
def stack_floor() -> int:
    """Return an address below everything that this process's first stack can become, and above all other maps.

    Read once, before forks: the kernel leaves at least 128 MiB between the stack and what mmap gives.
    """
    with open("/proc/self/maps") as file:
        tops = [int(line.split("-")[1].split()[0], 16) for line in file if line.rstrip().endswith("[stack]")]
    if not tops:
        raise OSError(errno.ENOENT, "this process lacks a map that is named as its stack")
    return tops[0] - STACK_BYTES - STACK_MARGIN


class _Assembler:
    """A seccomp program with names for where jumps go."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, int, str, str]] = []
        self._labels: dict[str, int] = {}

    def step(self, code: int, value: int = 0, yes: str = "", no: str = "") -> None:
        """Add one instruction; a jump goes to the label `yes` or `no`, empty for the next instruction."""
        self._steps.append((code, value, yes, no))

    def go_to(self, label: str) -> None:
        """Jump to `label` in any case."""
        self.step(_JUMP_AT_LEAST, 0, label, label)

    def label(self, name: str) -> None:
        """Name the next instruction."""
        self._labels[name] = len(self._steps)

    def deny_beyond(self, limit: int, start: int, size: int) -> None:
        """Jump to `deny` where the sum of two 64-bit arguments, at `start` and `size`, is above `limit`."""
        at = str(len(self._steps))
        self.step(_LOAD, start)
        self.step(_TO_X)
        self.step(_LOAD, size)
        self.step(_ADD_X)
        self.step(_STORE)
        self.step(_JUMP_AT_LEAST_X, 0, "no carry" + at)
        self.step(_LOAD_X, 1)
        self.go_to("upper" + at)
        self.label("no carry" + at)
        self.step(_LOAD_X, 0)
        self.label("upper" + at)
        self.step(_LOAD, start + 4)
        self.step(_ADD_X)
        self.step(_TO_X)
        self.step(_LOAD, size + 4)
        self.step(_ADD_X)
        self.step(_JUMP_ABOVE, limit >> 32, "deny")
        self.step(_JUMP_EQUAL, limit >> 32, "", "within" + at)
        self.step(_LOAD_STORED)
        self.step(_JUMP_ABOVE, limit & 0xFFFFFFFF, "deny")
        self.label("within" + at)

    def bytes(self) -> bytes:
        """Return the program as the kernel takes it."""
        return b"".join(
            struct.pack("HBBI", code, self._distance(at, yes), self._distance(at, no), value)
            for at, (code, value, yes, no) in enumerate(self._steps)
        )

    def _distance(self, at: int, label: str) -> int:
        return self._labels[label] - at - 1 if label else 0


def _argument(index: int) -> int:
    """Return the offset, in bytes, of the lower half of a call's argument (little-endian machines)."""
    return _DATA_ARGUMENT_0 + 8 * index
