"""Attaches to the judge as its debugger."""
# stopped by: namespaces, landlock, seccomp, uid
# unguarded: may fail for an ordinary user, whose judge nobody may look into

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_SEIZE, PTRACE_DETACH = 0x4206, 17


def attack(judge):
    if LIBC.ptrace(PTRACE_SEIZE, judge["pid"], 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    LIBC.ptrace(PTRACE_DETACH, judge["pid"], 0, 0)
    return "attached to the judge"
