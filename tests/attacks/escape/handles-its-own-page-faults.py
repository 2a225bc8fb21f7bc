"""Handles page faults by itself, the tool that makes the kernel's races easy to win."""
# stopped by: seccomp
# machine: x86_64
# unguarded: may fail, where it is kept for root

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_USERFAULTFD = 323


def attack(judge):
    if LIBC.syscall(SYS_USERFAULTFD, 0) < 0:
        raise OSError(ctypes.get_errno(), "userfaultfd")
    return "handles page faults"
