"""Makes a system call by the numbers of the x32 interface, which a filter of x86-64 does not list."""
# stopped by: seccomp
# machine: x86_64
# unguarded: may fail, where the kernel has no x32

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
X32, SYS_GETPID = 0x40000000, 39


def attack(judge):
    if LIBC.syscall(X32 | SYS_GETPID) < 0:
        raise OSError(ctypes.get_errno(), "x32")
    return "called by x32"
