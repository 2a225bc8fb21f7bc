"""Takes the channel that another submission answers through, with pidfd_getfd."""
# stopped by: landlock, seccomp
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_PIDFD_GETFD = 438
REPLIES = 3


def attack(judge):
    sibling = os.pidfd_open(judge["sibling"])
    if LIBC.syscall(SYS_PIDFD_GETFD, sibling, REPLIES, 0) < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return "took the sibling's reply channel"
