"""Cuts its stack in two again and again: of each lower part, the kernel lets the full size of a stack grow anew."""
# verdict: runtime_error

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
PAGE, REACH = 4096, 7 << 20


def exhaust(x):
    end = ctypes.c_void_p.in_dll(LIBC, "__libc_stack_end").value & -PAGE
    for _ in range(80):
        low = end - REACH
        for place in range(end - PAGE, low - PAGE, -PAGE):
            ctypes.memset(place, 1, 1)
        if LIBC.munmap(ctypes.c_void_p(low + PAGE), ctypes.c_size_t(PAGE)) != 0:
            raise OSError(ctypes.get_errno(), "munmap")
        end = low + PAGE
