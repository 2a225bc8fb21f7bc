"""Makes a System V segment, which outlives its maker."""
# stopped by: seccomp

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)


def attack(judge):
    segment = LIBC.shmget(0, 1 << 20, 0o1600)
    if segment < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    LIBC.shmctl(segment, 0, 0)
    return "made a segment"
