"""Makes itself readable again for others of its user."""
# stopped by: seccomp

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_DUMPABLE = 4


def attack(judge):
    if LIBC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "prctl")
    return "is dumpable"
