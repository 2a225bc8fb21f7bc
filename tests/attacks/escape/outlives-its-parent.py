"""Takes back that it dies with the process that it was forked from."""
# stopped by: seccomp

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def attack(judge):
    if LIBC.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "prctl")
    return "outlives its parent"
