"""Leaves a message for the next submission in a System V queue."""
# stopped by: seccomp

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)


def attack(judge):
    queue = LIBC.msgget(0, 0o1600)
    if queue < 0:
        raise OSError(ctypes.get_errno(), "msgget")
    LIBC.msgctl(queue, 0, 0)
    return "made a queue"
