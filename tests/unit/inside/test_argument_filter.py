"""The small seccomp filter, by a machine that runs it as the kernel does."""

import os
import struct

import pytest

from judge.inside.argument_filter import build

ALLOW, REFUSE = 0x7FFF0000, 0x00050001
KILL, TGKILL = 62, 234
MMAP, MPROTECT, MUNMAP, MREMAP = (9, 10, 11, 25) if os.uname().machine == "x86_64" else (222, 226, 215, 216)
PID, FLOOR = 4711, 0x7FFC_1234_5000
FIXED = 2


def verdict(number: int, *arguments: int) -> int:
    """Return the filter's answer to a call."""
    data = struct.pack("IIQ6Q", number, 0, 0, *(value % 2**64 for value in (*arguments, *[0] * (6 - len(arguments)))))
    program = list(struct.iter_unpack("HBBI", build(PID, (KILL, TGKILL), FLOOR)))
    at = accumulator = index = stored = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("I", data, value)
            case 0x01:
                index = value
            case 0x07:
                index = accumulator
            case 0x0C:
                accumulator = (accumulator + index) % 2**32
            case 0x02:
                stored = accumulator
            case 0x60:
                accumulator = stored
            case 0x06:
                return value
            case 0x15:
                at += yes if accumulator == value else no
            case 0x25:
                at += yes if accumulator > value else no
            case 0x35:
                at += yes if accumulator >= value else no
            case 0x3D:
                at += yes if accumulator >= index else no
            case 0x45:
                at += yes if accumulator & value else no
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")


@pytest.mark.parametrize("signal", [0, 6, 10, 15, 64])
def test_a_signal_that_can_be_caught_reaches_the_own_process_and_no_other(signal: int) -> None:
    assert verdict(KILL, PID, signal) == verdict(TGKILL, PID, 1, signal) == ALLOW
    for other in (0, 1, -1, -PID, PID + 1):
        assert verdict(KILL, other, signal) == verdict(TGKILL, other, 1, signal) == REFUSE


@pytest.mark.parametrize("signal", [9, 19, 9 + 2**32, 19 + 2**40])
def test_sigkill_and_sigstop_reach_nobody(signal: int) -> None:
    assert verdict(KILL, PID, signal) == verdict(TGKILL, PID, 1, signal) == REFUSE


@pytest.mark.parametrize("call", [MMAP, MPROTECT, MUNMAP, MREMAP])
@pytest.mark.parametrize(
    ("start", "size", "expected"),
    [
        (0, 1 << 40, ALLOW),
        (FLOOR - 4096, 4096, ALLOW),
        (FLOOR - 4096, 4097, REFUSE),
        (FLOOR, 0, ALLOW),
        (FLOOR, 1, REFUSE),
        (FLOOR - (5 << 32), (5 << 32) + 1, REFUSE),
        (0x7FFB_FFFF_F000, 0x1000, ALLOW),  # the lower halves' sum has a carry
        (0x7FFB_FFFF_F000, 0x1234_7000, REFUSE),
        (FLOOR + (1 << 32), 1, REFUSE),
        (2**64 - 4096, 4096, ALLOW),  # past the end of all addresses: the kernel refuses it
    ],
)
def test_maps_change_below_the_stack_only(call: int, start: int, size: int, expected: int) -> None:
    assert verdict(call, start, size) == expected


@pytest.mark.parametrize(("flags", "expected"), [(1, ALLOW), (1 | FIXED, REFUSE), (1 | 4 | FIXED, REFUSE)])
def test_nothing_moves_onto_the_stack(flags: int, expected: int) -> None:
    assert verdict(MREMAP, 4096, 4096, 8192, flags, FLOOR - 4096) == expected
    assert verdict(MREMAP, 4096, 4096, 4096, flags, FLOOR - 4096) == ALLOW


def test_any_other_call_is_none_of_its_business() -> None:
    assert verdict(1, FLOOR, FLOOR) == ALLOW
