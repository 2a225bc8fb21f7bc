"""Moves a page of its stack and lets it grow there: a map that no limit of data counts."""
# verdict: runtime_error

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.mremap.restype = ctypes.c_void_p
PAGE, SIZE, MAY_MOVE = 4096, 1 << 30, 1


def exhaust(x):
    top = ctypes.c_void_p.in_dll(LIBC, "__libc_stack_end").value & -PAGE
    page = top - (6 << 20)
    ctypes.memset(page, 1, PAGE)
    moved = LIBC.mremap(ctypes.c_void_p(page), ctypes.c_size_t(PAGE), ctypes.c_size_t(SIZE), MAY_MOVE)
    if moved == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mremap")
    for place in range(0, SIZE, PAGE):
        ctypes.memset(moved + place, 1, 1)
