"""Fills shared memory, which is nobody's data."""
# verdict: runtime_error

import mmap


def exhaust(x):
    memory = mmap.mmap(-1, 2 << 30)
    for place in range(0, 2 << 30, 4096):
        memory[place] = 1
