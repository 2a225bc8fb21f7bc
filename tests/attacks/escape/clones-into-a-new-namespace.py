"""Makes a process in a user namespace of its own, where it is root."""
# stopped by: seccomp
# machine: x86_64
# unguarded: may fail, where user namespaces are off

import ctypes
import os
import signal

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_CLONE = 56
CLONE_NEWUSER = 0x10000000


def attack(judge):
    child = LIBC.syscall(SYS_CLONE, CLONE_NEWUSER | int(signal.SIGCHLD), 0, 0, 0, 0)
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone")
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "a process in a new user namespace"
