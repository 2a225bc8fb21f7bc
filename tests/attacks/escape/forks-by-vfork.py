"""Makes a process with vfork."""
# stopped by: seccomp
# machine: x86_64

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_FORK = 57  # vfork's own number would hand the parent's stack to Python


def attack(judge):
    child = LIBC.syscall(SYS_FORK)
    if child < 0:
        raise OSError(ctypes.get_errno(), "fork")
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"
