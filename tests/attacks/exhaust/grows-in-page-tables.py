"""Fills the kernel's own tables: reads one byte of each 2 MiB of a memory that has no pages."""
# verdict: memory_limit_exceeded
# slowly: filling memory takes time

import ctypes
import mmap

NORESERVE, READ = 0x4000, 1
SIZE = 1 << 43
MADV_NOHUGEPAGE = 15


def exhaust(x):
    memory = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NORESERVE, prot=READ)
    memory.madvise(MADV_NOHUGEPAGE)
    for place in range(0, SIZE, 1 << 21):
        memory[place]
    return ctypes.sizeof(ctypes.c_long)
