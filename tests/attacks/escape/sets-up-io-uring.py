"""Sets up a ring over which the kernel makes calls that no filter sees."""
# stopped by: seccomp
# unguarded: may fail, where io_uring is off

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_IO_URING_SETUP = 425


def attack(judge):
    if LIBC.syscall(SYS_IO_URING_SETUP, 8, ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return "has a ring"
