"""Fills memory that calls itself a stack, which the limit of data does not count."""
# verdict: runtime_error, memory_limit_exceeded

import mmap

GROWSDOWN = 0x100


def exhaust(x):
    memory = mmap.mmap(-1, 3 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | GROWSDOWN)
    for place in range(0, 3 << 30, 4096):
        memory[place] = 1
