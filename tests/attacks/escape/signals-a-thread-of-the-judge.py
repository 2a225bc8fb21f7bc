"""Sends a signal with tkill, which takes a thread and no process."""
# stopped by: namespaces, landlock, seccomp, uid
# machine: x86_64

import ctypes
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_TKILL = 200


def attack(judge):
    if LIBC.syscall(SYS_TKILL, judge["pid"], int(signal.SIGURG)) < 0:
        raise OSError(ctypes.get_errno(), "tkill")
    return "signalled the judge's thread"
