"""Opens the processor's counters, which tell what others compute."""
# stopped by: seccomp
# machine: x86_64
# unguarded: may fail, where the kernel gives none to this user

import ctypes
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_PERF_EVENT_OPEN = 298


def attack(judge):
    attributes = ctypes.create_string_buffer(struct.pack("II", 1, 128), 128)
    if LIBC.syscall(SYS_PERF_EVENT_OPEN, attributes, 0, -1, -1, 0) < 0:
        raise OSError(ctypes.get_errno(), "perf_event_open")
    return "has a counter"
