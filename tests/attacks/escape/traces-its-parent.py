"""Attaches to the process that it was forked from as its debugger."""
# stopped by: landlock, seccomp, uid
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17


def attack(judge):
    if LIBC.ptrace(PTRACE_SEIZE, os.getppid(), 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    LIBC.ptrace(PTRACE_DETACH, os.getppid(), 0, 0)
    return "attached to the parent"
