"""Reads the kernel's log."""
# stopped by: seccomp, uid, capabilities
# needs: root
# unguarded: may fail, where the kernel keeps it for itself

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
READ_ALL = 3


def attack(judge):
    buffer = ctypes.create_string_buffer(4096)
    if LIBC.klogctl(READ_ALL, buffer, 4096) < 0:
        raise OSError(ctypes.get_errno(), "syslog")
    return f"read {buffer.raw[:40]!r}"
