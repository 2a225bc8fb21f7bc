"""Cuts its stack by a change of rights that begins in a map of its own, below the stack."""
# verdict: runtime_error

import ctypes
import mmap

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mmap.restype = ctypes.c_void_p
PAGE, REACH, BELOW = 4096, 7 << 20, 64 << 20
PRIVATE, ANONYMOUS, FIXED = 0x02, 0x20, 0x10


def exhaust(x):
    top = ctypes.c_void_p.in_dll(LIBC, "__libc_stack_end").value & -PAGE
    low = top - REACH
    for place in range(top - PAGE, low - PAGE, -PAGE):
        ctypes.memset(place, 1, 1)
    start = low - BELOW
    flags = PRIVATE | ANONYMOUS | FIXED
    below = LIBC.mmap(ctypes.c_void_p(start), ctypes.c_size_t(BELOW), mmap.PROT_READ, flags, -1, ctypes.c_long(0))
    if below == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap")
    if LIBC.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(BELOW + REACH // 2), mmap.PROT_READ) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")
