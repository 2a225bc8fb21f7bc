"""Goes into a user namespace, the door to most of the kernel's holes."""
# stopped by: seccomp
# unguarded: may fail, where user namespaces are off

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER = 0x10000000


def attack(judge):
    if LIBC.unshare(CLONE_NEWUSER) < 0:
        raise OSError(ctypes.get_errno(), "unshare")
    return "in a new user namespace"
