"""Makes a system call that no solution needs."""
# verdict: runtime_error

import ctypes

IO_URING_SETUP = 425


def exhaust(x):
    ctypes.CDLL(None).syscall(IO_URING_SETUP, 8, 0)
